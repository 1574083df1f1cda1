"""Pooling over windows, in pyramids, and of regions.

Caffe rounds the number of windows up, and with padding drops a last one that would start in it.
An average is divided by the part of the window that lies within the padded image.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np

from extensions.front.caffe.common import (
    converts,
    invalid,
    needed,
    parameters,
    rank_of,
    reshaped,
    shape_of,
    size_vector,
    unsupported,
    word,
)
from extensions.front.caffe.windows import sizes
from extensions.ops.arithmetic import Divide
from extensions.ops.conversion import Convert
from extensions.ops.movement import Concat, Pad
from extensions.ops.pooling import AvgPool, MaxPool, MaxPoolWithIndices
from extensions.ops.reduction import ReduceMax, ReduceMean
from extensions.ops.regions import PSROIPooling, ROIPooling
from extensions.ops.shaping import Broadcast
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dimension, is_static

_METHODS = ("MAX", "AVE", "STOCHASTIC")


@converts("Pooling")
def pooling(g: Graph, node: SourceNode, x: Output) -> Any:
    p = parameters(node, "pooling_param")
    method = word(p, "pool", _METHODS)
    if method == "STOCHASTIC":
        raise unsupported("stochastic pooling")
    rank = rank_of(x) - 2
    if p["global_pooling"]:
        if node.has_output(1):
            raise unsupported("the mask of a global pooling")
        reduction = ReduceMax if method == "MAX" else ReduceMean
        return g.add(reduction(keep_dims=True), x, list(range(2, rank + 2)))
    window = Window(
        sizes(p, "kernel_size", rank, None),
        sizes(p, "stride", rank, 1),
        sizes(p, "pad", rank, 0),
        rounds_up=bool(p["ceil_mode"]) and not p.get("round_mode"),
    )
    if method == "AVE":
        return window.average(g, x)
    return window.maximum(g, x, with_mask=node.has_output(1))


class Window:
    """A window of pooling, and how it moves over the spatial axes."""

    def __init__(
        self,
        kernel: Sequence[int],
        strides: Sequence[int],
        pads: Sequence[int],
        rounds_up: bool = True,
    ) -> None:
        self.kernel, self.strides, self.pads = tuple(kernel), tuple(strides), tuple(pads)
        self.rounds_up = rounds_up
        if any(pad >= size for pad, size in zip(pads, kernel)):
            raise invalid(f"padding {list(pads)} is not smaller than the window {list(kernel)}")

    def count(self, size: int, axis: int) -> int:
        """How many windows there are along an axis."""
        kernel, stride, pad = self.kernel[axis], self.strides[axis], self.pads[axis]
        room = size + 2 * pad - kernel
        count = (-(-room // stride) if self.rounds_up else room // stride) + 1
        if any(self.pads) and (count - 1) * stride >= size + pad:
            count -= 1
        if count < 1:
            raise invalid(f"a window of {kernel} exceeds the size {size}")
        return count

    def _attributes(self, x: Output) -> dict[str, Any]:
        """Attributes of the IR; rounding up is done by padding where the sizes are known."""
        common = {"kernel": self.kernel, "strides": self.strides, "pads_begin": self.pads}
        spatial = shape_of(x)[2:]
        if not self.rounds_up:
            return {**common, "pads_end": self.pads}
        if is_static(spatial):
            ends = [self._end(size, i) for i, size in enumerate(spatial)]
            return {**common, "pads_end": tuple(ends)}
        if any(self.pads) and any(map(self._may_start_behind, range(len(spatial)))):
            return {**common, "pads_end": self.pads, "rounding_type": "ceil_torch"}
        return {**common, "pads_end": self.pads, "rounding_type": "ceil"}

    def _may_start_behind(self, axis: int) -> bool:
        """Whether a last window might start in the padding behind the image."""
        return self.pads[axis] + self.strides[axis] > self.kernel[axis]

    def _end(self, size: Dimension, axis: int) -> int:
        """The padding behind an axis that makes the right number of windows fit exactly."""
        assert isinstance(size, int)
        reach = (self.count(size, axis) - 1) * self.strides[axis] + self.kernel[axis]
        return max(0, reach - size - self.pads[axis])

    def maximum(self, g: Graph, x: Output, with_mask: bool = False) -> Any:
        attributes = self._attributes(x)
        self._refuse_empty(x)
        if not with_mask:
            return g.add(MaxPool(**attributes), x)
        ones = (1,) * len(self.kernel)
        op = MaxPoolWithIndices(dilations=ones, axis=2, **attributes)
        values, places = g.add_multi(op, x)
        return values, g.add(Convert(destination_type=x.dtype), places)

    def average(self, g: Graph, x: Output) -> Output:
        attributes = self._attributes(x)
        self._refuse_empty(x)
        if not any(self.pads):
            return g.add(AvgPool(exclude_pad=True, **attributes), x)
        if all(self._fits(size, i) for i, size in enumerate(shape_of(x)[2:])):
            return g.add(AvgPool(exclude_pad=False, **{**attributes, "pads_end": self.pads}), x)
        if "rounding_type" in attributes:
            return self._average_of_unknown(g, x)
        # Only what lies behind the padded image does not count, so the padding becomes image.
        around = [0, 0, *self.pads]
        padded = g.add(Pad(pad_mode="constant"), x, around, around, 0.0)
        none = (0,) * len(self.pads)
        behind = tuple(max(0, e - p) for e, p in zip(attributes["pads_end"], self.pads))
        attributes |= {"pads_begin": none, "pads_end": behind}
        return g.add(AvgPool(exclude_pad=True, **attributes), padded)

    def _average_of_unknown(self, g: Graph, x: Output) -> Output:
        """Means over whole windows, divided by the share of them within the padded image.

        A window too many at the end is had by padding and rounding down: the runtime divides
        differently where it rounds up.
        """
        if any(map(self._may_start_behind, range(len(self.pads)))):
            raise unsupported("averaging images of unknown size with so much padding")
        ends = tuple(pad + stride - 1 for pad, stride in zip(self.pads, self.strides))
        shape: dict[str, Any] = {"kernel": self.kernel, "strides": self.strides}
        whole = AvgPool(pads_begin=self.pads, pads_end=ends, exclude_pad=False, **shape)
        none = (0,) * len(self.pads)
        behind = tuple(stride - 1 for stride in self.strides)
        share = AvgPool(pads_begin=none, pads_end=behind, exclude_pad=False, **shape)
        sizes = size_vector(g, x, [1], [1], *range(2, rank_of(x)))
        ones = g.add(Broadcast(), g.constant(np.ones(()), x.dtype), sizes)
        around = [0, 0, *self.pads]
        inside = g.add(Pad(pad_mode="constant"), ones, around, around, 1.0)
        return g.add(Divide(), g.add(whole, x), g.add(share, inside))

    def _fits(self, size: Dimension, axis: int) -> bool:
        """Whether no window reaches beyond the padded image."""
        if isinstance(size, int):
            return self._end(size, axis) <= self.pads[axis]
        return self.strides[axis] == 1 or not self.rounds_up

    def _refuse_empty(self, x: Output) -> None:
        """Without padding Caffe makes windows that lie behind the image altogether."""
        for axis, size in enumerate(shape_of(x)[2:]):
            if not any(self.pads) and self.strides[axis] > self.kernel[axis] and self.rounds_up:
                if not isinstance(size, int):
                    raise unsupported("pooling with gaps between windows, of unknown size,")
                if (self.count(size, axis) - 1) * self.strides[axis] >= size:
                    raise unsupported("a window of a pooling that lies outside the image")


@converts("SPP")
def spatial_pyramid(g: Graph, node: SourceNode, x: Output) -> Output:
    """1, 4, 16, ... windows that cover the image, flattened and joined."""
    p = parameters(node, "spp_param")
    method, levels = word(p, "pool", _METHODS), needed(p, "pyramid_height")
    spatial = shape_of(x)[2:]
    if method == "STOCHASTIC":
        raise unsupported("stochastic pooling")
    if not is_static(spatial):
        raise unsupported("a pyramid over images of unknown size")
    if not 0 < levels <= 16:
        raise invalid(f"pyramid_height is {levels}")
    parts = []
    for level in range(levels):
        kernel = [ceil(size / 2**level) for size in spatial if isinstance(size, int)]
        rest = [k * 2**level - size for k, size in zip(kernel, spatial) if isinstance(size, int)]
        window = Window(kernel, kernel, [(r + 1) // 2 for r in rest])
        y = window.maximum(g, x) if method == "MAX" else window.average(g, x)
        parts.append(reshaped(g, y, y, 0, [-1]) if levels > 1 else y)
    return g.add(Concat(axis=1), *parts) if levels > 1 else parts[0]


@converts("ROIPooling")
def roi_pooling(g: Graph, node: SourceNode, x: Output, rois: Output) -> Output:
    p = parameters(node, "roi_pooling_param")
    op = ROIPooling(
        pooled_h=p["pooled_h"], pooled_w=p["pooled_w"], spatial_scale=p["spatial_scale"]
    )
    return g.add(op, x, regions(g, rois))


@converts("PSROIPooling")
def psroi_pooling(g: Graph, node: SourceNode, x: Output, rois: Output) -> Output:
    p = parameters(node, "psroi_pooling_param")
    op = PSROIPooling(
        output_dim=needed(p, "output_dim"),
        group_size=needed(p, "group_size"),
        spatial_scale=needed(p, "spatial_scale"),
    )
    return g.add(op, x, regions(g, rois))


def regions(g: Graph, rois: Output) -> Output:
    """Regions as [count, 5], which older nets hold as [count, 5, 1, 1]."""
    return rois if shape_of(rois)[1:] == (5,) else reshaped(g, rois, rois, [-1], [5])
