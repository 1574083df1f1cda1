"""Axes that are computed at run time: the rank of the result is known all the same.

The CPU runtime does not run what has an unknown rank, so such axes become marks on the axes of
the data, and these a new shape.
"""

from __future__ import annotations

import numpy as np

from extensions.front.building import rank_of, scalar, size_of, typed
from extensions.ops.arithmetic import (
    Add,
    Equal,
    FloorMod,
    Greater,
    LogicalOr,
    Maximum,
    Multiply,
    Select,
    Subtract,
)
from extensions.ops.common import length
from extensions.ops.gathering import Gather, ScatterElementsUpdate
from extensions.ops.generating import NonZero
from extensions.ops.movement import Concat, Transpose
from extensions.ops.selection import TopK
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Unsqueeze
from extensions.ops.slicing import StridedSlice
from extensions.ops.unary import CumSum
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_ZERO = np.int64(0)


def positive(g: Graph, axes: Output, rank: int) -> Output:
    """Axes counted from the front, as i64."""
    return g.add(FloorMod(), typed(g, axes, ElementType.i64), np.int64(rank))


def marks(g: Graph, axes: Output, rank: int) -> Output:
    """A vector [rank] with 1 at the axes and 0 elsewhere; there may be no axes."""
    # One mark more, so that there is always one.
    places = g.add(Concat(axis=0), positive(g, axes, rank), [rank])
    ones = g.add(Broadcast(), np.int64(1), g.add(ShapeOf(), places))
    blank = g.constant(np.zeros(rank + 1, np.int64))
    marked = g.add(ScatterElementsUpdate(), blank, places, ones, g.constant(_ZERO))
    return g.add(StridedSlice(begin_mask=(0,), end_mask=(0,)), marked, [0], [rank], [1])


def unsqueezed(g: Graph, x: Output, axes: Output) -> Output:
    """``x`` with axes of size 1 inserted at computed places; their number is known."""
    added, inner = length(axes), x.rank
    if added is None or inner is None:
        return g.add(Unsqueeze(), x, axes)
    if inner == 0:
        return g.add(Reshape(), x, [1] * added)
    new = marks(g, axes, inner + added)
    # The sizes of x, each repeated where axes are inserted behind it.
    passed = g.add(CumSum(), g.add(Subtract(), np.int64(1), new), g.constant(_ZERO))
    places = g.add(Maximum(), g.add(Subtract(), passed, np.int64(1)), g.constant(_ZERO))
    sizes = g.add(Gather(), g.add(ShapeOf(), x), places, g.constant(_ZERO))
    target = g.add(Select(), g.add(Greater(), new, g.constant(_ZERO)), np.int64(1), sizes)
    return g.add(Reshape(), x, target)


def squeezed(g: Graph, x: Output, axes: Output) -> Output:
    """``x`` without axes at computed places; their number is known."""
    removed, rank = length(axes), x.rank
    if removed is None or rank is None:
        return g.add(Squeeze(), x, axes)
    if removed >= rank:
        return scalar(g, x)
    # The places that are kept come first in this order.
    order = g.add(Multiply(), marks(g, axes, rank), np.int64(rank))
    order = g.add(Add(), order, np.arange(rank))
    op = TopK(axis=0, mode="min", index_element_type=ElementType.i64)
    kept = g.add_multi(op, order, g.constant(np.int64(rank - removed)))[1]
    return g.add(Reshape(), x, g.add(Gather(), g.add(ShapeOf(), x), kept, g.constant(_ZERO)))


def or_all(g: Graph, x: Output, axes: Output) -> Output:
    """Computed axes, or all axes of ``x`` where there are none."""
    if length(axes):
        return axes
    rank = rank_of(x)
    none = g.add(Equal(), size_of(g, axes, 0), g.constant(_ZERO))
    given = g.add(Greater(), marks(g, axes, rank), g.constant(_ZERO))
    chosen = g.add(NonZero(), typed(g, g.add(LogicalOr(), given, none), ElementType.u8))
    return g.add(Reshape(), chosen, [-1])


def axis_in_front(g: Graph, x: Output, axis: Output) -> tuple[Output, Output]:
    """``x`` with a computed axis as its first one, and the order that brings it back."""
    rank = rank_of(x)
    places = np.arange(rank)
    chosen = g.add(Equal(), places, positive(g, scalar(g, axis), rank))
    order = _sorted_places(g, g.add(Select(), chosen, g.constant(np.int64(-1)), places), rank)
    return g.add(Transpose(), x, order), _sorted_places(g, order, rank)


def _sorted_places(g: Graph, keys: Output, count: int) -> Output:
    """The places of keys in ascending order."""
    known = keys.value()
    if known is not None:
        return g.constant(np.argsort(known))
    op = TopK(axis=0, mode="min", index_element_type=ElementType.i64)
    return g.add_multi(op, keys, g.constant(np.int64(count)))[1]
