"""Sorted tables of keys and values: the index of a checkpoint, or all of an old one.

Format: LevelDB, doc/table_format.md; compression: Snappy, format_description.txt.
"""

from __future__ import annotations

from collections.abc import Iterator

from extensions.front.tf.checksum import masked_crc32c
from mo.errors import ModelFileError
from mo.front.protobuf import varint
from mo.graph.tensor import Buffer

MAGIC = 0xDB4775248B80FB57.to_bytes(8, "little")
_FOOTER = 48
_TRAILER = 5
_SNAPPY = 1
# A compressed block of a table is 256 KiB at most; anything near this is an attack.
_BLOCK_LIMIT = 1 << 30


def is_table(file: Buffer) -> bool:
    return file.size >= _FOOTER and bytes(file.view[-8:]) == MAGIC


def entries(file: Buffer) -> Iterator[tuple[bytes, memoryview]]:
    """Keys in ascending order and their values; ModelFileError if the table is damaged."""
    if not is_table(file):
        raise ModelFileError(
            f"'{file.path.name}' is no checkpoint: it does not end like one",
            hint="The file is cut off or of another kind; copy it again.",
        )
    view = file.view
    footer = file.size - _FOOTER
    _, at = varint(view, footer, file.size)
    _, at = varint(view, at, file.size)
    index = _block(file, *_handle(view, at))
    for _, place in _items(index):
        yield from _items(_block(file, *_handle(place, 0)))


def _handle(view: memoryview, at: int) -> tuple[int, int]:
    offset, at = varint(view, at, len(view))
    size, _ = varint(view, at, len(view))
    return offset, size


def _block(file: Buffer, offset: int, size: int) -> memoryview:
    """The contents of a block, its checksum verified."""
    end = offset + size
    if end + _TRAILER > file.size:
        raise ModelFileError(f"'{file.path.name}' is cut off", hint="Copy it again.")
    stored = int.from_bytes(file.view[end + 1 : end + _TRAILER], "little")
    if masked_crc32c(file.view[offset : end + 1]) != stored:
        raise ModelFileError(
            f"'{file.path.name}' is damaged: a checksum is wrong", hint="Copy it again."
        )
    kind = file.view[end]
    contents = file.view[offset:end]
    if kind == _SNAPPY:
        return memoryview(_decompressed(contents))
    if kind:
        raise ModelFileError(f"'{file.path.name}' is compressed in the unknown way {kind}")
    return contents


def _items(block: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Each key shares its beginning with the one before."""
    if len(block) < 4:
        raise ModelFileError("a block of a checkpoint is cut off")
    restarts = int.from_bytes(block[-4:], "little")
    end = len(block) - 4 - 4 * restarts
    at, key = 0, b""
    while at < end:
        shared, at = varint(block, at, end)
        added, at = varint(block, at, end)
        length, at = varint(block, at, end)
        if shared > len(key) or at + added + length > end:
            raise ModelFileError("a block of a checkpoint is damaged")
        key = key[:shared] + bytes(block[at : at + added])
        at += added
        yield key, block[at : at + length]
        at += length


def _decompressed(data: memoryview) -> bytes:
    """Snappy: literals, and copies of what was written before."""
    size, at = varint(data, 0, len(data))
    if size > _BLOCK_LIMIT or size > 64 * len(data) + 64:
        raise ModelFileError(f"a compressed block claims {size} bytes")
    result = bytearray()
    while at < len(data):
        tag = data[at]
        at += 1
        if tag & 3 == 0:
            length, at = _literal_length(data, tag >> 2, at)
            if at + length > len(data):
                raise _damaged()
            result += data[at : at + length]
            at += length
            continue
        length, width = ((tag >> 2 & 7) + 4, 1) if tag & 3 == 1 else ((tag >> 2) + 1, 2)
        width = 4 if tag & 3 == 3 else width
        offset = int.from_bytes(data[at : at + width], "little")
        if tag & 3 == 1:
            offset |= (tag >> 5) << 8
        at += width
        if not 0 < offset <= len(result):
            raise _damaged()
        piece = bytes(result[-offset:][:length])
        result += (piece * (length // len(piece) + 1))[:length]
        if len(result) > size:
            raise _damaged()
    if len(result) != size:
        raise _damaged()
    return bytes(result)


def _literal_length(data: memoryview, code: int, at: int) -> tuple[int, int]:
    """Short lengths stand in the tag, longer ones in up to four bytes behind it."""
    if code < 60:
        return code + 1, at
    width = code - 59
    return int.from_bytes(data[at : at + width], "little") + 1, at + width


def _damaged() -> ModelFileError:
    return ModelFileError("a compressed block of a checkpoint is damaged")
