"""Recurrent layers, written by hand as only old converters write them, beside the interpreter.

States live on: each model runs several times.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import openvino as ov
import pytest

from tests.front.tflite.running import Interpreted, converted
from tests.models.tflite import Number, TfLite
from tests.ops import runtime

TANH, RELU = 4, 1
ACTIVATION = Number("b", TANH)
BATCH, TIME, FEATURES, HIDDEN = 2, 4, 3, 5


class Layers(TfLite):
    """Weights with random numbers, and states."""

    def __init__(self) -> None:
        super().__init__()
        self.random = np.random.default_rng(7)

    def weights(self, *shape: int) -> int:
        array = self.random.normal(size=shape, scale=0.7).astype(np.float32)
        return self.constant(f"w{len(self.tensors)}", array)

    def state(self, *shape: int) -> int:
        return self.tensor(f"state{len(self.tensors)}", shape, is_variable=True)

    def result(self, *shape: int) -> int:
        self.outputs.append(self.tensor(f"y{len(self.outputs)}", shape))
        return self.outputs[-1]


def lasts(net: Layers, *shape: int) -> None:
    """Assert that three inferences in a row give what the interpreter gives."""
    reference = Interpreted(net.data, is_plain=True)
    graph = converted(net.data)
    model = runtime.read(graph)
    settings = {"INFERENCE_PRECISION_HINT": "f32"}
    request = ov.compile_model(model, "CPU", settings).create_infer_request()
    for _ in range(3):
        x = net.random.normal(size=shape).astype(np.float32)
        results = [np.array(value) for value in request.infer([x]).values()]
        expected = reference.run(x)
        assert len(results) == len(expected)
        for mine, wanted in zip(results, expected):
            np.testing.assert_allclose(mine, wanted, rtol=1e-4, atol=1e-5)


def sizes(time_major: bool) -> tuple[int, int, int]:
    return (TIME, BATCH, FEATURES) if time_major else (BATCH, TIME, FEATURES)


# ---- plain layers


def plain(net: Layers) -> list[int]:
    shapes = ((HIDDEN, FEATURES), (HIDDEN, HIDDEN), (HIDDEN,))
    return [*(net.weights(*shape) for shape in shapes), net.state(BATCH, HIDDEN)]


@pytest.mark.parametrize("activation", [TANH, RELU])
def test_rnn(activation: int) -> None:
    net = Layers()
    inputs = [net.input("x", (BATCH, FEATURES)), *plain(net)]
    net.operator(24, inputs, [net.result(BATCH, HIDDEN)], (7, {0: Number("b", activation)}))
    lasts(net, BATCH, FEATURES)


@pytest.mark.parametrize("time_major", [False, True])
def test_sequence_of_rnn(time_major: bool) -> None:
    net = Layers()
    shape = sizes(time_major)
    inputs = [net.input("x", shape), *plain(net)]
    options = {0: Number("?", time_major), 1: ACTIVATION}
    net.operator(35, inputs, [net.result(*shape[:2], HIDDEN)], (31, options))
    lasts(net, *shape)


@pytest.mark.parametrize("merges", [False, True])
def test_rnn_both_ways(merges: bool) -> None:
    net = Layers()
    inputs = [net.input("x", sizes(False)), *plain(net), *plain(net), *[-1] * 3]
    width = 2 * HIDDEN if merges else HIDDEN
    results = [net.result(BATCH, TIME, width) for _ in range(1 if merges else 2)]
    options = {0: Number("?", False), 1: ACTIVATION, 2: Number("?", merges)}
    net.operator(46, inputs, results, (70, options))
    lasts(net, *sizes(False))


# ---- LSTM


def lstm_weights(
    net: Layers, coupled: bool = False, peepholes: bool = False, projected: int = 0
) -> list[int]:
    """Those of one direction: gates i, f, c, o."""
    width = projected or HIDDEN
    gates: list[int] = []
    for shape in ((HIDDEN, FEATURES), (HIDDEN, width)):
        gates += [-1 if coupled and i == 0 else net.weights(*shape) for i in range(4)]
    looks = [
        net.weights(HIDDEN) if peepholes and not (coupled and i == 0) else -1 for i in range(3)
    ]
    biases = [-1 if coupled and i == 0 else net.weights(HIDDEN) for i in range(4)]
    return [*gates, *looks, *biases, net.weights(width, HIDDEN) if projected else -1, -1]


def lstm_states(net: Layers, projected: int = 0) -> list[int]:
    return [net.state(BATCH, projected or HIDDEN), net.state(BATCH, HIDDEN)]


VARIANTS: list[dict[str, Any]] = [
    {},
    {"coupled": True},
    {"peepholes": True},
    {"peepholes": True, "coupled": True},
    {"projected": 3},
]


@pytest.mark.parametrize("variant", VARIANTS)
def test_lstm(variant: dict[str, Any]) -> None:
    net = Layers()
    width = variant.get("projected", 0)
    inputs = [net.input("x", (BATCH, FEATURES)), *lstm_weights(net, **variant)]
    inputs += lstm_states(net, width) + [-1] * 4
    net.operator(16, inputs, [net.result(BATCH, width or HIDDEN)], (14, {0: ACTIVATION}))
    lasts(net, BATCH, FEATURES)


@pytest.mark.parametrize("variant", VARIANTS)
def test_sequence_of_lstm(variant: dict[str, Any]) -> None:
    sequence(variant, 0.3, False)


@pytest.mark.parametrize("time_major", [False, True])
def test_sequence_of_lstm_without_limit(time_major: bool) -> None:
    sequence({}, 0.0, time_major)


def sequence(variant: dict[str, Any], clip: float, time_major: bool) -> None:
    net = Layers()
    width, shape = variant.get("projected", 0), sizes(time_major)
    inputs = [net.input("x", shape), *lstm_weights(net, **variant)]
    inputs += lstm_states(net, width) + [-1] * 4
    options = {0: ACTIVATION, 1: Number("f", clip), 3: Number("?", time_major)}
    net.operator(44, inputs, [net.result(*shape[:2], width or HIDDEN)], (71, options))
    lasts(net, *shape)


@pytest.mark.parametrize("merges", [False, True])
def test_lstm_both_ways(merges: bool) -> None:
    """Merged with the time in front: else the interpreter mixes up all but the first sequence."""
    net, shape = Layers(), sizes(merges)
    inputs = [net.input("x", shape), *lstm_weights(net), *lstm_weights(net)]
    inputs += lstm_states(net) + lstm_states(net) + [-1] * 9
    width = 2 * HIDDEN if merges else HIDDEN
    results = [net.result(*shape[:2], width) for _ in range(1 if merges else 2)]
    options = {0: ACTIVATION, 3: Number("?", merges), 4: Number("?", merges)}
    net.operator(52, inputs, results, (69, options))
    lasts(net, *shape)


# ---- SVDF


@pytest.mark.parametrize("rank", [1, 2])
def test_svdf(rank: int) -> None:
    net, memory, filters = Layers(), 4, 6
    inputs = [
        net.input("x", (BATCH, FEATURES)),
        net.weights(filters, FEATURES),
        net.weights(filters, memory),
        net.weights(filters // rank),
        net.state(BATCH, memory * filters),
    ]
    options = {0: Number("i", rank), 1: Number("b", RELU)}
    net.operator(27, inputs, [net.result(BATCH, filters // rank)], (6, options))
    lasts(net, BATCH, FEATURES)
