"""Operations that move, cut, join and repeat elements."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from extensions.classic.elementwise import as_type, attribute_type, integers
from extensions.classic.fields import attribute, converts, element_type
from extensions.ops.arithmetic import Add
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat, Pad, Roll, Split, Transpose, VariadicSplit
from extensions.ops.reduction import ReduceProd
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Tile, Unsqueeze
from extensions.ops.slicing import Slice, StridedSlice
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


@converts("AttributedSplit")
def attributed_split(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    axis = attribute(node, "axis", default=1)
    parts = attribute(node, "num_splits", "out_ports_count")
    found = g.add_multi(Split(num_splits=parts), x, g.constant(np.int64(axis)))
    if attribute(node, "squeeze_axis", default=False):
        return tuple(g.add(Squeeze(), part, [axis]) for part in found)
    return found


@converts("Split")
def split(g: Graph, node: SourceNode, x: Output, axis: Output) -> tuple[Output, ...]:
    parts = attribute(node, "num_splits", "out_ports_count")
    found = g.add_multi(Split(num_splits=parts), x, axis)
    if attribute(node, "squeeze_axis", default=False):
        return tuple(g.add(Squeeze(), part, axis) for part in found)
    return found


@converts("AttributedVariadicSplit")
def attributed_variadic_split(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    lengths = attribute(node, "split_lengths", "size_splits")
    axis = g.constant(np.int64(attribute(node, "axis", default=1)))
    return g.add_multi(VariadicSplit(parts=len(lengths)), x, axis, lengths)


@converts("VariadicSplit")
def variadic_split(
    g: Graph, node: SourceNode, x: Output, axis: Output, lengths: Output
) -> tuple[Output, ...]:
    parts = len(integers(lengths))
    return g.add_multi(VariadicSplit(parts=parts), x, axis, lengths)


@converts("Slice")
def sliced(
    g: Graph,
    node: SourceNode,
    x: Output,
    starts: Output,
    ends: Output,
    axes: Output | None = None,
    steps: Output | None = None,
) -> Output:
    """As in ONNX: negative positions count from the end, steps may be negative."""
    if axes is None:
        axes = g.constant(np.arange(len(integers(starts)), dtype=np.int64))
    if steps is None:
        steps = g.constant(np.ones(len(integers(axes)), np.int64))
    return g.add(Slice(), x, *(as_type(g, v, ElementType.i64) for v in (starts, ends, steps, axes)))


@converts("AttributedSlice")
def attributed_slice(g: Graph, node: SourceNode, x: Output) -> Output:
    starts, ends = attribute(node, "starts"), attribute(node, "ends")
    axes = attribute(node, "axes", default=tuple(range(len(starts))))
    steps = attribute(node, "steps", default=(1,) * len(axes))
    return g.add(Slice(), x, starts, ends, steps, axes)


@converts("TFSlice")
def slice_of_sizes(g: Graph, node: SourceNode, x: Output, begin: Output, length: Output) -> Output:
    starts, lengths = integers(begin), integers(length)
    ends = [np.iinfo(np.int64).max if n == -1 else b + n for b, n in zip(starts, lengths)]
    return g.add(Slice(), x, starts, ends, (1,) * len(starts), tuple(range(len(starts))))


@converts("CaffeSlice")
def parts_at_points(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    """Cut at ``slice_point``; into equal parts if there is none."""
    axis = attribute(node, "axis", default=1)
    points = attribute(node, "slice_point", default=())
    where = g.constant(np.int64(axis))
    if not points:
        return g.add_multi(Split(num_splits=attribute(node, "out_ports_count")), x, where)
    lengths = [points[0], *(b - a for a, b in pairwise(points)), -1]
    return g.add_multi(VariadicSplit(parts=len(lengths)), x, where, lengths)


@converts("MXSlice")
def slice_of_ends(g: Graph, node: SourceNode, x: Output) -> Output:
    begin, end = attribute(node, "crop_begin"), attribute(node, "crop_end")
    step = attribute(node, "step", default=(1,) * len(begin))
    return g.add(Slice(), x, begin, end, step, tuple(range(len(begin))))


@converts("StridedSlice")
def strided_slice(
    g: Graph,
    node: SourceNode,
    x: Output,
    begin: Output,
    end: Output,
    steps: Output | None = None,
) -> Output:
    """In the classic's masks a 1 says that a position counts."""
    count = len(integers(begin))

    def mask(name: str, other: int) -> tuple[int, ...]:
        found = tuple(int(bit) for bit in attribute(node, name, default=()))
        return (found + (other,) * (count - len(found)))[:count]

    op = StridedSlice(
        begin_mask=tuple(1 - bit for bit in mask("begin_mask", 1)),
        end_mask=tuple(1 - bit for bit in mask("end_mask", 1)),
        new_axis_mask=mask("new_axis_mask", 0),
        shrink_axis_mask=mask("shrink_axis_mask", 0),
        ellipsis_mask=mask("ellipsis_mask", 0),
    )
    return g.add(op, x, begin, end, *([steps] if steps is not None else []))


@converts("Crop")
def crop(g: Graph, node: SourceNode, x: Output, like: Output | None = None) -> Output:
    axes = _listed(attribute(node, "axis"))
    starts = _listed(attribute(node, "offset", "crop_begin"))
    ones = (1,) * len(axes)
    if attribute(node, "crop_end") is not None:
        ends = [-n if n else np.iinfo(np.int64).max for n in _listed(attribute(node, "crop_end"))]
        return g.add(Slice(), x, starts, ends, ones, axes)
    if like is not None:
        lengths = g.add(Gather(), g.add(ShapeOf(), like), list(axes), g.constant(np.int64(0)))
        return g.add(Slice(), x, starts, g.add(Add(), lengths, list(starts)), ones, axes)
    ends = [start + n for start, n in zip(starts, _listed(attribute(node, "dim")))]
    return g.add(Slice(), x, starts, ends, ones, axes)


def _listed(value: object) -> tuple[int, ...]:
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
    mode = attribute(node, "mode", default="numpy")
    return g.add(Broadcast(mode=mode), x, shape, *([axes] if axes is not None else []))


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
def attributed_roll(g: Graph, node: SourceNode, x: Output) -> Output:
    shift, axes = _listed(attribute(node, "shift")), attribute(node, "axes")
    if axes is None:
        flat = g.add(Reshape(), x, [-1])
        return g.add(Reshape(), g.add(Roll(), flat, shift, [0]), g.add(ShapeOf(), x))
    return g.add(Roll(), x, shift, _listed(axes))


@converts("Reverse")
def reverse(g: Graph, node: SourceNode, x: Output, axis: Output | None = None) -> Output:
    axes = _listed(attribute(node, "axis")) if axis is None else integers(axis)
    most, least = np.iinfo(np.int64).max, np.iinfo(np.int64).min
    count = len(axes)
    return g.add(Slice(), x, (most,) * count, (least,) * count, (-1,) * count, axes)
