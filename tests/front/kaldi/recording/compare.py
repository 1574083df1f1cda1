"""Compares the formulas of the tests, component by component, with Kaldi itself.

usage: python -m tests.front.kaldi.recording.compare DIRECTORY_OF_LIBRARIES    (see record.py)

Five are rightly different or not read: dropout and noise of nnet2, which are random there, and
what only older versions wrote (NormalizeComponent without TargetRms, statistics of a NoOpComponent,
ColumnMap as floats).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.front.kaldi import families, test_nnet2
from tests.front.kaldi.recording.record import Kaldi
from tests.front.kaldi.writing import nnet2

# Name, kind of network, model, input, what the formula says.
Comparison = tuple[str, str, bytes, np.ndarray, np.ndarray]


def comparisons() -> Iterator[Comparison]:
    random = np.random.default_rng(1)
    for cases in families.CASES:
        for name, (into, _) in cases.items():
            x = random.standard_normal((12, into), np.float32)
            network = cases.network(name)
            yield name, "nnet3", network.data(), x, network.expected({"input": x})
    for name, (kind, fields, function) in test_nnet2.CASES.items():
        x = random.standard_normal((12, test_nnet2.width_of(name)), np.float32)
        expected = function(x.astype(np.float64))
        yield f"{name} of nnet2", "nnet2", nnet2([(kind, fields)]), x, expected


def main(libraries: Path) -> None:
    with tempfile.TemporaryDirectory() as directory:
        kaldi, model = Kaldi(libraries, Path(directory)), Path(directory) / "model"
        for name, kind, data, x, expected in comparisons():
            model.write_bytes(data)
            try:
                rows = kaldi.run(kind, model, x, None, expected.shape[1])
            except subprocess.CalledProcessError:
                print(f"not read by this version  {name}")
                continue
            error = np.abs(rows - expected).max() / max(1e-3, np.abs(expected).max())
            print(f"{error:8.1e}  {'' if error <= 1e-4 else 'DIFFERENT '}{name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
