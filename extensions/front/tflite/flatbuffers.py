"""The wire format of FlatBuffers, read through small field tables, without its library.

Numbers are little-endian; every reference is an offset forwards from where it stands. A table
begins with the offset backwards to the places of its fields. Format: flatbuffers.dev, "FlatBuffer
Internals". Schemas are no deeper than they are written, so no file can nest without end.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from mo.errors import ModelFileError
from mo.graph.tensor import Buffer

Record = dict[str, Any]
# Start and end of bytes that stay in the file.
Span = tuple[int, int]
# (file, place of the field) -> value
Reader = Callable[["File", int], Any]

# No table has more fields; each takes two bytes in the list of places.
_FIELDS_LIMIT = 1 << 8
# What is read may come to so many times the size of the file: tables may share parts.
_SHARED = 16
_SMALL = 1 << 16


class Field(NamedTuple):
    """A field of a table by its number; a default stands for an absent one."""

    number: int
    read: Reader
    default: Any = None


Schema = Mapping[str, Field]


class File:
    """The bytes of one file. Every place is checked before it is read."""

    def __init__(self, source: Buffer) -> None:
        self.source = source
        self.view = source.view
        self.size = source.size
        self._left = _SHARED * source.size + _SMALL

    def number(self, layout: str, at: int) -> Any:
        """A number in the layout of the module struct."""
        size = struct.calcsize(layout)
        self.check(at, size)
        return struct.unpack_from(layout, self.view, at)[0]

    def check(self, at: int, size: int) -> None:
        """Refuse places outside the file, and files whose parts are used again and again."""
        if at < 0 or size < 0 or at + size > self.size:
            raise damaged(f"it refers to bytes {at} to {at + size} of {self.size}")
        self._left -= size
        if self._left < 0:
            raise damaged("its parts refer to each other without end")

    def followed(self, at: int) -> int:
        """Where the reference at a place leads."""
        return at + int(self.number("<I", at))

    def vector(self, at: int, width: int) -> tuple[int, int]:
        """Where the elements of a vector start, and how many there are."""
        start = self.followed(at)
        count = int(self.number("<I", start))
        if start + 4 + count * width > self.size:
            raise damaged(f"a list claims {count} elements")
        return start + 4, count

    def table(self, schema: Schema, at: int) -> Record:
        """The fields of a table; absent ones have their defaults."""
        places = at - int(self.number("<i", at))
        length = int(self.number("<H", places))
        count = (length - 4) // 2
        if not 0 <= count <= _FIELDS_LIMIT:
            raise damaged(f"a table claims {count} fields")
        self.check(places, length)
        offsets = struct.unpack_from(f"<{count}H", self.view, places + 4)
        record = {}
        for name, field in schema.items():
            offset = offsets[field.number] if field.number < count else 0
            record[name] = field.read(self, at + offset) if offset else field.default
        return record


def damaged(what: str) -> ModelFileError:
    return ModelFileError(f"The file is damaged: {what}", hint="Copy or export it again.")


# ---- kinds of fields


def _scalar(layout: str) -> Reader:
    return lambda file, at: file.number(layout, at)


_FORMS = {
    "i8": "<b",
    "u8": "<B",
    "u16": "<H",
    "i32": "<i",
    "u32": "<I",
    "i64": "<q",
    "u64": "<Q",
    "f32": "<f",
}
_READERS = {name: _scalar(layout) for name, layout in _FORMS.items()}


def one(number: int, kind: str, default: float = 0) -> Field:
    """A number."""
    return Field(number, _READERS[kind], default)


def switch(number: int, default: bool = False) -> Field:
    return Field(number, lambda file, at: bool(file.number("<B", at)), default)


def numbers(number: int, kind: str) -> Field:
    """A list of numbers; an absent one is None."""
    layout = np.dtype(_FORMS[kind])

    def read(file: File, at: int) -> list[Any]:
        start, count = file.vector(at, layout.itemsize)
        file.check(start, count * layout.itemsize)
        found: list[Any] = np.frombuffer(file.view, layout, count, start).tolist()
        return found

    return Field(number, read)


def span(number: int) -> Field:
    """A list of bytes, which stays in the file."""

    def read(file: File, at: int) -> Span:
        start, count = file.vector(at, 1)
        return start, start + count

    return Field(number, read, (0, 0))


def text(number: int) -> Field:
    def read(file: File, at: int) -> str:
        start, count = file.vector(at, 1)
        file.check(start, count)
        return bytes(file.view[start : start + count]).decode("utf-8", "backslashreplace")

    return Field(number, read, "")


def table(number: int, schema: Schema) -> Field:
    return Field(number, lambda file, at: file.table(schema, file.followed(at)))


def tables(number: int, schema: Schema) -> Field:
    def read(file: File, at: int) -> list[Record]:
        start, count = file.vector(at, 4)
        return [file.table(schema, file.followed(start + 4 * i)) for i in range(count)]

    return Field(number, read, ())


def place(number: int) -> Field:
    """A table whose kind another field tells: where it lies, 0 if it is absent."""
    return Field(number, lambda file, at: file.followed(at), 0)
