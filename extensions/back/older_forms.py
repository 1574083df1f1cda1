"""What older operation sets know, and what the 2021.4 runtime computes rightly."""

from __future__ import annotations

import numpy as np

from extensions.ops.activation import SoftSign
from extensions.ops.arithmetic import Add, Divide, FloorMod, Multiply, NotEqual, Power
from extensions.ops.common import constant_ints
from extensions.ops.conversion import Convert
from extensions.ops.gathering import Gather
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Roll, Transpose
from extensions.ops.pooling import AdaptiveAvgPool, AvgPool
from extensions.ops.selection import TopK
from extensions.ops.shaping import ShapeOf, Tile, Unsqueeze
from extensions.ops.slicing import Slice, StridedSlice
from extensions.ops.suppression import NonMaxSuppression
from extensions.ops.unary import Abs, IsNaN
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.middle.pattern import any_value, match
from mo.middle.rewriter import Rule, rewrite


@rewrite(
    match(
        Gather,
        any_value("x"),
        any_value("indices"),
        any_value("axis"),
        where=lambda op: op.negative_indices,
    )
)
def indices_from_the_front(
    g: Graph, node: Node, x: Output, indices: Output, axis: Output
) -> Output | None:
    """Before operation set 8 an index below zero does not count from the end."""
    sizes = g.add(ShapeOf(output_type=indices.dtype), x)
    size = g.add(Gather(), sizes, axis, g.constant(np.int64(0)))
    positive = g.add(FloorMod(), indices, size)
    return g.add(node.op.with_attributes(negative_indices=False), x, positive, axis)


@rewrite(match(Concat, any_value("first", where=lambda value: value.is_constant)))
def constant_to_the_end(g: Graph, node: Node, first: Output) -> Output | None:
    """concat(c, x) -> roll(concat(x, c)): the 2021.4 runtime loses a constant in front."""
    rest = [value for value in node.inputs[1:] if value is not None]
    if first.rank is None or first.rank < 2 or all(value.is_constant for value in rest):
        return None
    axis = node.op.attributes()["axis"]
    assert first.constant is not None
    turned = g.add(node.op, *rest, first)
    return g.add(Roll(), turned, [first.constant.shape[axis]], [axis])


def _computed_float(value: Output) -> bool:
    return value.dtype.is_float and not value.is_constant


@rewrite(match(Divide, any_value("x"), any_value("y", where=_computed_float)))
def division_as_product(g: Graph, x: Output, y: Output) -> Output:
    """x / y -> x * y^-1: the 2021.4 runtime divides wrongly where y is broadcast."""
    return g.add(Multiply(), x, g.add(Power(), y, -1.0))


@rewrite(match(TopK, any_value("x"), any_value("k"), where=lambda op: op.stable))
def any_order_of_equals(g: Graph, node: Node, x: Output, k: Output) -> tuple[Output, ...]:
    """Before operation set 11 the order of equal elements cannot be asked for."""
    return g.add_multi(node.op.with_attributes(stable=False), x, k)


@rewrite(
    match(NonMaxSuppression, any_value("boxes"), where=lambda op: op.output_type is ElementType.i64)
)
def narrow_selection(g: Graph, node: Node, boxes: Output) -> tuple[Output, ...]:
    """The 2021.4 runtime loses an output of the model that is a selection in i64."""
    op = node.op.with_attributes(output_type=ElementType.i32)
    selected, scores, count = g.add_multi(op, *node.inputs)
    wide = Convert(destination_type=ElementType.i64)
    return g.add(wide, selected), scores, g.add(wide, count)


@rewrite(match(Slice, any_value("x")))
def slice_as_strided(g: Graph, node: Node, x: Output) -> Output | None:
    """A Slice along known axes, before there was one."""
    start, stop, step, axes = (*node.inputs[1:], None)[:4]
    known = constant_ints(axes) if axes is not None else None
    if start is None or stop is None or step is None or x.rank is None:
        return None
    if known is None:
        if axes is not None or not start.shape or not isinstance(start.shape[0], int):
            return None
        known = tuple(range(start.shape[0]))
    places = {axis % x.rank: number for number, axis in enumerate(known)}
    count = max(places) + 1
    bounds = []
    for given, other in ((start, 0), (stop, 0), (step, 1)):
        # The element of each axis that is cut, in the order of axes.
        padded = g.add(Concat(axis=0), given, g.constant(np.array([other]), given.dtype))
        order = [places.get(axis, len(known)) for axis in range(count)]
        bounds.append(g.add(Gather(), padded, order, g.constant(np.int64(0))))
    whole = tuple(int(axis not in places) for axis in range(count))
    return g.add(StridedSlice(begin_mask=whole, end_mask=whole), x, *bounds)


@rewrite(match(AdaptiveAvgPool, any_value("x"), any_value("sizes")))
def pooling_by_windows(g: Graph, x: Output, sizes: Output) -> Output | None:
    """An adaptive pooling of known sizes as one of equal windows, or as products."""
    wanted = constant_ints(sizes)
    given = [dim for dim in (x.shape or ())[2:] if isinstance(dim, int)]
    if wanted is None or len(given) != len(wanted):
        return None
    if not any(n % count for n, count in zip(given, wanted)):
        kernel = tuple(n // count for n, count in zip(given, wanted))
        none = (0,) * len(kernel)
        return g.add(AvgPool(strides=kernel, kernel=kernel, pads_begin=none, pads_end=none), x)
    if len(given) > 2:
        return None
    y = g.add(MatMul(transpose_b=True), x, _means(given[-1], wanted[-1], x.dtype))
    return y if len(given) == 1 else g.add(MatMul(), _means(given[0], wanted[0], x.dtype), y)


def _means(length: int, count: int, dtype: ElementType) -> np.ndarray:
    """[count, length]: which elements each window takes the mean of."""
    matrix = np.zeros((count, length), dtype.numpy)
    for row in range(count):
        first, end = row * length // count, -(-(row + 1) * length // count)
        matrix[row, first:end] = 1 / (end - first)
    return matrix


@rewrite(match(Tile, any_value("x"), any_value("repeats")))
def repeats_of_equal_rank(g: Graph, x: Output, repeats: Output) -> Output | None:
    """The 2021.4 runtime fails where there are more axes or more repeats than of the other."""
    rank, count = x.rank, None if repeats.shape is None else repeats.shape[0]
    if rank is None or not isinstance(count, int) or count == rank:
        return None
    if count > rank:
        x = g.add(Unsqueeze(), x, list(range(count - rank)))
    else:
        ones = g.constant(np.ones(rank - count), repeats.dtype)
        repeats = g.add(Concat(axis=0), ones, repeats)
    return g.add(Tile(), x, repeats)


@rewrite(match(SoftSign, any_value("x")))
def softsign_as_quotient(g: Graph, x: Output) -> Output:
    """x / (1 + |x|), before there was an operation for it."""
    return g.add(Multiply(), x, g.add(Power(), g.add(Add(), g.add(Abs(), x), 1.0), -1.0))


@rewrite(match(IsNaN, any_value("x")))
def unequal_to_itself(g: Graph, x: Output) -> Output:
    return g.add(NotEqual(), x, x)


def rules(opset: int) -> tuple[Rule, ...]:
    """Rewrites into what an operation set knows, and what its runtimes compute rightly."""
    found: tuple[Rule, ...] = ()
    if opset < 8:
        found = (
            slice_as_strided,
            indices_from_the_front,
            constant_to_the_end,
            division_as_product,
            narrow_selection,
            pooling_by_windows,
            repeats_of_equal_rank,
            softsign_as_quotient,
            unequal_to_itself,
        )
    return (*found, any_order_of_equals) if opset < 11 else found


def own_orders(graph: Graph) -> int:
    """A pass for IR version 10: each Transpose has a constant of its own.

    The 2021.4 runtime loses one that is shared by those before and behind a sequence.
    """
    changes = 0
    for node in graph.nodes_of(Transpose):
        order = node.inputs[1]
        assert order is not None
        if order.constant is not None and len(order.users) > 1:
            graph.set_input(node, 1, graph.constant(order.constant))
            changes += 1
    return changes
