"""Reductions along axes that an input names; no axes at all are none."""

from __future__ import annotations

from extensions.front.building import all_axes
from extensions.front.tf.common import converts
from extensions.ops import reduction as r
from extensions.ops.arithmetic import Multiply
from extensions.ops.unary import Abs, CumSum
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output

_REDUCTIONS: dict[str, type[r.Reduction]] = {
    "All": r.ReduceLogicalAnd,
    "Any": r.ReduceLogicalOr,
    "EuclideanNorm": r.ReduceL2,
    "Max": r.ReduceMax,
    "Mean": r.ReduceMean,
    "Min": r.ReduceMin,
    "Prod": r.ReduceProd,
    "Sum": r.ReduceSum,
}


@converts(*_REDUCTIONS)
def reduction(g: Graph, node: SourceNode, x: Output, axes: Output) -> Output:
    if axes.shape == (0,):
        return g.add(Abs(), x) if node.type == "EuclideanNorm" else x
    op = _REDUCTIONS[node.type](keep_dims=bool(node.get("keep_dims", False)))
    return g.add(op, x, axes)


@converts("L2Loss")
def l2_loss(g: Graph, node: SourceNode, x: Output) -> Output:
    """Half the sum of all squares."""
    total = g.add(r.ReduceSum(keep_dims=False), g.add(Multiply(), x, x), all_axes(g, x))
    return g.add(Multiply(), total, 0.5)


@converts("Cumsum")
def cumsum(g: Graph, node: SourceNode, x: Output, axis: Output) -> Output:
    op = CumSum(
        exclusive=bool(node.get("exclusive", False)), reverse=bool(node.get("reverse", False))
    )
    return g.add(op, x, axis)
