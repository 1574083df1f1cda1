"""Reductions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from extensions.front.building import all_axes, rank_of, typed
from extensions.front.onnx.axes import or_all, positive, squeezed
from extensions.front.onnx.common import converts
from extensions.ops import reduction as r
from extensions.ops.arithmetic import Add, Equal, Multiply, Power, Select, Subtract
from extensions.ops.common import constant_axes
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat
from extensions.ops.shaping import ShapeOf, Squeeze, Unsqueeze
from extensions.ops.unary import Abs, Exp, Log
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import is_static

_PLAIN: dict[str, type[r.Reduction]] = {
    "ReduceL1": r.ReduceL1,
    "ReduceL2": r.ReduceL2,
    "ReduceMax": r.ReduceMax,
    "ReduceMean": r.ReduceMean,
    "ReduceMin": r.ReduceMin,
    "ReduceProd": r.ReduceProd,
    "ReduceSum": r.ReduceSum,
}


# The maximum of no numbers is below all numbers, their minimum above them.
_OF_NOTHING = {"ReduceMax": -1, "ReduceMin": 1}


def _or_limit(g: Graph, kind: str, x: Output, axes: Output, result: Output) -> Output:
    """The extreme of an empty set, where the IR would give zeros."""
    known = constant_axes(axes, x.rank)
    dims = () if x.shape is None else x.shape if known is None else [x.shape[a] for a in known]
    if 0 not in dims and (known is not None or is_static(tuple(dims))):
        return result
    fill = _OF_NOTHING[kind] * np.inf
    if not x.dtype.is_float:
        limits = np.iinfo(x.dtype.numpy)
        fill = limits.max if fill > 0 else limits.min
    sizes = g.add(Gather(), g.add(ShapeOf(), x), axes, g.constant(np.int64(0)))
    is_empty = g.add(Equal(), g.add(r.ReduceProd(), sizes, [0]), g.constant(np.int64(0)))
    return g.add(Select(), is_empty, g.constant(np.asarray(fill), x.dtype), result)


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
    if axes.is_constant or x.rank is None:
        return _reduced(g, node.type, x, axes, keep)
    return _along_computed(g, node, x, axes, keep)


def _reduced(g: Graph, kind: str, x: Output, axes: Output, keep: bool) -> Output:
    composed = _COMPOSED.get(kind)
    if composed is not None:
        return composed(g, x, axes, keep)
    if x.dtype is ElementType.boolean:
        # The CPU runtime has no logical reduction.
        return typed(g, _reduced(g, kind, typed(g, x, ElementType.u8), axes, keep), x.dtype)
    result = g.add(_PLAIN[kind](keep_dims=keep), x, axes)
    return _or_limit(g, kind, x, axes, result) if kind in _OF_NOTHING else result


def _along_computed(g: Graph, node: SourceNode, x: Output, axes: Output, keep: bool) -> Output:
    """Over axes that are not known, if any: one of size 1 behind them all is always among them."""
    rank = rank_of(x)
    if not node.get("noop_with_empty_axes"):
        axes = or_all(g, x, axes)
    along = g.add(Concat(axis=0), positive(g, axes, rank), [rank])
    reduced = _reduced(g, node.type, g.add(Unsqueeze(), x, [rank]), along, keep=True)
    result = g.add(Squeeze(), reduced, [rank])
    return result if keep else squeezed(g, result, axes)
