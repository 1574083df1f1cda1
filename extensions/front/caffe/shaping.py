"""Layers that move numbers without changing them."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import rank_of, sliced
from extensions.front.caffe.common import (
    axis_of,
    blob,
    converts,
    invalid,
    needed,
    parameters,
    reshaped,
    shape_of,
    size_vector,
)
from extensions.ops.arithmetic import Add
from extensions.ops.movement import Concat, ShuffleChannels, Split, Transpose, VariadicSplit
from extensions.ops.shaping import Tile
from extensions.ops.slicing import FAR, StridedSlice
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("Split", "Dropout")
def same(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    """Every top is the bottom."""
    return (x,) * len(node.outputs)


def _old_axis(p: dict[str, Any], old: str) -> int:
    """The axis, which had another name once."""
    axis: int = p[old] if p["axis"] == 1 else p["axis"]
    return axis


@converts("Concat")
def concat(g: Graph, node: SourceNode, *values: Output) -> Output:
    axis = _old_axis(parameters(node, "concat_param"), "concat_dim")
    return g.add(Concat(axis=axis_of(values[0], axis)), *values)


@converts("Slice")
def slice_(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    """Parts between the given points, else equal ones."""
    p = parameters(node, "slice_param")
    axis, count, points = axis_of(x, _old_axis(p, "slice_dim")), len(node.outputs), p["slice_point"]
    along = g.constant(np.int64(axis))
    if not points:
        return g.add_multi(Split(num_splits=count), x, along)
    lengths = np.diff([0, *points]).tolist()
    if len(points) != count - 1 or min(lengths) < 1:
        raise invalid(f"slice_point {points} does not make {count} parts")
    size = shape_of(x)[axis]
    if isinstance(size, int) and points[-1] >= size:
        raise invalid(f"slice_point {points[-1]} lies beyond the size {size}")
    return g.add_multi(VariadicSplit(parts=count), x, along, [*lengths, -1])


@converts("Flatten")
def flatten(g: Graph, node: SourceNode, x: Output) -> Output:
    p = parameters(node, "flatten_param")
    first, last = axis_of(x, p["axis"]), axis_of(x, p["end_axis"])
    if last < first:
        raise invalid(f"it flattens from axis {first} to {last}")
    return reshaped(g, x, x, *range(first), [-1], *range(last + 1, rank_of(x)))


@converts("Reshape")
def reshape(g: Graph, node: SourceNode, x: Output) -> Output:
    """New sizes for ``num_axes`` axes from ``axis`` on: 0 keeps one, -1 follows from the rest."""
    p = parameters(node, "reshape_param")
    rank, sizes = rank_of(x), (p["shape"] or {}).get("dim", [])
    first = p["axis"] if p["axis"] >= 0 else p["axis"] + rank + 1
    last = rank if p["num_axes"] == -1 else first + p["num_axes"]
    if not 0 <= first <= last <= rank:
        raise invalid(f"it reshapes the axes from {first} to {last} of {rank}")
    if sizes.count(-1) > 1 or min(sizes, default=0) < -1:
        raise invalid(f"it reshapes to {sizes}")
    plan: list[int | list[int]] = []
    for i, size in enumerate(sizes):
        if size == 0 and first + i >= rank:
            raise invalid(f"the 0 at position {i} has no size to keep")
        plan.append(first + i if size == 0 else [size])
    return reshaped(g, x, x, *range(first), *plan, *range(last, rank))


@converts("Permute")
def permute(g: Graph, node: SourceNode, x: Output) -> Output:
    """Axes in the given order, those not named behind them."""
    order, axes = parameters(node, "permute_param")["order"], range(rank_of(x))
    if len(set(order)) < len(order) or not set(order) <= set(axes):
        raise invalid(f"order {order} does not permute {len(axes)} axes")
    return g.add(Transpose(), x, [*order, *(axis for axis in axes if axis not in order)])


@converts("Crop")
def crop(g: Graph, node: SourceNode, x: Output, reference: Output | None = None) -> Output:
    """The part of the size of the second bottom, or of ``dimsize``, at an offset."""
    p = parameters(node, "crop_param")
    axis, rank = axis_of(x, p["axis"]), rank_of(x)
    offsets = p["offset"] or [0]
    if len(offsets) not in (1, rank - axis):
        raise invalid(f"it has {len(offsets)} offsets for {rank - axis} axes")
    begin = offsets * (rank - axis) if len(offsets) == 1 else offsets
    if reference is not None:
        sizes = size_vector(g, reference, *range(axis, rank))
    else:
        sizes = g.constant(np.asarray(needed(p, "dimsize"), np.int64))
    for i, size in enumerate(shape_of(x)[axis:]):
        wanted = None if reference is None else shape_of(reference)[axis + i]
        if isinstance(size, int) and isinstance(wanted, int) and begin[i] + wanted > size:
            raise invalid(f"axis {axis + i} of size {size} has no {wanted} from {begin[i]} on")
    end = g.add(Add(), sizes, list(begin))
    kept, ones = (1,) * axis, (0,) * (rank - axis)
    op = StridedSlice(begin_mask=kept + ones, end_mask=kept + ones)
    whole = g.constant(np.zeros(axis, np.int64))
    end = g.add(Concat(axis=0), whole, end) if axis else end
    return g.add(op, x, [0] * axis + list(begin), end, [1] * rank)


@converts("Tile")
def tile(g: Graph, node: SourceNode, x: Output) -> Output:
    p = parameters(node, "tile_param")
    repeats, times = [1] * rank_of(x), needed(p, "tiles")
    if times < 1:
        raise invalid(f"it repeats its input {times} times")
    repeats[axis_of(x, p["axis"])] = times
    return g.add(Tile(), x, repeats)


@converts("ShuffleChannel")
def shuffle_channel(g: Graph, node: SourceNode, x: Output) -> Output:
    group = needed(parameters(node, "shuffle_channel_param"), "group")
    return g.add(ShuffleChannels(axis=1, group=group), x)


@converts("Reverse")
def reverse(g: Graph, node: SourceNode, x: Output) -> Output:
    """The axis backwards."""
    axis = axis_of(x, parameters(node, "reverse_param")["axis"])
    return sliced(g, x, [FAR], [-FAR], [axis], [-1])


@converts("Parameter")
def parameter(g: Graph, node: SourceNode, value: Output | None = None) -> Output:
    """Trained numbers as they are."""
    shape = (parameters(node, "parameter_param")["shape"] or {}).get("dim", [])
    return blob(g, value, "numbers", shape)
