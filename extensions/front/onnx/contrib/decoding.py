"""What a search for text does between two steps."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, size_of, sliced, typed
from extensions.front.onnx.attention.heads import lone
from extensions.front.onnx.attention.masks import counted
from extensions.front.onnx.common import needed
from extensions.front.onnx.contrib.common import microsoft
from extensions.ops.arithmetic import (
    Add,
    Equal,
    LogicalAnd,
    Maximum,
    Multiply,
    NotEqual,
    Select,
    Subtract,
)
from extensions.ops.gathering import ScatterElementsUpdate
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Reshape, ShapeOf
from extensions.ops.slicing import FAR, Slice
from extensions.ops.unary import CumSum
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_LONGEST = 1000
_I64 = ElementType.i64
_FIRST, _ONE = np.int64(0), np.int64(1)


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


@microsoft("BifurcationDetector")
def bifurcation_detector(
    g: Graph,
    node: SourceNode,
    source: Output,
    text: Output,
    start: Output,
    predicted: Output | None = None,
) -> tuple[Output, Output]:
    """The text with predicted tokens up to the first that is not in the source from ``start`` on,
    and the place in the source behind the only occurrence of how the text ends; -1: none.
    """
    if predicted is not None:
        first = g.add(Reshape(), start, [-1])
        one = g.constant([1])
        rest = g.add(Slice(), source, first, g.add(ShapeOf(), source), one, g.constant([0]))
        expected = sliced(g, predicted, [0], [-1], [0], [1])
        wrong = typed(g, g.add(NotEqual(), rest, expected), _I64)
        passed = g.add(CumSum(), wrong, g.constant(_FIRST))
        right = typed(g, g.add(Equal(), passed, _FIRST), _I64)
        count = g.add(Add(), g.add(ReduceSum(keep_dims=True), right, [0]), one)
        added = g.add(Slice(), predicted, g.constant([0]), count, one, g.constant([0]))
        text = g.add(Concat(axis=0), text, added)
    least, most = node.get("min_ngram_size", 1), node.get("max_ngram_size", 3)
    if not 1 <= least <= most <= _LONGEST:
        raise invalid(f"runs of {least} to {most} tokens")
    return text, _only_occurrence(g, source, text, least, most)


def _only_occurrence(g: Graph, source: Output, text: Output, least: int, most: int) -> Output:
    """Runs of more tokens occur at some of the places of those of fewer."""
    # A text that is too short ends with tokens that no source has.
    missing = g.constant(np.full(most, np.iinfo(np.int64).min), text.dtype)
    text = g.add(Concat(axis=0), missing, text)
    place = counted(g, source, 0)
    occurs = g.add(Equal(), source, source)
    found = g.constant(np.int64(-1))
    for size in range(1, most + 1):
        token = sliced(g, text, [-size], [-size + 1 or FAR], [0], [1])
        if size > 1:
            occurs, place = (sliced(g, x, [1], [FAR], [0], [1]) for x in (occurs, place))
        before = sliced(g, source, [0], [-size + 1 or FAR], [0], [1])
        occurs = g.add(LogicalAnd(), occurs, g.add(Equal(), before, token))
        if size < least:
            continue
        flags = typed(g, occurs, _I64)
        behind = g.add(Add(), g.add(ReduceSum(), g.add(Multiply(), flags, place), [0]), _ONE)
        alone = g.add(Equal(), g.add(ReduceSum(), flags, [0]), _ONE)
        found = g.add(Maximum(), found, g.add(Select(), alone, behind, np.int64(-1)))
    return found
