"""Tensors of a file: types, shapes, quantisation, constants as views; sparse ones made dense."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

import numpy as np

from extensions.front.tflite.flatbuffers import File, Record, damaged
from extensions.front.tflite.schema import (
    COMPLEX64,
    ELEMENT_TYPES,
    SPARSE_INDICES,
    WITHOUT_IR_TYPE,
)
from mo.errors import ModelFileError, UnsupportedError
from mo.graph.element_type import ElementType
from mo.graph.shape import Dim, Shape
from mo.graph.tensor import Tensor

# No tensor has more axes.
_RANK_LIMIT = 64
# So many times the size of what is stored a sparse tensor may become, and what it may be anyway.
_GROWTH_LIMIT = 1 << 10
_SMALL = 1 << 16
_SPARSE = 1


class Quantization(NamedTuple):
    """A number is (integer - zero) * scale, for all elements or for each place of an axis."""

    scale: np.ndarray
    zero: np.ndarray
    axis: int

    def is_like(self, other: Quantization | None) -> bool:
        return (
            other is not None
            and np.array_equal(self.scale, other.scale)
            and np.array_equal(self.zero, other.zero)
        )


def element_type(record: Record) -> ElementType | None:
    return ELEMENT_TYPES.get(record["type"])


def quantization(record: Record) -> Quantization | None:
    """How the integers of a tensor are meant; None if they are just integers."""
    told = record["quantization"]
    if told is None or not told["scale"]:
        return None
    if told["details_type"]:
        raise UnsupportedError(
            f"'{record['name']}' is quantised in blocks or in a way of its own",
            hint="Convert the model again with quantisation by tensor or by channel.",
        )
    scale = np.asarray(told["scale"], np.float32)
    zero = np.asarray(told["zero_point"] or [0], np.int64)
    if zero.size not in (1, scale.size):
        raise damaged(f"'{record['name']}' has {scale.size} scales and {zero.size} zero points")
    if not (np.isfinite(scale).all() and (scale > 0).all()):
        return None
    return Quantization(scale, np.broadcast_to(zero, scale.shape), told["axis"])


def open_shape(record: Record) -> Shape:
    """The shape with sizes that are unknown while the model is built left open."""
    shape = record["shape"] or []
    signature = record["shape_signature"] or shape
    told = signature if len(signature) == len(shape) else shape
    _check(record, told)
    return tuple(Dim() if size < 0 else size for size in told)


def static_shape(record: Record) -> tuple[int, ...]:
    shape = record["shape"] or []
    if any(size < 0 for size in shape):
        raise damaged(f"'{record['name']}' has the shape {shape}")
    _check(record, shape)
    return tuple(shape)


def _check(record: Record, shape: list[int]) -> None:
    if len(shape) > _RANK_LIMIT:
        raise damaged(f"'{record['name']}' has {len(shape)} axes")


def constant(file: File, record: Record, start: int, end: int) -> Tensor:
    """The tensor whose elements lie between two places of the file; complex ones as pairs."""
    kind, shape = element_type(record), static_shape(record)
    if record["type"] == COMPLEX64:
        kind, shape = ElementType.f32, (*shape, 2)
    if kind is None or kind is ElementType.string:
        name = "string" if kind else WITHOUT_IR_TYPE.get(record["type"], "unknown")
        raise UnsupportedError(f"'{record['name']}' is a constant of the type {name}")
    try:
        if record["sparsity"] is not None:
            return _dense(file, record, kind, shape, start, end)
        return file.source.tensor(kind, shape, start, end - start)
    except ValueError as error:
        raise ModelFileError(
            f"'{record['name']}' is damaged: {error}", hint="Copy or export the model again."
        ) from error


# ---- sparse tensors


def _dense(
    file: File, record: Record, kind: ElementType, shape: tuple[int, ...], start: int, end: int
) -> Tensor:
    """A tensor of which only the blocks that are not zero are stored.

    Format: the comments on SparsityParameters in schema.fbs (after Chou et al. 2018, "Format
    Abstraction for Sparse Tensor Algebra Compilers").
    """
    sparsity = record["sparsity"]
    order, blocks = sparsity["traversal_order"] or [], sparsity["block_map"] or []
    levels, rank = sparsity["dimensions"], len(shape)
    limit = _GROWTH_LIMIT * (end - start) + _SMALL
    if kind.bits < 8 or kind.bytes_for(prod(shape)) > limit:
        raise UnsupportedError(f"'{record['name']}' is a sparse tensor {kind.name}{list(shape)}")
    if sorted(order) != list(range(rank + len(blocks))) or len(levels) != len(order):
        raise ValueError("its order of axes does not fit its shape")
    if any(not 0 <= axis < rank for axis in blocks):
        raise ValueError("its blocks lie along axes that it does not have")
    values = np.frombuffer(file.view[start:end], kind.numpy)
    # The places of the stored elements along each axis, those inside of blocks at last.
    places = [np.zeros(1, np.int64) for _ in order]
    known: list[int] = []
    for axis, level in zip(order, levels):
        parents = places[known[0]].size if known else 1
        rows, along = _expanded(file, level, parents, values.size)
        for earlier in known:
            places[earlier] = places[earlier][rows]
        places[axis] = along
        known.append(axis)
    sizes = {axis: level["dense_size"] for axis, level in zip(order, levels)}
    full = [places[axis] for axis in range(rank)]
    for number, axis in enumerate(blocks):
        inner = rank + number
        full[axis] = full[axis] * sizes[inner] + places[inner]
    count = places[known[0]].size if known else 1
    if count != values.size:
        raise ValueError(f"there are {values.size} numbers for {count} places")
    if any((place >= size).any() for place, size in zip(full, shape)):
        raise ValueError("an element lies outside of it")
    array = np.zeros(shape, kind.numpy)
    array[tuple(full)] = values
    return Tensor.of(array, kind)


def _expanded(file: File, level: Record, parents: int, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """For each element of a level: that of the level above, and its place along the axis."""
    if level["format"] != _SPARSE:
        size = level["dense_size"]
        if size < 0 or parents * size > max(limit, 1):
            raise ValueError("it claims more places than numbers")
        return np.repeat(np.arange(parents), size), np.tile(np.arange(size), parents)
    segments, indices = (_indices(file, level, name) for name in ("segments", "indices"))
    lengths = np.diff(segments)
    if segments.size != parents + 1 or (lengths < 0).any() or lengths.sum() != indices.size:
        raise ValueError("its segments do not fit together")
    if (indices < 0).any():
        raise ValueError("an element lies outside of it")
    return np.repeat(np.arange(parents), lengths), indices


def _indices(file: File, level: Record, name: str) -> np.ndarray:
    schema = SPARSE_INDICES.get(level[f"{name}_type"])
    if schema is None or not level[name]:
        raise ValueError(f"it has no {name}")
    return np.asarray(file.table(schema, level[name])["values"] or [], np.int64)
