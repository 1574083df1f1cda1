"""Columns taken apart, put in another order, joined, summed up."""

from __future__ import annotations

import numpy as np

from extensions.front.kaldi.common import (
    columns,
    component_of,
    converts,
    dense,
    join,
    last_axis,
    reshape_columns,
    reshape_tail,
    split,
    width_of,
)
from extensions.ops.activation import Sigmoid
from extensions.ops.arithmetic import Add, Maximum, Multiply
from extensions.ops.gathering import Gather
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Pad
from extensions.ops.reduction import ReduceProd, ReduceSum
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.tensor import Tensor


@converts("Append")
def append(g: Graph, node: SourceNode, *parts: Output) -> Output:
    return join(g, parts)


@converts("Sum")
def total(g: Graph, node: SourceNode, x: Output, *others: Output) -> Output:
    for other in others:
        x = g.add(Add(), x, other)
    return x


@converts("Max")
def greatest(g: Graph, node: SourceNode, x: Output, *others: Output) -> Output:
    for other in others:
        x = g.add(Maximum(), x, other)
    return x


@converts("WeightedSum")
def weighted_sum(g: Graph, node: SourceNode, weights: Output, *parts: Output) -> Output:
    """One column of the weights for each part."""
    scales = split(g, weights, *[1] * len(parts))
    return total(g, node, *(g.add(Multiply(), *pair) for pair in zip(parts, scales)))


@converts("Columns")
def columns_(g: Graph, node: SourceNode, x: Output) -> Output:
    return columns(g, x, node.attributes["start"], node.attributes["columns"])


def _picked(g: Graph, x: Output, places: np.ndarray) -> Output:
    return g.add(Gather(), x, g.constant(places.astype(np.int64)), np.int64(last_axis(x)))


@converts("Copy")
def copy(g: Graph, node: SourceNode, x: Output) -> Output:
    """Columns by number, from 1."""
    c = component_of(node)
    places = np.array(c.integers("Context")) - 1
    if places.min() < 0 or places.max() >= width_of(x) or places.size != c.size("OutputDim"):
        raise c.wrong(f"columns {places.min() + 1} to {places.max() + 1} of {width_of(x)}")
    return _picked(g, x, places)


@converts("PermuteComponent")
def permute(g: Graph, node: SourceNode, x: Output) -> Output:
    c = component_of(node)
    places = np.array(c.integers("ColumnMap" if "ColumnMap" in c.fields else "Reorder"))
    if places.min() < 0 or places.max() >= width_of(x):
        raise c.wrong(f"columns {places.min()} to {places.max()} of {width_of(x)}")
    return _picked(g, x, places)


# ---- sums and products of blocks


@converts("SumBlockComponent")
def sum_block(g: Graph, node: SourceNode, x: Output) -> Output:
    summed = g.add(ReduceSum(), _blocks(g, node, x), [last_axis(x)])
    return g.add(Multiply(), summed, float(component_of(node).get("Scale", 1.0)))


@converts("ElementwiseProductComponent")
def product(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(ReduceProd(), _blocks(g, node, x), [last_axis(x)])


def _blocks(g: Graph, node: SourceNode, x: Output) -> Output:
    """[..., blocks, columns of a block]."""
    c = component_of(node)
    width = c.size("OutputDim")
    return reshape_columns(g, x, c.split(width_of(x), width), width)


# Entries of a table that is not in the file; beyond that it would outgrow the model.
_PADDED_LIMIT = 1 << 24


@converts("SumGroupComponent")
def sum_group(g: Graph, node: SourceNode, x: Output) -> Output:
    """Sums of neighbouring columns; shorter groups are filled up with a column of zeros."""
    sizes = np.array(component_of(node).integers("Sizes"))
    most, width = int(sizes.max()), width_of(x)
    if (sizes == most).all():
        groups = reshape_columns(g, x, sizes.size, most)
        return g.add(ReduceSum(), groups, [last_axis(groups)])
    if sizes.size * most > _PADDED_LIMIT:
        raise UnsupportedError(f"{sizes.size} groups of up to {most} columns are not supported")
    places = (np.cumsum(sizes) - sizes)[:, None] + np.arange(most)
    places[np.arange(most) >= sizes[:, None]] = width
    before = [0] * (last_axis(x) + 1)
    wider = g.add(Pad(), x, before, [*before[1:], 1], 0.0)
    return g.add(ReduceSum(), _picked(g, wider, places), [last_axis(x) + 1])


# ---- others


@converts("DctComponent")
def dct(g: Graph, node: SourceNode, x: Output) -> Output:
    """A cosine transform of each block: sqrt(2/n) cos(pi k (i + 1/2) / n), 1/sqrt(n) for k = 0.

    With Reorder, the columns of one place in all blocks stand together, before and after.
    """
    c = component_of(node)
    size, kept = c.size("DctDim"), c.get("DctKeepDim", 0) or c.size("DctDim")
    if not 1 <= kept <= size <= _DCT_LIMIT:
        raise c.wrong(f"it keeps {kept} of {size} columns")
    k, i = np.arange(kept)[:, None], np.arange(size)
    matrix = np.sqrt(2 / size) * np.cos(np.pi / size * k * (i + 0.5))
    matrix[0] = np.sqrt(1 / size)
    blocks = c.split(width_of(x), size)
    transform = Tensor.of(matrix.astype(np.float32))
    if not c.get("Reorder", False):
        y = dense(g, reshape_columns(g, x, blocks, size), transform)
    elif kept == size:
        y = g.add(MatMul(), g.constant(transform), reshape_columns(g, x, size, blocks))
    else:
        raise UnsupportedError(
            "a DctComponent with both <Reorder> and <DctKeepDim>, which Kaldi itself computes from "
            "the wrong columns, is not supported"
        )
    return reshape_tail(g, y, last_axis(x), [blocks * kept])


_DCT_LIMIT = 4096


@converts("FramePoolingComponent")
def frame_pooling(g: Graph, node: SourceNode, x: Output) -> Output:
    """A row holds frames of FeatureDim columns; each pool is a weighted sum of some of them."""
    c = component_of(node)
    frames = c.split(width_of(x), c.size("FeatureDim"))
    starts, pools = c.integers("FrameOffset"), c.value("FrameWeight")
    if len(pools) * frames > _PADDED_LIMIT:
        raise UnsupportedError(f"{len(pools)} pools of {frames} frames are not supported")
    weights = np.zeros((len(pools), frames), np.float32)
    for row, start, pool in zip(weights, starts, pools):
        if not 0 <= start <= start + pool.size <= frames:
            raise c.wrong(f"a pool of {pool.size} frames from {start} on, of {frames}")
        row[start : start + pool.size] = pool.array.reshape(-1)
    apart = reshape_columns(g, x, frames, c.size("FeatureDim"))
    y = g.add(MatMul(), g.constant(weights), apart)
    return reshape_tail(g, y, last_axis(x), [c.size("OutputDim")])


@converts("Rbm")
def rbm(g: Graph, node: SourceNode, x: Output) -> Output:
    """Visible to hidden units, which are binary or gaussian."""
    c = component_of(node)
    y = dense(g, x, c.matrix("LinearParams"), c.tensor("BiasParams"))
    return g.add(Sigmoid(), y) if c.value("IsBinary") else y
