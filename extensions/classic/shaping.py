"""Operations that move, cut, join and repeat elements."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extensions.classic.elementwise import as_type, attribute_type, integers
from extensions.classic.fields import attribute, converts, element_type
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat, Pad, Roll, Transpose
from extensions.ops.reduction import ReduceProd
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Tile, Unsqueeze
from extensions.ops.slicing import Slice
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis


def rank_of(x: Output) -> int:
    if x.rank is None:
        raise UnsupportedError("the rank of its input is not known", hint="Give --input_shape.")
    return x.rank


@converts("Reshape")
def reshape(g: Graph, node: SourceNode, x: Output, shape: Output | None = None) -> Output:
    target = attribute(node, "dim") if shape is None else shape
    if target is None:
        raise UnsupportedError("it has neither a second input nor the attribute 'dim'")
    special = bool(attribute(node, "special_zero", default=True))
    return g.add(Reshape(special_zero=special), x, target)


@converts("Flatten")
def flatten(g: Graph, node: SourceNode, x: Output) -> Output:
    """Axes ``axis`` to ``end_axis`` become one."""
    rank = rank_of(x)
    first = normalize_axis(attribute(node, "axis", default=1), rank)
    last = normalize_axis(attribute(node, "end_axis", default=-1), rank)
    if first == 0 or last != rank - 1:
        sizes = g.add(ShapeOf(), x)
        parts = [sizes_between(g, sizes, 0, first), g.constant(np.array([-1], np.int64))]
        parts.append(sizes_between(g, sizes, last + 1, rank))
        kept = [part for part in parts if part is not None]
        return g.add(Reshape(), x, g.add(Concat(axis=0), *kept))
    return g.add(Reshape(special_zero=True), x, [0] * first + [-1])


def sizes_between(g: Graph, sizes: Output, first: int, end: int) -> Output | None:
    if first >= end:
        return None
    return g.add(Gather(), sizes, list(range(first, end)), g.constant(np.int64(0)))


@converts("FlattenONNX")
def flatten_to_matrix(g: Graph, node: SourceNode, x: Output) -> Output:
    axis = normalize_axis(attribute(node, "axis", default=1), rank_of(x) + 1)
    if axis == 0:
        return g.add(Reshape(), x, [1, -1])
    if axis == 1:
        return g.add(Reshape(special_zero=True), x, [0, -1])
    sizes = sizes_between(g, g.add(ShapeOf(), x), axis, rank_of(x))
    if sizes is None:
        return g.add(Reshape(), x, [-1, 1])
    rest = g.add(Reshape(), _product(g, sizes), [1])
    return g.add(Reshape(), x, g.add(Concat(axis=0), g.constant(np.array([-1], np.int64)), rest))


def _product(g: Graph, sizes: Output) -> Output:
    return g.add(ReduceProd(keep_dims=True), sizes, [0])


@converts("Squeeze")
def squeeze(g: Graph, node: SourceNode, x: Output, axes: Output | None = None) -> Output:
    listed = attribute(node, "squeeze_dims", "axis") if axes is None else axes
    if isinstance(listed, int):
        listed = (listed,)
    return g.add(Squeeze(), x) if listed is None or listed == () else g.add(Squeeze(), x, listed)


@converts("Unsqueeze", "ExpandDims")
def unsqueeze(g: Graph, node: SourceNode, x: Output, axes: Output | None = None) -> Output:
    listed = attribute(node, "unsqueeze_dims", "expand_axis", "axis") if axes is None else axes
    if listed is None:
        raise UnsupportedError("it has neither a second input nor the attribute 'unsqueeze_dims'")
    return g.add(Unsqueeze(), x, (listed,) if isinstance(listed, int) else listed)


@converts("Transpose", "Permute")
def transpose(g: Graph, node: SourceNode, x: Output, order: Output | None = None) -> Output:
    listed = attribute(node, "order") if order is None else order
    if listed is None:
        listed = tuple(range(rank_of(x) - 1, -1, -1))
    return g.add(Transpose(), x, listed)


@converts("SwapAxis", "SwapAxes")
def swap_axes(g: Graph, node: SourceNode, x: Output) -> Output:
    order = list(range(rank_of(x)))
    first, second = attribute(node, "dim1", default=0), attribute(node, "dim2", default=0)
    order[first], order[second] = order[second], order[first]
    return g.add(Transpose(), x, attribute(node, "order", default=tuple(order)))


@converts("ShapeOf")
def shape_of(g: Graph, node: SourceNode, x: Output) -> Output:
    kind = element_type(attribute_type(node, "output_type", "data_type"), ElementType.i64)
    return g.add(ShapeOf(output_type=kind), x)


@converts("Rank")
def rank(g: Graph, node: SourceNode, x: Output) -> Output:
    kind = element_type(attribute_type(node, "output_type"), ElementType.i64)
    return as_type(g, g.constant(np.int64(rank_of(x))), kind)


@converts("Size")
def size(g: Graph, node: SourceNode, x: Output) -> Output:
    kind = element_type(attribute_type(node, "output_type"), ElementType.i64)
    product = _product(g, g.add(ShapeOf(), x))
    return as_type(g, g.add(Reshape(), product, g.constant(np.array([], np.int64))), kind)


@converts("Concat")
def concat(g: Graph, node: SourceNode, *values: Output | None) -> Output:
    axis = attribute(node, "axis", default=1)
    given = [value for value in values if value is not None]
    return given[0] if len(given) == 1 else g.add(Concat(axis=axis), *given)


@converts("Pack")
def pack(g: Graph, node: SourceNode, *values: Output) -> Output:
    axis = attribute(node, "axis", default=0)
    return g.add(Concat(axis=axis), *[g.add(Unsqueeze(), value, [axis]) for value in values])


def listed(value: object) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,)


@converts("AttributedPad")
def attributed_pad(g: Graph, node: SourceNode, x: Output) -> Output:
    pads = attribute(node, "pads")
    fill = float(attribute(node, "fill_value", default=0.0))
    mode = attribute(node, "mode", default="constant")
    return _padded(g, x, [p[0] for p in pads], [p[1] for p in pads], mode, fill)


@converts("TFPad")
def pad_of_pairs(
    g: Graph, node: SourceNode, x: Output, pads: Output, fill: Output | None = None
) -> Output:
    flat = integers(pads)
    value = 0.0 if fill is None else float(np.asarray(fill.value()).item())
    return _padded(g, x, flat[::2], flat[1::2], attribute(node, "mode", default="constant"), value)


@converts("ONNXPad")
def pad_of_halves(
    g: Graph, node: SourceNode, x: Output, pads: Output, fill: Output | None = None
) -> Output:
    flat = integers(pads)
    half = len(flat) // 2
    value = 0.0 if fill is None else float(np.asarray(fill.value()).item())
    return _padded(
        g, x, flat[:half], flat[half:], attribute(node, "mode", default="constant"), value
    )


def _padded(
    g: Graph, x: Output, begin: Sequence[int], end: Sequence[int], mode: str, fill: float
) -> Output:
    extra = [g.constant(np.asarray(fill), x.dtype)] if mode == "constant" else []
    return g.add(Pad(pad_mode=mode), x, list(begin), list(end), *extra)


@converts("Pad")
def pad(
    g: Graph, node: SourceNode, x: Output, begin: Output, end: Output, fill: Output | None = None
) -> Output:
    mode = attribute(node, "mode", "pad_mode", default="constant")
    return g.add(Pad(pad_mode=mode), x, begin, end, *([fill] if fill is not None else []))


@converts("AttributedTile")
def attributed_tile(g: Graph, node: SourceNode, x: Output) -> Output:
    repeats = [1] * rank_of(x)
    repeats[attribute(node, "axis", default=1)] = attribute(node, "tiles")
    return g.add(Tile(), x, repeats)


@converts("Fill")
def fill(g: Graph, node: SourceNode, dims: Output, value: Output) -> Output:
    return g.add(Broadcast(), value, as_type(g, dims, ElementType.i64))


@converts("ConstantOfShape", "ConstantFill")
def constant_of_shape(g: Graph, node: SourceNode, dims: Output) -> Output:
    kind = element_type(attribute_type(node, "data_type"))
    value = g.constant(np.asarray(attribute(node, "fill_value", default=0.0)), kind)
    return g.add(Broadcast(), value, as_type(g, dims, ElementType.i64))


@converts("Broadcast")
def broadcast(
    g: Graph, node: SourceNode, x: Output, shape: Output, axes: Output | None = None
) -> Output:
    """In mode 'explicit' ``axes`` tell where the axes of x go."""
    mode = attribute(node, "mode", default="numpy")
    if mode != "explicit":
        return g.add(Broadcast(mode=mode), x, shape)
    rank = shape.shape[0] if shape.shape else None
    if axes is None or not isinstance(rank, int):
        raise UnsupportedError("it needs axes and a shape of known length in mode 'explicit'")
    others = [axis for axis in range(rank) if axis not in integers(axes)]
    return g.add(Broadcast(), g.add(Unsqueeze(), x, others) if others else x, shape)


@converts("AttributedGather")
def attributed_gather(g: Graph, node: SourceNode, x: Output, indices: Output) -> Output:
    axis = g.constant(np.int64(attribute(node, "axis", default=0)))
    return g.add(Gather(), x, indices, axis)


@converts("Gather")
def gather(
    g: Graph, node: SourceNode, x: Output, indices: Output, axis: Output | None = None
) -> Output:
    if axis is None:
        axis = g.constant(np.int64(attribute(node, "axis", default=0)))
    return g.add(Gather(batch_dims=attribute(node, "batch_dims", default=0)), x, indices, axis)


@converts("AttributedRoll")
def attributed_roll(g: Graph, node: SourceNode, x: Output, *_: Output | None) -> Output:
    shift, axes = listed(attribute(node, "shift")), attribute(node, "axes")
    if axes is None:
        flat = g.add(Reshape(), x, [-1])
        return g.add(Reshape(), g.add(Roll(), flat, shift, [0]), g.add(ShapeOf(), x))
    return g.add(Roll(), x, shift, listed(axes))


@converts("Reverse")
def reverse(g: Graph, node: SourceNode, x: Output, axis: Output | None = None) -> Output:
    axes = listed(attribute(node, "axis")) if axis is None else integers(axis)
    most, least = np.iinfo(np.int64).max, np.iinfo(np.int64).min
    count = len(axes)
    return g.add(Slice(), x, (most,) * count, (least,) * count, (-1,) * count, axes)
