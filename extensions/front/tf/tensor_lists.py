"""TensorList, the lists of TensorFlow 2."""

from __future__ import annotations

import numpy as np

from extensions.front.building import rank_of, typed
from extensions.front.tf.common import converts, number, type_attribute
from extensions.front.tf.lists import (
    LoopList,
    concatenated,
    in_parts,
    is_empty,
    length_of,
    read_item,
    stack_of,
    with_item,
    with_rows,
    zeros,
)
from extensions.ops.arithmetic import Add
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceMax
from extensions.ops.shaping import Reshape, ShapeOf, Unsqueeze
from extensions.ops.slicing import StridedSlice
from mo.front.model import SourceNode
from mo.front.values import ReservedSequence, StackedSequence, Value
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_FIRST = np.int64(0)


@converts("TensorListReserve")
def reserve(g: Graph, node: SourceNode, shape: Output, count: Output) -> Value:
    return ReservedSequence(count, type_attribute(node, "element_dtype"), shape)


@converts("EmptyTensorList")
def empty_list(g: Graph, node: SourceNode, shape: Output, most: Output) -> Value:
    zero = number(g, 0, ElementType.i64)
    return ReservedSequence(zero, type_attribute(node, "element_dtype"), shape)


@converts("TensorListFromTensor")
def from_tensor(g: Graph, node: SourceNode, x: Output, shape: Output) -> Value:
    return StackedSequence(x)


@converts("TensorListStack", sequences=True)
def list_stack(g: Graph, node: SourceNode, value: Value, shape: Output) -> Output:
    return stack_of(g, value)


@converts("TensorListGetItem", sequences=True)
def get_item(g: Graph, node: SourceNode, value: Value, index: Output, shape: Output) -> Output:
    return read_item(g, value, index)


@converts("TensorListSetItem", sequences=True)
def set_item(g: Graph, node: SourceNode, value: Value, index: Output, item: Output) -> Value:
    return with_item(g, value, index, item)


@converts("TensorListPushBack", sequences=True)
def push_back(g: Graph, node: SourceNode, value: Value, item: Output) -> Value:
    if isinstance(value, LoopList):
        return value.written(None, item)
    more = g.add(Unsqueeze(), item, [0])
    if isinstance(value, ReservedSequence) and is_empty(value):
        return StackedSequence(more)
    return StackedSequence(g.add(Concat(axis=0), stack_of(g, value), more))


@converts("TensorListPopBack", sequences=True)
def pop_back(g: Graph, node: SourceNode, value: Value, shape: Output) -> tuple[Value, Output]:
    """The list without its last tensor, and that."""
    stack = stack_of(g, value)
    rest = g.add(StridedSlice(begin_mask=(1,), end_mask=(0,)), stack, [0], [-1], [1])
    last = g.add(Gather(), stack, number(g, -1, ElementType.i64), g.constant(_FIRST))
    return StackedSequence(rest), last


@converts("TensorListLength", sequences=True)
def length(g: Graph, node: SourceNode, value: Value) -> Output:
    return length_of(g, value)


@converts("TensorListGather", sequences=True)
def list_gather(g: Graph, node: SourceNode, value: Value, indices: Output, shape: Output) -> Output:
    return g.add(Gather(), stack_of(g, value), indices, g.constant(_FIRST))


@converts("TensorListConcat", "TensorListConcatV2", sequences=True)
def list_concat(g: Graph, node: SourceNode, value: Value, *rest: Output) -> tuple[Output, Output]:
    return concatenated(g, value)


@converts("TensorListElementShape", sequences=True)
def element_shape(g: Graph, node: SourceNode, value: Value) -> Output:
    kind = type_attribute(node, "shape_type", ElementType.i32)
    sizes = g.add(ShapeOf(output_type=kind), stack_of(g, value))
    return g.add(StridedSlice(begin_mask=(0,), end_mask=(1,)), sizes, [1], [0], [1])


@converts("TensorListResize", sequences=True)
def resize(g: Graph, node: SourceNode, value: Value, count: Output) -> Value:
    """Cut off at the end, or with tensors behind that nobody has written."""
    if isinstance(value, ReservedSequence):
        return ReservedSequence(count, value.dtype, value.shape)
    stack = stack_of(g, value)
    row = g.add(Gather(), g.add(ShapeOf(), stack), _rest(g, stack), g.constant(_FIRST))
    more = zeros(g, ReservedSequence(count, stack.dtype), row)
    end = typed(g, g.add(Reshape(), count, [1]), ElementType.i64)
    whole = g.add(Concat(axis=0), stack, more)
    return StackedSequence(
        g.add(StridedSlice(begin_mask=(1,), end_mask=(0,)), whole, [0], end, [1])
    )


def _rest(g: Graph, stack: Output) -> Output:
    """All axes but the first."""
    return g.constant(np.arange(1, rank_of(stack)))


@converts("TensorListScatter", "TensorListScatterV2")
def scatter(
    g: Graph,
    node: SourceNode,
    x: Output,
    indices: Output,
    shape: Output,
    count: Output | None = None,
) -> Value:
    """A list as long as the greatest place asks for, where ``count`` does not tell."""
    known = None if count is None else count.value()
    if count is None or (known is not None and known.item() < 0):
        last = g.add(ReduceMax(keep_dims=False), indices, [0])
        count = g.add(Add(), last, number(g, 1, indices.dtype))
    return with_rows(g, ReservedSequence(count, x.dtype), indices, x)


@converts("TensorListScatterIntoExistingList", sequences=True)
def scatter_into(g: Graph, node: SourceNode, value: Value, x: Output, indices: Output) -> Value:
    return with_rows(g, value, indices, x)


@converts("TensorListSplit")
def split(g: Graph, node: SourceNode, x: Output, shape: Output, lengths: Output) -> Value:
    return in_parts(g, x, lengths)


@converts("TensorListConcatLists", sequences=True)
def join(g: Graph, node: SourceNode, first: Value, second: Value) -> Value:
    """The tensors of both."""
    lists = [v for v in (first, second) if not (isinstance(v, ReservedSequence) and is_empty(v))]
    if len(lists) < 2:
        return (lists or [first])[0]
    return StackedSequence(g.add(Concat(axis=0), *(stack_of(g, value) for value in lists)))
