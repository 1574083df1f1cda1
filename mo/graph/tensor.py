"""Constant values that stay in the model file until someone needs them.

A :class:`Tensor` is one of three things: a numpy array, a range of a mapped file, or a
computation to be done when the bytes are wanted (a weight scaled by a folded batch norm).
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterator, Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from mo.graph.element_type import ElementType

# Large constants are read and converted this many elements at a time.
PART_ELEMENTS = 1 << 20


class Buffer:
    """Bytes in memory that are read like the file at ``path`` which they came from."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        self.size = len(data)
        self.view = memoryview(data)

    def tensor(self, dtype: ElementType, shape: Sequence[int], offset: int, length: int) -> Tensor:
        """A tensor stored at ``offset``; ValueError if ``length`` bytes do not hold it."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise ValueError(
                f"bytes {offset}..{offset + length} lie outside the file of {self.size} bytes"
            )
        return Tensor.from_bytes(self.view[offset : offset + length], dtype, shape)


class MappedFile(Buffer):
    """A read-only file whose bytes are paged in when touched."""

    def __init__(self, path: Path, descriptor: int | None = None) -> None:
        """``descriptor``: an open file, checked by the caller, whose ownership passes here."""
        self.path = path
        self.descriptor = os.open(path, os.O_RDONLY) if descriptor is None else descriptor
        self.size = os.fstat(self.descriptor).st_size
        # An empty file cannot be mapped.
        self.view = memoryview(b"")
        self._map: mmap.mmap | None = None
        if self.size:
            self._map = mmap.mmap(self.descriptor, 0, access=mmap.ACCESS_READ)
            self.view = memoryview(self._map)

    def __del__(self) -> None:
        descriptor = getattr(self, "descriptor", None)
        if descriptor is not None:
            os.close(descriptor)

    def forget(self, offset: int, length: int) -> None:
        """Let the system take back the memory of pages that will not be read again soon."""
        if self._map is not None and hasattr(mmap, "MADV_DONTNEED"):
            start = offset - offset % mmap.PAGESIZE
            self._map.madvise(mmap.MADV_DONTNEED, start, offset + length - start)

    def tensor(self, dtype: ElementType, shape: Sequence[int], offset: int, length: int) -> Tensor:
        tensor = super().tensor(dtype, shape, offset, length)
        tensor.extent = (self, offset)
        return tensor


class Tensor:
    """An immutable constant of one element type and a static shape."""

    __slots__ = ("_array", "_convert", "_load", "_read", "_source", "dtype", "extent", "shape")

    def __init__(
        self,
        dtype: ElementType,
        shape: tuple[int, ...],
        array: np.ndarray | None = None,
        load: Callable[[], np.ndarray] | None = None,
    ) -> None:
        self.dtype = dtype
        self.shape = shape
        # Storage form: like the .bin, except that sub-byte types are packed in uint8.
        self._array = array
        self._load = load
        # The tensors of which it is computed.
        self._read: tuple[Tensor, ...] = ()
        # The tensor of which this one is a conversion, and what converts a part of it.
        self._source: Tensor | None = None
        self._convert: Callable[[np.ndarray], np.ndarray] | None = None
        # The file range with exactly these bytes, if there is one.
        self.extent: tuple[MappedFile, int] | None = None

    @classmethod
    def of(cls, array: Any, dtype: ElementType | None = None) -> Tensor:
        """A tensor of numpy data, converted to ``dtype`` if it is given."""
        array = np.asarray(array)
        if dtype is None:
            dtype = ElementType.of(array.dtype)
        array = array.astype(dtype.numpy, copy=False)
        if dtype.bits and dtype.bits < 8:
            return cls(dtype, array.shape, pack(array, dtype.bits))
        return cls(dtype, array.shape, array)

    @classmethod
    def from_bytes(cls, data: Any, dtype: ElementType, shape: Sequence[int]) -> Tensor:
        """A view of stored bytes; ValueError if their number is wrong."""
        shape = tuple(shape)
        size = dtype.bytes_for(prod(shape))
        if len(data) != size:
            raise ValueError(f"{dtype.name}{list(shape)} takes {size} bytes, there are {len(data)}")
        if dtype.bits < 8:
            return cls(dtype, shape, np.frombuffer(data, np.uint8))
        return cls(dtype, shape, np.frombuffer(data, dtype.numpy).reshape(shape))

    @classmethod
    def lazy(
        cls,
        dtype: ElementType,
        shape: tuple[int, ...],
        load: Callable[[], np.ndarray],
        read: Sequence[Tensor] = (),
    ) -> Tensor:
        """A tensor computed each time its bytes are asked for, and never kept.

        ``read``: the tensors of which it is computed, whose bytes are let go with it.
        """
        tensor = cls(dtype, shape, load=load)
        tensor._read = tuple(read)
        return tensor

    def converted(
        self, dtype: ElementType, convert: Callable[[np.ndarray], np.ndarray] | None = None
    ) -> Tensor:
        """The same numbers in another type of whole bytes, converted when read.

        ``convert`` gets some rows (along the last axis) of the elements at a time, flat; a row
        longer than PART_ELEMENTS comes in pieces.
        """
        by = convert or (lambda part: part.astype(dtype.numpy, copy=False))
        other = Tensor(dtype, self.shape, load=lambda: np.concatenate([*other.parts()]))
        other._source, other._convert = self, by
        return other

    @property
    def size(self) -> int:
        """Number of elements."""
        return prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes that the .bin holds."""
        if self.dtype is ElementType.string:
            return self.storage().size
        return self.dtype.bytes_for(self.size)

    @property
    def is_lazy(self) -> bool:
        return self._array is None

    @property
    def array(self) -> np.ndarray:
        """The values, one array element each. Do not write to it."""
        if self._array is None:
            assert self._load is not None
            return np.asarray(self._load()).astype(self.dtype.numpy, copy=False).reshape(self.shape)
        if self.dtype.bits and self.dtype.bits < 8:
            return unpack(self._array, self.dtype, self.size).reshape(self.shape)
        return self._array

    def storage(self) -> np.ndarray:
        """The bytes as the .bin holds them: a flat uint8 array."""
        if self.dtype is ElementType.string:
            return np.frombuffer(_string_storage(self.array), np.uint8)
        if self.dtype.bits < 8:
            array = self._array if self._array is not None else pack(self.array, self.dtype.bits)
        else:
            array = self.array
        return np.ascontiguousarray(array).reshape(-1).view(np.uint8)

    def parts(self) -> Iterator[np.ndarray]:
        """The elements in order, flat, some rows at a time: large constants are never held whole.

        Only a computation that needs a whole array at once comes in one part.
        """
        if self._source is not None and self._convert is not None:
            yield from map(self._convert, self._source.parts())
            return
        if self._array is None or self.dtype.bits < 8:
            yield self.array.reshape(-1)
            self.let_go()
            return
        flat = self._array.reshape(-1)
        row = self.shape[-1] if self.shape and 0 < self.shape[-1] <= PART_ELEMENTS else 1
        step = PART_ELEMENTS - PART_ELEMENTS % row
        for start in range(0, flat.size, step):
            part = flat[start : start + step]
            yield part
            if self.extent is not None:
                file, offset = self.extent
                file.forget(offset + start * flat.itemsize, part.nbytes)

    def let_go(self) -> None:
        """Where the bytes lie in a file, or are computed of such, its pages need not stay."""
        if self.extent is not None:
            file, offset = self.extent
            file.forget(offset, self.nbytes)
        for tensor in self._read:
            tensor.let_go()

    def item(self) -> Any:
        """The value of a one-element tensor as a Python number."""
        return self.array.reshape(-1)[0].item()

    def tolist(self) -> Any:
        return self.array.tolist()

    def reshaped(self, shape: Sequence[int]) -> Tensor:
        """The same elements in another shape, still in the file if they were there."""
        shape = tuple(shape)
        if prod(shape) != self.size:
            raise ValueError(f"cannot view shape {list(self.shape)} as {list(shape)}")
        array = self._array
        if array is not None and self.dtype.bits >= 8:
            array = array.reshape(shape)
        other = Tensor(self.dtype, shape, array, self._load)
        other._source, other._convert, other._read = self._source, self._convert, self._read
        other.extent = self.extent
        return other

    def __repr__(self) -> str:
        return f"Tensor({self.dtype.name}{list(self.shape)})"


def pack(array: np.ndarray, bits: int) -> np.ndarray:
    """Sub-byte elements packed from the low bits of each byte upwards."""
    if bits == 1:
        return np.packbits(array.reshape(-1).astype(np.uint8), bitorder="big")
    per_byte = 8 // bits
    flat = array.reshape(-1)
    flat = flat.astype(np.int8).view(np.uint8) if flat.dtype.kind in "iu" else flat.view(np.uint8)
    values = flat & np.uint8((1 << bits) - 1)
    padded = np.zeros(-(-values.size // per_byte) * per_byte, np.uint8)
    padded[: values.size] = values
    result = np.zeros(padded.size // per_byte, np.uint8)
    for position in range(per_byte):
        result |= padded[position::per_byte] << np.uint8(position * bits)
    return result


def unpack(packed: np.ndarray, dtype: ElementType, count: int) -> np.ndarray:
    """The inverse of :func:`pack`: one logical element per array element."""
    if dtype.bits == 1:
        return np.unpackbits(packed, bitorder="big")[:count]
    per_byte = 8 // dtype.bits
    mask = np.uint8((1 << dtype.bits) - 1)
    values = np.empty((packed.size, per_byte), np.uint8)
    for position in range(per_byte):
        values[:, position] = (packed >> np.uint8(position * dtype.bits)) & mask
    flat = values.reshape(-1)[:count]
    if dtype.is_integer and dtype.is_signed:
        sign = 1 << dtype.bits - 1
        return ((flat ^ sign).astype(np.int8) - sign).astype(dtype.numpy)
    if dtype.is_float:
        return flat.view(dtype.numpy)
    return flat.astype(dtype.numpy)


def _string_storage(array: np.ndarray) -> bytes:
    """Count, offsets and joined UTF-8 text: the payload of a string constant."""
    texts = [t if isinstance(t, bytes) else str(t).encode() for t in array.reshape(-1)]
    offsets = np.cumsum([0, *map(len, texts)])
    header = np.concatenate([[len(texts)], offsets]).astype("<i4")
    return header.tobytes() + b"".join(texts)
