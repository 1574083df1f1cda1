"""Several tensors of one shape, joined number by number."""

from __future__ import annotations

from functools import reduce

from extensions.front.caffe.common import converts, invalid, parameters, reshaped, word
from extensions.ops.arithmetic import Add, Maximum, Multiply, Subtract
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import compatible, text


@converts("Eltwise")
def eltwise(g: Graph, node: SourceNode, *values: Output) -> Output:
    """The product, the sum with coefficients, or the maximum; FlowNet sums a single bottom, too."""
    p = parameters(node, "eltwise_param")
    if not values:
        raise invalid("it has no bottoms")
    _check_equal(values)
    operation = word(p, "operation", ("PROD", "SUM", "MAX"))
    if operation == "SUM":
        return _sum(g, values, p["coeff"])
    if p["coeff"]:
        raise invalid("only a sum has coefficients")
    op = Multiply if operation == "PROD" else Maximum
    return reduce(lambda a, b: g.add(op(), a, b), values)


def _check_equal(values: tuple[Output, ...]) -> None:
    """Caffe does not stretch one input to the size of another."""
    first = values[0].shape
    for value in values[1:]:
        shape = value.shape
        if first is None or shape is None:
            continue
        if len(first) != len(shape) or not all(map(compatible, first, shape)):
            raise invalid(f"its bottoms have the shapes {text(first)} and {text(shape)}")


def _sum(g: Graph, values: tuple[Output, ...], coefficients: list[float]) -> Output:
    if coefficients and len(coefficients) != len(values):
        raise invalid(f"it has {len(coefficients)} coefficients for {len(values)} bottoms")
    factors = [float(c) for c in coefficients] or [1.0] * len(values)
    total = _times(g, values[0], factors[0])
    for value, factor in zip(values[1:], factors[1:]):
        if factor < 0:
            total = g.add(Subtract(), total, _times(g, value, -factor))
        else:
            total = g.add(Add(), total, _times(g, value, factor))
    return total


def _times(g: Graph, value: Output, factor: float) -> Output:
    return value if factor == 1 else g.add(Multiply(), value, factor)


@converts("Axpy")
def axpy(g: Graph, node: SourceNode, a: Output, x: Output, y: Output) -> Output:
    """a * x + y with a number per image and channel."""
    a = reshaped(g, a, a, 0, 1, [1], [1])
    return g.add(Add(), g.add(Multiply(), a, x), y)
