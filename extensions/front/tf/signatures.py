"""The outputs of operations that have several, as far as files do not tell them.

Inside a function a node refers to ``node:argument:index``, where the argument is a name in the
definition of the operation (tensorflow/core/ops/*.cc); outside to ``node:port``.
"""

from __future__ import annotations

from typing import Any

from mo.errors import ModelFileError
from mo.front.protobuf import Message

_BATCH_NORM = ("y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2")
_LSTM = ("i", "cs", "f", "o", "ci", "co", "h")
_SPARSE = ("output_indices", "output_values", "output_shape")
_SET = ("result_indices", "result_values", "result_shape")
_DECODED = ("decoded_indices", "decoded_values", "decoded_shape", "log_probability")
_CUDNN = ("output", "output_h", "output_c", "reserve_space", "host_reserved")

OUTPUTS: dict[str, tuple[str, ...]] = {
    "BlockLSTM": _LSTM,
    "BlockLSTMV2": _LSTM,
    "CTCGreedyDecoder": _DECODED,
    "CTCLoss": ("loss", "gradient"),
    "CTCLossV2": ("loss", "gradient"),
    "CombinedNonMaxSuppression": (
        "nmsed_boxes",
        "nmsed_scores",
        "nmsed_classes",
        "valid_detections",
    ),
    "CudnnRNN": _CUDNN[:-1],
    "CudnnRNNV2": _CUDNN,
    "CudnnRNNV3": _CUDNN,
    "DenseToDenseSetOperation": _SET,
    "DenseToSparseSetOperation": _SET,
    "FusedBatchNorm": _BATCH_NORM,
    "FusedBatchNormV2": _BATCH_NORM,
    "FusedBatchNormV3": (*_BATCH_NORM, "reserve_space_3"),
    "GRUBlockCell": ("r", "u", "c", "h"),
    "LSTMBlockCell": _LSTM,
    "ListDiff": ("out", "idx"),
    "MaxPoolWithArgmax": ("output", "argmax"),
    "Merge": ("output", "value_index"),
    "NonMaxSuppressionV4": ("selected_indices", "valid_outputs"),
    "NonMaxSuppressionV5": ("selected_indices", "selected_scores", "valid_outputs"),
    "QuantizeV2": ("output", "output_min", "output_max"),
    "RequantizationRange": ("output_min", "output_max"),
    "SparseConcat": _SPARSE,
    "SparseFillEmptyRows": (
        "output_indices",
        "output_values",
        "empty_row_indicator",
        "reverse_index_map",
    ),
    "SparseReshape": ("output_indices", "output_shape"),
    "SparseSlice": _SPARSE,
    "SparseToSparseSetOperation": _SET,
    "StringSplit": ("indices", "values", "shape"),
    "StringSplitV2": ("indices", "values", "shape"),
    "Switch": ("output_false", "output_true"),
    "TensorArrayConcatV3": ("value", "lengths"),
    "TensorArrayV2": ("handle", "flow"),
    "TensorArrayV3": ("handle", "flow"),
    "TensorListConcat": ("tensor", "lengths"),
    "TensorListConcatV2": ("tensor", "lengths"),
    "TensorListPopBack": ("output_handle", "tensor"),
    "TopK": ("values", "indices"),
    "TopKV2": ("values", "indices"),
    "Unique": ("y", "idx"),
    "UniqueV2": ("y", "idx"),
    "UniqueWithCounts": ("y", "idx", "count"),
    "UniqueWithCountsV2": ("y", "idx", "count"),
}

# The attribute that tells how many outputs there are: their number, or the list of their types.
COUNTS = {
    **dict.fromkeys(("Case", "If", "PartitionedCall", "StatefulPartitionedCall"), "Tout"),
    **dict.fromkeys(("StatelessCase", "StatelessIf"), "Tout"),
    **dict.fromkeys(("IdentityN", "StatelessWhile", "While"), "T"),
    **dict.fromkeys(("Split", "SplitV"), "num_split"),
    "DynamicPartition": "num_partitions",
    "IteratorGetNext": "output_types",
    **{f"QueueDequeue{kind}": "component_types" for kind in ("", "V2", "Many", "ManyV2")},
    **{f"QueueDequeue{kind}": "component_types" for kind in ("UpTo", "UpToV2")},
    "ShapeN": "N",
    "Unpack": "num",
}


def listed_outputs(op: str, attributes: dict[str, Any]) -> int:
    """How many outputs there are by an attribute; 1 where none says it."""
    value = attributes.get(COUNTS.get(op, ""))
    if value is None:
        return 1
    count = len(value) if isinstance(value, list) else value
    if not isinstance(count, int) or not 0 <= count <= _OUTPUTS_LIMIT:
        raise ModelFileError(f"{op} claims to have {count} outputs")
    return count


_OUTPUTS_LIMIT = 1 << 16


def port_of(definition: Message | None, op: str, argument: str, index: int, sizes: Any) -> int:
    """The port of one item of an output argument.

    ``definition``: an OpDef, where the file holds one; ``sizes(arg)``: how many ports an output
    argument of it takes.
    """
    if definition is None:
        names = OUTPUTS.get(op, ())
        return (names.index(argument) if argument in names else 0) + index
    first = 0
    for arg in definition.get("output_arg", []):
        if arg.get("name") == argument:
            return first + index
        first += sizes(arg)
    raise ModelFileError(f"{op} has no output '{argument}'")
