"""Every operation of TensorFlow in its variants beside TensorFlow itself, with a table.

    python -m tests.conformance.tf_operations [PART OF A NAME ...] [--write]

Each variant is converted with its sizes known and with all of them open (where that is refused:
with an open first axis), run in OpenVINO, and compared; the verdicts on record are in
tf_operations.csv. ``refused`` comes with the reason that a user reads.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from mo.errors import ConversionError
from tests.conformance.tf_variants import VARIANTS
from tests.conformance.tf_variants.building import Shapes, Variant
from tests.conformance.verdicts import Rows, attempted, read_rows, survey
from tests.front.tf.running import compare, converted

TABLE = Path(__file__).with_suffix(".csv")


class NoSuchGraph(Exception):
    """TensorFlow itself does not take the operation with these shapes."""


class Verdict(NamedTuple):
    operation: str
    variant: str
    static: str
    opened: str


def check(variant: Variant, shapes: Shapes) -> None:
    """Assert that the converted operation computes what TensorFlow does."""
    try:
        model = variant.model(shapes)
    except ValueError as error:
        raise NoSuchGraph from error
    graph = converted(model)
    compare(graph, variant.arrays, variant.expected(), variant.tolerance, f"shapes {shapes}")


def judge(variant: Variant) -> Verdict:
    """The verdict on a variant; what has no inputs with axes has nothing to open."""
    static = _attempt(lambda: check(variant, variant.shapes))
    if not any(array.ndim for array in variant.arrays):
        return Verdict(variant.operation, variant.name, static, "-")
    opened = _attempt(lambda: check(variant, variant.open_shapes))
    if opened != "right" and static == "right":
        batch = _attempt(lambda: check(variant, variant.batch_open_shapes))
        opened = f"first axis only: {opened}" if batch == "right" else opened
    return Verdict(variant.operation, variant.name, static, opened)


def _attempt(action: Callable[[], Any]) -> str:
    return attempted(action, refusal, {NoSuchGraph: "TensorFlow builds no such graph"})


def refusal(error: ConversionError) -> str:
    """The words of a refusal, without those that say where."""
    words = re.sub(r"Cannot convert \w+ '[^']*'( \([^)]*\))?: ", "", error.message)
    return f"refused: {' '.join(words.split())}"


def read_table() -> Rows[Verdict]:
    """The verdicts on record."""
    return read_rows(TABLE, Verdict)


if __name__ == "__main__":
    sys.exit(survey(TABLE, Verdict, VARIANTS, judge, __doc__ or ""))
