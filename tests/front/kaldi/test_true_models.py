"""Models that Kaldi itself wrote and ran (see data/README.md)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("openvino")

from tests.front.kaldi import running

DATA = Path(__file__).parent / "data"
MODELS = sorted(path.name for path in DATA.iterdir() if path.suffix in (".nnet", ".raw"))
# Frames that the networks look ahead: so many calls later a frame comes out.
DELAYS = {"nnet1_splice_shift_scale": 2, "nnet2_splice_pnorm": 1, "nnet3_tdnn_append": 1}


def utterances(name: str) -> list[tuple[np.ndarray, np.ndarray]]:
    arrays = np.load(DATA / f"{name.split('.')[0]}.npz")
    return [(arrays[f"utt{i}_in"], arrays[f"utt{i}_out"]) for i in (1, 2)]


@pytest.mark.parametrize("name", MODELS)
def test_frame_by_frame(name: str) -> None:
    delay = DELAYS.get(name.split(".")[0], 0)
    model = running.compiled((DATA / name).read_bytes())
    for x, expected in utterances(name):
        calls = running.by_frame(model, {model.input(0).any_name: x}, after=delay)
        running.assert_close(calls[delay:], expected)


@pytest.mark.parametrize("name", MODELS)
def test_whole_utterances(name: str) -> None:
    model = running.compiled((DATA / name).read_bytes(), kaldi_chunk="dynamic")
    for x, expected in utterances(name):
        running.assert_close(running.whole(model, {model.input(0).any_name: x}), expected)
