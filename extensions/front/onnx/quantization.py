"""Quantised tensors: single nodes, and products of quantised tensors.

What is constant stays in the integers of the model, with its widening beside it, so that a
runtime can compute in integers; what is not goes through FakeQuantize.
"""

from __future__ import annotations

import numpy as np

from extensions.front.onnx.common import (
    all_axes,
    converts,
    invalid,
    rank_of,
    refuse,
    scalar,
    typed,
)
from extensions.front.onnx.convolution import conv
from extensions.front.onnx.tensors import element_type
from extensions.ops.activation import Clamp
from extensions.ops.arithmetic import (
    Add,
    Divide,
    FakeQuantize,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)
from extensions.ops.conversion import Convert
from extensions.ops.matrix import MatMul
from extensions.ops.reduction import ReduceMax, ReduceMin
from extensions.ops.shaping import Reshape, Unsqueeze
from extensions.ops.unary import Round
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import normalize_axis, static
from mo.graph.tensor import Tensor

_LIMITS = {
    ElementType.u8: (0, 255),
    ElementType.i8: (-128, 127),
    ElementType.u16: (0, 65535),
    ElementType.i16: (-32768, 32767),
}


class Widen(Op):
    """Integers as floats, never computed here: constants stay as small as they are."""

    type = "Convert"
    destination_type: ElementType

    def infer(self, data: Output) -> TensorType:
        return TensorType(data.shape, self.destination_type)


@converts("QuantizeLinear")
def quantize_linear(
    g: Graph, node: SourceNode, x: Output, scale: Output, zero: Output | None = None
) -> Output:
    named = element_type(node.get("output_dtype") or _CODE_OF_U8)
    kind = named if zero is None else zero.dtype
    if node.get("block_size"):
        raise refuse(node, "quantisation in blocks")
    return quantized(g, node, x, scale, zero, kind, node.get("axis", 1))


_CODE_OF_U8 = 2


@converts("DequantizeLinear")
def dequantize_linear(
    g: Graph, node: SourceNode, x: Output, scale: Output, zero: Output | None = None
) -> Output:
    axis = node.get("axis", 1)
    if node.get("block_size"):
        return _dequantized_blocks(g, x, scale, zero, normalize_axis(axis, rank_of(x)))
    return dequantized(g, x, scale, zero, axis)


@converts("DynamicQuantizeLinear")
def dynamic_quantize_linear(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    """Scale and zero point are chosen so that the range of x and zero are covered."""
    axes = all_axes(g, x)
    low = g.add(Minimum(), g.add(ReduceMin(), x, axes), 0.0)
    high = g.add(Maximum(), g.add(ReduceMax(), x, axes), 0.0)
    scale = g.add(Divide(), g.add(Subtract(), high, low), 255.0)
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


# ---- steps


def _along(g: Graph, x: Output, value: Output, axis: int) -> Output:
    """Scales or zero points [C] laid along an axis of x."""
    if value.shape in ((), (1,)):
        return scalar(g, value)
    if value.rank != 1:
        raise invalid("its scale is neither one number nor one for each place of an axis")
    rank = rank_of(x)
    shape = [1] * rank
    shape[normalize_axis(axis, rank)] = -1
    return g.add(Reshape(), value, shape)


def dequantized(g: Graph, x: Output, scale: Output, zero: Output | None, axis: int) -> Output:
    """(x - zero) * scale"""
    shift = None if zero is None else typed(g, zero, scale.dtype)
    known = None if shift is None else shift.value()
    if known is not None and not known.any():
        shift = None
    factor = _along(g, x, scale, axis)
    shift = None if shift is None else _along(g, x, shift, axis)
    constant = factor.is_constant and (shift is None or shift.is_constant)
    if constant and _is_fake_quantized(x, scale.dtype):
        return _with_limits_of(g, x, factor, shift)
    if shift is None and x.constant is not None and x.dtype is ElementType.u8:
        # The CPU runtime takes unsigned weights only with a zero point.
        x, shift = g.constant(_signed(x.constant)), g.constant(np.asarray(-128), scale.dtype)
    return g.add(Multiply(), _less(g, _widened(g, x, scale.dtype), shift), factor)


def _less(g: Graph, x: Output, shift: Output | None) -> Output:
    return x if shift is None else g.add(Subtract(), x, shift)


def _widened(g: Graph, x: Output, kind: ElementType) -> Output:
    """As floats; a bias in 32 bits gains nothing from staying what it is."""
    if x.is_constant and x.dtype.bits > 8:
        return typed(g, x, kind)
    return g.add(Widen(destination_type=kind), x)


def _is_fake_quantized(x: Output, kind: ElementType) -> bool:
    source = x.node.inputs[0] if isinstance(x.node.op, Convert) else None
    return source is not None and source.dtype is kind and isinstance(source.node.op, FakeQuantize)


def _with_limits_of(g: Graph, x: Output, factor: Output, shift: Output | None) -> Output:
    """Quantised and at once dequantised: one FakeQuantize with other output limits."""
    source = x.node.inputs[0]
    assert source is not None
    *inputs, low, high = source.node.inputs
    limits = [
        g.add(Multiply(), _less(g, edge, shift), factor) for edge in (low, high) if edge is not None
    ]
    return g.add(source.node.op, *inputs, *limits)


def _signed(tensor: Tensor) -> Tensor:
    """Unsigned bytes less 128."""
    shape = tensor.shape
    return Tensor.lazy(ElementType.i8, shape, lambda: (tensor.array ^ np.uint8(128)).view(np.int8))


def _dequantized_blocks(
    g: Graph, x: Output, scale: Output, zero: Output | None, axis: int
) -> Output:
    """Each scale holds for several neighbours: they get an axis of their own."""
    whole, blocks = static(x.shape), static(scale.shape)
    if whole is None or blocks is None or len(whole) != len(blocks) or not blocks[axis]:
        raise invalid("the shapes of its data and scale do not make blocks")
    size = whole[axis] // blocks[axis]
    cut = [*whole[:axis], blocks[axis], size, *whole[axis + 1 :]]
    parts = g.add(Reshape(), x, cut)
    inner = [None if v is None else g.add(Unsqueeze(), v, [axis + 1]) for v in (scale, zero)]
    shift = None if inner[1] is None else typed(g, inner[1], scale.dtype)
    y = _less(g, _widened(g, parts, scale.dtype), shift)
    return g.add(Reshape(), g.add(Multiply(), y, inner[0]), list(whole))


def quantized(
    g: Graph,
    node: SourceNode,
    x: Output,
    scale: Output,
    zero: Output | None,
    kind: ElementType,
    axis: int,
) -> Output:
    """x / scale + zero, rounded and limited to the integers of a type."""
    if kind not in _LIMITS:
        raise refuse(node, f"quantisation to {kind.name}")
    low, high = (float(limit) for limit in _LIMITS[kind])
    real = x.dtype
    factor = _along(g, x, typed(g, scale, real), axis)
    middle = None if zero is None else _along(g, x, typed(g, zero, real), axis)
    # The CPU runtime quantises in one step whole tensors and along their first two axes only.
    single = scale.shape in ((), (1,)) or normalize_axis(axis, rank_of(x)) < 2
    if single and factor.is_constant and (middle is None or middle.is_constant):
        return typed(g, _by_fake_quantize(g, x, factor, middle, low, high), kind)
    steps = g.add(Round(), g.add(Divide(), x, factor))
    if middle is not None:
        steps = g.add(Add(), steps, middle)
    return typed(g, g.add(Clamp(min=low, max=high), steps), kind)


def _by_fake_quantize(
    g: Graph, x: Output, factor: Output, middle: Output | None, low: float, high: float
) -> Output:
    """A FakeQuantize whose output limits are the integers themselves."""
    edges = [g.constant(np.asarray(edge), x.dtype) for edge in (low, high)]
    shifted = edges if middle is None else [g.add(Subtract(), edge, middle) for edge in edges]
    limits = [g.add(Multiply(), edge, factor) for edge in shifted]
    return g.add(FakeQuantize(levels=int(high - low) + 1), x, *limits, *edges)
