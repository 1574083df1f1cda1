"""Convolutions, and layers that multiply by a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from extensions.front.building import rank_of
from extensions.front.caffe.common import (
    axis_of,
    channelwise,
    converts,
    invalid,
    needed,
    parameters,
    reshaped,
    shape_of,
    unsupported,
)
from extensions.front.caffe.fillers import trained
from extensions.front.caffe.windows import sizes
from extensions.ops.arithmetic import Add
from extensions.ops.conversion import Convert
from extensions.ops.convolution import (
    Convolution,
    ConvolutionBackpropData,
    GroupConvolution,
    GroupConvolutionBackpropData,
)
from extensions.ops.gathering import Gather
from extensions.ops.matrix import MatMul
from extensions.ops.shaping import Reshape
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op
from mo.graph.shape import Dim, Dimension, count

_DEPTHWISE = ("DepthwiseConvolution", "ConvolutionDepthwise")

# Weights of 0 and 1 that lay windows out as columns.
_PICKS_LIMIT = 1 << 24


@converts("Convolution", "Deconvolution", *_DEPTHWISE)
def convolution(g: Graph, node: SourceNode, *values: Output) -> tuple[Output, ...]:
    """Each bottom goes through the same weights [out, in / group, ...] to its top.

    The weights of a deconvolution are [in, out / group, ...].
    """
    p = parameters(node, "convolution_param")
    bottoms, blobs = values[: len(node.outputs)], values[len(node.outputs) :]
    if p["axis"] not in (1, -1 - len(shape_of(bottoms[0])) + 2):
        raise unsupported(f"a convolution with axis {p['axis']}")
    return tuple(_convolved(g, node, p, x, blobs) for x in bottoms)


def _convolved(
    g: Graph, node: SourceNode, p: dict[str, Any], x: Output, blobs: tuple[Output, ...]
) -> Output:
    rank = rank_of(x) - 2
    kernel, window = sizes(p, "kernel_size", rank, None), _window(p, rank)
    outputs, channels = needed(p, "num_output"), shape_of(x)[1]
    group = outputs if node.type in _DEPTHWISE and p["group"] == 1 else p["group"]
    if group < 1 or outputs % group or (isinstance(channels, int) and channels % group):
        raise invalid(f"{channels} channels and {outputs} outputs do not fall into {group} groups")
    of_group: Dimension = channels // group if isinstance(channels, int) else Dim(1)
    shape: tuple[Dimension, ...]
    plain: Op
    if node.type == "Deconvolution":
        shape = (channels, outputs // group, *kernel)
        plain = ConvolutionBackpropData(**window)
        grouped: Op = GroupConvolutionBackpropData(**window)
    else:
        shape = (outputs, of_group, *kernel)
        plain, grouped = Convolution(**window), GroupConvolution(**window)
    weights, biases = _trained(g, p, blobs, shape)
    if group == 1:
        y = g.add(plain, x, weights)
    else:
        known = [dim for dim in shape_of(weights) if isinstance(dim, int)]
        y = g.add(grouped, x, g.add(Reshape(), weights, [group, -1, *known[1:]]))
    return y if biases is None else g.add(Add(), y, channelwise(g, biases, rank + 2))


def _window(p: dict[str, Any], rank: int) -> dict[str, Any]:
    """How a window moves, as attributes of the IR."""
    pads = sizes(p, "pad", rank, 0)
    return {
        "strides": sizes(p, "stride", rank, 1),
        "dilations": sizes({"dilation": p["dilation"]}, "dilation", rank, 1),
        "pads_begin": pads,
        "pads_end": pads,
    }


def _trained(
    g: Graph, p: dict[str, Any], blobs: Sequence[Output], shape: Sequence[Dimension]
) -> tuple[Output, Output | None]:
    """Weights, and a bias for each output if the layer has them."""
    weights, biases = (*blobs, None, None)[:2]
    weights = trained(g, weights, "weights", shape, p["weight_filler"])
    if not p["bias_term"]:
        return weights, None
    # Weights that were saved without biases are those of another layer.
    filler = None if blobs else p["bias_filler"] or {}
    return weights, trained(g, biases, "biases", (p["num_output"],), filler)


@converts("Im2col")
def image_to_columns(g: Graph, node: SourceNode, x: Output) -> Output:
    """The numbers of each window as channels [C * kernel]: windows in which one number counts."""
    p = parameters(node, "convolution_param")
    channels, rank = shape_of(x)[1], rank_of(x) - 2
    if not isinstance(channels, int):
        raise unsupported("the columns of an image with an unknown number of channels")
    kernel = sizes(p, "kernel_size", rank, None)
    if channels * prod(kernel) ** 2 > _PICKS_LIMIT:
        raise unsupported(f"the columns of {channels} channels and windows {list(kernel)}")
    picks = np.eye(prod(kernel)).reshape(1, -1, 1, *kernel)
    weights = np.broadcast_to(picks, (channels, *picks.shape[1:]))
    return g.add(GroupConvolution(**_window(p, rank)), x, g.constant(weights, x.dtype))


@converts("InnerProduct", "Inner_Product")
def inner_product(g: Graph, node: SourceNode, x: Output, *blobs: Output) -> Output:
    """The axes from ``axis`` on, flattened, times weights [out, in] (or transposed)."""
    p = parameters(node, "inner_product_param")
    axis, outputs = axis_of(x, p["axis"]), needed(p, "num_output")
    features = count(shape_of(x)[axis:])
    shape = (features, outputs) if p["transpose"] else (outputs, features)
    laid, biases = _trained(g, p, blobs, shape)
    width = laid.shape[0 if p["transpose"] else 1] if laid.shape else -1
    assert isinstance(width, int)
    if rank_of(x) > axis + 1 or not isinstance(features, int):
        x = reshaped(g, x, x, *range(axis), [width])
    if axis == 0:  # one vector
        x = g.add(Reshape(), x, [1, width])
    y = g.add(MatMul(transpose_b=not p["transpose"]), x, laid)
    if biases is not None:
        y = g.add(Add(), y, biases)
    return g.add(Reshape(), y, [outputs]) if axis == 0 else y


@converts("Embed")
def embed(g: Graph, node: SourceNode, x: Output, *blobs: Output) -> Output:
    """The rows of the weights [input_dim, num_output] that the bottom numbers."""
    p = parameters(node, "embed_param")
    shape = needed(p, "input_dim"), needed(p, "num_output")
    rows = g.add(Convert(destination_type=ElementType.i32), x)
    table, biases = _trained(g, p, blobs, shape)
    y = g.add(Gather(), table, rows, g.constant(np.int64(0)))
    return y if biases is None else g.add(Add(), y, biases)
