"""Every operation of TensorFlow in its variants beside TensorFlow itself, with a table.

    python -m tests.conformance.tf_operations [PART OF A NAME ...] [--write]

Each variant is converted with its sizes known and with all of them open (where that is refused:
with an open first axis), run in OpenVINO, and compared; the verdicts on record are in
tf_operations.csv. ``refused`` comes with the reason that a user reads.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mo.errors import ConversionError
from tests.conformance.tf_variants import VARIANTS
from tests.conformance.tf_variants.building import Shapes, Variant
from tests.conformance.verdicts import attempted
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


def read_table() -> dict[tuple[str, str], Verdict]:
    """The verdicts on record."""
    if not TABLE.exists():
        return {}
    with TABLE.open(newline="") as file:
        rows = [Verdict(**row) for row in csv.DictReader(file)]
    return {(row.operation, row.variant): row for row in rows}


def write_table(known: Mapping[tuple[str, str], Verdict]) -> None:
    """The verdicts on the variants that there are."""
    keys = [(variant.operation, variant.name) for variant in VARIANTS]
    with TABLE.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(Verdict._fields)
        out.writerows(sorted((known[key] for key in keys if key in known), key=lambda row: row[0]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--write", action="store_true", help="write the table")
    args = parser.parse_args()
    known = read_table()
    found = []
    for variant in VARIANTS:
        label = f"{variant.operation} {variant.name}"
        if args.names and not any(part in label for part in args.names):
            continue
        verdict = judge(variant)
        found.append(verdict)
        key = verdict.operation, verdict.variant
        if known.get(key) != verdict or args.names:
            print(f"{label}: {verdict.static} / {verdict.opened}", flush=True)
            known[key] = verdict
            if args.write:
                write_table(known)
    if args.write:
        write_table(known)
    right = sum(row.static == "right" for row in found)
    opened = sum(row.opened in ("right", "-") for row in found)
    print(f"{len(found)} variants, {right} right with static shapes, {opened} with open ones")
    return 0


if __name__ == "__main__":
    sys.exit(main())
