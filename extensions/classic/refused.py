"""Operations of the classic that never reach the IR by themselves, and what to use in their place.

Most were steps on the way of the classic's own front ends: frames of TensorFlow 1, components of
Kaldi, layers whose kernels no runtime has any more.
"""

from __future__ import annotations

_FRAMES = "Loops of the model are converted whole; cut the model there, or replace the whole loop."
_ARRAYS = "Tensor arrays of the model are converted with their loop; use Concat, Gather, Split."
_KALDI = "Components of Kaldi are converted as they are; use MatMul, Concat, ReadValue and Assign."
_REDUCTION = "Read the places with Gather, compute, and write with ScatterElementsUpdate."
_OPERATION_OF_ONES_OWN = (
    "No runtime has it: use operations of the IR, or write an Op of your own with 'infer' "
    "and a library for the runtime."
)

# What to do instead, by the name of the operation.
REFUSED: dict[str, str] = {
    **dict.fromkeys(
        (
            *("Enter", "Exit", "NextIteration", "Switch", "Merge"),
            *("TensorIteratorBackEdge", "TensorIteratorCondition"),
            *("TensorIteratorInput", "TensorIteratorOutput"),
        ),
        _FRAMES,
    ),
    **dict.fromkeys(("TensorIterator", "Loop"), "Unroll it, or write the loop into the model."),
    **dict.fromkeys(
        (
            *("TensorArrayV3", "TensorArrayGatherV3", "TensorArrayReadV3"),
            *("TensorArrayScatterV3", "TensorArraySizeV3", "TensorArrayWriteV3"),
        ),
        _ARRAYS,
    ),
    **dict.fromkeys(
        (
            *("LstmNonLinearity", "MemoryOffset", "tdnncomponent"),
            *("timeheightconvolutioncomponent", "Splice", "Memory"),
        ),
        _KALDI,
    ),
    **dict.fromkeys(
        (
            *("ScatterAdd", "ScatterSub", "ScatterMul", "ScatterDiv", "ScatterMin", "ScatterMax"),
            *("ScatterElementsAdd", "ScatterElementsSub", "ScatterElementsMul"),
            *("ScatterElementsDiv", "ScatterElementsMin", "ScatterElementsMax"),
        ),
        _REDUCTION,
    ),
    **dict.fromkeys(
        (
            *("Accum", "Correlation", "DataAugmentation", "PowerFile", "PredictionHeatmap"),
            *("SimplerNMS", "SpatialTransformer"),
        ),
        _OPERATION_OF_ONES_OWN,
    ),
    "ATen": "Use EmbeddingBagOffsetsSum or EmbeddingBagPackedSum.",
    "BlockLSTM": "Use LSTM, or LSTMCell for one step.",
    "LSTMSequence": "Use LSTM.",
    "LookupTableInsert": "Tables of texts have no form in the IR: give numbers from outside.",
    "Binarization": "Use FakeQuantize with two levels.",
}


def hint_of(name: str) -> str | None:
    """What to use in place of an operation, None if it has a form in the IR."""
    return REFUSED.get(name)
