"""What a tensor name of a model may stand for besides a tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mo.graph.element_type import ElementType
from mo.graph.node import Output

# An Output, one of the classes below, or None: an optional value that is left out.
Value = Any


class TensorSequence:
    """Values in a list of known length, which exists only while a model is translated."""

    __slots__ = ("items",)

    def __init__(self, *items: Value) -> None:
        self.items = items


class StackedSequence:
    """Tensors of one shape in a list of unknown length, joined along a new first axis."""

    __slots__ = ("stack",)

    def __init__(self, stack: Output) -> None:
        self.stack = stack


class ReservedSequence:
    """A list of ``count`` tensors, a scalar, that are still to be put in."""

    __slots__ = ("count", "dtype", "shape")

    def __init__(self, count: Output, dtype: ElementType, shape: Output | None = None) -> None:
        self.count = count
        self.dtype = dtype
        # Sizes of an element, -1 for unknown ones.
        self.shape = shape


class GrowingSequence:
    """A list as a loop carries it: what was there before, and what one iteration appends."""

    __slots__ = ("appended",)

    def __init__(self, *appended: Output) -> None:
        self.appended = appended


class ComplexTensor:
    """Complex numbers: the real and the imaginary part of each along a last axis of size 2."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: Output) -> None:
        self.pairs = pairs


def is_tensor(value: Value) -> bool:
    return isinstance(value, Output)


def flat(value: Value) -> list[Value]:
    """The tensors that a value holds, in order; other values as they are."""
    if isinstance(value, TensorSequence):
        return [part for item in value.items for part in flat(item)]
    return [value]


def with_tensors(value: Value, change: Callable[[Output], Output]) -> Value:
    """The value with each of its tensors changed."""
    if isinstance(value, TensorSequence):
        return TensorSequence(*(with_tensors(item, change) for item in value.items))
    if isinstance(value, StackedSequence):
        return StackedSequence(change(value.stack))
    if isinstance(value, ComplexTensor):
        return ComplexTensor(change(value.pairs))
    if isinstance(value, ReservedSequence):
        shape = None if value.shape is None else change(value.shape)
        return ReservedSequence(change(value.count), value.dtype, shape)
    return change(value) if is_tensor(value) else value
