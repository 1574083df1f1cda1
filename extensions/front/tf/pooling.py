"""Pooling over windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from extensions.front.building import lift, size_of, typed
from extensions.front.tf.common import (
    Layout,
    converts,
    layout_of,
    needed,
    needed_ints,
    number,
    type_attribute,
)
from extensions.front.tf.windows import padding
from extensions.ops.arithmetic import Add, Divide, FloorMod, Maximum, Multiply, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.movement import Concat, Pad
from extensions.ops.pooling import AvgPool, MaxPool, MaxPoolWithIndices
from extensions.ops.shaping import ShapeOf
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("MaxPool", "MaxPool3D", "AvgPool", "AvgPool3D")
def pool(g: Graph, node: SourceNode, x: Output) -> Output:
    return _pooled(g, node, x, needed(node, "ksize"), needed(node, "strides"))


@converts("MaxPoolV2", "AvgPoolV2")
def pool_v2(g: Graph, node: SourceNode, x: Output, ksize: Output, strides: Output) -> Output:
    return _pooled(g, node, x, needed_ints(ksize, "window"), needed_ints(strides, "stride"))


def _pooled(
    g: Graph, node: SourceNode, x: Output, ksize: Sequence[int], strides: Sequence[int]
) -> Output:
    """What lies outside the image does not count."""
    layout = layout_of(node, 3 if node.type.endswith("3D") else 2)
    if layout.channels_last and len(ksize) == layout.rank and ksize[-1] > 1:
        # Over channels: of [N, H, W, C] read as if W and C were the axes of an image.
        layout = Layout(False, layout.spatial)
    layout.check_ones(ksize, "a window")
    layout.check_ones(strides, "strides")
    image = layout.inside(g, x)
    attributes = _attributes(node, layout, image, ksize, strides)
    if "AvgPool" in node.type:
        return layout.outside(g, g.add(AvgPool(exclude_pad=True, **attributes), image))
    return layout.outside(g, g.add(MaxPool(**attributes), image))


def _attributes(
    node: SourceNode, layout: Layout, image: Output, ksize: Sequence[int], strides: Sequence[int]
) -> dict[str, Any]:
    kernel, steps = layout.spatial_of(ksize), layout.spatial_of(strides)
    pads = padding(node, layout, image.shape, kernel, steps, (1,) * layout.spatial)
    return {"kernel": kernel, "strides": steps, **pads}


@converts("MaxPoolWithArgmax")
def max_pool_with_argmax(g: Graph, node: SourceNode, x: Output) -> Any:
    """The IR counts places in [H, W] of each channel, TensorFlow in [H, W, C] or [N, H, W, C]."""
    layout = layout_of(node, 2)
    image = layout.inside(g, x)
    attributes = _attributes(node, layout, image, needed(node, "ksize"), needed(node, "strides"))
    kind = type_attribute(node, "Targmax", ElementType.i64)
    if attributes.pop("auto_pad") == "explicit":
        values, places = g.add_multi(_with_indices(attributes), image)
    else:
        values, places = _same_with_indices(g, attributes, image)
    channels = size_of(g, image, 1)
    places = g.add(Add(), g.add(Multiply(), places, channels), _counted(g, image, 1))
    if node.get("include_batch_in_index", False):
        pixels = g.add(Multiply(), size_of(g, image, 2), size_of(g, image, 3))
        size = g.add(Multiply(), pixels, channels)
        places = g.add(Add(), places, g.add(Multiply(), _counted(g, image, 0), size))
    return layout.outside(g, values), typed(g, layout.outside(g, places), kind)


def _with_indices(attributes: dict[str, Any]) -> MaxPoolWithIndices:
    return MaxPoolWithIndices(
        dilations=(1, 1), index_element_type=ElementType.i64, axis=2, **attributes
    )


def _same_with_indices(
    g: Graph, attributes: dict[str, Any], image: Output
) -> tuple[Output, Output]:
    """Padding SAME of an image of any size, laid around it at run time.

    (The CPU runtime does not add it by itself where this operation gets an open shape.)
    """
    kernel, strides = (g.constant(np.int64(attributes[key])) for key in ("kernel", "strides"))
    zero, one, two = (number(g, value, ElementType.i64) for value in (0, 1, 2))
    size = g.add(Gather(), g.add(ShapeOf(), image), [2, 3], np.int64(0))
    steps = g.add(Divide(), g.add(Subtract(), size, one), strides)
    reached = g.add(Add(), g.add(Multiply(), steps, strides), kernel)
    total = g.add(Maximum(), g.add(Subtract(), reached, size), zero)
    begin = g.add(Divide(), total, two)
    pads = [begin, g.add(Subtract(), total, begin)]
    borders = [g.add(Concat(axis=0), [0, 0], pad) for pad in pads]
    limits = np.finfo if image.dtype.is_float else np.iinfo
    lowest = number(g, limits(image.dtype.numpy).min, image.dtype)
    padded = g.add(Pad(), image, *borders, lowest)
    values, places = g.add_multi(_with_indices(attributes), padded)
    top, left = (g.add(Gather(), begin, g.constant(np.int64(i)), np.int64(0)) for i in (0, 1))
    width = size_of(g, padded, 3)
    row = g.add(Subtract(), g.add(Divide(), places, width), top)
    column = g.add(Subtract(), g.add(FloorMod(), places, width), left)
    return values, g.add(Add(), g.add(Multiply(), row, size_of(g, image, 3)), column)


def _counted(g: Graph, image: Output, axis: int) -> Output:
    """0, 1, 2 ... along an axis of an image."""
    zero, one = number(g, 0, ElementType.i64), number(g, 1, ElementType.i64)
    numbers = g.add(Range(output_type=ElementType.i64), zero, size_of(g, image, axis), one)
    return lift(g, numbers, [other for other in range(4) if other != axis])
