"""Convolution, pooling and resizing: operations that know where channels and images stand.

In the graph of a framework with channels last, nodes that extensions add before translation work
on such tensors, as they did in the classic.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from extensions.classic.elementwise import integers
from extensions.classic.fields import attribute, converts, direct
from extensions.classic.shaping import rank_of
from extensions.ops.arithmetic import Add
from extensions.ops.convolution import Convolution, ConvolutionBackpropData, GroupConvolution
from extensions.ops.convolution import GroupConvolutionBackpropData as GroupBackprop
from extensions.ops.movement import Transpose
from extensions.ops.pooling import AdaptiveAvgPool, AvgPool, MaxPool
from extensions.ops.reduction import ReduceMax, ReduceMean
from extensions.ops.regions import ROIPooling
from extensions.ops.sampling import Interpolate
from extensions.ops.shaping import Reshape
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


def channels_last(node: SourceNode, rank: int) -> bool:
    """Whether a node works on channels-last images."""
    layout = attribute(node, "layout")
    if isinstance(layout, str) and layout in ("NHWC", "NCHW"):
        return layout == "NHWC" and rank > 3
    spatial = attribute(node, "spatial_dims")
    if spatial is not None and len(spatial):
        return bool(spatial[0] == 1)
    return bool(node.walk is not None and node.walk.model.channels_last and rank > 3)


def within(g: Graph, node: SourceNode, x: Output, compute: Callable[[Output], Output]) -> Output:
    """The result for channels first, in the layout of the node."""
    rank = rank_of(x)
    if not channels_last(node, rank):
        return compute(x)
    y = compute(g.add(Transpose(), x, [0, rank - 1, *range(1, rank - 1)]))
    return g.add(Transpose(), y, [0, *range(2, rank), 1])


def spatial(node: SourceNode, x: Output, *names: str, default: Any = 1) -> tuple[Any, ...]:
    """The entries of an attribute that concern height and width; it may have only these."""
    rank = rank_of(x)
    found = attribute(node, *names)
    if found is None:
        return (default,) * (rank - 2)
    if isinstance(found, int):
        return (found,) * (rank - 2)
    if len(found) == rank - 2:
        return tuple(found)
    axes = range(1, rank - 1) if channels_last(node, rank) else range(2, rank)
    return tuple(found[axis] for axis in axes)


def _pads(node: SourceNode, x: Output) -> dict[str, tuple[int, ...]]:
    pairs = spatial(node, x, "pad", default=(0, 0))
    return {
        "pads_begin": tuple(pair[0] if isinstance(pair, tuple) else pair for pair in pairs),
        "pads_end": tuple(pair[1] if isinstance(pair, tuple) else pair for pair in pairs),
    }


def _auto_pad(node: SourceNode) -> str:
    found = attribute(node, "auto_pad")
    return "explicit" if found in (None, "explicit", "notset", "None") else str(found)


@converts("Pooling")
def pooling(g: Graph, node: SourceNode, x: Output) -> Output:
    window = spatial(node, x, "window", "kernel")
    common: dict[str, Any] = {
        "kernel": window,
        "strides": spatial(node, x, "stride", "strides"),
        **_pads(node, x),
        "auto_pad": _auto_pad(node),
    }
    rounding = {"full": "ceil", "ceil": "ceil"}
    word = attribute(node, "pooling_convention", "rounding_type", default="valid")
    common["rounding_type"] = rounding.get(word, "floor")
    if bool(attribute(node, "global_pool", default=False)):
        sizes = [2 + axis for axis in range(rank_of(x) - 2)]
        kind = ReduceMax if attribute(node, "pool_method") == "max" else ReduceMean
        return within(g, node, x, lambda image: g.add(kind(keep_dims=True), image, sizes))
    if attribute(node, "pool_method", default="max") == "max":
        return within(g, node, x, lambda image: g.add(MaxPool(**common), image))
    word = attribute(node, "exclude_pad", "exclude-pad", default=True)
    exclude = word in (True, "true", 1)
    return within(g, node, x, lambda image: g.add(AvgPool(**common, exclude_pad=exclude), image))


@converts("AdaptiveAvgPooling")
def adaptive_average_pooling(g: Graph, node: SourceNode, x: Output) -> Output:
    size = attribute(node, "output_size")
    return within(g, node, x, lambda image: g.add(AdaptiveAvgPool(), image, size))


@converts("Convolution", "Conv2D", "Conv")
def convolution(
    g: Graph, node: SourceNode, x: Output, weights: Output, bias: Output | None = None
) -> Output:
    return _convolved(g, node, x, weights, bias, backwards=False)


@converts("Deconvolution", "Deconv2D")
def deconvolution(
    g: Graph, node: SourceNode, x: Output, weights: Output, bias: Output | None = None
) -> Output:
    return _convolved(g, node, x, weights, bias, backwards=True)


def _convolved(
    g: Graph, node: SourceNode, x: Output, weights: Output, bias: Output | None, backwards: bool
) -> Output:
    group = attribute(node, "group", default=1)
    rank = rank_of(x)
    outputs = attribute(node, "output_feature_channel", default=1 if backwards else 0)
    inputs = attribute(node, "input_feature_channel", default=0 if backwards else 1)
    others = [axis for axis in range(rank) if axis not in (outputs, inputs)]
    order = [inputs, outputs, *others] if backwards else [outputs, inputs, *others]
    if order != list(range(rank)):
        weights = g.add(Transpose(), weights, order)
    op: dict[str, Any] = {
        "strides": spatial(node, x, "stride", "strides"),
        "dilations": spatial(node, x, "dilation", "dilations"),
        **_pads(node, x),
        "auto_pad": _auto_pad(node),
    }
    if backwards:
        op["output_padding"] = spatial(node, x, "output_padding", default=0)
    plain, grouped = (
        (ConvolutionBackpropData, GroupBackprop) if backwards else (Convolution, GroupConvolution)
    )
    if group != 1:
        assert weights.shape is not None
        first = weights.shape[0]
        if not isinstance(first, int) or first % group:
            raise UnsupportedError(f"its weights {weights.type} are not for {group} groups")
        weights = g.add(Reshape(), weights, [group, first // group, *weights.shape[1:]])
    kind = plain if group == 1 else grouped

    def compute(image: Output) -> Output:
        y = g.add(kind(**op), image, weights)
        if bias is None:
            return y
        return g.add(Add(), y, g.add(Reshape(), bias, [1, -1] + [1] * (rank - 2)))

    return within(g, node, x, compute)


@converts("ROIPooling")
def roi_pooling(g: Graph, node: SourceNode, x: Output, regions: Output) -> Output:
    op = ROIPooling(
        pooled_h=attribute(node, "pooled_h"),
        pooled_w=attribute(node, "pooled_w"),
        spatial_scale=float(attribute(node, "spatial_scale", default=1.0)),
        method=attribute(node, "method", default="max"),
    )
    return within(g, node, x, lambda image: g.add(op, image, regions))


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
    bilinear = "Bilinear" in str(attribute(node, "tf_resize_op", default="ResizeBilinear"))
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
def interp(g: Graph, node: SourceNode, x: Output, *like: Output) -> Output:
    """Bilinear to ``height`` and ``width``."""
    height, width = attribute(node, "height", default=0), attribute(node, "width", default=0)
    if not height or not width:
        raise UnsupportedError("it has no 'height' and 'width'", hint="Use Interpolate instead.")
    corners = "align_corners" if attribute(node, "align_corners", default=True) else "asymmetric"
    size = g.constant(np.array([height, width], np.int64))
    return _resized(g, x, size, None, (2, 3), "linear_onnx", corners)
