"""Binary Kaldi files: numbers carry their size in a byte before them, arrays their kind."""

from __future__ import annotations

import struct
from math import prod

import numpy as np

from extensions.front.kaldi import compressed
from extensions.front.kaldi.scanner import Scanner, narrowed
from mo.errors import ModelFileError
from mo.graph.element_type import ElementType
from mo.graph.tensor import Tensor

_KINDS = {b"F": ElementType.f32, b"D": ElementType.f64}
_COMPRESSED = {"CM": compressed.per_column, "CM2": compressed.words, "CM3": compressed.bytes_}


def _narrow(doubles: np.ndarray) -> np.ndarray:
    """Doubles as f32; what is too large becomes infinite, as in Kaldi."""
    with np.errstate(over="ignore"):
        return doubles.astype(np.float32)


class BinaryScanner(Scanner):
    is_binary = True

    def _take(self, count: int, what: str) -> memoryview:
        if count > self.size - self.at:
            raise ModelFileError(
                f"byte {self.at}: {what} takes {count} bytes, the file ends after "
                f"{self.size - self.at}"
            )
        taken = self.view[self.at : self.at + count]
        self.at += count
        return taken

    def _sized(self, what: str, widths: tuple[int, ...]) -> memoryview:
        """The bytes of a number, whose width (below zero if unsigned) stands before it."""
        start = self.at
        if self.at >= self.size or abs(width := self._width()) not in widths:
            raise self.unexpected(what, start)
        self.at += 1
        return self._take(abs(width), what)

    def _width(self) -> int:
        byte = self.view[self.at]
        return byte - 256 if byte > 127 else byte

    def integer(self, widths: tuple[int, ...] = (1, 2, 4, 8)) -> int:
        is_unsigned = self.at < self.size and self._width() < 0
        data = self._sized("a whole number", widths)
        return int.from_bytes(data, "little", signed=not is_unsigned)

    def number(self, widths: tuple[int, ...] = (4, 8)) -> float:
        data = self._sized("a number", widths)
        (number,) = struct.unpack("<f" if len(data) == 4 else "<d", data)
        return narrowed(number)

    def truth(self) -> bool:
        letter = self.ahead(1)
        if letter == b"<":
            return True
        if letter not in (b"T", b"F"):
            raise self.unexpected("T or F")
        self.at += 1
        return letter == b"T"

    def _counted(self, per_item: int, what: str) -> np.ndarray:
        start = self.at
        if self.at >= self.size or abs(self._width()) != 4:
            raise self.unexpected(what, start)
        self.at += 1
        count = int.from_bytes(self._take(4, what), "little", signed=True)
        if count < 0:
            raise ModelFileError(f"byte {start}: {what} of {count} elements")
        return np.frombuffer(self._take(4 * per_item * count, what), "<i4")

    def integers(self) -> list[int]:
        numbers: list[int] = self._counted(1, "a vector of integers").tolist()
        return numbers

    def pairs(self) -> list[tuple[int, int]]:
        flat = self._counted(2, "a vector of pairs").reshape(-1, 2)
        return [(int(a), int(b)) for a, b in flat]

    def array(self) -> Tensor:
        start = self.at
        kind = self.ahead(3)
        if kind[:1] in _KINDS and kind[1:] in (b"M ", b"V "):
            self.at += 3
            count = 2 if kind[1:] == b"M " else 1
            shape = tuple(self.integer() for _ in range(count))
            return self._stored(start, shape, _KINDS[kind[:1]])
        if kind[:2] == b"CM":
            return self._compressed(start)
        if kind in (b"SM ", b"SV "):
            return self._sparse()
        if kind in (b"FP ", b"DP "):
            raise ModelFileError(f"byte {start}: packed symmetric matrices are no weights")
        raise self.unexpected("a vector or matrix", start)

    def _stored(self, start: int, shape: tuple[int, ...], dtype: ElementType) -> Tensor:
        count = self._size(start, shape, dtype.bits // 8)
        tensor = self.source.tensor(dtype, shape, self.at, count)
        self.at += count
        return tensor if dtype is ElementType.f32 else tensor.converted(ElementType.f32, _narrow)

    def _size(self, start: int, shape: tuple[int, ...], width: int, extra: int = 0) -> int:
        """The bytes that an array takes, if they are there."""
        shown = " x ".join(map(str, shape))
        if min(shape) < 0:
            raise ModelFileError(f"byte {start}: an array of size {shown}")
        count = prod(shape) * width + extra
        if count > self.size - self.at:
            raise ModelFileError(
                f"byte {start}: an array of size {shown} takes {count} bytes, "
                f"the file ends after {self.size - self.at}"
            )
        return count

    def _compressed(self, start: int) -> Tensor:
        form = self.token()
        if form not in _COMPRESSED:
            raise self.unexpected("a compressed matrix", start)
        low, span, rows, columns = struct.unpack("<ffii", self._take(16, "a compressed matrix"))
        if rows < 0 or columns < 0:
            raise ModelFileError(f"byte {start}: an array of size {rows} x {columns}")
        if columns == 0:
            return Tensor.of(np.zeros((rows and 0, 0), np.float32))
        width, extra = (2, 0) if form == "CM2" else (1, 8 * columns if form == "CM" else 0)
        count = self._size(start, (rows, columns), width, extra)
        data = self._take(count, "a compressed matrix")
        decode = _COMPRESSED[form]
        return Tensor.lazy(
            ElementType.f32, (rows, columns), lambda: decode(data, rows, columns, low, span)
        )

    def _sparse(self) -> Tensor:
        start = self.at
        if self.ahead(3) == b"SV ":
            return Tensor.of(self._sparse_row())
        self.at += 3
        count = self.integer()
        if not 0 <= count <= (self.size - self.at) // 3:
            raise ModelFileError(f"byte {start}: a sparse matrix of {count} rows")
        rows: list[np.ndarray] = []
        for _ in range(count):
            rows.append(self._sparse_row())
            if len(rows) * rows[0].size > _SPARSE_LIMIT or rows[-1].size != rows[0].size:
                raise ModelFileError(f"byte {start}: a sparse matrix with rows of different size")
        return Tensor.of(np.stack(rows) if rows else np.zeros((0, 0), np.float32))

    def _sparse_row(self) -> np.ndarray:
        start = self.at
        self.expect("SV")
        size, filled = self.integer(), self.integer()
        if not 0 <= filled <= size <= _SPARSE_LIMIT or filled > (self.size - self.at) // 7:
            raise ModelFileError(f"byte {start}: a sparse vector of {filled} in {size} numbers")
        row = np.zeros(size, np.float32)
        for _ in range(filled):
            index = self.integer()
            if not 0 <= index < size:
                raise ModelFileError(f"byte {self.at}: index {index} in a vector of {size}")
            row[index] = self.number()
        return row

    def skip_value(self) -> None:
        while self.at < self.size and self.ahead(1) != b"<":
            letters = self.ahead(2)
            if letters[:1] in (b"T", b"F") and letters[1:] in (b"<", b"T", b"F", b"\4", b"\x08"):
                self.at += 1
            elif letters[:1] in (b"F", b"D", b"C", b"S"):
                self.array()
            elif self._is_scalar():
                self.at += 1 + abs(self._width())
            else:
                self.integers()

    def _is_scalar(self) -> bool:
        """Whether the number that a width announces is followed by something that starts anew."""
        width = abs(self._width())
        after = bytes(self.view[self.at + 1 + width : self.at + 2 + width])
        return width in (1, 2, 4, 8) and after in (b"<", b"\4", b"\x08", b"\xfc", b"F", b"D", b"T")


# Numbers that a sparse array may stand for.
_SPARSE_LIMIT = 1 << 24
