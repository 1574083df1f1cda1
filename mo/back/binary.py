"""The .bin file: each distinct constant once, copied from the model file by the kernel."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from mo.graph.element_type import ElementType
from mo.graph.tensor import MappedFile, Tensor

# Bytes hashed at the front and the back of a constant before whole constants are compared.
_PROBE = 4096
_CHUNK = 1 << 24
_ALIGNMENT = 64


# What must agree beside the bytes: the runtime of 2026 keeps one product's weights for another's
# that lie in the same place, whatever their shape.
_Kind = tuple[ElementType, tuple[int, ...]]


class BinaryWriter:
    """Appends constants and tells where they are; equal ones share one place."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = 0
        # (kind, length, first and last bytes) -> offsets of constants that may be equal
        self._written: dict[tuple[_Kind, int, bytes, bytes], list[int]] = {}
        self._extents: dict[tuple[_Kind, MappedFile, int, int], int] = {}
        self._has_kernel_copy = hasattr(os, "copy_file_range")

    def add(self, tensor: Tensor) -> tuple[int, int]:
        """Offset and length of the tensor's bytes in the file."""
        if tensor.extent is None:
            return self._write(tensor), tensor.nbytes
        key = (_kind(tensor), *tensor.extent, tensor.nbytes)
        offset = self._extents.get(key)
        if offset is None:
            offset = self._extents[key] = self._copy(*key)
        return offset, tensor.nbytes

    def _copy(self, kind: _Kind, source: MappedFile, start: int, length: int) -> int:
        """Take over a range of the model file, unless the same constant is here already."""
        data = np.frombuffer(source.view[start : start + length], np.uint8)
        probe = (kind, length, data[:_PROBE].tobytes(), data[-_PROBE:].tobytes())
        candidates = self._written.setdefault(probe, [])
        for offset in candidates:
            if length <= _PROBE or self._equals(offset, data):
                return offset
        self._align()
        candidates.append(self.size)
        if not self._copy_in_kernel(source, start, length):
            for begin in range(0, length, _CHUNK):
                self.file.write(data[begin : begin + _CHUNK].data)
        self.size += length
        return candidates[-1]

    def _write(self, tensor: Tensor) -> int:
        """Append computed bytes, and take them back if they were here already."""
        if tensor.nbytes <= _PROBE:
            return self._write_small(_kind(tensor), tensor.storage().tobytes())
        self._align()
        first = last = b""
        written = 0
        for data in storage_parts(tensor):
            first = first or data[:_PROBE].tobytes()
            # A last part may be shorter than what is compared.
            last = (last + data[-_PROBE:].tobytes())[-_PROBE:]
            self.file.write(data.data)
            written += data.size
        candidates = self._written.setdefault((_kind(tensor), written, first, last), [])
        for offset in candidates:
            if self._is_repeated(offset, written):
                self.file.seek(self.size)
                self.file.truncate()
                return offset
        candidates.append(self.size)
        self.size += written
        return candidates[-1]

    def _write_small(self, kind: _Kind, data: bytes) -> int:
        """As ``_write``, for bytes that the table of what was written tells whole."""
        known = self._written.setdefault((kind, len(data), data, data), [])
        if not known:
            self._align()
            known.append(self.size)
            self.file.write(data)
            self.size += len(data)
        return known[0]

    def _align(self) -> None:
        """Runtimes map the file and read constants where they lie."""
        gap = -self.size % _ALIGNMENT
        self.file.write(bytes(gap))
        self.size += gap

    def _equals(self, offset: int, data: np.ndarray) -> bool:
        self.file.flush()
        for start in range(0, data.size, _CHUNK):
            part = data[start : start + _CHUNK]
            if self._read(offset + start, part.size) != part.tobytes():
                return False
        return True

    def _is_repeated(self, offset: int, length: int) -> bool:
        """Whether the bytes just appended stand at ``offset``, too."""
        self.file.flush()
        for start in range(0, length, _CHUNK):
            size = min(_CHUNK, length - start)
            if self._read(offset + start, size) != self._read(self.size + start, size):
                return False
        return True

    def _read(self, offset: int, length: int) -> bytes:
        position = self.file.tell()
        self.file.seek(offset)
        data = self.file.read(length)
        self.file.seek(position)
        return data

    def _copy_in_kernel(self, source: MappedFile, start: int, length: int) -> bool:
        """Copy from file to file without paging the weights into this process."""
        if not self._has_kernel_copy or length < _PROBE:
            return False
        self.file.flush()
        target = self.file.fileno()
        copied = 0
        try:
            while copied < length:
                step = os.copy_file_range(
                    source.descriptor, target, length - copied, start + copied, self.size + copied
                )
                if step == 0:
                    raise OSError("the model file became shorter")
                copied += step
        except OSError as error:
            if copied or error.errno is None:
                raise
            # Not supported between these file systems.
            self._has_kernel_copy = False
            return False
        self.file.seek(self.size + length)
        return True


def _kind(tensor: Tensor) -> _Kind:
    return tensor.dtype, tuple(tensor.shape)


def storage_parts(tensor: Tensor) -> Iterator[np.ndarray]:
    """The bytes of a tensor as the file holds them, in order."""
    if tensor.dtype.bits < 8:
        yield tensor.storage()
        return
    for part in tensor.parts():
        yield np.ascontiguousarray(part).view(np.uint8)
