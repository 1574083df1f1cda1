"""What a tensor name of a model may stand for besides a tensor."""

from __future__ import annotations

from typing import Any

from mo.graph.node import Output

# An Output, a TensorSequence, another sequence of a front end, or None: an empty optional.
Value = Any


class TensorSequence:
    """Values in a list of known length, which exists only while a model is translated."""

    __slots__ = ("items",)

    def __init__(self, *items: Value) -> None:
        self.items = items


def is_tensor(value: Value) -> bool:
    return isinstance(value, Output)


def flat(value: Value) -> list[Value]:
    """The tensors that a value holds, in order; other values as they are."""
    if isinstance(value, TensorSequence):
        return [part for item in value.items for part in flat(item)]
    return [value]
