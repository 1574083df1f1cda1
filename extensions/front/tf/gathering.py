"""Elements looked up by indices, and elements put at indices."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, rank_of, typed
from extensions.front.tf.common import converts, needed, needed_ints, number, refuse
from extensions.ops.arithmetic import Add, Divide, Equal, FloorMod, GreaterEqual, Less, Select
from extensions.ops.gathering import (
    Gather,
    GatherND,
    ScatterElementsUpdate,
    ScatterNDUpdate,
    ScatterUpdate,
)
from extensions.ops.generating import NonZero
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceMax
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Unsqueeze
from extensions.ops.slicing import StridedSlice
from extensions.ops.unary import Negative
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_FIRST = np.int64(0)


@converts("Gather")
def gather(g: Graph, node: SourceNode, x: Output, indices: Output) -> Output:
    return g.add(Gather(), x, indices, g.constant(_FIRST))


@converts("ResourceGather")
def resource_gather(g: Graph, node: SourceNode, x: Output, indices: Output) -> Output:
    batch = node.get("batch_dims", 0)
    return g.add(Gather(batch_dims=batch), x, indices, g.constant(np.int64(batch)))


@converts("GatherV2")
def gather_v2(g: Graph, node: SourceNode, x: Output, indices: Output, axis: Output) -> Output:
    batch = node.get("batch_dims", 0)
    if batch < 0:
        batch += rank_of(indices)
    return g.add(Gather(batch_dims=batch), x, indices, axis)


@converts("GatherNd", "ResourceGatherNd")
def gather_nd(g: Graph, node: SourceNode, x: Output, indices: Output) -> Output:
    if indices.shape and indices.shape[-1] == 0:
        raise refuse("a lookup by no indices")
    return g.add(GatherND(), x, indices)


# ---- scattering


@converts("ScatterNd")
def scatter_nd(
    g: Graph, node: SourceNode, indices: Output, updates: Output, shape: Output
) -> Output:
    """Zeros, but sums of the updates at their indices."""
    zeros = g.add(Broadcast(), number(g, 0, updates.dtype), shape)
    return g.add(ScatterNDUpdate(reduction=_sum_if_repeated(indices)), zeros, indices, updates)


def _sum_if_repeated(indices: Output) -> str:
    """Constant indices that differ from each other need no sums (nor a newer operation)."""
    known = indices.value()
    if known is None or not known.ndim:
        return "sum"
    rows = known.reshape(-1, known.shape[-1])
    return "none" if len(np.unique(rows, axis=0)) == len(rows) else "sum"


_REDUCTIONS = {
    "TensorScatterAdd": "sum",
    "TensorScatterSub": "sum",
    "TensorScatterMax": "max",
    "TensorScatterMin": "min",
    "TensorScatterUpdate": "none",
}


@converts(*_REDUCTIONS)
def tensor_scatter(
    g: Graph, node: SourceNode, x: Output, indices: Output, updates: Output
) -> Output:
    if node.type == "TensorScatterSub":
        updates = g.add(Negative(), updates)
    return g.add(ScatterNDUpdate(reduction=_REDUCTIONS[node.type]), x, indices, updates)


@converts("SparseToDense")
def sparse_to_dense(
    g: Graph, node: SourceNode, indices: Output, shape: Output, values: Output, default: Output
) -> Output:
    """A tensor of one value, but others at some places; one index may be a plain number."""
    dense = g.add(Broadcast(), default, shape)
    if indices.rank == 0:
        indices = g.add(Unsqueeze(), indices, [0, 1])
        values = g.add(Reshape(), values, [1])
    elif indices.rank == 1:
        indices = g.add(Unsqueeze(), indices, [1])
    if values.rank == 0:
        values = g.add(Broadcast(), values, g.add(ShapeOf(), _column(g, indices)))
    return g.add(ScatterNDUpdate(), dense, indices, values)


def _column(g: Graph, rows: Output) -> Output:
    return g.add(Gather(), rows, g.constant(_FIRST), g.constant(np.int64(1)))


# ---- segments

_SEGMENTS = {
    "UnsortedSegmentSum": ("sum", 0),
    "UnsortedSegmentProd": ("prod", 1),
    "UnsortedSegmentMax": ("max", None),
    "UnsortedSegmentMin": ("min", None),
    "SegmentSum": ("sum", 0),
    "SegmentProd": ("prod", 1),
    "SegmentMax": ("max", 0),
    "SegmentMin": ("min", 0),
}


@converts("UnsortedSegmentSum", "UnsortedSegmentProd", "UnsortedSegmentMax", "UnsortedSegmentMin")
def unsorted_segments(g: Graph, node: SourceNode, x: Output, ids: Output, count: Output) -> Output:
    """Rows with equal ids combined; rows with an id below 0 are dropped."""
    reduction, start = _SEGMENTS[node.type]
    if rank_of(ids) != 1:
        x, ids = _flattened(g, x, ids)
    ids = typed(g, ids, ElementType.i64)
    count = typed(g, count, ElementType.i64)
    known = ids.value()
    if known is not None and (known >= 0).all():
        return _combined(g, x, ids, count, reduction, start)
    # One more row takes what is to be dropped.
    outside = g.add(Less(), ids, number(g, 0, ids.dtype))
    ids = g.add(Select(), outside, count, ids)
    more = g.add(Add(), count, number(g, 1, count.dtype))
    rows = _combined(g, x, ids, more, reduction, start)
    ends = StridedSlice(begin_mask=(0,), end_mask=(0,))
    return g.add(ends, rows, [0], [-1], [1])


def _flattened(g: Graph, x: Output, ids: Output) -> tuple[Output, Output]:
    """The axes that ids has become one."""
    target = g.add(Concat(axis=0), g.constant([-1]), _row_shape(g, x, rank_of(ids)))
    return g.add(Reshape(), x, target), g.add(Reshape(), ids, [-1])


def _row_shape(g: Graph, x: Output, skipped: int) -> Output:
    """The sizes behind the first axes."""
    rest = StridedSlice(begin_mask=(0,), end_mask=(1,))
    return g.add(rest, g.add(ShapeOf(), x), [skipped], [0], [1])


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
        ids = g.add(Broadcast(), g.add(Unsqueeze(), ids, list(range(1, rank))), g.add(ShapeOf(), x))
    empty = g.add(Broadcast(), number(g, start, x.dtype), shape)
    op = ScatterElementsUpdate(reduction=reduction)
    return g.add(op, empty, ids, x, g.constant(_FIRST))


@converts("SegmentSum", "SegmentProd")
def segments(g: Graph, node: SourceNode, x: Output, ids: Output) -> Output:
    """As many results as the last, greatest id tells."""
    reduction, start = _SEGMENTS[node.type]
    ids = typed(g, ids, ElementType.i64)
    count = g.add(Add(), _last(g, ids), number(g, 1, ids.dtype))
    return _combined(g, x, ids, count, reduction, start)


@converts("SegmentMean")
def segment_mean(g: Graph, node: SourceNode, x: Output, ids: Output) -> Output:
    """Sums divided by the numbers of rows; 0 where there is no row."""
    ids = typed(g, ids, ElementType.i64)
    count = g.add(Add(), _last(g, ids), number(g, 1, ids.dtype))
    total = _combined(g, x, ids, count, "sum", 0)
    ones = g.add(Broadcast(), number(g, 1, x.dtype), g.add(ShapeOf(), x))
    rows = _combined(g, ones, ids, count, "sum", 0)
    some = g.add(GreaterEqual(), rows, number(g, 1, x.dtype))
    return g.add(Divide(), total, g.add(Select(), some, rows, number(g, 1, x.dtype)))


def _last(g: Graph, ids: Output) -> Output:
    return g.add(ReduceMax(keep_dims=False), ids, [0])


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
    height = g.add(Add(), _last(g, place), number(g, 1, place.dtype))
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


@converts("UnravelIndex")
def unravel_index(g: Graph, node: SourceNode, indices: Output, dims: Output) -> Output:
    """Rows: the index along each axis of what a flat index means."""
    sizes = needed_ints(dims, "dims")
    strides = np.cumprod([1, *sizes[:0:-1]])[::-1]
    shape = [len(sizes)] + [1] * rank_of(indices)
    kind = indices.dtype
    laid = [g.constant(np.reshape(values, shape), kind) for values in (strides, sizes)]
    whole = g.add(Divide(), g.add(Unsqueeze(), indices, [0]), laid[0])
    return g.add(FloorMod(), whole, laid[1])
