"""The order of terms that runtimes compute rightly."""

from __future__ import annotations

from extensions.ops.arithmetic import Add
from extensions.ops.matrix import MatMul
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.middle.pattern import any_value, match
from mo.middle.rewriter import rewrite


@rewrite(match(Add, any_value("x"), match(MatMul, any_value("a"), any_value("b"), name="product")))
def product_first(g: Graph, node: Node, x: Output, product: Output) -> Output | None:
    """x + a * b -> a * b + x: in the body of a loop the 2026.4 CPU runtime writes the sum over x.

    Seen where x is a slice of the loop's input and the sum becomes a state.
    """
    if node.inputs[0] is product or x.is_constant or isinstance(x.node.op, MatMul):
        return None
    return g.add(node.op, product, x)


RULES = (product_first,)
