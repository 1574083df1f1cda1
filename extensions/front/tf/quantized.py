"""Quantised tensors: integers q that stand for the numbers from a lower to an upper limit.

Semantics: API documentation of tf.quantization.quantize and dequantize.
"""

from __future__ import annotations

from typing import Any

from extensions.front.building import lift, rank_of, typed
from extensions.front.tf.common import converts, number, refuse, type_attribute
from extensions.front.tf.convolution import conv_2d
from extensions.front.tf.pooling import pool
from extensions.ops import arithmetic as a
from extensions.ops.shaping import Reshape
from extensions.ops.unary import Abs, Round
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_F32 = ElementType.f32


@converts("Dequantize")
def dequantize(g: Graph, node: SourceNode, x: Output, low: Output, high: Output) -> Output:
    mode = node.get("mode", "MIN_COMBINED")
    kind = type_attribute(node, "dtype", _F32)
    axis = node.get("axis", -1)
    if axis >= 0:
        others = [other for other in range(rank_of(x)) if other != axis]
        low, high = (lift(g, limit, others) for limit in (low, high))
    if mode == "SCALED":
        scale = _scale(g, node, x.dtype, low, high)
        return typed(g, g.add(a.Multiply(), typed(g, x, _F32), scale), kind)
    if mode not in ("MIN_COMBINED", "MIN_FIRST"):
        raise refuse(f"the mode '{mode}'")
    step = _step(g, x.dtype, low, high)
    shifted = g.add(a.Add(), typed(g, x, _F32), -_lowest(x.dtype))
    if mode == "MIN_FIRST":
        low = g.add(a.Multiply(), _rounded(g, g.add(a.Divide(), low, step)), step)
    return typed(g, g.add(a.Add(), g.add(a.Multiply(), shifted, step), low), kind)


def _scale(g: Graph, node: SourceNode, kind: ElementType, low: Output, high: Output) -> Output:
    """Zero stays zero; the greater of both limits decides."""
    most = float(2 ** (kind.bits - kind.is_signed) - 1)
    scale = g.add(a.Divide(), high, most)
    if not kind.is_signed:
        return scale
    least = -most if node.get("narrow_range", False) else -most - 1
    return g.add(a.Maximum(), g.add(a.Divide(), low, least), scale)


def _step(g: Graph, kind: ElementType, low: Output, high: Output) -> Output:
    """The distance between two levels."""
    return g.add(a.Divide(), g.add(a.Subtract(), high, low), float(2**kind.bits - 1))


def _lowest(kind: ElementType) -> float:
    return -(2.0 ** (kind.bits - 1)) if kind.is_signed else 0.0


def _rounded(g: Graph, x: Output) -> Output:
    return g.add(Round(mode="half_away_from_zero"), x)


@converts("QuantizeV2")
def quantize(
    g: Graph, node: SourceNode, x: Output, low: Output, high: Output
) -> tuple[Output, Output, Output]:
    """The integers, and the limits as they were used."""
    mode = node.get("mode", "MIN_COMBINED")
    kind = type_attribute(node, "T")
    if node.get("axis", -1) >= 0 or mode not in ("MIN_COMBINED", "MIN_FIRST", "SCALED"):
        raise refuse(f"quantisation by channel or in the mode '{mode}'")
    low, high = _with_room(g, low, high, float(node.get("ensure_minimum_range", 0.01)))
    if mode == "SCALED":
        return _quantized_by_scale(g, node, x, low, high, kind)
    step = _step(g, kind, low, high)
    inside = g.add(a.Minimum(), g.add(a.Maximum(), x, low), high)
    if mode == "MIN_FIRST" and kind.is_signed:
        first = _rounded(g, g.add(a.Divide(), low, step))
        level = g.add(a.Subtract(), _rounded(g, g.add(a.Divide(), x, step)), first)
        level = g.add(a.Add(), level, _lowest(kind))
    else:
        level = g.add(a.Divide(), g.add(a.Subtract(), inside, low), step)
        level = _rounded(g, g.add(a.Add(), level, _lowest(kind)))
    return _stored(g, level, kind, _lowest(kind), _lowest(kind) + 2**kind.bits - 1), low, high


def _quantized_by_scale(
    g: Graph, node: SourceNode, x: Output, low: Output, high: Output, kind: ElementType
) -> tuple[Output, Output, Output]:
    """Of one scale for both signs: the greater limit decides."""
    narrow = bool(node.get("narrow_range", False)) and kind.is_signed
    least, most = _lowest(kind) + narrow, _lowest(kind) + 2**kind.bits - 1
    zero = number(g, 0.0, _F32)
    reach = high
    if kind.is_signed:
        reach = g.add(a.Maximum(), g.add(Abs(), low), g.add(Abs(), high))
    levels = (most - least) / 2 if kind.is_signed else most
    level = g.add(a.Divide(), x, g.add(a.Divide(), reach, levels))
    half_to_even = node.get("round_mode") == "HALF_TO_EVEN"
    level = g.add(Round(), level) if half_to_even else _rounded(g, level)
    first = g.add(a.Subtract(), zero, reach) if kind.is_signed else zero
    return _stored(g, level, kind, least, most), first, reach


def _with_room(g: Graph, low: Output, high: Output, least: float) -> tuple[Output, Output]:
    """Limits with zero between them, and not too close to each other."""
    zero = number(g, 0.0, _F32)
    greatest = g.add(a.Maximum(), g.add(Abs(), low), g.add(Abs(), high))
    room = g.add(a.Multiply(), g.add(a.Maximum(), greatest, 1.0), least)
    low = g.add(a.Minimum(), low, zero)
    return low, g.add(a.Maximum(), g.add(a.Maximum(), high, g.add(a.Add(), low, room)), zero)


def _stored(g: Graph, level: Output, kind: ElementType, least: float, most: float) -> Output:
    inside = g.add(a.Minimum(), g.add(a.Maximum(), level, least), most)
    return typed(g, inside, kind)


# ---- operations on quantised tensors


def _around_zero(g: Graph, x: Output, low: Output, high: Output) -> Output:
    """Integers less the one that stands for 0, as floats."""
    return g.add(a.Subtract(), typed(g, x, _F32), _zero_level(g, x.dtype, low, high))


def _zero_level(g: Graph, kind: ElementType, low: Output, high: Output) -> Output:
    shift = g.add(a.Divide(), low, _step(g, kind, low, high))
    return _rounded(g, g.add(a.Subtract(), number(g, _lowest(kind), _F32), shift))


@converts("QuantizedConv2D")
def quantized_conv_2d(
    g: Graph, node: SourceNode, x: Output, w: Output, *limits: Output
) -> tuple[Output, Output, Output]:
    """Sums of products of integers, and the limits that 32 bits of them stand for."""
    sums = conv_2d(g, node, _around_zero(g, x, *limits[:2]), _around_zero(g, w, *limits[2:]))
    unit = g.add(a.Multiply(), _step(g, x.dtype, *limits[:2]), _step(g, w.dtype, *limits[2:]))
    low, high = (g.add(a.Multiply(), unit, end) for end in (-(2.0**31), 2.0**31 - 1))
    return typed(g, sums, ElementType.i32), low, high


@converts("QuantizedMaxPool")
def quantized_pool(
    g: Graph, node: SourceNode, x: Output, low: Output, high: Output
) -> tuple[Output, Output, Output]:
    return typed(g, pool(g, node, typed(g, x, _F32)), x.dtype), low, high


@converts("QuantizedRelu")
def quantized_relu(
    g: Graph, node: SourceNode, x: Output, low: Output, high: Output
) -> tuple[Output, Output, Output]:
    zero = _zero_level(g, x.dtype, low, high)
    return typed(g, g.add(a.Maximum(), typed(g, x, _F32), zero), x.dtype), low, high


@converts("QuantizedReshape")
def quantized_reshape(
    g: Graph, node: SourceNode, x: Output, shape: Output, low: Output, high: Output
) -> tuple[Any, ...]:
    return g.add(Reshape(), x, shape), low, high
