"""Operations that move elements: transposing, joining, splitting, slicing, padding, gathering."""

from __future__ import annotations

import numpy as np

from extensions.ops.common import (
    as_dims,
    constant_axes,
    constant_ints,
    divided,
    length,
    size,
    tied,
    unknown,
)
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, Dimension, bounds, is_static, merge, normalize_axis, text


class Transpose(Op):
    """Axes in the order of the second input (an empty order reverses them)."""

    def infer(self, data: Output, order: Output) -> TensorType:
        axes = constant_ints(order)
        if data.shape is None:
            return TensorType(unknown(len(axes)) if axes else None, data.dtype)
        if axes is None:
            if length(order) not in (len(data.shape), 0, None):
                raise ValueError(f"{length(order)} axes are no order of {len(data.shape)}")
            return TensorType(unknown(len(data.shape)), data.dtype)
        axes = axes or tuple(reversed(range(len(data.shape))))
        if sorted(axes) != list(range(len(data.shape))):
            raise ValueError(f"{list(axes)} is no order of {len(data.shape)} axes")
        return TensorType(tuple(data.shape[axis] for axis in axes), data.dtype)

    def fold(self, x: np.ndarray, order: np.ndarray) -> np.ndarray:
        return np.transpose(x, [int(axis) for axis in order] if order.size else None)


class Concat(Op):
    """Inputs joined along one axis."""

    axis: int
    partial_values = True

    def infer(self, *inputs: Output) -> TensorType:
        kind = tied(*inputs)
        shapes = [value.shape for value in inputs if value.shape is not None]
        if not shapes:
            return TensorType(None, kind)
        rank = len(shapes[0])
        axis = normalize_axis(self.axis, rank)
        merged = list(shapes[0])
        for shape in shapes[1:]:
            if len(shape) != rank:
                raise ValueError("inputs differ in rank")
            for i, dim in enumerate(shape):
                both = merged[i] + dim if i == axis else merge(merged[i], dim)
                if both is None:
                    raise ValueError(f"{text(shape)} does not fit {text(shapes[0])} at axis {i}")
                merged[i] = both
        if len(shapes) < len(inputs):
            merged[axis] = Dim(bounds(merged[axis])[0])
        return TensorType(tuple(merged), kind)

    def fold(self, *arrays: np.ndarray) -> np.ndarray:
        return np.concatenate(arrays, self.axis)

    def ir_attributes(self) -> dict[str, str]:
        return {"axis": str(self.axis)}


class Split(Op):
    """Equal parts along the axis given by the second input."""

    num_splits: int
    partial_values = True

    def infer(self, data: Output, axis: Output) -> tuple[TensorType, ...]:
        known = constant_axes(axis, data.rank)
        if data.shape is None or known is None:
            return (TensorType(unknown(data.rank), data.dtype),) * self.num_splits
        dim = data.shape[known[0]]
        shape = list(data.shape)
        shape[known[0]] = divided(dim, self.num_splits)
        return (TensorType(tuple(shape), data.dtype),) * self.num_splits

    def fold(self, x: np.ndarray, axis: np.ndarray) -> tuple[np.ndarray, ...]:
        return tuple(np.split(x, self.num_splits, int(axis.item())))


class VariadicSplit(Op):
    """Parts of given lengths along an axis; one length may be -1."""

    parts: int
    partial_values = True

    def infer(self, data: Output, axis: Output, lengths: Output) -> tuple[TensorType, ...]:
        known = constant_axes(axis, data.rank)
        sizes = constant_ints(lengths)
        if data.shape is None or known is None:
            return (TensorType(unknown(data.rank), data.dtype),) * self.parts
        dim = data.shape[known[0]]
        result = []
        for i in range(self.parts):
            part: Dimension = Dim() if sizes is None else sizes[i]
            if sizes is not None and part == -1:
                part = size(dim - sum(s for s in sizes if s != -1))
            shape = list(data.shape)
            shape[known[0]] = part
            result.append(TensorType(tuple(shape), data.dtype))
        if sizes is not None and isinstance(dim, int) and -1 not in sizes and sum(sizes) != dim:
            raise ValueError(f"parts {list(sizes)} do not add up to {dim}")
        return tuple(result)

    def ir_attributes(self) -> dict[str, str]:
        return {}

    def fold(self, x: np.ndarray, axis: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, ...]:
        along = int(axis.item())
        sizes = [int(item) for item in lengths]
        sizes = [x.shape[along] - sum(sizes) - 1 if s == -1 else s for s in sizes]
        return tuple(np.split(x, np.cumsum(sizes)[:-1], along))


class Pad(Op):
    """Elements added around each axis; negative counts (opset12) cut them off."""

    pad_mode: str = "constant"
    negative: bool = False

    def version(self) -> str:
        return "opset12" if self.negative else "opset1"

    def ir_attributes(self) -> dict[str, str]:
        return {"pad_mode": self.pad_mode}

    def infer(
        self, data: Output, begin: Output, end: Output, value: Output | None = None
    ) -> TensorType:
        tied(data, value)
        if value is not None and value.shape:
            raise ValueError(f"the pad value {text(value.shape)} is not a scalar")
        if data.shape is None:
            return TensorType(None, data.dtype)
        rank = len(data.shape)
        for pads in (begin, end):
            if length(pads) not in (rank, None):
                raise ValueError(f"{length(pads)} pads for data {text(data.shape)}")
        begins, ends = as_dims(begin), as_dims(end)
        if begins is None or ends is None:
            return TensorType(unknown(rank), data.dtype)
        if self.pad_mode in ("reflect", "symmetric") and is_static((*begins, *ends)):
            self._check_mirror(data.shape, begins, ends)
        sizes = [size(dim + before + after) for dim, before, after in zip(data.shape, begins, ends)]
        return TensorType(tuple(sizes), data.dtype)

    def _check_mirror(self, data: tuple[Dimension, ...], *pads: tuple[Dimension, ...]) -> None:
        """A mirror image is at most as long as what it shows (reflect: less the edge)."""
        edge = self.pad_mode == "reflect"
        for counts in pads:
            for dim, counted in zip(data, counts):
                if bounds(counted)[0] > bounds(dim)[1] - edge:
                    raise ValueError(f"{counted} elements to {self.pad_mode} of {dim}")

    def fold(
        self,
        x: np.ndarray,
        begin: np.ndarray,
        end: np.ndarray,
        value: np.ndarray | None = None,
    ) -> np.ndarray:
        pads = [(int(before), int(after)) for before, after in zip(begin, end)]
        added = [(max(before, 0), max(after, 0)) for before, after in pads]
        if self.pad_mode != "constant":
            x = np.pad(x, added, self.pad_mode)  # type: ignore[call-overload]
        else:
            x = np.pad(x, added, constant_values=0 if value is None else value.item())
        cut = tuple(
            slice(max(-before, 0), size - max(-after, 0))
            for size, (before, after) in zip(x.shape, pads)
        )
        return x[cut]


class ShuffleChannels(Op):
    """[group, size/group] transposed along one axis."""

    axis: int = 1
    group: int = 1

    def version(self) -> str:
        # Missing in opset2 only.
        return "opset1"

    def infer(self, data: Output) -> TensorType:
        if data.shape is not None:
            divided(data.shape[normalize_axis(self.axis, len(data.shape))], self.group)
        return TensorType(data.shape, data.dtype)


class ReverseSequence(Op):
    """The first ``seq_lengths`` elements of each batch item reversed."""

    batch_axis: int = 0
    seq_axis: int = 1

    def infer(self, data: Output, seq_lengths: Output) -> TensorType:
        lengths = seq_lengths.shape
        if lengths is not None and len(lengths) != 1:
            raise ValueError(f"the lengths {text(lengths)} are no vector")
        if data.shape is None:
            return TensorType(None, data.dtype)
        shape = list(data.shape)
        normalize_axis(self.seq_axis, len(shape))
        axis = normalize_axis(self.batch_axis, len(shape))
        if lengths is not None:
            batch = merge(shape[axis], lengths[0])
            if batch is None:
                raise ValueError(f"{lengths[0]} lengths for axis {axis} of {text(data.shape)}")
            shape[axis] = batch
        return TensorType(tuple(shape), data.dtype)


class Roll(Op):
    """Elements shifted along axes, those pushed out coming back in front."""

    opset = "opset7"

    def infer(self, data: Output, shift: Output, axes: Output) -> TensorType:
        constant_axes(axes, data.rank)
        counts = length(shift), length(axes)
        if None not in counts and shift.shape and counts[0] != counts[1]:
            raise ValueError(f"{counts[0]} shifts for {counts[1]} axes")
        return TensorType(data.shape, data.dtype)

    def fold(self, x: np.ndarray, shift: np.ndarray, axes: np.ndarray) -> np.ndarray:
        along = tuple(int(axis) for axis in axes.reshape(-1))
        return np.roll(x, tuple(int(s) for s in np.broadcast_to(shift, len(along))), along)


class Reverse(Op):
    """Elements in reverse order along axes given by numbers (or by a mask). Only in opset1."""

    mode: str = "index"

    def infer(self, data: Output, axes: Output) -> TensorType:
        if self.mode == "index":
            constant_axes(axes, data.rank)
        elif data.rank is not None and length(axes) not in (data.rank, None):
            raise ValueError(f"{length(axes)} mask elements for data {text(data.shape)}")
        return TensorType(data.shape, data.dtype)

    def fold(self, x: np.ndarray, axes: np.ndarray) -> np.ndarray:
        along = axes.reshape(-1) if self.mode == "index" else np.flatnonzero(axes)
        return np.flip(x, tuple(int(axis) for axis in along))


class Identity(Op):
    """The input itself."""

    opset = "opset16"
    keeps_elements = True

    def infer(self, data: Output) -> TensorType:
        return TensorType(data.shape, data.dtype)

    def fold(self, x: np.ndarray) -> np.ndarray:
        return x
