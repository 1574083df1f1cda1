"""A reversal of channels moved down into constants, until a convolution takes it in."""

from __future__ import annotations

import numpy as np

from extensions.ops.arithmetic import Add, Divide, Multiply, Subtract
from extensions.ops.common import constant_ints
from extensions.ops.conversion import Convert
from extensions.ops.convolution import Convolution
from extensions.ops.gathering import Gather
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.middle.pattern import any_value, const, match
from mo.middle.rewriter import rewrite


def _is_permutation(value: Output) -> bool:
    order = constant_ints(value)
    return value.rank == 1 and order is not None and sorted(order) == list(range(len(order)))


x = any_value("x")
picked = match(Gather, x, const("order", where=_is_permutation), const("axis", value=1))


@rewrite(match((Add, Multiply, Subtract, Divide), picked, const("c")))
def past_arithmetic(
    g: Graph, node: Node, x: Output, order: Output, axis: Output, c: Output
) -> Output | None:
    """op(x[order], c) -> op(x, c[order^-1])[order]"""
    if node.inputs[1] is not c or x.rank is None or c.shape is None or len(c.shape) > x.rank:
        return None
    inverse = np.argsort(constant_ints(order) or ())
    padded = (1,) * (x.rank - len(c.shape)) + c.shape
    if padded[1] != 1:
        place = len(c.shape) - x.rank + 1
        c = g.add(Gather(), c, inverse.astype(np.int64), g.constant(np.int64(place)))
    moved = g.add(node.op, x, c)
    g.rename(moved.node, node.name)
    return g.add(Gather(), moved, order, axis)


@rewrite(match(Convert, picked))
def past_convert(g: Graph, node: Node, x: Output, order: Output, axis: Output) -> Output:
    return g.add(Gather(), g.add(node.op, x), order, axis)


@rewrite(match(Convolution, picked, const("w")))
def into_convolution(g: Graph, node: Node, x: Output, order: Output, w: Output) -> Output:
    """The weights' input channels are put in the order of the data instead."""
    inverse = np.argsort(constant_ints(order) or ()).astype(np.int64)
    return g.add(node.op, x, g.add(Gather(), w, inverse, g.constant(np.int64(1))))


RULES = (past_arithmetic, past_convert, into_convolution)
