"""Classes of operations that have no form in the IR, and a word of what is to be used instead."""

from __future__ import annotations

from collections.abc import Mapping

_OPS = "extensions.ops"

# What has no formula, but a test of its own.
TOLD_APART = {
    *("extensions.ops.parameter.Parameter", "mo.ops.result.Result"),
    *("mo.ops.assign.Assign", "mo.ops.read_value.ReadValue"),
}

# By the word.
_CLASSES: Mapping[str, tuple[str, ...]] = {
    "use one of these": (
        f"{_OPS}.ReduceOps.ReduceOp",
        f"{_OPS}.activation_ops.Activation",
        f"{_OPS}.dft.FFTBase",
        f"{_OPS}.elementwise.Elementwise",
        f"{_OPS}.elementwise.LogicalElementwise",
        f"{_OPS}.elementwise.UnaryElementwise",
        f"{_OPS}.embedding_bag.EmbeddingBagBase",
        f"{_OPS}.scatter.Scatter",
        f"{_OPS}.scatternd.ScatterNDBase",
        f"{_OPS}.split.SplitBase",
        f"{_OPS}.split.VariadicSplitBase",
    ),
    "Loops": (
        f"{_OPS}.Enter.Enter",
        f"{_OPS}.Exit.Exit",
        f"{_OPS}.NextIteration.NextIteration",
        f"{_OPS}.merge.Merge",
        f"{_OPS}.switch.Switch",
        f"{_OPS}.TensorIterator_ops.TensorIteratorBackEdge",
        f"{_OPS}.TensorIterator_ops.TensorIteratorCondition",
        f"{_OPS}.TensorIterator_ops.TensorIteratorInput",
        f"{_OPS}.TensorIterator_ops.TensorIteratorOutput",
    ),
    "Unroll": (f"{_OPS}.loop.Loop", f"{_OPS}.tensor_iterator.TensorIterator"),
    "Concat, Gather, Split": (
        f"{_OPS}.TensorArray.TensorArray",
        f"{_OPS}.TensorArrayGather.TensorArrayGather",
        f"{_OPS}.TensorArrayRead.TensorArrayReader",
        f"{_OPS}.TensorArrayScatter.TensorArrayScatter",
        f"{_OPS}.TensorArraySize.TensorArraySize",
        f"{_OPS}.TensorArrayWrite.TensorArrayWriter",
    ),
    "ScatterElementsUpdate": tuple(
        f"{_OPS}.scatter.Scatter{part}{kind}"
        for part in ("", "Elements")
        for kind in ("Add", "Sub", "Mul", "Div", "Min", "Max")
    ),
    "ReadValue": (
        f"{_OPS}.splice.Splice",
        "mo.ops.lstmnonlinearity.LstmNonLinearity",
        "mo.ops.memory.Memory",
        "mo.ops.memoryoffset.MemoryOffset",
        "mo.ops.tdnncomponent.TdnnComponent",
        "mo.ops.timeheightconvolution.TimeHeightConvolutionComponent",
    ),
    "operations of the IR": (
        f"{_OPS}.accum.AccumOp",
        f"{_OPS}.correlation.CorrelationOp",
        f"{_OPS}.data_augmentation.DataAugmentationOp",
        f"{_OPS}.power_file.PowerFileOp",
        f"{_OPS}.prediction_heatmap.PredictionHeatmapOp",
        f"{_OPS}.simplernms.SimplerNMSOp",
        f"{_OPS}.spatial_transformer.SpatialTransformOp",
    ),
    "EmbeddingBagOffsetsSum": (f"{_OPS}.aten.ATen",),
    "Use LSTM": (f"{_OPS}.BlockLSTM.BlockLSTM", f"{_OPS}.lstm_sequence.LSTMSequence"),
    "from outside": (f"{_OPS}.LookupTableInsert.LookupTableInsert",),
    "FakeQuantize": (f"{_OPS}.binarization.Binarization",),
}
REFUSED = {path: word for word, paths in _CLASSES.items() for path in paths}
