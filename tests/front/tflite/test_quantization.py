"""Quantised operators written by hand, beside the interpreter: a step apart at most."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mo.errors import UnsupportedError
from mo.graph.element_type import ElementType
from mo.graph.op import Constant
from tests.front.tflite.running import Interpreted, agree, converted
from tests.models.tflite import Number, TfLite
from tests.ops import runtime

RANDOM = np.random.default_rng(11)
KINDS = {"int8": (-128, 128), "uint8": (0, 256), "int16": (-32768, 32768)}
SCALES = {"int8": (0.05, -3), "uint8": (0.05, 120), "int16": (0.001, 0)}


def integers(kind: str, *shape: int) -> np.ndarray:
    return RANDOM.integers(*KINDS[kind], size=shape).astype(kind)


def within_a_step(net: TfLite, *arrays: np.ndarray) -> None:
    results = runtime.run(converted(net.data), arrays)
    for mine, wanted in zip(results, Interpreted(net.data).run(*arrays)):
        assert (mine.dtype, mine.shape) == (wanted.dtype, wanted.shape)
        assert np.abs(mine.astype(int) - wanted.astype(int)).max() <= 1


def of_one(
    kind: str,
    code: int,
    shape: tuple[int, ...],
    *constants: Any,
    inputs: int = 1,
    result: tuple[int, ...] | None = None,
    meant: tuple[float, int] | None = None,
    options: Any = None,
) -> TfLite:
    """An operator on quantised inputs, and on constants that are not quantised."""
    net, told = TfLite(), SCALES[kind]
    places = [net.input(f"x{i}", shape, kind, quantized=told) for i in range(inputs)]
    places += [net.constant(f"c{i}", np.asarray(value)) for i, value in enumerate(constants)]
    net.outputs = [net.tensor("y", result or shape, kind, quantized=meant or told)]
    net.operator(code, places, net.outputs, options)
    return net


PLAIN, WINDOW = (2, 4, 6, 3), {i: Number("i", 2) for i in (1, 2, 3, 4)}
AXES = np.array([1, 2], np.int32)
OPERATORS: dict[str, dict[str, Any]] = {
    "ADD": {"code": 0, "inputs": 2, "options": (11, {}), "meant": (0.1, 2)},
    "SUB": {"code": 41, "inputs": 2, "options": (28, {0: Number("b", 1)})},
    "MUL": {"code": 18, "inputs": 2, "options": (21, {}), "meant": (0.3, -9)},
    "MAXIMUM": {"code": 55, "inputs": 2},
    "RELU": {"code": 19, "meant": (0.03, -128)},
    "LOGISTIC": {"code": 14, "meant": (1 / 256, -128)},
    "TANH": {"code": 28, "meant": (1 / 128, 0)},
    "HARD_SWISH": {"code": 117},
    "LEAKY_RELU": {"code": 98, "options": (75, {0: Number("f", 0.2)})},
    "SOFTMAX": {
        "code": 25,
        "shape": (3, 7),
        "meant": (1 / 256, -128),
        "options": (9, {0: Number("f", 1.0)}),
    },
    "AVERAGE_POOL_2D": {"code": 1, "result": (2, 2, 3, 3), "options": (5, WINDOW)},
    "MAX_POOL_2D": {"code": 17, "result": (2, 2, 3, 3), "options": (5, WINDOW)},
    "MEAN": {"code": 40, "constants": [AXES], "result": (2, 3), "options": (27, {})},
    "RESHAPE": {"code": 22, "constants": [np.array([8, 18], np.int32)], "result": (8, 18)},
    "CONCATENATION": {
        "code": 2,
        "inputs": 2,
        "result": (2, 4, 6, 6),
        "options": (10, {0: Number("i", 3)}),
    },
    "RESIZE_BILINEAR": {
        "code": 23,
        "constants": [np.array([8, 9], np.int32)],
        "result": (2, 8, 9, 3),
        "options": (15, {}),
    },
    "PAD": {
        "code": 34,
        "constants": [np.array([[0, 0], [1, 1], [0, 2], [0, 0]], np.int32)],
        "result": (2, 6, 8, 3),
    },
    "QUANTIZE": {"code": 114, "meant": (0.02, 5)},
}


@pytest.mark.parametrize("name", OPERATORS)
def test_operator_of_bytes(name: str) -> None:
    row = dict(OPERATORS[name])
    shape, inputs = row.pop("shape", PLAIN), row.get("inputs", 1)
    net = of_one("int8", row.pop("code"), shape, *row.pop("constants", []), **row)
    within_a_step(net, *(integers("int8", *shape) for _ in range(inputs)))


@pytest.mark.parametrize("kind", ["uint8", "int16"])
def test_sums_of_other_integers(kind: str) -> None:
    net = of_one(kind, 0, PLAIN, inputs=2, options=(11, {}))
    within_a_step(net, integers(kind, *PLAIN), integers(kind, *PLAIN))


# ---- weights


def convolution(by_channel: bool, depthwise: bool, kind: str = "int8") -> TfLite:
    """Bytes for weights and images; sums have the scale of their products."""
    net, (scale, zero) = TfLite(), SCALES[kind]
    count = 6 if by_channel else 1
    scales = RANDOM.uniform(0.005, 0.02, size=count)
    zeros = np.full(count, 0 if kind == "int8" else 117)
    shape, axis = ((1, 3, 3, 6), 3) if depthwise else ((6, 3, 3, 3), 0)
    weights = net.constant("w", integers(kind, *shape), quantized=(scales, zeros), axis=axis)
    bias = RANDOM.integers(-500, 500, size=6).astype(np.int32)
    sums = net.constant("b", bias, quantized=(scale * scales, 0 * zeros))
    image = net.input("x", (1, 6, 7, 3), kind, quantized=(scale, zero))
    net.outputs = [net.tensor("y", (1, 6, 7, 6), kind, quantized=(0.2, zero))]
    steps = {1: Number("i", 1), 2: Number("i", 1)}
    options = (2, {**steps, 3: Number("i", 2)}) if depthwise else (1, steps)
    net.operator(4 if depthwise else 3, [image, weights, sums], net.outputs, options)
    return net


@pytest.mark.parametrize("depthwise", [False, True])
@pytest.mark.parametrize("by_channel", [False, True])
def test_convolution_of_bytes(by_channel: bool, depthwise: bool) -> None:
    net = convolution(by_channel, depthwise)
    within_a_step(net, integers("int8", 1, 6, 7, 3))


@pytest.mark.parametrize("depthwise", [False, True])
def test_convolution_with_zero_points(depthwise: bool) -> None:
    within_a_step(convolution(False, depthwise, "uint8"), integers("uint8", 1, 6, 7, 3))


@pytest.mark.parametrize("kind", ["int8", "int4"])
def test_weights_of_few_bits(kind: str) -> None:
    """With numbers for data the interpreter rounds these, too: a hundredth of the greatest."""
    net, bits = TfLite(), 4 if kind == "int4" else 8
    x = RANDOM.normal(size=(2, 8)).astype(np.float32)
    scales = RANDOM.uniform(0.05, 0.1, size=5)
    levels = RANDOM.integers(-(1 << bits - 1) + 1, 1 << bits - 1, size=(5, 8))
    stored = levels.astype(np.int8)
    if bits == 4:
        stored = (stored.reshape(-1, 2) & 15) @ np.array([1, 16])
    place = net.constant("w", stored.astype(np.int8), quantized=(scales, np.zeros(5)))
    net.tensors[place] = {
        **net.tensors[place],
        0: np.array([5, 8], np.int32),
        1: Number("b", {"int8": 9, "int4": 17}[kind]),
    }
    net.outputs = [net.tensor("y", (2, 5))]
    net.operator(9, [net.input("x", (2, 8)), place, -1], net.outputs, (8, {}))
    graph = agree(net.data, x, tolerance=0.1)
    (mine,) = runtime.run(graph, [x])
    np.testing.assert_allclose(mine, x @ (levels * scales[:, None]).T, rtol=1e-4, atol=1e-4)
    kinds = {node.outputs[0].dtype for node in graph.nodes_of(Constant)}
    assert ElementType[kind.replace("int", "i")] in kinds


def test_recurrent_layers_of_integers_are_refused() -> None:
    net = of_one("int8", 24, (1, 3), result=(1, 3), options=(7, {0: Number("b", 4)}))
    with pytest.raises(UnsupportedError, match="a recurrent layer of integers"):
        converted(net.data)
