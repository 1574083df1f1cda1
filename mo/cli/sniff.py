"""What a model file looks like, whatever it is called."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

_HEAD = 4096
# Enough to know a format; graphs may have a million fields.
_FIELD_LIMIT = 2000
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

# Wire types of the fields of a file's outermost message.
_ONNX_MODEL = {1: (0,), 5: (0,), **dict.fromkeys((2, 3, 4, 6, 7, 8, 14, 20, 25, 26), (2,))}
_TF_SAVED_MODEL = {1: (0,), 2: (2,)}
_TF_GRAPH = {1: (2,), 2: (2,), 3: (0,), 4: (2,), 5: (2,)}
_TF_NODE = dict.fromkeys(range(1, 8), (2,))
_CAFFE_NET = {1: (2,), 2: (2,), 3: (2,), 4: (0, 2), 5: (0,), 6: (2,), 7: (0,), 8: (2,), 100: (2,)}

_TEXTS = (
    ("tf", re.compile(rb"(node|versions|library)\s*\{|saved_model_schema_version\s*:")),
    (
        "onnx",
        re.compile(
            rb"<?\s*((ir|model|producer)_version|producer_name)\s*:|(opset_import|graph)\s*\{"
            rb"|<\s*opset_import\s*:"
            rb'|\{\s*"(ir_?[vV]ersion|producer_?[nN]ame|opset_?[iI]mport|graph)"\s*:'
        ),
    ),
    ("caffe", re.compile(rb"(name|input|input_dim)\s*:|(layers?|input_shape|state)\s*\{")),
    ("kaldi", re.compile(rb"<(Nnet|Nnet3|NnetProto|TransitionModel)>")),
    ("mxnet", re.compile(rb'\{\s*"nodes"\s*:')),
)
_COMMENTS = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|#[^\n]*\n)*")
_HDF5 = b"\x89HDF\r\n\x1a\n"
_TFLITE_MARK, _MARK_PLACE = b"TFL3", 4
_MXNET_MAGIC = (0x112).to_bytes(8, "little")


def looks_like(path: Path) -> str | None:
    """The framework whose files look like this one (tf, tflite, onnx ...), if any."""
    if os.path.isdir(path):
        names = ("saved_model.pb", "saved_model.pbtxt")
        return "tf" if any(os.path.isfile(path / name) for name in names) else None
    try:
        with open(path, "rb") as file:
            return _content(file)
    except (OSError, ValueError):
        return None


def head(path: Path, size: int = _HEAD) -> bytes:
    """The first bytes of a file; OSError if it cannot be read."""
    with open(path, "rb") as file:
        return file.read(size)


def _content(file: BinaryIO) -> str | None:
    start = file.read(_HEAD)
    if start.startswith(b"\0B"):
        return "kaldi"
    if start[_MARK_PLACE:].startswith(_TFLITE_MARK):
        return "tflite"
    if start.startswith(_HDF5):
        return "tf"
    if start.startswith(_MXNET_MAGIC):
        return "mxnet"
    text = start[_COMMENTS.match(start).end() :]  # type: ignore[union-attr]
    for framework, pattern in _TEXTS:
        if pattern.match(text):
            return framework
    size = file.seek(0, os.SEEK_END)
    return _protobuf(file, list(_fields(file, 0, size)))


# Number, wire type, start and length of a field.
_Field = tuple[int, int, int, int]


def _fields(file: BinaryIO, start: int, stop: int) -> Iterator[_Field]:
    """The fields between two offsets, as far as they are sound; a cut last one counts."""
    for _ in range(_FIELD_LIMIT):
        if start >= stop:
            return
        file.seek(start)
        buffer = file.read(min(24, stop - start))
        key, used = _varint(buffer, 0)
        number, wire = key >> 3, key & 7
        length = {_VARINT: 0, _FIXED64: 8, _FIXED32: 4}.get(wire, -1)
        if wire == _VARINT:
            _, used = _varint(buffer, used)
        elif wire == _BYTES:
            length, used = _varint(buffer, used)
        if length < 0 or used < 0 or not 1 <= number < 1 << 29:
            yield 0, wire, start, 0
            return
        yield number, wire, start + used, length
        start += used + length


def _varint(buffer: bytes, start: int) -> tuple[int, int]:
    """A number and the place behind it; -1 for the place if there is no number."""
    value = 0
    for place in range(max(start, 0), min(start + 10, len(buffer))):
        value |= (buffer[place] & 0x7F) << 7 * (place - start)
        if buffer[place] < 0x80:
            return value, place + 1
    return 0, -1


def _protobuf(file: BinaryIO, fields: list[_Field]) -> str | None:
    numbers = {number for number, *_ in fields}
    first = {number: (start, length) for number, _, start, length in reversed(fields)}
    if _fits(fields, _ONNX_MODEL) and 7 in numbers and numbers & {1, 8}:
        return "onnx"
    if _fits(fields, _TF_SAVED_MODEL) and numbers == {1, 2}:
        # A meta graph starts with a message; what ONNX has in this place is text.
        return "tf" if _read(file, *first[2])[:1] in (b"\x0a", b"\x12") else None
    if _fits(fields, _TF_GRAPH) and 1 in numbers and _is_tf_node(file, *first[1]):
        return "tf"
    if _fits(fields, _CAFFE_NET) and numbers & {2, 100}:
        name = _read(file, *first.get(1, (0, 0)))
        return "caffe" if name.decode("utf-8", "ignore").isprintable() else None
    return None


def _fits(fields: list[_Field], message: Mapping[int, tuple[int, ...]]) -> bool:
    return all(wire in message.get(number, ()) for number, wire, *_ in fields)


def _is_tf_node(file: BinaryIO, start: int, length: int) -> bool:
    fields = list(_fields(file, start, start + length))
    first = {number: (start, length) for number, _, start, length in reversed(fields)}
    if not _fits(fields, _TF_NODE) or not {1, 2} <= first.keys():
        return False
    return _read(file, *first[2]).replace(b">", b"").isalnum()


def _read(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(min(length, _HEAD))
