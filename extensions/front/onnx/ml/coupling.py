"""Probabilities of classes from those of pairs of classes.

Method: T.-F. Wu, C.-J. Lin, R. C. Weng, "Probability Estimates for Multi-class Classification by
Pairwise Coupling", JMLR 5 (2004), algorithm 2, with the limits that libsvm made customary.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from extensions.ops.activation import Clamp
from extensions.ops.arithmetic import (
    Add,
    Divide,
    GreaterEqual,
    Multiply,
    Select,
    Subtract,
)
from extensions.ops.control_flow import Loop
from extensions.ops.gathering import Gather
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceLogicalOr, ReduceMax, ReduceSum
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Unsqueeze
from extensions.ops.unary import Abs, Negative
from mo.errors import UnsupportedError
from mo.graph.body import Body, PortMap
from mo.graph.graph import Graph
from mo.graph.node import Output

_ROUNDS = 100
# A round is written out class by class.
_CLASSES_LIMIT = 100


def coupled(g: Graph, pairwise: Output, count: int) -> Output:
    """Probabilities [N, C] from those [N, pairs] of the first class of each pair."""
    if count > _CLASSES_LIMIT:
        raise UnsupportedError(
            f"probabilities of {count} classes are not supported",
            hint="Take the labels only, or cut the node off with --output.",
        )
    q = _quadratic_form(g, g.add(Clamp(min=1e-7, max=1 - 1e-7), pairwise), count)
    rows = g.add(Gather(), g.add(ShapeOf(), pairwise), [0], g.constant(np.int64(0)))
    shape = g.add(Concat(axis=0), rows, g.constant(np.array([count], np.int64)))
    start = g.add(Broadcast(), g.constant(np.float32(1 / count)), shape)
    limit, going = g.constant(np.int64(_ROUNDS)), g.constant(np.bool_(True))
    return g.add(Loop(body=_round(start, q, count)), limit, going, start, q)


def _quadratic_form(g: Graph, pairwise: Output, count: int) -> Output:
    """Q [N, C, C]: on the diagonal sums of r[s, t]², elsewhere -r[t, s] r[s, t]."""
    zeros = g.add(Multiply(), g.add(Gather(), pairwise, [0], _columns(g)), 0.0)
    parts = g.add(Concat(axis=1), pairwise, g.add(Subtract(), 1.0, pairwise), zeros)
    pairs = list(combinations(range(count), 2))
    places = np.full((count, count), 2 * len(pairs))
    for number, (i, j) in enumerate(pairs):
        places[i, j], places[j, i] = number, number + len(pairs)
    r, mirrored = (
        g.add(Reshape(), g.add(Gather(), parts, table.reshape(-1), _columns(g)), [-1, count, count])
        for table in (places, places.T)
    )
    diagonal = g.add(ReduceSum(keep_dims=True), g.add(Multiply(), r, r), [1])
    others = g.add(Negative(), g.add(Multiply(), r, mirrored))
    return g.add(Select(), g.constant(np.eye(count, dtype=bool)), diagonal, others)


def _columns(g: Graph) -> Output:
    return g.constant(np.int64(1))


def _round(start: Output, q: Output, count: int) -> Body:
    """One sweep over the classes, for those rows that have not settled."""
    body = Graph(name="coupling")
    p = body.input("p", start.shape, start.dtype)
    form = body.input("q", q.shape, q.dtype)
    product = body.add(MatMul(), form, body.add(Unsqueeze(), p, [2]))
    products = body.add(Squeeze(), product, [2])
    total = body.add(ReduceSum(keep_dims=True), body.add(Multiply(), p, products), [1])
    gaps = body.add(Abs(), body.add(Subtract(), products, total))
    largest = body.add(ReduceMax(keep_dims=True), gaps, [1])
    moving = body.add(GreaterEqual(), largest, 0.005 / count)
    swept = _sweep(body, p, form, products, total, count)
    body.output(body.add(ReduceLogicalOr(), moving, [0, 1]), "moving")
    body.output(body.add(Select(), moving, swept, p), "p_next")
    inputs = (PortMap(2, 0), PortMap(3, 1))
    outputs = (PortMap(None, 0, {"purpose": "execution_condition"}), PortMap(0, 1))
    return Body(body, inputs, outputs, ((1, 0),))


def _sweep(
    g: Graph, p: Output, form: Output, products: Output, total: Output, count: int
) -> Output:
    for t in range(count):
        row = g.add(Gather(), form, g.constant(np.int64(t)), _columns(g))
        own, product = (g.add(Gather(), vector, [t], _columns(g)) for vector in (row, products))
        step = g.add(Divide(), g.add(Subtract(), total, product), own)
        norm = g.add(Add(), step, 1.0)
        unit = g.constant(np.eye(count, dtype=np.float32)[t])
        p = g.add(Divide(), g.add(Add(), p, g.add(Multiply(), step, unit)), norm)
        change = g.add(Add(), g.add(Multiply(), step, own), g.add(Multiply(), product, 2.0))
        grown = g.add(Add(), total, g.add(Multiply(), step, change))
        total = g.add(Divide(), g.add(Divide(), grown, norm), norm)
        products = g.add(Add(), products, g.add(Multiply(), step, row))
        products = g.add(Divide(), products, norm)
    return p
