"""Simpler ways to say the same movement: shape patterns, chains of Reshape and Transpose."""

from __future__ import annotations

import numpy as np

from extensions.ops.arithmetic import Add
from extensions.ops.common import constant_ints
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Transpose
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import Shape, is_static, same, same_shape
from mo.middle.pattern import any_value, const, match
from mo.middle.rewriter import rewrite

x = any_value("x")


def computed(value: Output) -> bool:
    return not value.is_constant


@rewrite(match(Reshape, x, any_value("shape", where=computed)))
def shape_as_pattern(g: Graph, node: Node, x: Output, shape: Output) -> Output | None:
    """A computed target whose sizes are known, copied from x, or one left open."""
    return reshaped(g, x, node.outputs[0].shape)


def reshaped(g: Graph, x: Output, shape: Shape) -> Output | None:
    """x in another shape that is told from x alone, if it can be."""
    if same_shape(x.shape, shape):
        return x
    if is_static(shape):
        return g.add(Reshape(), x, np.array(shape, np.int64))
    pattern = _pattern_of(x.shape, shape)
    return None if pattern is None else g.add(Reshape(special_zero=True), x, pattern)


def _pattern_of(old: Shape, new: Shape) -> list[int] | None:
    """The constant pattern (special_zero) that reshapes one into the other."""
    if new is None or old is None:
        return None
    pattern: list[int] = []
    for i, dim in enumerate(new):
        if isinstance(dim, int):
            if dim == 0:
                return None
            pattern.append(dim)
        elif i < len(old) and dim is old[i]:
            pattern.append(0)
        else:
            pattern.append(-1)
    return pattern if pattern.count(-1) <= 1 else None


@rewrite(match((Reshape, Squeeze, Unsqueeze), match((Reshape, Squeeze, Unsqueeze), x)))
def reshape_of_reshape(g: Graph, node: Node, x: Output) -> Output | None:
    """Only the last shape counts, if it can be told from x."""
    return reshaped(g, x, node.outputs[0].shape)


@rewrite(match(Transpose, match(Transpose, x, const("first")), const("second")))
def transpose_of_transpose(g: Graph, x: Output, first: Output, second: Output) -> Output | None:
    inner, outer = constant_ints(first), constant_ints(second)
    if not inner or not outer:
        return None
    return g.add(Transpose(), x, [inner[axis] for axis in outer])


@rewrite(match(Transpose, x, const("order")))
def transpose_as_reshape(g: Graph, node: Node, x: Output, order: Output) -> Output | None:
    """Moving only axes of size 1 moves no element."""
    axes = constant_ints(order)
    if x.shape is None or not axes or axes == tuple(range(len(axes))):
        return None
    moved = [axis for axis in axes if x.shape[axis] != 1]
    if moved != sorted(moved):
        return None
    return reshaped(g, x, node.outputs[0].shape)


_rows = match(Reshape, x, any_value("joined"), shared=True)
_product = match(MatMul, _rows, const("w"), name="product", where=lambda op: not op.transpose_a)


def _product_of_rows(
    g: Graph, node: Node, x: Output, w: Output, product: Output, bias: Output | None = None
) -> Output | None:
    """Axes joined into rows for a product and parted again: MatMul takes them as they are."""
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


_PRODUCTS = tuple(
    rewrite(match(Reshape, rows, any_value("parted")))(_product_of_rows)
    for rows in (_product, match(Add, _product, const("bias")))
)


RULES = (
    shape_as_pattern,
    reshape_of_reshape,
    transpose_of_transpose,
    transpose_as_reshape,
    *_PRODUCTS,
)
