"""Reductions as runtimes compute them rightly."""

from __future__ import annotations

from extensions.ops.common import constant_axes
from extensions.ops.reduction import ReduceMax, ReduceMean, ReduceMin, ReduceProd, ReduceSum
from extensions.ops.shaping import Squeeze
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.middle.pattern import any_value, const, match
from mo.middle.rewriter import rewrite

_KINDS = (ReduceMax, ReduceMean, ReduceMin, ReduceProd, ReduceSum)


@rewrite(match(_KINDS, any_value("x"), const("axes"), where=lambda op: not op.keep_dims))
def kept_axis(g: Graph, node: Node, x: Output, axes: Output) -> Output | None:
    """Over the last of three axes: the axis is kept first, then taken out.

    Else the 2026.4 CPU runtime fuses a vector that is added or multiplied behind it, and reads
    that vector along the wrong axis and beyond its end.
    """
    if not x.dtype.is_float or x.rank != 3 or constant_axes(axes, 3) != (2,):
        return None
    return g.add(Squeeze(), g.add(node.op.with_attributes(keep_dims=True), x, axes), axes)


RULES = (kept_axis,)
