"""Pooling over windows and over whole images."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from extensions.front.building import invalid, rank_of, size_of, vector
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, refused
from extensions.front.mxnet.convolution import per_axis
from extensions.front.mxnet.layouts import channels_first
from extensions.ops import pooling as p
from extensions.ops.arithmetic import Divide, Maximum, Multiply, Power
from extensions.ops.movement import Pad
from extensions.ops.reduction import ReduceMax, ReduceMean, ReduceSum
from extensions.ops.shaping import Broadcast
from extensions.ops.unary import Abs
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op


@converts("Pooling", "Pooling_v1")
def pooling(g: Graph, node: SourceNode, x: Output) -> Output:
    spatial = rank_of(x) - 2
    layout = channels_first(node, spatial)
    x = layout.enter(g, x)
    kind = at.word(node, "pool_type", "max")
    if kind not in ("avg", "lp", "max", "sum"):
        raise refused(f"pool_type '{kind}'")
    if kind == "lp":
        return layout.leave(g, _power_mean(g, node, x, at.integer(node, "p_value", 2)))
    return layout.leave(g, pooled(g, node, x, kind))


def pooled(g: Graph, node: SourceNode, x: Output, kind: str) -> Output:
    """Of images with the channels in front; a kind of pooling other than the p-norm."""
    if at.flag(node, "global_pool"):
        axes = list(range(2, rank_of(x)))
        return g.add(_WHOLE[kind](keep_dims=True), x, axes)
    return _windowed(g, node, x, kind)


_WHOLE: dict[str, type[Op]] = {"avg": ReduceMean, "max": ReduceMax, "sum": ReduceSum}


def _power_mean(g: Graph, node: SourceNode, x: Output, power: int) -> Output:
    """The p-norm of each window."""
    raised = g.add(Power(), g.add(Abs(), x), float(power))
    return g.add(Power(), pooled(g, node, raised, "sum"), 1 / power)


def _windowed(g: Graph, node: SourceNode, x: Output, kind: str) -> Output:
    spatial = rank_of(x) - 2
    kernel = at.integers(node, "kernel")
    if len(kernel) != spatial or min(kernel, default=0) < 1:
        raise invalid(f"its kernel {list(kernel)} does not fit {x.type}")
    strides = per_axis(node, "stride", spatial, 1)
    pads = per_axis(node, "pad", spatial, 0)
    convention = at.word(node, "pooling_convention", "valid")
    if convention not in ("valid", "full", "same"):
        raise refused(f"pooling_convention '{convention}'")
    behind, by_zeros = pads, convention == "full" and kind == "sum"
    if by_zeros:
        # The window of a sum may be cut off by no more than zeros.
        behind = tuple(pad + stride - 1 for pad, stride in zip(pads, strides))
    elif convention == "same":
        if kind != "max" or any(pads):
            raise refused("the pooling_convention 'same' with padding, or of anything but maxima")
        behind = tuple(size - 1 for size in kernel)
    attributes: dict[str, Any] = {
        "kernel": kernel,
        "strides": strides,
        "pads_begin": pads,
        "pads_end": behind,
        "rounding_type": "ceil" if convention == "full" and not by_zeros else "floor",
    }
    if kind == "max":
        return g.add(p.MaxPool(**attributes), x)
    # Padding counted before that was an option.
    counted = kind == "sum" or at.flag(node, "count_include_pad", True)
    beyond = any(pads) or any(step > size for step, size in zip(strides, kernel))
    if convention == "full" and kind == "avg" and beyond:
        return _cut_off_means(g, x, kernel, strides, pads, counted)
    y = g.add(p.AvgPool(exclude_pad=not counted, **attributes), x)
    return g.add(Multiply(), y, float(prod(kernel))) if kind == "sum" else y


def _cut_off_means(
    g: Graph,
    x: Output,
    kernel: Sequence[int],
    strides: Sequence[int],
    pads: Sequence[int],
    counted: bool,
) -> Output:
    """Means over windows that may reach beyond the padding: that part never counts.

    The IR divides such windows by more, so sums are divided by the numbers of what counts.
    """
    room = [pad + stride - 1 for pad, stride in zip(pads, strides)]
    sums = p.AvgPool(
        kernel=tuple(kernel), strides=tuple(strides), pads_begin=tuple(pads),
        pads_end=tuple(room), exclude_pad=False,
    )  # fmt: skip
    sizes = [g.constant(np.int64(1))] * 2 + [size_of(g, x, axis) for axis in range(2, rank_of(x))]
    ones = g.add(Broadcast(), g.constant(1.0, x.dtype), vector(g, sizes))
    around = list(pads) if counted else [0] * len(pads)
    ones = g.add(Pad(), ones, [0, 0, *around], [0, 0, *around], 1.0)
    rest = [(pad - laid, end - laid) for pad, end, laid in zip(pads, room, around)]
    begins, ends = zip(*rest)
    counts = g.add(sums.with_attributes(pads_begin=begins, pads_end=ends), ones)
    # A window that lies outside altogether has the mean 0.
    return g.add(Divide(), g.add(sums, x), g.add(Maximum(), counts, 0.5 / prod(kernel)))


@converts("_contrib_AdaptiveAvgPooling2D")
def adaptive_average_pooling(g: Graph, node: SourceNode, x: Output) -> Output:
    """To one pixel if no size is given."""
    sizes = at.integers(node, "output_size") or (1, 1)
    height, width = sizes * 2 if len(sizes) == 1 else sizes
    if (height, width) == (1, 1):
        return g.add(ReduceMean(keep_dims=True), x, [2, 3])
    return g.add(p.AdaptiveAvgPool(), x, [height, width])
