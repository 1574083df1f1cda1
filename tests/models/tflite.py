"""TF-Lite files written by hand: a small FlatBuffers writer, and the tables of a model.

A table is a dict from field numbers to values: ``Number("i", 3)``, bytes, texts, lists of tables
(dicts), arrays (lists of numbers) or another table. Field numbers: schema.fbs of TF-Lite.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np


class Number(NamedTuple):
    """A number of a field, and its form in the module struct."""

    form: str
    value: float


Table = Mapping[int, Any]


def written(root: Table, identifier: bytes = b"TFL3") -> bytes:
    """The bytes of a file: children come behind what refers to them."""
    content = bytearray(4 + len(identifier))
    content[4:] = identifier
    left: list[tuple[int, Any]] = [(0, root)]
    while left:
        at, value = left.pop(0)
        place = _put(content, value, left)
        content[at : at + 4] = struct.pack("<I", place - at)
    return bytes(content)


def _put(content: bytearray, value: Any, left: list[tuple[int, Any]]) -> int:
    if isinstance(value, Mapping):
        return _table(content, value, left)
    if isinstance(value, str):
        return _vector(content, value.encode() + b"\0", len(value.encode()), 4)
    if isinstance(value, bytes):
        return _vector(content, value, len(value), 16)
    if isinstance(value, np.ndarray):
        return _vector(content, value.tobytes(), value.size, value.itemsize)
    start = _vector(content, bytes(4 * len(value)), len(value), 4)
    left += [(start + 4 + 4 * i, item) for i, item in enumerate(value)]
    return start


def _vector(content: bytearray, data: bytes, count: int, alignment: int) -> int:
    """The elements are aligned, and their number stands in front."""
    alignment = max(alignment, 4)
    content += bytes(-(len(content) + 4) % alignment)
    start = len(content)
    content += struct.pack("<I", count) + data
    return start


def _table(content: bytearray, fields: Table, left: list[tuple[int, Any]]) -> int:
    count = max(fields, default=-1) + 1
    content += bytes(-len(content) % 8)
    places = len(content)
    content += bytes(4 + 2 * count)
    content += bytes((4 - len(content)) % 8)  # the fields begin at a multiple of 8
    start = len(content)
    content += struct.pack("<i", start - places)
    offsets = [0] * count
    for number, value in fields.items():
        form = value.form if isinstance(value, Number) else "I"
        content += bytes(-len(content) % struct.calcsize(form))
        offsets[number] = len(content) - start
        if isinstance(value, Number):
            content += struct.pack("<" + form, value.value)
        else:
            left.append((len(content), value))
            content += bytes(4)
    header = struct.pack(f"<HH{count}H", 4 + 2 * count, len(content) - start, *offsets)
    content[places : places + len(header)] = header
    return start


# ---- models

# TensorType
_TYPES = {
    "float32": 0,
    "float16": 1,
    "int32": 2,
    "uint8": 3,
    "int64": 4,
    "bool": 6,
    "int16": 7,
    "int8": 9,
    "resource": 13,
    "int4": 17,
}
CUSTOM = 32


class TfLite:
    """A model with one subgraph, to which tensors and operators are added."""

    def __init__(self) -> None:
        self.tensors: list[Table] = []
        self.buffers: list[Table] = [{}]
        self.codes: list[Table] = []
        self.operators: list[Table] = []
        # Subgraphs behind the first one.
        self.others: list[Table] = []
        self.signatures: list[Table] = []
        self.inputs: list[int] = []
        self.outputs: list[int] = []

    def input(self, name: str, shape: Sequence[int], kind: str = "float32", **more: Any) -> int:
        """A tensor that is fed; -1 is an open size."""
        self.inputs.append(self.tensor(name, shape, kind, **more))
        return self.inputs[-1]

    def constant(self, name: str, array: np.ndarray, **more: Any) -> int:
        array = np.ascontiguousarray(array)
        self.buffers.append({0: array.tobytes()})
        buffer = len(self.buffers) - 1
        return self.tensor(name, array.shape, str(array.dtype), buffer=buffer, **more)

    def tensor(
        self,
        name: str,
        shape: Sequence[int],
        kind: str = "float32",
        buffer: int = 0,
        quantized: tuple[Any, Any] | None = None,
        axis: int = 0,
        is_variable: bool = False,
    ) -> int:
        """``quantized``: scales and zero points."""
        fields: dict[int, Any] = {
            0: np.array([max(size, 1) if size < 0 else size for size in shape], np.int32),
            1: Number("b", _TYPES[kind]),
            2: Number("I", buffer),
            3: name,
            5: Number("?", is_variable),
        }
        if any(size < 0 for size in shape):
            fields[7] = np.array(shape, np.int32)
        if quantized is not None:
            scale, zero = np.atleast_1d(*quantized)
            fields[4] = {
                2: scale.astype(np.float32),
                3: zero.astype(np.int64),
                6: Number("i", axis),
            }
        self.tensors.append(fields)
        return len(self.tensors) - 1

    def operator(
        self,
        code: int | str,
        inputs: Sequence[int],
        outputs: Sequence[int],
        options: tuple[int, Table] | None = None,
        custom: bytes | None = None,
        more: tuple[int, Table] | None = None,
    ) -> None:
        """``code``: the number of a built-in operator, or the name of another one.

        ``options`` and ``more``: the number of their table, and its fields.
        """
        row: dict[int, Any] = {2: Number("i", 1)}
        if isinstance(code, str):
            row |= {0: Number("b", CUSTOM), 1: code, 3: Number("i", CUSTOM)}
        else:
            row |= {0: Number("b", min(code, 127)), 3: Number("i", code)}
        self.codes.append(row)
        fields: dict[int, Any] = {
            0: Number("I", len(self.codes) - 1),
            1: np.array(inputs, np.int32),
            2: np.array(outputs, np.int32),
        }
        if options is not None:
            fields |= {3: Number("B", options[0]), 4: options[1]}
        if custom is not None:
            fields[5] = custom
        if more is not None:
            fields |= {11: Number("B", more[0]), 12: more[1]}
        self.operators.append(fields)

    @property
    def graph(self) -> Table:
        """The subgraph."""
        return {
            0: self.tensors,
            1: np.array(self.inputs, np.int32),
            2: np.array(self.outputs, np.int32),
            3: self.operators,
            4: "main",
        }

    @property
    def data(self) -> bytes:
        graphs = [self.graph, *self.others]
        model = {
            0: Number("I", 3),
            1: self.codes,
            2: graphs,
            3: "by hand",
            4: self.buffers,
            7: self.signatures,
        }
        return written(model)

    def save(self, path: Path) -> Path:
        path.write_bytes(self.data)
        return path
