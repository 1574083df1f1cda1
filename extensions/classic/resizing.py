"""Resizing of images."""

from __future__ import annotations

import numpy as np

from extensions.classic.delegated import translated
from extensions.classic.elementwise import integers
from extensions.classic.fields import attribute, converts, direct
from extensions.classic.shaping import rank_of
from extensions.classic.windows import channels_last
from extensions.ops.sampling import Interpolate
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("Interpolate")
def interpolate(g: Graph, node: SourceNode, x: Output, *more: Output) -> Output:
    """Version 1 (axes are an attribute) or version 4 of the operation set."""
    if attribute(node, "version", default="opset1") not in ("opset1", "extension"):
        return direct(g, node, "Interpolate", x, *more)
    axes = attribute(node, "axes")
    if axes is None:
        raise UnsupportedError("its attribute 'axes' is missing", hint="Set it in the extension.")
    mode = {"cubic": "cubic", "linear": "linear_onnx"}.get(attribute(node, "mode"), "nearest")
    corners = bool(attribute(node, "align_corners", default=False))
    coordinates = "align_corners" if corners else "asymmetric"
    return _resized(g, x, more[0], None, axes, mode, coordinates)


def _resized(
    g: Graph,
    x: Output,
    sizes: Output | None,
    scales: Output | None,
    axes: tuple[int, ...],
    mode: str,
    coordinates: str,
) -> Output:
    op = Interpolate(
        mode=mode if len(axes) < 4 else {"linear_onnx": "linear"}.get(mode, mode),
        shape_calculation_mode="sizes" if scales is None else "scales",
        coordinate_transformation_mode=coordinates,
        nearest_mode="floor" if coordinates == "asymmetric" else "round_prefer_floor",
    )
    if scales is None:
        assert sizes is not None
        scales = g.constant(np.ones(len(axes), np.float32))
        return g.add(op, x, sizes, scales, list(axes))
    sizes = g.constant(np.ones(len(axes), np.int64))
    return g.add(op, x, sizes, scales, list(axes))


@converts("Upsample", "Resize")
def upsample(g: Graph, node: SourceNode, x: Output, scales: Output | None = None) -> Output:
    """By the attributes ``height_scale`` and ``width_scale``, or by an input of all axes."""
    mode = {"linear": "linear_onnx", "bilinear": "linear_onnx"}.get(
        str(attribute(node, "mode", default="nearest")), "nearest"
    )
    rank = rank_of(x)
    first = 1 if channels_last(node, rank) else 2
    if scales is None:
        factors = [float(attribute(node, f"{side}_scale")) for side in ("height", "width")]
        axes: tuple[int, ...] = (first, first + 1)
        scales = g.constant(np.array(factors, np.float32))
    else:
        known = scales.value()
        if known is None:
            raise UnsupportedError("its scales must be constant")
        axes = tuple(range(first, first + rank - 2))
        scales = g.constant(known.astype(np.float32)[list(axes)])
    coordinates = "asymmetric" if mode == "nearest" else "half_pixel"
    return _resized(g, x, None, scales, axes, mode, coordinates)


@converts("TFResize")
def resize_to(g: Graph, node: SourceNode, x: Output, size: Output) -> Output:
    """Height and width as an input, and TensorFlow's two flags."""
    bilinear = attribute(node, "mode", default="linear") == "linear"
    coordinates = "asymmetric"
    if attribute(node, "half_pixel_centers", default=False):
        coordinates = "tf_half_pixel_for_nn" if not bilinear else "half_pixel"
    if attribute(node, "align_corners", default=False):
        coordinates = "align_corners"
    first = 1 if channels_last(node, rank_of(x)) else 2
    sizes = tuple(integers(size))
    target = g.constant(np.array(sizes, np.int64))
    mode = "linear" if bilinear else "nearest"
    return _resized(g, x, target, None, (first, first + 1), mode, coordinates)


@converts("Interp")
def interp(g: Graph, node: SourceNode, x: Output, like: Output | None = None) -> Output:
    """Bilinear: to ``height`` and ``width``, to the size of a second input, or by factors."""
    names = ("height", "width", "zoom_factor", "shrink_factor", "pad_beg", "pad_end")
    known = {
        name: attribute(node, name, default=1 if name.endswith("factor") else 0) for name in names
    }
    if not attribute(node, "align_corners", default=1):
        raise UnsupportedError("its corners are not aligned", hint="Use Interpolate instead.")
    return translated(g, node, (x, like), "caffe", "Interp", 1, lambda _: {"interp_param": known})
