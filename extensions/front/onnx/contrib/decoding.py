"""What a search for text does between two steps."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, size_of
from extensions.front.onnx.attention.heads import lone
from extensions.front.onnx.common import needed
from extensions.front.onnx.contrib.common import microsoft
from extensions.ops.arithmetic import Add, Equal, LogicalAnd, Maximum, Select, Subtract
from extensions.ops.gathering import ScatterElementsUpdate
from extensions.ops.slicing import Slice
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output

_LONGEST = 1000


@microsoft("NGramRepeatBlock")
def n_gram_repeat_block(g: Graph, node: SourceNode, ids: Output, scores: Output) -> Output:
    """-inf for tokens that would end a run of n tokens which is in the text [N, L] already."""
    size = int(needed(node, "ngram_size"))
    if not 1 <= size <= _LONGEST:
        raise invalid(f"ngram_size {size}")
    length = size_of(g, ids, 1)
    rest = g.add(Subtract(), length, np.int64(size - 1))
    count = g.add(Maximum(), rest, np.int64(0))
    banned = _part(g, ids, g.constant(np.int64(size - 1)), count)
    repeated = g.add(Equal(), banned, banned)
    one = g.constant(np.int64(1))
    for k in range(size - 1):
        first, last = g.constant(np.int64(k)), g.add(Add(), rest, np.int64(k))
        same = g.add(Equal(), _part(g, ids, first, count), _part(g, ids, last, one))
        repeated = g.add(LogicalAnd(), repeated, same)
    never, always = (g.constant(np.asarray(x), scores.dtype) for x in (-np.inf, np.inf))
    limits = g.add(Select(), repeated, never, always)
    return g.add(
        ScatterElementsUpdate(reduction="min"), scores, banned, limits, g.constant(np.int64(1))
    )


def _part(g: Graph, ids: Output, start: Output, count: Output) -> Output:
    """Some columns."""
    end = g.add(Add(), start, count)
    one = g.constant([1])
    return g.add(Slice(), ids, lone(g, start), lone(g, end), one, one)
