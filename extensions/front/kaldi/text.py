"""Text Kaldi files: the same sequence as in binary ones, as words."""

from __future__ import annotations

import re
import warnings

import numpy as np

from extensions.front.kaldi.scanner import Scanner, narrowed
from mo.errors import ModelFileError
from mo.graph.tensor import Tensor

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
            return narrowed(float(word))
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
