"""Sums and means of table rows: embedding bags, and maxima of segments."""

from __future__ import annotations

from extensions.ops.common import INTEGERS, as_dims, expect, joined, ranked, size, tied
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, Dimension, Shape, merge, text


def _rows(table: Output, rows: Dimension) -> Shape:
    """``rows`` rows like those of the table."""
    if table.shape is None:
        return None
    if not table.shape:
        raise ValueError("the table is a scalar")
    return (rows, *table.shape[1:])


class _Bag(Op):
    def _summed(
        self, table: Output, rows: Dimension, indices: Output, weights: Output | None
    ) -> TensorType:
        kind = tied(table, weights)
        if weights is not None and indices.shape is not None and weights.shape is not None:
            pairs = zip(indices.shape, weights.shape)
            if len(indices.shape) != len(weights.shape) or any(merge(*p) is None for p in pairs):
                raise ValueError(f"weights {text(weights.shape)} for indices {text(indices.shape)}")
        return TensorType(_rows(table, rows), kind)


class EmbeddingBagOffsetsSum(_Bag):
    """Sums of the table rows named by ``indices[offsets[i]:offsets[i + 1]]``."""

    opset = "opset3"

    def infer(
        self,
        table: Output,
        indices: Output,
        offsets: Output,
        default_index: Output | None = None,
        weights: Output | None = None,
    ) -> TensorType:
        expect(tied(indices, offsets, default_index), INTEGERS, "an integer")
        ranked(indices, 1, "the indices")
        if default_index is not None:
            ranked(default_index, 0, "the default index")
        if weights is not None:
            ranked(weights, 1, "the weights")
        return self._summed(table, ranked(offsets, 1, "the offsets")[0], indices, weights)


class EmbeddingBagOffsets(EmbeddingBagOffsetsSum):
    """As EmbeddingBagOffsetsSum, or means."""

    opset = "opset15"
    reduction: str = "sum"


class EmbeddingBagPackedSum(_Bag):
    """Sums of the table rows named by each row of the indices [N, K]."""

    opset = "opset3"

    def infer(self, table: Output, indices: Output, weights: Output | None = None) -> TensorType:
        expect(indices.dtype, INTEGERS, "an integer")
        bags = ranked(indices, 2, "the indices")[0]
        if weights is not None:
            bags = joined("numbers of bags", bags, ranked(weights, 2, "the weights")[0])
        return self._summed(table, bags, indices, weights)


class EmbeddingBagPacked(EmbeddingBagPackedSum):
    """As EmbeddingBagPackedSum, or means."""

    opset = "opset15"
    reduction: str = "sum"


class EmbeddingSegmentsSum(_Bag):
    """Sums of the table rows named by the indices of equal segment number."""

    opset = "opset3"

    def infer(
        self,
        table: Output,
        indices: Output,
        segment_ids: Output,
        num_segments: Output,
        default_index: Output | None = None,
        weights: Output | None = None,
    ) -> TensorType:
        expect(tied(indices, segment_ids, num_segments, default_index), INTEGERS, "an integer")
        ids, places = ranked(segment_ids, 1, "segment numbers"), ranked(indices, 1, "the indices")
        joined("numbers of indices and segments", ids[0], places[0])
        for value in (num_segments, default_index):
            if value is not None:
                ranked(value, 0, "a number of segments or default index")
        if weights is not None:
            ranked(weights, 1, "the weights")
        counted = as_dims(num_segments)
        rows = size(counted[0]) if counted else Dim()
        return self._summed(table, rows, indices, weights)


class SegmentMax(Op):
    """Maxima of the slices of equal segment number (ascending) along the first axis."""

    opset = "opset16"
    fill_mode: str = "zero"

    def infer(
        self, data: Output, segment_ids: Output, num_segments: Output | None = None
    ) -> TensorType:
        expect(segment_ids.dtype, INTEGERS, "an integer")
        ids = ranked(segment_ids, 1, "segment numbers")
        if data.shape:
            joined("numbers of slices and segments", ids[0], data.shape[0])
        rows: Dimension = Dim()
        if num_segments is not None:
            ranked(num_segments, 0, "the number of segments")
            counted = as_dims(num_segments)
            rows = size(counted[0]) if counted else rows
        elif segment_ids.constant is not None and segment_ids.constant.size:
            rows = int(segment_ids.constant.array[-1]) + 1
        return TensorType(_rows(data, rows), data.dtype)


class SparseFillEmptyRows(Op):
    """A sparse matrix (values, sizes, places) in which each empty row gets a default value."""

    opset = "opset16"

    def infer(
        self, values: Output, dense_shape: Output, indices: Output, default: Output
    ) -> tuple[TensorType, ...]:
        kind, index = tied(values, default), tied(dense_shape, indices)
        entries, places = ranked(values, 1, "the values"), ranked(indices, 2, "the places")
        joined("the sizes are two;", ranked(dense_shape, 1, "the sizes")[0], 2)
        joined("the last axis of the places should be 2;", places[1], 2)
        joined("numbers of values and places", entries[0], places[0])
        ranked(default, 0, "the default")
        sizes = as_dims(dense_shape)
        rows = size(sizes[0]) if sizes else Dim()
        filled: Dimension = Dim()
        if indices.constant is not None and isinstance(rows, int):
            used = len(set(indices.constant.array[:, 0].tolist()))
            filled = indices.constant.shape[0] + rows - used
        return (
            TensorType((filled, 2), index),
            TensorType((filled,), kind),
            TensorType((rows,), ElementType.boolean),
        )
