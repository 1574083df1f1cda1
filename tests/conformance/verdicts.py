"""Verdicts of the tables, in words."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mo.errors import ConversionError

if TYPE_CHECKING:
    from tests.conformance.tf_variants.building import Variant

# A NamedTuple whose first fields are operation and variant, among the others static and opened.
Row = TypeVar("Row", bound="tuple[Any, ...]")
Rows = dict[tuple[str, str], Row]


def attempted(
    action: Callable[[], Any],
    refusal: Callable[[ConversionError], str],
    known: Mapping[type[Exception], str] | None = None,
) -> str:
    """What becomes of a check: right, refused in words, wrong, or not run.

    ``known``: verdicts on exceptions that tell why there is nothing to check.
    """
    try:
        action()
    except ConversionError as error:
        return refusal(error)
    except AssertionError as error:
        return f"wrong: {' '.join(str(error).split())[:100]}"
    except Exception as error:
        for kind, words in (known or {}).items():
            if isinstance(error, kind):
                return words
        return f"not run: {' '.join(str(error).split())[-160:]}"
    return "right"


def read_rows(table: Path, kind: type[Row]) -> Rows[Row]:
    """The verdicts on record, by operation and variant."""
    if not table.exists():
        return {}
    with table.open(newline="") as file:
        rows = [kind(**row) for row in csv.DictReader(file)]
    return {(row[0], row[1]): row for row in rows}


def write_rows(table: Path, header: Sequence[str], keys: Sequence[Any], known: Rows[Row]) -> None:
    """The verdicts on the variants that there are, in the order of operations."""
    with table.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(sorted((known[key] for key in keys if key in known), key=lambda row: row[0]))


def survey(
    table: Path,
    kind: Any,
    variants: Sequence[Variant],
    judge: Callable[[Variant], Any],
    description: str,
) -> int:
    """Judge the variants that the command line names, print what is new, and write it if asked to.

    A variant without a verdict has no row.
    """
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--write", action="store_true", help="write the table")
    args = parser.parse_args()
    known, found = read_rows(table, kind), []
    keys = [(variant.operation, variant.name) for variant in variants]
    for key, variant in zip(keys, variants):
        label = f"{variant.operation} {variant.name}"
        if args.names and not any(part in label for part in args.names):
            continue
        verdict = judge(variant)
        if verdict is None:
            known.pop(key, None)
            continue
        found.append(verdict)
        if known.get(key) != verdict or args.names:
            print(f"{label}: {verdict.static} / {verdict.opened}", flush=True)
            known[key] = verdict
            if args.write:
                write_rows(table, kind._fields, keys, known)
    if args.write:
        write_rows(table, kind._fields, keys, known)
    right = sum(row.static == "right" for row in found)
    opened = sum(row.opened in ("right", "-") for row in found)
    print(f"{len(found)} variants, {right} right with static shapes, {opened} with open ones")
    return 0
