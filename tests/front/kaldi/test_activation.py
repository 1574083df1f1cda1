"""Components of nnet3 that are functions of single values, of rows, of groups."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("openvino")

from tests.front.kaldi.networks import Cases
from tests.front.kaldi.parts import log_softmax, nonlinear, normal, relu, sigmoid, softmax

R = np.random.default_rng(7)
CASES = Cases()
case, part = CASES.case, CASES.part

V = normal(R, 6)

part("relu", 6, relu(6))
part("log softmax", 6, log_softmax(6))
part("sigmoid", 6, nonlinear("SigmoidComponent", 6, sigmoid))
part("tanh", 6, nonlinear("TanhComponent", 6, np.tanh))
part("softmax", 6, nonlinear("SoftmaxComponent", 6, softmax))
case(
    "relu with repair of old files",
    6,
    "RectifiedLinearComponent",
    [
        ("Dim", 6),
        ("ValueAvg", V),
        ("DerivAvg", V),
        ("Count", 3.0),
        ("SelfRepairLowerThreshold", 0.05),
        ("SelfRepairUpperThreshold", 0.95),
        ("SelfRepairScale", 1e-5),
    ],
    6,
    lambda x: np.maximum(x, 0),
)


def rms(x: np.ndarray) -> float:
    return float(np.sqrt(np.mean(x**2)))


case(
    "normalize",
    6,
    "NormalizeComponent",
    [("Dim", 6), ("TargetRms", 0.5), ("AddLogStddev", False)],
    6,
    lambda x: 0.5 * x / rms(x),
)
case(
    "normalize of old files",
    6,
    "NormalizeComponent",
    [("Dim", 6), ("ValueAvg", V), ("DerivAvg", V), ("Count", 0.0)],
    6,
    lambda x: x / rms(x),
)
case(
    "normalize with deviation",
    6,
    "NormalizeComponent",
    [("InputDim", 6), ("TargetRms", 2.0), ("AddLogStddev", True)],
    7,
    lambda x: np.append(2 * x / rms(x), np.log(rms(x))),
)
case(
    "normalize in blocks with deviation",
    6,
    "NormalizeComponent",
    [("InputDim", 6), ("BlockDim", 3), ("TargetRms", 1.0), ("AddLogStddev", True)],
    8,
    lambda x: np.concatenate([np.append(p / rms(p), np.log(rms(p))) for p in np.split(x, 2)]),
)

# ---- groups of columns

case(
    "p-norm",
    6,
    "PnormComponent",
    [("InputDim", 6), ("OutputDim", 2)],
    2,
    lambda x: np.sqrt((x.reshape(2, 3) ** 2).sum(1)),
)


@pytest.mark.parametrize("name", CASES)
def test_component(name: str) -> None:
    CASES.agree(name)
