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
