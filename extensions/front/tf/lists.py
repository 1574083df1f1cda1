"""TensorList and TensorArray: lists of tensors, as one tensor with a first axis more.

A TensorArray is its flow here; its handle stands for nothing. Operations write no list that they
are given: each gives a new one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import scalar, size_of, typed
from extensions.front.tf.common import converts, number, refuse, type_attribute
from extensions.ops.arithmetic import Add, Maximum
from extensions.ops.conversion import Convert
from extensions.ops.gathering import Gather, ScatterUpdate
from extensions.ops.generating import Range
from extensions.ops.movement import Concat
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Unsqueeze
from extensions.ops.slicing import StridedSlice
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.front.values import ReservedSequence, StackedSequence, Value
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_FIRST = np.int64(0)


class ListState:
    """What a loop learns of a list while its body is translated."""

    def __init__(self) -> None:
        # Whether the list is used so that it must be a tensor which the loop carries.
        self.is_tensor = False
        # A tensor that an iteration puts into it.
        self.item: Output | None = None


class LoopList:
    """A list as a loop carries it: what one iteration writes, and where (None: behind)."""

    __slots__ = ("entries", "state")

    def __init__(self, state: ListState, *entries: tuple[Output | None, Output]) -> None:
        self.state = state
        self.entries = entries

    def written(self, index: Output | None, item: Output) -> LoopList:
        self.state.item = item
        return LoopList(self.state, *self.entries, (index, item))


def appended(g: Graph, before: Value, stack: Output) -> StackedSequence:
    """A list with more tensors behind."""
    if isinstance(before, ReservedSequence) and is_empty(before):
        return StackedSequence(stack)
    return StackedSequence(g.add(Concat(axis=0), stack_of(g, before), stack))


def overwritten(
    g: Graph, before: Value, start: int, stack: Output, count: Output | None
) -> StackedSequence:
    """A list with these ``count`` tensors from ``start`` on; before and behind what was there."""
    if isinstance(before, ReservedSequence):
        if start == 0 and count is not None and same_number(before.count, count):
            return StackedSequence(stack)
        shape = g.add(ShapeOf(), _row(g, stack))
        before = StackedSequence(zeros(g, before, shape))
    whole = stack_of(g, before)
    size = g.add(Reshape(), size_of(g, stack, 0), [1])
    tail_of = StridedSlice(begin_mask=(0,), end_mask=(1,))
    tail = g.add(tail_of, whole, g.add(Add(), size, [start]), [0], [1])
    if not start:
        return StackedSequence(g.add(Concat(axis=0), stack, tail))
    head = g.add(StridedSlice(begin_mask=(1,), end_mask=(0,)), whole, [0], [start], [1])
    return StackedSequence(g.add(Concat(axis=0), head, stack, tail))


def _row(g: Graph, stack: Output) -> Output:
    return g.add(Gather(), stack, g.constant(_FIRST), g.constant(_FIRST))


def same_number(a: Output, b: Output) -> bool:
    """Whether two scalars are surely equal."""
    first, second = (value.value() for value in (a, b))
    if first is not None and second is not None:
        return bool(first.size == second.size == 1 and first.item() == second.item())
    sizes = [_single(value.partial_value()) for value in (a, b)]
    return _root(a) is _root(b) or (sizes[0] is not None and sizes[0] is sizes[1])


def _single(array: np.ndarray | None) -> Any:
    return None if array is None or array.size != 1 else array.reshape(-1)[0]


def _root(value: Output) -> Output:
    """The value before conversions, new shapes and a limit of 0."""
    while isinstance(value.node.op, (Convert, Maximum, Reshape)):
        source, *rest = value.node.inputs
        limit = rest[0].value() if rest and rest[0] is not None else None
        if source is None:
            break
        if isinstance(value.node.op, Maximum) and (limit is None or limit.any()):
            break
        value = source
    return value


def stack_of(g: Graph, value: Value) -> Output:
    """All tensors of a list along a new first axis."""
    if isinstance(value, StackedSequence):
        return value.stack
    if isinstance(value, ReservedSequence):
        return zeros(g, value, None)
    if isinstance(value, LoopList):
        value.state.is_tensor = True
    raise refuse("a list that is read while a loop writes it")


def zeros(g: Graph, value: ReservedSequence, shape: Output | None) -> Output:
    """The tensors of a list that nobody has written; ``shape``: that of one, if it is known."""
    count = typed(g, g.add(Reshape(), value.count, [1]), ElementType.i64)
    if shape is None:
        known = None if value.shape is None else value.shape.value()
        if known is None or known.ndim != 1 or (known < 0).any():
            raise UnsupportedError("the shape of the tensors of an empty list is not known")
        shape = g.constant(known.astype(np.int64))
    sizes = g.add(Concat(axis=0), count, shape)
    return g.add(Broadcast(), number(g, 0, value.dtype), sizes)


# ---- TensorList


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
    return _read(g, value, index)


@converts("TensorListSetItem", sequences=True)
def set_item(g: Graph, node: SourceNode, value: Value, index: Output, item: Output) -> Value:
    return _written(g, value, index, item)


@converts("TensorListPushBack", sequences=True)
def push_back(g: Graph, node: SourceNode, value: Value, item: Output) -> Value:
    if isinstance(value, LoopList):
        return value.written(None, item)
    more = g.add(Unsqueeze(), item, [0])
    if isinstance(value, ReservedSequence) and is_empty(value):
        return StackedSequence(more)
    return StackedSequence(g.add(Concat(axis=0), stack_of(g, value), more))


def is_empty(value: ReservedSequence) -> bool:
    known = value.count.value()
    return known is not None and not known.any()


@converts("TensorListPopBack", sequences=True)
def pop_back(g: Graph, node: SourceNode, value: Value, shape: Output) -> tuple[Value, Output]:
    """The list without its last tensor, and that."""
    stack = stack_of(g, value)
    rest = g.add(StridedSlice(begin_mask=(1,), end_mask=(0,)), stack, [0], [-1], [1])
    last = g.add(Gather(), stack, number(g, -1, ElementType.i64), g.constant(_FIRST))
    return StackedSequence(rest), last


@converts("TensorListLength", sequences=True)
def length(g: Graph, node: SourceNode, value: Value) -> Output:
    return _length(g, value)


@converts("TensorListGather", sequences=True)
def list_gather(g: Graph, node: SourceNode, value: Value, indices: Output, shape: Output) -> Output:
    return g.add(Gather(), stack_of(g, value), indices, g.constant(_FIRST))


@converts("TensorListConcat", "TensorListConcatV2", sequences=True)
def list_concat(g: Graph, node: SourceNode, value: Value, *rest: Output) -> tuple[Output, Output]:
    return _concatenated(g, value)


@converts("TensorListElementShape", sequences=True)
def element_shape(g: Graph, node: SourceNode, value: Value) -> Output:
    kind = type_attribute(node, "shape_type", ElementType.i32)
    sizes = g.add(ShapeOf(output_type=kind), stack_of(g, value))
    return g.add(StridedSlice(begin_mask=(0,), end_mask=(1,)), sizes, [1], [0], [1])


def _read(g: Graph, value: Value, index: Output) -> Output:
    return g.add(Gather(), stack_of(g, value), index, g.constant(_FIRST))


def _written(g: Graph, value: Value, index: Output, item: Output) -> Value:
    if isinstance(value, LoopList):
        return value.written(index, item)
    if isinstance(value, ReservedSequence):
        stack = zeros(g, value, g.add(ShapeOf(), item))
    else:
        stack = stack_of(g, value)
    places = g.add(Reshape(), index, [1])
    row = g.add(Unsqueeze(), item, [0])
    return StackedSequence(g.add(ScatterUpdate(), stack, places, row, g.constant(_FIRST)))


def _length(g: Graph, value: Value) -> Output:
    if isinstance(value, ReservedSequence):
        return typed(g, scalar(g, value.count), ElementType.i32)
    return typed(g, size_of(g, stack_of(g, value), 0), ElementType.i32)


def _concatenated(g: Graph, value: Value) -> tuple[Output, Output]:
    """The first two axes as one, and how many rows each tensor has given."""
    stack = stack_of(g, value)
    if stack.shape is None or len(stack.shape) < 2:
        raise refuse("the concatenation of scalars")
    sizes = g.add(ShapeOf(), stack)
    rest = g.add(StridedSlice(begin_mask=(0,), end_mask=(1,)), sizes, [2], [0], [1])
    shape = g.add(Concat(axis=0), [-1], rest)
    count, rows = (g.add(Gather(), sizes, [axis], g.constant(_FIRST)) for axis in (0, 1))
    return g.add(Reshape(), stack, shape), g.add(Broadcast(), rows, count)


# ---- TensorArray


@converts("TensorArrayV3")
def tensor_array(g: Graph, node: SourceNode, size: Output) -> tuple[Value, Value]:
    sizes = node.get("element_shape")
    shape = None
    if sizes is not None:
        known = [dim if isinstance(dim, int) else -1 for dim in sizes]
        shape = g.constant(np.asarray(known, np.int64))
    value = ReservedSequence(size, type_attribute(node, "dtype"), shape)
    return value, value


@converts("TensorArrayScatterV3", sequences=True)
def array_scatter(
    g: Graph, node: SourceNode, handle: Any, indices: Output, x: Output, flow: Value
) -> Value:
    if isinstance(flow, ReservedSequence) and _counts_up(indices):
        return StackedSequence(x)
    stack = _zeros_like_rows(g, flow, x) if isinstance(flow, ReservedSequence) else None
    if stack is None:
        stack = stack_of(g, flow)
    return StackedSequence(g.add(ScatterUpdate(), stack, indices, x, g.constant(_FIRST)))


def _zeros_like_rows(g: Graph, value: ReservedSequence, rows: Output) -> Output:
    row = g.add(Gather(), rows, number(g, 0, ElementType.i64), g.constant(_FIRST))
    return zeros(g, value, g.add(ShapeOf(), row))


def _counts_up(indices: Output) -> bool:
    """Whether indices are 0, 1, 2 ..."""
    known = indices.value()
    if known is not None:
        return bool((known == np.arange(known.size)).all())
    if not isinstance(indices.node.op, Range):
        return False
    start, _, step = (item.value() for item in indices.node.inputs if item is not None)
    return start is not None and step is not None and start.item() == 0 and step.item() == 1


@converts("TensorArrayGatherV3", sequences=True)
def array_gather(g: Graph, node: SourceNode, handle: Any, indices: Output, flow: Value) -> Output:
    stack = stack_of(g, flow)
    if _counts_up(indices):
        return stack
    return g.add(Gather(), stack, indices, g.constant(_FIRST))


@converts("TensorArrayReadV3", sequences=True)
def array_read(g: Graph, node: SourceNode, handle: Any, index: Output, flow: Value) -> Output:
    return _read(g, flow, index)


@converts("TensorArrayWriteV3", sequences=True)
def array_write(
    g: Graph, node: SourceNode, handle: Any, index: Output, item: Output, flow: Value
) -> Value:
    return _written(g, flow, index, item)


@converts("TensorArraySizeV3", sequences=True)
def array_size(g: Graph, node: SourceNode, handle: Any, flow: Value) -> Output:
    return _length(g, flow)


@converts("TensorArrayConcatV3", sequences=True)
def array_concat(g: Graph, node: SourceNode, handle: Any, flow: Value) -> tuple[Output, Output]:
    return _concatenated(g, flow)


@converts("TensorArraySplitV3", sequences=True)
def array_split(
    g: Graph, node: SourceNode, handle: Any, x: Output, lengths: Output, flow: Value
) -> Value:
    """Parts of one length, as all tensors of a list have one shape."""
    known = lengths.value()
    if known is None or known.size == 0 or (known != known.flat[0]).any():
        raise refuse("a list of tensors of different or unknown lengths")
    sizes = g.add(StridedSlice(begin_mask=(0,), end_mask=(1,)), g.add(ShapeOf(), x), [1], [0], [1])
    parts = g.constant(np.asarray([known.size, known.flat[0]], np.int64))
    return StackedSequence(g.add(Reshape(), x, g.add(Concat(axis=0), parts, sizes)))


@converts("TensorArrayCloseV3", sequences=True)
def array_close(g: Graph, node: SourceNode, handle: Any) -> tuple[Value, ...]:
    return ()
