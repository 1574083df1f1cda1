"""Pooling over windows, and in pyramids.

Caffe rounds the number of windows up, and with padding drops a last one that would start in it.
An average is divided by the part of the window that lies within the padded image.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from extensions.front.building import rank_of
from extensions.front.caffe.common import (
    converts,
    invalid,
    needed,
    parameters,
    reshaped,
    shape_of,
    unsupported,
    word,
)
from extensions.front.caffe.windows import sizes
from extensions.front.pooling import average_with_padding, ends_rounded_up
from extensions.ops.conversion import Convert
from extensions.ops.movement import Concat
from extensions.ops.pooling import AvgPool, MaxPool, MaxPoolWithIndices
from extensions.ops.reduction import ReduceMax, ReduceMean
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
    with_mask = node.has_output(1)
    if p["global_pooling"] and not with_mask:
        reduction = ReduceMax if method == "MAX" else ReduceMean
        return g.add(reduction(keep_dims=True), x, list(range(2, rank_of(x))))
    window = _window(p, x)
    return window.average(g, x) if method == "AVE" else window.maximum(g, x, with_mask)


def _window(p: dict[str, Any], x: Output) -> Window:
    spatial = shape_of(x)[2:]
    if not p["global_pooling"]:
        return Window(
            sizes(p, "kernel_size", len(spatial), None),
            sizes(p, "stride", len(spatial), 1),
            sizes(p, "pad", len(spatial), 0),
            rounds_up=bool(p["ceil_mode"]) and not p.get("round_mode"),
        )
    kernel = [size for size in spatial if isinstance(size, int)]
    if len(kernel) < len(spatial):
        raise unsupported("the mask of a pooling over images of unknown size")
    return Window(kernel, [1] * len(kernel), [0] * len(kernel))


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

    def _attributes(self, x: Output) -> dict[str, Any]:
        """Attributes of the IR; rounding up is done by padding."""
        attributes = {"kernel": self.kernel, "strides": self.strides, "pads_begin": self.pads}
        if not self.rounds_up:
            return {**attributes, "pads_end": self.pads}
        sizes = shape_of(x)[2:]
        for axis, size in enumerate(sizes):
            self._check(size, axis)
        ends = ends_rounded_up(sizes, self.kernel, self.strides, self.pads, self.pads)
        return {**attributes, "pads_end": ends}

    def maximum(self, g: Graph, x: Output, with_mask: bool = False) -> Any:
        attributes = self._attributes(x)
        if not with_mask:
            return g.add(MaxPool(**attributes), x)
        ones = (1,) * len(self.kernel)
        op = MaxPoolWithIndices(dilations=ones, axis=2, **attributes)
        values, places = g.add_multi(op, x)
        return values, g.add(Convert(destination_type=x.dtype), places)

    def average(self, g: Graph, x: Output) -> Output:
        return average_with_padding(g, x, AvgPool(**self._attributes(x)), self.pads)

    def _check(self, size: Dimension, axis: int) -> None:
        """Refuse what only Caffe makes without padding: windows that lie behind the image."""
        kernel, stride = self.kernel[axis], self.strides[axis]
        gaps = stride > kernel and not any(self.pads)
        if not isinstance(size, int):
            if gaps:
                raise unsupported("pooling with gaps between windows, of unknown size,")
            return
        room = size + 2 * self.pads[axis] - kernel
        if room <= -stride:
            raise invalid(f"a window of {kernel} exceeds the size {size}")
        if gaps and -(-room // stride) * stride >= size:
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
