"""Pooling over windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extensions.front.tf.common import (
    Layout,
    converts,
    layout_of,
    needed,
    needed_ints,
    refuse,
    type_attribute,
)
from extensions.front.tf.windows import padding
from extensions.ops.pooling import AvgPool, MaxPool, MaxPoolWithIndices
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("MaxPool", "MaxPool3D")
def max_pool(g: Graph, node: SourceNode, x: Output) -> Output:
    layout = layout_of(node, 3 if node.type.endswith("3D") else 2)
    return _pooled(g, node, x, layout, needed(node, "ksize"), needed(node, "strides"))


@converts("MaxPoolV2")
def max_pool_v2(g: Graph, node: SourceNode, x: Output, ksize: Output, strides: Output) -> Output:
    sizes = needed_ints(ksize, "window"), needed_ints(strides, "stride")
    return _pooled(g, node, x, layout_of(node, 2), *sizes)


@converts("AvgPool", "AvgPool3D")
def avg_pool(g: Graph, node: SourceNode, x: Output) -> Output:
    layout = layout_of(node, 3 if node.type.endswith("3D") else 2)
    return _pooled(g, node, x, layout, needed(node, "ksize"), needed(node, "strides"))


@converts("AvgPoolV2")
def avg_pool_v2(g: Graph, node: SourceNode, x: Output, ksize: Output, strides: Output) -> Output:
    sizes = needed_ints(ksize, "window"), needed_ints(strides, "stride")
    return _pooled(g, node, x, layout_of(node, 2), *sizes)


def _pooled(
    g: Graph,
    node: SourceNode,
    x: Output,
    layout: Layout,
    ksize: Sequence[int],
    strides: Sequence[int],
) -> Output:
    """What lies outside the image does not count."""
    layout.check_ones(ksize, "a window")
    layout.check_ones(strides, "strides")
    image = layout.inside(g, x)
    attributes = _attributes(node, layout, image, ksize, strides)
    if node.type.startswith("Avg"):
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
    """The places are counted in [H, W, C]: only the IR's count along the channels is the same."""
    layout = layout_of(node, 2)
    image = layout.inside(g, x)
    if node.has_output(1) and (image.shape is None or image.shape[1] != 1):
        raise refuse("the places of maxima in images of several channels")
    if node.has_output(1) and node.get("include_batch_in_index", False):
        raise refuse("include_batch_in_index")
    attributes = _attributes(node, layout, image, needed(node, "ksize"), needed(node, "strides"))
    kind = type_attribute(node, "Targmax", ElementType.i64)
    op = MaxPoolWithIndices(dilations=(1, 1), index_element_type=kind, axis=2, **attributes)
    values, places = g.add_multi(op, image)
    return layout.outside(g, values), layout.outside(g, places)
