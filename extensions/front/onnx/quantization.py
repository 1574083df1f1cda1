"""Quantised tensors: single nodes, and products of quantised tensors."""

from __future__ import annotations

import numpy as np

from extensions.front.building import all_axes, scalar, typed
from extensions.front.onnx.affine import dequantized, quantized
from extensions.front.onnx.common import converts
from extensions.front.onnx.convolution import conv
from extensions.front.onnx.tensors import element_type
from extensions.ops.activation import Clamp
from extensions.ops.arithmetic import Divide, Equal, Maximum, Minimum, Multiply, Select, Subtract
from extensions.ops.matrix import MatMul
from extensions.ops.reduction import ReduceMax, ReduceMin
from extensions.ops.unary import Round
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


def _named_type(node: SourceNode, name: str) -> ElementType | None:
    """The element type that an attribute asks for; 0 asks for none."""
    number = node.get(name, 0)
    return element_type(number) if number else None


@converts("QuantizeLinear")
def quantize_linear(
    g: Graph, node: SourceNode, x: Output, scale: Output, zero: Output | None = None
) -> Output:
    named = _named_type(node, "output_dtype") or ElementType.u8
    kind = named if zero is None else zero.dtype
    real = _named_type(node, "precision")
    axis, block = node.get("axis", 1), node.get("block_size", 0)
    return quantized(g, node, x, scale, zero, kind, axis, real, block)


@converts("DequantizeLinear")
def dequantize_linear(
    g: Graph, node: SourceNode, x: Output, scale: Output, zero: Output | None = None
) -> Output:
    real = _named_type(node, "output_dtype")
    return dequantized(g, x, scale, zero, node.get("axis", 1), real, node.get("block_size", 0))


@converts("DynamicQuantizeLinear")
def dynamic_quantize_linear(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    """Scale and zero point are chosen so that the range of x and zero are covered.

    The scale of nothing but zeros is 1, as in onnxruntime.
    """
    axes = all_axes(g, x)
    low = g.add(Minimum(), g.add(ReduceMin(), x, axes), 0.0)
    high = g.add(Maximum(), g.add(ReduceMax(), x, axes), 0.0)
    span = g.add(Subtract(), high, low)
    unit = g.add(Select(), g.add(Equal(), span, 0.0), g.constant(np.asarray(255.0), x.dtype), span)
    scale = g.add(Divide(), unit, 255.0)
    zero = g.add(Clamp(min=0.0, max=255.0), g.add(Divide(), g.add(Subtract(), 0.0, low), scale))
    zero = typed(g, g.add(Round(), zero), ElementType.u8)
    return quantized(g, node, x, scale, zero, ElementType.u8, 0), scale, zero


@converts("QLinearMatMul")
def q_linear_matmul(
    g: Graph,
    node: SourceNode,
    a: Output,
    a_scale: Output,
    a_zero: Output,
    b: Output,
    b_scale: Output,
    b_zero: Output,
    y_scale: Output,
    y_zero: Output,
) -> Output:
    """Scales may be given for each row of the first and each column of the second matrix."""
    left, right = dequantized(g, a, a_scale, a_zero, -2), dequantized(g, b, b_scale, b_zero, -1)
    product = g.add(MatMul(), left, right)
    return quantized(g, node, product, y_scale, y_zero, y_zero.dtype, -2)


@converts("QLinearConv")
def q_linear_conv(
    g: Graph,
    node: SourceNode,
    x: Output,
    x_scale: Output,
    x_zero: Output,
    w: Output,
    w_scale: Output,
    w_zero: Output,
    y_scale: Output,
    y_zero: Output,
    bias: Output | None = None,
) -> Output:
    """The bias has the scale of the products that it is added to."""
    image, weights = dequantized(g, x, x_scale, x_zero, 1), dequantized(g, w, w_scale, w_zero, 0)
    if bias is not None:
        bias = dequantized(g, bias, g.add(Multiply(), scalar(g, x_scale), w_scale), None, 0)
    return quantized(g, node, conv(g, node, image, weights, bias), y_scale, y_zero, y_zero.dtype, 1)
