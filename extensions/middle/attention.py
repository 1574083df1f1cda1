"""Attention spelled out in matrix products, recognised as one operation.

softmax(Q * K^T * scale + mask) * V, as in "Attention Is All You Need" (Vaswani et al., 2017),
section 3.2.1. The scale may stand at the queries, at the keys or at the scores, or be missing.
"""

from __future__ import annotations

import itertools

import numpy as np

from extensions.ops.activation import Softmax
from extensions.ops.arithmetic import Add, Divide, Multiply
from extensions.ops.common import constant_ints
from extensions.ops.matrix import MatMul, ScaledDotProductAttention
from extensions.ops.movement import Transpose
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.middle.pattern import OpPattern, Pattern, any_value, const, match
from mo.middle.rewriter import rewrite

_scores = match(
    MatMul, any_value("q"), any_value("k"), name="scores", where=lambda op: not op.transpose_a
)
_scaled = (
    _scores,
    match(Multiply, _scores, const("factor", size=1)),
    match(Divide, _scores, const("divisor", size=1)),
)


def _is_plain(op: MatMul) -> bool:
    return not (op.transpose_a or op.transpose_b)


def _attention(scores: Pattern) -> OpPattern:
    """The values weighted by the softmax of their scores."""
    return match(MatMul, match(Softmax, scores, name="weights"), any_value("v"), where=_is_plain)


def _attended(
    g: Graph,
    q: Output,
    k: Output,
    v: Output,
    scores: Output,
    weights: Output,
    factor: Output | None = None,
    divisor: Output | None = None,
    mask: Output | None = None,
) -> Output | None:
    rank = scores.rank
    if rank is None or rank < 3 or not q.rank == k.rank == v.rank == rank:
        return None
    if weights.node.op.attributes()["axis"] != rank - 1 or not _is_mask(mask, rank):
        return None
    q, scale = _unscaled(q)
    k, scale_of_keys = _unscaled(k)
    scale *= scale_of_keys * _number(factor)
    keys = k if scores.node.op.attributes()["transpose_b"] else _transposed(g, k)
    if keys is None or _number(divisor) == 0:
        return None
    scale /= _number(divisor)
    mask = mask or g.constant(np.zeros(()), q.dtype)
    return g.add(
        ScaledDotProductAttention(), q, keys, v, mask, g.constant(np.asarray(scale), q.dtype)
    )


def _is_mask(mask: Output | None, rank: int) -> bool:
    """Whether the operation takes this summand of scores: one number, or matrices."""
    return mask is None or (mask.rank is not None and mask.rank <= rank and mask.rank != 1)


def _unscaled(x: Output) -> tuple[Output, float]:
    """x without a factor that only this attention sees, and the factor."""
    if isinstance(x.node.op, Multiply) and x.only_user() is not None:
        for data, by in itertools.permutations(filter(None, x.node.inputs)):
            if by.constant is not None and by.constant.size == 1 and data.rank == x.rank:
                return data, _number(by)
    return x, 1.0


def _number(value: Output | None) -> float:
    """The one element of a constant; without one nothing is scaled."""
    return 1.0 if value is None or value.constant is None else float(value.constant.item())


def _transposed(g: Graph, x: Output) -> Output | None:
    """x with its last two axes exchanged, where that takes no further operation."""
    data, order = x.node.inputs if isinstance(x.node.op, Transpose) else (None, None)
    axes = constant_ints(order)
    if data is None or not axes:
        return None
    exchanged = [*axes[:-2], axes[-1], axes[-2]]
    return data if exchanged == sorted(axes) else g.add(Transpose(), data, exchanged)


RULES = tuple(
    rewrite(_attention(form))(_attended)
    for scores in _scaled
    for form in (scores, match(Add, scores, any_value("mask")))
)
