"""Tables of figures that are kept beside the benchmarks."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path


def record(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def replace(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Put rows in a table, in the place of all that have the same first field."""
    new = list(rows)
    names = {str(row[0]) for row in new}
    former: list[Sequence[object]] = []
    if path.exists():
        with path.open(newline="") as file:
            former = list(csv.reader(file))[1:]
    place = next((i for i, row in enumerate(former) if row[0] in names), len(former))
    kept = [row for row in former if row[0] not in names]
    record(path, header, [*kept[:place], *new, *kept[place:]])


def keep(path: Path, header: Sequence[str], key: tuple[str, str], cells: Sequence[str]) -> None:
    """Put one row in a table that is sorted by its first two fields, in the place of the former."""
    rows: dict[tuple[str, str], Sequence[str]] = {}
    if path.exists():
        with path.open(newline="") as file:
            rows = {(row[0], row[1]): row[2:] for row in list(csv.reader(file))[1:]}
    rows[key] = cells
    record(path, header, ([*first, *rows[first]] for first in sorted(rows)))
