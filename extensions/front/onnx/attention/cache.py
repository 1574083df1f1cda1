"""Caches of keys and values, into which new ones are written."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, lift, rank_of, size_of
from extensions.front.onnx.attention.masks import counted
from extensions.front.onnx.common import converts
from extensions.ops.arithmetic import Add, FloorMod
from extensions.ops.gathering import ScatterElementsUpdate
from extensions.ops.shaping import Broadcast, ShapeOf
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis


@converts("TensorScatter")
def tensor_scatter(
    g: Graph, node: SourceNode, cache: Output, update: Output, start: Output | None = None
) -> Output:
    rank = rank_of(update)
    axis = normalize_axis(node.get("axis", -2), rank)
    if axis == 0:
        raise invalid("its axis is the batch")
    places = counted(g, update, axis)
    if start is not None:
        places = g.add(Add(), places, lift(g, start, [1]))
    if node.get("mode", "linear") == "circular":
        places = g.add(FloorMod(), places, size_of(g, cache, axis))
    return written(g, cache, update, places, axis)


def written(g: Graph, cache: Output, update: Output, places: Output, axis: int) -> Output:
    """``update`` written into ``cache`` at ``places`` [S] or [N, S] of an axis."""
    rank = rank_of(update)
    if places.rank == 2:
        places = lift(g, places, range(1, axis))
    places = lift(g, places, range(rank_of(places), rank_of(places) + rank - axis - 1))
    everywhere = g.add(Broadcast(), places, g.add(ShapeOf(), update))
    return g.add(ScatterElementsUpdate(), cache, everywhere, update, g.constant(np.int64(axis)))
