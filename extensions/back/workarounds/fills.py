"""Padding as runtimes compute it rightly."""

from __future__ import annotations

import numpy as np

from extensions.ops.arithmetic import NotEqual, Select
from extensions.ops.movement import Pad
from extensions.ops.shaping import Broadcast, ShapeOf
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.middle.pattern import any_value, match
from mo.middle.rewriter import rewrite

_DATA, _BEGINS, _ENDS, _FILL = (any_value(name) for name in ("x", "begins", "ends", "fill"))


@rewrite(match(Pad, _DATA, _BEGINS, _ENDS, _FILL))
def computed_fill(
    g: Graph, node: Node, x: Output, begins: Output, ends: Output, fill: Output
) -> Output | None:
    """Zeros are put around first, and replaced: with known sizes the 2026.4 CPU runtime leaves
    zeros where the value is computed.
    """
    if fill.is_constant:
        return None
    zero, one = (np.float32(number) for number in (0, 1))
    ones = g.add(Broadcast(), g.constant(one), g.add(ShapeOf(), x))
    inside = g.add(NotEqual(), g.add(node.op, ones, begins, ends, g.constant(zero)), zero)
    padded = g.add(node.op, x, begins, ends, g.constant(np.asarray(0), x.dtype))
    return g.add(Select(), inside, padded, fill)


RULES = (computed_fill,)
