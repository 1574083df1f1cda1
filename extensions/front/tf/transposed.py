"""Transposed convolutions: the gradient of a convolution for its input.

Filters are those of the convolution that is run backwards, [spatial..., out, in]. The sizes of
the result are an input: several sizes lead to one size of the gradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import typed
from extensions.front.tf.common import Layout, converts, layout_of, needed
from extensions.front.tf.convolution import filter_shape, known_size
from extensions.front.tf.windows import explicit_padding
from extensions.ops.arithmetic import Add, Divide, Maximum, Multiply, Subtract
from extensions.ops.convolution import ConvolutionBackpropData, GroupConvolutionBackpropData
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat, Transpose
from extensions.ops.shaping import Reshape, ShapeOf
from extensions.ops.slicing import StridedSlice
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op
from mo.graph.shape import Dimension


@converts("Conv2DBackpropInput")
def conv_2d_backprop(g: Graph, node: SourceNode, sizes: Output, w: Output, y: Output) -> Output:
    return _transposed(g, node, sizes, w, y, layout_of(node, 2))


@converts("Conv3DBackpropInput", "Conv3DBackpropInputV2")
def conv_3d_backprop(g: Graph, node: SourceNode, sizes: Output, w: Output, y: Output) -> Output:
    return _transposed(g, node, sizes, w, y, layout_of(node, 3))


def _transposed(
    g: Graph, node: SourceNode, sizes: Output, w: Output, y: Output, layout: Layout
) -> Output:
    filter_shape(w, layout)
    spatial = layout.spatial
    weights = g.add(Transpose(), w, [spatial + 1, spatial, *range(spatial)])
    run = Backwards(g, node, layout, w, layout.inside(g, y))
    return layout.outside(g, run.result(ConvolutionBackpropData, weights, sizes))


@converts("DepthwiseConv2dNativeBackpropInput")
def depthwise_backprop(g: Graph, node: SourceNode, sizes: Output, w: Output, y: Output) -> Output:
    layout = layout_of(node, 2)
    height, width, channels, multiplier = map(known_size, filter_shape(w, layout))
    weights = g.add(Transpose(), w, [2, 3, 0, 1])
    grouped = g.add(Reshape(), weights, [channels, multiplier, 1, height, width])
    run = Backwards(g, node, layout, w, layout.inside(g, y))
    return layout.outside(g, run.result(GroupConvolutionBackpropData, grouped, sizes))


class Backwards:
    """One convolution run backwards, on an image [N, C, ...]."""

    def __init__(
        self, g: Graph, node: SourceNode, layout: Layout, w: Output, image: Output
    ) -> None:
        self.g = g
        self.node = node
        self.layout = layout
        self.image = image
        self.strides = layout.spatial_of(needed(node, "strides"))
        self.dilations = layout.spatial_of(node.get("dilations", [1] * layout.rank))
        self.padding = node.get("padding", "")
        kernel = map(known_size, filter_shape(w, layout)[: layout.spatial])
        # How many pixels one pixel of the gradient reaches.
        self.reach = [d * (size - 1) + 1 for size, d in zip(kernel, self.dilations)]

    def result(self, op: type[Op], weights: Output, sizes: Output) -> Output:
        totals = self._totals(sizes)
        if totals is None:
            return self._cut_to(op, weights, sizes)
        begins = self._begins(totals)
        ends = [total - begin for total, begin in zip(totals, begins)]
        return self.g.add(op(**self._attributes(begins, ends)), self.image, weights)

    def _attributes(self, begins: list[int], ends: list[int]) -> dict[str, Any]:
        """An end below 0 makes the result longer than windows reach."""
        extra = tuple(max(0, -end) for end in ends)
        return {
            "strides": self.strides,
            "dilations": self.dilations,
            "pads_begin": tuple(begins),
            "pads_end": tuple(max(0, end) for end in ends),
            "output_padding": extra if any(extra) else (),
        }

    def _totals(self, sizes: Output) -> list[int] | None:
        """By how much the result is shorter than what windows reach, if that is known."""
        wanted = sizes.partial_value()
        if wanted is None or self.image.shape is None:
            return None
        targets = wanted.reshape(-1).tolist()
        # Some releases of Keras give the spatial sizes alone.
        if len(targets) != self.layout.spatial:
            targets = list(self.layout.spatial_of(targets))
        rows = zip(targets, self.image.shape[2:], self.strides, self.reach)
        totals = [_total(*row) for row in rows]
        return None if None in totals else totals  # type: ignore[return-value]

    def _begins(self, totals: list[int]) -> list[int]:
        if self.padding == "EXPLICIT":
            return list(explicit_padding(self.node, self.layout)[0])
        if self.padding == "SAME":
            return [max(0, total) // 2 for total in totals]
        return [0] * self.layout.spatial

    def _cut_to(self, op: type[Op], weights: Output, sizes: Output) -> Output:
        """All that windows reach, of which the part that is asked for is cut out.

        (The IR has an input for sizes, but the CPU runtime does not survive their changes.)
        """
        g, spatial = self.g, self.layout.spatial
        spare = [
            max(0, stride - reach) if self.padding == "SAME" else stride - 1
            for stride, reach in zip(self.strides, self.reach)
        ]
        nothing = [0] * spatial
        attributes = self._attributes(nothing, [-extra for extra in spare])
        whole = g.add(op(**attributes), self.image, weights)
        target = typed(g, self._spatial_sizes(sizes), ElementType.i64)
        begin = self._computed_begin(target)
        end = g.add(Add(), begin, target)
        first, last = (g.add(Concat(axis=0), [0, 0], limit) for limit in (begin, end))
        mask = (1, 1, *nothing)
        cut = StridedSlice(begin_mask=mask, end_mask=mask)
        return g.add(cut, whole, first, last, [1] * self.layout.rank)

    def _spatial_sizes(self, sizes: Output) -> Output:
        if sizes.shape == (self.layout.spatial,):
            return sizes
        return self.g.add(Gather(), sizes, self.layout.spatial_axes, np.int64(0))

    def _computed_begin(self, target: Output) -> Output:
        """What SAME pads in front; the other ways do not depend on sizes."""
        g = self.g
        if self.padding != "SAME":
            return g.constant(self._begins([]))
        source = g.add(
            Gather(),
            g.add(ShapeOf(), self.image),
            [2 + i for i in range(len(self.reach))],
            np.int64(0),
        )
        steps = g.add(Multiply(), source, list(self.strides))
        reach = [reach - stride for reach, stride in zip(self.reach, self.strides)]
        total = g.add(Subtract(), g.add(Add(), steps, reach), target)
        return g.add(Divide(), g.add(Maximum(), total, [0] * len(reach)), [2] * len(reach))


def _total(target: Any, size: Dimension, stride: int, reach: int) -> int | None:
    """(size - 1) * stride + reach - target, also where both are the same unknown."""
    if isinstance(target, int) and isinstance(size, int):
        return (size - 1) * stride + reach - target
    grown = size * stride
    for more in {0, max(reach - stride, 0)}:
        if target is grown + more:
            return reach - stride - more
    return None
