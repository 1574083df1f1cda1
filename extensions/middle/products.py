"""Matrix products without detours: over a matrix of rows, or over a transposed factor."""

from __future__ import annotations

from extensions.middle.shapes import reshaped
from extensions.ops.arithmetic import Add
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Transpose
from extensions.ops.shaping import Reshape
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import same
from mo.middle.pattern import any_value, const, match
from mo.middle.rewriter import rewrite

_product = match(
    MatMul,
    match(Reshape, any_value("x"), any_value("flat"), shared=True),
    any_value("w", where=lambda value: value.rank == 2),
    where=lambda op: not op.transpose_a,
    name="product",
)


def _product_of_last_axis(
    g: Graph, node: Node, x: Output, w: Output, product: Output, bias: Output | None = None
) -> Output | None:
    """[..., C] made [rows, C], times [C, D], made [..., D]: the product itself does all that."""
    result, rows = node.outputs[0].shape, product.shape
    if result is None or rows is None or w.shape is None or len(result) < 3 or len(rows) != 2:
        return None
    if not same(result[-1], rows[-1]) or (bias is not None and bias.rank != 1):
        return None
    inner = w.shape[-1 if product.node.op.attributes()["transpose_b"] else 0]
    data = reshaped(g, x, (*result[:-1], inner))
    if data is None:
        return None
    whole = g.add(product.node.op, data, w)
    return whole if bias is None else g.add(Add(), whole, bias)


RULES = tuple(
    rewrite(match(Reshape, rows, any_value("target")))(_product_of_last_axis)
    for rows in (_product, match(Add, _product, const("bias")))
)


def _swaps_last_axes(value: Output) -> bool:
    order = value.value()
    if order is None or len(order) < 2:
        return False
    rank = len(order)
    return order.tolist() == [*range(rank - 2), rank - 1, rank - 2]


_turned = match(Transpose, any_value("inner"), const("order", where=_swaps_last_axes))


@rewrite(match(MatMul, _turned, any_value("w")))
def transposed_first_factor(g: Graph, node: Node, inner: Output, w: Output) -> Output:
    """The product itself transposes."""
    flags = node.op.attributes()
    turned = {**flags, "transpose_a": not flags["transpose_a"]}
    return g.add(MatMul(**turned), inner, w)


@rewrite(match(MatMul, any_value("x"), _turned))
def transposed_second_factor(g: Graph, node: Node, x: Output, inner: Output) -> Output:
    flags = node.op.attributes()
    turned = {**flags, "transpose_b": not flags["transpose_b"]}
    return g.add(MatMul(**turned), x, inner)


TRANSPOSED = (transposed_first_factor, transposed_second_factor)
