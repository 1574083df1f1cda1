"""Convolutions, and layers that multiply by a matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import rank_of
from extensions.front.caffe.common import (
    axis_of,
    blob,
    channelwise,
    converts,
    invalid,
    needed,
    parameters,
    reshaped,
    shape_of,
    unsupported,
)
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
    kernel = sizes(p, "kernel_size", rank, None)
    pads = sizes(p, "pad", rank, 0)
    attributes: dict[str, Any] = {
        "strides": sizes(p, "stride", rank, 1),
        "dilations": sizes({"dilation": p["dilation"]}, "dilation", rank, 1),
        "pads_begin": pads,
        "pads_end": pads,
    }
    outputs, channels = needed(p, "num_output"), shape_of(x)[1]
    group = outputs if node.type in _DEPTHWISE and p["group"] == 1 else p["group"]
    if group < 1 or outputs % group or (isinstance(channels, int) and channels % group):
        raise invalid(f"{channels} channels and {outputs} outputs do not fall into {group} groups")
    of_group: Dimension = channels // group if isinstance(channels, int) else Dim(1)
    weights = blobs[0] if blobs else None
    plain: Op
    if node.type == "Deconvolution":
        weights = blob(g, weights, "weights", (channels, outputs // group, *kernel))
        plain = ConvolutionBackpropData(**attributes)
        grouped: Op = GroupConvolutionBackpropData(**attributes)
    else:
        weights = blob(g, weights, "weights", (outputs, of_group, *kernel))
        plain, grouped = Convolution(**attributes), GroupConvolution(**attributes)
    if group == 1:
        y = g.add(plain, x, weights)
    else:
        shape = [dim for dim in shape_of(weights) if isinstance(dim, int)]
        y = g.add(grouped, x, g.add(Reshape(), weights, [group, -1, *shape[1:]]))
    if not p["bias_term"]:
        return y
    bias = blob(g, blobs[1] if len(blobs) > 1 else None, "biases", (outputs,))
    return g.add(Add(), y, channelwise(g, bias, rank + 2))


@converts("InnerProduct", "Inner_Product")
def inner_product(
    g: Graph, node: SourceNode, x: Output, weights: Output | None = None, bias: Output | None = None
) -> Output:
    """The axes from ``axis`` on, flattened, times weights [out, in] (or transposed)."""
    p = parameters(node, "inner_product_param")
    axis, outputs = axis_of(x, p["axis"]), needed(p, "num_output")
    features = count(shape_of(x)[axis:])
    shape = (features, outputs) if p["transpose"] else (outputs, features)
    laid = blob(g, weights, "weights", shape)
    width = laid.shape[0 if p["transpose"] else 1] if laid.shape else -1
    assert isinstance(width, int)
    if rank_of(x) > axis + 1 or not isinstance(features, int):
        x = reshaped(g, x, x, *range(axis), [width])
    if axis == 0:  # one vector
        x = g.add(Reshape(), x, [1, width])
    y = g.add(MatMul(transpose_b=not p["transpose"]), x, laid)
    if p["bias_term"]:
        y = g.add(
            Add(),
            y,
            channelwise(g, blob(g, bias, "biases", (outputs,)), max(axis, 1) + 1, max(axis, 1)),
        )
    return g.add(Reshape(), y, [outputs]) if axis == 0 else y


@converts("Embed")
def embed(
    g: Graph, node: SourceNode, x: Output, weights: Output | None = None, bias: Output | None = None
) -> Output:
    """The rows of the weights [input_dim, num_output] that the bottom numbers."""
    p = parameters(node, "embed_param")
    shape = needed(p, "input_dim"), needed(p, "num_output")
    rows = g.add(Convert(destination_type=ElementType.i32), x)
    table = blob(g, weights, "weights", shape)
    y = g.add(Gather(), table, rows, g.constant(np.int64(0)))
    return g.add(Add(), y, blob(g, bias, "biases", shape[1:])) if p["bias_term"] else y
