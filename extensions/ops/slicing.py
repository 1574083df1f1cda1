"""Parts of a tensor cut out by ranges: StridedSlice with its masks, Slice, SliceScatter."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.ops.common import constant_axes, constant_ints, length, tied, unknown
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import INFINITY, Dim, Dimension, bounds, interval

# Ends from here on mean "all": no dimension is that long.
FAR = 2**31 - 1


def clipped(size: int, start: int, stop: int, step: int) -> tuple[int, int]:
    """The places of the first element and behind the last one, both within reach.

    As ONNX and the runtime do it: a backward slice that starts before the first element begins
    at it, where Python's would be empty.
    """
    start = start + size if start < 0 else start
    stop = stop + size if stop < 0 else stop
    if step > 0:
        return min(max(start, 0), size), min(max(stop, 0), size)
    return min(max(start, 0), size - 1), min(max(stop, -1), size - 1)


def slice_length(size: int, start: int, stop: int, step: int) -> int:
    """The number of elements of a slice of a vector."""
    first, behind = clipped(size, start, stop, step)
    if step > 0:
        return max(0, -((first - behind) // step))
    return max(0, -((behind - first) // -step)) if size else 0


def sliced(dim: Dimension, start: int, stop: int, step: int) -> Dimension:
    """The size that a slice leaves of a dimension."""
    if step == 0:
        raise ValueError("the step of a slice is 0")
    if isinstance(dim, int):
        return slice_length(dim, start, stop, step)
    if (step == 1 and start == 0 and stop >= FAR) or (step == -1 and start == -1 and stop <= -FAR):
        return dim
    if step == -1 and start >= FAR and stop <= -FAR:
        return dim
    # Between these sizes the length only grows or only shrinks.
    low, high = bounds(dim)
    turns = [abs(end) for end in (start, stop) if abs(end) < FAR]
    turns = [*turns, sum(turns)]
    last = max(turns) + 2 * abs(step)
    places = {low, low + 1, min(high, last), *turns, *(turn + 1 for turn in turns)}
    if high < INFINITY:
        places.add(high)
    lengths = [slice_length(size, start, stop, step) for size in places if low <= size <= high]
    longest = max(lengths)
    if high == INFINITY:
        beyond = slice_length(max(last, low) + 2 * abs(step), start, stop, step)
        if beyond > slice_length(max(last, low), start, stop, step):
            longest = INFINITY
    return interval(min(lengths), longest)


def cut(dim: Dimension, step: int | None) -> Dimension:
    """What may be left of a dimension if the ends of a slice are not known."""
    high = bounds(dim)[1]
    if step is None or high == INFINITY:
        return Dim(0, high)
    return interval(0, -(-high // abs(step)))


class StridedSlice(Op):
    """Python slicing with masks.

    A 1 in begin_mask or end_mask says that this value does not count (the slice goes to that end
    of the axis); a 1 in one of the other masks switches its meaning on. Where the axis shrinks to
    one element, ``begin`` always counts.
    """

    begin_mask: tuple[int, ...]
    end_mask: tuple[int, ...]
    new_axis_mask: tuple[int, ...] = ()
    shrink_axis_mask: tuple[int, ...] = ()
    ellipsis_mask: tuple[int, ...] = ()
    partial_values = True

    def ir_attributes(self) -> dict[str, str]:
        """All masks of one length, as the runtime wants them."""
        masks = {
            name: getattr(self, name)
            for name in (
                "begin_mask",
                "end_mask",
                "new_axis_mask",
                "shrink_axis_mask",
                "ellipsis_mask",
            )
        }
        count = max(map(len, masks.values()))
        filled = {name: (*mask, *(0,) * (count - len(mask))) for name, mask in masks.items()}
        # The CPU device would let begin_mask win over shrink_axis_mask.
        filled["begin_mask"] = tuple(
            int(masked and not shrunk)
            for masked, shrunk in zip(filled["begin_mask"], filled["shrink_axis_mask"])
        )
        return super(StridedSlice, self.with_attributes(**filled)).ir_attributes()

    def infer(
        self, data: Output, begin: Output, end: Output, strides: Output | None = None
    ) -> TensorType:
        count = length(begin)
        if data.shape is None or count is None:
            return TensorType(None, data.dtype)
        if any(
            other is not None and length(other) not in (count, None) for other in (end, strides)
        ):
            raise ValueError("begin, end and strides differ in length")
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
        skipped = [self._flag(self.ellipsis_mask, i) for i in range(count)]
        ellipsis = any(skipped)
        new = sum(self._flag(self.new_axis_mask, i) and not skipped[i] for i in range(count))
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
            return cut(dim, None if steps is None else steps[i])
        start, stop = _ends(
            begins[i] if use_begin and begins else None,
            ends[i] if use_end and ends else None,
            steps[i],
        )
        return sliced(dim, start, stop, steps[i])

    def fold(
        self, x: np.ndarray, begin: np.ndarray, end: np.ndarray, strides: np.ndarray | None = None
    ) -> np.ndarray:
        index: list[Any] = []
        for axis, i in self._plan(begin.size, x.ndim):
            if i is None:
                index.append(slice(None))
            elif axis < 0:
                index.append(None)
            elif self._flag(self.shrink_axis_mask, i):
                index.append(int(begin[i]))
            else:
                step = 1 if strides is None else int(strides[i])
                start, stop = _ends(
                    None if self._flag(self.begin_mask, i) else int(begin[i]),
                    None if self._flag(self.end_mask, i) else int(end[i]),
                    step,
                )
                index.append(as_slice(x.shape[axis], start, stop, step))
        return x[tuple(index)]


def _ends(start: int | None, stop: int | None, step: int) -> tuple[int, int]:
    """The ends of a slice, those left out put where the step comes from or goes to."""
    if start is None:
        start = 0 if step > 0 else -1
    if stop is None:
        stop = INFINITY if step > 0 else -INFINITY
    return start, stop


def as_slice(size: int, start: int, stop: int, step: int) -> slice:
    """A Python slice of the elements that ``slice_length`` counts."""
    first, behind = clipped(size, start, stop, step)
    return slice(first, None if behind < 0 else behind, step)


class Slice(Op):
    """Python slicing of the axes named by the last input (the first ones if it is omitted)."""

    opset = "opset8"
    partial_values = True

    def infer(
        self, data: Output, start: Output, stop: Output, step: Output, axes: Output | None = None
    ) -> TensorType:
        count = length(start)
        if any(v is not None and length(v) not in (count, None) for v in (stop, step, axes)):
            raise ValueError("start, stop, step and axes differ in length")
        if data.shape is None:
            return TensorType(None, data.dtype)
        starts, stops, steps = (constant_ints(value) for value in (start, stop, step))
        if axes is None:
            known = None if count is None else tuple(range(count))
        else:
            known = constant_axes(axes, len(data.shape))
        if known is None:
            return TensorType(tuple(Dim(0, bounds(dim)[1]) for dim in data.shape), data.dtype)
        if len(set(known)) < len(known) or len(known) > len(data.shape):
            raise ValueError(
                f"{len(known)} slices of axes {list(known)} for rank {len(data.shape)}"
            )
        dims = list(data.shape)
        for i, axis in enumerate(known):
            if starts is None or stops is None or steps is None:
                dims[axis] = cut(dims[axis], None if steps is None else steps[i])
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
        return x[_index(x, start, stop, step, axes)]


def _index(
    x: np.ndarray, start: np.ndarray, stop: np.ndarray, step: np.ndarray, axes: np.ndarray | None
) -> tuple[slice, ...]:
    index = [slice(None)] * x.ndim
    for i in range(start.size):
        axis = i if axes is None else int(axes.reshape(-1)[i])
        low, high, by = (int(value.reshape(-1)[i]) for value in (start, stop, step))
        index[axis] = as_slice(x.shape[axis], low, high, by)
    return tuple(index)


class SliceScatter(Op):
    """``data`` with the elements that Slice would take replaced by the updates."""

    opset = "opset15"

    def infer(
        self,
        data: Output,
        updates: Output,
        start: Output,
        stop: Output,
        step: Output,
        axes: Output | None = None,
    ) -> TensorType:
        kind = tied(data, updates)
        if updates.shape is not None and data.rank not in (None, len(updates.shape)):
            raise ValueError(f"updates of rank {len(updates.shape)} for rank {data.rank}")
        Slice().infer(data, start, stop, step, axes)
        return TensorType(unknown(updates.rank) if data.shape is None else data.shape, kind)

    def fold(
        self,
        x: np.ndarray,
        updates: np.ndarray,
        start: np.ndarray,
        stop: np.ndarray,
        step: np.ndarray,
        axes: np.ndarray | None = None,
    ) -> np.ndarray:
        result = x.copy()
        result[_index(x, start, stop, step, axes)] = updates
        return result
