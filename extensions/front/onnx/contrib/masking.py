"""The masks of keys that com.microsoft knows, as numbers added to the scores [N, H, L, S]."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, lift, rank_of, size_of, typed
from extensions.front.onnx.attention import masks
from extensions.front.onnx.attention.heads import lone
from extensions.front.onnx.common import refuse
from extensions.ops.arithmetic import Add, Greater, GreaterEqual, LogicalAnd, Select
from extensions.ops.movement import Concat
from extensions.ops.shaping import Broadcast
from extensions.ops.slicing import Slice
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import same


def mask_bias(
    g: Graph, node: SourceNode, mask: Output, query: Output, key: Output, past: Output | None
) -> Output:
    """A number added to the scores of masked keys: they count if all are masked.

    ``past``: how many keys come before the first query.
    """
    rank = rank_of(mask)
    if rank == 1:
        allowed = _between_limits(g, node, mask, query, key)
    elif rank < 4:
        allowed = _positive(g, lift(g, mask, [1, 2] if rank == 2 else [1]))
    elif rank == 4:
        allowed = _positive(g, _part_of_square(g, mask, query, key, past))
    else:
        raise invalid(f"a mask of {rank} axes is not defined")
    hidden = g.constant(np.asarray(node.get("mask_filter_value", -10000.0)), query.dtype)
    return g.add(Select(), allowed, g.constant(np.zeros(()), query.dtype), hidden)


def _positive(g: Graph, mask: Output) -> Output:
    return g.add(Greater(), mask, g.constant(np.zeros(()), mask.dtype))


def _between_limits(g: Graph, node: SourceNode, mask: Output, query: Output, key: Output) -> Output:
    """[N]: the number of keys that count; [2 N]: where they end, then where they start."""
    limits = typed(g, mask, ElementType.i64)
    entries, samples = (mask.shape or (None,))[0], (query.shape or (None,))[0]
    if entries is not None and samples is not None and same(entries, samples):
        return masks.leading(g, key, limits)
    if isinstance(entries, int) and isinstance(samples, int) and entries != 2 * samples:
        raise refuse(node, f"a mask of {entries} numbers for {samples} samples")
    # Starts that are not there are 0.
    count = lone(g, size_of(g, query, 0))
    limits = g.add(Concat(axis=0), limits, g.add(Broadcast(), g.constant([0]), count))
    first, step = g.constant([0]), g.constant([1])
    ends = g.add(Slice(), limits, first, count, step, first)
    starts = g.add(Slice(), limits, count, g.add(Add(), count, count), step, first)
    begun = g.add(GreaterEqual(), masks.counted(g, key, 2), lift(g, starts, [1, 2, 3]))
    return g.add(LogicalAnd(), masks.leading(g, key, ends), begun)


def _part_of_square(
    g: Graph, mask: Output, query: Output, key: Output, past: Output | None
) -> Output:
    """The rows of the queries and the columns of the keys of a mask for the longest sequence."""
    begin = lone(g, g.constant(np.int64(0)) if past is None else past)
    end = g.add(Add(), begin, lone(g, size_of(g, query, 2)))
    starts = g.add(Concat(axis=0), begin, g.constant([0]))
    ends = g.add(Concat(axis=0), end, lone(g, size_of(g, key, 2)))
    return g.add(Slice(), mask, starts, ends, g.constant([1, 1]), g.constant([2, 3]))
