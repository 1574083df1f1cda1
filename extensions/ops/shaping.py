"""Operations on shapes: asking for them, reshaping, squeezing, broadcasting, tiling."""

from __future__ import annotations

import numpy as np

from extensions.ops.common import (
    as_dims,
    constant_axes,
    constant_ints,
    divided,
    length,
    size,
    unknown,
)
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import (
    Dim,
    Dimension,
    Shape,
    broadcast,
    broadcast_dim,
    count,
    is_static,
    merge,
    normalize_axes,
    text,
)


class ShapeOf(Op):
    """The sizes of the input as a vector."""

    opset = "opset3"
    output_type: ElementType = ElementType.i64
    partial_values = True

    def infer(self, data: Output) -> TensorType:
        return TensorType((Dim() if data.shape is None else len(data.shape),), self.output_type)

    def partial_value(self, *inputs: Output | None) -> np.ndarray | None:
        data = inputs[0]
        if data is None or data.shape is None:
            return None
        array = np.empty(len(data.shape), object)
        array[:] = data.shape
        return array


class Reshape(Op):
    """Another shape for the same elements: -1 is computed, with special_zero 0 copies."""

    special_zero: bool = False
    keeps_elements = True
    partial_values = True

    def infer(self, data: Output, shape: Output) -> TensorType:
        pattern = as_dims(shape)
        if pattern is None:
            return TensorType(None, data.dtype)
        return TensorType(self._shape(data.shape, pattern), data.dtype)

    def _shape(self, data: Shape, pattern: tuple[Dimension, ...]) -> Shape:
        result: list[Dimension] = []
        computed = -1
        may_compute = False
        for i, item in enumerate(pattern):
            if isinstance(item, Dim):
                # Possibly -1: anything; a size from a ShapeOf stays itself.
                may_compute = may_compute or item.min < 0
                result.append(Dim() if item.min < 0 else item)
            elif item == -1:
                if computed >= 0:
                    raise ValueError("only one -1 is allowed in a shape")
                computed = i
                result.append(-1)
            elif item == 0 and self.special_zero:
                if data is not None and i >= len(data):
                    raise ValueError(f"0 at position {i} has no dimension to copy")
                result.append(Dim() if data is None else data[i])
            elif item < -1:
                raise ValueError(f"{item} is not a size")
            else:
                result.append(item)
        if computed >= 0:
            others = result[:computed] + result[computed + 1 :]
            result[computed] = _quotient_of(data, others)
        elif data is not None and is_static(data) and is_static(tuple(result)):
            if count(data) != count(result):
                raise ValueError(f"{text(data)} and {text(tuple(result))} differ in size")
        elif data is not None and not may_compute:
            _resolve_single(data, result)
        return tuple(result)

    def fold(self, x: np.ndarray, shape: np.ndarray) -> np.ndarray:
        sizes = [int(item) for item in shape.reshape(-1)]
        if self.special_zero:
            sizes = [x.shape[i] if item == 0 else item for i, item in enumerate(sizes)]
        return x.reshape(sizes)


def _cancelled(
    data: tuple[Dimension, ...], others: list[Dimension]
) -> tuple[list[Dimension], list[Dimension]]:
    """Both factor lists without the unknowns they share."""
    rest, divisors = list(data), []
    for dim in others:
        index = next((i for i, d in enumerate(rest) if isinstance(d, Dim) and d is dim), -1)
        if index >= 0:
            del rest[index]
        else:
            divisors.append(dim)
    return rest, divisors


def _quotient_of(data: Shape, others: list[Dimension]) -> Dimension:
    """What a -1 stands for: the size of ``data`` divided by the other dimensions."""
    if data is None:
        return Dim()
    rest, divisors = _cancelled(data, others)
    known = 1
    for dim in rest:
        known *= dim if isinstance(dim, int) else 1
    fixed = 1
    for dim in divisors:
        fixed *= dim if isinstance(dim, int) else 1
    unknown_rest = [dim for dim in rest if isinstance(dim, Dim)]
    unknown_divisors = [dim for dim in divisors if isinstance(dim, Dim)]
    if fixed == 0:
        if not unknown_rest:
            raise ValueError(f"-1 beside a size of 0 says nothing of {text(data)}")
        return Dim()
    if unknown_divisors:
        return divided(count(rest), count(divisors))
    if not unknown_rest:
        if known % fixed:
            raise ValueError(f"{text(data)} cannot be split into blocks of {fixed}")
        return known // fixed
    if known % fixed == 0:
        return count(unknown_rest) * (known // fixed)
    total = count(rest)
    assert isinstance(total, Dim)
    # Only multiples of ``fixed`` are possible.
    low = -(-total.min // fixed)
    return size(Dim(low, total.max // fixed if total.max < Dim().max else total.max))


def _resolve_single(data: tuple[Dimension, ...], result: list[Dimension]) -> None:
    """If just one size of the result is open, the number of elements tells it."""
    rest, _ = _cancelled(data, [])
    loose = [i for i, dim in enumerate(result) if isinstance(dim, Dim) and dim.is_unbounded]
    if len(loose) != 1 or not all(isinstance(dim, int) for dim in rest):
        return
    index = loose[0]
    if any(result[index] is dim for dim in data):
        return
    others = result[:index] + result[index + 1 :]
    if all(isinstance(dim, int) and dim > 0 for dim in others):
        result[index] = _quotient_of(data, others)


class Squeeze(Op):
    """Removes axes of size 1: those of the second input, or all if it is omitted or empty."""

    keeps_elements = True
    partial_values = True

    def infer(self, data: Output, axes: Output | None = None) -> TensorType:
        if data.shape is None:
            return TensorType(None, data.dtype)
        if axes is None or axes.shape == (0,):
            if not is_static(data.shape):
                maybe = any(isinstance(dim, Dim) and dim.min <= 1 for dim in data.shape)
                if maybe:
                    return TensorType(None, data.dtype)
            return TensorType(tuple(dim for dim in data.shape if dim != 1), data.dtype)
        known = constant_axes(axes, len(data.shape))
        if known is None:
            removed = length(axes)
            rest = None if not removed else max(len(data.shape) - removed, 0)
            return TensorType(unknown(rest), data.dtype)
        for axis in known:
            if merge(data.shape[axis], 1) is None:
                raise ValueError(f"axis {axis} of {text(data.shape)} is not 1")
        shape = tuple(dim for i, dim in enumerate(data.shape) if i not in known)
        return TensorType(shape, data.dtype)

    def fold(self, x: np.ndarray, axes: np.ndarray | None = None) -> np.ndarray:
        return np.squeeze(x, None if axes is None or not axes.size else _axes(axes))


class Unsqueeze(Op):
    """Inserts axes of size 1 where the second input says, counted in the result."""

    keeps_elements = True
    partial_values = True

    def infer(self, data: Output, axes: Output) -> TensorType:
        wanted = constant_ints(axes)
        if data.shape is None:
            return TensorType(None, data.dtype)
        if wanted is None:
            added = length(axes)
            rank = None if added is None else len(data.shape) + added
            return TensorType(unknown(rank), data.dtype)
        places = sorted(normalize_axes(wanted, len(data.shape) + len(wanted)))
        if len(set(places)) < len(places):
            raise ValueError(f"axes {list(wanted)} name one axis twice")
        shape = list(data.shape)
        for place in places:
            shape.insert(place, 1)
        return TensorType(tuple(shape), data.dtype)

    def fold(self, x: np.ndarray, axes: np.ndarray) -> np.ndarray:
        return np.expand_dims(x, _axes(axes))


def _axes(axes: np.ndarray) -> tuple[int, ...]:
    return tuple(int(axis) for axis in np.asarray(axes).reshape(-1))


class Broadcast(Op):
    """Repeats axes of size 1 up to the target shape (numpy or bidirectional rules)."""

    opset = "opset3"
    mode: str = "numpy"

    def infer(self, data: Output, target_shape: Output) -> TensorType:
        known = as_dims(target_shape)
        if known is None:
            return TensorType(None, data.dtype)
        target = tuple(size(dim) for dim in known)
        if data.shape is None:
            return TensorType(None if self.mode == "bidirectional" else target, data.dtype)
        if self.mode == "bidirectional":
            return TensorType(broadcast(data.shape, target), data.dtype)
        if len(data.shape) > len(target):
            raise ValueError(f"{text(data.shape)} does not broadcast to {text(target)}")
        for dim, wanted in zip(reversed(data.shape), reversed(target)):
            fits = broadcast_dim(dim, wanted)
            if fits is None or merge(fits, wanted) is None:
                raise ValueError(f"{text(data.shape)} does not broadcast to {text(target)}")
        return TensorType(target, data.dtype)

    def fold(self, x: np.ndarray, target: np.ndarray) -> np.ndarray:
        sizes = tuple(int(item) for item in target)
        if self.mode == "bidirectional":
            sizes = np.broadcast_shapes(x.shape, sizes)
        return np.broadcast_to(x, sizes)


class Tile(Op):
    """Repeats the input along each axis; the shorter of shape and repeats gets leading 1s."""

    def infer(self, data: Output, repeats: Output) -> TensorType:
        times = as_dims(repeats)
        if data.shape is None or times is None:
            return TensorType(None, data.dtype)
        rank = max(len(data.shape), len(times))
        dims = (1,) * (rank - len(data.shape)) + data.shape
        times = (1,) * (rank - len(times)) + times
        sizes = [dim * size(time) for dim, time in zip(dims, times)]
        return TensorType(tuple(sizes), data.dtype)

    def fold(self, x: np.ndarray, repeats: np.ndarray) -> np.ndarray:
        return np.tile(x, [int(item) for item in repeats])
