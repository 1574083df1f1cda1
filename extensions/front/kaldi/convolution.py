"""Convolution and pooling: the columns of a row are laid out as an image.

Layouts: the classes in namespaces kaldi::nnet1, nnet2 and nnet3 (kaldi-asr.org/doc).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extensions.front.kaldi.common import (
    component_of,
    converts,
    flat_rows,
    last_axis,
    like_rows,
    part,
    reshape_columns,
    width_of,
)
from extensions.front.kaldi.component import Component
from extensions.front.kaldi.sizes import patches, sizes
from extensions.ops.arithmetic import Add
from extensions.ops.convolution import Convolution
from extensions.ops.movement import Concat, Transpose
from extensions.ops.pooling import AvgPool, MaxPool
from extensions.ops.shaping import Reshape
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op
from mo.graph.tensor import Tensor


def _convolution(
    strides: Sequence[int], begin: Sequence[int] = (), end: Sequence[int] = ()
) -> Convolution:
    zeros = (0,) * len(strides)
    return Convolution(
        strides=tuple(strides),
        dilations=(1,) * len(strides),
        pads_begin=tuple(begin) or zeros,
        pads_end=tuple(end) or zeros,
    )


def _rearranged(weights: Tensor, shape: Sequence[int], order: Sequence[int]) -> Tensor:
    """A matrix of filters seen in a shape, its axes in another order; computed when written."""
    result = tuple(shape[axis] for axis in order)
    return Tensor.lazy(
        ElementType.f32,
        result,
        lambda: np.ascontiguousarray(weights.array.reshape(shape).transpose(order)),
    )


def _channels_last(g: Graph, y: Output, bias: Tensor, x: Output) -> Output:
    """[rows, filters, spatial...] -> filters innermost among the columns, biases added."""
    axes = range(2, last_axis(y) + 1)
    last = g.add(Add(), g.add(Transpose(), y, [0, *axes, 1]), g.constant(bias))
    return like_rows(g, last, x)


# ---- patches of bands: nnet1, nnet2


@converts("ConvolutionalComponent", "Convolutional1dComponent")
def convolution_1d(g: Graph, node: SourceNode, x: Output) -> Output:
    """Patches move within bands of PatchStride columns; a filter sees the patches of all bands.

    A filter holds its weights band after band. A row holds its columns likewise, but with
    AppendedConv those of one place in all bands stand together.
    """
    c = component_of(node)
    weights, stride, size = c.matrix("FilterParams"), c.size("PatchStride"), c.size("PatchDim")
    filters, columns = weights.shape
    bands, count = c.split(width_of(x), stride), patches(c, stride, "PatchDim", "PatchStep")
    if bands * size != columns or filters * count != sizes(c)[1]:
        raise c.wrong(f"{filters} filters of {columns} weights do not fit its columns")
    if c.get("AppendedConv", False):
        image = g.add(Transpose(), flat_rows(g, x, stride, bands), [0, 2, 1])
    else:
        image = flat_rows(g, x, bands, stride)
    kernel = g.constant(weights.reshaped((filters, bands, size)))
    y = g.add(_convolution([c.size("PatchStep")]), image, kernel)
    return _channels_last(g, y, _filter_bias(c, filters), x)


def _filter_bias(c: Component, filters: int) -> Tensor:
    bias = c.tensor("BiasParams")
    if bias.size != filters:
        raise c.wrong(f"{bias.size} biases for {filters} filters")
    return bias


@converts("MaxPoolingComponent")
def max_pooling_1(g: Graph, node: SourceNode, x: Output) -> Output:
    return _pooled(g, x, component_of(node), is_average=False)


@converts("AveragePoolingComponent")
def average_pooling_1(g: Graph, node: SourceNode, x: Output) -> Output:
    return _pooled(g, x, component_of(node), is_average=True)


def _pooled(g: Graph, x: Output, c: Component, is_average: bool) -> Output:
    """Over PoolSize bands of PoolStride columns, every PoolStep bands."""
    stride, size, step = c.size("PoolStride"), c.size("PoolSize"), c.get("PoolStep", None)
    step = size if step is None else c.size("PoolStep")
    bands = c.split(width_of(x), stride)
    if size > bands or (1 + (bands - size) // step) * stride != sizes(c)[1]:
        raise c.wrong(f"pools of {size} every {step} of {bands} bands do not fit its columns")
    image = flat_rows(g, x, 1, bands, stride)
    kernel, strides, none = (size, 1), (step, 1), (0, 0)
    if is_average:
        pool: Op = AvgPool(
            kernel=kernel, strides=strides, pads_begin=none, pads_end=none, exclude_pad=True
        )
    else:
        pool = MaxPool(kernel=kernel, strides=strides, pads_begin=none, pads_end=none)
    return like_rows(g, g.add(pool, image), x)


# ---- boxes in x, y and z: nnet3


@converts("ConvolutionComponent")
def convolution_2d(g: Graph, node: SourceNode, x: Output) -> Output:
    """Filters [x, y, z]; InputVectorization 0: y runs fastest in a row, then z; 1: z, then y."""
    c = component_of(node)
    across, down, deep = (c.size(f"Input{axis}Dim") for axis in "XYZ")
    window = (c.size("FiltXDim"), c.size("FiltYDim"), deep)
    weights = c.matrix("FilterParams")
    if weights.shape[1] != np.prod(window):
        raise c.wrong(f"filters of {weights.shape[1]} weights for windows of {window}")
    if c.integer("InputVectorization"):
        image = g.add(Transpose(), flat_rows(g, x, across, down, deep), [0, 3, 1, 2])
    else:
        image = g.add(Transpose(), flat_rows(g, x, across, deep, down), [0, 2, 1, 3])
    filters = _rearranged(weights, (weights.shape[0], *window), (0, 3, 1, 2))
    op = _convolution([c.size("FiltXStep"), c.size("FiltYStep")])
    y = g.add(op, image, g.constant(filters))
    return _channels_last(g, y, _filter_bias(c, weights.shape[0]), x)


@converts("MaxpoolingComponent")
def max_pooling_3(g: Graph, node: SourceNode, x: Output) -> Output:
    """Boxes of x, y and z, z running fastest; in nnet2 as in nnet1, pools side by side."""
    c = component_of(node)
    if "PoolStride" in c.fields:
        return _pooled(g, x, c, is_average=False)
    image = flat_rows(g, x, 1, *(c.size(f"Input{axis}Dim") for axis in "XYZ"))
    op = MaxPool(
        kernel=tuple(c.size(f"Pool{axis}Size") for axis in "XYZ"),
        strides=tuple(c.size(f"Pool{axis}Step") for axis in "XYZ"),
        pads_begin=(0, 0, 0),
        pads_end=(0, 0, 0),
    )
    return like_rows(g, g.add(op, image), x)


# ---- time and height: the CNN-TDNN networks of nnet3

# A filter with more places than this times its weights is refused.
_SPARSEST = 64


@converts("TimeHeightConvolutionComponent")
def time_height(g: Graph, node: SourceNode, *frames: Output) -> Output:
    """Rows are heights of NumFiltersIn columns each; each time is a group of input channels.

    out(t, h) = b + sum over offsets (dt, dh) of W(dt, dh) x(t + dt, subsample h + dh)
    """
    c, times = component_of(node), node.attributes["times"]
    filters_in, height = c.size("NumFiltersIn"), c.size("HeightIn")
    subsample, height_out = c.size("HeightSubsampleOut"), c.size("HeightOut")
    offsets = c.pairs("Offsets")
    heights = [h for _, h in offsets]
    low, high = min(heights), max(heights)
    weights = c.matrix("LinearParams")
    expected = (c.size("NumFiltersOut"), len(offsets) * filters_in)
    if weights.shape != expected:
        raise c.wrong(f"weights of {weights.shape} instead of {expected}")
    if (high - low + 1) * len(times) > _SPARSEST * len(offsets):
        raise UnsupportedError(f"heights from {low} to {high} are too far apart")
    kernel = Tensor.lazy(
        ElementType.f32,
        (expected[0], len(times) * filters_in, high - low + 1),
        lambda: _kernel(weights.array, offsets, times, filters_in),
    )
    images = [reshape_columns(g, frame, height, filters_in) for frame in frames]
    joined = images[0] if len(images) == 1 else g.add(Concat(axis=last_axis(images[0])), *images)
    channels = len(times) * filters_in
    image = g.add(Transpose(), g.add(Reshape(), joined, [-1, height, channels]), [0, 2, 1])
    below = subsample * (height_out - 1) + high - (height - 1)
    op = _convolution([subsample], [max(0, -low)], [max(0, below)])
    if low > 0 or below < 0:  # heights that no filter reaches
        image = part(g, image, 2, max(0, low), below if below < 0 else None)
    y = g.add(op, image, g.constant(kernel))
    return _channels_last(g, y, _filter_bias(c, expected[0]), frames[0])


def _kernel(
    weights: np.ndarray, offsets: list[tuple[int, int]], times: list[int], filters_in: int
) -> np.ndarray:
    """[filters out, times x filters in, heights], zero where there is no offset."""
    low = min(h for _, h in offsets)
    high = max(h for _, h in offsets)
    kernel = np.zeros((weights.shape[0], len(times), filters_in, high - low + 1), np.float32)
    for number, (time, h) in enumerate(offsets):
        block = weights[:, number * filters_in : (number + 1) * filters_in]
        kernel[:, times.index(time), :, h - low] += block
    return kernel.reshape(weights.shape[0], -1, high - low + 1)
