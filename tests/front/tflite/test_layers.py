"""Operators written by hand: those that converters seldom write, and options of old files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flatbuffers import flexbuffers

from mo.errors import UnsupportedError
from tests.front.comparing import operations
from tests.front.tflite.running import Interpreted, agree, converted
from tests.models.tflite import Number, TfLite

RANDOM = np.random.default_rng(5)


def numbers(*shape: int) -> np.ndarray:
    return RANDOM.normal(size=shape).astype(np.float32)


def single(
    code: int, x: np.ndarray, shape: tuple[int, ...], *constants: Any, options: Any = None
) -> TfLite:
    """A model of one operator on an input and constants."""
    net = TfLite()
    inputs = [net.input("x", x.shape, str(x.dtype))]
    inputs += [net.constant(f"c{i}", np.asarray(value)) for i, value in enumerate(constants)]
    net.outputs = [net.tensor("y", shape, str(x.dtype))]
    net.operator(code, inputs, net.outputs, options)
    return net


@pytest.mark.parametrize("activation", [0, 1, 2, 3])
def test_fused_activations(activation: int) -> None:
    x, options = 4 * numbers(2, 3), (11, {0: Number("b", activation)})
    agree(single(0, x, (2, 3), numbers(3), options=options).data, x)


def test_a_sign_bit_is_refused() -> None:
    x, options = numbers(2, 3), (11, {0: Number("b", 5)})
    with pytest.raises(UnsupportedError, match="fused activation 5"):
        converted(single(0, x, (2, 3), numbers(3), options=options).data)


@pytest.mark.parametrize("code", [20, 152, 117])
def test_limited(code: int) -> None:
    """RELU_N1_TO_1, RELU_0_TO_1, HARD_SWISH."""
    x = 4 * numbers(2, 3, 4)
    agree(single(code, x, (2, 3, 4)).data, x)


@pytest.mark.parametrize("approximate", [False, True])
def test_gelu(approximate: bool) -> None:
    x = numbers(2, 3)
    agree(single(150, x, (2, 3), options=(116, {0: Number("?", approximate)})).data, x)


@pytest.mark.parametrize("slope", [(3,), (1, 1, 3), (1,)])
def test_prelu(slope: tuple[int, ...]) -> None:
    x = numbers(2, 4, 5, 3)
    agree(single(54, x, x.shape, numbers(*slope)).data, x)


def test_l2_normalization() -> None:
    x = numbers(2, 4, 5, 3)
    agree(single(11, x, x.shape, options=(12, {})).data, x)


def test_l2_pool() -> None:
    x = numbers(1, 5, 6, 3)
    window = {i: Number("i", size) for i, size in ((1, 2), (2, 1), (3, 3), (4, 2))}
    agree(single(12, x, (1, 5, 3, 3), options=(5, window)).data, x)


def test_softmax_with_beta() -> None:
    x = numbers(2, 7)
    agree(single(25, x, (2, 7), options=(9, {0: Number("f", 0.5)})).data, x)


def test_old_reshape() -> None:
    """The shape as an option."""
    x = numbers(2, 6)
    options = (17, {0: np.array([3, -1], np.int32)})
    agree(single(22, x, (3, 4), options=options).data, x)


def test_embedding_lookup() -> None:
    ids = np.array([2, 0, 4], np.int32)
    net = TfLite()
    inputs = [net.input("ids", (3,), "int32"), net.constant("table", numbers(5, 4))]
    net.outputs = [net.tensor("y", (3, 4))]
    net.operator(7, inputs, net.outputs)
    agree(net.data, ids)


def test_ends_that_count_from_the_beginning() -> None:
    x = numbers(5, 6)
    limits = [np.array(values, np.int32) for values in ([1, 2], [2, 3], [1, 1])]
    options = (32, {5: Number("?", True)})
    agree(single(45, x, (2, 3), *limits, options=options).data, x)


@pytest.mark.parametrize("start", [(1, 2), (4, -1)])
def test_dynamic_update_slice(start: tuple[int, int]) -> None:
    """Started outside, the slice is moved inside."""
    x = numbers(5, 6)
    agree(single(151, x, (5, 6), numbers(2, 3), np.array(start, np.int32)).data, x)


@pytest.mark.parametrize("keeps", [False, True])
def test_fully_connected_rows(keeps: bool) -> None:
    x = numbers(2, 3, 4)
    shape = (2, 3, 5) if keeps else (6, 5)
    options = (8, {0: Number("b", 1), 2: Number("?", keeps)})
    agree(single(9, x, shape, numbers(5, 4), numbers(5), options=options).data, x)


def test_convolution_in_groups() -> None:
    x = numbers(1, 6, 6, 4)
    options = (1, {1: Number("i", 1), 2: Number("i", 2)})
    net = single(3, x, (1, 3, 6, 6), numbers(6, 3, 3, 2), numbers(6), options=options)
    assert "GroupConvolution" in operations(agree(net.data, x))


def test_depthwise_multiplier() -> None:
    x, w, bias = numbers(1, 6, 6, 3), numbers(1, 3, 3, 6), numbers(6)
    options = (2, {1: Number("i", 1), 2: Number("i", 1), 3: Number("i", 2)})
    agree(single(4, x, (1, 6, 6, 6), w, bias, options=options).data, x)


def test_squeeze() -> None:
    x = numbers(1, 3, 1, 2)
    agree(single(43, x, (1, 3, 2), options=(30, {0: np.array([2], np.int32)})).data, x)
    agree(single(43, x, (3, 2), options=(30, {})).data, x)


def test_expand_dims() -> None:
    x = numbers(3, 2)
    agree(single(70, x, (3, 1, 2), np.array(-2, np.int32)).data, x)


def test_fake_quant() -> None:
    x = numbers(3, 4)
    limits = {0: Number("f", -1), 1: Number("f", 1.5), 2: Number("i", 8)}
    agree(single(80, x, (3, 4), options=(58, limits)).data, x)


def test_rank() -> None:
    net = TfLite()
    x, y = net.input("x", (2, 3, 4)), net.tensor("y", (), "int32")
    net.operator(110, [x], [y])
    net.outputs = [y]
    agree(net.data, numbers(2, 3, 4))


def test_densify() -> None:
    """Rows that are dense, places in them that are listed."""
    net = TfLite()
    sparse = net.constant("sparse", np.array([5, 7, 9], np.float32))
    dense, x, y = net.tensor("dense", (3, 4)), net.input("x", (3, 4)), net.tensor("y", (3, 4))
    lists = {name: {0: np.array(values, np.int32)} for name, values in LISTS.items()}
    compressed = {2: Number("B", 1), 3: lists["segments"], 4: Number("B", 1), 5: lists["indices"]}
    levels = [{1: Number("i", 3)}, {0: Number("b", 1), **compressed}]
    net.tensors[sparse] = {
        **net.tensors[sparse],
        0: np.array([3, 4], np.int32),
        6: {0: np.array([0, 1], np.int32), 2: levels},
    }
    net.operator(124, [sparse], [dense], (99, {}))
    net.operator(0, [dense, x], [y], (11, {}))
    net.outputs = [y]
    agree(net.data, numbers(3, 4))


LISTS = {"segments": [0, 1, 1, 3], "indices": [2, 0, 3]}


def test_a_composite_is_what_its_subgraph_says() -> None:
    net, inner = TfLite(), TfLite()
    x, y = net.input("x", (2, 3)), net.tensor("y", (2, 3))
    net.operator(206, [x], [y], more=(21, {0: "own.double", 1: Number("i", 1)}))
    net.operator(0, [x, x], [y], (11, {}))
    inner.operators, body = [net.operators.pop()], inner.input("a", (2, 3))
    inner.operators[0] = {**inner.operators[0], 1: np.array([body, body], np.int32)}
    inner.outputs = [inner.tensor("b", (2, 3))]
    inner.operators[0] = {**inner.operators[0], 2: np.array(inner.outputs, np.int32)}
    net.others, net.outputs = [inner.graph], [y]
    agree(net.data, numbers(2, 3))


def test_names_that_tensors_share() -> None:
    net = TfLite()
    x = net.input("", (2, 3))
    middle, y = net.tensor("a", (2, 3)), net.tensor("a", (2, 3))
    net.operator(101, [x], [middle])
    net.operator(75, [middle], [y])
    net.outputs = [y]
    agree(net.data, np.abs(numbers(2, 3)))


# ---- detection


@pytest.mark.parametrize("regular", [False, True])
@pytest.mark.parametrize("background", [False, True])
def test_detection(regular: bool, background: bool) -> None:
    """As many are found as there is room for: the interpreter leaves other rows as they were."""
    random = np.random.default_rng(5)
    count, classes, most = 24, 3, 5
    options: dict[str, Any] = {
        "max_detections": most,
        "max_classes_per_detection": 1,
        "detections_per_class": 4,
        "use_regular_nms": regular,
        "nms_score_threshold": 0.3,
        "nms_iou_threshold": 0.4,
        "num_classes": classes,
        "y_scale": 10.0,
        "x_scale": 10.0,
        "h_scale": 5.0,
        "w_scale": 5.0,
    }
    net, width = TfLite(), classes + background
    inputs = [net.input("boxes", (1, count, 4)), net.input("scores", (1, count, width))]
    corners = random.uniform(0.2, 0.6, size=(count, 4)).astype(np.float32)
    inputs.append(net.constant("anchors", corners))
    shapes = ((1, most, 4), (1, most), (1, most), (1,))
    net.outputs = [net.tensor(f"y{i}", shape) for i, shape in enumerate(shapes)]
    custom = bytes(flexbuffers.Dumps(options))
    net.operator("TFLite_Detection_PostProcess", inputs, net.outputs, custom=custom)
    moves = random.uniform(-1, 1, (1, count, 4)).astype(np.float32)
    scores = random.uniform(size=(1, count, width)).astype(np.float32)
    assert Interpreted(net.data).run(moves, scores)[3] == most
    agree(net.data, moves, scores)


# ---- refused


def test_all_that_is_unknown_is_named_at_once() -> None:
    net = TfLite()
    x = net.input("x", (2, 3))
    first, second = net.tensor("first", (2, 3)), net.tensor("second", (2, 3))
    net.operator("Sparkle", [x], [first])
    net.operator(15, [first], [second])
    net.outputs = [second]
    with pytest.raises(UnsupportedError) as caught:
        converted(net.data)
    assert "custom.Sparkle" in caught.value.message
    assert "LSH_PROJECTION" in caught.value.message
