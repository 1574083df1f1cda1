"""Graphs of TensorFlow written by hand, in the wire format of GraphDef."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.models.wire import field

_TYPES = {"float32": 1, "int32": 3, "uint8": 4, "int64": 9, "bool": 10}


def _shape(shape: Sequence[int]) -> bytes:
    return b"".join(field(2, field(1, size)) for size in shape)


def _tensor(array: np.ndarray) -> bytes:
    kind = field(1, _TYPES[array.dtype.name])
    return kind + field(2, _shape(array.shape)) + field(4, array.tobytes())


def _attribute(value: Any) -> bytes:
    """A type (as its class), a shape, a tensor, a list of ints, a text, a number or a truth."""
    if isinstance(value, type):
        return field(6, _TYPES[np.dtype(value).name])
    if isinstance(value, tuple):
        return field(7, _shape(value))
    if isinstance(value, np.ndarray):
        return field(8, _tensor(value))
    if isinstance(value, list):
        return field(1, b"".join(field(3, item) for item in value))
    if isinstance(value, bool):
        return field(5, int(value))
    return field({str: 2, int: 3, float: 4}[type(value)], value)


class GraphDef:
    """A graph under construction; ``data`` is the file."""

    def __init__(self) -> None:
        self.data = b""

    def node(self, op: str, name: str, *inputs: str, **attributes: Any) -> str:
        """Add a node of f32; returns its name."""
        entries = {"T": np.float32, **attributes}
        content = field(1, name) + field(2, op) + b"".join(field(3, source) for source in inputs)
        for key, value in entries.items():
            content += field(5, field(1, key) + field(2, _attribute(value)))
        self.data += field(1, content)
        return name

    def placeholder(self, name: str, shape: Sequence[int]) -> str:
        return self.node("Placeholder", name, dtype=np.float32, shape=tuple(shape))

    def constant(self, name: str, array: np.ndarray) -> str:
        return self.node("Const", name, dtype=array.dtype.type, value=array)
