"""Fields of protobuf messages as bytes."""

from __future__ import annotations

import struct


def varint(value: int) -> bytes:
    """A number of seven bits a byte, the low ones first; negative ones as 64 bits."""
    value &= (1 << 64) - 1
    more = value >> 7
    return bytes([value & 0x7F | (0x80 if more else 0)]) + (varint(more) if more else b"")


def field(number: int, value: int | float | bytes | str) -> bytes:
    """A number, or bytes with their length: a text, a message, packed numbers."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    payload = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(payload)) + payload
