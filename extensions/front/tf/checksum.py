"""CRC-32C, the checksum of checkpoints, of many megabytes in little time.

The bytes are cut into lanes of equal length, whose remainders are computed side by side and then
joined: a remainder is linear over GF(2), so zeros behind a lane are a matrix of bits.
Polynomial: Castagnoli (RFC 3720, appendix B.4), reflected 0x82F63B78.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

_POLYNOMIAL = 0x82F63B78
# Bytes of one lane; lanes are worked through so many at a time that they stay in the cache.
_LANE = 512
_BLOCK = 4096
_ALL = np.uint32(0xFFFFFFFF)
_MASK_DELTA = 0xA282EAD8


def masked_crc32c(data: memoryview | bytes) -> int:
    """The checksum as checkpoints store it: turned by 15 bits, plus a constant."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + _MASK_DELTA) & 0xFFFFFFFF


def crc32c(data: memoryview | bytes) -> int:
    stream = np.frombuffer(data, np.uint8)
    lanes = stream.size // _LANE
    head = stream.size - lanes * _LANE
    remainder = int(_ALL)
    for byte in stream[:head].tolist():
        remainder = int(_bytes_table()[(remainder ^ byte) & 0xFF]) ^ remainder >> 8
    if lanes:
        joined, length = _of_lanes(stream[head:])
        remainder = _behind(remainder, length) ^ joined
    return remainder ^ int(_ALL)


def _of_lanes(stream: np.ndarray) -> tuple[int, int]:
    """The remainder of whole lanes that begin with zero, and their length in bytes."""
    words = stream.view("<u2").reshape(-1, _LANE // 2)
    table = _words_table()
    remainders = np.zeros(len(words), np.uint32)
    for start in range(0, len(words), _BLOCK):
        columns = np.ascontiguousarray(words[start : start + _BLOCK].T)
        state = remainders[start : start + _BLOCK]
        for column in columns:
            state[:] = table[(state & 0xFFFF) ^ column] ^ (state >> 16)
    total, length = 0, 0
    for start in range(0, len(remainders), _BLOCK):
        part = remainders[start : start + _BLOCK]
        total = _behind(total, part.size * _LANE) ^ _joined(part)
        length += part.size * _LANE
    return total, length


def _joined(remainders: np.ndarray) -> int:
    """Neighbours joined pairwise until one is left; a missing first one is nothing."""
    length = _LANE
    while remainders.size > 1:
        if remainders.size % 2:
            remainders = np.concatenate([np.zeros(1, np.uint32), remainders])
        first, second = remainders[0::2], remainders[1::2]
        tables = _zeros_tables(length)
        moved = tables[0][first & 0xFF]
        for place in (1, 2, 3):
            moved = moved ^ tables[place][first >> (8 * place) & 0xFF]
        remainders = moved ^ second
        length *= 2
    return int(remainders[0])


def _behind(remainder: int, count: int) -> int:
    """The remainder after ``count`` more bytes of zero."""
    power = 1
    while count:
        if count & 1:
            tables = _zeros_tables(power)
            remainder = int(
                tables[0][remainder & 0xFF]
                ^ tables[1][remainder >> 8 & 0xFF]
                ^ tables[2][remainder >> 16 & 0xFF]
                ^ tables[3][remainder >> 24]
            )
        count >>= 1
        power *= 2
    return remainder


@lru_cache(maxsize=1)
def _bytes_table() -> np.ndarray:
    """The remainder of each byte."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, table >> 1 ^ _POLYNOMIAL, table >> 1).astype(np.uint32)
    return table


@lru_cache(maxsize=1)
def _words_table() -> np.ndarray:
    """The remainder of each pair of bytes."""
    single = _bytes_table()
    values = np.arange(1 << 16, dtype=np.uint32)
    once = single[values & 0xFF] ^ values >> 8
    return (single[once & 0xFF] ^ once >> 8).astype(np.uint32)


@lru_cache(maxsize=64)
def _zeros_tables(count: int) -> np.ndarray:
    """What ``count`` (a power of two) bytes of zero make of each byte of a remainder: [4, 256]."""
    if count == 1:
        values = np.arange(256, dtype=np.uint32)
        places = [values << np.uint32(8 * place) for place in range(4)]
        single = _bytes_table()
        return np.stack([single[value & 0xFF] ^ value >> 8 for value in places])
    half = _zeros_tables(count // 2)
    return np.bitwise_xor.reduce([half[p][half >> np.uint32(8 * p) & 0xFF] for p in range(4)])
