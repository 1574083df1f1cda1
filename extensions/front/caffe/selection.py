"""Layers that pick or sum up numbers along an axis."""

from __future__ import annotations

import numpy as np

from extensions.front.building import rank_of
from extensions.front.caffe.common import (
    axis_of,
    converts,
    invalid,
    parameters,
    reshaped,
    shape_of,
    word,
)
from extensions.ops.arithmetic import Multiply
from extensions.ops.conversion import Convert
from extensions.ops.gathering import Gather
from extensions.ops.generating import NonZero
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceMean, ReduceSum
from extensions.ops.selection import TopK
from extensions.ops.unary import Abs
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("ArgMax")
def arg_max(g: Graph, node: SourceNode, x: Output) -> Output:
    """The greatest numbers along an axis, or where they are.

    Without an axis all numbers of an image compete, and the result is [N, 1 or 2, top_k, 1 ...]:
    places, and behind them the numbers themselves if they are asked for.
    """
    p = parameters(node, "argmax_param")
    count, with_values = p["top_k"], bool(p["out_max_val"])
    if p["axis"] is not None:
        axis = axis_of(x, p["axis"])
        values, places = _greatest(g, x, axis, count)
        return values if with_values else places
    rank = rank_of(x)
    values, places = _greatest(g, reshaped(g, x, x, 0, [-1]), 1, count)
    behind = [[count], *([[1]] * (max(rank, 3) - 3))]
    parts = [
        reshaped(g, part, part, 0, [1], *behind)
        for part in ((places, values) if with_values else (places,))
    ]
    return g.add(Concat(axis=1), *parts) if with_values else parts[0]


def _greatest(g: Graph, x: Output, axis: int, count: int) -> tuple[Output, Output]:
    size = shape_of(x)[axis]
    if count < 1 or (isinstance(size, int) and count > size):
        raise invalid(f"top_k is {count}, there are {size} numbers")
    values, places = g.add_multi(TopK(axis=axis), x, g.constant(np.int64(count)))
    return values, g.add(Convert(destination_type=x.dtype), places)


@converts("Reduction")
def reduction(g: Graph, node: SourceNode, x: Output) -> Output:
    """Sum, sum of sizes or squares, or mean of all axes from ``axis`` on, times a coefficient."""
    p = parameters(node, "reduction_param")
    operation = word(p, "operation", ("", "SUM", "ASUM", "SUMSQ", "MEAN"))
    axes = list(range(axis_of(x, p["axis"]), rank_of(x)))
    if operation == "ASUM":
        x = g.add(Abs(), x)
    elif operation == "SUMSQ":
        x = g.add(Multiply(), x, x)
    reduce = ReduceMean if operation == "MEAN" else ReduceSum
    y = g.add(reduce(keep_dims=False), x, axes)
    return y if p["coeff"] == 1 else g.add(Multiply(), y, float(p["coeff"]))


@converts("BatchReindex")
def batch_reindex(g: Graph, node: SourceNode, x: Output, places: Output) -> Output:
    """The images that the second bottom numbers."""
    index = g.add(Convert(destination_type=ElementType.i32), reshaped(g, places, places, [-1]))
    return g.add(Gather(), x, index, g.constant(np.int64(0)))


@converts("Filter")
def filter_(g: Graph, node: SourceNode, *values: Output) -> tuple[Output, ...]:
    """Of each bottom the items for which the last one, [N] or [N, 1, ...], is not zero."""
    if len(values) < 2:
        raise invalid("it has no bottom to select by")
    *bottoms, selector = values
    flat = reshaped(g, selector, selector, [-1])
    chosen = g.add(NonZero(output_type=ElementType.i64), flat)
    index = reshaped(g, chosen, chosen, [-1])
    return tuple(g.add(Gather(), x, index, g.constant(np.int64(0))) for x in bottoms)
