"""Elements by their places: take, pick, embeddings, gathering and scattering.

Places may be floats, whose fraction counts for nothing.
"""

from __future__ import annotations

import numpy as np

from extensions.front.building import rank_of, size_of, typed, vector
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import alike, converts, indices, refused, shape_of
from extensions.ops.arithmetic import FloorMod, Less, Maximum, Minimum, Multiply, Select, Subtract
from extensions.ops.gathering import (
    Gather,
    GatherElements,
    GatherND,
    ScatterNDUpdate,
    ScatterUpdate,
)
from extensions.ops.generating import NonZero, OneHot
from extensions.ops.movement import Transpose
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Broadcast, Squeeze, Unsqueeze
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis


def _within(g: Graph, places: Output, size: Output, mode: str) -> Output:
    """Places beyond the ends brought back: to the ends, or round and round."""
    places = indices(g, places)
    size = typed(g, size, places.dtype)
    zero, one = (g.constant(np.asarray(value), places.dtype) for value in (0, 1))
    if mode == "wrap":
        return g.add(FloorMod(), places, size)
    if mode not in ("clip", "raise"):
        raise refused(f"mode '{mode}'")
    return g.add(Maximum(), g.add(Minimum(), places, g.add(Subtract(), size, one)), zero)


@converts("take")
def take(g: Graph, node: SourceNode, x: Output, places: Output) -> Output:
    axis = normalize_axis(at.integer(node, "axis", 0), rank_of(x))
    places = _within(g, places, size_of(g, x, axis), at.word(node, "mode", "clip"))
    return g.add(Gather(), x, places, g.constant(np.int64(axis)))


@converts("Embedding")
def embedding(g: Graph, node: SourceNode, places: Output, weights: Output) -> Output:
    places = _within(g, places, size_of(g, weights, 0), "clip")
    return g.add(Gather(), weights, places, g.constant(np.int64(0)))


@converts("pick")
def pick(g: Graph, node: SourceNode, x: Output, places: Output) -> Output:
    """One element for each place, along an axis."""
    axis = at.optional_integer(node, "axis") if node.get("axis") is not None else -1
    keep = at.flag(node, "keepdims")
    if axis is None:
        raise refused("pick without an axis")
    axis = normalize_axis(axis, rank_of(x))
    places = _within(g, places, size_of(g, x, axis), at.word(node, "mode", "clip"))
    if rank_of(places) < rank_of(x):
        places = g.add(Unsqueeze(), places, [axis])
    picked = g.add(GatherElements(axis=axis), x, places)
    return picked if keep or picked.rank == 1 else g.add(Squeeze(), picked, [axis])


@converts("batch_take")
def batch_take(g: Graph, node: SourceNode, x: Output, places: Output) -> Output:
    column = g.add(Unsqueeze(), indices(g, places), [1])
    return g.add(Squeeze(), g.add(GatherElements(axis=1), x, column), [1])


@converts("one_hot")
def one_hot(g: Graph, node: SourceNode, places: Output) -> Output:
    kind = at.element_type(node, "float32")
    on, off = (
        g.constant(np.asarray(at.number(node, name, default)), kind)
        for name, default in (("on_value", 1.0), ("off_value", 0.0))
    )
    depth = at.integer(node, "depth")
    places = indices(g, places)
    # The runtime counts negative places from the end; here they are nowhere.
    nowhere = g.constant(np.asarray(depth), places.dtype)
    zero = g.constant(np.asarray(0), places.dtype)
    places = g.add(Select(), g.add(Less(), places, zero), nowhere, places)
    return g.add(OneHot(axis=-1), places, g.constant(np.int64(depth)), on, off)


def _rows(g: Graph, places: Output) -> Output:
    """Places [M, ...] of M coordinates as [..., M]."""
    rank = rank_of(places)
    return g.add(Transpose(), indices(g, places), [*range(1, rank), 0])


@converts("gather_nd")
def gather_nd(g: Graph, node: SourceNode, x: Output, places: Output) -> Output:
    rows = _rows(g, places)
    count = shape_of(places)[0]
    if not isinstance(count, int):
        raise refused("gathering by an unknown number of coordinates")
    sizes = vector(g, [size_of(g, x, axis) for axis in range(count)])
    # Negative places count from the end.
    rows = g.add(FloorMod(), rows, typed(g, sizes, rows.dtype))
    return g.add(GatherND(), x, rows)


@converts("scatter_nd", "_scatter_set_nd")
def scatter_nd(
    g: Graph, node: SourceNode, x: Output, values: Output, places: Output | None = None
) -> Output:
    """Into zeros; _scatter_set_nd into what its first input holds."""
    if places is None:
        x, values, places = _zeros(g, at.integers(node, "shape"), x.dtype), x, values
    return g.add(ScatterNDUpdate(), *alike(g, x), _rows(g, places), values)


def _zeros(g: Graph, shape: tuple[int, ...], kind: ElementType) -> Output:
    sizes = g.constant(np.asarray(shape, np.int64))
    return g.add(Broadcast(), g.constant(np.asarray(0), kind), sizes)


@converts("_contrib_index_copy")
def index_copy(g: Graph, node: SourceNode, x: Output, places: Output, rows: Output) -> Output:
    return g.add(ScatterUpdate(), x, indices(g, places), rows, g.constant(np.int64(0)))


@converts("_contrib_boolean_mask")
def boolean_mask(g: Graph, node: SourceNode, x: Output, mask: Output) -> Output:
    """The rows where the mask is not 0: how many is known at run time only."""
    axis = normalize_axis(at.integer(node, "axis", 0), rank_of(x))
    places = g.add(Squeeze(), g.add(NonZero(), mask), [0])
    return g.add(Gather(), x, places, g.constant(np.int64(axis)))


@converts("_ravel_multi_index")
def ravel_multi_index(g: Graph, node: SourceNode, places: Output) -> Output:
    shape = at.integers(node, "shape")
    strides = [int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))]
    laid = [-1] + [1] * (rank_of(places) - 1)
    factors = g.constant(np.reshape(strides, laid), places.dtype)
    return g.add(ReduceSum(), g.add(Multiply(), places, factors), [0])
