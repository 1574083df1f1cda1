"""Who attends to whom: booleans, or numbers that are added to the scores, for [N, H, L, S]."""

from __future__ import annotations

import numpy as np

from extensions.front.building import lift, rank_of, size_of
from extensions.front.onnx.attention.heads import lone
from extensions.ops.arithmetic import (
    Add,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    LogicalAnd,
    Select,
    Subtract,
)
from extensions.ops.generating import Range
from extensions.ops.movement import Concat, Pad
from extensions.ops.reduction import ReduceLogicalOr
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import same


def counted(g: Graph, x: Output, axis: int) -> Output:
    """0, 1, 2 ... as many as an axis has places."""
    first, step = g.constant(np.int64(0)), g.constant(np.int64(1))
    return g.add(Range(output_type=ElementType.i64), first, size_of(g, x, axis), step)


def within(
    g: Graph, query: Output, key: Output, first: Output | None, left: int, right: int
) -> Output | None:
    """Keys at most so far before and behind a query; -1: at any distance.

    ``first``: the place of the first query among the keys, one number or [N, 1, 1, 1].
    """
    if left < 0 and right < 0:
        return None
    rows, columns = lift(g, counted(g, query, 2), [1]), counted(g, key, 2)
    rows = rows if first is None else g.add(Add(), rows, first)
    low = g.add(Subtract(), rows, np.int64(left)) if left > 0 else rows
    high = g.add(Add(), rows, np.int64(right)) if right > 0 else rows
    near = g.add(GreaterEqual(), columns, low) if left >= 0 else None
    return both(g, near, g.add(LessEqual(), columns, high) if right >= 0 else None)


def leading(g: Graph, key: Output, counts: Output) -> Output:
    """The first keys of each sample, as many as ``counts`` [N] says."""
    return g.add(Less(), counted(g, key, 2), lift(g, counts, [1, 2, 3]))


def both(g: Graph, a: Output | None, b: Output | None) -> Output | None:
    """What both allow; None allows everything."""
    return a or b if a is None or b is None else g.add(LogicalAnd(), a, b)


def fitted(g: Graph, mask: Output, key: Output) -> Output:
    """A mask with at least two axes, which allows no key that it does not speak of."""
    rank = rank_of(mask)
    if rank < 2:
        mask, rank = lift(g, mask, range(2 - rank)), 2
    assert mask.shape is not None
    if key.shape is None or same(mask.shape[-1], key.shape[2]):
        return mask
    missing = g.add(Subtract(), size_of(g, key, 2), size_of(g, mask, rank - 1))
    behind = g.add(Concat(axis=0), g.constant([0] * (rank - 1)), lone(g, missing))
    closed = g.constant(np.asarray(_closed(mask.dtype)), mask.dtype)
    return g.add(Pad(), mask, [0] * rank, behind, closed)


def _closed(kind: ElementType) -> bool | float:
    return False if kind is ElementType.boolean else -np.inf


def combined(
    g: Graph, allowed: Output | None, mask: Output | None, kind: ElementType
) -> Output | None:
    """One mask of two, the second of any kind."""
    if allowed is None or mask is None or mask.dtype is ElementType.boolean:
        return both(g, allowed, mask)
    return g.add(Select(), allowed, mask, nothing(g, kind))


def nothing(g: Graph, kind: ElementType) -> Output:
    """What is added to a score that shall not count."""
    return g.constant(np.asarray(-np.inf), kind)


def seeing(g: Graph, mask: Output) -> Output | None:
    """The queries [..., L, 1] that may see a key at all; None: all of them."""
    if mask.dtype is not ElementType.boolean:
        mask = g.add(Greater(), mask, nothing(g, mask.dtype))
    some = g.add(ReduceLogicalOr(keep_dims=True), mask, [-1])
    known = some.value()
    return None if known is not None and known.all() else some
