"""Checkpoints: weights by key, as views of their files, checksums verified.

Version 2 is an index and shards of data (tensorflow/core/protobuf/tensor_bundle.proto), version 1
one table with everything in it (tensorflow/core/util/saved_tensor_slice.proto).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import Protocol

import numpy as np

from extensions.front.tf import table
from extensions.front.tf.checksum import masked_crc32c
from extensions.front.tf.schema import BUNDLE_ENTRY, BUNDLE_HEADER, SAVED_SLICES, TRACKABLE_GRAPH
from extensions.front.tf.tensors import element_type, from_typed_list, static_shape
from mo.errors import ModelFileError, UsageError
from mo.front.files import open_beside, open_model
from mo.front.protobuf import Message, parse, varint
from mo.graph.element_type import ElementType
from mo.graph.tensor import Buffer, Tensor

_OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
# First element and number of elements (-1: all) along each axis.
Extents = Sequence[tuple[int, int]]


class Checkpoint(Protocol):
    """Tensors by key."""

    def names(self) -> list[str]: ...

    def read(self, key: str) -> Tensor | None:
        """The tensor, or None if there is no such key."""


def open_checkpoint(path: Path) -> Checkpoint:
    """A checkpoint by its prefix, by one of its files, or by the directory that it is alone in."""
    if path.is_dir():
        return _in_directory(path)
    for suffix in (".index", ".meta"):
        if path.name.endswith(suffix):
            path = path.with_name(path.name[: -len(suffix)])
    name, dash, _ = path.name.rpartition(".data-")
    prefix = path.with_name(name) if dash else path
    index = prefix.with_name(prefix.name + ".index")
    if index.is_file():
        return Bundle(index)
    if not path.is_file():
        raise UsageError(
            f"There is no checkpoint '{path}'",
            hint=f"Neither this file nor '{index.name}' beside it exists.",
        )
    return OldCheckpoint(open_model(path))


def _in_directory(path: Path) -> Checkpoint:
    indexes = sorted(path.glob("*.index"))
    if len(indexes) == 1:
        return Bundle(indexes[0])
    tables = [file for file in sorted(path.iterdir()) if file.is_file() and _is_old(file)]
    if not indexes and tables:
        return _Several([OldCheckpoint(open_model(file)) for file in tables])
    if indexes:
        return _Several([Bundle(index) for index in indexes])
    raise UsageError(
        f"'{path}' holds no checkpoint: no file in it ends in .index",
        hint="Copy NAME.index and NAME.data-00000-of-00001 into it, or give their path and NAME.",
    )


def _is_old(path: Path) -> bool:
    return path.stat().st_size > 0 and table.is_table(open_model(path))


class _Several:
    """Shards of one checkpoint, each a checkpoint of its own."""

    def __init__(self, parts: Sequence[Checkpoint]) -> None:
        self.parts = parts

    def names(self) -> list[str]:
        return [key for part in self.parts for key in part.names()]

    def read(self, key: str) -> Tensor | None:
        for part in self.parts:
            found = part.read(key)
            if found is not None:
                return found
        return None


class Bundle:
    """A checkpoint of version 2; ``path`` is its index."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.index = open_model(path)
        self.entries = {bytes(key): value for key, value in table.entries(self.index)}
        header = self._parsed(b"", BUNDLE_HEADER)
        self.shards = header.get("num_shards", 1)
        self.is_big_endian = header.get("endianness", 0) == 1
        self._files: dict[int, Buffer] = {}
        self._read: dict[bytes, Tensor] = {}

    def names(self) -> list[str]:
        return [key.decode("utf-8", "backslashreplace") for key in self.entries if key[:1] > b"\0"]

    def read(self, key: str) -> Tensor | None:
        encoded = key.encode()
        if not encoded or encoded not in self.entries:
            return None
        try:
            return self._tensor(encoded)
        except (ModelFileError, ValueError) as error:
            message = getattr(error, "message", str(error))
            raise ModelFileError(
                f"'{key}' in checkpoint '{self.path.name}': {message}",
                getattr(error, "hint", "") or "Copy the checkpoint again.",
            ) from error

    def _tensor(self, key: bytes) -> Tensor:
        if key not in self._read:
            entry = self._parsed(key, BUNDLE_ENTRY)
            slices = entry.get("slices")
            self._read[key] = self._joined(key, entry) if slices else self._whole(entry)
        return self._read[key]

    def _parsed(self, key: bytes, schema: object) -> Message:
        view = self.entries.get(key)
        if view is None:
            raise ModelFileError(f"'{self.path.name}' has no entry {key!r}; it is damaged")
        return parse(view, 0, len(view), schema)  # type: ignore[arg-type]

    def _whole(self, entry: Message) -> Tensor:
        kind = element_type(entry.get("dtype", 0))
        shape = static_shape(entry.get("shape"))
        file = self._shard(entry.get("shard_id", 0))
        offset, size = entry.get("offset", 0), entry.get("size", 0)
        if offset < 0 or size < 0 or offset + size > file.size:
            raise ModelFileError(f"its data lie outside '{file.path.name}', which may be cut off")
        if kind is ElementType.string:
            return _strings(file.view[offset : offset + size], shape)
        tensor = file.tensor(kind, shape, offset, size)
        if masked_crc32c(file.view[offset : offset + size]) != entry.get("crc32c", 0):
            raise ModelFileError(f"its checksum is wrong: '{file.path.name}' is damaged")
        if self.is_big_endian:
            return Tensor.of(tensor.array.byteswap(), kind)
        return tensor

    def _shard(self, number: int) -> Buffer:
        if not 0 <= number < self.shards:
            raise ModelFileError(f"it lies in shard {number} of {self.shards}")
        if number not in self._files:
            prefix = self.path.name[: -len(".index")]
            name = f"{prefix}.data-{number:05}-of-{self.shards:05}"
            self._files[number] = open_beside(self.path, name)
        return self._files[number]

    def _joined(self, key: bytes, entry: Message) -> Tensor:
        parts = []
        for item in entry["slices"]:
            extents = _extents(item)
            parts.append((extents, self._tensor(_slice_key(key, extents))))
        kind = element_type(entry.get("dtype", 0))
        return _assembled(kind, static_shape(entry.get("shape")), parts)

    def object_keys(self) -> list[dict[str, str]]:
        """Of each object that was saved: its attributes and their keys (TF2)."""
        found = self.read(_OBJECT_GRAPH)
        if found is None:
            return []
        data = memoryview(found.array.reshape(-1)[0])
        graph = parse(data, 0, len(data), TRACKABLE_GRAPH)
        return [
            {a.get("name", ""): a.get("checkpoint_key", "") for a in node.get("attributes", [])}
            for node in graph.get("nodes", [])
        ]


class OldCheckpoint:
    """A checkpoint of version 1."""

    def __init__(self, file: Buffer) -> None:
        self.file = file
        self._meta: dict[str, Message] = {}
        self._slices: dict[str, list[Message]] = {}
        for key, value in table.entries(file):
            if not key:
                meta = parse(value, 0, len(value), SAVED_SLICES).get("meta", {})
                self._meta = {item.get("name", ""): item for item in meta.get("tensor", [])}
                continue
            saved = parse(value, 0, len(value), SAVED_SLICES).get("data", {})
            # Ranges count from the beginning of this value.
            saved["source"] = Buffer(file.path, b"")
            saved["source"].view, saved["source"].size = value, len(value)
            self._slices.setdefault(saved.get("name", ""), []).append(saved)

    def names(self) -> list[str]:
        return list(self._meta)

    def read(self, key: str) -> Tensor | None:
        meta = self._meta.get(key)
        if meta is None:
            return None
        kind, shape = element_type(meta.get("type", 0)), static_shape(meta.get("shape"))
        parts = []
        for saved in self._slices.get(key, []):
            extents = _extents(saved.get("slice", {}))
            sizes = [whole if n < 0 else n for whole, (_, n) in zip(shape, extents)]
            part = from_typed_list(saved["source"], saved.get("data", {}), kind, tuple(sizes))
            parts.append((extents, part))
        return _assembled(kind, shape, parts)


def _extents(message: Message) -> list[tuple[int, int]]:
    return [(e.get("start", 0), e.get("length", -1)) for e in message.get("extent", [])]


def _assembled(
    kind: ElementType, shape: tuple[int, ...], parts: Sequence[tuple[Extents, Tensor]]
) -> Tensor:
    """Slices put together; ModelFileError if they do not fill the tensor."""
    if len(parts) == 1 and parts[0][1].shape == shape:
        return parts[0][1]
    if sum(part.size for _, part in parts) != prod(shape):
        raise ModelFileError(f"its slices do not make up the shape {list(shape)}")
    array = np.empty(shape, kind.numpy)
    for extents, part in parts:
        place = tuple(slice(start, None if n < 0 else start + n) for start, n in extents)
        if len(place) != len(shape) or array[place].shape != part.shape:
            raise ModelFileError(f"a slice does not fit the shape {list(shape)}")
        array[place] = part.array
    return Tensor.of(array, kind)


def _strings(data: memoryview, shape: tuple[int, ...]) -> Tensor:
    """Lengths, their checksum, and the texts one behind the other."""
    lengths, at = [], 0
    if prod(shape) > len(data):
        raise ModelFileError(f"it claims {prod(shape)} texts")
    for _ in range(prod(shape)):
        length, at = varint(data, at, len(data))
        lengths.append(length)
    at += 4
    array = np.empty(len(lengths), object)
    for number, length in enumerate(lengths):
        array[number] = bytes(data[at : at + length])
        at += length
    if at != len(data):
        raise ModelFileError("its texts do not have the lengths that are given")
    return Tensor(ElementType.string, shape, array.reshape(shape))


# ---- keys of slices, in the order-preserving code of tensorflow/core/lib/strings/ordered_code.h


_ESCAPES = {0x00: b"\0\xff", 0xFF: b"\xff\0"}


def _slice_key(name: bytes, extents: Extents) -> bytes:
    escaped = b"".join(_ESCAPES.get(byte, bytes([byte])) for byte in name)
    numbers = b"".join(_signed(start) + _signed(length) for start, length in extents)
    rank = len(extents)
    return b"\0" + escaped + b"\0\1" + (bytes([1, rank]) if rank else b"\0") + numbers


def _signed(value: int) -> bytes:
    """Big-endian two's complement, the number of bytes told by leading ones."""
    size = 1
    while not -(1 << 7 * size - 1) <= value < 1 << 7 * size - 1:
        size += 1
    header = (0xFFFF << 16 - size & 0xFFFF) << 8 * size >> 16
    code = (value & (1 << 8 * size) - 1) ^ header
    return code.to_bytes(size, "big")
