"""Convolutions of bytes by unsigned weights, whose zero point no kernel of integers takes.

x * (w - b) is x * w' - b' * sum(x), where w' = w - 128 are signed bytes, b' = b - 128, and the sum
goes over the window: a convolution by ones, one channel of it or one for each group.
"""

from __future__ import annotations

import numpy as np

from extensions.middle.quantization import origins
from extensions.ops.arithmetic import FakeQuantize, Multiply, Subtract
from extensions.ops.conversion import Widen, signed
from extensions.ops.convolution import Convolution, GroupConvolution
from extensions.ops.shaping import Reshape
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.middle.pattern import any_value, const, match
from mo.middle.rewriter import rewrite


def _is_quantized(value: Output) -> bool:
    return all(isinstance(origin.node.op, FakeQuantize) for origin in origins(value))


x = any_value("x", where=_is_quantized)
bytes_ = const("w", where=lambda value: value.dtype is ElementType.u8)
kernel = match(Multiply, match(Subtract, match(Widen, bytes_), const("zero")), const("scale"))


@rewrite(match(Convolution, x, kernel))
def unsigned_kernel(
    g: Graph, node: Node, x: Output, w: Output, zero: Output, scale: Output
) -> Output | None:
    assert w.constant is not None
    _, *window = w.constant.shape
    return _convolved(g, node, x, w, zero, scale, None, [1, *window])


@rewrite(match(GroupConvolution, x, match(Reshape, kernel, const("grouped"))))
def unsigned_kernels_of_channels(
    g: Graph, node: Node, x: Output, w: Output, zero: Output, scale: Output, grouped: Output
) -> Output | None:
    """One kernel for each group; the sums of groups of several are not worth it."""
    weights = node.inputs[1]
    if weights is None or weights.shape is None or weights.shape[1] != 1:
        return None
    shape = [dim for dim in weights.shape if isinstance(dim, int)]
    return _convolved(g, node, x, w, zero, scale, grouped, shape)


def _convolved(
    g: Graph,
    node: Node,
    x: Output,
    w: Output,
    zero: Output,
    scale: Output,
    grouped: Output | None,
    window: list[int],
) -> Output | None:
    rank = node.outputs[0].rank
    if w.constant is None or rank is None:
        return None
    kind = scale.dtype
    laid = [_by_channel(g, value, rank) for value in (scale, zero)]
    weights = g.add(Multiply(), _floats(g, g.constant(signed(w.constant)), kind), scale)
    if grouped is not None:
        weights = g.add(Reshape(), weights, grouped)
    ones = g.add(Multiply(), _floats(g, g.constant(np.ones(window, np.int8)), kind), 1.0)
    factor = g.add(Multiply(), g.add(Subtract(), laid[1], 128.0), laid[0])
    sums = g.add(Multiply(), g.add(node.op, x, ones), factor)
    return g.add(Subtract(), g.add(node.op, x, weights), sums)


def _floats(g: Graph, value: Output, kind: ElementType) -> Output:
    return g.add(Widen(destination_type=kind), value)


def _by_channel(g: Graph, value: Output, rank: int) -> Output:
    """A number, or one for each output channel: [O, 1, ...] becomes [1, O, 1, ...]."""
    if not value.shape:
        return value
    return g.add(Reshape(), value, [1, -1, *[1] * (rank - 2)])


RULES = (unsigned_kernel, unsigned_kernels_of_channels)
