"""The variants of TensorFlow's operations that the table of verdicts is about."""

from tests.conformance.tf_variants import (
    arrays,
    control_flow,
    convolutions,
    elementwise,
    images,
    mathematics,
    quantized,
    ragged,
    sampling,
    selection,
    sparse,
    spectral,
    structure,
    texts,
)
from tests.conformance.tf_variants.building import VARIANTS

__all__ = [
    "VARIANTS",
    "arrays",
    "control_flow",
    "convolutions",
    "elementwise",
    "images",
    "mathematics",
    "quantized",
    "ragged",
    "sampling",
    "selection",
    "sparse",
    "spectral",
    "structure",
    "texts",
]
