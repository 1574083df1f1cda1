"""Records what Kaldi makes of the networks in topologies.py: data/NAME.raw and data/NAME.npz.

usage: python -m tests.front.kaldi.recording.record DIRECTORY_OF_LIBRARIES

The directory is ``kaldi_active_grammar.libs`` of the Python package kaldi-active-grammar 3.2.0,
whose libraries are Kaldi 5.5. Needs g++.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.front.kaldi.rows import p_norm, p_norm_utterance
from tests.front.kaldi.topologies import TOPOLOGIES, distributed, seeded
from tests.front.kaldi.writing import nnet2

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
FRAMES = (50, 23)


class Kaldi:
    """The program forward.cc, built into a directory."""

    def __init__(self, libraries: Path, directory: Path) -> None:
        self.directory = directory
        self.environment = {"LD_LIBRARY_PATH": str(libraries)}
        parts = ("nnet3", "nnet2", "matrix", "cudamatrix", "util", "base")
        linked = [path for part in parts for path in libraries.glob(f"libkaldi-{part}-*.so")]
        flags = ["-O1", "-D_GLIBCXX_USE_CXX11_ABI=0", "-Wl,--allow-shlib-undefined"]
        program = [HERE / "forward.cc", "-o", directory / "forward"]
        subprocess.run(["g++", *flags, *program, *linked], check=True)

    def run(
        self, kind: str, model: Path, x: np.ndarray, ivector: np.ndarray | None, columns: int
    ) -> np.ndarray:
        features, speaker = self.directory / "x", "-"
        np.savetxt(features, x, header="[", footer="]", comments="", fmt="%.9g")
        if ivector is not None:
            speaker = str(self.directory / "ivector")
            Path(speaker).write_text(f"[ {' '.join(f'{v:.9g}' for v in ivector)} ]\n")
        command = [self.directory / "forward", kind, model, features, speaker]
        text = subprocess.run(
            [*command, str(len(x)), str(columns)],
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
        rows = [line.strip(" []").split() for line in text.splitlines()]
        return np.array([row for row in rows if row], np.float32)


Speech = dict[str, np.ndarray]


def record(
    kaldi: Kaldi, name: str, kind: str, data: bytes, columns: int, speech: list[Speech]
) -> None:
    model = DATA / f"{name}.raw"
    model.write_bytes(data)
    arrays: Speech = {}
    for number, inputs in enumerate(speech, 1):
        features, ivector = inputs["input"], inputs.get("ivector")
        rows = kaldi.run(kind, model, features, ivector, columns)
        arrays |= {f"utt{number}_in": features, f"utt{number}_out": rows}
        if ivector is not None:
            arrays[f"utt{number}_ivector"] = ivector
    np.savez_compressed(DATA / f"{name}.npz", **arrays)


def main(libraries: Path) -> None:
    with tempfile.TemporaryDirectory() as directory:
        kaldi = Kaldi(libraries, Path(directory))
        for name, build in {**TOPOLOGIES, "distributed": distributed}.items():
            random = seeded()
            network = build(random)
            kind = "xvector" if name == "x_vector" else "nnet3"
            speech = [network.utterance(random, frames) for frames in FRAMES]
            record(kaldi, name, kind, network.data(), network.output_width(), speech)
        random = seeded()
        layers, _ = p_norm(random)
        speech = [{"input": p_norm_utterance(random, frames)} for frames in FRAMES]
        record(kaldi, "p_norm", "nnet2", nnet2(layers), 4, speech)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
