"""All components of nnet3 that are tested alone, family by family."""

from __future__ import annotations

from tests.front.kaldi import (
    test_activation,
    test_affine,
    test_combination,
    test_convolution,
    test_recurrent,
    test_training,
)

CASES = [
    family.CASES
    for family in (
        test_activation,
        test_affine,
        test_combination,
        test_convolution,
        test_recurrent,
        test_training,
    )
]
