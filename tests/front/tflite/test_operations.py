"""Operations beside TF-Lite: one variant per operator here, all of them under ``heavy``.

The variants make the table tests/conformance/tflite_operations.csv.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tests.conformance.tf_variants import VARIANTS
from tests.conformance.tf_variants.building import Variant
from tests.conformance.tflite_operations import function_of, judge, read_table
from tests.front.tflite.running import agree, lite

TABLE = read_table()
OF_TABLE = [variant for variant in VARIANTS if (variant.operation, variant.name) in TABLE]
# Verdicts that need no excuse: a refusal says why itself, and so does a runtime that does not know
# ranks.
FAIR = re.compile(
    r"(first axis only: )?"
    r"(right|refused: .*|-|TF-Lite makes no such model|not run: .* with dynamic rank.*)"
)


def label(variant: Variant) -> str:
    return f"{variant.operation} {variant.name}"


def first_right() -> list[Variant]:
    """A variant of each operator that is alone in its model and right."""
    found: dict[str, Variant] = {}
    for variant in OF_TABLE:
        verdict = TABLE[variant.operation, variant.name]
        is_plain = "Flex" not in verdict.operators and " " not in verdict.operators
        if is_plain and verdict.operators and verdict.static == "right" and variant.arrays:
            found.setdefault(verdict.operators, variant)
    return list(found.values())


@pytest.mark.parametrize("part", range(4))
def test_an_operator_of_each_kind(part: int) -> None:
    variants = first_right()[part::4]
    counts = np.cumsum([0, *(len(variant.arrays) for variant in variants)])

    def function(*tensors: Any) -> list[Any]:
        return [
            tf.nest.flatten(function_of(variant)(*tensors[first:last]))
            for variant, first, last in zip(variants, counts, counts[1:])
        ]

    arrays = [array for variant in variants for array in variant.arrays]
    agree(lite(function, [tf.TensorSpec(a.shape, a.dtype) for a in arrays]), *arrays)


@pytest.mark.heavy
@pytest.mark.parametrize("variant", OF_TABLE, ids=label)
def test_verdict(variant: Variant) -> None:
    assert judge(variant) == TABLE[variant.operation, variant.name]


def test_no_verdict_is_wrong() -> None:
    unfair = [row for row in TABLE.values() if not FAIR.fullmatch(row.static)]
    unfair += [row for row in TABLE.values() if not FAIR.fullmatch(row.opened)]
    assert not unfair


@pytest.mark.parametrize("sizes", [(None, 5, 6, 3), (None, None, None, 3)])
def test_open_sizes(sizes: tuple[int | None, ...]) -> None:
    """The signature of a shape leaves sizes open."""
    filters = np.random.default_rng(1).normal(size=(3, 3, 3, 4)).astype(np.float32)

    def function(x: Any) -> Any:
        y = tf.nn.conv2d(x, filters, 2, "SAME")
        return tf.nn.max_pool2d(tf.nn.relu6(y), 2, 1, "VALID")

    content = lite(function, [tf.TensorSpec(sizes)])
    for batch in (1, 3):
        agree(content, np.random.default_rng(2).normal(size=(batch, 5, 6, 3)).astype(np.float32))
