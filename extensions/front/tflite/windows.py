"""Convolutions and pooling over images with their channels last.

Filters are [out, H, W, in], of depthwise convolutions [1, H, W, in * multiplier].
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extensions.front.tf.common import Layout, refuse
from extensions.front.tf.convolution import filter_shape, known_size
from extensions.front.tf.transposed import Backwards
from extensions.front.tf.windows import window_attributes
from extensions.front.tflite.common import as_tensorflow, converts, needed_option, tensorflow
from extensions.front.tflite.quantization import moved
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.convolution import Convolution, ConvolutionBackpropData, GroupConvolution
from extensions.ops.movement import Transpose
from extensions.ops.shaping import Reshape
from extensions.ops.unary import Sqrt
from mo.errors import InferenceError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dimension

_IMAGES = Layout(channels_last=True, spatial=2)
_PADDINGS = ("SAME", "VALID")
_AXES = {2: "hw", 3: "dhw"}


def _window(node: SourceNode, spatial: int = 2) -> dict[str, Any]:
    """Strides, dilations and padding as TensorFlow writes them."""
    axes = _AXES[spatial]
    return {
        "strides": [1, *(node.get(f"stride_{axis}", 1) for axis in axes), 1],
        "dilations": [1, *(node.get(f"dilation_{axis}", 1) for axis in axes), 1],
        "padding": _PADDINGS[needed_option(node, "padding", (0, 1))],
    }


def _attributes(node: SourceNode, image: Output, kernel: Sequence[Dimension]) -> dict[str, Any]:
    twin = as_tensorflow(node, node.type, _window(node))
    return window_attributes(twin, _IMAGES, image.shape, kernel)


def _biased(g: Graph, y: Output, bias: Output | None) -> Output:
    return y if bias is None else g.add(Add(), y, bias)


@converts("CONV_2D")
def conv_2d(g: Graph, node: SourceNode, x: Output, w: Output, bias: Output | None = None) -> Output:
    """In groups where the filter takes fewer channels than there are."""
    outputs, height, width, taken = map(known_size, filter_shape(w, _IMAGES))
    image = _IMAGES.inside(g, x)
    attributes = _attributes(node, image, (height, width))
    groups = _groups(image, taken)

    def grouped(part: Output) -> Output:
        filters = g.add(Transpose(), part, [0, 3, 1, 2])
        if groups == 1:
            return filters
        shape = [groups, outputs // groups, *map(known_size, (filters.shape or ())[1:])]
        return g.add(Reshape(), filters, shape)

    if outputs % groups:
        raise InferenceError(f"{outputs} filters do not make {groups} groups")
    op = Convolution if groups == 1 else GroupConvolution
    y = g.add(op(**attributes), image, moved(g, w, grouped))
    return _biased(g, _IMAGES.outside(g, y), bias)


def _groups(image: Output, taken: int) -> int:
    """One where the channels are not known."""
    channels = image.shape[1] if image.shape else None
    if not isinstance(channels, int) or not taken:
        return 1
    if channels % taken:
        raise InferenceError(f"data has {channels} channels, the filters take {taken}")
    return channels // taken


@converts("DEPTHWISE_CONV_2D")
def depthwise(
    g: Graph, node: SourceNode, x: Output, w: Output, bias: Output | None = None
) -> Output:
    """Each channel by itself, ``multiplier`` times."""
    _, height, width, outputs = map(known_size, filter_shape(w, _IMAGES))
    image = _IMAGES.inside(g, x)
    channels = image.shape[1] if image.shape else None
    if not isinstance(channels, int):
        channels = outputs // max(1, node.get("depth_multiplier", 1))
    if not channels or outputs % channels:
        raise InferenceError(f"{outputs} filters are not so many for each of {channels} channels")

    def grouped(part: Output) -> Output:
        filters = g.add(Transpose(), part, [3, 0, 1, 2])
        count, _, *sizes = map(known_size, filters.shape or ())
        each = [channels, count // channels] if count > 1 else [1, 1]
        return g.add(Reshape(), filters, [*each, 1, *sizes])

    op = GroupConvolution(**_attributes(node, image, (height, width)))
    y = g.add(op, image, moved(g, w, grouped))
    return _biased(g, _IMAGES.outside(g, y), bias)


@converts("TRANSPOSE_CONV")
def transpose_conv(
    g: Graph, node: SourceNode, sizes: Output, w: Output, x: Output, bias: Output | None = None
) -> Output:
    twin = as_tensorflow(node, "Conv2DBackpropInput", _window(node))
    shaped = g.add(Transpose(), w, [1, 2, 0, 3])
    run = Backwards(g, twin, _IMAGES, shaped, _IMAGES.inside(g, x))
    filters = moved(g, w, lambda part: g.add(Transpose(), part, [3, 0, 1, 2]))
    y = run.result(ConvolutionBackpropData, filters, sizes)
    return _biased(g, _IMAGES.outside(g, y), bias)


@converts("CONV_3D")
def conv_3d(g: Graph, node: SourceNode, x: Output, w: Output, bias: Output | None = None) -> Output:
    """Filters are [D, H, W, in, out]."""
    return _biased(g, tensorflow(g, node, "Conv3D", x, w, **_window(node, 3)), bias)


@converts("CONV_3D_TRANSPOSE")
def conv_3d_transpose(
    g: Graph, node: SourceNode, sizes: Output, w: Output, x: Output, bias: Output | None = None
) -> Output:
    """Filters are [D, H, W, out, in]."""
    y = tensorflow(g, node, "Conv3DBackpropInputV2", sizes, w, x, **_window(node, 3))
    return _biased(g, y, bias)


@converts("AVERAGE_POOL_2D")
def average_pool(g: Graph, node: SourceNode, x: Output) -> Output:
    """What lies outside the image does not count."""
    return _pooled(g, node, "AvgPool", x)


@converts("MAX_POOL_2D")
def max_pool(g: Graph, node: SourceNode, x: Output) -> Output:
    return _pooled(g, node, "MaxPool", x)


@converts("L2_POOL_2D")
def l2_pool(g: Graph, node: SourceNode, x: Output) -> Output:
    """The root of the mean of squares."""
    return g.add(Sqrt(), _pooled(g, node, "AvgPool", g.add(Multiply(), x, x)))


def _pooled(g: Graph, node: SourceNode, kind: str, x: Output) -> Output:
    size = [1, node.get("filter_h", 0), node.get("filter_w", 0), 1]
    if min(size) < 1:
        raise refuse(f"a window of {size}")
    result: Output = tensorflow(g, node, kind, x, ksize=size, **_window(node))
    return result
