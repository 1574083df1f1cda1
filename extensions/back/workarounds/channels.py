"""Numbers of channels behind products as runtimes take them rightly."""

from __future__ import annotations

import numpy as np

from extensions.ops.arithmetic import Add, Divide, Multiply, Subtract
from extensions.ops.matrix import MatMul
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import is_static
from mo.middle.pattern import any_value, match
from mo.middle.rewriter import rewrite

# How many operations between a product and its factor are looked at.
_FAR = 8


@rewrite(match((Add, Divide, Multiply, Subtract), any_value("a"), any_value("b")))
def along_the_last_axis_too(g: Graph, node: Node, a: Output, b: Output) -> Output | None:
    """Numbers along one of the front axes of a product are repeated for each of its columns.

    Else the 2026.4 CPU runtime takes them for numbers of the columns if not all sizes are known;
    it only complains if they are not as many.
    """
    x, c = (b, a) if a.is_constant else (a, b)
    if c.constant is None or not x.shape or is_static(x.shape) or not isinstance(x.shape[-1], int):
        return None
    sizes, columns = c.constant.shape, x.shape[-1]
    if (
        columns == 1
        or sum(size != 1 for size in sizes) != 1
        or sizes[-1] != 1
        or not _is_product(x)
    ):
        return None
    wide = np.broadcast_to(c.constant.array, (*sizes[:-1], columns))
    repeated = g.constant(np.ascontiguousarray(wide), c.dtype)
    return g.add(node.op, *(repeated if value is c else value for value in node.inputs))


def _is_product(value: Output) -> bool:
    """Whether it is a product with constant weights, but for what is computed number by number."""
    for _ in range(_FAR):
        inputs = [v for v in value.node.inputs if v is not None and not v.is_constant]
        if isinstance(value.node.op, MatMul):
            return len(inputs) == 1
        if len(inputs) != 1:
            return False
        value = inputs[0]
    return False


RULES = (along_the_last_axis_too,)
