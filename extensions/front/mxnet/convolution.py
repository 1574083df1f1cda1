"""Convolutions: plain, in groups, transposed, deformable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from extensions.front.building import channelwise, invalid, size_of, vector
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import alike, converts, refused, shape_of
from extensions.front.mxnet.layouts import channels_first
from extensions.ops.arithmetic import Add, Divide, Subtract
from extensions.ops.convolution import (
    Convolution,
    ConvolutionBackpropData,
    DeformableConvolution,
    GroupConvolution,
    GroupConvolutionBackpropData,
)
from extensions.ops.movement import Concat
from extensions.ops.shaping import Reshape
from extensions.ops.slicing import StridedSlice
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op
from mo.graph.shape import Dimension, is_static


@converts("Convolution")
def convolution(
    g: Graph, node: SourceNode, x: Output, weights: Output, bias: Output | None = None
) -> Output:
    """Layouts with the channels behind have the weights [O, kernel..., I], too."""
    layout = channels_first(node, len(_kernel(node)))
    x, weights = alike(g, layout.enter(g, x), layout.enter(g, weights))
    attributes = _window(node)
    y = _convolved(g, node, x, weights, Convolution(**attributes), GroupConvolution(**attributes))
    return layout.leave(g, _biased(g, node, y, bias))


def _kernel(node: SourceNode) -> tuple[int, ...]:
    kernel = at.integers(node, "kernel")
    if not 1 <= len(kernel) <= 3 or min(kernel) < 1:
        raise invalid(f"its kernel is {list(kernel)}")
    return kernel


def _window(node: SourceNode) -> dict[str, Any]:
    """Strides, dilations and pads, which are the same on both sides."""
    rank = len(_kernel(node))
    pads = per_axis(node, "pad", rank, 0)
    return {
        "strides": per_axis(node, "stride", rank, 1),
        "dilations": per_axis(node, "dilate", rank, 1),
        "pads_begin": pads,
        "pads_end": pads,
    }


def per_axis(node: SourceNode, name: str, rank: int, least: int) -> tuple[int, ...]:
    """Numbers for the spatial axes; ``least``, which is also the default, is their lower bound."""
    values = at.integers(node, name) or (least,) * rank
    if len(values) != rank or min(values) < least:
        raise invalid(f"its {name} {list(values)} does not fit {rank} spatial axes")
    return values


def _convolved(
    g: Graph, node: SourceNode, x: Output, weights: Output, plain: Op, in_groups: Op, *sizes: Any
) -> Output:
    """The plain operation, or the one in groups, whose weights are [G, N / G, M, ...]."""
    groups = at.integer(node, "num_group", 1)
    if groups == 1:
        return g.add(plain, x, weights, *sizes)
    rest: Sequence[Dimension] = shape_of(weights)[1:]
    if groups < 1 or not is_static(tuple(rest)):
        raise invalid(f"num_group {groups} with weights {weights.type}")
    return g.add(in_groups, x, g.add(Reshape(), weights, [groups, -1, *rest]), *sizes)


def _biased(
    g: Graph, node: SourceNode, y: Output, bias: Output | None, without: bool = False
) -> Output:
    """``without``: the default of no_bias."""
    if bias is None or at.flag(node, "no_bias", without):
        return y
    return g.add(Add(), *alike(g, y, channelwise(g, bias, len(_kernel(node)) + 2)))


@converts("Deconvolution")
def deconvolution(
    g: Graph, node: SourceNode, x: Output, weights: Output, bias: Output | None = None
) -> Output:
    """Weights are [I, O / groups, kernel...]."""
    kernel = _kernel(node)
    layout = channels_first(node, len(kernel))
    x, weights = alike(g, layout.enter(g, x), layout.enter(g, weights))
    sizes = shape_of(x)[2:]
    attributes = _transposed_window(node, sizes, kernel)
    plain = ConvolutionBackpropData(**attributes)
    y = _convolved(g, node, x, weights, plain, GroupConvolutionBackpropData(**attributes))
    target = at.integers(node, "target_shape")
    if any(target) and not is_static(sizes):
        y = _middle(g, y, target)
    return layout.leave(g, _biased(g, node, y, bias, without=True))


def _transposed_window(
    node: SourceNode, sizes: tuple[Dimension, ...], kernel: Sequence[int]
) -> dict[str, Any]:
    """A target shape stands for pads: half of what is too much on each side, the rest added.

    Where sizes are open nothing is padded: ``_middle`` cuts it off.
    """
    attributes, rank = _window(node), len(kernel)
    extra = list(per_axis(node, "adj", rank, 0))
    target = at.integers(node, "target_shape")
    if any(target):
        if len(target) != rank or len(sizes) != rank:
            raise invalid(f"its target_shape is {list(target)}")
        pads, extra = [0] * rank, [0] * rank
        known = sizes if is_static(sizes) else ()
        for axis, (size, wanted) in enumerate(zip(known, target)):
            span = attributes["dilations"][axis] * (kernel[axis] - 1) + 1
            surplus = attributes["strides"][axis] * (size - 1) + span - wanted
            if surplus < 0:
                raise invalid(f"its target_shape {list(target)} is too large")
            pads[axis] = (surplus + 1) // 2
            extra[axis] = surplus % 2
        attributes["pads_begin"] = attributes["pads_end"] = tuple(pads)
    attributes["output_padding"] = tuple(extra) if any(extra) else ()
    return attributes


def _middle(g: Graph, y: Output, target: Sequence[int]) -> Output:
    """What is left of each axis if the surplus is cut off, the greater half in front."""
    axes = range(2, 2 + len(target))
    sizes = vector(g, [size_of(g, y, axis) for axis in axes])
    surplus = g.add(Subtract(), sizes, [size - 1 for size in target])
    cut_off = g.add(Divide(), surplus, [2] * len(target))
    begin = g.add(Concat(axis=0), g.constant(np.zeros(2, np.int64)), cut_off)
    end = g.add(Add(), begin, [0, 0, *target])
    mask = (1, 1, *[0] * len(target))
    cut = g.add(StridedSlice(begin_mask=mask, end_mask=mask), y, begin, end, [1] * len(mask))
    return g.add(Reshape(special_zero=True), cut, [0, 0, *target])


@converts("_contrib_DeformableConvolution")
def deformable_convolution(
    g: Graph,
    node: SourceNode,
    x: Output,
    offset: Output,
    weights: Output,
    bias: Output | None = None,
) -> Output:
    return _biased(g, node, g.add(_deformable(node, False), x, offset, weights), bias)


@converts("_contrib_ModulatedDeformableConvolution")
def modulated_deformable_convolution(
    g: Graph,
    node: SourceNode,
    x: Output,
    offset: Output,
    mask: Output,
    weights: Output,
    bias: Output | None = None,
) -> Output:
    return _biased(g, node, g.add(_deformable(node, True), x, offset, weights, mask), bias)


def _deformable(node: SourceNode, has_mask: bool) -> DeformableConvolution:
    if len(_kernel(node)) != 2:
        raise refused(f"a deformable convolution of {len(_kernel(node))} axes")
    return DeformableConvolution(
        **_window(node),
        group=at.integer(node, "num_group", 1),
        deformable_group=at.integer(node, "num_deformable_group", 1),
        # Without a mask, samples beyond the edge are those of the edge.
        bilinear_interpolation_pad=has_mask,
        has_mask=has_mask,
    )
