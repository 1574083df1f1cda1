"""Components of nnet1, which compute one whole utterance [T, columns] from another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

pytest.importorskip("openvino")

from mo.errors import ConversionError
from tests.front.kaldi import running
from tests.front.kaldi.parts import f4, normal, sigmoid
from tests.front.kaldi.rows import lstm, softmax, splice
from tests.front.kaldi.writing import Field, Writer, nnet1, write_nnet1

R = np.random.default_rng(3)
Layer = tuple[str, int, int, Sequence[Field]]
Function = Callable[[np.ndarray], np.ndarray]
RATES: list[Field] = [("LearnRateCoef", 1.0), ("BiasLearnRateCoef", 1.0), ("MaxNorm", 0.0)]


def agree(
    layers: Sequence[Layer], function: Function, *, goes_on: int = 0, by_frame: bool = True
) -> None:
    """``goes_on``: so many frames further the network sees the first and the last frame go on."""
    x = normal(R, 20, layers[0][2])
    expected = function(x.astype(np.float64))
    for binary in (True, False):
        data = nnet1(layers, binary)
        model = running.compiled(data, kaldi_chunk="dynamic")
        running.assert_close(running.whole(model, {"Parameter": x}), expected)
    if goes_on:
        longer = running.extended({"x": x}, goes_on, goes_on)["x"]
        expected = function(longer.astype(np.float64))[goes_on:-goes_on]
    if by_frame:
        running.assert_close(running.streamed(data, {"Parameter": x}), expected)


W, B, S = normal(R, 4, 6), normal(R, 4), f4(R.uniform(0.5, 2, 6))
PRELU = normal(R, 2, 6)
FILTERS, FB = normal(R, 5, 6), normal(R, 5)


def convolution(x: np.ndarray) -> np.ndarray:
    """Three bands of 4 columns, patches of 2 every 1."""
    bands = x.reshape(-1, 3, 4)
    return np.concatenate(
        [bands[:, :, p : p + 2].reshape(-1, 6) @ FILTERS.T + FB for p in range(3)], 1
    )


def pooled(x: np.ndarray, reduce: Callable) -> np.ndarray:
    """Bands of 3 columns; pools of 2 bands every 2."""
    bands = x.reshape(-1, 4, 3)
    return np.concatenate([reduce(bands[:, q : q + 2], axis=1) for q in (0, 2)], 1)


POOLS = normal(R, 2), normal(R, 3)
POOL: list[Field] = [("PoolSize", 2), ("PoolStep", 2), ("PoolStride", 3)]
CASES: dict[str, tuple[Layer, Function]] = {
    "affine": (("AffineTransform", 4, 6, [*RATES, ("", W), ("", B)]), lambda x: x @ W.T + B),
    "affine of old files": (("AffineTransform", 4, 6, [("", W), ("", B)]), lambda x: x @ W.T + B),
    "affine in another case": (
        ("AFFINETRANSFORM", 4, 6, [("", W), ("", B)]),
        lambda x: x @ W.T + B,
    ),
    "linear": (("LinearTransform", 4, 6, [("LearnRateCoef", 1.0), ("", W)]), lambda x: x @ W.T),
    "shift": (("AddShift", 6, 6, [("LearnRateCoef", 0.0), ("", S)]), lambda x: x + S),
    "rescale": (("Rescale", 6, 6, [("", S)]), lambda x: x * S),
    "sigmoid": (("Sigmoid", 6, 6, []), sigmoid),
    "tanh": (("Tanh", 6, 6, []), np.tanh),
    "softmax": (("Softmax", 6, 6, []), softmax),
    "softmax of blocks": (
        ("BlockSoftmax", 6, 6, [("", [2, 4])]),
        lambda x: np.concatenate([softmax(x[:, :2]), softmax(x[:, 2:])], 1),
    ),
    "dropout": (("Dropout", 6, 6, [("DropoutRate", 0.5)]), lambda x: x),
    "parametric relu": (
        (
            "ParametricRelu",
            6,
            6,
            [
                ("AlphaLearnRateCoef", 1.0),
                ("BetaLearnRateCoef", 1.0),
                ("", PRELU[0]),
                ("", PRELU[1]),
            ],
        ),
        lambda x: np.where(x > 0, PRELU[0] * x, PRELU[1] * x),
    ),
    "length norm": (
        ("LengthNormComponent", 6, 6, []),
        lambda x: x / np.linalg.norm(x, axis=1, keepdims=True),
    ),
    "copy": (("Copy", 4, 6, [("", [6, 1, 1, 3])]), lambda x: x[:, [5, 0, 0, 2]]),
    "rbm": (
        ("Rbm", 4, 6, [("", "gauss"), ("", "bern"), ("", W), ("", S), ("", B)]),
        lambda x: sigmoid(x @ W.T + B),
    ),
    "convolution": (
        (
            "ConvolutionalComponent",
            15,
            12,
            [
                ("PatchDim", 2),
                ("PatchStep", 1),
                ("PatchStride", 4),
                *RATES,
                ("Filters", FILTERS),
                ("Bias", FB),
            ],
        ),
        convolution,
    ),
    "frame pooling": (
        (
            "FramePoolingComponent",
            4,
            8,
            [
                ("FeatureDim", 2),
                ("LearnRateCoef", 0.01),
                ("Normalize", False),
                ("FrameOffset", [0, 1]),
                ("FrameWeight", None),
                ("", POOLS[0]),
                ("", POOLS[1]),
            ],
        ),
        lambda x: np.concatenate(
            [POOLS[0] @ x.reshape(-1, 4, 2)[:, :2], POOLS[1] @ x.reshape(-1, 4, 2)[:, 1:]], 1
        ),
    ),
    "max pooling": (("MaxPoolingComponent", 6, 12, POOL), lambda x: pooled(x, np.max)),
    "average pooling": (("AveragePoolingComponent", 6, 12, POOL), lambda x: pooled(x, np.mean)),
}


@pytest.mark.parametrize("name", CASES)
def test_component(name: str) -> None:
    layer, function = CASES[name]
    agree([layer], function)


def test_splice() -> None:
    offsets = [-5, -1, 0, 1, 3]
    agree([("Splice", 15, 3, [("", offsets)])], lambda x: splice(x, offsets))


def test_splices_inside_the_network_repeat_frames_of_their_own_input() -> None:
    layers: list[Layer] = [
        ("Splice", 6, 2, [("", [-1, 0, 2])]),
        ("AffineTransform", 4, 6, [("", W), ("", B)]),
        ("Tanh", 4, 4, []),
        ("Splice", 8, 4, [("", [-3, 1])]),
    ]

    def network(x: np.ndarray) -> np.ndarray:
        return splice(np.tanh(splice(x, [-1, 0, 2]) @ W.T + B), [-3, 1])

    agree(layers, network, goes_on=10)


@pytest.mark.parametrize(
    ("fields", "frames"),
    [
        ([("GradientBoost", 100.0), ("Shrinkage", 0.0), ("OnlySumming", False)], 20),
        ([("GradientBoost", 100.0), ("Shrinkage", 5.0), ("OnlySumming", False)], 25),
        ([("GradientBoost", 100.0), ("Shrinkage", 5.0), ("OnlySumming", True)], 1),
    ],
)
def test_each_frame_gets_the_average_of_all(fields: list[Field], frames: int) -> None:
    layer: Layer = ("SimpleSentenceAveragingComponent", 4, 4, fields)
    agree([layer], lambda x: np.tile(x.sum(0) / frames, (20, 1)), by_frame=False)
    with pytest.raises(ConversionError, match="what all frames sum up to"):
        running.convert(nnet1([layer]))


# ---- recurrence

CELLS, WIDTH, INTO = 4, 3, 5


def lstm_arrays() -> list[np.ndarray]:
    shapes: list[tuple[int, ...]] = [(4 * CELLS, INTO), (4 * CELLS, WIDTH), (4 * CELLS,)]
    shapes += [(CELLS,)] * 3 + [(WIDTH, CELLS)]
    return [normal(R, *shape, scale=0.4) for shape in shapes]


def unnamed(arrays: list[np.ndarray]) -> list[Field]:
    return [("", array) for array in arrays]


OLD: list[Field] = [("CellDim", CELLS), ("ClipGradient", 5.0)]
NEW: list[Field] = [
    ("CellDim", CELLS),
    ("LearnRateCoef", 1.0),
    ("BiasLearnRateCoef", 1.0),
    ("CellClip", 0.05),
    ("DiffClip", 1.0),
    ("CellDiffClip", 0.0),
    ("GradClip", 250.0),
]


@pytest.mark.parametrize("fields", [OLD, NEW])
def test_lstm(fields: list[Field]) -> None:
    arrays = lstm_arrays()
    kind = "LstmProjectedStreams" if fields is OLD else "LstmProjected"
    layer: Layer = (kind, WIDTH, INTO, [*fields, *unnamed(arrays)])
    agree([layer], lambda x: lstm(arrays, x, 50 if fields is OLD else 0.05))


def test_lstm_in_both_directions() -> None:
    forward, backward = lstm_arrays(), lstm_arrays()
    fields = [*OLD, *unnamed(forward), *unnamed(backward)]

    def network(x: np.ndarray) -> np.ndarray:
        return np.concatenate([lstm(forward, x), lstm(backward, x[::-1])[::-1]], 1)

    agree([("BlstmProjectedStreams", 2 * WIDTH, INTO, fields)], network, by_frame=False)


def test_recurrent_component() -> None:
    w, u, b = normal(R, 4, INTO), normal(R, 4, 4, scale=0.4), normal(R, 4)

    def network(x: np.ndarray) -> np.ndarray:
        out, rows = np.zeros(4), []
        for frame in x:
            out = np.tanh(w @ frame + u @ out + b)
            rows.append(out)
        return np.array(rows)

    agree([("RecurrentComponent", 4, INTO, [("GradClip", 5.0), *unnamed([w, u, b])])], network)


# ---- networks inside


def nested(net: Sequence[Layer], binary: bool) -> bytes:
    writer = Writer(binary)
    writer.data = b""
    write_nnet1(writer, net)
    return writer.data


@pytest.mark.parametrize("binary", [True, False])
def test_networks_side_by_side(binary: bool) -> None:
    nets: list[list[Layer]] = [
        [("AffineTransform", 4, 6, unnamed([W, B])), ("Sigmoid", 4, 4, [])],
        [("Tanh", 2, 2, [])],
    ]
    fields: list[Field] = [("NestedNnetCount", 2)]
    for number, net in enumerate(nets, 1):
        fields += [("NestedNnet", number), ("", nested(net, binary))]
    data = nnet1([("ParallelComponent", 6, 8, [*fields, ("/ParallelComponent", None)])], binary)
    x = normal(R, 10, 8)
    expected = np.concatenate([sigmoid(x[:, :6] @ W.T + B), np.tanh(x[:, 6:])], 1)
    running.assert_close(running.by_frame(running.compiled(data), {"Parameter": x}), expected)


def test_networks_weighted_by_a_selector() -> None:
    second, bias, selector = normal(R, 4, 6), normal(R, 4), normal(R, 2, 6)
    nets = [unnamed([W, B]), unnamed([second, bias])]
    chosen: list[Layer] = [("LinearTransform", 2, 6, unnamed([selector])), ("Softmax", 2, 2, [])]
    fields: list[Field] = [("SelectorLearnRateCoef", 1.0), ("Selector", nested(chosen, True))]
    fields.append(("NumBasis", 2))
    for number, arrays in enumerate(nets, 1):
        fields += [("Basis", number), ("", nested([("AffineTransform", 4, 6, arrays)], True))]
    data = nnet1([("MultiBasisComponent", 4, 6, [*fields, ("/MultiBasisComponent", None)])])
    x = normal(R, 10, 6)
    weights = softmax(x @ selector.T)
    parts = [x @ W.T + B, x @ second.T + bias]
    expected = sum(part * weights[:, [k]] for k, part in enumerate(parts))
    model = running.compiled(data, kaldi_chunk="10")
    running.assert_close(running.whole(model, {"Parameter": x}), np.asarray(expected))
