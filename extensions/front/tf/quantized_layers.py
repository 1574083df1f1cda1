"""Layers on quantised tensors, each with the limits that its integers stand for.

Semantics: kernels of TensorFlow 2.21, by experiment; 8 bits in, 8 or 32 bits out. What 32 bits
stand for is the same on both sides of 0, so that 0 is the integer 0.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

from extensions.front.building import typed
from extensions.front.tf.common import axis_of, converts, number, type_attribute
from extensions.front.tf.convolution import conv_2d
from extensions.front.tf.matrix import mat_mul
from extensions.front.tf.pooling import pool
from extensions.front.tf.quantized import lowest, rounded, step_of, stored
from extensions.front.tf.resizing import resize_bilinear
from extensions.ops import arithmetic as a
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceMax, ReduceMin
from extensions.ops.shaping import Reshape
from extensions.ops.unary import Abs, Round
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_F32 = ElementType.f32
# The integers, and the numbers that the least and the greatest of them stand for.
_Quantized = tuple[Output, Output, Output]


def _zero_level(g: Graph, kind: ElementType, low: Output, high: Output) -> Output:
    """The integer that stands for 0."""
    shift = g.add(a.Divide(), low, step_of(g, kind, low, high))
    return rounded(g, g.add(a.Subtract(), number(g, lowest(kind), _F32), shift))


def _around_zero(g: Graph, x: Output, low: Output, high: Output) -> Output:
    """Integers less the one that stands for 0, as floats."""
    return g.add(a.Subtract(), typed(g, x, _F32), _zero_level(g, x.dtype, low, high))


def _numbers(g: Graph, x: Output, low: Output, high: Output) -> Output:
    """What integers stand for."""
    levels = typed(g, x, _F32) if x.dtype.bits > 16 else _around_zero(g, x, low, high)
    return g.add(a.Multiply(), levels, step_of(g, x.dtype, low, high))


def _within(g: Graph, level: Output, kind: ElementType) -> Output:
    return stored(g, level, kind, lowest(kind), lowest(kind) + 2**kind.bits - 1)


# ---- sums of products: 32 bits of their steps


def _products(g: Graph, sums: Output, x: Output, y: Output, limits: Any) -> _Quantized:
    unit = g.add(a.Multiply(), step_of(g, x.dtype, *limits[:2]), step_of(g, y.dtype, *limits[2:]))
    low, high = (g.add(a.Multiply(), unit, end) for end in (-(2.0**31), 2.0**31 - 1))
    return typed(g, sums, ElementType.i32), low, high


@converts("QuantizedConv2D")
def quantized_conv_2d(
    g: Graph, node: SourceNode, x: Output, w: Output, *limits: Output
) -> _Quantized:
    sums = conv_2d(g, node, _around_zero(g, x, *limits[:2]), _around_zero(g, w, *limits[2:]))
    return _products(g, sums, x, w, limits)


@converts("QuantizedMatMul")
def quantized_mat_mul(
    g: Graph, node: SourceNode, x: Output, y: Output, *limits: Output
) -> _Quantized:
    sums = mat_mul(g, node, _around_zero(g, x, *limits[:2]), _around_zero(g, y, *limits[2:]))
    return _products(g, sums, x, y, limits)


@converts("QuantizedMul")
def quantized_mul(g: Graph, node: SourceNode, x: Output, y: Output, *limits: Output) -> _Quantized:
    factors = _around_zero(g, x, *limits[:2]), _around_zero(g, y, *limits[2:])
    return _products(g, g.add(a.Multiply(), *factors), x, y, limits)


# ---- sums: 32 bits with room above the greatest limit


def _summed(g: Graph, x: Output, y: Output, limits: Any, room: float) -> _Quantized:
    total = g.add(a.Add(), _numbers(g, x, *limits[:2]), _numbers(g, y, *limits[2:]))
    greatest = reduce(lambda p, q: g.add(a.Maximum(), p, q), [g.add(Abs(), v) for v in limits])
    high = g.add(a.Multiply(), greatest, room)
    low = g.add(a.Multiply(), greatest, -room)
    steps = rounded(g, g.add(a.Divide(), total, step_of(g, ElementType.i32, low, high)))
    return typed(g, steps, ElementType.i32), low, high


@converts("QuantizedAdd")
def quantized_add(g: Graph, node: SourceNode, x: Output, y: Output, *limits: Output) -> _Quantized:
    return _summed(g, x, y, limits, 2.0**14)


@converts("QuantizedBiasAdd")
def quantized_bias_add(
    g: Graph, node: SourceNode, x: Output, bias: Output, *limits: Output
) -> _Quantized:
    return _summed(g, x, bias, limits, 2.0**17)


# ---- from 32 bits to 8


@converts("Requantize")
def requantize(
    g: Graph,
    node: SourceNode,
    x: Output,
    low: Output,
    high: Output,
    new_low: Output,
    new_high: Output,
) -> _Quantized:
    """0 need not be one of the levels here."""
    kind = type_attribute(node, "out_type")
    above = g.add(a.Subtract(), _numbers(g, x, low, high), new_low)
    steps = rounded(g, g.add(a.Divide(), above, step_of(g, kind, new_low, new_high)))
    return _within(g, g.add(a.Add(), steps, lowest(kind)), kind), new_low, new_high


@converts("RequantizationRange")
def requantization_range(
    g: Graph, node: SourceNode, x: Output, low: Output, high: Output
) -> tuple[Output, Output]:
    """What the integers that occur stand for, and 0."""
    numbers = g.add(Reshape(), _numbers(g, x, low, high), [-1])
    least, most = (g.add(op(keep_dims=False), numbers, [0]) for op in (ReduceMin, ReduceMax))
    return g.add(a.Minimum(), least, 0.0), most


@converts("QuantizeDownAndShrinkRange")
def shrink_range(g: Graph, node: SourceNode, x: Output, low: Output, high: Output) -> _Quantized:
    return requantize(g, node, x, low, high, *requantization_range(g, node, x, low, high))


# ---- of the same limits as before


@converts("QuantizedAvgPool", "QuantizedMaxPool")
def quantized_pool(g: Graph, node: SourceNode, x: Output, low: Output, high: Output) -> _Quantized:
    return typed(g, g.add(Round(), pool(g, node, typed(g, x, _F32))), x.dtype), low, high


@converts("QuantizedRelu")
def quantized_relu(g: Graph, node: SourceNode, x: Output, low: Output, high: Output) -> _Quantized:
    zero = _zero_level(g, x.dtype, low, high)
    return typed(g, g.add(a.Maximum(), typed(g, x, _F32), zero), x.dtype), low, high


@converts("QuantizedRelu6")
def quantized_relu6(g: Graph, node: SourceNode, x: Output, low: Output, high: Output) -> _Quantized:
    integers, low, high = quantized_relu(g, node, x, low, high)
    steps = rounded(g, g.add(a.Divide(), number(g, 6.0, _F32), step_of(g, x.dtype, low, high)))
    six = _within(g, g.add(a.Add(), steps, _zero_level(g, x.dtype, low, high)), x.dtype)
    return g.add(a.Minimum(), integers, six), low, high


@converts("QuantizedReshape")
def quantized_reshape(
    g: Graph, node: SourceNode, x: Output, shape: Output, low: Output, high: Output
) -> _Quantized:
    return g.add(Reshape(), x, shape), low, high


@converts("QuantizedResizeBilinear")
def quantized_resize(
    g: Graph, node: SourceNode, x: Output, size: Output, low: Output, high: Output
) -> _Quantized:
    if x.dtype.bits > 16:
        raise UnsupportedError("the resizing of integers of 32 bits")
    return typed(g, rounded(g, resize_bilinear(g, node, x, size)), x.dtype), low, high


@converts("QuantizedConcat")
def quantized_concat(g: Graph, node: SourceNode, axis: Output, *values: Output) -> _Quantized:
    """Within the limits of all, and 0."""
    count = len(values) // 3
    parts, lows, highs = values[:count], values[count : 2 * count], values[2 * count :]
    zero, kind = number(g, 0.0, _F32), parts[0].dtype
    low = reduce(lambda p, q: g.add(a.Minimum(), p, q), lows, zero)
    high = reduce(lambda p, q: g.add(a.Maximum(), p, q), highs)
    step, first = step_of(g, kind, low, high), _zero_level(g, kind, low, high)

    def moved(part: Output, *limits: Output) -> Output:
        ratio = g.add(a.Divide(), step_of(g, kind, *limits), step)
        steps = rounded(g, g.add(a.Multiply(), _around_zero(g, part, *limits), ratio))
        return _within(g, g.add(a.Add(), steps, first), kind)

    along = axis_of(axis, parts[0].rank or 0)
    return g.add(Concat(axis=along), *map(moved, parts, lows, highs)), low, high
