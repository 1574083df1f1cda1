"""Parts of tensors: slices with masks, splits."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import invalid, lift, rank_of
from extensions.front.tf.common import axis_of, converts, needed, needed_ints
from extensions.ops.arithmetic import Add, Equal, Select
from extensions.ops.common import constant_ints
from extensions.ops.gathering import Gather
from extensions.ops.movement import Split, VariadicSplit
from extensions.ops.shaping import Reshape, ShapeOf
from extensions.ops.slicing import FAR, StridedSlice
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


def _bits(mask: int, length: int) -> tuple[int, ...]:
    return tuple(mask >> place & 1 for place in range(length))


@converts("StridedSlice")
def strided_slice(
    g: Graph, node: SourceNode, x: Output, begin: Output, end: Output, strides: Output
) -> Output:
    """Bit i of each mask speaks of entry i of begin and end.

    The one entry behind a shrunk axis is begin + 1, whatever end says.
    """
    length = begin.shape[0] if begin.shape else None
    if not isinstance(length, int):
        raise invalid("the number of its begins is not known")
    masks = {
        name: _bits(node.get(name, 0), length)
        for name in (
            "begin_mask",
            "end_mask",
            "ellipsis_mask",
            "new_axis_mask",
            "shrink_axis_mask",
        )
    }
    if sum(masks["ellipsis_mask"]) > 1:
        raise invalid("it has two ellipses")
    is_other = any(masks["ellipsis_mask"] + masks["new_axis_mask"])
    if masks["shrink_axis_mask"] == (1,) and not is_other and not begin.is_constant:
        # A row by its number. In loops the CPU runtime slices no data of a known size.
        row = g.add(Reshape(), begin, [])
        return g.add(Gather(negative_indices=True), x, row, np.int64(0))
    return _sliced(g, x, begin, end, strides, masks)


def _sliced(
    g: Graph, x: Output, begin: Output, end: Output, strides: Output, masks: dict[str, Any]
) -> Output:
    """One rule decides where entries are several: ellipsis, then new axis, then shrunk axis.

    New axes are made behind the slice: next to shrunk ones the CPU runtime loses its place.
    """
    ellipsis, new = list(masks["ellipsis_mask"]), masks["new_axis_mask"]
    new = [int(n and not e) for n, e in zip(new, ellipsis)]
    masks["shrink_axis_mask"] = [
        int(s and not n and not e) for s, n, e in zip(masks["shrink_axis_mask"], new, ellipsis)
    ]
    kept = [place for place, is_new in enumerate(new) if not is_new]
    limits = [begin, end, strides]
    if any(new):
        limits = [g.add(Gather(), value, kept, np.int64(0)) for value in limits]
    left = {name: tuple(mask[place] for place in kept) for name, mask in masks.items()}
    y = x
    if kept:
        limits = _from_inside(g, x, limits, left)
        y = g.add(StridedSlice(**{**left, "new_axis_mask": ()}), x, *limits)
    return lift(g, y, _new_axes(rank_of(x), new, masks)) if any(new) else y


def _from_inside(
    g: Graph, x: Output, limits: list[Output], masks: dict[str, tuple[int, ...]]
) -> list[Output]:
    """Backwards from before the first element there is nothing: runtimes would take the first."""
    known = [constant_ints(value) for value in limits]
    if None in known or x.shape is None:
        return limits
    rows = [list(row or ()) for row in known]
    is_rest, count = [*masks["ellipsis_mask"], 1], len(rows[0])
    for place, (begin, _, step) in enumerate(zip(*rows)):
        if any(masks[f"{name}_mask"][place] for name in ("begin", "shrink_axis", "ellipsis")):
            continue
        dim = x.shape[place if place < is_rest.index(1) else place - count]
        if step < 0 and isinstance(dim, int) and begin < -dim:
            for row, number in zip(rows, (dim, dim, 1)):
                row[place] = number
    return [g.constant(np.asarray(row), value.dtype) for row, value in zip(rows, limits)]


def _new_axes(rank: int, new: list[int], masks: dict[str, Any]) -> list[int]:
    """Where the new axes stand in the result."""
    entries = zip(new, masks["shrink_axis_mask"], masks["ellipsis_mask"])
    whole = rank - sum(not n and not e for n, e in zip(new, masks["ellipsis_mask"]))
    axes, at = [], 0
    for is_new, is_shrunk, is_ellipsis in entries:
        if is_new:
            axes.append(at)
        at += whole if is_ellipsis else not is_shrunk
    return axes


@converts("Slice")
def slice_(g: Graph, node: SourceNode, x: Output, begin: Output, size: Output) -> Output:
    """A size of -1 reaches to the end."""
    rank = rank_of(x)
    begins, sizes = _known(begin, rank), _known(size, rank)
    limits: list[Output] = []
    if begin.is_constant and size.is_constant:
        ends = [FAR if n < 0 else b + n for b, n in zip(begins, sizes)]
        limits = [g.constant(np.asarray(numbers)) for numbers in (begins, ends, [1] * rank)]
    else:
        end = g.add(Add(), begin, size) if any(b != 0 for b in begins) else size
        if any(n is None or getattr(n, "min", n) < 0 for n in sizes):
            to_end = g.add(Equal(), size, g.constant(np.asarray(-1), size.dtype))
            whole = g.add(ShapeOf(output_type=size.dtype), x)
            end = g.add(Select(), to_end, whole, end)
        limits = [begin, end, g.constant(np.ones(rank), begin.dtype)]
    op = StridedSlice(
        begin_mask=tuple(int(b == 0) for b in begins),
        end_mask=tuple(int(n == -1) for n in sizes),
    )
    return g.add(op, x, *limits)


def _known(value: Output, rank: int) -> list[Any]:
    """The elements: integers, sizes of axes (Dim), None where nothing is known."""
    array = value.partial_value()
    return [None] * rank if array is None else array.reshape(-1).tolist()


@converts("Split")
def split(g: Graph, node: SourceNode, axis: Output, x: Output) -> tuple[Output, ...]:
    count = needed(node, "num_split")
    place = g.constant(np.int64(axis_of(axis, rank_of(x))))
    return (x,) if count == 1 else g.add_multi(Split(num_splits=count), x, place)


@converts("SplitV")
def split_v(
    g: Graph, node: SourceNode, x: Output, sizes: Output, axis: Output
) -> tuple[Output, ...]:
    place = g.constant(np.int64(axis_of(axis, rank_of(x))))
    known = sizes.value()
    lengths: Any = sizes if known is None else [int(n) for n in needed_ints(sizes, "sizes")]
    return g.add_multi(VariadicSplit(parts=needed(node, "num_split")), x, place, lengths)
