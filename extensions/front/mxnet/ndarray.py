"""The container of .params and .nd files: arrays of every version as views of the file.

Layout: list magic, a reserved word, a count and the arrays, then a count and the names. The first
word of an array tells its version; all numbers are little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from math import prod
from typing import BinaryIO

import numpy as np

from mo.errors import ModelFileError
from mo.graph.element_type import ElementType
from mo.graph.tensor import Buffer, Tensor

_LIST = 0x112
_V1, _V2, _V3 = 0xF993FAC8, 0xF993FAC9, 0xF993FACA
_DENSE, _ROW_SPARSE, _CSR = 0, 1, 2
# How many arrays of indices a storage type has.
_INDEX_ARRAYS = {_DENSE: 0, _ROW_SPARSE: 1, _CSR: 2}
_RANK_LIMIT = 32
# The device that arrays are said to have been on.
_CPU = 1
# No array has more elements, even if one of its sizes is 0.
_SIZE_LIMIT = 1 << 48
# Larger sparse arrays are not written out as dense ones.
_DENSE_LIMIT = 1 << 31

DTYPE_FLAGS = {
    0: ElementType.f32,
    1: ElementType.f64,
    2: ElementType.f16,
    3: ElementType.u8,
    4: ElementType.i32,
    5: ElementType.i8,
    6: ElementType.i64,
    7: ElementType.boolean,
    8: ElementType.i16,
    9: ElementType.u16,
    10: ElementType.u32,
    11: ElementType.u64,
    12: ElementType.bf16,
}

Shape = tuple[int, ...]


def read_arrays(source: Buffer) -> dict[str, Tensor]:
    """The named arrays of a container; ModelFileError if it is damaged or has no names."""
    cursor = _Cursor(source)
    magic, _, count = cursor.numbers("<QQQ")
    if magic != _LIST:
        raise ModelFileError("it does not start like a list of arrays")
    arrays = [_array(cursor) for _ in range(cursor.plausible(count, 4))]
    named = cursor.plausible(cursor.numbers("<Q")[0], 8)
    if named != count:
        raise ModelFileError(
            f"it holds {count} arrays and {named} names",
            hint="Save the parameters by name, as MXNet's save_checkpoint and export do.",
        )
    names = [cursor.text() for _ in range(named)]
    return {name: tensor for name, tensor in zip(names, arrays) if tensor is not None}


def write_arrays(file: BinaryIO, arrays: Mapping[str, Tensor]) -> None:
    """A container of dense arrays (version 2) with their names; an array is never held whole."""
    flags = {kind: flag for flag, kind in DTYPE_FLAGS.items()}
    file.write(struct.pack("<QQQ", _LIST, 0, len(arrays)))
    for tensor in arrays.values():
        rank = len(tensor.shape)
        head = struct.pack(f"<Iii{rank}q", _V2, _DENSE, rank, *tensor.shape)
        file.write(head + struct.pack("<iii", _CPU, 0, flags[tensor.dtype]))
        for part in tensor.parts():
            file.write(np.ascontiguousarray(part).tobytes())
    file.write(struct.pack("<Q", len(arrays)))
    for name in arrays:
        text = name.encode("utf-8")
        file.write(struct.pack("<Q", len(text)) + text)


class _Cursor:
    """Reads numbers one after the other; ModelFileError where the file ends before them."""

    def __init__(self, source: Buffer) -> None:
        self.source = source
        self.at = 0

    def numbers(self, format: str) -> tuple[int, ...]:
        start = self.skip(struct.calcsize(format))
        return struct.unpack_from(format, self.source.view, start)

    def skip(self, length: int) -> int:
        """Where ``length`` bytes start, which must be there."""
        start = self.at
        if length < 0 or length > self.source.size - start:
            raise ModelFileError(f"it ends within the {length} bytes from {start} on")
        self.at += length
        return start

    def plausible(self, count: int, least: int) -> int:
        """A count of things that take at least so many bytes each."""
        if count * least > self.source.size - self.at:
            raise ModelFileError(f"it claims {count} entries, which it is too short for")
        return count

    def text(self) -> str:
        length = self.numbers("<Q")[0]
        start = self.skip(length)
        return bytes(self.source.view[start : start + length]).decode("utf-8", "backslashreplace")

    def shape(self, format: str, rank: int) -> Shape:
        if not 0 <= rank <= _RANK_LIMIT:
            raise ModelFileError(f"an array claims {rank} axes")
        dims = self.numbers(f"<{rank}{format}")
        if min(dims, default=0) < 0 or prod(dim or 1 for dim in dims) > _SIZE_LIMIT:
            raise ModelFileError(f"an array claims the shape {list(dims)}")
        return dims

    def tensor(self, kind: ElementType, shape: Shape) -> Tensor:
        length = kind.bytes_for(prod(shape))
        return self.source.tensor(kind, shape, self.skip(length), length)

    def dtype(self) -> ElementType:
        flag = self.numbers("<i")[0]
        if flag not in DTYPE_FLAGS:
            raise ModelFileError(f"an array has the unknown element type {flag}")
        return DTYPE_FLAGS[flag]


def _array(cursor: _Cursor) -> Tensor | None:
    """One array; None for a place holder without data."""
    version = cursor.numbers("<I")[0]
    if version in (_V2, _V3):
        return _stored(cursor, has_scalars=version == _V3)
    if version == _V1:
        shape = cursor.shape("q", cursor.numbers("<i")[0])
    else:
        # Before versions were written, the number of axes came first.
        shape = cursor.shape("I", version)
    if not shape:
        return None
    _device(cursor)
    return cursor.tensor(cursor.dtype(), shape)


def _device(cursor: _Cursor) -> None:
    """Type and number of the device that held the array."""
    cursor.numbers("<ii")


def _stored(cursor: _Cursor, has_scalars: bool) -> Tensor | None:
    storage = cursor.numbers("<i")[0]
    stored: Shape = ()
    if storage in (_ROW_SPARSE, _CSR):
        stored = cursor.shape("q", cursor.numbers("<i")[0])
    rank = cursor.numbers("<i")[0]
    if rank == -1 or (rank == 0 and not has_scalars):
        return None
    shape = cursor.shape("q", rank)
    _device(cursor)
    kind = cursor.dtype()
    if storage not in _INDEX_ARRAYS:
        raise ModelFileError(f"an array has the unknown storage type {storage}")
    kinds = [
        (cursor.dtype(), cursor.shape("q", cursor.numbers("<i")[0]))
        for _ in range(_INDEX_ARRAYS[storage])
    ]
    data = cursor.tensor(kind, stored if kinds else shape)
    indices = [cursor.tensor(*each) for each in kinds]
    return _as_dense(storage, data, indices, shape) if kinds else data


def _as_dense(storage: int, data: Tensor, indices: list[Tensor], shape: Shape) -> Tensor:
    """A sparse array as a dense one, which stays computed on demand."""
    if not shape or data.dtype.bytes_for(prod(shape)) > _DENSE_LIMIT:
        raise ModelFileError(f"a sparse array claims the shape {list(shape)}")
    if not all(index.dtype.is_integer for index in indices):
        raise ModelFileError("the indices of a sparse array are no whole numbers")
    places = [index.array.reshape(-1).astype(np.int64) for index in indices]
    if storage == _ROW_SPARSE:
        fill = _rows(data, places[0], shape)
    else:
        fill = _cells(data, places[0], places[1], shape)

    def load() -> np.ndarray:
        dense = np.zeros(shape, data.dtype.numpy)
        fill(dense)
        return dense

    return Tensor.lazy(data.dtype, shape, load)


_Fill = Callable[[np.ndarray], None]


def _rows(data: Tensor, rows: np.ndarray, shape: Shape) -> _Fill:
    if data.shape != (rows.size, *shape[1:]) or not _within(rows, shape[0]):
        raise ModelFileError("the rows of a sparse array lie outside its shape")

    def fill(dense: np.ndarray) -> None:
        dense[rows] = data.array

    return fill


def _cells(data: Tensor, starts: np.ndarray, columns: np.ndarray, shape: Shape) -> _Fill:
    counts = np.diff(starts)
    fits = len(shape) == 2 and counts.size == shape[0] and _within(columns, shape[1])
    if not fits or counts.min(initial=0) < 0 or not counts.sum() == columns.size == data.size:
        raise ModelFileError("the cells of a sparse array lie outside its shape")

    def fill(dense: np.ndarray) -> None:
        dense[np.repeat(np.arange(shape[0]), counts), columns] = data.array.reshape(-1)

    return fill


def _within(places: np.ndarray, size: int) -> bool:
    return not places.size or bool(0 <= places.min() <= places.max() < size)
