"""Tensors quantised and back: integers that stand for the numbers from a lower to an upper limit.

Semantics: API documentation of tf.quantization.quantize and dequantize.
"""

from __future__ import annotations

from extensions.front.building import lift, rank_of, typed
from extensions.front.tf.common import converts, number, refuse, type_attribute
from extensions.ops import arithmetic as a
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
    step = step_of(g, x.dtype, low, high)
    shifted = g.add(a.Add(), typed(g, x, _F32), -lowest(x.dtype))
    if mode == "MIN_FIRST":
        low = g.add(a.Multiply(), rounded(g, g.add(a.Divide(), low, step)), step)
    return typed(g, g.add(a.Add(), g.add(a.Multiply(), shifted, step), low), kind)


def _scale(g: Graph, node: SourceNode, kind: ElementType, low: Output, high: Output) -> Output:
    """Zero stays zero; the greater of both limits decides."""
    most = float(2 ** (kind.bits - kind.is_signed) - 1)
    scale = g.add(a.Divide(), high, most)
    if not kind.is_signed:
        return scale
    least = -most if node.get("narrow_range", False) else -most - 1
    return g.add(a.Maximum(), g.add(a.Divide(), low, least), scale)


def step_of(g: Graph, kind: ElementType, low: Output, high: Output) -> Output:
    """The distance between two levels."""
    return g.add(a.Divide(), g.add(a.Subtract(), high, low), float(2**kind.bits - 1))


def lowest(kind: ElementType) -> float:
    return -(2.0 ** (kind.bits - 1)) if kind.is_signed else 0.0


def rounded(g: Graph, x: Output) -> Output:
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
    step = step_of(g, kind, low, high)
    inside = g.add(a.Minimum(), g.add(a.Maximum(), x, low), high)
    if mode == "MIN_FIRST" and kind.is_signed:
        first = rounded(g, g.add(a.Divide(), low, step))
        level = g.add(a.Subtract(), rounded(g, g.add(a.Divide(), x, step)), first)
        level = g.add(a.Add(), level, lowest(kind))
    else:
        level = g.add(a.Divide(), g.add(a.Subtract(), inside, low), step)
        level = rounded(g, g.add(a.Add(), level, lowest(kind)))
    return stored(g, level, kind, lowest(kind), lowest(kind) + 2**kind.bits - 1), low, high


def _quantized_by_scale(
    g: Graph, node: SourceNode, x: Output, low: Output, high: Output, kind: ElementType
) -> tuple[Output, Output, Output]:
    """Of one scale for both signs: the greater limit decides."""
    narrow = bool(node.get("narrow_range", False)) and kind.is_signed
    least, most = lowest(kind) + narrow, lowest(kind) + 2**kind.bits - 1
    zero = number(g, 0.0, _F32)
    reach = high
    if kind.is_signed:
        reach = g.add(a.Maximum(), g.add(Abs(), low), g.add(Abs(), high))
    levels = (most - least) / 2 if kind.is_signed else most
    level = g.add(a.Divide(), x, g.add(a.Divide(), reach, levels))
    half_to_even = node.get("round_mode") == "HALF_TO_EVEN"
    level = g.add(Round(), level) if half_to_even else rounded(g, level)
    first = g.add(a.Subtract(), zero, reach) if kind.is_signed else zero
    return stored(g, level, kind, least, most), first, reach


def _with_room(g: Graph, low: Output, high: Output, least: float) -> tuple[Output, Output]:
    """Limits with zero between them, and not too close to each other."""
    zero = number(g, 0.0, _F32)
    greatest = g.add(a.Maximum(), g.add(Abs(), low), g.add(Abs(), high))
    room = g.add(a.Multiply(), g.add(a.Maximum(), greatest, 1.0), least)
    low = g.add(a.Minimum(), low, zero)
    return low, g.add(a.Maximum(), g.add(a.Maximum(), high, g.add(a.Add(), low, room)), zero)


def stored(g: Graph, level: Output, kind: ElementType, least: float, most: float) -> Output:
    inside = g.add(a.Minimum(), g.add(a.Maximum(), level, least), most)
    return typed(g, inside, kind)
