"""Sorting, extremes, sets."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import rank_of, scalar, typed
from extensions.front.tf.common import axis_of, converts, needed, number, type_attribute
from extensions.ops import arithmetic as a
from extensions.ops.gathering import Gather
from extensions.ops.generating import NonZero
from extensions.ops.movement import Transpose
from extensions.ops.reduction import ReduceLogicalOr, ReduceSum
from extensions.ops.selection import Bucketize, TopK, Unique
from extensions.ops.shaping import Squeeze, Unsqueeze
from extensions.ops.unary import LogicalNot
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("TopK")
def top_k(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    return top_k_v2(g, node, x, number(g, needed(node, "k"), ElementType.i64))


@converts("TopKV2")
def top_k_v2(g: Graph, node: SourceNode, x: Output, k: Output) -> tuple[Output, ...]:
    """Along the last axis; of equal elements the first comes first."""
    kind = type_attribute(node, "index_type", ElementType.i32)
    op = TopK(axis=rank_of(x) - 1, stable=True, index_element_type=kind)
    return g.add_multi(op, x, scalar(g, k))


@converts("ArgMax", "ArgMin")
def arg_extreme(g: Graph, node: SourceNode, x: Output, axis: Output) -> Output:
    """The first of equal elements."""
    place = axis_of(axis, rank_of(x))
    kind = type_attribute(node, "output_type", ElementType.i64)
    op = TopK(
        axis=place,
        mode="max" if node.type == "ArgMax" else "min",
        stable=True,
        index_element_type=kind if kind is ElementType.i32 else ElementType.i64,
    )
    if x.dtype is ElementType.boolean:
        x = typed(g, x, ElementType.u8)
    found = g.add_multi(op, x, g.constant(np.int64(1)))[1]
    return typed(g, g.add(Squeeze(), found, [place]), kind)


@converts("Where")
def where(g: Graph, node: SourceNode, x: Output) -> Output:
    """Rows: the indices of an element that is not 0."""
    return g.add(Transpose(), g.add(NonZero(), x), [1, 0])


@converts("Bucketize")
def bucketize(g: Graph, node: SourceNode, x: Output) -> Output:
    """The number of boundaries that are not above an element."""
    limits = np.asarray(node.get("boundaries", []), np.float32)
    op = Bucketize(output_type=ElementType.i32, with_right_bound=False)
    return g.add(op, x, g.constant(limits))


@converts("Unique", "UniqueV2")
def unique(g: Graph, node: SourceNode, x: Output, axis: Output | None = None) -> Any:
    """Distinct elements in the order of their first appearance."""
    values, places, _ = _unique(g, node, x, axis)
    return values, places


@converts("UniqueWithCounts", "UniqueWithCountsV2")
def unique_with_counts(g: Graph, node: SourceNode, x: Output, axis: Output | None = None) -> Any:
    return _unique(g, node, x, axis)


def _unique(g: Graph, node: SourceNode, x: Output, axis: Output | None) -> tuple[Output, ...]:
    kind = type_attribute(node, "out_idx", ElementType.i32)
    op = Unique(sorted=False, index_element_type=kind, count_element_type=kind)
    along = [] if axis is None or axis.shape == (0,) else [scalar(g, axis)]
    values, _, places, counts = g.add_multi(op, x, *along)
    return values, places, counts


@converts("ListDiff")
def list_diff(g: Graph, node: SourceNode, x: Output, y: Output) -> tuple[Output, ...]:
    """The elements of x that y does not have, and where they stand."""
    same = g.add(a.Equal(), g.add(Unsqueeze(), x, [1]), g.add(Unsqueeze(), y, [0]))
    found = g.add(ReduceLogicalOr(keep_dims=False), same, [1])
    places = g.add(Squeeze(), g.add(NonZero(), g.add(LogicalNot(), found)), [0])
    kind = type_attribute(node, "out_idx", ElementType.i32)
    rest = g.add(Gather(), x, places, g.constant(np.int64(0)))
    return rest, typed(g, places, kind)


@converts("LowerBound", "UpperBound")
def bound(g: Graph, node: SourceNode, ordered: Output, x: Output) -> Output:
    """How many of the ordered numbers [B, n] lie before (UpperBound: not behind) each of x [B, m].

    Counted, since the IR searches in one row only.
    """
    kind = type_attribute(node, "out_type", ElementType.i32)
    op = a.Less() if node.type == "LowerBound" else a.LessEqual()
    before = g.add(op, g.add(Unsqueeze(), ordered, [1]), g.add(Unsqueeze(), x, [2]))
    return g.add(ReduceSum(keep_dims=False), typed(g, before, kind), [2])
