"""Operations without a translation: why, and what to do instead."""

from __future__ import annotations

from extensions.front.tf.common import TRANSLATIONS

_LOSS = "A loss of training: name the outputs of the network, such as its logits, with --output."
_METRIC = "A measure of training: name the outputs of the network with --output."
_DRAWN = "It draws for people to see: name what it draws with --output, and draw it afterwards."
_GLIMPSE = "It fills what lies outside of the image with noise: use tf.image.crop_and_resize."
_SPARSE = (
    "The IR has no sparse tensors: make it dense (tf.sparse.to_dense) before, or start the model "
    "behind it with --input."
)

TRANSLATIONS.explains(
    {
        "DrawBoundingBoxes": _DRAWN,
        "DrawBoundingBoxesV2": _DRAWN,
        "ExtractGlimpse": _GLIMPSE,
        "ExtractGlimpseV2": _GLIMPSE,
        "InTopK": _METRIC,
        "InTopKV2": _METRIC,
        "SoftmaxCrossEntropyWithLogits": _LOSS,
        "SparseSoftmaxCrossEntropyWithLogits": _LOSS,
    }
    | dict.fromkeys(
        (
            "SparseAdd",
            "SparseConcat",
            "SparseCross",
            "SparseReduceMax",
            "SparseSlice",
            "SparseSoftmax",
            "SparseSplit",
        ),
        _SPARSE,
    )
)
