"""Pad, by attributes and by inputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extensions.front.building import invalid, rank_of, scalar, size_of, typed
from extensions.front.onnx.axes import positive
from extensions.front.onnx.common import converts, needed, refuse
from extensions.ops import movement as m
from extensions.ops.arithmetic import Add, Divide, FloorMod, Maximum, Subtract
from extensions.ops.common import constant_ints
from extensions.ops.gathering import Gather, ScatterElementsUpdate
from extensions.ops.generating import Range
from extensions.ops.shaping import ShapeOf
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axes


@converts("Pad")
def pad_1(g: Graph, node: SourceNode, x: Output) -> Output:
    pads = node.get("paddings") or needed(node, "pads")
    return _padded(g, node, x, pads, g.constant(np.asarray(node.get("value", 0.0)), x.dtype))


@converts("Pad", since=11)
def pad_11(
    g: Graph,
    node: SourceNode,
    x: Output,
    pads: Output,
    value: Output | None = None,
    axes: Output | None = None,
) -> Output:
    fill = g.constant(np.asarray(0), x.dtype) if value is None else scalar(g, value)
    listed, along = constant_ints(pads), constant_ints(axes)
    if listed is not None and axes is None:
        return _padded(g, node, x, listed, fill)
    if listed is not None and along is not None:
        return _padded(g, node, x, _spread(x, listed, along), fill)
    begins, ends = g.add_multi(m.Split(num_splits=2), pads, g.constant(np.int64(0)))
    if axes is not None:
        begins, ends = (_scattered(g, x, half, axes) for half in (begins, ends))
    if node.get("mode") == "wrap":
        return _wrapped(g, x, begins, ends, range(rank_of(x)))
    op = m.Pad(pad_mode=_mode(node), negative=True)
    return g.add(op, x, begins, ends, *([fill] if op.pad_mode == "constant" else []))


def _spread(x: Output, pads: Sequence[int], axes: Sequence[int]) -> list[int]:
    """Pads of some axes as pads of all."""
    rank = rank_of(x)
    if len(pads) != 2 * len(axes):
        raise invalid(f"{len(pads)} pads for {len(axes)} axes")
    full = [0] * (2 * rank)
    for i, axis in enumerate(normalize_axes(axes, rank)):
        full[axis], full[rank + axis] = pads[i], pads[len(axes) + i]
    return full


def _scattered(g: Graph, x: Output, pads: Output, axes: Output) -> Output:
    """Computed pads of some axes as pads of all."""
    rank = rank_of(x)
    zeros = g.constant(np.zeros(rank, np.int64))
    wide = typed(g, pads, ElementType.i64)
    places = positive(g, axes, rank)
    return g.add(ScatterElementsUpdate(), zeros, places, wide, g.constant(np.int64(0)))


_MODES = ("constant", "reflect", "edge")


def _mode(node: SourceNode) -> str:
    mode = str(node.get("mode", "constant"))
    if mode not in _MODES:
        raise refuse(node, f"the mode '{mode}'")
    return mode


def _padded(g: Graph, node: SourceNode, x: Output, pads: Sequence[int], fill: Output) -> Output:
    half = len(pads) // 2
    if len(pads) % 2 or (x.rank is not None and half != x.rank):
        raise invalid(f"{len(pads)} pads for a tensor of rank {x.rank}")
    if not any(pads):
        return x
    begins, ends = list(pads[:half]), list(pads[half:])
    if node.get("mode") == "wrap":
        axes = [i for i in range(half) if begins[i] or ends[i]]
        return _wrapped(g, x, g.constant(begins), g.constant(ends), axes)
    op = m.Pad(pad_mode=_mode(node), negative=min(pads) < 0)
    return g.add(op, x, begins, ends, *([fill] if op.pad_mode == "constant" else []))


def _wrapped(g: Graph, x: Output, begins: Output, ends: Output, axes: Sequence[int]) -> Output:
    """Each axis repeated without end in both ways, which the IR has no mode for.

    What pads below zero cut off does not come back.
    """
    first, step = g.constant(np.int64(0)), g.constant(np.int64(1))
    for axis in axes:
        begin, end = (g.add(Gather(), v, np.int64(axis), first) for v in (begins, ends))
        before, behind = (g.add(Maximum(), v, first) for v in (begin, end))
        cut = g.add(Subtract(), before, begin)
        rest = g.add(Subtract(), size_of(g, x, axis), cut)
        rest = g.add(Subtract(), rest, g.add(Subtract(), behind, end))
        limits = g.add(Subtract(), first, before), g.add(Add(), rest, behind)
        places = g.add(Range(output_type=ElementType.i64), *limits, step)
        inside = g.add(Add(), g.add(FloorMod(), places, rest), cut)
        x = g.add(Gather(), x, inside, np.int64(axis))
    return x


def centred(g: Graph, x: Output, axes: Sequence[int], sizes: Output) -> Output:
    """Axes cut or padded with zeros on both sides to a size, what is odd at the end."""
    rank = rank_of(x)
    if not axes:
        return x
    first = g.constant(np.int64(0))
    dims = g.add(Gather(), g.add(ShapeOf(), x), list(axes), first)
    missing = g.add(Subtract(), typed(g, sizes, ElementType.i64), dims)
    # Rounded towards zero, so that cutting and padding are symmetric.
    begins = g.add(Divide(m_pythondiv=False), missing, g.constant(np.int64(2)))
    ends = g.add(Subtract(), missing, begins)
    zeros = g.constant(np.zeros(rank, np.int64))
    pads = [g.add(ScatterElementsUpdate(), zeros, list(axes), v, first) for v in (begins, ends)]
    known = [constant_ints(value) for value in pads]
    below = [value is None or min(value) < 0 for value in known]
    op = m.Pad(pad_mode="constant", negative=any(below))
    return g.add(op, x, *pads, g.constant(np.asarray(0), x.dtype))
