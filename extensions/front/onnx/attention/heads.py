"""Heads side by side in the last axis [N, L, heads * E], or on an axis of their own."""

from __future__ import annotations

from extensions.front.building import size_of
from extensions.ops.arithmetic import Divide
from extensions.ops.movement import Concat, Transpose
from extensions.ops.shaping import Broadcast, Reshape, Unsqueeze
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import same


def apart(g: Graph, x: Output, heads: int) -> Output:
    """[N, L, heads * E] -> [N, heads, L, E]"""
    split = g.add(Reshape(special_zero=True), x, [0, 0, heads, -1])
    return g.add(Transpose(), split, [0, 2, 1, 3])


def together(g: Graph, x: Output) -> Output:
    """[N, heads, L, E] -> [N, L, heads * E]"""
    return g.add(Reshape(special_zero=True), g.add(Transpose(), x, [0, 2, 1, 3]), [0, 0, -1])


def shared(g: Graph, x: Output, query: Output) -> Output:
    """Each head of keys or values once for every head of the query that shares it."""
    if x.shape and query.shape and same(x.shape[1], query.shape[1]):
        return x
    heads, own, length = (lone(g, size_of(g, *of)) for of in ((query, 1), (x, 1), (x, 3)))
    one = g.constant([1])
    copies = g.add(Concat(axis=0), one, one, g.add(Divide(), heads, own), one, one)
    wide = g.add(Broadcast(mode="bidirectional"), g.add(Unsqueeze(), x, [2]), copies)
    shape = g.add(Concat(axis=0), g.constant([0]), heads, g.constant([-1]), length)
    return g.add(Reshape(special_zero=True), wide, shape)


def lone(g: Graph, number: Output) -> Output:
    """A scalar as a vector of one element."""
    return g.add(Unsqueeze(), number, [0])
