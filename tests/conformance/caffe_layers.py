"""Every layer of Caffe in its variants against OpenCV's dnn or a formula, with a table.

    python -m tests.conformance.caffe_layers [PART OF A NAME ...] [--write]

Each variant is converted with its sizes known and with all (or the named) axes open, run in
OpenVINO, and compared; the verdicts on record are in caffe_layers.csv.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from mo.errors import ConversionError
from tests.conformance.caffe_variants import VARIANTS
from tests.conformance.caffe_variants.variant import Variant, expected, net_of
from tests.conformance.verdicts import attempted
from tests.front.caffe.running import assert_close, convert, run_together

TABLE = Path(__file__).with_suffix(".csv")


class Verdict(NamedTuple):
    layer: str
    variant: str
    reference: str
    static: str
    opened: str


def check(variant: Variant, *ways: Sequence[int] | None) -> None:
    """Assert that the layer, converted with each choice of open axes, computes the reference."""
    net, arrays, tops = net_of(variant)
    shapes = {name: array.shape for name, array in arrays.items()}
    graphs = [convert(net, opened, shapes) for opened in ways]
    wanted = expected(variant)
    for results in run_together(graphs, arrays):
        for name, array in zip(tops, wanted):
            assert_close(variant.part(results[name]), variant.part(array), variant.tolerance)


def judge(variant: Variant) -> Verdict:
    words = [
        attempted(lambda: check(variant, ()), refusal),
        attempted(lambda: check(variant, variant.opened), refusal),
    ]
    reference = "opencv" if variant.formula is None else "formula"
    if all(word.startswith("refused") for word in words):
        reference = "none"
    return Verdict(variant.layer, variant.name, reference, *words)


def refusal(error: ConversionError) -> str:
    """The words of a refusal, without those that say where."""
    message = re.sub(r", in '[^']*', line \d+", "", error.message)
    return f"refused: {' '.join(message.rpartition('): ')[2].split())}"


def read_table() -> list[Verdict]:
    """The verdicts on record."""
    with TABLE.open(newline="") as file:
        return [Verdict(**row) for row in csv.DictReader(file)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--write", action="store_true", help="write the table")
    args = parser.parse_args()
    found = []
    for variant in VARIANTS:
        label = f"{variant.layer} {variant.name}"
        if args.names and not any(part in label for part in args.names):
            continue
        verdict = judge(variant)
        found.append(verdict)
        if {verdict.static, verdict.opened} != {"right"}:
            print(f"{label}: {verdict.static} / {verdict.opened}", flush=True)
    if args.write:
        with TABLE.open("w", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(Verdict._fields)
            out.writerows(found)
    print(f"{len(found)} variants")
    return 0


if __name__ == "__main__":
    sys.exit(main())
