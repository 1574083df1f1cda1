"""Grids, crops, and the inverses of pooling and of cutting into blocks."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from extensions.front.building import invalid, needed_constant, rank_of, size_of, typed
from extensions.front.onnx.common import converts, needed
from extensions.front.onnx.padding import centred
from extensions.front.onnx.windows import explicit_pads, listed
from extensions.ops.arithmetic import Add, Divide, Maximum, Multiply, Subtract
from extensions.ops.blocks import Col2Im
from extensions.ops.common import constant_ints, length
from extensions.ops.convolution import GroupConvolutionBackpropData
from extensions.ops.gathering import Gather, ScatterElementsUpdate
from extensions.ops.generating import Range
from extensions.ops.movement import Concat, Pad, Split
from extensions.ops.reduction import ReduceProd
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Unsqueeze
from extensions.ops.slicing import StridedSlice
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axes

# Constants made here have at most so many elements.
_LIMIT = 1 << 22


def _checked(count: int, what: str) -> int:
    if not 0 <= count <= _LIMIT:
        raise UnsupportedError(f"{what} of {count} elements")
    return count


@converts("AffineGrid")
def affine_grid(g: Graph, node: SourceNode, theta: Output, size: Output) -> Output:
    """The places of an image's pixels between -1 and 1, moved by matrices [N, d, d + 1].

    Coordinates come in the order x, y, z, and the last column is the shift.
    """
    count = length(size)
    if count is None:
        raise UnsupportedError("the number of its spatial axes is not known")
    spatial = count - 2
    columns = g.add_multi(Split(num_splits=spatial + 1), theta, g.constant(np.int64(2)))
    laid = [0, *[1] * spatial, spatial]
    *factors, grid = (g.add(Reshape(special_zero=True), part, laid) for part in columns)
    for k, factor in enumerate(factors):
        axis = spatial - 1 - k
        pixels = g.add(Gather(), size, np.int64(2 + axis), g.constant(np.int64(0)))
        places = _pixel_places(g, pixels, theta.dtype, bool(node.get("align_corners")))
        lifted = g.add(Reshape(), places, [-1, *[1] * (k + 1)])
        grid = g.add(Add(), g.add(Multiply(), factor, lifted), grid)
    return grid


def _pixel_places(g: Graph, count: Output, kind: ElementType, corners: bool) -> Output:
    """The centres of pixels in -1..1, or the corners at its ends."""
    one = g.constant(np.int64(1))
    pixels = g.add(Range(output_type=ElementType.i64), g.constant(np.int64(0)), count, one)
    twice = g.add(Multiply(), typed(g, pixels, kind), 2.0)
    steps = g.add(Maximum(), g.add(Subtract(), count, one), one) if corners else count
    if not corners:
        twice = g.add(Add(), twice, 1.0)
    return g.add(Subtract(), g.add(Divide(), twice, typed(g, steps, kind)), 1.0)


@converts("CenterCropPad")
def center_crop_pad(g: Graph, node: SourceNode, x: Output, target: Output) -> Output:
    """Each axis cut or padded with zeros on both sides, what is odd at the end."""
    rank = rank_of(x)
    axes = node.get("axes")
    places = list(range(rank)) if axes is None else list(normalize_axes(axes, rank))
    if length(target) not in (None, len(places)):
        raise invalid(f"{length(target)} sizes for {len(places)} axes")
    return centred(g, x, places, target)


@converts("Col2Im")
def col2im(g: Graph, node: SourceNode, x: Output, image: Output, block: Output) -> Output:
    """Columns [N, C * area, L] added up where they lie: a transposed convolution with ones."""
    if not image.is_constant or not block.is_constant:
        return _col2im_at_run_time(g, node, x, image, block)
    sizes, kernel = (
        [int(item) for item in needed_constant(value, what).reshape(-1)]
        for value, what in ((image, "image_shape"), (block, "block_shape"))
    )
    rank = len(kernel)
    strides, dilations = listed(node, "strides", rank), listed(node, "dilations", rank)
    begins, ends = explicit_pads(node, rank)
    room = [
        size + begin + end - dilation * (k - 1) - 1
        for size, begin, end, dilation, k in zip(sizes, begins, ends, dilations, kernel)
    ]
    channels = None if x.shape is None else x.shape[1]
    area = prod(kernel)
    if len(sizes) != rank or min(room, default=0) < 0 or area < 1:
        raise invalid(f"blocks {kernel} do not fit an image {sizes}")
    if not isinstance(channels, int) or channels % area:
        raise UnsupportedError(f"{channels} channels are not whole blocks of {area} elements")
    _checked(channels * area, "weights")
    windows = [free // stride + 1 for free, stride in zip(room, strides)]
    ones = np.broadcast_to(np.eye(area), (channels // area, area, area))
    op = GroupConvolutionBackpropData(
        strides=strides,
        dilations=dilations,
        pads_begin=begins,
        pads_end=ends,
        output_padding=tuple(free % stride for free, stride in zip(room, strides)),
    )
    laid = g.add(Reshape(special_zero=True), x, [0, 0, *windows])
    weights = ones.reshape(channels // area, area, 1, *kernel)
    return g.add(op, laid, g.constant(weights, x.dtype))


def _col2im_at_run_time(
    g: Graph, node: SourceNode, x: Output, image: Output, block: Output
) -> Output:
    """By the operation of the IR, which knows images of two axes, else element by element."""
    rank = length(image)
    if rank is None:
        raise UnsupportedError("the number of its spatial axes is not known")
    if rank != 2:
        return _scattered_columns(g, node, x, image, block, rank)
    begins, ends = explicit_pads(node, rank)
    op = Col2Im(
        strides=listed(node, "strides", rank),
        dilations=listed(node, "dilations", rank),
        pads_begin=begins,
        pads_end=ends,
    )
    return g.add(op, x, image, block)


def _scattered_columns(
    g: Graph, node: SourceNode, x: Output, image: Output, block: Output, rank: int
) -> Output:
    """Each element added to its place in the padded image, whose pads are cut off."""
    begins, ends = explicit_pads(node, rank)
    padded = g.add(Add(), image, np.array([begins, ends], np.int64).sum(0))
    places = g.add(Reshape(), _column_places(g, node, padded, block, rank), [1, -1])
    items = g.add(Concat(axis=0), [-1], _length(g, places, 1))
    values = g.add(Reshape(), x, items)
    pixels = g.add(ReduceProd(keep_dims=True), padded, [0])
    target = g.add(Concat(axis=0), _length(g, values, 0), pixels)
    blank = g.add(Broadcast(), g.constant(np.zeros(()), x.dtype), target)
    wide = g.add(Broadcast(), places, g.add(ShapeOf(), values))
    op = ScatterElementsUpdate(reduction="sum")
    added = g.add(op, blank, wide, values, g.constant(np.int64(1)))
    result = g.add(Reshape(), added, g.add(Concat(axis=0), _length(g, x, 0), [-1], padded))
    masks = tuple(int(end == 0) for end in ends)
    cut = StridedSlice(begin_mask=(1, 1, *[0] * rank), end_mask=(1, 1, *masks))
    limits = [-end for end in ends]
    return g.add(cut, result, [0, 0, *begins], [0, 0, *limits], [1] * (rank + 2))


def _length(g: Graph, value: Output, axis: int) -> Output:
    """The size of an axis as a vector of one."""
    return g.add(Unsqueeze(), size_of(g, value, axis), [0])


def _column_places(g: Graph, node: SourceNode, padded: Output, block: Output, rank: int) -> Output:
    """Where in the padded image each element lies: the axes of the block, then of its starts."""
    first, one = g.constant(np.int64(0)), g.constant(np.int64(1))
    places = first
    rows = zip(listed(node, "strides", rank), listed(node, "dilations", rank))
    for axis, (stride, dilation) in enumerate(rows):
        size, extent = (g.add(Gather(), v, np.int64(axis), first) for v in (padded, block))
        span = g.add(Multiply(), g.add(Subtract(), extent, one), np.int64(dilation))
        free = g.add(Subtract(), g.add(Subtract(), size, span), one)
        count = g.add(Add(), g.add(Divide(), free, np.int64(stride)), one)
        inside, starts = (
            g.add(
                Multiply(), g.add(Range(output_type=ElementType.i64), first, n, one), np.int64(by)
            )
            for n, by in ((extent, dilation), (count, stride))
        )
        inside = g.add(Reshape(), inside, [-1, *[1] * (2 * rank - 1 - axis)])
        starts = g.add(Reshape(), starts, [-1, *[1] * (rank - 1 - axis)])
        along = g.add(Add(), inside, starts)
        places = g.add(Add(), g.add(Multiply(), places, size), along)
    return places


@converts("MaxUnpool")
def max_unpool(
    g: Graph, node: SourceNode, x: Output, places: Output, target: Output | None = None
) -> Output:
    """Zeros, and the maxima where they were found; places count over the whole tensor.

    They do so in a tensor of the size that the windows make, which is then cut or filled up at
    its ends to the target.
    """
    made = _unpooled_shape(g, node, x)
    zero = g.constant(np.zeros(()), x.dtype)
    zeros = g.add(Broadcast(), zero, g.add(ReduceProd(keep_dims=True), made, [0]))
    flat = [g.add(Reshape(), value, [-1]) for value in (places, x)]
    filled = g.add(ScatterElementsUpdate(), zeros, *flat, g.constant(np.int64(0)))
    result = g.add(Reshape(), filled, made)
    if target is None:
        return result
    more = g.add(Subtract(), target, made)
    nothing = g.constant(np.zeros(rank_of(x), np.int64))
    known = constant_ints(more)
    op = Pad(pad_mode="constant", negative=known is None or min(known) < 0)
    return g.add(op, result, nothing, more, zero)


def _unpooled_shape(g: Graph, node: SourceNode, x: Output) -> Output:
    """(size - 1) * stride + kernel - pads"""
    kernel: Sequence[int] = needed(node, "kernel_shape")
    rank = len(kernel)
    strides = listed(node, "strides", rank)
    begins, ends = explicit_pads(node, rank)
    rest = [
        k - stride - begin - end for k, stride, begin, end in zip(kernel, strides, begins, ends)
    ]
    grown = g.add(Multiply(), g.add(ShapeOf(), x), np.array([1, 1, *strides], np.int64))
    return g.add(Add(), grown, np.array([0, 0, *rest], np.int64))
