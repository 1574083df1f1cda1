"""Quantised tensors: QuantizeLinear and DequantizeLinear."""

from __future__ import annotations

import numpy as np

from extensions.front.onnx.common import converts, rank_of, refuse, typed
from extensions.ops.arithmetic import FakeQuantize, Multiply, Subtract
from extensions.ops.shaping import Reshape
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis

_LIMITS = {ElementType.u8: (0, 255), ElementType.i8: (-128, 127)}


def _along_axis(g: Graph, node: SourceNode, x: Output, value: Output) -> Output:
    """Scales and zero points [C] laid along the axis of the node."""
    if value.shape in ((), (1,)):
        return g.add(Reshape(), value, np.empty(0, np.int64))
    if node.get("block_size") or value.rank != 1:
        raise refuse(node, "blocked quantisation")
    rank = rank_of(x)
    shape = [1] * rank
    shape[normalize_axis(node.get("axis", 1), rank)] = -1
    return g.add(Reshape(), value, shape)


@converts("QuantizeLinear")
def quantize_linear(
    g: Graph, node: SourceNode, x: Output, scale: Output, zero: Output | None = None
) -> Output:
    """A FakeQuantize whose output limits are the integers themselves, then their type."""
    kind = ElementType.u8 if zero is None else zero.dtype
    if kind not in _LIMITS:
        raise refuse(node, f"quantisation to {kind.name}")
    if not scale.is_constant or (zero is not None and not zero.is_constant):
        raise UnsupportedError("its scale and zero point must be constant")
    low, high = _LIMITS[kind]
    factor = _along_axis(g, node, x, scale)
    middle = g.constant(np.float32(0))
    if zero is not None:
        middle = _along_axis(g, node, x, typed(g, zero, ElementType.f32))
    limits = [
        g.add(Multiply(), g.add(Subtract(), g.constant(np.float32(edge)), middle), factor)
        for edge in (low, high)
    ]
    op = FakeQuantize(levels=256)
    steps = g.add(op, x, *limits, g.constant(np.float32(low)), g.constant(np.float32(high)))
    return typed(g, steps, kind)


@converts("DequantizeLinear")
def dequantize_linear(
    g: Graph, node: SourceNode, x: Output, scale: Output, zero: Output | None = None
) -> Output:
    y = typed(g, x, scale.dtype)
    if zero is not None:
        shift = typed(g, _along_axis(g, node, x, zero), scale.dtype)
        known = shift.value()
        if known is None or known.any():
            y = g.add(Subtract(), y, shift)
    return g.add(Multiply(), y, _along_axis(g, node, x, scale))
