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
from mo.graph.shape import (
    INFINITY,
    Dim,
    Dimension,
    Shape,
    bounds,
    merge,
    normalize_axis,
    text,
)


class Transpose(Op):
    """Axes in the order of the second input (an empty order reverses them)."""

    def infer(self, data: Output, order: Output) -> TensorType:
        axes = constant_ints(order)
        if data.shape is None:
            return TensorType(unknown(len(axes)) if axes else None, data.dtype)
        if axes is None:
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
        rank = next((value.rank for value in inputs if value.rank is not None), None)
        if rank is None:
            return TensorType(None, kind)
        axis = normalize_axis(self.axis, rank)
        shapes = [value.shape or unknown(rank) or () for value in inputs]
        merged: list[Dimension] = list(shapes[0])
        for shape in shapes[1:]:
            if len(shape) != rank:
                raise ValueError("inputs differ in rank")
            for i, dim in enumerate(shape):
                both = merged[i] + dim if i == axis else merge(merged[i], dim)
                if both is None:
                    raise ValueError(f"{text(shape)} does not fit {text(shapes[0])} at axis {i}")
                merged[i] = both
        return TensorType(tuple(merged), kind)

    def fold(self, *arrays: np.ndarray) -> np.ndarray:
        return np.concatenate(arrays, self.axis)

    def ir_attributes(self) -> dict[str, str]:
        return {"axis": str(self.axis)}


class Split(Op):
    """Equal parts along the axis given by the second input."""

    num_splits: int

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


def sliced(dim: Dimension, start: int | None, stop: int | None, step: int) -> Dimension:
    """The size of ``range(dim)[start:stop:step]``."""
    if isinstance(dim, int):
        return len(range(*slice(start, stop, step).indices(dim)))
    if start in (None, 0) and step == 1 and (stop is None or stop >= INFINITY):
        return dim
    if step == -1 and start in (None, -1) and (stop is None or stop <= -INFINITY):
        return dim
    low, high = bounds(dim)
    same_side = (start or 0) >= 0 and (stop is None or stop >= 0)
    if high >= INFINITY:
        # The count grows with the size, and stays put once both ends are inside.
        far = max(abs(start or 0), abs(stop or 0) if stop is not None else 0) * 2 + 2
        if (stop is not None and abs(stop) < INFINITY and same_side and step > 0) or (
            stop is not None and (start or 0) < 0 and stop < 0 and abs(stop) < INFINITY
        ):
            high = far
    least = len(range(*slice(start, stop, step).indices(low)))
    if high >= INFINITY:
        if step > 0 and start is not None and start < 0 and (stop is None or stop >= INFINITY):
            return _bounded(least, -(start // step) if start > -INFINITY else INFINITY)
        return _bounded(least, INFINITY)
    most = len(range(*slice(start, stop, step).indices(high)))
    return _bounded(min(least, most), max(least, most))


def _bounded(low: int, high: int) -> Dimension:
    return low if low == high else Dim(low, high)


class StridedSlice(Op):
    """Python slicing with masks; 1 in begin_mask or end_mask means that the value is ignored."""

    begin_mask: tuple[int, ...]
    end_mask: tuple[int, ...]
    new_axis_mask: tuple[int, ...] = ()
    shrink_axis_mask: tuple[int, ...] = ()
    ellipsis_mask: tuple[int, ...] = ()
    partial_values = True

    def ir_attributes(self) -> dict[str, str]:
        zeros = (0,) * len(self.begin_mask)
        filled = self.with_attributes(
            new_axis_mask=self.new_axis_mask or zeros,
            shrink_axis_mask=self.shrink_axis_mask or zeros,
            ellipsis_mask=self.ellipsis_mask or zeros,
        )
        return super(StridedSlice, filled).ir_attributes()

    def infer(
        self, data: Output, begin: Output, end: Output, strides: Output | None = None
    ) -> TensorType:
        count = length(begin)
        if data.shape is None or count is None:
            return TensorType(None, data.dtype)
        begins, ends = constant_ints(begin), constant_ints(end)
        steps = constant_ints(strides) if strides is not None else (1,) * count
        dims: list[Dimension] = []
        for position, i in self._plan(count, len(data.shape)):
            if i is None:
                dims.append(data.shape[position])
            elif position < 0:
                dims.append(1)
            elif not self._flag(self.shrink_axis_mask, i):
                dims.append(self._size(data.shape[position], i, begins, ends, steps))
        return TensorType(tuple(dims), data.dtype)

    def _flag(self, mask: tuple[int, ...], i: int) -> bool:
        return i < len(mask) and bool(mask[i])

    def _plan(self, count: int, rank: int) -> list[tuple[int, int | None]]:
        """(data axis, or -1 for a new one; index into begin, or None for a whole axis)."""
        new = sum(self._flag(self.new_axis_mask, i) for i in range(count))
        ellipsis = any(self._flag(self.ellipsis_mask, i) for i in range(count))
        covered = rank - (count - new - ellipsis)
        if covered < 0:
            raise ValueError(f"{count} slices for rank {rank}")
        plan: list[tuple[int, int | None]] = []
        axis = 0
        for i in range(count):
            if self._flag(self.ellipsis_mask, i):
                plan += [(axis + k, None) for k in range(covered)]
                axis += covered
            elif self._flag(self.new_axis_mask, i):
                plan.append((-1, i))
            else:
                plan.append((axis, i))
                axis += 1
        return plan + [(k, None) for k in range(axis, rank)]

    def _size(
        self,
        dim: Dimension,
        i: int,
        begins: tuple[int, ...] | None,
        ends: tuple[int, ...] | None,
        steps: tuple[int, ...] | None,
    ) -> Dimension:
        use_begin = not self._flag(self.begin_mask, i)
        use_end = not self._flag(self.end_mask, i)
        if steps is None or (use_begin and begins is None) or (use_end and ends is None):
            return Dim(0, bounds(dim)[1])
        start = begins[i] if use_begin and begins is not None else None
        stop = ends[i] if use_end and ends is not None else None
        return sliced(dim, start, stop, steps[i])

    def fold(
        self, x: np.ndarray, begin: np.ndarray, end: np.ndarray, strides: np.ndarray | None = None
    ) -> np.ndarray:
        index: list[object] = []
        for axis, i in self._plan(begin.size, x.ndim):
            if i is None:
                index.append(slice(None))
            elif axis < 0:
                index.append(None)
            elif self._flag(self.shrink_axis_mask, i):
                index.append(int(begin[i]))
            else:
                start = None if self._flag(self.begin_mask, i) else int(begin[i])
                stop = None if self._flag(self.end_mask, i) else int(end[i])
                index.append(slice(start, stop, 1 if strides is None else int(strides[i])))
        return x[tuple(index)]


class Slice(Op):
    """Python slicing of the axes named by the last input."""

    opset = "opset8"
    partial_values = True

    def infer(
        self, data: Output, start: Output, stop: Output, step: Output, axes: Output | None = None
    ) -> TensorType:
        if data.shape is None:
            return TensorType(None, data.dtype)
        starts, stops, steps = (constant_ints(value) for value in (start, stop, step))
        count = length(start)
        if axes is None:
            known = None if count is None else tuple(range(count))
        else:
            known = constant_axes(axes, len(data.shape))
        if known is None:
            return TensorType(tuple(Dim(0, bounds(dim)[1]) for dim in data.shape), data.dtype)
        dims = list(data.shape)
        for i, axis in enumerate(known):
            if starts is None or stops is None or steps is None:
                dims[axis] = Dim(0, bounds(dims[axis])[1])
            else:
                dims[axis] = sliced(dims[axis], starts[i], stops[i], steps[i])
        return TensorType(tuple(dims), data.dtype)

    def fold(
        self,
        x: np.ndarray,
        start: np.ndarray,
        stop: np.ndarray,
        step: np.ndarray,
        axes: np.ndarray | None = None,
    ) -> np.ndarray:
        index = [slice(None)] * x.ndim
        for i in range(start.size):
            axis = i if axes is None else int(axes.reshape(-1)[i])
            low, high, by = (int(v.reshape(-1)[i]) for v in (start, stop, step))
            # A stop below the first element of a backward slice means "to the very front".
            stop_at = None if by < 0 and high < -x.shape[axis] else high
            index[axis] = slice(low, stop_at, by)
        return x[tuple(index)]


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
        if data.shape is None:
            return TensorType(None, data.dtype)
        begins, ends = as_dims(begin), as_dims(end)
        if begins is None or ends is None:
            return TensorType(unknown(len(data.shape)), data.dtype)
        sizes = []
        for dim, before, after in zip(data.shape, begins, ends):
            free = any(isinstance(pad, Dim) and pad.min < 0 for pad in (before, after))
            sizes.append(Dim() if free else size(dim + before + after))
        return TensorType(tuple(sizes), data.dtype)


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
        batch = self.batch_dims + len(indices.shape) if self.batch_dims < 0 else self.batch_dims
        if known is None:
            return TensorType(unknown(len(data.shape) + len(indices.shape) - 1 - batch), data.dtype)
        return TensorType(
            (
                *_batch(data.shape, indices.shape, batch),
                *data.shape[batch : known[0]],
                *indices.shape[batch:],
                *data.shape[known[0] + 1 :],
            ),
            data.dtype,
        )

    def fold(self, x: np.ndarray, indices: np.ndarray, axis: np.ndarray) -> np.ndarray | None:
        if self.batch_dims:
            return None
        return np.take(x, indices.astype(np.int64), int(axis.reshape(-1)[0]))


def _batch(a: tuple[Dimension, ...], b: tuple[Dimension, ...], n: int) -> list[Dimension]:
    merged = []
    for x, y in zip(a[:n], b[:n]):
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
        return TensorType(indices.shape, data.dtype)


class GatherND(Op):
    """Elements or slices named by index tuples in the last axis of the indices."""

    opset = "opset8"
    batch_dims: int = 0

    def version(self) -> str:
        return "opset8" if self.batch_dims > 1 else "opset5"

    def infer(self, data: Output, indices: Output) -> TensorType:
        if data.shape is None or indices.shape is None:
            return TensorType(None, data.dtype)
        depth = indices.shape[-1]
        if isinstance(depth, Dim):
            return TensorType(None, data.dtype)
        batch = _batch(data.shape, indices.shape, self.batch_dims)
        inner = indices.shape[self.batch_dims : -1]
        return TensorType(
            (*batch, *inner, *data.shape[self.batch_dims + depth :]),
            data.dtype,
        )


class ScatterElementsUpdate(Op):
    """``data`` with single elements replaced (or, opset12, combined) along an axis."""

    reduction: str = "none"
    use_init_val: bool = True

    def version(self) -> str:
        return "opset3" if self.reduction == "none" else "opset12"

    def ir_attributes(self) -> dict[str, str]:
        return {} if self.reduction == "none" else super().ir_attributes()

    def infer(self, data: Output, indices: Output, updates: Output, axis: Output) -> TensorType:
        return TensorType(data.shape, tied(data, updates))


class ScatterNDUpdate(Op):
    """``data`` with elements or slices replaced (or, opset15, combined)."""

    reduction: str = "none"

    def version(self) -> str:
        return "opset4" if self.reduction == "none" else "opset15"

    def ir_attributes(self) -> dict[str, str]:
        return {} if self.reduction == "none" else super().ir_attributes()

    def infer(self, data: Output, indices: Output, updates: Output) -> TensorType:
        return TensorType(data.shape, tied(data, updates))

    def fold(self, x: np.ndarray, indices: np.ndarray, updates: np.ndarray) -> np.ndarray | None:
        if self.reduction != "none":
            return None
        result = x.copy()
        result[tuple(np.moveaxis(indices, -1, 0))] = updates
        return result


class ScatterUpdate(Op):
    """``data`` with whole slices along an axis replaced."""

    opset = "opset3"

    def infer(self, data: Output, indices: Output, updates: Output, axis: Output) -> TensorType:
        return TensorType(data.shape, tied(data, updates))


class _BlockOp(Op):
    block_size: int
    mode: str = "blocks_first"

    def _moved(self, data: Shape, down: bool) -> Shape:
        if data is None:
            return None
        block = self.block_size
        area = block ** (len(data) - 2)
        if down:
            spatial = [divided(dim, block) for dim in data[2:]]
            return (data[0], data[1] * area, *spatial)
        return (data[0], divided(data[1], area), *(dim * block for dim in data[2:]))


class DepthToSpace(_BlockOp):
    """Channels moved into blocks of space."""

    def infer(self, data: Output) -> TensorType:
        return TensorType(self._moved(data.shape, down=False), data.dtype)


class SpaceToDepth(_BlockOp):
    """Blocks of space moved into channels."""

    def infer(self, data: Output) -> TensorType:
        return TensorType(self._moved(data.shape, down=True), data.dtype)


class ShuffleChannels(Op):
    """[group, size/group] transposed along one axis."""

    axis: int = 1
    group: int = 1

    def infer(self, data: Output) -> TensorType:
        return data.type


class ReverseSequence(Op):
    """The first ``seq_lengths`` elements of each batch item reversed."""

    batch_axis: int = 0
    seq_axis: int = 1

    def infer(self, data: Output, seq_lengths: Output) -> TensorType:
        return data.type


class Roll(Op):
    """Elements shifted along axes, those pushed out coming back in front."""

    opset = "opset7"

    def infer(self, data: Output, shift: Output, axes: Output) -> TensorType:
        return data.type


class SpaceToBatch(Op):
    """Padded space cut into blocks that become batch items."""

    opset = "opset2"

    def infer(self, data: Output, block: Output, begin: Output, end: Output) -> TensorType:
        blocks, before, after = (constant_ints(v) for v in (block, begin, end))
        if data.shape is None or blocks is None or before is None or after is None:
            return TensorType(unknown(data.rank), data.dtype)
        sizes: list[Dimension] = [data.shape[0]]
        for dim, by, low, high in zip(data.shape[1:], blocks[1:], before[1:], after[1:]):
            sizes.append(divided(dim + low + high, by))
            sizes[0] = sizes[0] * by
        return TensorType(tuple(sizes), data.dtype)


class BatchToSpace(Op):
    """The inverse of SpaceToBatch, with the padding cut off."""

    opset = "opset2"

    def infer(self, data: Output, block: Output, begin: Output, end: Output) -> TensorType:
        blocks, before, after = (constant_ints(v) for v in (block, begin, end))
        if data.shape is None or blocks is None or before is None or after is None:
            return TensorType(unknown(data.rank), data.dtype)
        total = 1
        for by in blocks[1:]:
            total *= by
        sizes: list[Dimension] = [divided(data.shape[0], total)]
        for dim, by, low, high in zip(data.shape[1:], blocks[1:], before[1:], after[1:]):
            sizes.append(size(dim * by - low - high))
        return TensorType(tuple(sizes), data.dtype)
