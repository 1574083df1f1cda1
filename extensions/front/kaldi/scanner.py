"""The primitive encodings of Kaldi files, in both modes.

Kaldi, "Kaldi I/O mechanisms" (kaldi-asr.org/doc/io.html): binary files start with ``\\0B``; tokens
end with a space; numbers carry their size in a byte before them. Text files hold the same
sequence as words.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

import numpy as np

from mo.errors import ModelFileError
from mo.graph.tensor import Buffer, Tensor

# Longer tokens are garbage.
_TOKEN_LIMIT = 256
_SPACE = re.compile(rb"\s*")
_WORD = re.compile(rb"[^\s\x00-\x1f\x7f]{1,%d}" % _TOKEN_LIMIT)
_LINE = re.compile(rb"[^\n]*\n?")


def narrowed(number: float) -> float:
    """The f32 that Kaldi computes with; what is too large is infinite."""
    with np.errstate(over="ignore"):
        return float(np.float32(number))


def _text(word: bytes) -> str:
    """A word as text that can be shown."""
    text = word.decode("utf-8", "backslashreplace")
    return text if text.isprintable() else word.decode("ascii", "backslashreplace")


class Scanner(ABC):
    """A place in a file and what is read from there on.

    Everything raises ModelFileError where the file does not hold what is asked for.
    """

    is_binary: bool

    def __init__(self, source: Buffer, at: int) -> None:
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
        return _text(found.group()) if found else ""

    def token(self) -> str:
        """The next token, consumed with the one space behind it."""
        start = _SPACE.match(self.view, self.at).end()  # type: ignore[union-attr]
        found = _WORD.match(self.view, start)
        if found is None:
            raise self.unexpected("a token")
        self.at = found.end()
        if self.ahead(1) in (b" ", b"\n", b"\t", b"\r"):
            self.at += 1
        return _text(found.group())

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
        text = found.group().decode("utf-8", "replace").replace("\t", " ").strip()
        if not text.isprintable():
            raise self.unexpected("a line of text")
        self.at = found.end()
        return text

    def find(self, token: str, end: int | None = None) -> int | None:
        """Where a token stands for the first time from here on, before ``end``."""
        pattern = re.compile(re.escape(token.encode()) + rb"(?=\s)")
        found = pattern.search(self.view, self.at, self.size if end is None else end)
        return found.start() if found else None

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
