"""Elements looked up by indices, and elements put at indices."""

from __future__ import annotations

import numpy as np

from extensions.front.building import rank_of
from extensions.front.tf.common import converts, needed_ints, number
from extensions.ops.arithmetic import Divide, FloorMod
from extensions.ops.gathering import (
    Gather,
    GatherND,
    ScatterNDUpdate,
)
from extensions.ops.movement import Concat
from extensions.ops.shaping import Broadcast, ShapeOf, Unsqueeze
from extensions.ops.unary import Negative
from mo.front.model import SourceNode
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
    """Rows of no indices at all mean the whole tensor."""
    if indices.shape and indices.shape[-1] == 0:
        outer = g.add(
            Gather(), g.add(ShapeOf(), indices), list(range(rank_of(indices) - 1)), _FIRST
        )
        return g.add(Broadcast(), x, g.add(Concat(axis=0), outer, g.add(ShapeOf(), x)))
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
