"""Grids, crops, and the inverses of pooling and of cutting into blocks."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from extensions.front.onnx.common import converts, invalid, needed, needed_constant, rank_of
from extensions.front.onnx.padding import centred
from extensions.front.onnx.windows import explicit_pads, listed
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.common import length
from extensions.ops.convolution import GroupConvolutionBackpropData
from extensions.ops.gathering import ScatterElementsUpdate
from extensions.ops.matrix import MatMul
from extensions.ops.reduction import ReduceProd
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
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
    """The places of an image's pixels between -1 and 1, moved by matrices [N, d, d + 1]."""
    spatial = [int(dim) for dim in needed_constant(size, "size").reshape(-1)[2:]]
    _checked(prod(spatial), "a grid")
    steps = [_pixel_places(dim, bool(node.get("align_corners"))) for dim in reversed(spatial)]
    # Coordinates come in the order x, y, z, and the last one multiplies the shift.
    axes = [place.T for place in np.meshgrid(*steps, indexing="ij")]
    places = np.stack([axis.reshape(-1) for axis in axes] + [np.ones(prod(spatial))], -1)
    moved = g.add(MatMul(transpose_b=True), g.constant(places[None], theta.dtype), theta)
    return g.add(Reshape(special_zero=True), moved, [0, *spatial, len(spatial)])


def _pixel_places(count: int, corners: bool) -> np.ndarray:
    if corners:
        return np.linspace(-1, 1, count) if count > 1 else np.array([-1.0])
    return (2 * np.arange(count) + 1) / count - 1


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


@converts("MaxUnpool")
def max_unpool(
    g: Graph, node: SourceNode, x: Output, places: Output, target: Output | None = None
) -> Output:
    """Zeros, and the maxima where they were found; places count over the whole tensor."""
    if target is None:
        target = _unpooled_shape(g, node, x)
    zeros = g.add(
        Broadcast(),
        g.constant(np.zeros(()), x.dtype),
        g.add(ReduceProd(keep_dims=True), target, [0]),
    )
    flat = [g.add(Reshape(), value, [-1]) for value in (places, x)]
    filled = g.add(ScatterElementsUpdate(), zeros, *flat, g.constant(np.int64(0)))
    return g.add(Reshape(), filled, target)


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
