"""CPU time beside the classic Model Optimizer, and private memory, in a table.

    python -m benchmarks.classic CLASSIC_MO MODEL [--write] [FLAG ...]

CLASSIC_MO is the command of a classic Model Optimizer with its framework, FLAGs are given to both
tools. They run in turn, each in a process of its own; the figures are medians, on record in
classic.csv. CPU seconds tell little of what else the machine does. Private memory is what our
process does not share with others or with files at its peak (Linux only).
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.large import PERIOD, private_bytes

ROOT = Path(__file__).parents[1]
TABLE = Path(__file__).with_suffix(".csv")
COLUMNS = ("model", "weights MB", "ours s", "classic s", "ratio", "private MB")
ROUNDS = 3


class Run(NamedTuple):
    seconds: float
    private: float


def run(command: Sequence[str], folder: Path) -> Run:
    """CPU seconds, and the most private megabytes."""
    process = subprocess.Popen(
        [*command, "--output_dir", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
    peak, ended = 0, 0
    while not ended:
        peak = max(peak, private_bytes(process.pid)[0])
        time.sleep(PERIOD)
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with exit code {process.returncode}")
    return Run(usage.ru_utime + usage.ru_stime, peak / 1e6)


def measured(classic: str, model: Path, flags: Sequence[str]) -> dict[str, str]:
    tools = {"ours": [sys.executable, str(ROOT / "mo.py")], "classic": [classic]}
    runs: dict[str, list[Run]] = {name: [] for name in tools}
    for _ in range(ROUNDS):
        for name, tool in tools.items():
            with tempfile.TemporaryDirectory() as folder:
                command = [*tool, "--input_model", str(model), *flags]
                runs[name].append(run(command, Path(folder)))
    ours, peer = (statistics.median(one.seconds for one in runs[name]) for name in tools)
    private = max(one.private for one in runs["ours"])
    figures = (model.stat().st_size / 1e6, ours, peer, peer / ours, private)
    return dict(zip(COLUMNS, (model.parent.name, *(f"{figure:.1f}" for figure in figures))))


def write(row: dict[str, str]) -> None:
    rows = {}
    if TABLE.exists():
        with TABLE.open(newline="") as file:
            rows = {row["model"]: row for row in csv.DictReader(file)}
    rows[row["model"]] = row
    with TABLE.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for _, row in sorted(rows.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("classic", help="the command of the classic")
    parser.add_argument("model", type=Path)
    parser.add_argument("--write", action="store_true", help="put the row into the table")
    options, flags = parser.parse_known_args()
    row = measured(options.classic, options.model.resolve(), flags)
    print(*(f"{name}: {value}" for name, value in row.items()), sep=", ")
    if options.write:
        write(row)


if __name__ == "__main__":
    main()
