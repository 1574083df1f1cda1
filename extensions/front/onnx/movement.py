"""Joining, splitting, slicing, padding, gathering, scattering."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extensions.front.onnx.common import converts, rank_of, refuse, scalar
from extensions.ops import movement as m
from extensions.ops.common import constant_ints
from extensions.ops.shaping import NonZero, Reshape, Squeeze
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op
from mo.graph.shape import normalize_axis


@converts("Concat")
def concat(g: Graph, node: SourceNode, *xs: Output) -> Output:
    axis = node.get("axis", 1)
    if len(xs) == 1:
        return xs[0]
    rank = next((x.rank for x in xs if x.rank is not None), None)
    return g.add(m.Concat(axis=axis if rank is None else normalize_axis(axis, rank)), *xs)


@converts("Split")
def split(
    g: Graph, node: SourceNode, x: Output, lengths: Output | None = None
) -> tuple[Output, ...]:
    axis = node.get("axis", 0)
    if x.rank is not None:
        axis = normalize_axis(axis, x.rank)
    along = g.constant(np.int64(axis))
    parts = len(node.outputs)
    listed = node.get("split") if lengths is None else constant_ints(lengths)
    if lengths is not None and listed is None:
        return g.add_multi(m.VariadicSplit(parts=parts), x, along, lengths)
    dim = None if x.shape is None else x.shape[axis]
    if listed is None and isinstance(dim, int) and dim % parts:
        # num_outputs (18): the last part is shorter.
        each = -(-dim // parts)
        listed = [each] * (parts - 1) + [dim - each * (parts - 1)]
    if parts == 1:
        return (x,)
    if listed is None or len(set(listed)) == 1:
        return g.add_multi(m.Split(num_splits=parts), x, along)
    return g.add_multi(m.VariadicSplit(parts=parts), x, along, list(listed))


@converts("Slice")
def slice_1(g: Graph, node: SourceNode, x: Output) -> Output:
    starts, ends = list(node.get("starts")), list(node.get("ends"))
    axes = list(node.get("axes") or range(len(starts)))
    return sliced(g, x, starts, ends, axes, [1] * len(starts))


@converts("Slice", since=10)
def slice_10(
    g: Graph,
    node: SourceNode,
    x: Output,
    starts: Output,
    ends: Output,
    axes: Output | None = None,
    steps: Output | None = None,
) -> Output:
    values = [constant_ints(v) for v in (starts, ends, axes, steps)]
    lows, highs, along, by = values
    count = len(lows or highs or along or by or ())
    if axes is None:
        along = tuple(range(count)) if count else None
    if steps is None:
        by = (1,) * count if count else None
    if lows is not None and highs is not None and along is not None and by is not None:
        return sliced(g, x, lows, highs, along, by)
    if steps is None:
        length = starts.shape[0] if starts.shape else 1
        if not isinstance(length, int):
            raise UnsupportedError("the number of sliced axes is not known")
        steps = g.constant(np.ones(length, np.int64))
    steps = _typed(g, steps, starts)
    if axes is None:
        return g.add(m.Slice(), x, starts, ends, steps)
    return g.add(m.Slice(), x, starts, ends, steps, _typed(g, axes, starts))


def _typed(g: Graph, value: Output, like: Output) -> Output:
    """The indices of a Slice must have one type."""
    array = value.value()
    if value.dtype is like.dtype or array is None:
        return value
    return g.constant(array, like.dtype)


def sliced(
    g: Graph,
    x: Output,
    starts: Sequence[int],
    ends: Sequence[int],
    axes: Sequence[int],
    steps: Sequence[int],
) -> Output:
    """A slice with constant limits, as StridedSlice: that is read by every runtime."""
    rank = rank_of(x)
    placed = {normalize_axis(axis, rank): i for i, axis in enumerate(axes)}
    length = max(placed, default=-1) + 1
    if not length:
        return x
    begin, end, stride = [0] * length, [0] * length, [1] * length
    begin_mask, end_mask = [1] * length, [1] * length
    assert x.shape is not None
    for axis, i in placed.items():
        forwards = steps[i] > 0
        dim = x.shape[axis]
        # Limits at or beyond the edge are masked out: that holds for any size.
        edge = dim if isinstance(dim, int) else _FAR
        first, last = (-edge, edge) if forwards else (edge - 1, -edge - 1)
        stride[axis] = steps[i]
        if (starts[i] > first) if forwards else (starts[i] < first):
            begin[axis], begin_mask[axis] = _limited(starts[i]), int(forwards and starts[i] == 0)
        if (ends[i] < last) if forwards else (ends[i] > last):
            end[axis], end_mask[axis] = _limited(ends[i]), 0
    op = m.StridedSlice(begin_mask=tuple(begin_mask), end_mask=tuple(end_mask))
    return g.add(op, x, begin, end, stride)


# What exporters write for "to the end" of an axis of any size.
_FAR = 2**31 - 1


def _limited(value: int) -> int:
    return max(-_FAR, min(value, _FAR))


_PAD_MODES = {"constant": "constant", "reflect": "reflect", "edge": "edge"}


@converts("Pad")
def pad_1(g: Graph, node: SourceNode, x: Output) -> Output:
    pads = node.get("pads", node.get("paddings"))
    return padded(g, node, x, list(pads), g.constant(np.asarray(node.get("value", 0.0)), x.dtype))


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
    listed = constant_ints(pads)
    along = constant_ints(axes)
    if listed is None and axes is None:
        halves = g.add_multi(m.Split(num_splits=2), pads, g.constant(np.int64(0)))
        return g.add(m.Pad(pad_mode=_pad_mode(node), negative=True), x, *halves, fill)
    if listed is None or (axes is not None and along is None):
        raise refuse(node, "padding of axes chosen at run time")
    if along is not None:
        rank = rank_of(x)
        full = [0] * (2 * rank)
        for i, axis in enumerate(along):
            place = normalize_axis(axis, rank)
            full[place], full[rank + place] = listed[i], listed[len(along) + i]
        listed = tuple(full)
    return padded(g, node, x, list(listed), fill)


def _pad_mode(node: SourceNode) -> str:
    mode = node.get("mode", "constant")
    if mode not in _PAD_MODES:
        raise refuse(node, f"the mode '{mode}'")
    return _PAD_MODES[mode]


def padded(g: Graph, node: SourceNode, x: Output, pads: list[int], fill: Output) -> Output:
    half = len(pads) // 2
    if not any(pads):
        return x
    op: Op = m.Pad(pad_mode=_pad_mode(node), negative=min(pads) < 0)
    if _pad_mode(node) != "constant":
        return g.add(op, x, pads[:half], pads[half:])
    return g.add(op, x, pads[:half], pads[half:], fill)


@converts("Gather")
def gather(g: Graph, node: SourceNode, x: Output, indices: Output) -> Output:
    axis = node.get("axis", 0)
    if x.rank is not None:
        axis = normalize_axis(axis, x.rank)
    negative = True
    known = indices.value()
    if known is not None:
        dim = None if x.shape is None else x.shape[axis]
        if (known < 0).any() and isinstance(dim, int):
            known = np.where(known < 0, known + dim, known)
            indices = g.constant(known, indices.dtype)
        negative = bool((known < 0).any())
    return g.add(m.Gather(negative_indices=negative), x, indices, g.constant(np.int64(axis)))


@converts("GatherElements")
def gather_elements(g: Graph, node: SourceNode, x: Output, indices: Output) -> Output:
    return g.add(m.GatherElements(axis=node.get("axis", 0)), x, indices)


@converts("GatherND")
def gather_nd(g: Graph, node: SourceNode, x: Output, indices: Output) -> Output:
    return g.add(m.GatherND(batch_dims=node.get("batch_dims", 0)), x, indices)


_REDUCTIONS = {"none": "none", "add": "sum", "mul": "prod", "min": "min", "max": "max"}


@converts("Scatter", "ScatterElements")
def scatter_elements(
    g: Graph, node: SourceNode, x: Output, indices: Output, updates: Output
) -> Output:
    op = m.ScatterElementsUpdate(reduction=_REDUCTIONS[node.get("reduction", "none")])
    return g.add(op, x, indices, updates, g.constant(np.int64(node.get("axis", 0))))


@converts("ScatterND")
def scatter_nd(g: Graph, node: SourceNode, x: Output, indices: Output, updates: Output) -> Output:
    op = m.ScatterNDUpdate(reduction=_REDUCTIONS[node.get("reduction", "none")])
    return g.add(op, x, indices, updates)


@converts("DepthToSpace")
def depth_to_space(g: Graph, node: SourceNode, x: Output) -> Output:
    mode = "depth_first" if node.get("mode") == "CRD" else "blocks_first"
    return g.add(m.DepthToSpace(block_size=node.get("blocksize"), mode=mode), x)


@converts("SpaceToDepth")
def space_to_depth(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(m.SpaceToDepth(block_size=node.get("blocksize")), x)


@converts("ReverseSequence")
def reverse_sequence(g: Graph, node: SourceNode, x: Output, lengths: Output) -> Output:
    op = m.ReverseSequence(batch_axis=node.get("batch_axis", 1), seq_axis=node.get("time_axis", 0))
    return g.add(op, x, lengths)


@converts("Compress")
def compress(g: Graph, node: SourceNode, x: Output, condition: Output) -> Output:
    """The slices whose condition holds."""
    axis = node.get("axis")
    if axis is None:
        x, axis = g.add(Reshape(), x, [-1]), 0
    chosen = g.add(Squeeze(), g.add(NonZero(), condition), [0])
    if x.rank is not None:
        axis = normalize_axis(axis, x.rank)
    return g.add(m.Gather(), x, chosen, g.constant(np.int64(axis)))
