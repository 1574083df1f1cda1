"""Attention as GluonNLP spells it: projections of all heads interleaved in one tensor.

Projections are [length, batch, heads * parts * size], a part being a query, a key or a value;
scores are [batch * heads, queries, keys].
"""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, rank_of, size_of, typed, vector
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts
from extensions.ops.arithmetic import Divide
from extensions.ops.gathering import Gather
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Transpose
from extensions.ops.shaping import Reshape
from extensions.ops.unary import Sqrt
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


def _part(g: Graph, node: SourceNode, x: Output, parts: int, index: int) -> Output:
    """One of the parts as [batch * heads, length, size]."""
    heads = at.integer(node, "heads")
    if rank_of(x) != 3 or heads < 1:
        raise invalid(f"{x.type} is no projection of {heads} heads")
    apart = g.add(Reshape(special_zero=True), x, [0, 0, heads, parts, -1])
    part = g.add(Gather(), apart, g.constant(np.int64(index)), g.constant(np.int64(3)))
    turned = g.add(Transpose(), part, [1, 2, 0, 3])
    length, size = size_of(g, turned, 2), size_of(g, turned, 3)
    return g.add(Reshape(), turned, vector(g, [g.constant(np.int64(-1)), length, size]))


def _scores(g: Graph, queries: Output, keys: Output) -> Output:
    size = typed(g, size_of(g, queries, 2), queries.dtype)
    scaled = g.add(Divide(), queries, g.add(Sqrt(), size))
    return g.add(MatMul(transpose_b=True), scaled, keys)


def _attended(g: Graph, node: SourceNode, scores: Output, values: Output) -> Output:
    """[length, batch, heads * size]"""
    heads = at.integer(node, "heads")
    product = g.add(MatMul(), scores, values)
    length, size = size_of(g, product, 1), size_of(g, product, 2)
    sizes = [g.constant(np.int64(-1)), g.constant(np.int64(heads)), length, size]
    apart = g.add(Transpose(), g.add(Reshape(), product, vector(g, sizes)), [2, 0, 1, 3])
    return g.add(Reshape(special_zero=True), apart, [0, 0, -1])


@converts("_contrib_interleaved_matmul_selfatt_qk")
def self_scores(g: Graph, node: SourceNode, x: Output) -> Output:
    return _scores(g, _part(g, node, x, 3, 0), _part(g, node, x, 3, 1))


@converts("_contrib_interleaved_matmul_selfatt_valatt")
def self_attended(g: Graph, node: SourceNode, x: Output, scores: Output) -> Output:
    return _attended(g, node, scores, _part(g, node, x, 3, 2))


@converts("_contrib_interleaved_matmul_encdec_qk")
def cross_scores(g: Graph, node: SourceNode, queries: Output, x: Output) -> Output:
    return _scores(g, _part(g, node, queries, 1, 0), _part(g, node, x, 2, 0))


@converts("_contrib_interleaved_matmul_encdec_valatt")
def cross_attended(g: Graph, node: SourceNode, x: Output, scores: Output) -> Output:
    return _attended(g, node, scores, _part(g, node, x, 2, 1))
