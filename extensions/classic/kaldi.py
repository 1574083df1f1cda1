"""Helpers of extractors of Kaldi components: ``mo.front.kaldi``'s modules.

They read ``node.parameters``, a stream of the component's bytes, as the reader of Kaldi's binary
files does, and leave it behind what they read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from extensions.front.kaldi.binary import BinaryScanner
from mo.classic.errors import Error
from mo.errors import ModelFileError
from mo.graph.tensor import Buffer

_TAG = re.compile(rb"<[A-Za-z!/][\w!/]*>")
# Fields of training, which stand before the arrays of nnet1.
_OF_TRAINING = ("<LearnRateCoef>", "<BiasLearnRateCoef>", "<LearningRate>", "<MaxNorm>")


@contextmanager
def _scanner(file: BinaryIO) -> Iterator[BinaryScanner]:
    """The reader of whole files at the place of a stream, which goes on where it stops."""
    start = file.tell()
    file.seek(0)
    scanner = BinaryScanner(Buffer(Path(), file.read()), start)
    try:
        yield scanner
    except ModelFileError as error:
        raise Error("{}", error.message) from error
    file.seek(scanner.at)


def _take(file: BinaryIO, count: int) -> bytes:
    found = file.read(count)
    if len(found) != count:
        raise Error("the component ends where {} bytes are wanted", count)
    return found


def read_placeholder(file_desc: BinaryIO, size: int = 3) -> bytes:
    """So many bytes, for whose meaning nobody asks."""
    return _take(file_desc, size)


def read_blob(file_desc: BinaryIO, size: int, dtype: Any = np.float32) -> np.ndarray:
    """So many numbers."""
    kind = np.dtype(dtype)
    return np.frombuffer(_take(file_desc, size * kind.itemsize), kind)


def read_binary_integer32_token(file_desc: BinaryIO) -> int:
    with _scanner(file_desc) as scanner:
        return scanner.integer(widths=(4,))


def read_binary_float_token(file_desc: BinaryIO) -> float:
    with _scanner(file_desc) as scanner:
        return scanner.number(widths=(4,))


def read_binary_bool_token(file_desc: BinaryIO) -> bool:
    with _scanner(file_desc) as scanner:
        return scanner.truth()


def collect_until_token(file_desc: BinaryIO, token: bytes, size_search_zone: int = 0) -> None:
    """Go on to what follows a token; 0: however far it is."""
    start = file_desc.tell()
    zone = file_desc.read(size_search_zone or -1)
    place = zone.find(token)
    if place < 0:
        raise Error("the component has no {} from byte {} on", token, start)
    file_desc.seek(start + place + len(token))
    if file_desc.read(1) not in (b" ", b""):
        file_desc.seek(-1, 1)


def collect_until_whitespace(file_desc: BinaryIO) -> bytes:
    """The bytes up to the next blank, which is passed."""
    return b"".join(iter(lambda: _one_of_word(file_desc), b""))


def _one_of_word(file: BinaryIO) -> bytes:
    byte = file.read(1)
    return b"" if byte.isspace() else byte


def read_token_value(file_desc: BinaryIO, token: bytes = b"", value_type: Any = np.uint32) -> Any:
    """The number behind a token, which has to come next."""
    found = collect_until_whitespace(file_desc)
    if token and found != token.strip():
        raise Error("{} is wanted, there is {}", token, found)
    kind = np.dtype(value_type)
    _take(file_desc, 1)
    return read_blob(file_desc, 1, kind)[0]


def find_next_tag(file_desc: BinaryIO) -> str:
    """The next word in angle brackets, with what follows still to be read."""
    start = file_desc.tell()
    found = _TAG.search(file_desc.read())
    if found is None:
        raise Error("the component has no tag from byte {} on", start)
    file_desc.seek(start + found.end())
    return found.group().decode()


def read_binary_matrix(
    file_desc: BinaryIO, read_token: bool = True
) -> tuple[np.ndarray, tuple[int, int]]:
    """The numbers in one row, and (rows, columns)."""
    if read_token:
        rows, columns = (found := _array(file_desc, 2)).shape
        return found.reshape(-1), (rows, columns)
    rows, columns = (read_binary_integer32_token(file_desc) for _ in range(2))
    return read_blob(file_desc, rows * columns), (rows, columns)


def read_binary_vector(
    file_desc: BinaryIO, read_token: bool = True, dtype: Any = np.float32
) -> np.ndarray:
    if read_token:
        return _array(file_desc, 1)
    return read_blob(file_desc, read_binary_integer32_token(file_desc), dtype)


def _array(file: BinaryIO, rank: int) -> np.ndarray:
    """An array behind the token of its kind, as f32; matrices may be compressed."""
    with _scanner(file) as scanner:
        found = scanner.array().array
    if found.ndim != rank:
        raise Error("an array of {} axes is wanted, there is one of {}", rank, found.ndim)
    return found


def read_binary_vector_of_pairs(
    file_desc: BinaryIO, read_token: bool = True, dtype: Any = np.int32
) -> np.ndarray:
    """[pairs, 2]; the token is the name of the field."""
    with _scanner(file_desc) as scanner:
        if read_token:
            scanner.token()
        return np.array(scanner.pairs(), dtype).reshape(-1, 2)


def read_learning_info(pb: BinaryIO) -> None:
    """Pass over what training needs, to the first array."""
    with _scanner(pb) as scanner:
        while scanner.peek() in _OF_TRAINING:
            scanner.token()
            scanner.number()
