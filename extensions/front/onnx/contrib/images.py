"""Convolutions and poolings with the channels behind, crops, sampling."""

from __future__ import annotations

import numpy as np

from extensions.front.building import lift, needed_constant, size_of, typed
from extensions.front.onnx.contrib.common import images, microsoft, standard
from extensions.front.onnx.contrib.products import fused_conv
from extensions.front.onnx.convolution import conv, conv_transpose
from extensions.front.onnx.pooling import max_pool
from extensions.front.onnx.sampling import grid_sample
from extensions.ops.arithmetic import (
    Add,
    Divide,
    Equal,
    GreaterEqual,
    LessEqual,
    LogicalAnd,
    Maximum,
    Multiply,
    Select,
    Subtract,
)
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.movement import Concat, Split, Transpose
from extensions.ops.sampling import GridSample
from extensions.ops.shaping import Broadcast
from extensions.ops.unary import Floor
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

microsoft("GridSample")(grid_sample)

_BEHIND = {"channels_last": 1}


@microsoft("NhwcConv")
def nhwc_conv(
    g: Graph, node: SourceNode, x: Output, w: Output, bias: Output | None = None
) -> Output:
    """Only the images have their channels behind, not the weights."""
    plain = standard(node, "Conv", **_BEHIND)
    return images(g, plain, x, lambda image: conv(g, plain, image, w, bias))


@microsoft("NhwcFusedConv")
def nhwc_fused_conv(
    g: Graph,
    node: SourceNode,
    x: Output,
    w: Output,
    bias: Output | None = None,
    summand: Output | None = None,
) -> Output:
    if summand is not None:
        rank = len(summand.shape or (0,) * 4)
        summand = g.add(Transpose(), summand, [0, rank - 1, *range(1, rank - 1)])
    plain = standard(node, "FusedConv", **_BEHIND)
    return images(g, plain, x, lambda image: fused_conv(g, plain, image, w, bias, summand))


@microsoft("NhwcMaxPool")
def nhwc_max_pool(g: Graph, node: SourceNode, x: Output) -> Output:
    plain = standard(node, "MaxPool", **_BEHIND)
    return images(g, plain, x, lambda image: max_pool(g, plain, image))


@microsoft("ConvTransposeWithDynamicPads")
def conv_transpose_with_dynamic_pads(
    g: Graph,
    node: SourceNode,
    x: Output,
    w: Output,
    pads: Output | None = None,
    bias: Output | None = None,
) -> Output:
    if pads is not None:
        listed = needed_constant(pads, "pads").reshape(-1).tolist()
        node = standard(node, "ConvTranspose", pads=listed)
    return conv_transpose(g, node, x, w, bias)


@microsoft("CropAndResize")
def crop_and_resize(
    g: Graph, node: SourceNode, x: Output, boxes: Output, samples: Output, size: Output
) -> Output:
    """Boxes [R, 4] are y1, x1, y2, x2, from 0 to 1 between the middles of the outer pixels."""
    sides = g.add_multi(Split(num_splits=4), boxes, np.int64(1))
    rows, columns = (
        _places(g, sides[i], sides[i + 2], g.add(Gather(), size, np.int64(i), np.int64(0)))
        for i in (0, 1)
    )
    rows, columns = lift(g, rows, [2]), lift(g, columns, [1])
    inside = g.add(LogicalAnd(), _within(g, rows), _within(g, columns))
    if node.get("mode") == "nearest":
        rows, columns = _at_pixels(g, rows, x, 2), _at_pixels(g, columns, x, 3)
    grid = g.add(Concat(axis=3), *(_spread(g, part, rows, columns) for part in (columns, rows)))
    # The grid of the IR goes from -1 to 1.
    grid = g.add(Subtract(), g.add(Multiply(), grid, 2.0), 1.0)
    op = GridSample(align_corners=True, mode=node.get("mode", "bilinear"), padding_mode="border")
    crops = g.add(op, g.add(Gather(), x, samples, np.int64(0)), grid)
    outside = g.constant(np.asarray(node.get("extrapolation_value", 0.0)), x.dtype)
    return g.add(Select(), lift(g, inside, [1]), crops, outside)


def _places(g: Graph, low: Output, high: Output, count: Output) -> Output:
    """As many places [R, count] between two sides [R, 1]; a single one stands in the middle."""
    count = typed(g, count, ElementType.i64)
    zero, one = g.constant(np.int64(0)), g.constant(np.int64(1))
    numbers = typed(g, g.add(Range(output_type=ElementType.i64), zero, count, one), low.dtype)
    steps = typed(g, g.add(Maximum(), g.add(Subtract(), count, one), one), low.dtype)
    half = g.constant(np.asarray(0.5), low.dtype)
    share = g.add(Select(), g.add(Equal(), count, one), half, g.add(Divide(), numbers, steps))
    return g.add(Add(), low, g.add(Multiply(), g.add(Subtract(), high, low), share))


def _within(g: Graph, places: Output) -> Output:
    low, high = g.add(GreaterEqual(), places, 0.0), g.add(LessEqual(), places, 1.0)
    return g.add(LogicalAnd(), low, high)


def _at_pixels(g: Graph, places: Output, x: Output, axis: int) -> Output:
    """The places of the nearest pixels; of two the later one, where the IR takes the even one."""
    one = g.constant(np.int64(1))
    last = g.add(Maximum(), g.add(Subtract(), size_of(g, x, axis), one), one)
    last = typed(g, last, places.dtype)
    pixel = g.add(Floor(), g.add(Add(), g.add(Multiply(), places, last), 0.5))
    return g.add(Divide(), pixel, last)


def _spread(g: Graph, part: Output, rows: Output, columns: Output) -> Output:
    """Places along one axis [R, h or 1, w or 1] as [R, h, w, 1]."""
    sizes = (size_of(g, rows, 0), size_of(g, rows, 1), size_of(g, columns, 2))
    shape = g.add(Concat(axis=0), *(lift(g, size, [0]) for size in sizes))
    return lift(g, g.add(Broadcast(), part, shape), [3])
