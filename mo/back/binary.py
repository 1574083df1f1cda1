"""The .bin file: each distinct constant once, copied from the model file by the kernel."""

from __future__ import annotations

import os
from typing import BinaryIO

import numpy as np

from mo.graph.tensor import MappedFile, Tensor

# Bytes hashed at the front and the back of a constant before whole constants are compared.
_PROBE = 4096
_CHUNK = 1 << 24
_ALIGNMENT = 64


class BinaryWriter:
    """Appends constants and tells where they are; equal bytes share one place."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = 0
        # (length, first and last bytes) -> offsets of constants that may be equal
        self._written: dict[tuple[int, bytes, bytes], list[int]] = {}
        self._extents: dict[tuple[MappedFile, int, int], int] = {}
        self._has_kernel_copy = hasattr(os, "copy_file_range")

    def add(self, tensor: Tensor) -> tuple[int, int]:
        """Offset and length of the tensor's bytes in the file."""
        extent = tensor.extent
        if extent is not None:
            key = (*extent, tensor.nbytes)
            offset = self._extents.get(key)
            if offset is None:
                source, start = extent
                view = np.frombuffer(source.view[start : start + tensor.nbytes], np.uint8)
                offset = self._extents[key] = self._place(view, extent)
            return offset, tensor.nbytes
        data = tensor.storage()
        return self._place(data, None), data.size

    def _place(self, data: np.ndarray, extent: tuple[MappedFile, int] | None) -> int:
        probe = (data.size, data[:_PROBE].tobytes(), data[-_PROBE:].tobytes())
        candidates = self._written.setdefault(probe, [])
        for offset in candidates:
            if data.size <= _PROBE or self._equals(offset, data):
                return offset
        self._align()
        offset = self.size
        candidates.append(offset)
        if extent is None or not self._copy_in_kernel(extent, data.size):
            self.file.write(data.data)
        self.size += data.size
        return offset

    def _align(self) -> None:
        """Runtimes map the file and read constants where they lie."""
        gap = -self.size % _ALIGNMENT
        self.file.write(bytes(gap))
        self.size += gap

    def _equals(self, offset: int, data: np.ndarray) -> bool:
        self.file.flush()
        for start in range(0, data.size, _CHUNK):
            part = data[start : start + _CHUNK]
            if os.pread(self.file.fileno(), part.size, offset + start) != part.tobytes():
                return False
        return True

    def _copy_in_kernel(self, extent: tuple[MappedFile, int], length: int) -> bool:
        """Copy from file to file without paging the weights into this process."""
        if not self._has_kernel_copy or length < _PROBE:
            return False
        source, start = extent
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
