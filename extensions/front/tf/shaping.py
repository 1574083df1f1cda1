"""Shapes, and tensors in other shapes."""

from __future__ import annotations

import numpy as np

from extensions.front.building import lift, rank_of, tiled
from extensions.front.tf.common import (
    converts,
    needed,
    needed_ints,
    number,
    type_attribute,
)
from extensions.ops.arithmetic import Equal, Select
from extensions.ops.movement import Concat, Split
from extensions.ops.reduction import ReduceProd
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Unsqueeze
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import is_static, normalize_axis


@converts("Reshape")
def reshape(g: Graph, node: SourceNode, x: Output, shape: Output) -> Output:
    return g.add(Reshape(), x, shape)


@converts("Shape")
def shape(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(ShapeOf(output_type=type_attribute(node, "out_type", ElementType.i32)), x)


@converts("ShapeN")
def shapes(g: Graph, node: SourceNode, *xs: Output) -> tuple[Output, ...]:
    return tuple(shape(g, node, x) for x in xs)


@converts("Size")
def size(g: Graph, node: SourceNode, x: Output) -> Output:
    sizes = shape(g, node, x)
    return g.add(ReduceProd(keep_dims=False), sizes, [0])


@converts("Rank")
def rank(g: Graph, node: SourceNode, x: Output) -> Output:
    if x.rank is not None:
        return number(g, x.rank, ElementType.i32)
    kind = ElementType.i32
    return g.add(Squeeze(), g.add(ShapeOf(output_type=kind), g.add(ShapeOf(), x)), 0)


@converts("Squeeze")
def squeeze(g: Graph, node: SourceNode, x: Output) -> Output:
    """All axes of size 1 if none are named."""
    axes = node.get("squeeze_dims", []) or node.get("axis", [])
    if axes:
        return g.add(Squeeze(), x, list(axes))
    ones = [axis for axis in range(rank_of(x)) if _is_one(x, axis)]
    return g.add(Squeeze(), x, ones) if ones else x


def _is_one(x: Output, axis: int) -> bool:
    assert x.shape is not None
    dim = x.shape[axis]
    if not isinstance(dim, int) and dim.min <= 1 <= dim.max:
        raise UnsupportedError(
            f"whether axis {axis} of its input {x.type} is of size 1 is not known",
            hint="Give the shape with --input_shape.",
        )
    return isinstance(dim, int) and dim == 1


@converts("ExpandDims")
def expand_dims(g: Graph, node: SourceNode, x: Output, axis: Output) -> Output:
    if x.rank is None:
        return g.add(Unsqueeze(), x, axis)
    place = needed_ints(axis, "axis")[0]
    return g.add(Unsqueeze(), x, [normalize_axis(place, x.rank + 1)])


@converts("Pack")
def pack(g: Graph, node: SourceNode, *xs: Output) -> Output:
    """Joined along a new axis."""
    rank = max((x.rank for x in xs if x.rank is not None), default=None)
    axis = node.get("axis", 0)
    if rank is not None:
        axis = normalize_axis(axis, rank + 1)
    lifted = [lift(g, x, [axis]) for x in xs]
    return lifted[0] if len(lifted) == 1 else g.add(Concat(axis=axis), *lifted)


@converts("Unpack")
def unpack(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    axis = node.get("axis", 0)
    if x.rank is not None:
        axis = normalize_axis(axis, x.rank)
    count = needed(node, "num")
    if count == 0:
        return ()
    parts = g.add_multi(Split(num_splits=count), x, g.constant(np.int64(axis)))
    return tuple(g.add(Squeeze(), part, [axis]) for part in parts)


@converts("BroadcastTo")
def broadcast_to(g: Graph, node: SourceNode, x: Output, shape: Output) -> Output:
    return g.add(Broadcast(), x, shape)


@converts("BroadcastArgs")
def broadcast_args(g: Graph, node: SourceNode, a: Output, b: Output) -> Output:
    """The shape that two shapes broadcast to; a size of 1 gives way, even to 0."""
    a, b = _padded(g, a, b), _padded(g, b, a)
    return g.add(Select(), g.add(Equal(), a, number(g, 1, a.dtype)), b, a)


def _padded(g: Graph, shape: Output, other: Output) -> Output:
    """A shape with ones in front, so that it is as long as another one."""
    lengths = [value.shape[0] if value.shape else None for value in (shape, other)]
    if not isinstance(lengths[0], int) or not isinstance(lengths[1], int):
        raise UnsupportedError("the ranks of the shapes are not known")
    missing = lengths[1] - lengths[0]
    if missing <= 0:
        return shape
    return g.add(Concat(axis=0), g.constant(np.ones(missing), shape.dtype), shape)


@converts("Fill")
def fill(g: Graph, node: SourceNode, shape: Output, value: Output) -> Output:
    if shape.shape == (0,):
        return value
    return g.add(Broadcast(), value, shape)


@converts("Tile")
def tile(g: Graph, node: SourceNode, x: Output, repeats: Output) -> Output:
    """There is a number for each axis, even if it is not known how many numbers there are."""
    if x.rank is not None and not is_static(repeats.shape):
        repeats = g.add(Reshape(), repeats, [x.rank])
    return tiled(g, x, repeats)
