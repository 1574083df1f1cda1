"""Images made larger or smaller, and sampled at the places of a grid."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, size_of, vector
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import alike, converts, refused
from extensions.front.mxnet.movement import joined
from extensions.ops.arithmetic import Add, Divide, FloorMod, Multiply, Subtract
from extensions.ops.conversion import Convert
from extensions.ops.convolution import GroupConvolutionBackpropData
from extensions.ops.generating import Range
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Transpose
from extensions.ops.sampling import GridSample, Interpolate
from extensions.ops.shaping import Broadcast, Reshape, Unsqueeze
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("UpSampling")
def up_sampling(g: Graph, node: SourceNode, x: Output, *others: Output) -> Output:
    """Several images are first brought to the size that the first one gets."""
    scale = at.integer(node, "scale")
    if not 0 < scale < 1 << 12:
        raise invalid(f"its scale is {scale}")
    if at.word(node, "sample_type") == "bilinear":
        return _by_deconvolution(g, x, others[0], scale)
    large = _nearest(g, x, [g.add(Multiply(), size_of(g, x, axis), scale) for axis in (2, 3)])
    sizes = [size_of(g, large, axis) for axis in (2, 3)]
    images = [large, *(_nearest(g, other, sizes) for other in others)]
    if at.word(node, "multi_input_mode", "concat") == "concat":
        return joined(g, images, 1)
    total = images[0]
    for image in images[1:]:
        total = g.add(Add(), total, image)
    return total


def _nearest(g: Graph, x: Output, sizes: list[Output]) -> Output:
    op = Interpolate(
        mode="nearest",
        shape_calculation_mode="sizes",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )
    return g.add(op, x, vector(g, sizes), _factors(), [2, 3])


def _factors() -> np.ndarray:
    """Scales, which count for nothing where sizes are given."""
    return np.ones(2, np.float32)


def _by_deconvolution(g: Graph, x: Output, weights: Output, scale: int) -> Output:
    """Channel by channel with learnt weights [C, 1, k, k], k being 2 scale - scale % 2."""
    pads = (scale // 2,) * 2
    op = GroupConvolutionBackpropData(
        strides=(scale,) * 2, dilations=(1, 1), pads_begin=pads, pads_end=pads
    )
    return g.add(op, *alike(g, x, g.add(Unsqueeze(), weights, [1])))


@converts("_contrib_BilinearResize2D")
def bilinear_resize(g: Graph, node: SourceNode, x: Output, like: Output | None = None) -> Output:
    """Corners stayed corners before that was an option."""
    if like is not None:
        sizes = [size_of(g, like, axis) for axis in (2, 3)]
    else:
        sizes = [_size(g, node, x, axis, name) for axis, name in ((2, "height"), (3, "width"))]
    aligned = at.flag(node, "align_corners", True)
    op = Interpolate(
        mode="linear_onnx",
        shape_calculation_mode="sizes",
        coordinate_transformation_mode="align_corners" if aligned else "pytorch_half_pixel",
    )
    return g.add(op, x, vector(g, sizes), _factors(), [2, 3])


# How much is added to odd (even) sizes.
_PARITIES = {
    "to_even_down": (-1, 0),
    "to_even_up": (1, 0),
    "to_odd_down": (0, -1),
    "to_odd_up": (0, 1),
}


def _size(g: Graph, node: SourceNode, x: Output, axis: int, name: str) -> Output:
    mode = at.word(node, "mode", "size")
    size = size_of(g, x, axis)
    if mode in _PARITIES:
        to_odd, to_even = _PARITIES[mode]
        odd = g.add(FloorMod(), size, g.constant(np.int64(2)))
        change = g.add(Multiply(), odd, g.constant(np.int64(to_odd - to_even)))
        return g.add(Add(), g.add(Add(), size, change), g.constant(np.int64(to_even)))
    scale = at.optional_number(node, f"scale_{name}")
    if scale is None:
        return g.constant(np.int64(at.integer(node, name, 1)))
    if mode == "odd_scale":
        return _odd_scaled(g, size, scale)
    if mode != "size":
        raise refused(f"mode '{mode}'")
    return _scaled(g, size, scale)


def _scaled(g: Graph, size: Output, scale: float) -> Output:
    """Rounded down."""
    product = g.add(Multiply(), g.add(Convert(destination_type=ElementType.f32), size), scale)
    return g.add(Convert(destination_type=ElementType.i64), product)


def _odd_scaled(g: Graph, size: Output, scale: float) -> Output:
    """An odd size as one pixel and a rest, of which the rest is scaled."""
    odd = g.add(FloorMod(), size, g.constant(np.int64(2)))
    return g.add(Add(), _scaled(g, g.add(Subtract(), size, odd), scale), odd)


@converts("BilinearSampler")
def bilinear_sampler(g: Graph, node: SourceNode, x: Output, grid: Output) -> Output:
    """Grids are [N, 2, H, W] with x and y between -1 and 1; outside there are zeros."""
    op = GridSample(align_corners=True, mode="bilinear", padding_mode="zeros")
    return g.add(op, x, g.add(Transpose(), grid, [0, 2, 3, 1]))


@converts("GridGenerator")
def grid_generator(g: Graph, node: SourceNode, x: Output) -> Output:
    """Of matrices [N, 6], or of the shifts [N, 2, H, W] of each pixel."""
    kind = at.word(node, "transform_type")
    if kind == "affine":
        return _affine_grid(g, node, x)
    if kind != "warp":
        raise refused(f"transform_type '{kind}'")
    axes = []
    for axis, shape in ((3, [1, 1, 1, -1]), (2, [1, 1, -1, 1])):
        axes.append(g.add(Reshape(), _counting(g, size_of(g, x, axis)), shape))
    sizes = [g.constant(np.int64(1)), g.constant(np.int64(1)), *(size_of(g, x, a) for a in (2, 3))]
    target = vector(g, sizes)
    places = g.add(Concat(axis=1), *(g.add(Broadcast(), axis, target) for axis in axes))
    halves = [_half(g, size_of(g, x, axis)) for axis in (3, 2)]
    scale = g.add(Reshape(), g.add(Concat(axis=0), *halves), [1, 2, 1, 1])
    return g.add(Subtract(), g.add(Divide(), g.add(Add(), x, places), scale), 1.0)


def _counting(g: Graph, size: Output) -> Output:
    zero, one = g.constant(np.int64(0)), g.constant(np.int64(1))
    return g.add(Range(output_type=ElementType.f32), zero, size, one)


def _half(g: Graph, size: Output) -> Output:
    """(size - 1) / 2 as a vector of one."""
    number = g.add(Convert(destination_type=ElementType.f32), size)
    half = g.add(Multiply(), g.add(Subtract(), number, 1.0), 0.5)
    return g.add(Reshape(), half, [1])


# Larger grids are not worth their place in the model.
_GRID_LIMIT = 1 << 22


def _affine_grid(g: Graph, node: SourceNode, theta: Output) -> Output:
    height, width = (at.integers(node, "target_shape") + (0, 0))[:2]
    if not 0 < height * width <= _GRID_LIMIT or height < 0:
        raise invalid(f"its target_shape is {height}, {width}")
    rows, columns = (
        np.linspace(-1, 1, size) if size > 1 else np.zeros(1) for size in (height, width)
    )
    y, x = np.meshgrid(rows, columns, indexing="ij")
    points = np.stack([x.ravel(), y.ravel(), np.ones(height * width)])
    matrices = g.add(Reshape(), theta, [-1, 2, 3])
    moved = g.add(MatMul(), matrices, g.constant(points[None], theta.dtype))
    return g.add(Reshape(), moved, [-1, 2, height, width])


@converts("SpatialTransformer")
def spatial_transformer(g: Graph, node: SourceNode, x: Output, theta: Output) -> Output:
    return bilinear_sampler(g, node, x, _affine_grid(g, node, theta))
