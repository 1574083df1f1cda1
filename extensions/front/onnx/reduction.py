"""Reductions."""

from __future__ import annotations

from collections.abc import Callable

from extensions.front.onnx.common import all_axes, converts
from extensions.ops import reduction as r
from extensions.ops.arithmetic import Add, Multiply, Power, Subtract
from extensions.ops.shaping import Squeeze
from extensions.ops.unary import Abs, Exp, Log
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_PLAIN: dict[str, type[r.Reduction]] = {
    "ReduceL1": r.ReduceL1,
    "ReduceL2": r.ReduceL2,
    "ReduceMax": r.ReduceMax,
    "ReduceMean": r.ReduceMean,
    "ReduceMin": r.ReduceMin,
    "ReduceProd": r.ReduceProd,
    "ReduceSum": r.ReduceSum,
}


def _log_sum(g: Graph, x: Output, axes: Output, keep: bool) -> Output:
    return g.add(Log(), g.add(r.ReduceSum(keep_dims=keep), x, axes))


def _sum_square(g: Graph, x: Output, axes: Output, keep: bool) -> Output:
    return g.add(r.ReduceSum(keep_dims=keep), g.add(Multiply(), x, x), axes)


def _log_sum_exp(g: Graph, x: Output, axes: Output, keep: bool) -> Output:
    """With the maximum taken out first, so that nothing overflows."""
    peak = g.add(r.ReduceMax(keep_dims=True), x, axes)
    total = g.add(r.ReduceSum(keep_dims=True), g.add(Exp(), g.add(Subtract(), x, peak)), axes)
    result = g.add(Add(), g.add(Log(), total), peak)
    return result if keep else g.add(Squeeze(), result, axes)


_COMPOSED: dict[str, Callable[[Graph, Output, Output, bool], Output]] = {
    "ReduceLogSum": _log_sum,
    "ReduceLogSumExp": _log_sum_exp,
    "ReduceSumSquare": _sum_square,
}


def _unreduced(g: Graph, kind: str, x: Output) -> Output:
    """What a reduction over no axes leaves: its function of each element."""
    if kind in ("ReduceL1", "ReduceL2"):
        return g.add(Abs(), x)
    if kind == "ReduceLogSum":
        return g.add(Log(), x)
    return g.add(Multiply(), x, x) if kind == "ReduceSumSquare" else x


def p_norm(g: Graph, x: Output, axes: Output, p: float) -> Output:
    """The p-norm over axes, which stay with size 1."""
    if p in (1, 2):
        return g.add(r.ReduceL1(keep_dims=True) if p == 1 else r.ReduceL2(keep_dims=True), x, axes)
    total = g.add(r.ReduceSum(keep_dims=True), g.add(Power(), g.add(Abs(), x), p), axes)
    return g.add(Power(), total, 1 / p)


@converts(*_PLAIN, *_COMPOSED)
def reduce(g: Graph, node: SourceNode, x: Output, axes: Output | None = None) -> Output:
    """Axes are an attribute at first, an input since 13 (sum) or 18; none means all."""
    keep = bool(node.get("keepdims", 1))
    listed = node.get("axes")
    if axes is None and listed:
        axes = g.constant(list(listed))
    if axes is None or axes.shape == (0,):
        if node.get("noop_with_empty_axes"):
            return _unreduced(g, node.type, x)
        axes = all_axes(g, x)
    composed = _COMPOSED.get(node.type)
    if composed is not None:
        return composed(g, x, axes, keep)
    if x.dtype is ElementType.boolean:
        op = r.ReduceLogicalOr if node.type == "ReduceMax" else r.ReduceLogicalAnd
        return g.add(op(keep_dims=keep), x, axes)
    return g.add(_PLAIN[node.type](keep_dims=keep), x, axes)
