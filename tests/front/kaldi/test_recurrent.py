"""Cells of recurrent networks of nnet3, their state among the columns."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("openvino")

from tests.front.kaldi.networks import Cases
from tests.front.kaldi.parts import UPDATABLE, lstm_nonlinearity, normal
from tests.front.kaldi.writing import Double

R = np.random.default_rng(7)
CASES = Cases()
case, part = CASES.case, CASES.part

V = normal(R, 6)

part("lstm", 15, lstm_nonlinearity(R, 3))
part("lstm with dropout", 18, lstm_nonlinearity(R, 3, dropout=True))
GRU = [
    ("ValueAvg", V),
    ("DerivAvg", V),
    ("SelfRepairTotal", 0.0),
    ("Count", Double(0)),
    ("SelfRepairThreshold", 0.2),
    ("SelfRepairScale", 1e-5),
    ("Alpha", 4.0),
    ("RankInOut", (20, 80)),
    ("UpdatePeriod", 4),
]
WH, WP, WV = normal(R, 3, 3), normal(R, 4, 2), normal(R, 3)


def gru(x: np.ndarray) -> np.ndarray:
    z, r, h, before = np.split(x, 4)
    h = np.tanh(h + WH @ (before * r))
    return np.concatenate([h, (1 - z) * h + z * before])


def projected_gru(x: np.ndarray) -> np.ndarray:
    z, r, h, before, state = x[:4], x[4:6], x[6:10], x[10:14], x[14:]
    h = np.tanh(h + WP @ (state * r))
    return np.concatenate([h, (1 - z) * h + z * before])


def output_gru(x: np.ndarray) -> np.ndarray:
    z, h, before = np.split(x, 3)
    h = np.tanh(h + WV * before)
    return np.concatenate([h, (1 - z) * h + z * before])


case(
    "gru",
    12,
    "GruNonlinearityComponent",
    [*UPDATABLE, ("CellDim", 3), ("RecurrentDim", 3), ("w_h", WH), *GRU],
    6,
    gru,
)
case(
    "projected gru",
    16,
    "GruNonlinearityComponent",
    [*UPDATABLE, ("CellDim", 4), ("RecurrentDim", 2), ("w_h", WP), *GRU],
    8,
    projected_gru,
)
case(
    "output gru",
    9,
    "OutputGruNonlinearityComponent",
    [
        *UPDATABLE,
        ("CellDim", 3),
        ("w_h", WV),
        *[("Rank", 8) if name == "RankInOut" else (name, value) for name, value in GRU],
    ],
    6,
    output_gru,
)


@pytest.mark.parametrize("name", CASES)
def test_component(name: str) -> None:
    CASES.agree(name)
