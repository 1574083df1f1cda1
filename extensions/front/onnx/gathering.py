"""Picking elements by index, and putting them back."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, size_of, vector
from extensions.front.onnx.common import converts, refuse
from extensions.ops.gathering import (
    Gather,
    GatherElements,
    GatherND,
    ScatterElementsUpdate,
    ScatterNDUpdate,
)
from extensions.ops.generating import NonZero
from extensions.ops.shaping import Reshape, Squeeze
from extensions.ops.slicing import StridedSlice
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dimension, normalize_axis, same


@converts("Gather")
def gather(g: Graph, node: SourceNode, x: Output, indices: Output) -> Output:
    axis = node.get("axis", 0)
    if x.rank is not None:
        axis = normalize_axis(axis, x.rank)
    negative = True
    known = indices.value()
    if known is not None:
        dim = None if x.shape is None else x.shape[axis]
        if isinstance(dim, int):
            indices = g.constant(known := _from_the_front(known, dim), indices.dtype)
        negative = bool((known < 0).any())
    return g.add(Gather(negative_indices=negative), x, indices, g.constant(np.int64(axis)))


def _from_the_front(indices: np.ndarray, dim: int) -> np.ndarray:
    """Indices with those below zero counted from the end."""
    outside = indices[(indices < -dim) | (indices >= dim)]
    if outside.size:
        raise invalid(f"index {outside.flat[0]} lies outside an axis of size {dim}")
    return np.where(indices < 0, indices + dim, indices)


@converts("GatherElements")
def gather_elements(g: Graph, node: SourceNode, x: Output, indices: Output) -> Output:
    axis = node.get("axis", 0)
    return g.add(GatherElements(axis=axis), _first_of(g, x, indices, axis), indices)


def _first_of(g: Graph, x: Output, indices: Output, axis: int) -> Output:
    """As much of the other axes as there are indices: there may be fewer, which the IR forbids.

    A size that is known stands for one that is not.
    """
    if x.shape is None or indices.shape is None or x.rank != indices.rank:
        return x
    along = normalize_axis(axis, len(x.shape))
    pairs = enumerate(zip(x.shape, indices.shape))
    axes = [i for i, (ours, theirs) in pairs if i != along and _differ(ours, theirs)]
    if not axes:
        return x
    # Not by Slice, which the runtime takes away again in front of GatherElements.
    sizes = vector(g, [size_of(g, indices, i) for i in range(axes[-1] + 1)])
    masked = tuple(int(i not in axes) for i in range(axes[-1] + 1))
    op = StridedSlice(begin_mask=(1,) * len(masked), end_mask=masked)
    return g.add(op, x, [0] * len(masked), sizes, [1] * len(masked))


def _differ(ours: Dimension, theirs: Dimension) -> bool:
    return isinstance(ours, int) == isinstance(theirs, int) and not same(ours, theirs)


@converts("GatherND")
def gather_nd(g: Graph, node: SourceNode, x: Output, indices: Output) -> Output:
    return g.add(GatherND(batch_dims=node.get("batch_dims", 0)), x, indices)


_REDUCTIONS = {"none": "none", "add": "sum", "mul": "prod", "min": "min", "max": "max"}


def _reduction(node: SourceNode) -> str:
    name = node.get("reduction", "none")
    if name not in _REDUCTIONS:
        raise refuse(node, f"the reduction '{name}'")
    return _REDUCTIONS[name]


@converts("Scatter", "ScatterElements")
def scatter_elements(
    g: Graph, node: SourceNode, x: Output, indices: Output, updates: Output
) -> Output:
    op = ScatterElementsUpdate(reduction=_reduction(node))
    return g.add(op, x, indices, updates, g.constant(np.int64(node.get("axis", 0))))


@converts("ScatterND")
def scatter_nd(g: Graph, node: SourceNode, x: Output, indices: Output, updates: Output) -> Output:
    op = ScatterNDUpdate(reduction=_reduction(node))
    return g.add(op, x, indices, updates)


@converts("Compress")
def compress(g: Graph, node: SourceNode, x: Output, condition: Output) -> Output:
    """The slices whose condition holds."""
    axis = node.get("axis")
    if axis is None:
        x, axis = g.add(Reshape(), x, [-1]), 0
    chosen = g.add(Squeeze(), g.add(NonZero(), condition), [0])
    if x.rank is not None:
        axis = normalize_axis(axis, x.rank)
    return g.add(Gather(), x, chosen, g.constant(np.int64(axis)))
