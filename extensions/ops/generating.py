"""Tensors made from numbers: ranges, unit vectors and matrices, random numbers, indices."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np

from extensions.ops.common import FLOATS, INTEGERS, as_dims, expect, ranked, size, tied
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, Dimension, bounds, count, interval, normalize_axis


class Range(Op):
    """Numbers from start up to, not including, stop."""

    opset = "opset4"
    output_type: ElementType

    def infer(self, start: Output, stop: Output, step: Output) -> TensorType:
        values = [value.value() for value in (start, stop, step)]
        if any(value is None for value in values):
            return TensorType((self._partial_length(start, stop, step),), self.output_type)
        first, last, by = self._limits(*values)
        if by == 0:
            raise ValueError("the step is 0")
        return TensorType((max(0, ceil((last - first) / by)),), self.output_type)

    def _limits(self, *values: np.ndarray | None) -> list[Any]:
        """The three numbers, cut off to integers if the result is one."""
        items = [value.reshape(-1)[0].item() for value in values if value is not None]
        return [int(item) for item in items] if self.output_type.is_integer else items

    def _partial_length(self, start: Output, stop: Output, step: Output) -> Dimension:
        ends = [value.partial_value() for value in (start, stop, step)]
        if any(value is None or value.size != 1 for value in ends):
            return Dim()
        low, high, by = (value.item() for value in ends if value is not None)
        if by != 1:
            return Dim()
        length = high - low
        return length if isinstance(length, Dim) and bounds(length)[0] >= 0 else _count(length)

    def fold(self, start: np.ndarray, stop: np.ndarray, step: np.ndarray) -> np.ndarray:
        first, last, by = self._limits(start, stop, step)
        count = max(0, ceil((last - first) / by))
        return first + by * np.arange(count)


def _count(dim: Dimension) -> Dimension:
    """A difference as a number of elements: none if it is negative."""
    low, high = bounds(dim)
    return interval(max(low, 0), max(high, 0))


def _number(value: Output) -> Dimension:
    """A size given by a one-element input."""
    dims = as_dims(value)
    return size(dims[0]) if dims else Dim()


class OneHot(Op):
    """``on_value`` at the index along a new axis of size depth, else ``off_value``."""

    axis: int

    def infer(self, indices: Output, depth: Output, on: Output, off: Output) -> TensorType:
        kind = tied(on, off)
        if indices.shape is None:
            return TensorType(None, kind)
        shape = list(indices.shape)
        shape.insert(normalize_axis(self.axis, len(shape) + 1), _number(depth))
        return TensorType(tuple(shape), kind)

    def fold(
        self, indices: np.ndarray, depth: np.ndarray, on: np.ndarray, off: np.ndarray
    ) -> np.ndarray:
        axis = normalize_axis(self.axis, indices.ndim + 1)
        places = np.arange(int(depth.item())).reshape((-1,) + (1,) * (indices.ndim - axis))
        return np.where(np.expand_dims(indices, axis) == places, on.reshape(()), off.reshape(()))


class Eye(Op):
    """Matrices of zeros with ones on one diagonal, repeated for the batch shape."""

    opset = "opset9"
    output_type: ElementType

    def infer(
        self, rows: Output, columns: Output, diagonal: Output, batch: Output | None = None
    ) -> TensorType:
        sizes = (_number(rows), _number(columns))
        if batch is None:
            return TensorType(sizes, self.output_type)
        outer = as_dims(batch)
        shape = None if outer is None else (*map(size, outer), *sizes)
        return TensorType(shape, self.output_type)

    def fold(
        self,
        rows: np.ndarray,
        columns: np.ndarray,
        diagonal: np.ndarray,
        batch: np.ndarray | None = None,
    ) -> np.ndarray:
        matrix = np.eye(int(rows.item()), int(columns.item()), int(diagonal.item()))
        outer = () if batch is None else tuple(int(item) for item in batch)
        return np.broadcast_to(matrix, (*outer, *matrix.shape))


class RandomUniform(Op):
    """Random numbers between two scalars; the shape is the first input."""

    opset = "opset8"
    output_type: ElementType
    global_seed: int = 0
    op_seed: int = 0
    is_pure = False

    def infer(self, shape: Output, low: Output, high: Output) -> TensorType:
        sizes = as_dims(shape)
        return TensorType(None if sizes is None else tuple(map(size, sizes)), self.output_type)


class NonZero(Op):
    """Indices of the elements that are not zero, as [rank, count]."""

    opset = "opset3"
    output_type: ElementType = ElementType.i64

    def infer(self, data: Output) -> TensorType:
        rank: Dimension = Dim() if data.shape is None else len(data.shape)
        most: Dimension = Dim()
        if data.shape is not None:
            total = count(data.shape)
            most = Dim(0, total if isinstance(total, int) else total.max)
        return TensorType((rank, most), self.output_type)

    def fold(self, x: np.ndarray) -> np.ndarray:
        return np.array(np.nonzero(x), np.int64).reshape(x.ndim, -1)


class Multinomial(Op):
    """Classes drawn by probability: [N, C] (or [C]) to [N, samples] (or [samples])."""

    opset = "opset13"
    convert_type: ElementType
    with_replacement: bool
    log_probs: bool
    global_seed: int = 0
    op_seed: int = 0
    is_pure = False

    def infer(self, probabilities: Output, num_samples: Output) -> TensorType:
        expect(probabilities.dtype, FLOATS, "a float")
        expect(num_samples.dtype, INTEGERS, "an integer")
        classes = ranked(probabilities, 2, "the probabilities")
        return TensorType((classes[0], _number(num_samples)), self.convert_type)
