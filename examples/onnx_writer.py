"""Writes small ONNX files with nothing but the standard library and numpy.

Enough for networks of the examples and benchmarks: nodes with integer, float and list
attributes, f32 and i64 weights, one f32 input and output. Field numbers: onnx.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

Attribute = int | float | str | Sequence[int]


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, data: bytes | str) -> bytes:
    data = data.encode() if isinstance(data, str) else data
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _attribute(name: str, value: Attribute) -> bytes:
    start = _bytes(1, name)
    if isinstance(value, float):
        return start + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
    if isinstance(value, int):
        return start + _number(3, value) + _number(20, 2)
    if isinstance(value, str):
        return start + _bytes(4, value) + _number(20, 3)
    return start + b"".join(_number(8, item) for item in value) + _number(20, 7)


def _tensor_type(name: str, shape: Sequence[int | str]) -> bytes:
    dims = b"".join(
        _bytes(1, _bytes(2, dim) if isinstance(dim, str) else _number(1, dim)) for dim in shape
    )
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, 1) + _bytes(2, dims)))


class Network:
    """A network built node by node; a dimension may be a name, which leaves it open."""

    def __init__(self, input_shape: Sequence[int | str], opset: int = 13) -> None:
        self.opset = opset
        self._input = _tensor_type("input", input_shape)
        self._nodes: list[bytes] = []
        self._weights: list[bytes] = []

    def node(self, kind: str, *inputs: str, **attributes: Attribute) -> str:
        """Add a node with one output and return the name of that tensor."""
        output = f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(
            b"".join(_bytes(1, name) for name in inputs)
            + _bytes(2, output)
            + _bytes(3, output)
            + _bytes(4, kind)
            + b"".join(_bytes(5, _attribute(*item)) for item in attributes.items())
        )
        return output

    def weight(self, values: np.ndarray) -> str:
        """Add a constant and return its name."""
        name = f"weight_{len(self._weights)}"
        kind = {"float32": 1, "int64": 7}[values.dtype.name]
        self._weights.append(
            b"".join(_number(1, dim) for dim in values.shape)
            + _number(2, kind)
            + _bytes(8, name)
            + _bytes(9, np.ascontiguousarray(values).tobytes())
        )
        return name

    def save(self, path: str | Path, output: str, output_rank: int) -> None:
        """Write the model with one output tensor."""
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        dims = [f"output_{i}" for i in range(output_rank)]
        graph = (
            b"".join(_bytes(1, node) for node in self._nodes)
            + _bytes(2, "network")
            + b"".join(_bytes(5, weight) for weight in self._weights)
            + _bytes(11, self._input)
            + _bytes(12, _tensor_type(output, dims))
        )
        opset = _bytes(1, "") + _number(2, self.opset)
        with open(path, "wb") as file:
            file.writelines(_model(graph, opset))


def _model(graph: bytes, opset: bytes) -> Iterator[bytes]:
    yield _number(1, 7)  # IR version
    yield _bytes(2, "examples")
    yield _bytes(7, graph)
    yield _bytes(8, opset)
