"""Models that Kaldi itself ran (see data/README.md)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("openvino")

from tests.front.kaldi import running

DATA = Path(__file__).parent / "data"
MODELS = sorted(path.name for path in DATA.iterdir() if path.suffix in (".nnet", ".raw"))
# Networks that need the future, or give one row; and one that sees the last frame go on, where
# Kaldi's program for whole utterances sees nothing (test_topologies.py has it).
NOT_BY_FRAME = {"lstm_in_both_directions.raw", "x_vector.raw", "statistics_lstm.raw"}


def utterances(name: str) -> list[tuple[dict[str, np.ndarray], np.ndarray]]:
    """Inputs and outputs; the speaker of an utterance is a vector."""
    arrays = np.load(DATA / f"{name.split('.')[0]}.npz")
    model = running.convert((DATA / name).read_bytes(), kaldi_chunk="dynamic")
    (first,) = (item for item in model.inputs if item != "ivector")
    found = []
    for number in (1, 2):
        inputs = {first: arrays[f"utt{number}_in"]}
        if "ivector" in model.inputs:
            inputs["ivector"] = arrays[f"utt{number}_ivector"]
        found.append((inputs, arrays[f"utt{number}_out"]))
    return found


@pytest.mark.parametrize("name", [name for name in MODELS if name not in NOT_BY_FRAME])
def test_frame_by_frame(name: str) -> None:
    for inputs, expected in utterances(name):
        rows = running.streamed((DATA / name).read_bytes(), inputs)
        running.assert_close(rows, expected)


@pytest.mark.parametrize("name", MODELS)
def test_whole_utterances(name: str) -> None:
    """Two of different length through one model."""
    model = running.compiled((DATA / name).read_bytes(), kaldi_chunk="dynamic")
    for inputs, expected in utterances(name):
        running.assert_close(running.whole(model, inputs), expected)
