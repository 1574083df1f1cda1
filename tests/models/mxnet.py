"""MXNet's files written by hand: arrays of every version, containers of them, symbols."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

FLAGS = {"float32": 0, "float64": 1, "float16": 2, "uint8": 3, "int32": 4, "int8": 5, "int64": 6}
V1, V2, V3 = 0xF993FAC8, 0xF993FAC9, 0xF993FACA


def shape64(shape: Sequence[int]) -> bytes:
    return struct.pack(f"<i{len(shape)}q", len(shape), *shape)


def body(array: np.ndarray) -> bytes:
    """Device, element type, data."""
    return struct.pack("<iii", 1, 0, FLAGS[array.dtype.name]) + array.tobytes()


def version0(array: np.ndarray) -> bytes:
    """As before 0.10; version 1 is of 0.10 and 0.11, version 2 of 0.12 on, 3 of NumPy's shapes."""
    return struct.pack(f"<I{array.ndim}I", array.ndim, *array.shape) + body(array)


def version1(array: np.ndarray) -> bytes:
    return struct.pack("<I", V1) + shape64(array.shape) + body(array)


def version2(array: np.ndarray) -> bytes:
    return struct.pack("<Ii", V2, 0) + shape64(array.shape) + body(array)


def version3(array: np.ndarray) -> bytes:
    return struct.pack("<Ii", V3, 0) + shape64(array.shape) + body(array)


def sparse(storage: int, shape: Sequence[int], data: np.ndarray, *indices: np.ndarray) -> bytes:
    """Of rows (1) or of cells in compressed rows (2)."""
    head = struct.pack("<Ii", V2, storage) + shape64(data.shape) + shape64(shape)
    head += struct.pack("<iii", 1, 0, FLAGS[data.dtype.name])
    for index in indices:
        head += struct.pack("<i", FLAGS[index.dtype.name]) + shape64(index.shape)
    return head + data.tobytes() + b"".join(index.tobytes() for index in indices)


def container(arrays: Sequence[bytes], names: Sequence[str]) -> bytes:
    parts = [struct.pack("<QQQ", 0x112, 0, len(arrays)), *arrays, struct.pack("<Q", len(names))]
    for name in names:
        parts.append(struct.pack("<Q", len(name)) + name.encode())
    return b"".join(parts)


def variable(name: str, **extra: Any) -> dict[str, Any]:
    return {"op": "null", "name": name, "inputs": [], **extra}


def symbol(*nodes: dict[str, Any], version: int | None = 10901, **extra: Any) -> dict[str, Any]:
    heads = [[len(nodes) - 1, 0, 0]]
    message: dict[str, Any] = {"nodes": list(nodes), "heads": heads, **extra}
    if version is not None:
        message["attrs"] = {"mxnet_version": ["int", version]}
    return message


def save(folder: Path, message: Any, **arrays: np.ndarray) -> Path:
    """A model called net; names of arrays get their kinds by their ends."""
    (folder / "net-symbol.json").write_text(json.dumps(message))
    names = [("aux:" if "moving" in name else "arg:") + name for name in arrays]
    path = folder / "net-0000.params"
    path.write_bytes(container([version2(array) for array in arrays.values()], names))
    return path
