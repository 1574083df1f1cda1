"""Single operations that the runtime takes in another form."""

from __future__ import annotations

import numpy as np

from extensions.ops.activation import Clamp, HardSigmoid
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.blocks import SpaceToBatch
from extensions.ops.common import constant_axes, constant_ints
from extensions.ops.convolution import Convolution
from extensions.ops.gathering import Gather
from extensions.ops.movement import Pad, Transpose
from extensions.ops.selection import Unique
from extensions.ops.shaping import Squeeze
from extensions.ops.slicing import StridedSlice
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import bounds
from mo.middle.pattern import any_value, const, match
from mo.middle.rewriter import rewrite


@rewrite(
    match(
        Gather,
        *(any_value(name) for name in ("x", "indices", "axis")),
        where=lambda op: op.batch_dims,
    )
)
def lone_batch(g: Graph, node: Node, x: Output, indices: Output, axis: Output) -> Output | None:
    """A batch of one is none.

    For it the runtime reads beyond its data: wrong elements, or the process dies.
    """
    batch, shape = node.op.batch_dims, node.outputs[0].shape  # type: ignore[attr-defined]
    if indices.rank is None or shape is None:
        return None
    axes = range(batch + indices.rank if batch < 0 else batch)
    if any(shape[place] != 1 for place in axes):
        return None
    lookup = node.op.with_attributes(batch_dims=0)
    return g.add(lookup, x, g.add(Squeeze(), indices, list(axes)), axis)


@rewrite(match(SpaceToBatch, *(any_value(name) for name in ("x", "block", "begin", "end"))))
def padded_blocks(g: Graph, x: Output, block: Output, begin: Output, end: Output) -> Output | None:
    """What is cut into blocks is padded before.

    Where a whole block is longer than the data, the runtime repeats the data instead of filling
    the end of the block.
    """
    if x.shape is None or constant_ints(end) == (0,) * len(x.shape):
        return None
    blocks, before = constant_ints(block), constant_ints(begin)
    if blocks is not None and before is not None:
        least = [bounds(dim)[0] for dim in x.shape]
        if all(low + pad >= by for low, pad, by in zip(least, before, blocks)):
            return None
    zeros = g.constant(np.zeros(len(x.shape), np.int64), block.dtype)
    padded = g.add(Pad(), x, begin, end, g.constant(np.zeros((), x.dtype.numpy)))
    return g.add(SpaceToBatch(), padded, block, zeros, zeros)


@rewrite(match(Unique, any_value("x"), const("axis")))
def first_axis(g: Graph, node: Node, x: Output, axis: Output) -> tuple[Output, ...] | None:
    """Distinct slices along any axis but the first are not always told apart."""
    places = constant_axes(axis, x.rank)
    if places is None or places == (0,):
        return None
    (place,) = places
    order = [place, *(other for other in range(x.rank or 0) if other != place)]
    first = g.constant(np.int64(0))
    values, *rest = g.add_multi(node.op, g.add(Transpose(), x, order), first)
    return g.add(Transpose(), values, np.argsort(order)), *rest


@rewrite(match(Convolution, any_value("x"), any_value("weights")))
def padded_apart(g: Graph, node: Node, x: Output, weights: Output) -> Output | None:
    """A 1x1 convolution with strides and padding reads data that are padded and thinned before.

    Else the runtime moves the strides past what computes the data, before the padding.
    """
    op, kernel = node.op, weights.shape and weights.shape[2:]
    assert isinstance(op, Convolution)
    if not kernel or any(size != 1 for size in kernel) or max(op.strides) == 1:
        return None
    padding = (*op.pads_begin, *op.pads_end)
    if op.auto_pad != "explicit" or not any(padding) or min(padding) < 0:
        return None
    whole, ones = [0, 0], (1,) * len(kernel)
    zero = g.constant(np.asarray(0.0), x.dtype)
    padded = g.add(Pad(), x, [*whole, *op.pads_begin], [*whole, *op.pads_end], zero)
    mask = (1,) * (2 + len(kernel))
    everything = [0] * len(mask)
    slicing = StridedSlice(begin_mask=mask, end_mask=mask)
    thin = g.add(slicing, padded, everything, everything, [1, 1, *op.strides])
    none = (0,) * len(kernel)
    return g.add(op.with_attributes(strides=ones, pads_begin=none, pads_end=none), thin, weights)


@rewrite(match(HardSigmoid, any_value("x"), const("alpha"), const("beta")))
def spelled_out(g: Graph, x: Output, alpha: Output, beta: Output) -> Output | None:
    """max(0, min(1, alpha * x + beta)): the runtime takes 0 for its defaults."""
    values = alpha.value(), beta.value()
    if all(value is None or value.all() for value in values):
        return None
    total = g.add(Add(), g.add(Multiply(), x, alpha), beta)
    return g.add(Clamp(min=0.0, max=1.0), total)


RULES = (first_axis, lone_batch, padded_apart, padded_blocks, spelled_out)
