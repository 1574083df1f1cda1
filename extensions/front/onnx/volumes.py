"""Samples of images gathered corner by corner, for what the IR has no operation for.

Formulas: ONNX operators, GridSample-22 and RoiAlign-22.
"""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple

import numpy as np

from extensions.front.building import lift, rank_of, size_of, typed
from extensions.front.onnx.common import refuse
from extensions.front.onnx.resampling import cubic
from extensions.ops.arithmetic import (
    Add,
    Divide,
    Equal,
    FloorMod,
    GreaterEqual,
    Less,
    LessEqual,
    LogicalAnd,
    Maximum,
    Minimum,
    Multiply,
    Select,
    Subtract,
)
from extensions.ops.gathering import Gather, GatherND
from extensions.ops.movement import Concat, Transpose
from extensions.ops.reduction import ReduceMax
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Unsqueeze
from extensions.ops.unary import Abs, Floor, Round
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


class _Side(NamedTuple):
    """Along one axis: whole places as floats, and how much each of them counts."""

    place: Output
    share: Output


def sampled_volume(g: Graph, node: SourceNode, x: Output, grid: Output, padding: str) -> Output:
    """Samples of [N, C, D, H, W] at the places of a grid [N, ..., 3], which come as x, y, z."""
    mode = node.get("mode", "linear")
    rank = rank_of(x)
    corners = bool(node.get("align_corners"))
    axes = []
    for axis in range(2, rank):
        size = typed(g, size_of(g, x, axis), grid.dtype)
        place = g.add(Gather(), grid, np.int64(rank - 1 - axis), g.constant(np.int64(-1)))
        place = _unscaled(g, place, size, corners)
        if mode in ("cubic", "bicubic"):
            near = _four_neighbours(g, place)
            sides = [s._replace(place=_padded(g, s.place, size, padding, corners)) for s in near]
        elif mode == "nearest":
            one = g.constant(np.asarray(1.0), grid.dtype)
            sides = [_Side(g.add(Round(), _padded(g, place, size, padding, corners)), one)]
        else:
            sides = _neighbours(g, _padded(g, place, size, padding, corners))
        axes.append([_within(g, side, size) for side in sides])
    channels_last = g.add(Transpose(), x, [0, *range(2, rank), 1])
    total: Output | None = None
    for corner in product(*axes):
        value = _gathered(g, channels_last, [side.place for side in corner], batch_dims=1)
        for side in corner:
            value = g.add(Multiply(), value, g.add(Unsqueeze(), side.share, [-1]))
        total = value if total is None else g.add(Add(), total, value)
    assert total is not None
    return g.add(Transpose(), total, [0, rank - 1, *range(1, rank - 1)])


def _unscaled(g: Graph, place: Output, size: Output, corners: bool) -> Output:
    """From -1..1 to pixels: from the first to the last centre, or from edge to edge."""
    raised = g.add(Add(), place, 1.0)
    if corners:
        return g.add(Multiply(), raised, g.add(Multiply(), g.add(Subtract(), size, 1.0), 0.5))
    return g.add(Subtract(), g.add(Multiply(), raised, g.add(Multiply(), size, 0.5)), 0.5)


def _padded(g: Graph, place: Output, size: Output, padding: str, corners: bool) -> Output:
    if padding == "zeros":
        return place
    if padding == "reflection":
        low = 0.0 if corners else -0.5
        span = g.add(Maximum(), g.add(Subtract(), size, 1.0), 1.0) if corners else size
        away = g.add(Abs(), g.add(Subtract(), place, low))
        rest = g.add(FloorMod(), away, span)
        turns = g.add(FloorMod(), g.add(Floor(), g.add(Divide(), away, span)), 2.0)
        even = g.add(Equal(), turns, g.constant(np.asarray(0.0), place.dtype))
        inner = g.add(Select(), even, rest, g.add(Subtract(), span, rest))
        place = g.add(Add(), inner, low)
    return _clamped(g, place, size)


def _clamped(g: Graph, place: Output, size: Output) -> Output:
    last = g.add(Subtract(), size, 1.0)
    return g.add(Minimum(), g.add(Maximum(), place, 0.0), last)


def _neighbours(g: Graph, place: Output) -> list[_Side]:
    low = g.add(Floor(), place)
    share = g.add(Subtract(), place, low)
    one = g.constant(np.asarray(1.0), place.dtype)
    return [_Side(low, g.add(Subtract(), one, share)), _Side(g.add(Add(), low, 1.0), share)]


def _four_neighbours(g: Graph, place: Output) -> list[_Side]:
    """Two pixels on each side, which count by the cubic curve."""
    low = g.add(Floor(), place)
    sides = []
    for step in (-1.0, 0.0, 1.0, 2.0):
        neighbour = g.add(Add(), low, step)
        distance = g.add(Abs(), g.add(Subtract(), place, neighbour))
        sides.append(_Side(neighbour, cubic(g, distance, _COEFFICIENT, step in (0, 1))))
    return sides


# Of the cubic curve by which images and volumes are sampled.
_COEFFICIENT = -0.75


def _within(g: Graph, side: _Side, size: Output) -> _Side:
    """A place in the image; what lay outside counts nothing."""
    zero = g.constant(np.asarray(0.0), side.place.dtype)
    behind = g.add(GreaterEqual(), side.place, zero)
    inside = g.add(LogicalAnd(), behind, g.add(Less(), side.place, size))
    return _Side(_clamped(g, side.place, size), g.add(Select(), inside, side.share, zero))


def _gathered(g: Graph, x: Output, places: list[Output], batch_dims: int = 0) -> Output:
    """The elements at places that are given axis by axis, in the order of the axes."""
    parts = [g.add(Unsqueeze(), typed(g, place, ElementType.i64), [-1]) for place in places]
    index = g.add(Concat(axis=rank_of(parts[0]) - 1), *parts)
    return g.add(GatherND(batch_dims=batch_dims), x, index)


# ---- maxima of regions


def region_maxima(
    g: Graph, node: SourceNode, x: Output, rois: Output, batch_indices: Output, half_pixel: bool
) -> Output:
    """RoiAlign in the mode "max": the greatest of all weighted corners of all samples."""
    samples = int(node.get("sampling_ratio", 0))
    if samples < 1:
        raise refuse(node, "mode max with a number of samples that depends on the region")
    pooled = node.get("output_height", 1), node.get("output_width", 1)
    sides = []
    for i, (count, axis) in enumerate(zip(pooled, (2, 3))):
        size = typed(g, size_of(g, x, axis), x.dtype)
        # The corners of a region are x, y, x, y.
        limits = [g.add(Gather(), rois, [1 - i + j], np.int64(1)) for j in (0, 2)]
        places = _sample_places(g, node, limits, count * samples, half_pixel)
        sides.append([_lifted(g, side, i) for side in _corners(g, places, size)])
    batch = lift(g, batch_indices, [1, 2])
    channels_last = g.add(Transpose(), x, [0, 2, 3, 1])
    best: Output | None = None
    for down, right in product(*sides):
        share = g.add(Multiply(), down.share, right.share)
        shape = g.add(ShapeOf(), share)
        parts = [typed(g, v, ElementType.i64) for v in (batch, down.place, right.place)]
        value = _gathered(g, channels_last, [g.add(Broadcast(), part, shape) for part in parts])
        value = g.add(Multiply(), value, g.add(Unsqueeze(), share, [-1]))
        best = value if best is None else g.add(Maximum(), best, value)
    assert best is not None
    apart = g.add(Reshape(special_zero=True), best, [0, pooled[0], samples, pooled[1], samples, -1])
    return g.add(Transpose(), g.add(ReduceMax(), apart, [2, 4]), [0, 3, 1, 2])


def _sample_places(
    g: Graph, node: SourceNode, limits: list[Output], count: int, half_pixel: bool
) -> Output:
    """``count`` places evenly inside each region, [regions, count]."""
    scale = float(node.get("spatial_scale", 1.0))
    start, end = (g.add(Multiply(), limit, scale) for limit in limits)
    extent = g.add(Subtract(), end, start)
    if half_pixel:
        start = g.add(Subtract(), start, 0.5)
    else:
        extent = g.add(Maximum(), extent, 1.0)
    middles = g.constant(((np.arange(count) + 0.5) / count)[None], start.dtype)
    return g.add(Add(), g.add(Multiply(), extent, middles), start)


def _corners(g: Graph, place: Output, size: Output) -> list[_Side]:
    """The pixels on both sides of a place; one that is a pixel outside counts nothing."""
    zero = g.constant(np.asarray(0.0), place.dtype)
    below = g.constant(np.asarray(-1.0), place.dtype)
    behind = g.add(GreaterEqual(), place, below)
    inside = g.add(LogicalAnd(), behind, g.add(LessEqual(), place, size))
    sides = _neighbours(g, _clamped(g, place, size))
    return [
        _Side(_clamped(g, side.place, size), g.add(Select(), inside, side.share, zero))
        for side in sides
    ]


def _lifted(g: Graph, side: _Side, axis: int) -> _Side:
    """[regions, count] along one of two spatial axes."""
    new = [2] if axis == 0 else [1]
    parts: Any = (g.add(Unsqueeze(), value, new) for value in side)
    return _Side(*parts)
