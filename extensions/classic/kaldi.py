"""Helpers of extractors of Kaldi components: ``mo.front.kaldi``'s modules.

They read ``node.parameters``, a stream of the component's bytes, in Kaldi's binary encoding
(kaldi-asr.org/doc/io.html).
"""

from __future__ import annotations

import re
import struct
from typing import Any, BinaryIO

import numpy as np

from mo.classic.errors import Error

_TAG = re.compile(rb"<[A-Za-z!/][\w!/]*>")
# Fields of training, which stand before the arrays of nnet1.
_OF_TRAINING = (b"<LearnRateCoef>", b"<BiasLearnRateCoef>", b"<LearningRate>", b"<MaxNorm>")


def _take(file: BinaryIO, count: int) -> bytes:
    found = file.read(count)
    if len(found) != count:
        raise Error("the component ends where {} bytes are wanted", count)
    return found


def _unpack(file: BinaryIO, format: str) -> Any:
    (value,) = struct.unpack(format, _take(file, struct.calcsize(format)))
    return value


def read_placeholder(file_desc: BinaryIO, size: int = 3) -> bytes:
    """So many bytes, for whose meaning nobody asks."""
    return _take(file_desc, size)


def read_blob(file_desc: BinaryIO, size: int, dtype: Any = np.float32) -> np.ndarray:
    """So many numbers."""
    kind = np.dtype(dtype)
    return np.frombuffer(_take(file_desc, size * kind.itemsize), kind)


def _sized(file: BinaryIO, format: str) -> Any:
    """A number behind a byte that tells its width."""
    width = abs(_unpack(file, "<b"))
    if width != struct.calcsize(format):
        raise Error("a number of {} bytes is wanted, there is one of {}", format[1:], width)
    return _unpack(file, format)


def read_binary_integer32_token(file_desc: BinaryIO) -> int:
    return int(_sized(file_desc, "<i"))


def read_binary_float_token(file_desc: BinaryIO) -> float:
    return float(_sized(file_desc, "<f"))


def read_binary_bool_token(file_desc: BinaryIO) -> bool:
    letter = _take(file_desc, 1)
    if letter not in (b"T", b"F"):
        raise Error("T or F is wanted, there is {}", letter)
    return letter == b"T"


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


def _kind(file: BinaryIO, wanted: bytes) -> Any:
    kind = collect_until_whitespace(file)
    types = {b"F" + wanted: np.float32, b"D" + wanted: np.float64}
    if kind not in types:
        raise Error("one of {} is wanted, there is {}", sorted(types), kind)
    return types[kind]


def read_binary_matrix(
    file_desc: BinaryIO, read_token: bool = True
) -> tuple[np.ndarray, tuple[int, int]]:
    """The numbers in one row, and (rows, columns)."""
    kind = _kind(file_desc, b"M") if read_token else np.float32
    rows, columns = (read_binary_integer32_token(file_desc) for _ in range(2))
    return read_blob(file_desc, rows * columns, kind), (rows, columns)


def read_binary_vector(
    file_desc: BinaryIO, read_token: bool = True, dtype: Any = np.float32
) -> np.ndarray:
    kind = _kind(file_desc, b"V") if read_token else np.dtype(dtype)
    return read_blob(file_desc, read_binary_integer32_token(file_desc), kind)


def read_binary_vector_of_pairs(
    file_desc: BinaryIO, read_token: bool = True, dtype: Any = np.int32
) -> np.ndarray:
    """[pairs, 2]; the token is the name of the field."""
    if read_token:
        collect_until_whitespace(file_desc)
    count = read_binary_integer32_token(file_desc)
    return read_blob(file_desc, 2 * count, dtype).reshape(-1, 2)


def read_learning_info(pb: BinaryIO) -> None:
    """Pass over what training needs, to the first array."""
    while True:
        start = pb.tell()
        if collect_until_whitespace(pb) not in _OF_TRAINING:
            pb.seek(start)
            return
        _sized(pb, "<f")
