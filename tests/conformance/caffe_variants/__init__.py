"""The variants of layers in the table, by family."""

from __future__ import annotations

from tests.conformance.caffe_variants import (
    detection,
    movement,
    nets,
    normalization,
    numbers,
    pictures,
    sequences,
    windows,
)
from tests.conformance.caffe_variants.variant import Variant

_FAMILIES = (windows, numbers, normalization, movement, detection, pictures, sequences, nets)

VARIANTS: list[Variant] = [variant for family in _FAMILIES for variant in family.variants()]
