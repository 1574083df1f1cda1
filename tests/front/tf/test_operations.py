"""Operations beside TensorFlow: the commonest variant of each here, all of them under ``heavy``.

The same variants make the table tests/conformance/tf_operations.csv.
"""

from __future__ import annotations

import re

import pytest

from tests.conformance.tf_operations import check, judge, read_table
from tests.conformance.tf_variants import VARIANTS
from tests.conformance.tf_variants.building import Variant

TABLE = read_table()
# Verdicts that need no excuse: a refusal says why itself.
FAIR = re.compile(r"(first axis only: )?(right|refused: .*|-|TensorFlow builds no such graph)")


def first_right() -> list[Variant]:
    """The first variant of each operation that is right with open sizes."""
    found: dict[str, Variant] = {}
    for variant in VARIANTS:
        verdict = TABLE.get((variant.operation, variant.name))
        if verdict is not None and verdict.static == "right" and verdict.opened in ("right", "-"):
            found.setdefault(variant.operation, variant)
    return list(found.values())


def label(variant: Variant) -> str:
    return f"{variant.operation} {variant.name}"


@pytest.mark.parametrize("variant", first_right(), ids=label)
def test_with_open_sizes(variant: Variant) -> None:
    check(variant, variant.open_shapes)


@pytest.mark.heavy
@pytest.mark.parametrize("variant", VARIANTS, ids=label)
def test_verdict(variant: Variant) -> None:
    assert judge(variant) == TABLE[variant.operation, variant.name]


def test_every_variant_has_a_verdict() -> None:
    assert {(variant.operation, variant.name) for variant in VARIANTS} == TABLE.keys()


def test_no_verdict_is_wrong() -> None:
    unfair = [row for row in TABLE.values() if not FAIR.fullmatch(row.static)]
    unfair += [row for row in TABLE.values() if not FAIR.fullmatch(row.opened)]
    assert not unfair
