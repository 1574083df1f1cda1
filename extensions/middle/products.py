"""Matrix products along the last axis, without the detour over a matrix of rows."""

from __future__ import annotations

from extensions.ops.matrix import MatMul
from extensions.ops.shaping import Reshape
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import same, same_shape
from mo.middle.pattern import any_value, match
from mo.middle.rewriter import rewrite

_rows = match(Reshape, any_value("x"), any_value("flat"), name="rows")
_product = match(
    MatMul,
    _rows,
    any_value("w", where=lambda value: value.rank == 2),
    where=lambda op: not op.transpose_a,
    name="product",
)


@rewrite(match(Reshape, _product, any_value("target")))
def product_of_last_axis(
    g: Graph, node: Node, x: Output, w: Output, rows: Output, product: Output
) -> Output | None:
    """[..., C] made [rows, C], times [C, D], made [..., D]: the product itself does all that."""
    result = node.outputs[0].shape
    if not x.shape or not result or rows.rank != 2 or rows.shape is None or product.shape is None:
        return None
    if not same(x.shape[-1], rows.shape[-1]) or not same(product.shape[-1], result[-1]):
        return None
    return g.add(product.node.op, x, w) if same_shape(x.shape[:-1], result[:-1]) else None


RULES = (product_of_last_axis,)
