"""Components of nnet2; the first and the last frame of the input are repeated as needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

pytest.importorskip("openvino")

from tests.front.kaldi import running
from tests.front.kaldi.parts import f4, normal, sigmoid
from tests.front.kaldi.rows import softmax, statistics, windows
from tests.front.kaldi.test_nnet1 import FB, FILTERS, convolution, pooled
from tests.front.kaldi.writing import Field, Writer, nnet2, write_transition_model

R = np.random.default_rng(5)
Layer = tuple[str, Sequence[Field]]
Function = Callable[[np.ndarray], np.ndarray]


def agree(
    layers: Sequence[Layer], width: int, function: Function, *, context: tuple[int, int]
) -> None:
    """``function`` gets the utterance with so many frames repeated at both ends."""
    x = normal(R, 20, width)
    before, after = context
    padded = np.concatenate([x[:1].repeat(before, 0), x, x[-1:].repeat(after, 0)])
    expected = function(padded.astype(np.float64))
    for binary in (True, False):
        data = nnet2(layers, binary)
        model = running.compiled(data, kaldi_chunk="dynamic")
        running.assert_close(running.whole(model, {"Input": x}), expected)
    running.assert_close(running.streamed(data, {"Input": x}), expected)


W, B, S = normal(R, 4, 6), normal(R, 4), f4(R.uniform(0.5, 2, 6))
PLAIN: list[Field] = [("LearningRate", 0.01), ("LinearParams", W), ("BiasParams", B)]
ONLINE: list[Field] = [
    ("UpdatePeriod", 4),
    ("NumSamplesHistory", 2000.0),
    ("Alpha", 4.0),
    ("MaxChangePerSample", 0.075),
]
PATCHES: list[Field] = [
    ("LearningRate", 0.01),
    ("PatchDim", 2),
    ("PatchStep", 1),
    ("PatchStride", 4),
]
PARAMS: list[Field] = [("FilterParams", FILTERS), ("BiasParams", FB), ("IsGradient", False)]
DCT = np.sqrt(2 / 3) * np.cos(np.pi / 3 * np.arange(2)[:, None] * (np.arange(3) + 0.5))
DCT[0] = np.sqrt(1 / 3)
DCT_2 = np.sqrt(0.5) * np.array([[1, 1], [1, -1]])


def affine(x: np.ndarray) -> np.ndarray:
    return x @ W.T + B


def appended_convolution(x: np.ndarray) -> np.ndarray:
    """The columns of one place in all bands stand together."""
    return convolution(x.reshape(-1, 4, 3).transpose(0, 2, 1).reshape(-1, 12))


CASES: dict[str, tuple[str, list[Field], Function]] = {
    "sigmoid": ("SigmoidComponent", statistics(6), sigmoid),
    "tanh": ("TanhComponent", statistics(6), np.tanh),
    "relu": ("RectifiedLinearComponent", statistics(6), lambda x: np.maximum(x, 0)),
    "soft hinge": ("SoftHingeComponent", statistics(6), lambda x: np.log1p(np.exp(x))),
    "softmax": ("SoftmaxComponent", statistics(6), softmax),
    "log softmax": ("LogSoftmaxComponent", statistics(6), lambda x: np.log(softmax(x))),
    "normalize": (
        "NormalizeComponent",
        statistics(6),
        lambda x: x / np.sqrt((x**2).mean(1, keepdims=True)),
    ),
    "maxout": (
        "MaxoutComponent",
        [("InputDim", 6), ("OutputDim", 2)],
        lambda x: x.reshape(-1, 2, 3).max(2),
    ),
    "1-norm": (
        "PnormComponent",
        [("InputDim", 6), ("OutputDim", 2), ("P", 1.0)],
        lambda x: np.abs(x).reshape(-1, 2, 3).sum(2),
    ),
    "3-norm": (
        "PnormComponent",
        [("InputDim", 6), ("OutputDim", 2), ("P", 3.0)],
        lambda x: (np.abs(x).reshape(-1, 2, 3) ** 3).sum(2) ** (1 / 3),
    ),
    "greatest": (
        "PnormComponent",
        [("InputDim", 6), ("OutputDim", 2), ("P", float("inf"))],
        lambda x: np.abs(x).reshape(-1, 2, 3).max(2),
    ),
    "square": (
        "PowerComponent",
        [("InputDim", 6), ("OutputDim", 6), ("Power", 2.0)],
        lambda x: x**2,
    ),
    "powers are those of the size": (
        "PowerComponent",
        [("InputDim", 6), ("OutputDim", 6), ("Power", 1.5)],
        lambda x: np.abs(x) ** 1.5,
    ),
    "scale": ("ScaleComponent", [("Dim", 6), ("Scale", 0.5)], lambda x: 0.5 * x),
    "affine": (
        "AffineComponent",
        [*PLAIN, ("AvgInput", S), ("AvgInputCount", 1.0), ("IsGradient", False)],
        affine,
    ),
    "preconditioned": (
        "AffineComponentPreconditioned",
        [*PLAIN, ("Alpha", 4.0), ("MaxChange", 10.0)],
        affine,
    ),
    "online": (
        "AffineComponentPreconditionedOnline",
        [*PLAIN, ("RankIn", 20), ("RankOut", 80), *ONLINE],
        affine,
    ),
    "online of old files": (
        "AffineComponentPreconditionedOnline",
        [*PLAIN, ("Rank", 20), *ONLINE],
        affine,
    ),
    "fixed linear": ("FixedLinearComponent", [("CuMatrix", W)], lambda x: x @ W.T),
    "fixed affine": ("FixedAffineComponent", PLAIN[1:], affine),
    "fixed scale": ("FixedScaleComponent", [("Scales", S)], lambda x: x * S),
    "fixed bias": ("FixedBiasComponent", [("Bias", S)], lambda x: x + S),
    "permute": (
        "PermuteComponent",
        [("Reorder", [1, 0, 3, 2, 5, 4])],
        lambda x: x[:, [1, 0, 3, 2, 5, 4]],
    ),
    "dropout": (
        "DropoutComponent",
        [("Dim", 6), ("DropoutScale", 0.0), ("DropoutProportion", 0.5)],
        lambda x: x,
    ),
    "noise": ("AdditiveNoiseComponent", [("Dim", 6), ("Stddev", 0.1)], lambda x: x),
    "cosine transform": (
        "DctComponent",
        [("Dim", 6), ("DctDim", 3), ("Reorder", False), ("DctKeepDim", 2)],
        lambda x: (x.reshape(-1, 2, 3) @ DCT.T).reshape(-1, 4),
    ),
    "cosine transform of interleaved blocks": (
        "DctComponent",
        [("Dim", 6), ("DctDim", 2), ("Reorder", True), ("DctKeepDim", 0)],
        lambda x: (
            (x.reshape(-1, 2, 3).transpose(0, 2, 1) @ DCT_2.T).transpose(0, 2, 1).reshape(-1, 6)
        ),
    ),
    "convolution": (
        "Convolutional1dComponent",
        [*PATCHES, ("AppendedConv", False), *PARAMS],
        convolution,
    ),
    "appended convolution": (
        "Convolutional1dComponent",
        [*PATCHES, ("AppendedConv", True), *PARAMS],
        appended_convolution,
    ),
    "max pooling": (
        "MaxpoolingComponent",
        [("InputDim", 12), ("OutputDim", 6), ("PoolSize", 2), ("PoolStride", 3)],
        lambda x: pooled(x, np.max),
    ),
    "sums": (
        "SumGroupComponent",
        [("Sizes", [1, 2, 3])],
        lambda x: np.stack([x[:, 0], x[:, 1:3].sum(1), x[:, 3:].sum(1)], 1),
    ),
}


def width_of(name: str) -> int:
    """Columns that a component takes."""
    return 12 if "convolution" in name or "pooling" in name else 6


@pytest.mark.parametrize("name", CASES)
def test_component(name: str) -> None:
    kind, fields, function = CASES[name]
    agree([(kind, fields)], width_of(name), function, context=(0, 0))


@pytest.mark.parametrize(
    ("fields", "offsets"),
    [
        ([("LeftContext", 2), ("RightContext", 1)], [-2, -1, 0, 1]),
        ([("Context", [-3, 0, 2])], [-3, 0, 2]),
    ],
)
def test_splice(fields: list[Field], offsets: list[int]) -> None:
    layer: Layer = ("SpliceComponent", [("InputDim", 3), *fields, ("ConstComponentDim", 0)])
    context = -min(offsets), max(offsets)
    agree([layer], 3, lambda x: np.concatenate(windows(x, offsets), 1), context=context)


def test_columns_that_do_not_change_are_spliced_once() -> None:
    layer: Layer = (
        "SpliceComponent",
        [("InputDim", 5), ("Context", [-1, 0, 1]), ("ConstComponentDim", 2)],
    )
    x = np.concatenate([normal(R, 12, 3), np.tile(normal(R, 2), (12, 1))], 1)
    padded = np.concatenate([x[:1], x, x[-1:]])
    expected = np.concatenate([*windows(padded[:, :3], [-1, 0, 1]), x[:, 3:]], 1)
    model = running.compiled(nnet2([layer]), kaldi_chunk="dynamic")
    running.assert_close(running.whole(model, {"Input": x}), expected)
    running.assert_close(running.streamed(nnet2([layer]), {"Input": x}), expected)


def test_the_greatest_of_several_frames() -> None:
    layer: Layer = ("SpliceMaxComponent", [("Dim", 3), ("Context", [-2, 0, 1])])
    agree([layer], 3, lambda x: np.max(windows(x, [-2, 0, 1]), 0), context=(2, 1))


def test_splices_add_up() -> None:
    layers: list[Layer] = [
        ("SpliceComponent", [("InputDim", 3), ("Context", [-1, 2]), ("ConstComponentDim", 0)]),
        ("TanhComponent", statistics(6)),
        ("SpliceComponent", [("InputDim", 6), ("Context", [-2, 1]), ("ConstComponentDim", 0)]),
    ]

    def network(x: np.ndarray) -> np.ndarray:
        first = np.tanh(np.concatenate(windows(x, [-1, 2]), 1))
        return np.concatenate(windows(first, [-2, 1]), 1)

    agree(layers, 3, network, context=(3, 3))


@pytest.mark.parametrize("binary", [True, False])
def test_an_acoustic_model_has_transitions_before_and_priors_behind(binary: bool) -> None:
    writer = Writer(binary)
    write_transition_model(writer)
    head = len(Writer(binary).data)
    writer.data += nnet2([("SoftmaxComponent", statistics(4))], binary)[head:]
    writer.value(f4([0.1, 0.2, 0.3, 0.4]))
    x = normal(R, 5, 4)
    calls = running.by_frame(running.compiled(writer.data), {"Input": x})
    running.assert_close(calls, softmax(x))
    with_priors = running.compiled(writer.data, counts="", remove_output_softmax=True)
    calls = running.by_frame(with_priors, {"Input": x})
    running.assert_close(calls, x - np.log([0.1, 0.2, 0.3, 0.4]))
