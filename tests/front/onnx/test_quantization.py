"""Quantised tensors."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import onnx
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from onnx import helper

from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.op import Constant
from tests.front.comparing import operations
from tests.front.onnx.running import agree, agree_model, refused
from tests.models.nodes import fixed, model_of, numbers

X = numbers(2, 3, 4, low=-3, high=3)
KINDS: list[Any] = [np.uint8, np.int8]


def zero_point(dtype: Any) -> int:
    return 100 if dtype is np.uint8 else -7


# ---- one node


@pytest.mark.parametrize("opset", [10, 13, 19, 21])
@pytest.mark.parametrize("dtype", KINDS)
def test_quantize_per_tensor(opset: int, dtype: Any) -> None:
    agree("QuantizeLinear", X, fixed(0.02), fixed(zero_point(dtype), dtype), opset=opset)
    agree("QuantizeLinear", X, fixed([0.02]), fixed([zero_point(dtype)], dtype), opset=opset)


def test_quantize_without_zero_point_gives_uint8() -> None:
    agree("QuantizeLinear", X, fixed(0.02))


@pytest.mark.parametrize("opset", [13, 21])
@pytest.mark.parametrize("axis", [None, 0, 1, -1])
@pytest.mark.parametrize("dtype", KINDS)
def test_quantize_per_axis(opset: int, axis: int | None, dtype: Any) -> None:
    count = X.shape[1 if axis is None else axis]
    scales = fixed(np.linspace(0.01, 0.05, count, dtype=np.float32))
    zeros = fixed(np.arange(count) + zero_point(dtype), dtype)
    agree("QuantizeLinear", X, scales, zeros, opset=opset, axis=axis)


@pytest.mark.parametrize("zero", [0, 6, 7])
def test_quantize_saturates_and_rounds_halves_to_even(zero: int) -> None:
    x = np.array([-1000, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 1000], np.float32)
    agree("QuantizeLinear", x, fixed(1.0), fixed(zero, np.int8))
    agree("QuantizeLinear", x, fixed(1.0), fixed(zero, np.uint8))


@pytest.mark.parametrize("zero", [127, 128])
def test_pixels_between_two_integers_are_rounded_like_the_standard_does(zero: int) -> None:
    """Every other pixel of [-1, 1] is half-way, as far as floats can tell."""
    x = (np.arange(256, dtype=np.float32) / np.float32(127.5) - 1).reshape(1, 1, 16, 16)
    agree("QuantizeLinear", x, fixed(2 / 255), fixed(zero, np.uint8))
    nodes = [
        helper.make_node("Transpose", ["x"], ["moved"], perm=[0, 3, 1, 2]),
        helper.make_node("QuantizeLinear", ["moved", "step", "zero"], ["y"]),
    ]
    constants = [("step", np.float32(2 / 255)), ("zero", np.uint8(zero))]
    agree_model(model_of(nodes, [("x", x)], ["y"], constants), [x])


@pytest.mark.parametrize("axis", [None, 0, 1])
@pytest.mark.parametrize("dtype", KINDS)
def test_quantize_in_one_step_what_was_computed(axis: int | None, dtype: Any) -> None:
    count = 1 if axis is None else X.shape[axis]
    nodes = [
        helper.make_node("Tanh", ["x"], ["t"]),
        helper.make_node("QuantizeLinear", ["t", "scale", "zero"], ["y"], axis=axis),
    ]
    scales = np.linspace(0.01, 0.05, count, dtype=np.float32)
    zeros = (np.arange(count) + zero_point(dtype)).astype(dtype)
    graph = agree_model(
        model_of(nodes, [("x", X)], ["y"], [("scale", scales), ("zero", zeros)]), [X]
    )
    assert operations(graph) == ["Tanh", "FakeQuantize", "Convert"]


@pytest.mark.parametrize("output", [onnx.TensorProto.INT8, onnx.TensorProto.UINT8])
def test_quantize_to_a_type_that_is_named(output: int) -> None:
    agree("QuantizeLinear", X, fixed(0.02), opset=21, output_dtype=output)


@pytest.mark.parametrize("dtype", [np.uint16, np.int16])
def test_quantize_to_sixteen_bits(dtype: Any) -> None:
    agree("QuantizeLinear", X, fixed(0.0002), fixed(7, dtype), opset=21)


@pytest.mark.parametrize("opset", [10, 13, 19, 21])
@pytest.mark.parametrize("dtype", [*KINDS, np.int32])
def test_dequantize_per_tensor(opset: int, dtype: Any) -> None:
    x = numbers(2, 3, 4, dtype=dtype, low=-99, high=99)
    zero = fixed(0 if dtype is np.int32 else zero_point(dtype), dtype)
    agree("DequantizeLinear", x, fixed(0.02), zero, opset=opset)
    agree("DequantizeLinear", x, fixed(0.02), opset=opset)


@pytest.mark.parametrize("opset", [13, 21])
@pytest.mark.parametrize("axis", [None, 0, 1, -1])
@pytest.mark.parametrize("dtype", KINDS)
def test_dequantize_per_axis(opset: int, axis: int | None, dtype: Any) -> None:
    x = numbers(2, 3, 4, dtype=dtype, low=-99, high=99)
    count = x.shape[1 if axis is None else axis]
    scales = fixed(np.linspace(0.01, 0.05, count, dtype=np.float32))
    zeros = fixed(np.arange(count) + zero_point(dtype), dtype)
    agree("DequantizeLinear", x, scales, zeros, opset=opset, axis=axis)
    agree("DequantizeLinear", x, scales, opset=opset, axis=axis)


@pytest.mark.parametrize("block", [2, 3])
@pytest.mark.parametrize("axis", [0, 1])
def test_dequantize_in_blocks(block: int, axis: int) -> None:
    x = fixed(numbers(6, 6, dtype=np.int8, low=-99, high=99))
    shape = [6, 6]
    shape[axis] //= block
    scales = fixed(numbers(*shape, low=0.01, high=0.1))
    zeros = fixed(numbers(*shape, dtype=np.int8))
    agree("DequantizeLinear", x, scales, zeros, opset=21, axis=axis, block_size=block)


@pytest.mark.parametrize("block", [2, 4])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("dtype", KINDS)
def test_quantize_in_blocks(block: int, axis: int, dtype: Any) -> None:
    """The last block may be shorter than the others."""
    x = numbers(6, 6, low=-3, high=3)
    shape = [6, 6]
    shape[axis] = -(-6 // block)
    scales = fixed(numbers(*shape, low=0.01, high=0.1))
    zeros = fixed(numbers(*shape, dtype=dtype))
    agree("QuantizeLinear", x, scales, zeros, opset=21, axis=axis, block_size=block)


@pytest.mark.parametrize("block", [2, 4])
def test_dequantize_computed_integers_in_blocks(block: int) -> None:
    x = numbers(6, 6, dtype=np.int8, low=-99, high=99)
    scales = fixed(numbers(6, -(-6 // block), low=0.01, high=0.1))
    agree("DequantizeLinear", x, scales, opset=21, axis=1, block_size=block)


def through(kind: int, x: np.ndarray, scale: np.ndarray, opset: int = 25) -> onnx.ModelProto:
    """Quantised to a type that numpy does not have, and dequantised."""
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "s"], ["q"], output_dtype=kind, axis=0),
        helper.make_node("DequantizeLinear", ["q", "s"], ["y"], axis=0),
    ]
    return model_of(nodes, [("x", x)], ["y"], [("s", scale)], opset)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (onnx.TensorProto.INT4, "int4"),
        (onnx.TensorProto.UINT4, "uint4"),
        (onnx.TensorProto.UINT2, "uint2"),
        (onnx.TensorProto.FLOAT8E4M3FN, "float8_e4m3fn"),
        (onnx.TensorProto.FLOAT8E5M2, "float8_e5m2"),
        (onnx.TensorProto.FLOAT4E2M1, "float4_e2m1fn"),
    ],
)
@pytest.mark.parametrize("scale", [0.5, [0.5, 0.25]])
def test_small_types(kind: int, name: str, scale: Any) -> None:
    x = np.array([[-3.2, 0.3, 0.9, 1.2], [2.9, 1000, -1000, 0]], np.float32)
    step = np.array(scale, np.float32)
    factor = step if step.ndim == 0 else step[:, None]
    small = np.dtype(getattr(ml_dtypes, name))
    info = ml_dtypes.iinfo(small) if "int" in name else ml_dtypes.finfo(small)
    limited = np.clip(x / factor, float(info.min), float(info.max))
    rounded = np.round(limited) if "int" in name else limited.astype(small)
    expected = rounded.astype(np.float32) * factor
    agree_model(through(kind, x, step), [x], expected=expected)


def test_computed_scales() -> None:
    scale, zero = np.array(0.02, np.float32), np.array(3, np.uint8)
    agree("DequantizeLinear", numbers(2, 3, dtype=np.uint8, high=99), scale, zero)
    agree("QuantizeLinear", X, scale, zero)


def test_dynamic_quantization() -> None:
    for x in (X, np.abs(X) + 1, -np.abs(X) - 1, np.zeros_like(X)):
        agree("DynamicQuantizeLinear", x, outputs=3, opset=11)


def test_what_has_no_form_is_refused() -> None:
    refused("QuantizeLinear", X, fixed(0.02), output_dtype=onnx.TensorProto.INT32, match="i32")


# ---- products of quantised tensors


@pytest.mark.parametrize("kinds", [(np.uint8, np.uint8), (np.uint8, np.int8), (np.int8, np.int8)])
def test_quantised_matrix_product(kinds: tuple[Any, Any]) -> None:
    a = numbers(2, 5, dtype=kinds[0], low=-20, high=20)
    b = numbers(5, 4, dtype=kinds[1], low=-20, high=20)
    agree(
        "QLinearMatMul",
        a,
        *(fixed(0.05), fixed(3, kinds[0])),
        fixed(b),
        *(fixed(0.1), fixed(2, kinds[1])),
        *(fixed(0.3), fixed(zero_point(kinds[0]), kinds[0])),
        opset=10,
    )


@pytest.mark.parametrize("weight_kind", KINDS)
@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize("group", [1, 2])
def test_quantised_convolution(weight_kind: Any, per_channel: bool, group: int) -> None:
    x = numbers(1, 4, 6, 6, dtype=np.uint8, high=200)
    w = numbers(6, 4 // group, 3, 3, dtype=weight_kind, low=-50, high=50)
    if per_channel:
        scale = fixed(np.linspace(0.01, 0.03, 6, dtype=np.float32))
        zero = fixed(np.zeros(6), weight_kind)
    else:
        scale, zero = fixed(0.02), fixed(0 if weight_kind is np.int8 else 3, weight_kind)
    quantities = [fixed(0.05), fixed(7, np.uint8), fixed(w), scale, zero]
    result = [fixed(0.9), fixed(120, np.uint8)]
    bias = fixed(numbers(6, dtype=np.int32, low=-900, high=900))
    given: dict[str, Any] = {"opset": 10, "pads": [1, 1, 1, 1], "group": group}
    agree("QLinearConv", x, *quantities, *result, **given)
    agree("QLinearConv", x, *quantities, *result, bias, **given)


@pytest.mark.parametrize("weight_kind", KINDS)
@pytest.mark.parametrize("weight_zero", [0, 5])
@pytest.mark.parametrize("per_row", [False, True])
def test_integer_product_wanted_as_floats(
    weight_kind: Any, weight_zero: int, per_row: bool
) -> None:
    """What the dynamic quantiser writes; here the bytes are fed."""
    x, w = numbers(3, 5, dtype=np.uint8, high=255), numbers(5, 4, dtype=weight_kind, high=99)
    zero = np.array([7, 90, 130], np.uint8) if per_row else np.array(90, np.uint8)
    nodes = [
        helper.make_node("MatMulInteger", ["x", "w", "x_zero", "w_zero"], ["product"]),
        helper.make_node("Cast", ["product"], ["y"], to=onnx.TensorProto.FLOAT),
    ]
    constants = [("w", w), ("w_zero", np.array(weight_zero, weight_kind))]
    model = model_of(nodes, [("x", x), ("x_zero", zero)], ["y"], constants)
    left = x.astype(np.int32) - (zero[:, None] if per_row else zero)
    expected = (left @ (w.astype(np.int32) - weight_zero)).astype(np.float32)
    graph = agree_model(model, [x, zero], expected=expected, dynamic=not per_row)
    assert ElementType.i8 in constant_types(graph)
    assert "FakeQuantize" in operations(graph)


def test_dynamically_quantised_product() -> None:
    x, w = numbers(2, 3, 8), numbers(8, 4, dtype=np.int8, low=-127, high=127)
    nodes = [
        helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "scale", "zero"]),
        helper.make_node("MatMulInteger", ["q", "w", "zero"], ["product"]),
        helper.make_node("Cast", ["product"], ["floats"], to=onnx.TensorProto.FLOAT),
        helper.make_node("Mul", ["floats", "scale"], ["y"]),
    ]
    graph = agree_model(model_of(nodes, [("x", x)], ["y"], [("w", w)]), [x], tolerance=1e-3)
    assert ElementType.i8 in constant_types(graph)


# ---- networks with quantise and dequantise in pairs


def quantised_network(weights: np.ndarray, scale: np.ndarray, zero: np.ndarray) -> Any:
    def pair(source: str, result: str, step: str, zero: str) -> list[onnx.NodeProto]:
        return [
            helper.make_node("QuantizeLinear", [source, step, zero], [f"{source}_q"]),
            helper.make_node("DequantizeLinear", [f"{source}_q", step, zero], [result]),
        ]

    nodes = [
        *pair("x", "x_dq", "x_scale", "x_zero"),
        helper.make_node("DequantizeLinear", ["w", "w_scale", "w_zero"], ["w_dq"], axis=0),
        helper.make_node("Conv", ["x_dq", "w_dq", "b"], ["c"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c"], ["r"]),
        *pair("r", "y", "y_scale", "y_zero"),
    ]
    constants = {
        "x_scale": np.float32(0.02),
        "x_zero": np.uint8(128),
        "w": weights,
        "w_scale": scale,
        "w_zero": zero,
        "b": numbers(3),
        "y_scale": np.float32(0.1),
        "y_zero": np.uint8(0),
    }
    image = numbers(1, 2, 5, 5)
    initializers = [(name, np.asarray(value)) for name, value in constants.items()]
    return model_of(nodes, [("x", image)], ["y"], initializers), image


@pytest.mark.parametrize("per_channel", [False, True])
def test_weights_of_a_quantised_network_stay_small(per_channel: bool) -> None:
    w = numbers(3, 2, 3, 3, dtype=np.int8, low=-99, high=99)
    scale = np.float32(0.01) * (np.arange(3) + 1) if per_channel else np.array(0.01)
    zero = np.zeros(scale.shape, np.int8)
    model, image = quantised_network(w, scale.astype(np.float32), zero)
    graph = agree_model(model, [image], tolerance=1e-3)
    assert ElementType.i8 in constant_types(graph)
    assert operations(graph).count("FakeQuantize") == 2


def constant_types(graph: Graph) -> set[ElementType]:
    return {node.outputs[0].dtype for node in graph.nodes_of(Constant)}
