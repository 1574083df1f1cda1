"""Attention as onnxruntime's optimiser writes it, with its projections, masks and caches."""

from __future__ import annotations

import numpy as np

from extensions.front.building import lift, rank_of, scalar, size_of, typed
from extensions.front.onnx.attention import core, heads, masks
from extensions.front.onnx.attention.cache import written
from extensions.front.onnx.common import needed, refuse
from extensions.front.onnx.contrib.common import microsoft
from extensions.front.onnx.contrib.masking import mask_bias
from extensions.ops.arithmetic import Add
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Split, VariadicSplit
from extensions.ops.shaping import Reshape, Squeeze
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_LAST = np.int64(-1)


@microsoft("Attention")
def attention(
    g: Graph,
    node: SourceNode,
    x: Output,
    weights: Output,
    bias: Output | None = None,
    mask: Output | None = None,
    past: Output | None = None,
    attention_bias: Output | None = None,
    past_length: Output | None = None,
) -> tuple[Output, ...]:
    """Queries, keys and values are one product of the input."""
    projected = _sum(g, g.add(MatMul(), x, weights), bias)
    return projected_attention(g, node, projected, mask, past, attention_bias)


@microsoft("DecoderMaskedSelfAttention")
def decoder_masked_self_attention(
    g: Graph,
    node: SourceNode,
    x: Output,
    weights: Output,
    bias: Output,
    mask: Output | None = None,
    past: Output | None = None,
    attention_bias: Output | None = None,
    past_length: Output | None = None,
    beams: Output | None = None,
    indirection: Output | None = None,
) -> tuple[Output, ...]:
    """Attention of one token."""
    if indirection is not None:
        raise refuse(node, "a cache shared by beams")
    return attention(g, node, x, weights, bias, mask, past, attention_bias)


def projected_attention(
    g: Graph,
    node: SourceNode,
    projected: Output,
    mask: Output | None = None,
    past: Output | None = None,
    attention_bias: Output | None = None,
) -> tuple[Output, ...]:
    """Queries, keys and values lie side by side; past (and present) are keys on top of values."""
    _refuse(node, "do_rotary", "past_present_share_buffer")
    sizes = node.get("qkv_hidden_sizes")
    split = VariadicSplit(parts=3) if sizes else Split(num_splits=3)
    parts = g.add_multi(split, projected, _LAST, *([list(sizes)] if sizes else []))
    query, *new = (heads.apart(g, part, needed(node, "num_heads")) for part in parts)
    old: list[Output | None] = [None, None]
    if past is not None:
        both = g.add_multi(Split(num_splits=2), past, np.int64(0))
        old = [g.add(Squeeze(), part, [0]) for part in both]
    key, value = (_grown(g, *pair) for pair in zip(old, new))
    before = None if old[0] is None else size_of(g, old[0], 2)
    y, _ = _attended(g, node, query, key, value, mask, attention_bias, before)
    if not node.has_output(1):
        return (y,)
    return y, g.add(Concat(axis=0), lift(g, key, [0]), lift(g, value, [0]))


@microsoft("MultiHeadAttention")
def multi_head_attention(
    g: Graph,
    node: SourceNode,
    query: Output,
    key: Output | None = None,
    value: Output | None = None,
    bias: Output | None = None,
    mask: Output | None = None,
    attention_bias: Output | None = None,
    past_key: Output | None = None,
    past_value: Output | None = None,
    past_length: Output | None = None,
    indirection: Output | None = None,
) -> tuple[Output | None, ...]:
    """Keys and values with an axis for the heads come from a cache and get no bias."""
    if indirection is not None:
        raise refuse(node, "a cache shared by beams")
    if rank_of(query) == 5:
        query, key, value = _unpacked(g, query, 3)
    elif key is not None and rank_of(key) == 5:
        key, value = _unpacked(g, key, 2)
    if key is None or value is None:
        query, key, value = g.add_multi(Split(num_splits=3), query, _LAST)
    is_cached = rank_of(key) == 4
    if bias is not None:
        query, key, value = _biased(g, query, key, value, bias, is_cached)
    count = needed(node, "num_heads")
    query = heads.apart(g, query, count)
    if not is_cached:
        key, value = heads.apart(g, key, count), heads.apart(g, value, count)
    if past_length is None or past_key is None or past_value is None:
        key, value = _grown(g, past_key, key), _grown(g, past_value, value)
        before = None if past_key is None else size_of(g, past_key, 2)
        y, scores = _attended(g, node, query, key, value, mask, attention_bias, before)
        return y, key, value, scores
    before = scalar(g, typed(g, past_length, ElementType.i64))
    places = g.add(Add(), masks.counted(g, key, 2), before)
    key, value = (written(g, *pair, places, 2) for pair in ((past_key, key), (past_value, value)))
    y, scores = _attended(g, node, query, key, value, mask, attention_bias, before, is_longer=True)
    return y, key, value, scores


@microsoft("DecoderMaskedMultiHeadAttention")
def decoder_masked_multi_head_attention(
    g: Graph,
    node: SourceNode,
    query: Output,
    key: Output | None = None,
    value: Output | None = None,
    mask: Output | None = None,
    attention_bias: Output | None = None,
    past_key: Output | None = None,
    past_value: Output | None = None,
    past_length: Output | None = None,
    beams: Output | None = None,
    indirection: Output | None = None,
    bias: Output | None = None,
) -> tuple[Output | None, ...]:
    """One query. Keys are those of this step, or (an axis for the heads) those of an encoder."""
    past = (mask, attention_bias, past_key, past_value, past_length, indirection)
    return multi_head_attention(g, node, query, key, value, bias, *past)


def _refuse(node: SourceNode, *names: str) -> None:
    for name in names:
        if node.get(name):
            raise refuse(node, f"{name} {node.get(name)}")


def _sum(g: Graph, a: Output, b: Output | None) -> Output:
    return a if b is None else g.add(Add(), a, b)


def _grown(g: Graph, old: Output | None, new: Output) -> Output:
    return new if old is None else g.add(Concat(axis=2), old, new)


def _unpacked(g: Graph, x: Output, count: int) -> list[Output]:
    """[N, L, H, count, E] -> count times [N, L, H * E]"""
    parts = g.add_multi(Split(num_splits=count), x, np.int64(3))
    return [g.add(Reshape(special_zero=True), part, [0, 0, -1]) for part in parts]


def _biased(
    g: Graph, query: Output, key: Output, value: Output, bias: Output, is_cached: bool
) -> tuple[Output, Output, Output]:
    size = heads.lone(g, size_of(g, query, 2))
    lengths = g.add(Concat(axis=0), size, size, g.constant([-1]))
    for_query, *others = g.add_multi(VariadicSplit(parts=3), bias, np.int64(0), lengths)
    if not is_cached:
        key, value = (g.add(Add(), *pair) for pair in zip((key, value), others))
    return g.add(Add(), query, for_query), key, value


def _attended(
    g: Graph,
    node: SourceNode,
    query: Output,
    key: Output,
    value: Output,
    mask: Output | None,
    bias: Output | None,
    before: Output | None,
    is_longer: bool = False,
) -> tuple[Output, Output | None]:
    """The result with heads side by side, and the scores behind the mask if the node has them.

    ``before``: how many keys come before the first query; ``is_longer``: the keys are a buffer
    that is filled up to the last query.
    """
    causal, scale = bool(node.get("unidirectional")) or is_longer, node.get("scale")
    if mask is not None:
        bias = _sum(g, mask_bias(g, node, mask, query, key, before), bias)
    if bias is not None and is_longer:
        bias = masks.fitted(g, bias, key)
    is_plain = bias is None and before is None and not node.has_output(3)
    if causal and not is_plain:
        bias = masks.combined(g, masks.within(g, query, key, before, -1, 0), bias, query.dtype)
    if not node.has_output(3):
        y = core.attended(g, query, key, value, bias, scale, causal and is_plain)
        return heads.together(g, y), None
    scores = core.masked(g, core.scores(g, query, key, scale), bias)
    return heads.together(g, g.add(MatMul(), core.shares(g, scores), value)), scores
