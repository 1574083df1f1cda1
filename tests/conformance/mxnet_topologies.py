"""Networks of the MXNet world against what MXNet 1.9.1 computed for them, with a table.

    python -m tests.conformance.mxnet_topologies FOLDER [PART OF A NAME ...] [--write]

FOLDER is what ``mxnet_networks.py`` filled. Each network is converted with the sizes of its first
inputs, and with all sizes open in which its two sets of inputs differ (the batch); run in
OpenVINO; and compared. The figures, on record in mxnet_topologies.csv, are the greatest difference
of any output, relative to the greatest value in it. Detections of random weights that overlap by
just about the threshold, or score the same, may be kept or ordered otherwise: then it is how many
rows of them have no partner in MXNet's. Some networks are so deep that MXNet rounds away 1e-4, or
round to integers: of these there are further outputs, in double precision or for inputs moved by
1e-6; "again" is how far from these the converted network is, and "rounded" how far MXNet is from
them itself. ``--write`` keeps the rows of networks that are not asked for.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import openvino as ov

import mo
from mo.errors import ConversionError

TABLE = Path(__file__).with_suffix(".csv")
TOLERANCE = 1e-4
COLUMNS = ("network", "static", "open", "again", "rounded", "operations")
_PRECISE = {"INFERENCE_PRECISION_HINT": "f32"}
Feed = dict[str, np.ndarray]
Row = dict[str, str]


class Recorded(NamedTuple):
    """Inputs by name, their outputs, and perhaps others as good, but not rounded alike."""

    inputs: Feed
    outputs: list[np.ndarray]
    again: list[np.ndarray]


def recorded(folder: Path) -> list[Recorded]:
    """Two sets of inputs."""
    found = []
    with np.load(folder / "io.npz") as stored:
        for number in "01":
            parts: dict[str, Feed] = {"in": {}, "out": {}, "again": {}}
            for key in stored.files:
                of, part, name = key.split(":", 2)
                if of == number:
                    parts[part][name] = stored[key]
            outputs, again = (
                [part[str(place)] for place in range(len(part))]
                for part in (parts["out"], parts["again"])
            )
            found.append(Recorded(parts["in"], outputs, again))
    return found


def convert(folder: Path, shapes: dict[str, Sequence[int]]) -> mo.ConvertedModel:
    return mo.convert_model(
        folder / "model-0000.params",
        input=",".join(shapes),
        input_shape=",".join(str(list(shape)).replace(" ", "") for shape in shapes.values()),
        silent=True,
    )


def run(path: Path, inputs: Feed) -> list[np.ndarray]:
    """The outputs in the order of the model."""
    compiled = ov.Core().compile_model(path, "CPU", _PRECISE)
    results = compiled(inputs)
    return [np.array(results[output]) for output in compiled.outputs]


def difference(result: np.ndarray, wanted: np.ndarray) -> float:
    """The greatest difference, relative to the greatest value that is wanted."""
    if result.ndim == 4 and wanted.ndim == 3 and result.shape[:2] == (1, 1):
        result, wanted = _detections(result, wanted)
    if result.shape != wanted.shape:
        raise AssertionError(f"{result.shape}, not {wanted.shape}")
    scale = max(float(np.abs(wanted).max(initial=0)), 1e-6)
    return float(np.abs(result.astype(np.float64) - wanted).max(initial=0)) / scale


def _detections(result: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the classic (image, class, score, corners) and of MXNet, both in order of score."""
    rows = [
        np.column_stack([np.full(len(kept), image), kept])
        for image, found in enumerate(wanted)
        for kept in [found[found[:, 0] >= 0]]
    ]
    count = int(np.argmax(np.append(result[0, 0, :, 0], -1) < 0))
    ours, theirs = result[0, 0, :count], np.concatenate(rows)
    if ours.shape[1] == theirs.shape[1] and len(ours) == len(theirs):
        ours, theirs = (a[np.lexsort((-a[:, 2], a[:, 0]))] for a in (ours, theirs))
    return ours, theirs


def _apart(results: list[np.ndarray], wanted: list[np.ndarray]) -> tuple[int, int]:
    """How many rows (class, score, box, mask) have no partner, and how many there are."""
    lonely = total = 0
    for ours, theirs in zip(_rows(results), _rows(wanted)):
        theirs = theirs[np.argsort(-theirs[:, 1], kind="stable")[:_BEST]]
        scale = np.ones(theirs.shape[1])
        scale[2:6] = np.abs(theirs[:, 2:6]).max()
        scaled = [rows[rows[:, 0] >= 0] / scale for rows in (ours, theirs)]
        total += len(scaled[1])
        for row in scaled[1]:
            nearest = np.abs(scaled[0] - row).max(1).min(initial=1)
            lonely += not nearest <= _ALIKE
    return lonely, total


def _rows(parts: list[np.ndarray]) -> np.ndarray:
    """Classes, scores, boxes and perhaps masks side by side."""
    count = parts[0].shape[:2]
    return np.concatenate([a.reshape(*count, -1) for a in parts if a.shape[:2] == count], -1)


# The rows that are looked at: those with the best scores.
_BEST = 300
# Within this part of the greatest score and coordinate two detections are the same.
_ALIKE = 1e-3
# So many of them may be others: one of a hundred.
_LONELY = 0.01


def verdict(results: list[np.ndarray], wanted: list[np.ndarray]) -> str:
    worst = greatest(results, wanted)
    are_rows = [math.prod(a.shape[2:]) for a in wanted[:3]] == [1, 1, 4]
    if worst <= TOLERANCE or not are_rows:
        return f"{worst:.1e}"
    return "{} of {} rows".format(*_apart(results, wanted))


def greatest(results: list[np.ndarray], wanted: list[np.ndarray]) -> float:
    return max(difference(*pair) for pair in zip(results, wanted, strict=True))


def judged(folder: Path) -> Row:
    first, second = recorded(folder)
    static = {name: array.shape for name, array in first.inputs.items()}
    opened = {
        name: [a if a == b else -1 for a, b in zip(array.shape, second.inputs[name].shape)]
        for name, array in first.inputs.items()
    }
    row = dict.fromkeys(COLUMNS, "")
    row["network"] = folder.name
    with tempfile.TemporaryDirectory() as place:
        for column, shapes, sets in (
            ("static", static, [first]),
            ("open", opened, [first, second]),
        ):
            try:
                path, _ = (model := convert(folder, shapes)).save(Path(place) / f"{column}.xml")
                results = [run(path, one.inputs) for one in sets]
                verdicts = [verdict(mine, one.outputs) for mine, one in zip(results, sets)]
                row[column] = max(verdicts, key=weight)
                if first.again:
                    row["again"] = verdict(results[0], first.again)
                    row["rounded"] = verdict(first.outputs, first.again)
            except ConversionError as error:
                row[column] = "refused: " + " ".join(error.message.split())[:200]
            except (AssertionError, RuntimeError, ValueError) as error:
                row[column] = "FAILED: " + " ".join(str(error).split())[-200:]
            else:
                row["operations"] = str(len(list(model.graph.nodes())))
    return row


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--write", action="store_true", help="write the table")
    options = parser.parse_args(arguments)
    rows = []
    for folder in sorted(path.parent for path in options.folder.glob("*/io.npz")):
        if options.parts and not any(part in folder.name for part in options.parts):
            continue
        rows.append(judged(folder))
        print(*rows[-1].values(), sep=" | ", flush=True)
    if options.write:
        write(rows)
    return sum(weight(row[column]) > allowed(row) for row in rows for column in ("static", "open"))


def write(rows: Sequence[Row]) -> None:
    table = {}
    if TABLE.exists():
        with TABLE.open(newline="") as file:
            table = {row["network"]: row for row in csv.DictReader(file)}
    table.update((row["network"], row) for row in rows)
    with TABLE.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for _, row in sorted(table.items()))


def allowed(row: Row) -> float:
    """The weight that is still good: that of MXNet's own rounding, within a factor."""
    return max(1.0, _FACTOR * weight(row["rounded"])) if row["rounded"] else 1.0


_FACTOR = 3


def weight(verdict: str) -> float:
    """How far from good: up to 1 is close enough."""
    if verdict.endswith("rows"):
        lonely, _, total, _ = verdict.split()
        return int(lonely) / max(1, int(total)) / _LONELY
    try:
        return float(verdict) / TOLERANCE
    except ValueError:
        return np.inf


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
