"""GroupQueryAttention: keys and values shared by heads, written into a cache."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, lift, scalar, size_of, typed
from extensions.front.onnx.attention import core, heads, masks
from extensions.front.onnx.attention.cache import written
from extensions.front.onnx.attention.rotary import at_places, turned
from extensions.front.onnx.common import needed, refuse
from extensions.front.onnx.contrib.common import microsoft
from extensions.front.onnx.normalization import rms_normalized
from extensions.ops.arithmetic import Add, Equal, Maximum, Select, Subtract
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Pad, VariadicSplit
from extensions.ops.shaping import Broadcast, ShapeOf
from extensions.ops.slicing import StridedSlice
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@microsoft("GroupQueryAttention")
def group_query_attention(
    g: Graph,
    node: SourceNode,
    query: Output,
    key: Output | None,
    value: Output | None,
    past_key: Output | None,
    past_value: Output | None,
    last: Output,
    total: Output,
    cosines: Output | None = None,
    sines: Output | None = None,
    places: Output | None = None,
    bias: Output | None = None,
    sink: Output | None = None,
    key_scale: Output | None = None,
    value_scale: Output | None = None,
    query_weight: Output | None = None,
    key_weight: Output | None = None,
) -> tuple[Output, ...]:
    """``last``: the place of the last token of each sample [N]; ``total``: tokens of the longest.

    A cache may be longer than its contents; new keys are written behind them.
    """
    _check(node)
    query, key, value = split_heads(g, node, query, key, value)
    if query_weight is not None and key_weight is not None:
        epsilon = float(node.get("qk_norm_epsilon", 1e-6))
        query = rms_normalized(g, query, query_weight, epsilon)
        key = rms_normalized(g, key, key_weight, epsilon)
    counts = g.add(Add(), typed(g, last, ElementType.i64), np.int64(1))
    total = scalar(g, typed(g, total, ElementType.i64))
    first = first_places(g, query, counts, total)
    rows = g.add(Add(), lift(g, first, [1]), masks.counted(g, query, 2))
    if node.get("do_rotary"):
        if cosines is None or sines is None:
            raise invalid("the tables of its rotary embedding are missing")
        tables = (cosines, sines, rows if places is None else places)
        query, key = (rotated(g, node, x, *tables) for x in (query, key))
    if past_key is not None and past_value is not None:
        key, value = (
            written(g, long_enough(g, old, total), new, rows, 2)
            for old, new in ((past_key, key), (past_value, value))
        )
    mask = _mask(g, node, query, key, counts, lift(g, first, [1, 2, 3]), bias)
    return heads.together(g, _result(g, node, query, key, value, mask, sink)), key, value


def _check(node: SourceNode) -> None:
    for name in ("k_quant_type", "v_quant_type"):
        if node.get(name, "NONE") != "NONE":
            raise refuse(node, f"{name} {node.get(name)}")
    if node.get("sliding_window_cache"):
        raise refuse(node, "a cache as long as the window")
    if node.has_output(3):
        raise refuse(node, "the output of the scores")


def split_heads(
    g: Graph, node: SourceNode, query: Output, key: Output | None, value: Output | None
) -> list[Output]:
    """Queries, keys and values [N, heads, L, E], which may come side by side in the first."""
    count, shared = needed(node, "num_heads"), needed(node, "kv_num_heads")
    if key is None or value is None:
        every = heads.apart(g, query, count + 2 * shared)
        parts = [count, shared, shared]
        return list(g.add_multi(VariadicSplit(parts=3), every, np.int64(1), parts))
    return [heads.apart(g, query, count), *(heads.apart(g, x, shared) for x in (key, value))]


def rotated(
    g: Graph, node: SourceNode, x: Output, cosines: Output, sines: Output, places: Output
) -> Output:
    """The tables tell how many numbers of a head are turned."""
    half, size = (cosines.shape or (0, 0))[1], x.shape[3] if x.shape else 0
    known = isinstance(half, int) and isinstance(size, int)
    part = 2 * half if isinstance(half, int) and known and 2 * half != size else 0
    interleaved = bool(node.get("rotary_interleaved"))
    cosines, sines = at_places(g, cosines, places), at_places(g, sines, places)
    return turned(g, x, cosines, sines, interleaved, part)


def first_places(g: Graph, query: Output, counts: Output, total: Output) -> Output:
    """Where the first query of each sample stands: at 0 in a prompt, which may be padded."""
    length = size_of(g, query, 2)
    first = g.add(Subtract(), counts, length)
    return g.add(Select(), g.add(Equal(), total, length), g.constant(np.int64(0)), first)


def long_enough(g: Graph, cache: Output, total: Output) -> Output:
    """A cache with places for all tokens."""
    missing = g.add(Maximum(), g.add(Subtract(), total, size_of(g, cache, 2)), np.int64(0))
    none = g.constant([0])
    behind = g.add(Concat(axis=0), none, none, heads.lone(g, missing), none)
    return g.add(Pad(), cache, [0] * 4, behind, g.constant(np.zeros(()), cache.dtype))


def _mask(
    g: Graph,
    node: SourceNode,
    query: Output,
    key: Output,
    counts: Output,
    first: Output,
    bias: Output | None,
) -> Output:
    allowed: Output | None = masks.leading(g, key, counts)
    if node.get("causal", 1):
        # The window counts the key of the query itself.
        left = node.get("local_window_size", -1) - 1
        allowed = masks.both(g, allowed, masks.within(g, query, key, first, left, 0))
    bias = None if bias is None else masks.fitted(g, bias, key)
    mask = masks.combined(g, allowed, bias, query.dtype)
    assert mask is not None
    return mask


def _result(
    g: Graph,
    node: SourceNode,
    query: Output,
    key: Output,
    value: Output,
    mask: Output,
    sink: Output | None,
) -> Output:
    scale, softcap = node.get("scale"), node.get("softcap", 0.0)
    key, value = heads.shared(g, key, query), heads.shared(g, value, query)
    # In a window a padded query may see no key; not a number would spread from there.
    guarded = mask if node.get("local_window_size", -1) > 0 else None
    smooth = node.get("smooth_softmax", -1) > 0
    if sink is None and not smooth and not softcap:
        y = core.attended(g, query, key, value, mask, scale)
        return core.nothing_unseen(g, y, guarded)
    scores = core.capped(g, core.scores(g, query, key, scale), softcap)
    scores = core.masked(g, scores, mask)
    if sink is None and not smooth:
        return core.nothing_unseen(g, g.add(MatMul(), core.shares(g, scores), value), guarded)
    # What a head gives to its sink is lost.
    level = g.constant(np.zeros(1), query.dtype) if sink is None else lift(g, sink, [1, 2])
    return g.add(MatMul(), _shares_beside(g, scores, level), value)


def _shares_beside(g: Graph, scores: Output, level: Output) -> Output:
    """The softmax over keys and one more score, [H, 1, 1], without the share of that one."""
    edge = StridedSlice(begin_mask=(1, 1, 1, 0), end_mask=(1, 1, 1, 0))
    column = g.add(edge, scores, [0, 0, 0, 0], [0, 0, 0, 1], [1, 1, 1, 1])
    more = g.add(Concat(axis=3), scores, g.add(Broadcast(), level, g.add(ShapeOf(), column)))
    inner = StridedSlice(begin_mask=(1, 1, 1, 1), end_mask=(1, 1, 1, 0))
    return g.add(inner, core.shares(g, more), [0, 0, 0, 0], [0, 0, 0, -1], [1, 1, 1, 1])
