"""Images resized, cropped, cut into patches, and their colours."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, typed
from extensions.front.tf.common import Layout, converts, needed, needed_ints, number, refuse
from extensions.ops import arithmetic as a
from extensions.ops.gathering import Gather
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Split
from extensions.ops.reduction import ReduceMax, ReduceMean, ReduceMin
from extensions.ops.regions import ROIPooling
from extensions.ops.sampling import ExtractImagePatches, Interpolate
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
        return _keys_resized(g, x, size)
    return _resized(g, x, size, "cubic", _coordinates(node), "round_prefer_floor")


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


def _keys_resized(g: Graph, x: Output, size: Output) -> Output:
    """Keys' cubic (a = -0.5); outside of the image there is nothing, shares add up to 1.

    The IR's Interpolate repeats the edge instead: each axis is a matrix product.
    """
    targets = needed_ints(size, "size")
    sizes = (x.shape or (None,) * 4)[1:3]
    if not all(isinstance(dim, int) for dim in sizes):
        raise refuse("bicubic resizing with half_pixel_centers of images of unknown size")
    image = _IMAGES.inside(g, x)
    rows, columns = (_keys_matrix(int(n), t) for n, t in zip(sizes, targets))  # type: ignore[arg-type]
    wide = g.add(MatMul(transpose_b=True), image, g.constant(columns))
    return _IMAGES.outside(g, g.add(MatMul(), g.constant(rows), wide))


# Larger matrices are not worth their place in the model.
_LIMIT = 1 << 22


def _keys_matrix(size: int, result: int) -> np.ndarray:
    """The share of each source pixel in each result pixel: [result, size]."""
    if size * result > _LIMIT:
        raise refuse(f"bicubic resizing of {size} pixels to {result}")
    places = (np.arange(result) + 0.5) * size / result - 0.5
    distance = np.abs(np.arange(size)[None] - places[:, None])
    near = (1.5 * distance - 2.5) * distance**2 + 1
    far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
    shares = np.where(distance <= 1, near, np.where(distance < 2, far, 0))
    return (shares / shares.sum(1, keepdims=True)).astype(np.float32)


@converts("CropAndResize")
def crop_and_resize(
    g: Graph, node: SourceNode, x: Output, boxes: Output, images: Output, size: Output
) -> Output:
    """Boxes [y1, x1, y2, x2] in parts of the image, each of the image that ``images`` names."""
    if node.get("method", "bilinear") != "bilinear":
        raise refuse(f"the method '{node.get('method')}'")
    if float(node.get("extrapolation_value", 0.0)):
        raise refuse("an extrapolation_value other than 0")
    height, width = needed_ints(size, "crop size")
    x = typed(g, x, ElementType.f32)
    order = g.constant(np.array([1, 0, 3, 2]))
    swapped = g.add(Gather(), boxes, order, g.constant(np.int64(1)))
    numbers = g.add(Unsqueeze(), typed(g, images, ElementType.f32), [1])
    regions = g.add(Concat(axis=1), numbers, swapped)
    op = ROIPooling(pooled_h=height, pooled_w=width, spatial_scale=1.0, method="bilinear")
    return _IMAGES.outside(g, g.add(op, _IMAGES.inside(g, x), regions))


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


# ---- colours


@converts("AdjustContrastv2")
def adjust_contrast(g: Graph, node: SourceNode, x: Output, factor: Output) -> Output:
    """Distances from the mean of each channel, times a factor."""
    rank = x.rank or 0
    mean = g.add(ReduceMean(keep_dims=True), x, [rank - 3, rank - 2])
    distance = g.add(a.Subtract(), x, mean)
    return g.add(a.Add(), g.add(a.Multiply(), distance, typed(g, factor, x.dtype)), mean)


@converts("RGBToHSV")
def rgb_to_hsv(g: Graph, node: SourceNode, x: Output) -> Output:
    return _joined(g, *_to_hsv(g, x))


@converts("HSVToRGB")
def hsv_to_rgb(g: Graph, node: SourceNode, x: Output) -> Output:
    return _to_rgb(g, *_channels(g, x))


@converts("AdjustSaturation")
def adjust_saturation(g: Graph, node: SourceNode, x: Output, factor: Output) -> Output:
    hue, saturation, value = _to_hsv(g, x)
    scaled = g.add(a.Multiply(), saturation, typed(g, factor, x.dtype))
    return _to_rgb(g, hue, _within(g, scaled), value)


@converts("AdjustHue")
def adjust_hue(g: Graph, node: SourceNode, x: Output, delta: Output) -> Output:
    hue, saturation, value = _to_hsv(g, x)
    turned = g.add(
        a.FloorMod(), g.add(a.Add(), hue, typed(g, delta, x.dtype)), number(g, 1.0, x.dtype)
    )
    return _to_rgb(g, turned, saturation, value)


def _channels(g: Graph, x: Output) -> tuple[Output, ...]:
    return g.add_multi(Split(num_splits=3), x, g.constant(np.int64((x.rank or 0) - 1)))


def _joined(g: Graph, *channels: Output) -> Output:
    return g.add(Concat(axis=(channels[0].rank or 0) - 1), *channels)


def _within(g: Graph, x: Output) -> Output:
    return g.add(a.Minimum(), g.add(a.Maximum(), x, 0.0), 1.0)


def _to_hsv(g: Graph, x: Output) -> tuple[Output, Output, Output]:
    """Hue, saturation and value, each from 0 to 1 (Smith 1978)."""
    axis = [(x.rank or 0) - 1]
    red, green, blue = _channels(g, x)
    value = g.add(ReduceMax(keep_dims=True), x, axis)
    spread = g.add(a.Subtract(), value, g.add(ReduceMin(keep_dims=True), x, axis))
    saturation = _over(g, spread, value)
    sectors = [
        (g.add(a.Equal(), red, value), green, blue, 0.0),
        (g.add(a.Equal(), green, value), blue, red, 2.0),
    ]
    hue = _sector(g, red, green, 4.0, spread)
    for is_greatest, first, second, start in reversed(sectors):
        hue = g.add(a.Select(), is_greatest, _sector(g, first, second, start, spread), hue)
    flat = g.add(a.Equal(), spread, number(g, 0.0, x.dtype))
    hue = g.add(a.Select(), flat, number(g, 0.0, x.dtype), hue)
    turned = g.add(a.FloorMod(), g.add(a.Multiply(), hue, 1 / 6), number(g, 1.0, x.dtype))
    return turned, saturation, value


def _sector(g: Graph, first: Output, second: Output, start: float, spread: Output) -> Output:
    return g.add(a.Add(), _over(g, g.add(a.Subtract(), first, second), spread), start)


def _over(g: Graph, x: Output, y: Output) -> Output:
    """x / y, 0 where y is not positive."""
    zero = number(g, 0.0, x.dtype)
    positive = g.add(a.Greater(), y, zero)
    divisor = g.add(a.Select(), positive, y, number(g, 1.0, x.dtype))
    return g.add(a.Select(), positive, g.add(a.Divide(), x, divisor), zero)


def _to_rgb(g: Graph, hue: Output, saturation: Output, value: Output) -> Output:
    """Each channel is the value less a share of the saturation that its hue tells."""
    angle = g.add(a.Multiply(), hue, 6.0)
    red = _within(g, g.add(a.Subtract(), g.add(Abs(), g.add(a.Subtract(), angle, 3.0)), 1.0))
    others = [
        _within(
            g,
            g.add(
                a.Subtract(),
                number(g, 2.0, hue.dtype),
                g.add(Abs(), g.add(a.Subtract(), angle, centre)),
            ),
        )
        for centre in (2.0, 4.0)
    ]
    channels = []
    for pure in (red, *others):
        share = g.add(a.Multiply(), g.add(a.Subtract(), pure, 1.0), saturation)
        channels.append(g.add(a.Multiply(), g.add(a.Add(), share, 1.0), value))
    return _joined(g, *channels)
