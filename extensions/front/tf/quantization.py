"""Fake quantisation: numbers rounded as if they were integers."""

from __future__ import annotations

import numpy as np

from extensions.front.building import channelwise, lift, rank_of
from extensions.front.tf.common import Layout, converts, needed_ints, number
from extensions.ops import arithmetic as a
from extensions.ops.reduction import ReduceMax, ReduceMin
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
    if not node.type.endswith("PerChannel") or x.is_constant:
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


@converts("QuantizeAndDequantizeV2", "QuantizeAndDequantizeV3", "QuantizeAndDequantizeV4")
def quantize_and_dequantize(
    g: Graph,
    node: SourceNode,
    x: Output,
    low: Output,
    high: Output,
    bits: Output | None = None,
) -> Output:
    """Numbers as integers would hold them, 0 among them: of one scale for both signs.

    The greater limit decides the scale; without limits those of the tensor count.
    Semantics: API documentation of QuantizeAndDequantizeV2.
    """
    width = node.get("num_bits", 8) if bits is None else needed_ints(bits, "number of bits")[0]
    most = (1 << (width - 1)) - 1 if node.get("signed_input", True) else (1 << width) - 1
    least = -most - (not node.get("narrow_range", False)) if node.get("signed_input", True) else 0
    axis = node.get("axis", -1)
    is_limited = node.get("range_given", node.type.endswith("V3"))
    if not is_limited:
        axes = _others(x, axis)
        low, high = (g.add(op(keep_dims=False), x, axes) for op in (ReduceMin, ReduceMax))
    if axis >= 0:
        low, high = (lift(g, limit, _others(x, axis)) for limit in (low, high))
    scale, low, high = _scale_of(g, low, high, least, most)
    if is_limited:  # Else numbers below zero stay, even of integers without sign.
        x = g.add(a.Minimum(), g.add(a.Maximum(), x, low), high)
    steps = g.add(a.Multiply(), x, scale)
    if node.get("round_mode", "HALF_TO_EVEN") == "HALF_UP":
        level = g.add(Floor(), g.add(a.Add(), steps, 0.5))
    else:
        level = g.add(Round(), steps)
    return g.add(a.Divide(), level, scale)


def _scale_of(
    g: Graph, low: Output, high: Output, least: int, most: int
) -> tuple[Output, Output, Output]:
    """Levels per unit, so that both limits are levels or beyond; and what the levels reach."""
    bound = number(g, np.finfo(np.float32).max, low.dtype)
    scales = []
    for limit, level in ((low, least), (high, most)):
        share = g.add(a.Divide(), number(g, float(level), low.dtype), limit)
        same_sign = g.add(a.Greater(), share, number(g, 0.0, low.dtype))
        scales.append(g.add(a.Select(), same_sign, share, bound))
    scale = g.add(a.Minimum(), *scales)
    low, high = (g.add(a.Divide(), number(g, float(n), low.dtype), scale) for n in (least, most))
    return scale, low, high


def _others(x: Output, axis: int) -> list[int]:
    return [other for other in range(rank_of(x)) if other != axis]
