"""Every component of nnet3 that computes a frame from the frame of the same time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

pytest.importorskip("openvino")

from tests.front.kaldi.networks import Network, Part, agree
from tests.front.kaldi.parts import (
    UPDATABLE,
    affine,
    batch_norm,
    f4,
    identity,
    linear,
    log_softmax,
    lstm_nonlinearity,
    nonlinear,
    normal,
    relu,
    sigmoid,
    softmax,
)
from tests.front.kaldi.reference import framewise
from tests.front.kaldi.writing import Double, Writer, component

R = np.random.default_rng(7)
# Name of the test -> columns of the input, component.
CASES: dict[str, tuple[int, Part]] = {}


def case(name: str, into: int, kind: str, fields: list, out: int, function: Callable) -> None:
    CASES[name] = into, Part(kind, fields, out, framewise(function))


def part(name: str, into: int, made: Part) -> None:
    CASES[name] = into, made


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

# ---- nonlinearities

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
case(
    "sums of equal groups",
    6,
    "SumGroupComponent",
    [("Sizes", [2, 2, 2])],
    3,
    lambda x: x.reshape(3, 2).sum(1),
)
case(
    "sums of groups",
    6,
    "SumGroupComponent",
    [("Sizes", [1, 3, 2])],
    3,
    lambda x: np.array([x[0], x[1:4].sum(), x[4:].sum()]),
)
case(
    "sum of blocks",
    6,
    "SumBlockComponent",
    [("InputDim", 6), ("OutputDim", 2), ("Scale", 0.5)],
    2,
    lambda x: 0.5 * x.reshape(3, 2).sum(0),
)
case(
    "product of blocks",
    6,
    "ElementwiseProductComponent",
    [("InputDim", 6), ("OutputDim", 3)],
    3,
    lambda x: x[:3] * x[3:],
)
case(
    "permute",
    6,
    "PermuteComponent",
    [("ColumnMap", [3, 1, 0, 5, 4, 2])],
    6,
    lambda x: x[[3, 1, 0, 5, 4, 2]],
)
case(
    "permute of old files",
    3,
    "PermuteComponent",
    [("ColumnMap", f4([2, 0, 1]))],
    3,
    lambda x: x[[2, 0, 1]],
)

# ---- what does nothing once a network is trained

part("no-op", 6, identity("NoOpComponent", 6, [("Dim", 6), ("BackpropScale", 1.0)]))
part(
    "no-op of old files",
    6,
    identity(
        "NoOpComponent",
        6,
        [("Dim", 6), ("ValueAvg", V), ("DerivAvg", V), ("Count", 0.0), ("SelfRepairScale", 0.0)],
    ),
)
part(
    "dropout",
    6,
    identity(
        "DropoutComponent",
        6,
        [("Dim", 6), ("DropoutProportion", 0.2), ("DropoutPerFrame", True), ("TestMode", False)],
    ),
)
part(
    "general dropout",
    6,
    identity(
        "GeneralDropoutComponent",
        6,
        [
            ("Dim", 6),
            ("BlockDim", 3),
            ("TimePeriod", 0),
            ("DropoutProportion", 0.2),
            ("SpecAugmentMaxProportion", 0.3),
            ("SpecAugmentMaxRegions", 2),
            ("TestMode", None),
            ("Continuous", None),
        ],
    ),
)
part(
    "time mask",
    6,
    identity(
        "SpecAugmentTimeMaskComponent",
        6,
        [("Dim", 6), ("ZeroedProportion", 0.2), ("TimeMaskMaxFrames", 10), ("TestMode", None)],
    ),
)
part(
    "clipped gradient",
    6,
    identity(
        "ClipGradientComponent",
        6,
        [
            ("Dim", 6),
            ("ClippingThreshold", 30.0),
            ("NormBasedClipping", True),
            ("SelfRepairClippedProportionThreshold", 0.01),
            ("SelfRepairTarget", 0.0),
            ("SelfRepairScale", 1.0),
            ("NumElementsClipped", 3),
            ("NumElementsProcessed", 1000),
            ("NumSelfRepaired", 0),
            ("NumBackpropped", 5),
        ],
    ),
)
case(
    "truncated gradient",
    6,
    "BackpropTruncationComponent",
    [
        ("Dim", 6),
        ("Scale", 0.9),
        ("ClippingThreshold", 30.0),
        ("ZeroingThreshold", 15.0),
        ("ZeroingInterval", 20),
        ("RecurrenceInterval", 3),
        ("NumElementsClipped", Double(2)),
        ("NumElementsZeroed", Double(1)),
        ("NumElementsProcessed", Double(9)),
        ("NumZeroingBoundaries", Double(4)),
    ],
    6,
    lambda x: 0.9 * x,
)

# ---- constants

case(
    "constant function",
    6,
    "ConstantFunctionComponent",
    [
        *UPDATABLE,
        ("InputDim", 6),
        ("Output", V[:4]),
        ("IsUpdatable", True),
        ("UseNaturalGradient", True),
    ],
    4,
    lambda x: V[:4],
)

# ---- cells

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

# ---- images in a row

FILTERS, FB = normal(R, 3, 2 * 2 * 2), normal(R, 3)


def convolution(x: np.ndarray, y_fastest: bool) -> np.ndarray:
    """Input 4 x 3 x 2 (x, y, z); windows of 2 x 2, steps 2 and 1."""
    image = x.reshape(4, 2, 3).transpose(0, 2, 1) if y_fastest else x.reshape(4, 3, 2)
    windows = [image[i : i + 2, j : j + 2].reshape(-1) for i in (0, 2) for j in (0, 1)]
    return np.concatenate([FILTERS @ window + FB for window in windows])


for order in (0, 1):
    fields = [
        ("InputXDim", 4),
        ("InputYDim", 3),
        ("InputZDim", 2),
        ("FiltXDim", 2),
        ("FiltYDim", 2),
        ("FiltXStep", 2),
        ("FiltYStep", 1),
        ("InputVectorization", order),
        ("FilterParams", FILTERS),
        ("BiasParams", FB),
        ("IsGradient", False),
    ]
    case(
        f"convolution, vectorization {order}",
        24,
        "ConvolutionComponent",
        [*UPDATABLE, *fields],
        12,
        lambda x, order=order: convolution(x, order == 0),
    )


def max_pooling(x: np.ndarray) -> np.ndarray:
    box = x.reshape(4, 3, 2)
    return np.array(
        [box[i : i + 2, j : j + 2, k : k + 1].max() for i in (0, 2) for j in (0, 1) for k in (0, 1)]
    )


case(
    "max pooling",
    24,
    "MaxpoolingComponent",
    [
        ("InputXDim", 4),
        ("InputYDim", 3),
        ("InputZDim", 2),
        ("PoolXSize", 2),
        ("PoolYSize", 2),
        ("PoolZSize", 1),
        ("PoolXStep", 2),
        ("PoolYStep", 1),
        ("PoolZStep", 1),
    ],
    8,
    max_pooling,
)


@pytest.mark.parametrize("name", CASES)
def test_component(name: str) -> None:
    into, made = CASES[name]
    network = Network().input("input", into).add("c", made, "input").output("c")
    agree(network, {"input": normal(R, 12, into)}, binary=len(name) % 2 == 0)


@pytest.mark.parametrize("binary", [True, False])
def test_parts_of_a_composite_component_follow_each_other(binary: bool) -> None:
    first, second = affine(R, 5, 6), relu(5)
    writer = Writer(binary)
    writer.data = b""
    for inner in (first, second):
        component(inner.kind, inner.fields, writer)
    fields = [*UPDATABLE, ("MaxRowsProcess", 100), ("NumComponents", 2), ("", writer.data)]
    both = Part(
        "CompositeComponent",
        fields,
        5,
        lambda x, t: second.function(lambda s: first.function(x, s), t),
    )
    network = Network().input("input", 6).add("c", both, "input").output("c")
    agree(network, {"input": normal(R, 12, 6)}, binary=binary)


def test_a_constant_and_a_mask_look_at_no_input() -> None:
    constant = Part(
        "ConstantComponent",
        [*UPDATABLE, ("Output", V[:4]), ("IsUpdatable", True), ("UseNaturalGradient", True)],
        4,
        lambda x, t: V[:4],
    )
    mask = Part(
        "DropoutMaskComponent",
        [("OutputDim", 2), ("DropoutProportion", 0.0), ("TestMode", True), ("Continuous", None)],
        2,
        lambda x, t: np.ones(2),
    )
    network = Network().input("input", 4).add("c", constant, "input").add("m", mask, "input")
    agree(network.output("Append(Sum(input, c), m)"), {"input": normal(R, 12, 4)})
