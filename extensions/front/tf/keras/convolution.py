"""Convolutions and fully connected layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import channelwise, invalid, rank_of
from extensions.front.tf.common import Layout, refuse
from extensions.front.tf.convolution import filter_shape, known_size
from extensions.front.tf.keras.activation import activated
from extensions.front.tf.keras.common import Layer, layer
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.gathering import Gather
from extensions.ops.matrix import Einsum, MatMul
from extensions.ops.movement import Concat, Pad
from extensions.ops.shaping import ShapeOf, Squeeze, Unsqueeze
from mo.graph.node import Output


def spatial_axis(layer: Layer) -> int:
    return 1 if layer.channels_last else 2


def as_image(layer: Layer, x: Output) -> Output:
    """A sequence as an image of height 1."""
    return layer.g.add(Unsqueeze(), x, [spatial_axis(layer)])


def as_sequence(layer: Layer, x: Output) -> Output:
    return layer.g.add(Squeeze(), x, [spatial_axis(layer)])


def data_format(layer: Layer, spatial: int) -> str:
    letters = "DHW"[3 - spatial :]
    return f"N{letters}C" if layer.channels_last else f"NC{letters}"


def per_axis(layer: Layer, numbers: list[int]) -> list[int]:
    """Numbers of spatial axes among those of all axes."""
    return [1, *numbers, 1] if layer.channels_last else [1, 1, *numbers]


def _window(layer: Layer, spatial: int) -> dict[str, Any]:
    """The attributes of a convolution in TensorFlow; sequences are images of height 1."""
    strides, dilations = (layer.numbers(n, spatial, 1) for n in ("strides", "dilation_rate"))
    if spatial == 1:
        strides, dilations = [1, *strides], [1, *dilations]
    return {
        "strides": per_axis(layer, strides),
        "dilations": per_axis(layer, dilations),
        "padding": _padding(layer),
        "data_format": data_format(layer, max(spatial, 2)),
    }


def _padding(layer: Layer) -> str:
    name = str(layer.get("padding", "valid")).upper()
    if name not in ("SAME", "VALID", "CAUSAL"):
        raise refuse(f"the padding '{name}'")
    return "VALID" if name == "CAUSAL" else name


def finished(layer: Layer, y: Output) -> Output:
    """The bias and the activation behind a layer."""
    bias = layer.weights.get("bias")
    if bias is not None:
        laid = bias if layer.channels_last else channelwise(layer.g, bias, rank_of(y))
        y = layer.g.add(Add(), y, laid)
    return activated(layer, y, layer.get("activation"))


@layer("Dense")
def dense(layer: Layer, x: Output) -> Output:
    return finished(layer, layer.g.add(MatMul(), x, layer.weight("kernel")))


@layer("EinsumDense")
def einsum_dense(layer: Layer, x: Output) -> Output:
    equation = str(layer.needed("equation")).replace(" ", "")
    y = layer.g.add(Einsum(equation=equation), x, layer.weight("kernel"))
    bias = layer.weights.get("bias")
    y = y if bias is None else layer.g.add(Add(), y, bias)
    return activated(layer, y, layer.get("activation"))


@layer("Conv2D", "Convolution2D")
def conv_2d(layer: Layer, x: Output) -> Output:
    return finished(layer, layer.tf("Conv2D", x, layer.weight("kernel"), **_window(layer, 2)))


@layer("Conv3D", "Convolution3D")
def conv_3d(layer: Layer, x: Output) -> Output:
    return finished(layer, layer.tf("Conv3D", x, layer.weight("kernel"), **_window(layer, 3)))


@layer("Conv1D", "Convolution1D")
def conv_1d(layer: Layer, x: Output) -> Output:
    g, kernel = layer.g, layer.weight("kernel")
    filters = g.add(Unsqueeze(), kernel, [0])
    image = as_image(layer, _looking_back(layer, x, kernel))
    y = layer.tf("Conv2D", image, filters, **_window(layer, 1))
    return finished(layer, as_sequence(layer, y))


def _looking_back(layer: Layer, x: Output, kernel: Output) -> Output:
    """Causal padding: all of it comes first."""
    if layer.get("padding") != "causal":
        return x
    size = kernel.shape[0] if kernel.shape else None
    if not isinstance(size, int):
        raise invalid("its kernel has no size")
    begin = [0, 0, 0]
    begin[spatial_axis(layer)] = layer.numbers("dilation_rate", 1, 1)[0] * (size - 1)
    return layer.g.add(Pad(), x, begin, [0, 0, 0], 0.0)


@layer("DepthwiseConv2D")
def depthwise_2d(layer: Layer, x: Output) -> Output:
    kernel = layer.weight("kernel")
    return finished(layer, layer.tf("DepthwiseConv2dNative", x, kernel, **_window(layer, 2)))


@layer("DepthwiseConv1D")
def depthwise_1d(layer: Layer, x: Output) -> Output:
    filters = layer.g.add(Unsqueeze(), layer.weight("kernel"), [0])
    window = _window(layer, 1)
    y = layer.tf("DepthwiseConv2dNative", as_image(layer, x), filters, **window)
    return finished(layer, as_sequence(layer, y))


@layer("SeparableConv2D", "SeparableConvolution2D")
def separable_2d(layer: Layer, x: Output) -> Output:
    return finished(layer, _separable(layer, x, 2, lambda w: w))


@layer("SeparableConv1D", "SeparableConvolution1D")
def separable_1d(layer: Layer, x: Output) -> Output:
    g = layer.g
    image = as_image(layer, x)
    y = _separable(layer, image, 1, lambda w: g.add(Unsqueeze(), w, [0]))
    return finished(layer, as_sequence(layer, y))


def _separable(layer: Layer, image: Output, spatial: int, lifted: Any) -> Output:
    """Each channel by itself, then pixel by pixel."""
    window = _window(layer, spatial)
    depthwise, pointwise = (lifted(layer.weight(f"{n}_kernel")) for n in ("depthwise", "pointwise"))
    y = layer.tf("DepthwiseConv2dNative", image, depthwise, **window)
    plain = {"strides": [1] * 4, "padding": "VALID", "data_format": window["data_format"]}
    return layer.tf("Conv2D", y, pointwise, **plain)


# ---- transposed


@layer("Conv2DTranspose", "Deconvolution2D")
def conv_2d_transpose(layer: Layer, x: Output) -> Output:
    return finished(layer, _transposed(layer, x, layer.weight("kernel"), 2))


@layer("Conv3DTranspose")
def conv_3d_transpose(layer: Layer, x: Output) -> Output:
    return finished(layer, _transposed(layer, x, layer.weight("kernel"), 3))


@layer("Conv1DTranspose")
def conv_1d_transpose(layer: Layer, x: Output) -> Output:
    kernel = layer.g.add(Unsqueeze(), layer.weight("kernel"), [0])
    return finished(layer, as_sequence(layer, _transposed(layer, as_image(layer, x), kernel, 1)))


def _transposed(layer: Layer, x: Output, kernel: Output, spatial: int) -> Output:
    """TensorFlow's gradient of a convolution, of the size that Keras computes."""
    window = _window(layer, spatial)
    kind = "Conv3DBackpropInputV2" if spatial == 3 else "Conv2DBackpropInput"
    sizes = _result_sizes(layer, x, kernel, spatial, window)
    return layer.tf(kind, sizes, kernel, x, **window)


def _result_sizes(
    layer: Layer, x: Output, kernel: Output, spatial: int, window: dict[str, Any]
) -> Output:
    """The sizes of the result in the order of its axes."""
    g, places, first = layer.g, max(spatial, 2), spatial_axis(layer)
    asked = [] if layer.get("output_padding") is None else layer.numbers("output_padding", spatial)
    sizes = []
    shape = filter_shape(kernel, Layout(True, places))
    for place in range(places):
        # Sequences have a first axis of size 1 more.
        extra = asked[place - places + spatial] if asked and place >= places - spatial else None
        axis = first + place
        added = _added(
            known_size(shape[place]),
            window["strides"][axis],
            window["dilations"][axis],
            window["padding"] == "SAME",
            extra,
        )
        size = g.add(Gather(), g.add(ShapeOf(), x), [axis], np.int64(0))
        sizes.append(g.add(Add(), g.add(Multiply(), size, [window["strides"][axis]]), [added]))
    batch = g.add(Gather(), g.add(ShapeOf(), x), [0], np.int64(0))
    channels = g.constant(
        np.array([known_size(filter_shape(kernel, Layout(True, places))[places])])
    )
    parts = [*sizes, channels] if layer.channels_last else [channels, *sizes]
    return g.add(Concat(axis=0), batch, *parts)


def _added(size: int, stride: int, dilation: int, is_same: bool, extra: int | None) -> int:
    """By how much an axis grows beyond its size times the stride."""
    reach = size + (size - 1) * (dilation - 1)
    if extra is None:
        return 0 if is_same else max(reach - stride, 0)
    return reach - stride - (2 * (reach // 2) if is_same else 0) + extra
