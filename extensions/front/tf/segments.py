"""Rows of a tensor combined, parted and put together by numbers that they carry."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, lift, rank_of, typed
from extensions.front.tf.common import converts, needed, number
from extensions.ops.arithmetic import Add, Divide, Equal, Less, Maximum, Select
from extensions.ops.embedding import EmbeddingSegmentsSum
from extensions.ops.gathering import Gather, ScatterElementsUpdate, ScatterUpdate
from extensions.ops.generating import NonZero
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceMax
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Unsqueeze
from extensions.ops.slicing import StridedSlice
from extensions.ops.unary import Sqrt
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_FIRST = np.int64(0)

# How rows are combined, and what an empty segment gets (None: the number that gives way to all).
_UNSORTED: dict[str, tuple[str, int | None]] = {
    "UnsortedSegmentSum": ("sum", 0),
    "UnsortedSegmentProd": ("prod", 1),
    "UnsortedSegmentMax": ("max", None),
    "UnsortedSegmentMin": ("min", None),
}
_SORTED: dict[str, tuple[str, int | None]] = {
    "SegmentSum": ("sum", 0),
    "SegmentProd": ("prod", 1),
    "SegmentMax": ("max", None),
    "SegmentMin": ("min", None),
}


@converts(*_UNSORTED)
def unsorted_segments(g: Graph, node: SourceNode, x: Output, ids: Output, count: Output) -> Output:
    """Rows with equal ids combined; rows with an id below 0 are dropped."""
    if rank_of(ids) != 1:
        x, ids = _flattened(g, x, ids)
    ids, count = (typed(g, value, ElementType.i64) for value in (ids, count))
    known = ids.value()
    if known is not None and (known >= 0).all():
        return _combined(g, x, ids, count, *_UNSORTED[node.type])
    # One more row takes what is to be dropped.
    outside = g.add(Less(), ids, number(g, 0, ids.dtype))
    ids = g.add(Select(), outside, count, ids)
    more = g.add(Add(), count, number(g, 1, count.dtype))
    rows = _combined(g, x, ids, more, *_UNSORTED[node.type])
    ends = StridedSlice(begin_mask=(0,), end_mask=(0,))
    return g.add(ends, rows, [0], [-1], [1])


@converts(*_SORTED)
def segments(g: Graph, node: SourceNode, x: Output, ids: Output) -> Output:
    """As many results as the last, greatest id tells; 0 for extremes of nothing."""
    ids = typed(g, ids, ElementType.i64)
    count = _count(g, ids)
    reduction, start = _SORTED[node.type]
    rows = _combined(g, x, ids, count, reduction, start)
    if start is not None:
        return rows
    nobody = g.add(Broadcast(), g.constant(False), g.add(Reshape(), count, [1]))
    members = g.add(Broadcast(), g.constant(True), g.add(ShapeOf(), ids))
    there = g.add(ScatterUpdate(), nobody, ids, members, g.constant(_FIRST))
    return g.add(Select(), lift(g, there, range(1, rank_of(x))), rows, number(g, 0, x.dtype))


@converts("SegmentMean")
def segment_mean(g: Graph, node: SourceNode, x: Output, ids: Output) -> Output:
    """Sums divided by the numbers of rows; 0 where there is no row."""
    ids = typed(g, ids, ElementType.i64)
    count = _count(g, ids)
    total = _combined(g, x, ids, count, "sum", 0)
    ones = g.add(Broadcast(), number(g, 1, x.dtype), g.add(ShapeOf(), x))
    rows = _combined(g, ones, ids, count, "sum", 0)
    return g.add(Divide(), total, g.add(Maximum(), rows, number(g, 1, x.dtype)))


def _combined(
    g: Graph, x: Output, ids: Output, count: Output, reduction: str, start: float | None
) -> Output:
    if start is None:
        limits = np.finfo if x.dtype.is_float else np.iinfo
        bounds = limits(x.dtype.numpy)
        start = bounds.min if reduction == "max" else bounds.max
    rank = rank_of(x)
    shape = g.add(Reshape(), count, [1])
    if rank > 1:
        shape = g.add(Concat(axis=0), shape, _row_shape(g, x, 1))
        ids = g.add(Broadcast(), lift(g, ids, range(1, rank)), g.add(ShapeOf(), x))
    empty = g.add(Broadcast(), number(g, start, x.dtype), shape)
    op = ScatterElementsUpdate(reduction=reduction)
    return g.add(op, empty, ids, x, g.constant(_FIRST))


def _count(g: Graph, ids: Output) -> Output:
    """The number of segments: one more than the greatest id, 0 if there is none."""
    if not (ids.shape and isinstance(ids.shape[0], int) and ids.shape[0]):
        ids = g.add(Concat(axis=0), g.constant(np.array([-1]), ids.dtype), ids)
    return g.add(Add(), g.add(ReduceMax(keep_dims=False), ids, [0]), number(g, 1, ids.dtype))


def _flattened(g: Graph, x: Output, ids: Output) -> tuple[Output, Output]:
    """The axes that ids has become one."""
    target = g.add(Concat(axis=0), g.constant([-1]), _row_shape(g, x, rank_of(ids)))
    return g.add(Reshape(), x, target), g.add(Reshape(), ids, [-1])


def _row_shape(g: Graph, x: Output, skipped: int) -> Output:
    """The sizes behind the first axes."""
    rest = StridedSlice(begin_mask=(0,), end_mask=(1,))
    return g.add(rest, g.add(ShapeOf(), x), [skipped], [0], [1])


# ---- segments of rows that indices name: bags of words


@converts(
    "SparseSegmentSum",
    "SparseSegmentMean",
    "SparseSegmentSqrtN",
    "SparseSegmentSumWithNumSegments",
    "SparseSegmentMeanWithNumSegments",
    "SparseSegmentSqrtNWithNumSegments",
)
def sparse_segments(
    g: Graph,
    node: SourceNode,
    table: Output,
    indices: Output,
    ids: Output,
    count: Output | None = None,
) -> Output:
    """Sums of table rows, or sums divided by the number of rows or by its root."""
    indices, ids = (typed(g, value, ElementType.i64) for value in (indices, ids))
    count = _count(g, ids) if count is None else typed(g, count, ElementType.i64)
    rank = rank_of(table)
    # The IR has no tables of single numbers.
    wide = g.add(Unsqueeze(), table, [1]) if rank == 1 else table
    total = g.add(EmbeddingSegmentsSum(), wide, indices, ids, count)
    if "Sum" not in node.type:
        one = g.constant(np.ones((1, 1)), table.dtype)
        nowhere = g.add(Broadcast(), number(g, 0, indices.dtype), g.add(ShapeOf(), indices))
        rows = g.add(EmbeddingSegmentsSum(), one, nowhere, ids, count)
        rows = g.add(Maximum(), rows, number(g, 1, table.dtype))
        divisor = g.add(Sqrt(), rows) if "SqrtN" in node.type else rows
        total = g.add(Divide(), total, lift(g, divisor, range(2, rank)))
    return g.add(Squeeze(), total, [1]) if rank == 1 else total


# ---- dynamic partition and stitch


@converts("DynamicStitch", "ParallelDynamicStitch")
def dynamic_stitch(g: Graph, node: SourceNode, *inputs: Output) -> Output:
    """Rows put at the places that their indices name; a later one counts."""
    count = needed(node, "N")
    indices, data = inputs[:count], inputs[count:]
    if len(data) != count:
        raise invalid(f"it has {len(inputs)} inputs, not {2 * count}")
    places = [g.add(Reshape(), typed(g, value, ElementType.i64), [-1]) for value in indices]
    rest = _row_shape(g, data[0], rank_of(indices[0]))
    target = g.add(Concat(axis=0), g.constant([-1]), rest)
    rows = [g.add(Reshape(), value, target) for value in data]
    place = places[0] if count == 1 else g.add(Concat(axis=0), *places)
    row = rows[0] if count == 1 else g.add(Concat(axis=0), *rows)
    height = _count(g, place)
    shape = g.add(Concat(axis=0), g.add(Reshape(), height, [1]), rest)
    empty = g.add(Broadcast(), number(g, 0, row.dtype), shape)
    return g.add(ScatterUpdate(), empty, place, row, g.constant(_FIRST))


@converts("DynamicPartition")
def dynamic_partition(
    g: Graph, node: SourceNode, x: Output, partitions: Output
) -> tuple[Output, ...]:
    """The rows of each partition, in their order."""
    if rank_of(partitions) != 1:
        x, partitions = _flattened(g, x, partitions)
    parts = []
    for index in range(needed(node, "num_partitions")):
        chosen = g.add(Equal(), partitions, number(g, index, partitions.dtype))
        places = g.add(Squeeze(), g.add(NonZero(), chosen), [0])
        parts.append(g.add(Gather(), x, places, g.constant(_FIRST)))
    return tuple(parts)
