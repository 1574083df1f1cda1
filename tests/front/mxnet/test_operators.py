"""Every recorded operator computes what MXNet computed, or is refused as the table says.

Of an operator with many cases the first three are tried here, all of them under ``heavy``.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any

import pytest

pytest.importorskip("openvino")

from mo.errors import ConversionError
from tests.front.mxnet.running import Case, cases, check, converted
from tests.front.mxnet.verdicts import Row, families, known

ROWS = known()


@cache
def recorded(family: str) -> dict[str, Case]:
    return {case.name: case for case in cases(family)}


def rows() -> list[Any]:
    found, seen = [], Counter[tuple[str, str]]()
    for (family, case), row in ROWS.items():
        operator = family, re.split("[ (,]", case)[0]
        seen[operator] += 1
        marks = pytest.mark.heavy if seen[operator] > 3 else ()
        found.append(pytest.param(row, id=f"{family}-{case}", marks=marks))
    return found


@pytest.mark.parametrize("row", rows())
def test_operator(row: Row) -> None:
    """An open batch is tried only where not all dimensions can be open."""
    case = recorded(row["family"])[row["case"]]
    tried = ["none", "all"] if row["all"] == "pass" else ["none", "all", "batch"]
    right = [open_axes for open_axes in tried if row[open_axes] == "pass"]
    if right:
        check(case, *right)
    for open_axes in tried:
        if row[open_axes] == "not run":
            converted(case, open_axes)
        elif open_axes not in right:
            assert row[open_axes].startswith("refused")
            with pytest.raises(ConversionError):
                converted(case, open_axes)


def test_the_table_has_every_recorded_case() -> None:
    assert set(ROWS) == {(family, name) for family in families() for name in recorded(family)}
