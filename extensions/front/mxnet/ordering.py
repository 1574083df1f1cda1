"""Sorting and selection: indices are floats unless ``dtype`` says otherwise."""

from __future__ import annotations

import numpy as np

from extensions.front.building import rank_of, size_of, typed
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, refused
from extensions.ops.gathering import ScatterElementsUpdate
from extensions.ops.selection import TopK
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis


def sorted_along(
    g: Graph, x: Output, axis: int, count: Output | int, ascending: bool
) -> tuple[Output, Output]:
    """The first of the sorted elements, equal ones in their order, and where they were."""
    op = TopK(axis=axis, mode="min" if ascending else "max", stable=True)
    k = g.constant(np.int64(count)) if isinstance(count, int) else count
    values, places = g.add_multi(op, x, k)
    return values, places


def _laid_out(g: Graph, node: SourceNode, x: Output) -> tuple[Output, int]:
    """The tensor, flat if there is no axis, and the axis to sort along."""
    text = node.get("axis")
    axis = -1 if text is None else at.optional_integer(node, "axis")
    if axis is None:
        return g.add(Reshape(), x, [-1]), 0
    return x, normalize_axis(axis, rank_of(x))


@converts("topk")
def topk(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    kind = at.word(node, "ret_typ", "indices")
    if kind not in ("indices", "value", "both", "mask"):
        raise refused(f"ret_typ '{kind}'")
    data, axis = _laid_out(g, node, x)
    wanted = at.integer(node, "k", 1)
    count: Output | int = wanted if wanted > 0 else size_of(g, data, axis)
    values, places = sorted_along(g, data, axis, count, at.flag(node, "is_ascend"))
    if kind == "mask":
        return (_mask(g, x, data, places, axis),)
    indices = typed(g, places, at.element_type(node, "float32"))
    return {"indices": (indices,), "value": (values,), "both": (values, indices)}[kind]


def _mask(g: Graph, x: Output, data: Output, places: Output, axis: int) -> Output:
    """Ones where the chosen elements are."""
    zeros = g.add(Broadcast(), g.constant(0.0, x.dtype), g.add(ShapeOf(), data))
    ones = g.add(Broadcast(), g.constant(1.0, x.dtype), g.add(ShapeOf(), places))
    mask = g.add(ScatterElementsUpdate(), zeros, places, ones, g.constant(np.int64(axis)))
    return mask if data is x else g.add(Reshape(), mask, g.add(ShapeOf(), x))


@converts("sort", "argsort")
def sort(g: Graph, node: SourceNode, x: Output) -> Output:
    data, axis = _laid_out(g, node, x)
    ascending = at.flag(node, "is_ascend", True)
    values, places = sorted_along(g, data, axis, size_of(g, data, axis), ascending)
    if node.type == "sort":
        return values
    return typed(g, places, at.element_type(node, "float32"))


@converts("argmax", "argmin", "_npi_argmax", "_npi_argmin")
def arg_extreme(g: Graph, node: SourceNode, x: Output) -> Output:
    """The place of the first extreme, over all elements if there is no axis."""
    axis, keep = at.optional_integer(node, "axis"), at.flag(node, "keepdims")
    is_numpy = node.type.startswith("_npi_")
    rank = rank_of(x)
    if axis is None:
        x = g.add(Reshape(), x, [-1])
    place = _extreme(g, x, 0 if axis is None else normalize_axis(axis, rank), "min" in node.type)
    place = typed(g, place, ElementType.i64 if is_numpy else x.dtype)
    if axis is None:
        return g.add(Reshape(), place, np.ones(rank if keep else int(not is_numpy), np.int64))
    if keep:
        return place
    dropped = g.add(Squeeze(), place, [axis])
    return dropped if is_numpy or dropped.rank else g.add(Reshape(), dropped, [1])


def _extreme(g: Graph, x: Output, axis: int, least: bool) -> Output:
    return sorted_along(g, x, axis, 1, ascending=least)[1]


@converts("argmax_channel")
def argmax_channel(g: Graph, node: SourceNode, x: Output) -> Output:
    return typed(g, g.add(Squeeze(), _extreme(g, x, 1, False), [1]), x.dtype)
