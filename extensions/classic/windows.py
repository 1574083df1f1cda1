"""Convolution, pooling and resizing: operations that know where channels and images stand.

In the graph of a framework with channels last, nodes that extensions add before translation work
on such tensors, as they did in the classic.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from extensions.classic.elementwise import integers
from extensions.classic.fields import attribute, converts
from extensions.classic.shaping import rank_of
from extensions.ops.arithmetic import Add
from extensions.ops.convolution import (
    Convolution,
    ConvolutionBackpropData,
    DeformableConvolution,
    GroupConvolution,
)
from extensions.ops.convolution import GroupConvolutionBackpropData as GroupBackprop
from extensions.ops.movement import Transpose
from extensions.ops.pooling import AdaptiveAvgPool, AvgPool, MaxPool
from extensions.ops.reduction import ReduceMax, ReduceMean
from extensions.ops.regions import ROIPooling
from extensions.ops.sampling import ExtractImagePatches
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


@converts("PoolingV2")
def pooling_of_inputs(
    g: Graph, node: SourceNode, x: Output, window: Output, stride: Output
) -> Output:
    """Window and steps are inputs."""
    inputs = {"window": integers(window), "stride": integers(stride)}
    found = SourceNode("Pooling", node.name, [], [], {**node.attributes, **inputs})
    found.walk = node.walk
    return pooling(g, found, x)


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


@converts("DeformableConvolution")
def deformable_convolution(
    g: Graph, node: SourceNode, x: Output, offsets: Output, weights: Output
) -> Output:
    """Of channels-first images."""
    if channels_last(node, rank_of(x)):
        raise UnsupportedError("its images have channels last", hint="Transpose them before it.")
    begin, end = _pads(node, x).values()
    op = DeformableConvolution(
        strides=spatial(node, x, "stride", "strides"),
        dilations=spatial(node, x, "dilation", "dilations"),
        pads_begin=begin,
        pads_end=end,
        auto_pad=_auto_pad(node),
        group=attribute(node, "group", default=1),
        deformable_group=attribute(node, "deformable_group", default=1),
        bilinear_interpolation_pad=bool(
            attribute(node, "bilinear_interpolation_pad", default=False)
        ),
    )
    return g.add(op, x, offsets, weights)


@converts("ExtractImagePatches")
def extract_image_patches(g: Graph, node: SourceNode, x: Output) -> Output:
    op = ExtractImagePatches(
        sizes=spatial(node, x, "sizes"),
        strides=spatial(node, x, "strides"),
        rates=spatial(node, x, "rates"),
        auto_pad=str(attribute(node, "auto_pad", default="valid")),
    )
    return within(g, node, x, lambda image: g.add(op, image))


@converts("ROIPooling")
def roi_pooling(g: Graph, node: SourceNode, x: Output, regions: Output) -> Output:
    op = ROIPooling(
        pooled_h=attribute(node, "pooled_h"),
        pooled_w=attribute(node, "pooled_w"),
        spatial_scale=float(attribute(node, "spatial_scale", default=1.0)),
        method=attribute(node, "method", default="max"),
    )
    return within(g, node, x, lambda image: g.add(op, image, regions))
