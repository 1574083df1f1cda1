"""Crops of images, and patches of images and volumes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from extensions.front.building import invalid, lift, size_of, typed
from extensions.front.tf.common import Layout, converts, needed, needed_ints, number, refuse
from extensions.front.tf.windows import window_attributes
from extensions.ops import arithmetic as a
from extensions.ops.convolution import Convolution
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat, Split, Transpose
from extensions.ops.regions import ROIPooling
from extensions.ops.sampling import ExtractImagePatches, GridSample
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Unsqueeze
from extensions.ops.slicing import StridedSlice
from extensions.ops.unary import Floor
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_IMAGES, _VOLUMES = (Layout(channels_last=True, spatial=axes) for axes in (2, 3))


# ---- crops


@converts("CropAndResize")
def crop_and_resize(
    g: Graph, node: SourceNode, x: Output, boxes: Output, images: Output, size: Output
) -> Output:
    """Boxes [y1, x1, y2, x2] in parts of the image, each of the image that ``images`` names."""
    method, beyond = node.get("method", "bilinear"), float(node.get("extrapolation_value", 0.0))
    if method not in ("bilinear", "nearest"):
        raise refuse(f"the method '{method}'")
    sizes = needed_ints(size, "crop size")
    x = typed(g, x, ElementType.f32)
    if method == "nearest" or beyond:
        grid = _grid(g, x, boxes, sizes)
        sample = _nearest if method == "nearest" else _bilinear
        found = sample(g, x, images, grid)
        return g.add(a.Select(), grid.inside, found, number(g, beyond, found.dtype))
    height, width = sizes
    swapped = g.add(Gather(), boxes, g.constant(np.array([1, 0, 3, 2])), g.constant(np.int64(1)))
    numbers = g.add(Unsqueeze(), typed(g, images, ElementType.f32), [1])
    regions = g.add(Concat(axis=1), numbers, swapped)
    op = ROIPooling(pooled_h=height, pooled_w=width, spatial_scale=1.0, method="bilinear")
    return _IMAGES.outside(g, g.add(op, _IMAGES.inside(g, x), regions))


class _Grid(NamedTuple):
    """Places in each box, counted in pixels: rows [n, height], columns [n, width]."""

    ys: Output
    xs: Output
    last_row: Output
    last_column: Output
    # Whether there is a pixel: [n, height, width, 1].
    inside: Output


def _grid(g: Graph, x: Output, boxes: Output, sizes: tuple[int, ...]) -> _Grid:
    edges = g.add_multi(Split(num_splits=4), boxes, g.constant(np.int64(1)))
    lasts = [
        g.add(a.Subtract(), typed(g, size_of(g, x, axis), boxes.dtype), 1.0) for axis in (1, 2)
    ]
    ys, xs = (_places(g, edges[i], edges[2 + i], lasts[i], sizes[i]) for i in (0, 1))
    inside = g.add(
        a.LogicalAnd(),
        lift(g, _is_inside(g, ys, lasts[0]), [2, 3]),
        lift(g, _is_inside(g, xs, lasts[1]), [1, 3]),
    )
    return _Grid(ys, xs, lasts[0], lasts[1], inside)


def _bilinear(g: Graph, x: Output, images: Output, grid: _Grid) -> Output:
    shape = g.add(ShapeOf(), grid.inside)
    both = ((grid.xs, grid.last_column, [1, 3]), (grid.ys, grid.last_row, [2, 3]))
    # The sampler counts from -1 to 1.
    shares = [
        g.add(a.Divide(), g.add(a.Multiply(), places, 2.0), g.add(a.Maximum(), last, 1.0))
        for places, last, _ in both
    ]
    spread = [
        g.add(Broadcast(), lift(g, share, axes), shape) for share, (_, _, axes) in zip(shares, both)
    ]
    places = g.add(a.Subtract(), g.add(Concat(axis=3), *spread), 1.0)
    own = g.add(Gather(), _IMAGES.inside(g, x), images, g.constant(np.int64(0)))
    sampler = GridSample(align_corners=True, mode="bilinear", padding_mode="border")
    return _IMAGES.outside(g, g.add(sampler, own, places))


def _nearest(g: Graph, x: Output, images: Output, grid: _Grid) -> Output:
    """Amid two pixels the second one counts, unlike for the IR's sampler."""
    height, width = size_of(g, x, 1), size_of(g, x, 2)
    first = lift(g, typed(g, images, ElementType.i64), [1, 2])
    row = lift(g, _nearest_pixel(g, grid.ys, grid.last_row), [2])
    column = lift(g, _nearest_pixel(g, grid.xs, grid.last_column), [1])
    row = g.add(a.Add(), g.add(a.Multiply(), first, height), row)
    place = g.add(a.Add(), g.add(a.Multiply(), row, width), column)
    shape = g.add(Concat(axis=0), [-1], _sizes(g, g.add(ShapeOf(), x), 3))
    return g.add(Gather(), g.add(Reshape(), x, shape), place, g.constant(np.int64(0)))


def _nearest_pixel(g: Graph, places: Output, last: Output) -> Output:
    within = g.add(a.Minimum(), g.add(a.Maximum(), places, 0.0), last)
    return typed(g, g.add(Floor(), g.add(a.Add(), within, 0.5)), ElementType.i64)


def _places(g: Graph, first: Output, second: Output, last: Output, count: int) -> Output:
    """``count`` places from first to second, both [n, 1], or the one amid them: [n, count]."""
    if count == 1:
        return g.add(a.Multiply(), g.add(a.Multiply(), g.add(a.Add(), first, second), 0.5), last)
    width = g.add(a.Multiply(), g.add(a.Subtract(), second, first), last)
    step = g.add(a.Divide(), width, float(count - 1))
    steps = g.constant(np.arange(count)[None], first.dtype)
    return g.add(a.Add(), g.add(a.Multiply(), first, last), g.add(a.Multiply(), steps, step))


def _is_inside(g: Graph, places: Output, last: Output) -> Output:
    not_before = g.add(a.GreaterEqual(), places, number(g, 0.0, places.dtype))
    return g.add(a.LogicalAnd(), not_before, g.add(a.LessEqual(), places, last))


# ---- patches


@converts("ExtractImagePatches")
def extract_image_patches(g: Graph, node: SourceNode, x: Output) -> Output:
    """Patches of all channels along the last axis."""
    rows = [needed(node, name) for name in ("ksizes", "strides", "rates")]
    for row, name in zip(rows, ("ksizes", "strides", "rates")):
        _IMAGES.check_ones(row, name)
    sizes, strides, rates = map(_IMAGES.spatial_of, rows)
    padding = {"SAME": "same_upper", "VALID": "valid"}.get(node.get("padding", ""))
    if padding is None:
        raise invalid(f"its padding '{node.get('padding')}' is unknown")
    op = ExtractImagePatches(sizes=sizes, strides=strides, rates=rates, auto_pad=padding)
    return _IMAGES.outside(g, g.add(op, _IMAGES.inside(g, x)))


# A filter for larger patches would be a heavy part of the model.
_PATCH_LIMIT = 1 << 12


@converts("ExtractVolumePatches")
def extract_volume_patches(g: Graph, node: SourceNode, x: Output) -> Output:
    """A convolution of each channel with filters that pick one voxel each."""
    sizes = needed(node, "ksizes")
    _VOLUMES.check_ones(sizes, "ksizes")
    kernel = _VOLUMES.spatial_of(sizes)
    count = int(np.prod(kernel))
    if not 0 < count <= _PATCH_LIMIT:
        raise refuse(f"patches of {count} voxels")
    volume = _VOLUMES.inside(g, x)
    attributes = window_attributes(node, _VOLUMES, volume.shape, kernel)
    shape = g.add(ShapeOf(), volume)
    alone = g.add(Concat(axis=0), [-1, 1], _sizes(g, shape, 2))
    picks = np.eye(count, dtype=np.float32).reshape(count, 1, *kernel)
    found = g.add(Convolution(**attributes), g.add(Reshape(), volume, alone), g.constant(picks))
    laid = g.add(
        Concat(axis=0),
        g.add(StridedSlice(end_mask=(0,), begin_mask=(1,)), shape, [0], [2], [1]),
        [count],
        _sizes(g, g.add(ShapeOf(), found), 2),
    )
    turned = g.add(Transpose(), g.add(Reshape(), found, laid), [0, 3, 4, 5, 2, 1])
    return g.add(Reshape(special_zero=True), turned, [0, 0, 0, 0, -1])


def _sizes(g: Graph, shape: Output, start: int) -> Output:
    """The sizes of a shape from one on."""
    return g.add(StridedSlice(begin_mask=(0,), end_mask=(1,)), shape, [start], [0], [1])
