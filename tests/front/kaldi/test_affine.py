"""Components of nnet3 that multiply and add: matrices, vectors, constants."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("openvino")

from tests.front.kaldi.networks import Cases, Network, Part, agree
from tests.front.kaldi.parts import LEARNING_RATE, UPDATABLE, affine, batch_norm, f4, linear, normal

R = np.random.default_rng(7)
CASES = Cases()
case, part = CASES.case, CASES.part

# ---- affine family

part("natural gradient affine", 6, affine(R, 4, 6))
part("linear", 6, linear(R, 4, 6))
W, B = normal(R, 4, 6), normal(R, 4)
PLAIN = [("LinearParams", W), ("BiasParams", B)]
case(
    "affine of old files",
    6,
    "AffineComponent",
    [("LearningRate", 0.1), *PLAIN, ("IsGradient", False)],
    4,
    lambda x: W @ x + B,
)
case("fixed affine", 6, "FixedAffineComponent", PLAIN, 4, lambda x: W @ x + B)
case(
    "affine in doubles",
    6,
    "FixedAffineComponent",
    [("LinearParams", W.astype(np.float64)), ("BiasParams", B)],
    4,
    lambda x: W @ x + B,
)
case(
    "repeated affine",
    12,
    "RepeatedAffineComponent",
    [*UPDATABLE, ("NumRepeats", 2), *PLAIN, ("IsGradient", False)],
    8,
    lambda x: np.concatenate([W @ x[:6] + B, W @ x[6:] + B]),
)
case(
    "block affine",
    12,
    "BlockAffineComponent",
    [*UPDATABLE, ("NumBlocks", 2), *PLAIN],
    4,
    lambda x: np.concatenate([W[:2] @ x[:6], W[2:] @ x[6:]]) + B,
)

# ---- one number for each column

V, S = normal(R, 6), f4(R.uniform(0.5, 2, 6))
case("fixed scale", 6, "FixedScaleComponent", [("Scales", S)], 6, lambda x: x * S)
case("fixed bias", 6, "FixedBiasComponent", [("Bias", V)], 6, lambda x: x + V)
case(
    "scale",
    6,
    "PerElementScaleComponent",
    [*UPDATABLE, ("Params", S), ("IsGradient", False)],
    6,
    lambda x: x * S,
)
case(
    "natural gradient scale",
    6,
    "NaturalGradientPerElementScaleComponent",
    [
        *UPDATABLE,
        ("Params", S),
        ("IsGradient", False),
        ("Rank", 8),
        ("UpdatePeriod", 10),
        ("NumSamplesHistory", 2000.0),
        ("Alpha", 4.0),
        ("MaxChangePerMinibatch", 0.0),
    ],
    6,
    lambda x: x * S,
)
case(
    "offset",
    6,
    "PerElementOffsetComponent",
    [*UPDATABLE, ("Offsets", V), ("IsGradient", False), ("Dim", 6), ("UseNaturalGradient", True)],
    6,
    lambda x: x + V,
)
case(
    "offset in blocks",
    6,
    "PerElementOffsetComponent",
    [*UPDATABLE, ("Offsets", V[:3]), ("Dim", 6), ("UseNaturalGradient", True)],
    6,
    lambda x: x + np.tile(V[:3], 2),
)
case(
    "scale and offset",
    6,
    "ScaleAndOffsetComponent",
    [
        *UPDATABLE,
        ("Dim", 6),
        ("Scales", S[:2]),
        ("Offsets", V[:2]),
        ("UseNaturalGradient", True),
        ("Rank", 20),
    ],
    6,
    lambda x: x * np.tile(S[:2], 3) + np.tile(V[:2], 3),
)
part("batch norm", 6, batch_norm(R, 6))
part("batch norm in blocks", 6, batch_norm(R, 6, blocks=3, rms=0.5))

# ---- constants

case(
    "constant function",
    6,
    "ConstantFunctionComponent",
    [("InputDim", 6), ("Output", V[:4]), ("IsUpdatable", True), ("UseNaturalGradient", True)],
    4,
    lambda x: V[:4],
)


@pytest.mark.parametrize("name", CASES)
def test_component(name: str) -> None:
    CASES.agree(name)


def test_a_constant_looks_at_no_input() -> None:
    constant = Part(
        "ConstantComponent",
        [LEARNING_RATE, ("Output", V[:4]), ("IsUpdatable", True), ("UseNaturalGradient", True)],
        4,
        lambda x, t: V[:4],
    )
    network = Network().input("input", 4).add("c", constant, "input").output("Sum(input, c)")
    agree(network, {"input": normal(R, 12, 4)})
