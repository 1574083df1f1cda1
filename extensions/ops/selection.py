"""Sorting, selection and detection."""

from __future__ import annotations

import numpy as np

from extensions.ops.common import as_dims, constant_axes, joined, length, ranked, size, tied
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, Dimension, Shape, bounds, count, interval, normalize_axis, text


class TopK(Op):
    """The k greatest or least elements along an axis, and their indices."""

    axis: int
    mode: str = "max"
    sort: str = "value"
    index_element_type: ElementType = ElementType.i32
    # Whether of equal elements the first comes first (opset11); else their order is open.
    stable: bool = False

    def version(self) -> str:
        return "opset11" if self.stable else "opset3"

    def ir_attributes(self) -> dict[str, str]:
        attributes = super().ir_attributes()
        if not self.stable:
            del attributes["stable"]
        return attributes

    def infer(self, data: Output, k: Output) -> tuple[TensorType, ...]:
        if k.shape and length(k) not in (1, None):
            raise ValueError(f"k {text(k.shape)} is no scalar")
        shape = data.shape
        if shape is not None:
            sizes = list(shape)
            axis = normalize_axis(self.axis, len(sizes))
            wanted = as_dims(k)
            sizes[axis] = _at_most(size(wanted[0]) if wanted else Dim(), sizes[axis])
            shape = tuple(sizes)
        return TensorType(shape, data.dtype), TensorType(shape, self.index_element_type)


def _at_most(k: Dimension, dim: Dimension) -> Dimension:
    (low, high), most = bounds(k), bounds(dim)[1]
    if low > most:
        raise ValueError(f"k is {k}, there are {dim} elements")
    return interval(low, most) if high > most else k


class Bucketize(Op):
    """The index of the bucket that each element falls into."""

    opset = "opset3"
    output_type: ElementType
    with_right_bound: bool = True

    def fold(self, x: np.ndarray, buckets: np.ndarray) -> np.ndarray:
        return np.searchsorted(buckets, x, "left" if self.with_right_bound else "right")

    def infer(self, data: Output, buckets: Output) -> TensorType:
        ranked(buckets, 1, "the buckets")
        return TensorType(data.shape, self.output_type)


class Unique(Op):
    """Distinct elements or slices, first places, inverse places and counts."""

    opset = "opset10"
    sorted: bool = True
    index_element_type: ElementType = ElementType.i64
    count_element_type: ElementType = ElementType.i64

    def infer(self, data: Output, axis: Output | None = None) -> tuple[TensorType, ...]:
        index, counts = self.index_element_type, self.count_element_type
        along = constant_axes(axis, data.rank)
        if data.shape is None or (axis is not None and along is None):
            values: Shape = None if axis is not None else (Dim(),)
            vectors = tuple(TensorType((Dim(),), kind) for kind in (index, index, counts))
            return (TensorType(values, data.dtype), *vectors)
        total = count(data.shape) if along is None else data.shape[along[0]]
        distinct = Dim(1 if bounds(total)[0] else 0, bounds(total)[1])
        values = (distinct,)
        if along is not None:
            values = tuple(distinct if i == along[0] else d for i, d in enumerate(data.shape))
        return (
            TensorType(values, data.dtype),
            TensorType((distinct,), index),
            TensorType((total,), index),
            TensorType((distinct,), counts),
        )


class SearchSorted(Op):
    """Where each value belongs in the sorted sequence of its row (the last axis)."""

    opset = "opset15"
    right_mode: bool = False
    output_type: ElementType = ElementType.i64

    def infer(self, sorted_sequence: Output, values: Output) -> TensorType:
        tied(sorted_sequence, values)
        sequence, wanted = sorted_sequence.shape, values.shape
        if sequence is not None and not sequence:
            raise ValueError("the sequence is a scalar")
        if sequence is None or len(sequence) == 1:
            return TensorType(wanted, self.output_type)
        if wanted is None:
            return TensorType((*sequence[:-1], Dim()), self.output_type)
        if len(wanted) != len(sequence):
            raise ValueError(f"values {text(wanted)} in sequences {text(sequence)}")
        outer = [joined("outer sizes", *pair) for pair in zip(sequence[:-1], wanted)]
        return TensorType((*outer, wanted[-1]), self.output_type)
