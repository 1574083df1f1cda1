"""Repeated data as runtimes repeat it rightly."""

from __future__ import annotations

from extensions.ops.arithmetic import Multiply
from extensions.ops.common import constant_ints
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Tile, Unsqueeze
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import is_static
from mo.middle.pattern import any_value, const, match
from mo.middle.rewriter import rewrite

# Data of fewer axes is repeated rightly.
_AXES = 4


@rewrite(match(Tile, any_value("x"), const("repeats")))
def several_axes(g: Graph, x: Output, repeats: Output) -> Output | None:
    """Each repeated axis gets one in front of it, along which it is repeated.

    With some sizes known and others not, the 2026.4 CPU runtime puts data that is repeated along
    several axes in wrong places.
    """
    counts = constant_ints(repeats)
    if counts is None or x.shape is None or is_static(x.shape) or len(x.shape) != len(counts):
        return None
    axes = [axis for axis, count in enumerate(counts) if count != 1]
    if len(counts) < _AXES or len(axes) < 2:
        return None
    apart = g.add(Unsqueeze(), x, [axis + i for i, axis in enumerate(axes)])
    wide = [n for count in counts for n in ((count, 1) if count != 1 else (1,))]
    repeated = g.add(Broadcast(mode="bidirectional"), apart, wide)
    return g.add(Reshape(), repeated, g.add(Multiply(), g.add(ShapeOf(), x), repeats))


RULES = (several_axes,)
