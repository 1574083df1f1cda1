"""SparseAttention: queries see blocks of keys in a cache, by a layout for each head."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from extensions.front.building import (
    invalid,
    lift,
    needed_constant,
    scalar,
    typed,
)
from extensions.front.onnx.attention import core, heads, masks
from extensions.front.onnx.attention.cache import written
from extensions.front.onnx.common import needed
from extensions.front.onnx.contrib.common import microsoft
from extensions.front.onnx.contrib.grouped import first_places, rotated, split_heads
from extensions.ops.arithmetic import Add, Divide
from extensions.ops.gathering import Gather
from extensions.ops.movement import Transpose
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_MOST_BLOCKS = 1 << 26


@microsoft("SparseAttention")
def sparse_attention(
    g: Graph,
    node: SourceNode,
    query: Output,
    key: Output | None,
    value: Output | None,
    past_key: Output,
    past_value: Output,
    rows: Output,
    columns: Output,
    total: Output,
    lengths: Output,
    cosines: Output | None = None,
    sines: Output | None = None,
) -> tuple[Output, ...]:
    """``rows``, ``columns``: blocks that are seen, in compressed rows; ``lengths`` of samples [N].

    The cache is as long as the longest sequence.
    """
    query, key, value = split_heads(g, node, query, key, value)
    counts = typed(g, lengths, ElementType.i64)
    total = scalar(g, typed(g, total, ElementType.i64))
    first = first_places(g, query, counts, total)
    places = g.add(Add(), lift(g, first, [1]), masks.counted(g, query, 2))
    if node.get("do_rotary"):
        if cosines is None or sines is None:
            raise invalid("the tables of its rotary embedding are missing")
        query, key = (rotated(g, node, x, cosines, sines, places) for x in (query, key))
    key, value = (
        written(g, old, new, places, 2) for old, new in ((past_key, key), (past_value, value))
    )
    seen = _layout(needed_constant(rows, "block rows"), needed_constant(columns, "block columns"))
    blocks = _of_heads(g, node, g.constant(seen), places, key)
    allowed = masks.both(g, blocks, masks.leading(g, key, counts))
    before = lift(g, first, [1, 2, 3])
    mask = masks.both(g, allowed, masks.within(g, query, key, before, -1, 0))
    keys, values = (heads.shared(g, x, query) for x in (key, value))
    y = core.attended(g, query, keys, values, mask, node.get("scale"))
    return heads.together(g, y), key, value


def _layout(ends: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Whether a block of queries sees one of keys: [layouts, blocks, blocks]."""
    if ends.ndim != 2 or columns.ndim != 2 or len(ends) != len(columns):
        raise invalid("its layouts are no compressed rows")
    count = ends.shape[1] - 1
    if len(ends) * count * count > _MOST_BLOCKS:
        raise invalid(f"{len(ends)} layouts of {count} blocks are too many")
    seen = np.zeros((len(ends), count, count), bool)
    for layout, limits, places in zip(seen, ends, columns):
        for row, (start, end) in enumerate(pairwise(limits)):
            chosen = places[start:end]
            if ((chosen < 0) | (chosen >= count)).any():
                raise invalid("its layouts name a block that is not there")
            layout[row, chosen] = True
    return seen


def _of_heads(g: Graph, node: SourceNode, seen: Output, places: Output, key: Output) -> Output:
    """For each head in turn one of the layouts: [N, H, L, S]."""
    size = g.constant(np.int64(needed(node, "sparse_block_size")))
    rows, columns = (
        g.add(Divide(m_pythondiv=False), x, size) for x in (places, masks.counted(g, key, 2))
    )
    by_query = g.add(Gather(), typed(g, seen, ElementType.u8), rows, np.int64(1))
    by_key = g.add(Gather(), by_query, columns, np.int64(3))
    turns = np.arange(needed(node, "num_heads")) % (seen.shape or (1,))[0]
    each = g.add(Gather(), g.add(Transpose(), by_key, [1, 0, 2, 3]), turns, np.int64(1))
    return typed(g, each, ElementType.boolean)
