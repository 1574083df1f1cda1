"""Attention, as the operation that the IR has for it."""

from __future__ import annotations

import numpy as np

from extensions.front.onnx.common import converts, needed, rank_of, refuse
from extensions.ops.matrix import ScaledDotProductAttention
from extensions.ops.movement import Concat, Transpose
from extensions.ops.shaping import Broadcast, Reshape, Unsqueeze
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
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
    valid_keys: Output | None = None,
) -> tuple[Output, ...]:
    """Heads are an axis of their own, or (rank 3) lie side by side in the last one."""
    _check(node, mask, past_key, valid_keys)
    flat = rank_of(query) == 3
    if flat:
        query = _apart(g, query, needed(node, "q_num_heads"))
        key, value = (_apart(g, x, needed(node, "kv_num_heads")) for x in (key, value))
    if past_key is not None and past_value is not None:
        key, value = (
            g.add(Concat(axis=2), *pair) for pair in ((past_key, key), (past_value, value))
        )
    inputs = [query, _repeated(g, key, query), _repeated(g, value, query)]
    scale = node.get("scale")
    if mask is not None or scale is not None:
        inputs.append(mask or g.constant(np.zeros(()), query.dtype))
    if scale is not None:
        inputs.append(g.constant(np.asarray(scale), query.dtype))
    y = g.add(ScaledDotProductAttention(causal=bool(node.get("is_causal"))), *inputs)
    if flat:
        y = g.add(Reshape(special_zero=True), g.add(Transpose(), y, [0, 2, 1, 3]), [0, 0, -1])
    return (y, key, value) if past_key is not None else (y,)


def _check(
    node: SourceNode, mask: Output | None, past: Output | None, valid: Output | None
) -> None:
    if node.get("softcap", 0.0):
        raise refuse(node, "softcap")
    if node.get("is_causal") and (mask is not None or past is not None):
        raise refuse(node, "a causal mask beside another mask or past keys")
    if valid is not None:
        raise refuse(node, "a number of valid keys")


def _apart(g: Graph, x: Output, heads: int) -> Output:
    """[N, L, heads * E] -> [N, heads, L, E]"""
    split = g.add(Reshape(special_zero=True), x, [0, 0, heads, -1])
    return g.add(Transpose(), split, [0, 2, 1, 3])


def _repeated(g: Graph, x: Output, query: Output) -> Output:
    """Each head of keys or values once for every head of the query that shares it."""
    shape, wanted = x.shape or (), (query.shape or (None, None))[1]
    heads = shape[1] if shape else None
    if heads == wanted or not isinstance(heads, int) or not isinstance(wanted, int):
        return x
    if not isinstance(shape[3], int):
        raise UnsupportedError(
            "the size of its heads is not known", hint="Give the shape with --input_shape."
        )
    copies = np.array([1, 1, wanted // heads, 1, 1])
    wide = g.add(Broadcast(mode="bidirectional"), g.add(Unsqueeze(), x, [2]), copies)
    return g.add(Reshape(special_zero=True), wide, [0, wanted, -1, shape[3]])
