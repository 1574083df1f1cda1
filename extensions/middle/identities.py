"""Operations that change nothing are taken out."""

from __future__ import annotations

from extensions.ops.arithmetic import Add, Divide, Multiply, Power, Subtract
from extensions.ops.common import constant_ints
from extensions.ops.conversion import Convert
from extensions.ops.movement import Concat, Pad, Split, Transpose
from extensions.ops.shaping import Broadcast, Reshape, Squeeze, Tile, Unsqueeze
from extensions.ops.slicing import Slice, StridedSlice
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import same_shape
from mo.middle.pattern import any_value, const, exactly, match
from mo.middle.rewriter import rewrite

x = any_value("x")


def _same_shape(node: Node, x: Output) -> Output | None:
    return x if same_shape(node.outputs[0].shape, x.shape) else None


@rewrite(match((Reshape, Squeeze, Unsqueeze, Broadcast, Tile), x))
def same_shape_again(g: Graph, node: Node, x: Output) -> Output | None:
    return _same_shape(node, x)


@rewrite(match((Slice, StridedSlice), x))
def whole_slice(g: Graph, node: Node, x: Output) -> Output | None:
    steps = node.inputs[3] if len(node.inputs) > 3 else None
    forwards = steps is None or all(step == 1 for step in constant_ints(steps) or (0,))
    return _same_shape(node, x) if forwards else None


@rewrite(match(Pad, x, const("begin"), const("end")))
def empty_pad(g: Graph, x: Output, begin: Output, end: Output) -> Output | None:
    return None if any(constant_ints(begin) or ()) or any(constant_ints(end) or ()) else x


@rewrite(match(Convert, x))
def same_type_again(g: Graph, node: Node, x: Output) -> Output | None:
    return x if node.outputs[0].dtype is x.dtype else None


@rewrite(match(Convert, match(Convert, x, name="inner")))
def there_and_back(g: Graph, node: Node, x: Output, inner: Output) -> Output | None:
    """A detour through a type that holds every value of x."""
    kind = node.outputs[0].dtype
    wider = inner.dtype.bits > x.dtype.bits and inner.dtype.is_float == x.dtype.is_float
    return x if kind is x.dtype and wider and inner.dtype.is_signed else None


@rewrite(match((Concat,), x))
def single_concat(g: Graph, node: Node, x: Output) -> Output | None:
    return x if len(node.inputs) == 1 else None


@rewrite(match((Concat,), any_value("first"), any_value("second")))
def concat_of_concat(g: Graph, node: Node) -> Output | None:
    """Parts of a part that nothing else reads are parts themselves."""
    values: list[Output] = []
    for value in node.inputs:
        assert value is not None
        is_inner = value.node.op.key() == node.op.key() and value.only_user() is node
        values += filter(None, value.node.inputs) if is_inner else [value]
    return None if len(values) == len(node.inputs) else g.add(node.op, *values)


@rewrite(match(Split, x, where=lambda op: op.num_splits == 1))
def single_split(g: Graph, x: Output) -> Output:
    return x


@rewrite(match(Transpose, x, const("order")))
def identity_transpose(g: Graph, x: Output, order: Output) -> Output | None:
    axes = constant_ints(order)
    return x if axes and axes == tuple(range(len(axes))) else None


@rewrite(match((Multiply,), x, exactly(1)))
def times_one(g: Graph, node: Node, x: Output) -> Output | None:
    return _same_shape(node, x)


@rewrite(match((Divide, Power), x, exactly(1)))
def to_the_first(g: Graph, node: Node, x: Output) -> Output | None:
    return _same_shape(node, x)


@rewrite(match((Add, Subtract), x, exactly(0)))
def plus_zero(g: Graph, node: Node, x: Output) -> Output | None:
    return _same_shape(node, x)


RULES = (
    same_shape_again,
    whole_slice,
    empty_pad,
    same_type_again,
    there_and_back,
    single_concat,
    concat_of_concat,
    single_split,
    identity_transpose,
    times_one,
    to_the_first,
    plus_zero,
)
