"""Sums, means, extremes and norms over axes.

A tensor reduced over all its axes has one element along one axis; in the numpy interface, which
knows scalars, it has none.
"""

from __future__ import annotations

from collections.abc import Sequence

from extensions.front.building import rank_of, typed
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, refused, truth
from extensions.ops import reduction as r
from extensions.ops.arithmetic import Divide, Multiply, Select, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.shaping import Reshape, ShapeOf
from extensions.ops.unary import IsNaN, Sqrt
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op
from mo.graph.shape import normalize_axes

_OPERATIONS: dict[str, type[Op]] = {
    "max": r.ReduceMax,
    "mean": r.ReduceMean,
    "min": r.ReduceMin,
    "nanprod": r.ReduceProd,
    "nansum": r.ReduceSum,
    "prod": r.ReduceProd,
    "sum": r.ReduceSum,
}
# What takes the place of what is no number.
_NEUTRAL = {"nanprod": 1.0, "nansum": 0.0}
_NUMPY_OPERATIONS = {
    "_np_max": r.ReduceMax,
    "_np_min": r.ReduceMin,
    "_np_prod": r.ReduceProd,
    "_np_sum": r.ReduceSum,
    "_npi_mean": r.ReduceMean,
}


@converts(*_OPERATIONS)
def reduction(g: Graph, node: SourceNode, x: Output) -> Output:
    if node.type in _NEUTRAL and x.dtype.is_float:
        neutral = g.constant(_NEUTRAL[node.type], x.dtype)
        x = g.add(Select(), g.add(IsNaN(), x), neutral, x)
    return without_scalars(g, node, _OPERATIONS[node.type], x, _axes(node, rank_of(x)))


def _axes(node: SourceNode, rank: int) -> list[int]:
    """All axes if none is named; with ``exclude`` those that are not named."""
    named = normalize_axes(at.integers(node, "axis"), rank)
    if at.flag(node, "exclude") and named:
        return [axis for axis in range(rank) if axis not in named]
    return list(named or range(rank))


def without_scalars(
    g: Graph, node: SourceNode, op: type[Op], x: Output, axes: Sequence[int]
) -> Output:
    keep = at.flag(node, "keepdims")
    y = g.add(op(keep_dims=keep), x, list(axes)) if axes else x
    return g.add(Reshape(), y, [1]) if y.rank == 0 else y


@converts(*_NUMPY_OPERATIONS)
def numpy_reduction(g: Graph, node: SourceNode, x: Output) -> Output:
    if at.value_of(node, "initial") is not None:
        raise refused("a reduction with an initial value")
    kind = at.optional_type(node)
    op = _NUMPY_OPERATIONS[node.type]
    if kind is not None:
        x = typed(g, x, kind)
    elif op is r.ReduceMean and not x.dtype.is_float:
        x = typed(g, x, ElementType.f32)
    return numpy_reduced(g, node, op, x)


def numpy_reduced(g: Graph, node: SourceNode, op: type[Op], x: Output) -> Output:
    axes = numpy_axes(node, x)
    return g.add(op(keep_dims=at.flag(node, "keepdims")), x, axes) if axes else x


def numpy_axes(node: SourceNode, x: Output) -> list[int]:
    """No axes means all of them only if there is no list."""
    axes = at.optional_integers(node, "axis")
    return list(range(rank_of(x)) if axes is None else normalize_axes(axes, rank_of(x)))


@converts("_np_all", "_np_any")
def logical_reduction(g: Graph, node: SourceNode, x: Output) -> Output:
    op = r.ReduceLogicalAnd if node.type == "_np_all" else r.ReduceLogicalOr
    return numpy_reduced(g, node, op, truth(g, x))


@converts("norm")
def norm(g: Graph, node: SourceNode, x: Output) -> Output:
    """Of order 1 or 2."""
    order = at.integer(node, "ord", 2)
    if order not in (1, 2) or not x.dtype.is_float:
        raise refused(f"a norm of order {order} of {x.dtype.name}")
    op = r.ReduceL1 if order == 1 else r.ReduceL2
    return without_scalars(g, node, op, x, _axes(node, rank_of(x)))


@converts("_npi_var", "_npi_std")
def variance(g: Graph, node: SourceNode, x: Output) -> Output:
    """The mean square of what is left without the mean; ``ddof`` lowers the count."""
    axes, keep = numpy_axes(node, x), at.flag(node, "keepdims")
    if not axes:
        raise refused("a variance over no axes")
    if not x.dtype.is_float:
        x = typed(g, x, ElementType.f32)
    centred = g.add(Subtract(), x, g.add(r.ReduceMean(keep_dims=True), x, axes))
    square = g.add(Multiply(), centred, centred)
    lower = at.integer(node, "ddof", 0)
    if lower:
        total = g.add(r.ReduceSum(keep_dims=keep), square, axes)
        count = _count(g, x, axes)
        y = g.add(Divide(), total, g.add(Subtract(), count, float(lower)))
    else:
        y = g.add(r.ReduceMean(keep_dims=keep), square, axes)
    return g.add(Sqrt(), y) if node.type == "_npi_std" else y


def _count(g: Graph, x: Output, axes: Sequence[int]) -> Output:
    """How many elements are reduced to one."""
    sizes = g.add(Gather(), g.add(ShapeOf(), x), list(axes), 0)
    return typed(g, g.add(r.ReduceProd(keep_dims=False), sizes, [0]), x.dtype)
