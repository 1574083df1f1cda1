"""The primitive encodings of Kaldi files, in both modes.

Kaldi, "Kaldi I/O mechanisms" (kaldi-asr.org/doc/io.html): binary files start with ``\\0B``; tokens
end with a space; numbers carry their size in a byte before them. Text files hold the same
sequence as words.
"""

from __future__ import annotations

import re
import struct
import warnings
from abc import ABC, abstractmethod
from math import prod

import numpy as np

from extensions.front.kaldi import compressed
from mo.errors import ModelFileError
from mo.graph.element_type import ElementType
from mo.graph.tensor import MappedFile, Tensor

# Longer tokens are garbage.
_TOKEN_LIMIT = 256
_SPACE = re.compile(rb"\s*")
_WORD = re.compile(rb"[^\s\x00-\x1f]{1,%d}" % _TOKEN_LIMIT)
_LINE = re.compile(rb"[^\n]*\n?")
_KINDS = {b"F": ElementType.f32, b"D": ElementType.f64}
_COMPRESSED = {"CM": compressed.per_column, "CM2": compressed.words, "CM3": compressed.bytes_}


def scanner(source: MappedFile) -> Scanner:
    """The scanner for the mode of a file."""
    if bytes(source.view[:2]) == b"\0B":
        return BinaryScanner(source, 2)
    return TextScanner(source, 0)


class Scanner(ABC):
    """A place in a file and what is read from there on.

    Everything raises ModelFileError where the file does not hold what is asked for.
    """

    is_binary: bool

    def __init__(self, source: MappedFile, at: int) -> None:
        self.source = source
        self.view = source.view
        self.size = source.size
        self.at = at

    def ahead(self, count: int) -> bytes:
        """The next bytes, not consumed."""
        return bytes(self.view[self.at : self.at + count])

    # ---- tokens

    def peek(self) -> str:
        """The next token, not consumed; '' at the end or where no token starts."""
        start = _SPACE.match(self.view, self.at).end()  # type: ignore[union-attr]
        found = _WORD.match(self.view, start)
        return found.group().decode("utf-8", "replace") if found else ""

    def token(self) -> str:
        """The next token, consumed with the one space behind it."""
        start = _SPACE.match(self.view, self.at).end()  # type: ignore[union-attr]
        found = _WORD.match(self.view, start)
        if found is None:
            raise self.unexpected("a token")
        self.at = found.end()
        if self.ahead(1) in (b" ", b"\n", b"\t", b"\r"):
            self.at += 1
        return found.group().decode("utf-8", "replace")

    def expect(self, *tokens: str) -> str:
        """One of these tokens."""
        if self.peek() not in tokens:
            raise self.unexpected(" or ".join(tokens))
        return self.token()

    def skip(self, token: str) -> bool:
        """Consume a token if it is the next one."""
        found = self.peek() == token
        if found:
            self.token()
        return found

    def line(self) -> str:
        """The rest of a line of plain text, which both modes have in nnet3 files."""
        found = _LINE.match(self.view, self.at)
        assert found is not None
        if self.at >= self.size:
            raise self.unexpected("a line")
        self.at = found.end()
        return found.group().decode("utf-8", "replace").strip()

    # ---- values

    @abstractmethod
    def integer(self) -> int:
        """A whole number of any width."""

    @abstractmethod
    def number(self) -> float:
        """A float or double."""

    @abstractmethod
    def truth(self) -> bool:
        """T or F; a field that has no value at all stands for T."""

    @abstractmethod
    def integers(self) -> list[int]:
        """A vector of integers."""

    @abstractmethod
    def pairs(self) -> list[tuple[int, int]]:
        """A vector of pairs of integers."""

    @abstractmethod
    def array(self) -> Tensor:
        """A vector or matrix of floats, as f32."""

    @abstractmethod
    def skip_value(self) -> None:
        """Pass over whatever stands before the next token in angle brackets."""

    def list_or_array(self) -> list[int]:
        """Integers, which some versions wrote as a vector of floats."""
        if self.is_binary and self.ahead(1) not in (b"F", b"D"):
            return self.integers()
        values = self.array().array
        if not np.array_equal(values, np.trunc(values)) or np.abs(values).max(initial=0) > 2**24:
            raise self.unexpected("whole numbers")
        return [int(value) for value in values.reshape(-1)]

    # ---- errors

    def unexpected(self, wanted: str, at: int | None = None) -> ModelFileError:
        """The error at a place that does not hold what is ``wanted``."""
        at = self.at if at is None else at
        rest = bytes(self.view[at : at + 24])
        shown = repr(rest.decode("ascii", "backslashreplace"))[1:-1] if rest else ""
        found = f"'{shown}'" if rest else "the end of the file"
        return ModelFileError(f"byte {at}: expected {wanted}, found {found}")


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

    def _sized(self, what: str, sizes: tuple[int, ...]) -> memoryview:
        """The bytes of a number, whose width (below zero if unsigned) stands before it."""
        start = self.at
        if self.at >= self.size or abs(width := self._width()) not in sizes:
            raise self.unexpected(what, start)
        self.at += 1
        return self._take(abs(width), what)

    def _width(self) -> int:
        byte = self.view[self.at]
        return byte - 256 if byte > 127 else byte

    def integer(self) -> int:
        is_unsigned = self.at < self.size and self._width() < 0
        data = self._sized("a whole number", (1, 2, 4, 8))
        return int.from_bytes(data, "little", signed=not is_unsigned)

    def number(self) -> float:
        data = self._sized("a number", (4, 8))
        return float(struct.unpack("<f" if len(data) == 4 else "<d", data)[0])

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
        return tensor if dtype is ElementType.f32 else tensor.converted(ElementType.f32)

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

_BRACKET = re.compile(rb"\s*\[([^\[\]<]*)\]")
_PAIR = re.compile(rb"(-?\d{1,10}),(-?\d{1,10})")
_EXOTIC = re.compile(rb"[^0-9eE+\-.\sinfatyINFATY;]")


class TextScanner(Scanner):
    is_binary = False

    def _word(self, what: str) -> str:
        start = self.at
        word = self.peek()
        if not word or word.startswith("<"):
            raise self.unexpected(what, start)
        self.token()
        return word

    def integer(self) -> int:
        start = self.at
        word = self._word("a whole number")
        if not re.fullmatch(r"[+-]?[0-9]{1,19}", word):
            raise self.unexpected("a whole number", start)
        return int(word)

    def number(self) -> float:
        start = self.at
        word = self._word("a number")
        try:
            return float(word)
        except ValueError:
            raise self.unexpected("a number", start) from None

    def truth(self) -> bool:
        word = self.peek()
        if word.startswith("<"):
            return True
        if word not in ("T", "F"):
            raise self.unexpected("T or F")
        return self.token() == "T"

    def _bracketed(self, what: str) -> bytes:
        found = _BRACKET.match(self.view, self.at)
        if found is None:
            raise self.unexpected(f"{what} in [ ]")
        self.at = found.end()
        return found.group(1)

    def integers(self) -> list[int]:
        start = self.at
        words = self._bracketed("integers").split()
        if not all(re.fullmatch(rb"-?\d{1,10}", word) for word in words):
            raise self.unexpected("integers", start)
        return [int(word) for word in words]

    def pairs(self) -> list[tuple[int, int]]:
        start = self.at
        words = self._bracketed("pairs").split()
        found = [_PAIR.fullmatch(word) for word in words]
        if not all(found):
            raise self.unexpected("pairs like 1,2", start)
        return [(int(item.group(1)), int(item.group(2))) for item in found if item]

    def array(self) -> Tensor:
        start = self.at
        content = self._bracketed("a vector or matrix")
        first, _, rest = content.partition(b"\n")
        is_vector = bool(first.strip()) and not rest.strip() and b";" not in content
        if not content.strip():
            return Tensor.of(np.zeros((0, 0) if b"\n" in content else 0, np.float32))
        if _EXOTIC.search(content):
            raise self.unexpected("numbers", start)
        lines = [line for line in re.split(rb"[\n;]", content) if line.strip()]
        rows = [self._numbers(line, start) for line in lines]
        if any(row.size != rows[0].size for row in rows):
            raise ModelFileError(f"byte {start}: a matrix with rows of different size")
        return Tensor.of(rows[0] if is_vector else np.stack(rows))

    def _numbers(self, text: bytes, start: int) -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                return np.fromstring(text, np.float64, sep=" ").astype(np.float32)
            except (DeprecationWarning, ValueError):
                raise self.unexpected("numbers", start) from None
            except RuntimeWarning:  # beyond the range of f32
                raise ModelFileError(f"byte {start}: a number is too large") from None

    def skip_value(self) -> None:
        found = re.compile(rb"[^<]*").match(self.view, self.at)
        assert found is not None
        self.at = found.end()
