"""softmax(Q * K^T * scale + mask) * V, in one operation or step by step."""

from __future__ import annotations

import numpy as np

from extensions.front.building import size_of, typed
from extensions.front.onnx.attention import masks
from extensions.ops.activation import Softmax, Tanh
from extensions.ops.arithmetic import Add, Divide, Multiply, Power, Select
from extensions.ops.matrix import MatMul, ScaledDotProductAttention
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


def attended(
    g: Graph,
    query: Output,
    key: Output,
    value: Output,
    mask: Output | None = None,
    scale: float | None = None,
    causal: bool = False,
) -> Output:
    """The operation of the IR; ``causal``: key j is seen by queries from j on."""
    inputs = [query, key, value]
    if mask is not None or scale is not None:
        inputs.append(mask or g.constant(np.zeros(()), query.dtype))
    if scale is not None:
        inputs.append(g.constant(np.asarray(scale), query.dtype))
    return g.add(ScaledDotProductAttention(causal=causal), *inputs)


def scores(g: Graph, query: Output, key: Output, scale: float | None) -> Output:
    """query * key^T * scale; the queries are scaled, so that half precision does not overflow."""
    by: Output | float = _root(g, query) if scale is None else float(scale)
    return g.add(MatMul(transpose_b=True), g.add(Multiply(), query, by), key)


def _root(g: Graph, query: Output) -> Output:
    """One by the square root of the size of a head."""
    return g.add(Power(), typed(g, size_of(g, query, 3), query.dtype), -0.5)


def capped(g: Graph, score: Output, limit: float) -> Output:
    """Scores bent to stay within a limit; 0: no limit."""
    if not limit:
        return score
    return g.add(Multiply(), g.add(Tanh(), g.add(Divide(), score, limit)), limit)


def masked(g: Graph, score: Output, mask: Output | None) -> Output:
    if mask is None:
        return score
    if mask.dtype is ElementType.boolean:
        return g.add(Select(), mask, score, masks.nothing(g, score.dtype))
    return g.add(Add(), score, mask)


def shares(g: Graph, score: Output, kind: ElementType | None = None) -> Output:
    """The softmax over keys, computed in an element type."""
    return typed(g, g.add(Softmax(axis=3), typed(g, score, kind or score.dtype)), score.dtype)


def nothing_unseen(g: Graph, result: Output, mask: Output | None) -> Output:
    """Zero for the queries that may see no key."""
    seeing = None if mask is None else masks.seeing(g, mask)
    if seeing is None:
        return result
    return g.add(Select(), seeing, result, g.constant(np.zeros(()), result.dtype))
