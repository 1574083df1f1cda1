"""Images in other sizes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from extensions.front.building import size_of, typed
from extensions.front.tf.common import Layout, converts, number, refuse
from extensions.ops import arithmetic as a
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.matrix import MatMul
from extensions.ops.reduction import ReduceSum
from extensions.ops.sampling import Interpolate
from extensions.ops.shaping import Unsqueeze
from extensions.ops.unary import Abs
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_IMAGES = Layout(channels_last=True, spatial=2)


@converts("ResizeBilinear")
def resize_bilinear(g: Graph, node: SourceNode, x: Output, size: Output) -> Output:
    """The result is always of floats."""
    x = typed(g, x, ElementType.f32)
    return _resized(g, x, size, "linear_onnx", _coordinates(node), "round_prefer_floor")


@converts("ResizeNearestNeighbor")
def resize_nearest(g: Graph, node: SourceNode, x: Output, size: Output) -> Output:
    coordinates, rounding = _coordinates(node), "floor"
    if coordinates == "align_corners":
        rounding = "round_prefer_ceil"
    elif coordinates == "half_pixel":
        coordinates = "tf_half_pixel_for_nn"
    return _resized(g, x, size, "nearest", coordinates, rounding)


@converts("ResizeBicubic")
def resize_bicubic(g: Graph, node: SourceNode, x: Output, size: Output) -> Output:
    x = typed(g, x, ElementType.f32)
    if node.get("half_pixel_centers", False):
        return _by_shares(g, x, size, _keys)
    return _resized(g, x, size, "cubic", _coordinates(node), "round_prefer_floor")


@converts("ResizeArea")
def resize_area(g: Graph, node: SourceNode, x: Output, size: Output) -> Output:
    if node.get("align_corners", False):
        raise refuse("resizing by area with align_corners")
    return _by_shares(g, typed(g, x, ElementType.f32), size, _area)


def _coordinates(node: SourceNode) -> str:
    if node.get("align_corners", False):
        return "align_corners"
    return "half_pixel" if node.get("half_pixel_centers", False) else "asymmetric"


def _resized(
    g: Graph, x: Output, size: Output, mode: str, coordinates: str, rounding: str
) -> Output:
    op = Interpolate(
        mode=mode,
        shape_calculation_mode="sizes",
        coordinate_transformation_mode=coordinates,
        nearest_mode=rounding,
    )
    scales = g.constant(np.ones(2, np.float32))
    image = _IMAGES.inside(g, x)
    return _IMAGES.outside(g, g.add(op, image, typed(g, size, ElementType.i64), scales, [2, 3]))


# ---- each axis as a matrix product: the share of each source pixel in each result pixel

# Axis of n pixels to one of t pixels, both scalars: [t, n].
Shares = Callable[[Graph, Output, Output], Output]


def _by_shares(g: Graph, x: Output, size: Output, shares: Shares) -> Output:
    image, size = _IMAGES.inside(g, x), typed(g, size, ElementType.i64)
    _check_limit(image, size)
    first = np.int64(0)
    rows, columns = (
        shares(g, size_of(g, image, 2 + i), g.add(Gather(), size, np.int64(i), first))
        for i in range(2)
    )
    wide = g.add(MatMul(transpose_b=True), image, columns)
    return _IMAGES.outside(g, g.add(MatMul(), rows, wide))


# Larger matrices are not worth their place in the model.
_LIMIT = 1 << 22


def _check_limit(image: Output, size: Output) -> None:
    known = size.value()
    for source, target in zip((image.shape or ())[2:], () if known is None else known):
        if isinstance(source, int) and source * int(target) > _LIMIT:
            raise refuse(f"resizing of {source} pixels to {target} in this way")


def _keys(g: Graph, size: Output, target: Output) -> Output:
    """Keys' cubic (a = -0.5); outside of the image there is nothing, shares add up to 1.

    The IR's Interpolate repeats the edge instead.
    """
    steps = g.add(a.Add(), _counted(g, target), 0.5)
    centres = g.add(a.Subtract(), g.add(a.Multiply(), steps, _scale(g, size, target)), 0.5)
    pixels = g.add(Unsqueeze(), _counted(g, size), [0])
    far = g.add(Abs(), g.add(a.Subtract(), pixels, g.add(Unsqueeze(), centres, [1])))
    inner = _polynomial(g, far, 1.5, -2.5, 0.0, 1.0)
    outer = _polynomial(g, far, -0.5, 2.5, -4.0, 2.0)
    zero = number(g, 0.0, ElementType.f32)
    beside = g.add(a.Select(), _is_below(g, far, 2.0), outer, zero)
    shares = g.add(a.Select(), _is_below(g, far, 1.0), inner, beside)
    return g.add(a.Divide(), shares, g.add(ReduceSum(keep_dims=True), shares, [1]))


def _area(g: Graph, size: Output, target: Output) -> Output:
    """The part of each source pixel that a result pixel covers."""
    scale = _scale(g, size, target)
    places = g.add(Unsqueeze(), _counted(g, target), [1])
    begin = g.add(a.Multiply(), places, scale)
    end = g.add(a.Multiply(), g.add(a.Add(), places, 1.0), scale)
    pixels = g.add(Unsqueeze(), _counted(g, size), [0])
    last = g.add(a.Minimum(), g.add(a.Add(), pixels, 1.0), end)
    covered = g.add(a.Subtract(), last, g.add(a.Maximum(), pixels, begin))
    return g.add(a.Divide(), g.add(a.Maximum(), covered, 0.0), scale)


def _scale(g: Graph, size: Output, target: Output) -> Output:
    """How many source pixels there are for one result pixel."""
    return g.add(a.Divide(), typed(g, size, ElementType.f32), typed(g, target, ElementType.f32))


def _counted(g: Graph, size: Output) -> Output:
    zero, one = number(g, 0, size.dtype), number(g, 1, size.dtype)
    return typed(g, g.add(Range(output_type=size.dtype), zero, size, one), ElementType.f32)


def _polynomial(g: Graph, x: Output, first: float, *rest: float) -> Output:
    """The polynomial with these coefficients, that of the highest power first."""
    value = g.add(a.Multiply(), x, first)
    for coefficient in rest[:-1]:
        value = g.add(a.Multiply(), g.add(a.Add(), value, coefficient), x)
    return g.add(a.Add(), value, rest[-1])


def _is_below(g: Graph, x: Output, limit: float) -> Output:
    return g.add(a.LessEqual(), x, number(g, limit, x.dtype))
