"""The protobuf wire format, read through small field tables, without a protobuf runtime.

Large payloads are never copied: a ``span`` field gives the range of the file it occupies.
Format: protobuf.dev, "Encoding".
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from mo.errors import ModelFileError

# Messages nested deeper than this are an attack, not a model.
DEPTH_LIMIT = 100

Span = tuple[int, int]
Message = dict[str, Any]
# (file, start, end, depth) -> value
Decoder = Callable[[memoryview, int, int, int], Any]


class Kind(NamedTuple):
    decode: Decoder | None  # of length-delimited fields; None for plain numbers
    convert: Callable[[int], Any] | None  # of varints and fixed-width numbers
    # What the text format needs to know: the words that stand for numbers, the range of whole
    # numbers, the table of a message, the kind of the numbers in a span.
    words: Mapping[str, int] | None = None
    limits: tuple[int, int] = (-(1 << 63), (1 << 63) - 1)
    schema: Callable[[], Schema] | None = None
    element: Kind | None = None
    # Where the words are defined: the name of a message, if it is known.
    scope: str = ""


class Field(NamedTuple):
    name: str
    decode: Decoder | None
    repeated: bool
    convert: Callable[[int], Any] | None
    kind: Kind
    # What the field stands for if it is absent (proto2).
    default: Any = None


Schema = Mapping[int, Field]


def one(name: str, kind: Kind, default: Any = None) -> Field:
    """A field that occurs once (the last occurrence counts)."""
    return Field(name, kind.decode, False, kind.convert, kind, default)


def many(name: str, kind: Kind) -> Field:
    """A repeated field."""
    return Field(name, kind.decode, True, kind.convert, kind)


def completed(message: Message, schema: Schema) -> Message:
    """The message with all its fields: absent ones have their defaults or empty lists."""
    return {
        field.name: message.get(field.name, [] if field.repeated else field.default)
        for field in schema.values()
    }


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _float(value: int) -> float:
    result: float = struct.unpack("<f", value.to_bytes(4, "little"))[0]
    return result


def _double(value: int) -> float:
    result: float = struct.unpack("<d", value.to_bytes(8, "little"))[0]
    return result


def _spans(view: memoryview, start: int, end: int, depth: int) -> list[Span]:
    return [(start, end)]


def _text(view: memoryview, start: int, end: int, depth: int) -> str:
    # Bytes that are no UTF-8 stay distinguishable: names built from them must not collide.
    return str(view[start:end], "utf-8", "backslashreplace")


def _bytes(view: memoryview, start: int, end: int, depth: int) -> bytes:
    return bytes(view[start:end])


def _span(view: memoryview, start: int, end: int, depth: int) -> Span:
    return start, end


def _packed_varints(view: memoryview, start: int, end: int, depth: int) -> list[int]:
    if end - start < 64:
        values, at = [], start
        while at < end:
            value, at = varint(view, at, end)
            values.append(_signed(value))
        return values
    result: list[int] = varints(view[start:end]).view(np.int64).tolist()
    return result


def _packed(format: str) -> Decoder:
    def decode(view: memoryview, start: int, end: int, depth: int) -> list[float]:
        try:
            result: list[float] = np.frombuffer(view[start:end], format).tolist()
        except ValueError:
            raise ModelFileError("a packed list of numbers is cut off") from None
        return result

    return decode


integer = Kind(_packed_varints, _signed)
int32 = integer._replace(limits=(-(1 << 31), (1 << 31) - 1))
uint32 = integer._replace(limits=(0, (1 << 32) - 1))
boolean = Kind(_packed_varints, _signed, {"false": 0, "true": 1}, (0, 1))
float32 = Kind(_packed("<f4"), _float)
float64 = Kind(_packed("<f8"), _double)
fixed32 = Kind(_packed("<u4"), int)
text = Kind(_text, None)
# Lists that may be long: packed ones stay ranges of the file, single numbers stand among them.
integers_in_place = Kind(_spans, _signed, element=integer)
booleans_in_place = Kind(_spans, _signed, element=boolean)
floats_in_place = Kind(_spans, _float, element=float32)
doubles_in_place = Kind(_spans, _double, element=float64)
data = Kind(_bytes, None)
span = Kind(_span, None)


def enum(**words: int) -> Kind:
    """Numbers that have names in the text format."""
    return Kind(_packed_varints, _signed, words)


def span_of(element: Kind) -> Kind:
    """Packed numbers as the range of the file they occupy; as numbers where they are text."""
    return Kind(_span, None, element=element)


def message(schema: Schema) -> Kind:
    """A nested message with its own table."""

    def decode(view: memoryview, start: int, end: int, depth: int) -> Message:
        return parse(view, start, end, schema, depth + 1)

    return Kind(decode, None, schema=lambda: schema)


def recursive(schema: Callable[[], Schema]) -> Kind:
    """A nested message whose table is defined later."""

    def decode(view: memoryview, start: int, end: int, depth: int) -> Message:
        return parse(view, start, end, schema(), depth + 1)

    return Kind(decode, None, schema=schema)


def varint(view: memoryview, at: int, end: int) -> tuple[int, int]:
    """An unsigned number and the position behind it."""
    result = shift = 0
    while at < end:
        byte = view[at]
        at += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result & 0xFFFFFFFFFFFFFFFF, at
        shift += 7
        if shift > 63:
            break
    raise ModelFileError("a number is cut off or longer than ten bytes")


def varints(view: memoryview) -> np.ndarray:
    """All numbers of a packed list, as uint64."""
    stream = np.frombuffer(view, np.uint8)
    ends = np.flatnonzero(stream < 0x80)
    if stream.size and (not ends.size or ends[-1] != stream.size - 1):
        raise ModelFileError("a packed list of numbers is cut off")
    starts = np.concatenate([[0], ends[:-1] + 1]) if ends.size else ends
    lengths = ends - starts + 1
    if lengths.size and lengths.max() > 10:
        raise ModelFileError("a number is longer than ten bytes")
    position = np.arange(stream.size) - np.repeat(starts, lengths)
    groups = (stream & 0x7F).astype(np.uint64) << (7 * position).astype(np.uint64)
    if not starts.size:
        return np.empty(0, np.uint64)
    return np.add.reduceat(groups, starts)


def parse(view: memoryview, start: int, end: int, schema: Schema, depth: int = 0) -> Message:
    """The fields of one message; unknown ones are skipped. ModelFileError if it is damaged."""
    if depth > DEPTH_LIMIT:
        raise ModelFileError(f"messages are nested deeper than {DEPTH_LIMIT} levels")
    result: Message = {}
    at = start
    while at < end:
        tag = view[at]
        if tag < 0x80:
            at += 1
        else:
            tag, at = varint(view, at, end)
        wire = tag & 7
        field = schema.get(tag >> 3)
        if wire == 2:
            if at < end and view[at] < 0x80:
                length = view[at]
                at += 1
            else:
                length, at = varint(view, at, end)
            stop = at + length
            if stop > end:
                raise ModelFileError(f"a field at byte {at} reaches beyond its message")
            if field is not None:
                # Only lists of numbers are ever packed.
                if field.decode is None or (field.convert is not None and not field.repeated):
                    raise ModelFileError(f"field '{field.name}' at byte {at} has a wrong type")
                value = field.decode(view, at, stop, depth)
                if not field.repeated:
                    result[field.name] = value
                elif field.convert is not None:
                    result.setdefault(field.name, []).extend(value)
                else:
                    result.setdefault(field.name, []).append(value)
            at = stop
            continue
        if wire == 0:
            number, at = varint(view, at, end)
        elif wire in (1, 5):
            stop = at + (8 if wire == 1 else 4)
            if stop > end:
                raise ModelFileError(f"a field at byte {at} reaches beyond its message")
            number, at = int.from_bytes(view[at:stop], "little"), stop
        elif wire == 3:
            at = _skip_group(view, at, end, depth + 1)
            continue
        else:
            raise ModelFileError(f"byte {at} does not start a field (wire type {wire})")
        if field is not None:
            if field.convert is None or (field.convert is _signed) != (wire == 0):
                raise ModelFileError(f"field '{field.name}' at byte {at} has a wrong type")
            try:
                converted = field.convert(number)
            except (OverflowError, struct.error):
                raise ModelFileError(f"field '{field.name}' has a wrong width") from None
            if field.repeated:
                result.setdefault(field.name, []).append(converted)
            else:
                result[field.name] = converted
    return result


def _skip_group(view: memoryview, at: int, end: int, depth: int) -> int:
    if depth > DEPTH_LIMIT:
        raise ModelFileError(f"messages are nested deeper than {DEPTH_LIMIT} levels")
    while at < end:
        tag, at = varint(view, at, end)
        wire = tag & 7
        if wire == 4:
            return at
        if wire == 3:
            at = _skip_group(view, at, end, depth + 1)
        elif wire == 0:
            _, at = varint(view, at, end)
        elif wire == 2:
            length, at = varint(view, at, end)
            at += length
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
        else:
            break
    raise ModelFileError("a group of fields is not closed")
