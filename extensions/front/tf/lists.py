"""Lists of tensors, as one tensor with a first axis more: what TensorList and TensorArray share.

Operations write no list that they are given: each gives a new one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import scalar, size_of, typed
from extensions.front.tf.common import number, refuse
from extensions.ops.arithmetic import Add, Maximum
from extensions.ops.conversion import Convert
from extensions.ops.gathering import Gather, ScatterUpdate
from extensions.ops.generating import Range
from extensions.ops.movement import Concat
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Unsqueeze
from extensions.ops.slicing import StridedSlice
from mo.errors import UnsupportedError
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


def is_empty(value: ReservedSequence) -> bool:
    known = value.count.value()
    return known is not None and not known.any()


def read_item(g: Graph, value: Value, index: Output) -> Output:
    return g.add(Gather(), stack_of(g, value), index, g.constant(_FIRST))


def with_item(g: Graph, value: Value, index: Output, item: Output) -> Value:
    if isinstance(value, LoopList):
        return value.written(index, item)
    if isinstance(value, ReservedSequence):
        stack = zeros(g, value, g.add(ShapeOf(), item))
    else:
        stack = stack_of(g, value)
    places = g.add(Reshape(), index, [1])
    row = g.add(Unsqueeze(), item, [0])
    return StackedSequence(g.add(ScatterUpdate(), stack, places, row, g.constant(_FIRST)))


def length_of(g: Graph, value: Value) -> Output:
    if isinstance(value, ReservedSequence):
        return typed(g, scalar(g, value.count), ElementType.i32)
    return typed(g, size_of(g, stack_of(g, value), 0), ElementType.i32)


def concatenated(g: Graph, value: Value) -> tuple[Output, Output]:
    """The first two axes as one, and how many rows each tensor has given."""
    stack = stack_of(g, value)
    if stack.shape is None or len(stack.shape) < 2:
        raise refuse("the concatenation of scalars")
    sizes = g.add(ShapeOf(), stack)
    rest = g.add(StridedSlice(begin_mask=(0,), end_mask=(1,)), sizes, [2], [0], [1])
    shape = g.add(Concat(axis=0), [-1], rest)
    count, rows = (g.add(Gather(), sizes, [axis], g.constant(_FIRST)) for axis in (0, 1))
    return g.add(Reshape(), stack, shape), g.add(Broadcast(), rows, count)


def with_rows(g: Graph, value: Value, indices: Output, rows: Output) -> Value:
    """A list with these tensors at these places."""
    if isinstance(value, ReservedSequence):
        if counts_up(indices):
            return StackedSequence(rows)
        stack = zeros(g, value, g.add(ShapeOf(), _row(g, rows)))
    else:
        stack = stack_of(g, value)
    return StackedSequence(g.add(ScatterUpdate(), stack, indices, rows, g.constant(_FIRST)))


def counts_up(indices: Output) -> bool:
    """Whether indices are 0, 1, 2 ..."""
    known = indices.value()
    if known is not None:
        return bool((known == np.arange(known.size)).all())
    if not isinstance(indices.node.op, Range):
        return False
    start, _, step = (item.value() for item in indices.node.inputs if item is not None)
    return start is not None and step is not None and start.item() == 0 and step.item() == 1


def in_parts(g: Graph, x: Output, lengths: Output) -> Value:
    """The rows of a tensor in parts of one length, as all tensors of a list have one shape."""
    known = lengths.value()
    if known is None or known.size == 0 or (known != known.flat[0]).any():
        raise refuse("a list of tensors of different or unknown lengths")
    sizes = g.add(StridedSlice(begin_mask=(0,), end_mask=(1,)), g.add(ShapeOf(), x), [1], [0], [1])
    parts = g.constant(np.asarray([known.size, known.flat[0]], np.int64))
    return StackedSequence(g.add(Reshape(), x, g.add(Concat(axis=0), parts, sizes)))
