"""Operations that cut parts out of tensors."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from extensions.classic.elementwise import as_type, integers
from extensions.classic.fields import attribute, converts
from extensions.classic.shaping import listed
from extensions.ops.arithmetic import Add
from extensions.ops.gathering import Gather
from extensions.ops.movement import Split, VariadicSplit
from extensions.ops.shaping import ShapeOf, Squeeze
from extensions.ops.slicing import Slice, StridedSlice
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("AttributedSplit")
def attributed_split(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    return _split(g, node, x, g.constant(np.int64(attribute(node, "axis", default=1))))


@converts("Split")
def split(g: Graph, node: SourceNode, x: Output, axis: Output) -> tuple[Output, ...]:
    return _split(g, node, x, axis)


def _split(g: Graph, node: SourceNode, x: Output, axis: Output) -> tuple[Output, ...]:
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
    axes = listed(attribute(node, "axis"))
    starts = listed(attribute(node, "offset", "crop_begin"))
    ones = (1,) * len(axes)
    if attribute(node, "crop_end") is not None:
        ends = [-n if n else np.iinfo(np.int64).max for n in listed(attribute(node, "crop_end"))]
        return g.add(Slice(), x, starts, ends, ones, axes)
    if like is not None:
        lengths = g.add(Gather(), g.add(ShapeOf(), like), list(axes), g.constant(np.int64(0)))
        return g.add(Slice(), x, starts, g.add(Add(), lengths, list(starts)), ones, axes)
    ends = [start + n for start, n in zip(starts, listed(attribute(node, "dim")))]
    return g.add(Slice(), x, starts, ends, ones, axes)
