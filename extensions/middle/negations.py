"""Negative numbers taken in by the operation that reads them."""

from __future__ import annotations

from extensions.ops.arithmetic import Add, Multiply, Subtract
from extensions.ops.unary import Negative
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.middle.pattern import any_value, const, match
from mo.middle.rewriter import rewrite

x, y = any_value("x"), any_value("y")
# Where numbers have no sign, or wrap around, the moves below are not exact.
negative = match(Negative, any_value("n", where=lambda value: value.dtype.is_float))


@rewrite(match(Multiply, negative, const("c")))
def negative_times_constant(g: Graph, n: Output, c: Output) -> Output:
    """(-n) * c -> n * (-c)"""
    return g.add(Multiply(), n, g.add(Negative(), c))


@rewrite(match(Add, match(Multiply, negative, y), x))
def negative_product_added(g: Graph, n: Output, y: Output, x: Output) -> Output:
    """(-n) * y + x -> x - n * y"""
    return g.add(Subtract(), x, g.add(Multiply(), n, y))


@rewrite(match(Add, negative, x))
def negative_added(g: Graph, n: Output, x: Output) -> Output:
    """(-n) + x -> x - n"""
    return g.add(Subtract(), x, n)


@rewrite(match(Subtract, x, negative))
def negative_subtracted(g: Graph, n: Output, x: Output) -> Output:
    """x - (-n) -> x + n"""
    return g.add(Add(), x, n)


RULES = (
    negative_times_constant,
    negative_product_added,
    negative_added,
    negative_subtracted,
)
