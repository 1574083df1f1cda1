"""Images in other sizes."""

from __future__ import annotations

import numpy as np

from extensions.front.building import typed
from extensions.front.tf.common import IMAGES, converts, refuse
from extensions.front.tf.resampling import area_shares, by_shares, cubic_shares, kernel_shares
from extensions.ops.sampling import Interpolate
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

F32 = ElementType.f32


@converts("ResizeBilinear")
def resize_bilinear(g: Graph, node: SourceNode, x: Output, size: Output) -> Output:
    """The result is always of floats."""
    x = typed(g, x, F32)
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
    x = typed(g, x, F32)
    if node.get("half_pixel_centers", False):
        return by_shares(g, x, size, cubic_shares)
    return _resized(g, x, size, "cubic", _coordinates(node), "round_prefer_floor")


@converts("ResizeArea")
def resize_area(g: Graph, node: SourceNode, x: Output, size: Output) -> Output:
    if node.get("align_corners", False):
        raise refuse("resizing by area with align_corners")
    return by_shares(g, typed(g, x, F32), size, area_shares)


@converts("ScaleAndTranslate")
def scale_and_translate(
    g: Graph, node: SourceNode, x: Output, size: Output, scale: Output, translation: Output
) -> Output:
    """Result pixel p lies at (p - translation) / scale; this is how TensorFlow antialiases."""
    kind = node.get("kernel_type", "lanczos3")
    is_wide = bool(node.get("antialias", True))
    shares = kernel_shares(kind, is_wide, typed(g, scale, F32), typed(g, translation, F32))
    return by_shares(g, typed(g, x, F32), size, shares)


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
    image = IMAGES.inside(g, x)
    return IMAGES.outside(g, g.add(op, image, typed(g, size, ElementType.i64), scales, [2, 3]))
