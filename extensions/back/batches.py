"""Batches as runtimes compute them rightly."""

from __future__ import annotations

from extensions.ops.gathering import Gather
from extensions.ops.shaping import Squeeze
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.middle.pattern import any_value, match
from mo.middle.rewriter import rewrite


@rewrite(
    match(
        Gather,
        *(any_value(name) for name in ("x", "indices", "axis")),
        where=lambda op: op.batch_dims,
    )
)
def lone_batch(g: Graph, node: Node, x: Output, indices: Output, axis: Output) -> Output | None:
    """A batch of one is none.

    For it the 2026.4 CPU runtime reads beyond its data: wrong elements, or the process dies.
    """
    batch, shape = node.op.batch_dims, node.outputs[0].shape  # type: ignore[attr-defined]
    if indices.rank is None or shape is None:
        return None
    axes = range(batch + indices.rank if batch < 0 else batch)
    if any(shape[place] != 1 for place in axes):
        return None
    lookup = node.op.with_attributes(batch_dims=0)
    return g.add(lookup, x, g.add(Squeeze(), indices, list(axes)), axis)


RULES = (lone_batch,)
