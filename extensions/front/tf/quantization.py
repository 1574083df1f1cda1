"""Fake quantisation, and numbers stored as integers."""

from __future__ import annotations

from extensions.front.building import channelwise, typed
from extensions.front.tf.common import Layout, converts, number, refuse, type_attribute
from extensions.ops import arithmetic as a
from extensions.ops.unary import Floor, Round
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

# The CPU runtime has no kernels for more.
_MOST_LEVELS = 256


@converts("FakeQuantWithMinMaxVars", "FakeQuantWithMinMaxVarsPerChannel")
def fake_quant(g: Graph, node: SourceNode, x: Output, low: Output, high: Output) -> Output:
    """Limits moved so that 0 is one of the levels."""
    bits, narrow = node.get("num_bits", 8), bool(node.get("narrow_range", False))
    limits = _nudged(g, low, high, 1 if narrow else 0, (1 << bits) - 1)
    op = a.FakeQuantize(levels=(1 << bits) - narrow)
    if op.levels > _MOST_LEVELS:
        return _in_steps(g, x, *limits, op.levels - 1)
    if not node.type.endswith("PerChannel"):
        return g.add(op, x, *limits, *limits)
    known = op.levels == 256 and x.shape is not None and isinstance(x.shape[-1], int)
    if known and x.rank == 2:
        return g.add(op, x, *limits, *limits)
    if known and x.rank == 4:
        laid = [channelwise(g, limit, 4) for limit in limits]
        return _IMAGES.outside(g, g.add(op, _IMAGES.inside(g, x), *laid, *laid))
    return _in_steps(g, x, *limits, op.levels - 1)


_IMAGES = Layout(channels_last=True, spatial=2)


def _in_steps(g: Graph, x: Output, low: Output, high: Output, steps: int) -> Output:
    """Spelled out: the CPU runtime counts other levels than 256 wrongly along some axes."""
    inside = g.add(a.Minimum(), g.add(a.Maximum(), x, low), high)
    step = g.add(a.Divide(), g.add(a.Subtract(), high, low), float(steps))
    places = g.add(a.Divide(), g.add(a.Subtract(), inside, low), step)
    level = g.add(Floor(), g.add(a.Add(), places, 0.5))
    return g.add(a.Add(), g.add(a.Multiply(), level, step), low)


@converts("FakeQuantWithMinMaxArgs")
def fake_quant_args(g: Graph, node: SourceNode, x: Output) -> Output:
    low, high = (
        number(g, node.get(name, default), ElementType.f32)
        for name, default in (("min", -6.0), ("max", 6.0))
    )
    return fake_quant(g, node, x, low, high)


def _nudged(g: Graph, low: Output, high: Output, least: int, most: int) -> tuple[Output, Output]:
    """As the API documentation of tf.quantization.fake_quant_with_min_max_vars says."""
    first, last = number(g, least, low.dtype), number(g, most, low.dtype)
    scale = g.add(a.Divide(), g.add(a.Subtract(), high, low), float(most - least))
    zero = g.add(a.Subtract(), first, g.add(a.Divide(), low, scale))
    level = g.add(Round(mode="half_away_from_zero"), zero)
    level = g.add(a.Minimum(), g.add(a.Maximum(), level, first), last)
    return tuple(  # type: ignore[return-value]
        g.add(a.Multiply(), g.add(a.Subtract(), end, level), scale) for end in (first, last)
    )


@converts("Dequantize")
def dequantize(g: Graph, node: SourceNode, x: Output, low: Output, high: Output) -> Output:
    """Integers as the numbers from low to high that they stand for."""
    mode = node.get("mode", "MIN_COMBINED")
    kind = type_attribute(node, "dtype", ElementType.f32)
    if node.get("axis", -1) != -1:
        raise refuse("dequantisation per channel")
    if mode == "SCALED":
        return _from_scaled(g, node, x, low, high, kind)
    if mode not in ("MIN_COMBINED", "MIN_FIRST"):
        raise refuse(f"the mode '{mode}'")
    span = float(2**x.dtype.bits - 1)
    scale = g.add(a.Divide(), g.add(a.Subtract(), high, low), span)
    half = 2.0 ** (x.dtype.bits - 1) if x.dtype.is_signed else 0.0
    shifted = g.add(a.Add(), typed(g, x, ElementType.f32), half)
    if mode == "MIN_FIRST":
        low = g.add(
            a.Multiply(),
            g.add(Round(mode="half_away_from_zero"), g.add(a.Divide(), low, scale)),
            scale,
        )
    value = g.add(a.Add(), g.add(a.Multiply(), shifted, scale), low)
    return typed(g, value, kind)


def _from_scaled(
    g: Graph, node: SourceNode, x: Output, low: Output, high: Output, kind: ElementType
) -> Output:
    """Zero stays zero; the greater of both limits decides the scale."""
    signed = x.dtype.is_signed
    most = float(2 ** (x.dtype.bits - signed) - 1)
    least = -most if node.get("narrow_range", False) else -most - 1
    scale = g.add(a.Divide(), high, most)
    if signed:
        scale = g.add(a.Maximum(), g.add(a.Divide(), low, least), scale)
    return typed(g, g.add(a.Multiply(), typed(g, x, ElementType.f32), scale), kind)
