"""Elements looked up by indices, and elements replaced at indices."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.ops.common import INTEGERS, constant_axes, expect, tied, unknown
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import (
    Dim,
    Dimension,
    Shape,
    merge,
    normalize_axis,
    text,
)


class Gather(Op):
    """Slices of ``data`` along an axis, picked by indices."""

    batch_dims: int = 0
    # Whether an index below zero counts from the end (opset8); else it gives zeros.
    negative_indices: bool = False
    partial_values = True

    def version(self) -> str:
        if self.negative_indices:
            return "opset8"
        return "opset7" if self.batch_dims else "opset1"

    def ir_attributes(self) -> dict[str, str]:
        return {} if self.version() == "opset1" else {"batch_dims": str(self.batch_dims)}

    def infer(self, data: Output, indices: Output, axis: Output) -> TensorType:
        known = constant_axes(axis, data.rank)
        if data.shape is None or indices.shape is None:
            return TensorType(None, data.dtype)
        rank, depth = len(data.shape), len(indices.shape)
        batch = self.batch_dims + depth if self.batch_dims < 0 else self.batch_dims
        if not 0 <= batch <= min(rank, depth):
            raise ValueError(f"batch_dims {self.batch_dims} for {text(indices.shape)}")
        outer = _batch(data.shape, indices.shape, batch)
        if known is None:
            rest = unknown(rank + depth - 1 - 2 * batch) or ()
            return TensorType((*outer, *rest), data.dtype)
        along = known[0]
        if along < batch:
            raise ValueError(f"axis {along} is one of the {batch} batch dimensions")
        inner = (*data.shape[batch:along], *indices.shape[batch:])
        return TensorType((*outer, *inner, *data.shape[along + 1 :]), data.dtype)

    def fold(self, x: np.ndarray, indices: np.ndarray, axis: np.ndarray) -> np.ndarray | None:
        indices = indices.astype(np.int64)
        along = normalize_axis(int(axis.reshape(-1)[0]), x.ndim)
        size = x.shape[along]
        inside = (indices >= (-size if self.negative_indices else 0)) & (indices < size)
        if not inside.all():
            raise IndexError(f"an index lies outside of axis {along} of {list(x.shape)}")
        batch = self.batch_dims + indices.ndim if self.batch_dims < 0 else self.batch_dims
        if not batch:
            return np.take(x, indices, along)
        result = [
            np.take(x[place], indices[place], along - batch)
            for place in np.ndindex(x.shape[:batch])
        ]
        return np.stack(result).reshape((*x.shape[:batch], *result[0].shape))


def _batch(a: tuple[Dimension, ...], b: tuple[Dimension, ...], count: int) -> list[Dimension]:
    """The first dimensions, which both shapes share."""
    merged = []
    for x, y in zip(a[:count], b[:count]):
        both = merge(x, y)
        if both is None:
            raise ValueError(f"batch dimensions {x} and {y} differ")
        merged.append(both)
    return merged


class GatherElements(Op):
    """One element per index, looked up along an axis."""

    opset = "opset6"
    axis: int

    def infer(self, data: Output, indices: Output) -> TensorType:
        expect(indices.dtype, INTEGERS, "an integer index")
        if data.shape == () or indices.shape == ():
            raise ValueError("data or indices are a scalar")
        if data.shape is None:
            return TensorType(indices.shape, data.dtype)
        axis = normalize_axis(self.axis, len(data.shape))
        wanted = indices.shape
        if wanted is None:
            return TensorType(
                tuple(Dim() if i == axis else dim for i, dim in enumerate(data.shape)), data.dtype
            )
        if len(wanted) != len(data.shape):
            raise ValueError(f"indices {text(wanted)} for data {text(data.shape)}")
        dims = [
            both if i == axis else merge(dim, both)
            for i, (dim, both) in enumerate(zip(data.shape, wanted))
        ]
        if None in dims:
            raise ValueError(f"indices {text(wanted)} do not fit {text(data.shape)}")
        return TensorType(tuple(dims), data.dtype)  # type: ignore[arg-type]

    def fold(self, x: np.ndarray, indices: np.ndarray) -> np.ndarray:
        return np.take_along_axis(x, indices.astype(np.int64), self.axis)


class GatherND(Op):
    """Elements or slices named by index tuples in the last axis of the indices."""

    batch_dims: int = 0

    def version(self) -> str:
        return "opset8" if self.batch_dims > 1 else "opset5"

    def infer(self, data: Output, indices: Output) -> TensorType:
        expect(indices.dtype, INTEGERS, "an integer index")
        if data.shape == () or indices.shape == ():
            raise ValueError("data or indices are a scalar")
        if data.shape is None or indices.shape is None:
            return TensorType(None, data.dtype)
        batch = self.batch_dims
        if batch >= min(len(indices.shape), len(data.shape)):
            raise ValueError(f"batch_dims {batch} for {text(data.shape)}, {text(indices.shape)}")
        outer = _batch(data.shape, indices.shape, batch)
        depth = indices.shape[-1]
        if isinstance(depth, Dim):
            return TensorType(None, data.dtype)
        if not 1 <= depth <= len(data.shape) - batch:
            raise ValueError(f"indices {text(indices.shape)} for data {text(data.shape)}")
        inner = indices.shape[batch:-1]
        return TensorType((*outer, *inner, *data.shape[batch + depth :]), data.dtype)

    def fold(self, x: np.ndarray, indices: np.ndarray) -> np.ndarray:
        batch, depth = self.batch_dims, indices.shape[-1]
        flat = x.reshape(-1, *x.shape[batch:])
        wanted = indices.astype(np.int64).reshape(len(flat), -1, depth)
        picked = [item[tuple(places.T)] for item, places in zip(flat, wanted)]
        return np.stack(picked).reshape((*indices.shape[:-1], *x.shape[batch + depth :]))


class ScatterElementsUpdate(Op):
    """``data`` with single elements replaced (or, opset12, combined) along an axis."""

    reduction: str = "none"
    use_init_val: bool = True

    def version(self) -> str:
        return "opset3" if self.reduction == "none" else "opset12"

    def ir_attributes(self) -> dict[str, str]:
        return {} if self.reduction == "none" else super().ir_attributes()

    def infer(self, data: Output, indices: Output, updates: Output, axis: Output) -> TensorType:
        kind = tied(data, updates)
        _check_reduction(self.reduction)
        constant_axes(axis, data.rank)
        into, places, values = data.shape, indices.shape, updates.shape
        for shape in (places, values):
            if into is not None and shape is not None and len(shape) != len(into):
                raise ValueError(f"{text(shape)} and data {text(into)} differ in rank")
        if not _may_be_same(places, values):
            raise ValueError(f"indices {text(places)} and updates {text(values)} differ")
        return TensorType(data.shape, kind)

    def fold(
        self, x: np.ndarray, indices: np.ndarray, updates: np.ndarray, axis: np.ndarray
    ) -> np.ndarray:
        along = normalize_axis(int(axis.item()), x.ndim)
        places: list[np.ndarray] = list(np.indices(indices.shape, sparse=True))
        places[along] = indices.astype(np.int64)
        return combined(x, tuple(places), updates, self.reduction, self.use_init_val)


def combined(
    x: np.ndarray,
    places: tuple[np.ndarray, ...],
    updates: np.ndarray,
    reduction: str,
    use_initial: bool = True,
) -> np.ndarray:
    """``x`` with the updates put in, or combined with what is there, in their order."""
    result = x.copy()
    if reduction == "none":
        result[places] = updates
        return result
    if not use_initial:
        result[places] = _NEUTRAL[reduction](x.dtype)
    wide = result.astype(np.float64) if reduction == "mean" else result
    _COMBINE[reduction].at(wide, places, updates)
    if reduction == "mean":
        counts = np.full(x.shape, int(use_initial), np.int64)
        np.add.at(counts, places, 1)
        wide = np.divide(wide, np.maximum(counts, 1))
        wide = np.floor(wide) if x.dtype.kind in "iu" else wide
    return wide.astype(x.dtype)


def _check_reduction(reduction: str) -> None:
    if reduction != "none" and reduction not in _COMBINE:
        raise ValueError(f"reduction '{reduction}' is none of {', '.join(['none', *_COMBINE])}")


def _lowest(dtype: np.dtype) -> Any:
    return np.iinfo(dtype).min if dtype.kind in "iu" else -np.inf


def _highest(dtype: np.dtype) -> Any:
    return np.iinfo(dtype).max if dtype.kind in "iu" else np.inf


_COMBINE = {
    "sum": np.add,
    "mean": np.add,
    "prod": np.multiply,
    "min": np.minimum,
    "max": np.maximum,
}
_NEUTRAL = {
    "sum": lambda _: 0,
    "mean": lambda _: 0,
    "prod": lambda _: 1,
    "min": _highest,
    "max": _lowest,
}


class ScatterNDUpdate(Op):
    """``data`` with elements or slices replaced (or, opset15, combined)."""

    reduction: str = "none"

    def version(self) -> str:
        return "opset4" if self.reduction == "none" else "opset15"

    def ir_attributes(self) -> dict[str, str]:
        return {} if self.reduction == "none" else super().ir_attributes()

    def infer(self, data: Output, indices: Output, updates: Output) -> TensorType:
        kind = tied(data, updates)
        _check_reduction(self.reduction)
        expect(indices.dtype, INTEGERS, "an integer index")
        places = indices.shape
        if places is None or data.shape is None or updates.shape is None:
            return TensorType(data.shape, kind)
        depth = places[-1]
        if isinstance(depth, int):
            wanted = (*places[:-1], *data.shape[depth:])
            if depth > len(data.shape) or (wanted and not _may_be_same(updates.shape, wanted)):
                raise ValueError(f"updates {text(updates.shape)} should be {text(wanted)}")
        return TensorType(data.shape, kind)

    def fold(self, x: np.ndarray, indices: np.ndarray, updates: np.ndarray) -> np.ndarray:
        places = tuple(np.moveaxis(indices.astype(np.int64), -1, 0))
        return combined(x, places, updates, self.reduction)


def _may_be_same(a: Shape, b: Shape) -> bool:
    """Whether there is a shape that both allow."""
    if a is None or b is None:
        return True
    return len(a) == len(b) and all(merge(x, y) is not None for x, y in zip(a, b))


class ScatterUpdate(Op):
    """``data`` with whole slices along an axis replaced."""

    opset = "opset3"

    def infer(self, data: Output, indices: Output, updates: Output, axis: Output) -> TensorType:
        kind = tied(data, updates)
        known = constant_axes(axis, data.rank)
        into, places, slices = data.shape, indices.shape, updates.shape
        if into is None or places is None or slices is None:
            return TensorType(into, kind)
        if len(slices) != len(into) + len(places) - 1:
            raise ValueError(f"updates {text(slices)} for data {text(into)}, {text(places)}")
        if known:
            wanted = (*into[: known[0]], *places, *into[known[0] + 1 :])
            if not _may_be_same(slices, wanted):
                raise ValueError(f"updates {text(slices)} should be {text(wanted)}")
        return TensorType(data.shape, kind)

    def fold(
        self, x: np.ndarray, indices: np.ndarray, updates: np.ndarray, axis: np.ndarray
    ) -> np.ndarray:
        result = x.copy()
        along = normalize_axis(int(axis.item()), x.ndim)
        result[(slice(None),) * along + (indices.astype(np.int64),)] = updates
        return result
