"""Samples of different lengths without the padding between them: tokens [T, E] one behind another.

``offsets`` [N, L] are the places of all tokens in the padded tensor, those that count first;
``ends`` [N + 1] the sums of the lengths.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extensions.front.building import lift, size_of, typed
from extensions.front.onnx.attention import core, heads, masks
from extensions.front.onnx.common import needed
from extensions.front.onnx.contrib.common import microsoft
from extensions.front.onnx.selection import where_true
from extensions.ops.arithmetic import Add, Less, Subtract
from extensions.ops.gathering import Gather, ScatterUpdate
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Split, VariadicSplit
from extensions.ops.reduction import ReduceMax
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf
from extensions.ops.slicing import Slice, StridedSlice
from extensions.ops.unary import CumSum, LogicalNot
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_FIRST = np.int64(0)


@microsoft("RemovePadding")
def remove_padding(g: Graph, node: SourceNode, x: Output, counts: Output) -> tuple[Output, ...]:
    """The tokens of [N, L, E] that count; offsets; ends; the greatest length [1]."""
    kind = counts.dtype
    counted = g.add(Less(), typed(g, masks.counted(g, x, 1), kind), lift(g, counts, [1]))
    kept, padded = (_places(g, flags) for flags in (counted, g.add(LogicalNot(), counted)))
    shape = g.add(Gather(), g.add(ShapeOf(), x), [0, 1], _FIRST)
    offsets = g.add(Reshape(), g.add(Concat(axis=0), kept, padded), shape)
    ends = g.add(Concat(axis=0), g.constant(np.zeros(1), kind), _sums(g, counts))
    longest = g.add(ReduceMax(keep_dims=True), counts, [0])
    tokens = g.add(Gather(), _rows(g, x), kept, _FIRST)
    return tokens, typed(g, offsets, kind), ends, longest


def _places(g: Graph, flags: Output) -> Output:
    """Where flags are true, in all of them as one row."""
    return where_true(g, g.add(Reshape(), flags, [-1]))


def _sums(g: Graph, counts: Output) -> Output:
    return g.add(CumSum(), counts, g.constant(_FIRST))


def _rows(g: Graph, x: Output) -> Output:
    """[N, L, E] -> [N * L, E]"""
    width = heads.lone(g, size_of(g, x, 2))
    return g.add(Reshape(), x, g.add(Concat(axis=0), g.constant([-1]), width))


@microsoft("RestorePadding")
def restore_padding(g: Graph, node: SourceNode, tokens: Output, offsets: Output) -> Output:
    """[N, L, E] with zeros where no token is."""
    return _restored(g, tokens, offsets)


def _restored(g: Graph, tokens: Output, offsets: Output) -> Output:
    width = heads.lone(g, size_of(g, tokens, 1))
    places = g.add(Reshape(), offsets, [-1])
    size = g.add(Concat(axis=0), heads.lone(g, size_of(g, places, 0)), width)
    nothing = g.add(Broadcast(), g.constant(np.zeros(()), tokens.dtype), size)
    kept = _kept(g, tokens, offsets)
    filled = g.add(ScatterUpdate(), nothing, kept, tokens, g.constant(_FIRST))
    return g.add(Reshape(), filled, g.add(Concat(axis=0), g.add(ShapeOf(), offsets), width))


def _kept(g: Graph, tokens: Output, offsets: Output) -> Output:
    """The places of the tokens that count."""
    places, first, step = g.add(Reshape(), offsets, [-1]), g.constant([0]), g.constant([1])
    return g.add(Slice(), places, first, heads.lone(g, size_of(g, tokens, 0)), step, first)


@microsoft("PackedAttention")
def packed_attention(
    g: Graph,
    node: SourceNode,
    tokens: Output,
    weights: Output,
    bias: Output,
    offsets: Output,
    ends: Output,
    attention_bias: Output | None = None,
) -> Output:
    """Queries, keys and values are one product of the tokens."""
    projected = g.add(Add(), g.add(MatMul(), tokens, weights), bias)
    sizes = node.get("qkv_hidden_sizes")
    split = VariadicSplit(parts=3) if sizes else Split(num_splits=3)
    parts = g.add_multi(split, projected, np.int64(-1), *([list(sizes)] if sizes else []))
    return _attended(g, node, parts, offsets, ends, attention_bias)


@microsoft("PackedMultiHeadAttention")
def packed_multi_head_attention(
    g: Graph,
    node: SourceNode,
    query: Output,
    key: Output | None,
    value: Output | None,
    bias: Output | None,
    offsets: Output,
    ends: Output,
    attention_bias: Output | None = None,
) -> Output:
    """Keys and values may lie behind the queries, [T, heads, 3, E]."""
    parts = [query, key, value]
    if key is None or value is None:
        pieces = g.add_multi(Split(num_splits=3), query, np.int64(2))
        parts = [g.add(Reshape(special_zero=True), piece, [0, -1]) for piece in pieces]
    known = [part for part in parts if part is not None]
    if bias is not None:
        widths = g.add(Concat(axis=0), *(heads.lone(g, size_of(g, part, 1)) for part in known))
        biases = g.add_multi(VariadicSplit(parts=3), bias, _FIRST, widths)
        known = [g.add(Add(), *pair) for pair in zip(known, biases)]
    return _attended(g, node, known, offsets, ends, attention_bias)


def _attended(
    g: Graph,
    node: SourceNode,
    parts: Sequence[Output],
    offsets: Output,
    ends: Output,
    bias: Output | None,
) -> Output:
    """With padding inside: no query sees a padded key."""
    count = needed(node, "num_heads")
    query, key, value = (heads.apart(g, _restored(g, part, offsets), count) for part in parts)
    limits = typed(g, ends, ElementType.i64)
    last = StridedSlice(begin_mask=(0,), end_mask=(1,))
    but_last = StridedSlice(begin_mask=(1,), end_mask=(0,))
    upper, lower = g.add(last, limits, [1], [0], [1]), g.add(but_last, limits, [0], [-1], [1])
    allowed = masks.leading(g, key, g.add(Subtract(), upper, lower))
    mask = masks.combined(g, allowed, bias, query.dtype)
    y = heads.together(g, core.attended(g, query, key, value, mask, node.get("scale")))
    return g.add(Gather(), _rows(g, y), _kept(g, parts[0], offsets), _FIRST)
