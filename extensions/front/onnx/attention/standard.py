"""Attention and FlexAttention."""

from __future__ import annotations

from extensions.front.building import invalid, lift, rank_of, size_of, typed
from extensions.front.onnx.attention import core, heads, masks
from extensions.front.onnx.common import converts, needed
from extensions.front.onnx.tensors import element_type
from extensions.ops.arithmetic import Subtract
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("Attention", since=23)
def attention(
    g: Graph,
    node: SourceNode,
    query: Output,
    key: Output,
    value: Output,
    mask: Output | None = None,
    past_key: Output | None = None,
    past_value: Output | None = None,
    valid: Output | None = None,
) -> tuple[Output | None, ...]:
    """Heads are an axis of their own, or (rank 3) lie side by side in the last one."""
    flat = rank_of(query) == 3
    if flat:
        query = heads.apart(g, query, needed(node, "q_num_heads"))
        key, value = (heads.apart(g, x, needed(node, "kv_num_heads")) for x in (key, value))
    if past_key is not None and past_value is not None:
        key = g.add(Concat(axis=2), past_key, key)
        value = g.add(Concat(axis=2), past_value, value)
    keys, values = (heads.shared(g, x, query) for x in (key, typed(g, value, query.dtype)))
    if mask is not None:
        mask = masks.fitted(g, mask, keys)
    y, stages = _result(
        g, node, query, keys, values, mask, _before(g, query, past_key, valid), valid
    )
    return heads.together(g, y) if flat else y, key, value, stages


def _before(g: Graph, query: Output, past: Output | None, valid: Output | None) -> Output | None:
    """How many keys come before the first query: one number, or [N, 1, 1, 1]."""
    if past is not None:
        return size_of(g, past, 2)
    if valid is None:
        return None
    return lift(g, g.add(Subtract(), valid, size_of(g, query, 2)), [1, 2, 3])


def _allowed(
    g: Graph,
    node: SourceNode,
    query: Output,
    key: Output,
    offset: Output | None,
    valid: Output | None,
) -> Output | None:
    """The keys that attributes and the number of valid ones let a query see."""
    left, right = node.get("left_window_size", -1), node.get("right_window_size", -1)
    if left < -1 or right < -1:
        raise invalid("a window has a size below -1")
    if node.get("is_causal"):
        right = 0
    allowed = masks.within(g, query, key, offset, left, right)
    return masks.both(g, allowed, None if valid is None else masks.leading(g, key, valid))


def _result(
    g: Graph,
    node: SourceNode,
    query: Output,
    key: Output,
    value: Output,
    mask: Output | None,
    offset: Output | None,
    valid: Output | None,
) -> tuple[Output, Output | None]:
    """The result, and the stage of the scores that is asked for."""
    scale, softcap, wanted = node.get("scale"), node.get("softcap", 0.0), node.has_output(3)
    windows = max(node.get("left_window_size", -1), node.get("right_window_size", -1)) >= 0
    simple = not softcap and not wanted
    if simple and node.get("is_causal") and not windows and mask is offset is None:
        return core.attended(g, query, key, value, None, scale, causal=True), None
    allowed = _allowed(g, node, query, key, offset, valid)
    mask = masks.combined(g, allowed, mask, query.dtype)
    if simple:
        y = core.attended(g, query, key, value, mask, scale)
        return core.nothing_unseen(g, y, mask), None
    stages = [core.scores(g, query, key, scale)]
    stages.append(core.capped(g, stages[0], softcap))
    stages.append(core.masked(g, stages[1], mask))
    shares = core.shares(g, stages[2], _precision(node))
    stages.append(core.nothing_unseen(g, shares, mask))
    mode = node.get("qk_matmul_output_mode", 0)
    if mode not in range(4):
        raise invalid(f"qk_matmul_output_mode {mode} is not defined")
    return g.add(MatMul(), stages[3], value), stages[mode] if wanted else None


def _precision(node: SourceNode) -> ElementType | None:
    number = node.get("softmax_precision")
    return None if number is None else element_type(number)


@converts("FlexAttention", domain="ai.onnx.preview")
def flex_attention(g: Graph, node: SourceNode, query: Output, key: Output, value: Output) -> Output:
    """Bodies change the scores before and the shares after the softmax."""
    kind = query.dtype
    key, value = heads.shared(g, key, query), heads.shared(g, value, query)
    before, after = node.get("score_mod"), node.get("prob_mod")
    if before is None and after is None:
        return core.attended(g, query, key, value, None, node.get("scale"))
    inner = _precision(node) or (kind if kind is ElementType.f64 else ElementType.f32)
    shares = typed(g, core.scores(g, query, key, node.get("scale")), inner)
    if before is not None:
        (shares,) = node.walk.inline(before, shares)
    shares = core.shares(g, shares)
    if after is not None:
        (shares,) = node.walk.inline(after, shares)
    return g.add(MatMul(), typed(g, shares, kind), value)
