"""Pooling over windows and over whole images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from extensions.front.building import invalid, rank_of, size_of
from extensions.front.onnx.common import converts, needed
from extensions.front.onnx.reduction import p_norm
from extensions.front.onnx.windows import spatial_attributes
from extensions.front.pooling import average_with_padding, ends_rounded_up
from extensions.ops import pooling as p
from extensions.ops.arithmetic import Add, Divide, FloorMod, Multiply, Power
from extensions.ops.reduction import ReduceMax, ReduceMean
from extensions.ops.regions import ROIPooling
from extensions.ops.unary import Abs
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dim, Shape


@converts("MaxPool")
def max_pool(g: Graph, node: SourceNode, x: Output) -> Any:
    attributes, dilations = _pool_attributes(node, x.shape)
    attributes = _rounded(node, x.shape, attributes, dilations)
    if node.has_output(1) or any(d != 1 for d in dilations):
        y, places = g.add_multi(p.MaxPoolWithIndices(dilations=dilations, **attributes), x)
        turned = node.has_output(1) and node.get("storage_order")
        return y, _columns_first(g, x, places) if turned else places
    return g.add(p.MaxPool(**attributes), x)


def _columns_first(g: Graph, x: Output, places: Output) -> Output:
    """Places in the tensor, counted over the spatial axes of an image in reverse order."""
    sizes = [size_of(g, x, axis) for axis in range(2, rank_of(x))]
    rest, turned = places, g.constant(np.int64(0))
    weights = [g.constant(np.int64(1))]
    for size in sizes:
        weights.append(g.add(Multiply(), weights[-1], size))
    for size, weight in zip(reversed(sizes), reversed(weights[:-1])):
        place = g.add(FloorMod(), rest, size)
        rest = g.add(Divide(), rest, size)
        turned = g.add(Add(), g.add(Multiply(), place, weight), turned)
    # What is left counts images.
    return g.add(Add(), g.add(Multiply(), rest, weights[-1]), turned)


@converts("AveragePool")
def average_pool(g: Graph, node: SourceNode, x: Output) -> Output:
    attributes, dilations = _pool_attributes(node, x.shape)
    include = bool(node.get("count_include_pad"))
    op = _mean(_rounded(node, x.shape, attributes, dilations), dilations, exclude_pad=not include)
    if include and op.auto_pad == "explicit":
        return average_with_padding(g, x, op, attributes["pads_end"])
    return g.add(op, x)


def _mean(attributes: dict[str, Any], dilations: tuple[int, ...], exclude_pad: bool) -> p.AvgPool:
    if any(d != 1 for d in dilations):
        attributes = {**attributes, "dilations": dilations}
    return p.AvgPool(exclude_pad=exclude_pad, **attributes)


def _pool_attributes(node: SourceNode, shape: Shape) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Attributes with the padding as it is given, and dilations."""
    kernel = tuple(needed(node, "kernel_shape"))
    if min(kernel, default=0) < 1:
        raise invalid(f"kernel_shape {list(kernel)} is no window")
    attributes = spatial_attributes(node, shape, kernel)
    dilations = attributes.pop("dilations")
    return {"kernel": kernel, **attributes}, dilations


def _rounded(
    node: SourceNode, shape: Shape, attributes: dict[str, Any], dilations: Sequence[int]
) -> dict[str, Any]:
    """Attributes with the padding behind that rounds up, if the number of windows is to be."""
    if not node.get("ceil_mode") or attributes["auto_pad"] != "explicit":
        return attributes
    kernel = attributes["kernel"]
    sizes = shape[2:] if shape is not None else [Dim()] * len(kernel)
    if len(sizes) != len(kernel):
        raise invalid(f"kernel_shape {list(kernel)} does not fit {len(sizes)} spatial axes")
    spans = [dilation * (k - 1) + 1 for k, dilation in zip(kernel, dilations)]
    moves = attributes["strides"], attributes["pads_begin"], attributes["pads_end"]
    return {**attributes, "pads_end": ends_rounded_up(sizes, spans, *moves)}


def _spatial_axes(g: Graph, x: Output) -> Output:
    return g.constant(np.arange(2, rank_of(x), dtype=np.int64))


@converts("GlobalAveragePool")
def global_average_pool(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(ReduceMean(keep_dims=True), x, _spatial_axes(g, x))


@converts("GlobalMaxPool")
def global_max_pool(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(ReduceMax(keep_dims=True), x, _spatial_axes(g, x))


@converts("GlobalLpPool")
def global_lp_pool(g: Graph, node: SourceNode, x: Output) -> Output:
    return p_norm(g, x, _spatial_axes(g, x), float(node.get("p", 2.0)))


@converts("LpPool")
def lp_pool(g: Graph, node: SourceNode, x: Output) -> Output:
    """The p-norm of a window: its mean of |x|^p, times the window size, to the power 1/p."""
    power = float(node.get("p", 2.0))
    attributes, dilations = _pool_attributes(node, x.shape)
    attributes = _rounded(node, x.shape, attributes, dilations)
    raised = g.add(Power(), g.add(Abs(), x), power)
    pooled = g.add(_mean(attributes, dilations, exclude_pad=False), raised)
    summed = g.add(Multiply(), pooled, float(np.prod(attributes["kernel"])))
    return g.add(Power(), summed, 1 / power)


@converts("MaxRoiPool")
def max_roi_pool(g: Graph, node: SourceNode, x: Output, rois: Output) -> Output:
    height, width = node.get("pooled_shape")
    scale = float(node.get("spatial_scale", 1.0))
    return g.add(ROIPooling(pooled_h=height, pooled_w=width, spatial_scale=scale), x, rois)
