"""The variants of TensorFlow's operations that the table of verdicts is about."""

from tests.conformance.tf_variants import (
    arrays,
    elementwise,
    images,
    mathematics,
    quantized,
    sampling,
    selection,
    sparse,
    spectral,
    structure,
)
from tests.conformance.tf_variants.building import VARIANTS

__all__ = [
    "VARIANTS",
    "arrays",
    "elementwise",
    "images",
    "mathematics",
    "quantized",
    "sampling",
    "selection",
    "sparse",
    "spectral",
    "structure",
]
