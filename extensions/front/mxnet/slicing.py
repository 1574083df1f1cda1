"""Cutting pieces out of tensors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from extensions.front.building import invalid, rank_of, size_of, sliced, vector
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, refused, shape_of
from extensions.ops.arithmetic import Add, Divide, Subtract
from extensions.ops.movement import Split, VariadicSplit
from extensions.ops.shaping import Squeeze
from extensions.ops.slicing import FAR, StridedSlice
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axes, normalize_axis


@converts("slice")
def slice_ranges(g: Graph, node: SourceNode, x: Output) -> Output:
    """Limits per axis, None standing for the edge; the axes behind are kept."""
    begins, ends = at.limits(node, "begin"), at.limits(node, "end")
    steps = at.limits(node, "step") or (None,) * len(begins)
    if not len(begins) == len(ends) == len(steps):
        raise invalid("its begin, end and step differ in number")
    rows = [_with_edges(*row) for row in zip(begins, ends, steps)]
    if not rows:
        return x
    starts, stops, strides = zip(*rows)
    return sliced(g, x, starts, stops, range(len(rows)), strides)


def _with_edges(begin: int | None, end: int | None, step: int | None) -> tuple[int, int, int]:
    step = 1 if step in (None, 0) else step
    first, last = (0, FAR) if step > 0 else (FAR, -FAR)
    return first if begin is None else begin, last if end is None else end, step


@converts("slice_axis")
def slice_axis(g: Graph, node: SourceNode, x: Output) -> Output:
    end = at.optional_integer(node, "end")
    start, stop, step = _with_edges(at.integer(node, "begin"), end, None)
    return sliced(g, x, [start], [stop], [at.integer(node, "axis")], [step])


@converts("slice_like")
def slice_like(g: Graph, node: SourceNode, x: Output, like: Output) -> Output:
    """The beginning of each axis, as long as that of the other tensor."""
    rank = rank_of(x)
    axes = normalize_axes(at.integers(node, "axes"), rank) or tuple(range(rank_of(like)))
    last = max(axes)
    ends = [
        size_of(g, like, axis) for axis in range(last + 1) if axis in axes or axis < rank_of(like)
    ]
    if len(ends) <= last:
        raise invalid(f"it is cut like {like.type}, which has fewer axes")
    op = StridedSlice(
        begin_mask=(1,) * (last + 1),
        end_mask=tuple(0 if axis in axes else 1 for axis in range(last + 1)),
    )
    return g.add(op, x, [0] * (last + 1), vector(g, ends), [1] * (last + 1))


@converts("SliceChannel")
def slice_channel(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    parts = at.integer(node, "num_outputs")
    axis = at.integer(node, "axis", 1)
    if parts < 1:
        raise invalid(f"it has num_outputs {parts}")
    along = g.constant(np.int64(normalize_axis(axis, rank_of(x))))
    pieces = g.add_multi(Split(num_splits=parts), x, along) if parts > 1 else (x,)
    return _squeezed(g, node, pieces, axis)


def _squeezed(
    g: Graph, node: SourceNode, pieces: Sequence[Output], axis: int
) -> tuple[Output, ...]:
    if not at.flag(node, "squeeze_axis"):
        return tuple(pieces)
    return tuple(g.add(Squeeze(), piece, [axis]) for piece in pieces)


@converts("_split_v2")
def split_v2(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    """In equal sections, or at indices; the first index is always 0."""
    axis = normalize_axis(at.integer(node, "axis", 1), rank_of(x))
    along = g.constant(np.int64(axis))
    sections = at.integer(node, "sections", 0)
    if sections > 0:
        pieces: Sequence[Output] = (x,)
        if sections > 1:
            pieces = g.add_multi(Split(num_splits=sections), x, along)
        return _squeezed(g, node, pieces, axis)
    places = [*at.integers(node, "indices")]
    size = shape_of(x)[axis]
    if any(place < 0 for place in places) or sorted(places) != places:
        raise refused(f"a split at indices {places}")
    if isinstance(size, int):
        places = [min(place, size) for place in places]
    lengths = [b - a for a, b in pairwise(places)]
    if len(places) == 1:
        return _squeezed(g, node, (x,), axis)
    op = VariadicSplit(parts=len(places))
    return _squeezed(g, node, g.add_multi(op, x, along, [*lengths, -1]), axis)


@converts("Crop")
def crop(g: Graph, node: SourceNode, x: Output, like: Output | None = None) -> Output:
    """Height and width as given, or as those of a second image; from an offset or the centre."""
    if like is not None:
        sizes = [size_of(g, like, axis) for axis in (2, 3)]
    else:
        sizes = [g.constant(np.int64(size)) for size in _pair(node, "h_w")]
    starts: list[Output] = [g.constant(np.int64(start)) for start in _pair(node, "offset")]
    if at.flag(node, "center_crop"):
        rooms = [g.add(Subtract(), size_of(g, x, axis), size) for axis, size in zip((2, 3), sizes)]
        starts = [g.add(Divide(), room, g.constant(np.int64(2))) for room in rooms]
    ends = [g.add(Add(), start, size) for start, size in zip(starts, sizes)]
    op = StridedSlice(begin_mask=(1, 1, 0, 0), end_mask=(1, 1, 0, 0))
    zero = g.constant(np.int64(0))
    begin, end = (vector(g, [zero, zero, *limits]) for limits in (starts, ends))
    return g.add(op, x, begin, end, [1] * 4)


def _pair(node: SourceNode, name: str) -> tuple[int, ...]:
    values = at.integers(node, name, (0, 0))
    if len(values) != 2:
        raise invalid(f"its {name} {list(values)} is no pair")
    return values
