"""Joining, splitting, slicing, padding, moving blocks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extensions.front.building import invalid, rank_of, size_of, sliced, typed, vector
from extensions.front.onnx.common import converts, needed, refuse
from extensions.ops import movement as m
from extensions.ops.arithmetic import Add, Divide, Less, Select
from extensions.ops.blocks import DepthToSpace, SpaceToDepth
from extensions.ops.common import constant_ints
from extensions.ops.gathering import ScatterElementsUpdate
from extensions.ops.slicing import FAR, Slice
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis


@converts("Concat")
def concat_1(g: Graph, node: SourceNode, *xs: Output) -> Output:
    return _joined(g, node.get("axis", 1), xs)


@converts("Concat", since=4)
def concat_4(g: Graph, node: SourceNode, *xs: Output) -> Output:
    return _joined(g, needed(node, "axis"), xs)


def _joined(g: Graph, axis: int, xs: Sequence[Output]) -> Output:
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
    if listed is not None and len(listed) != parts:
        raise invalid(f"{len(listed)} lengths for {parts} outputs")
    dim = None if x.shape is None else x.shape[axis]
    if node.get("num_outputs") and isinstance(dim, int) and dim % parts:
        # The last part may be smaller (18).
        each = -(-dim // parts)
        listed = [each] * (parts - 1) + [dim - each * (parts - 1)]
        if listed[-1] < 0:
            raise invalid(f"{dim} cannot be split into {parts} parts of {each}")
    if parts == 1 and listed is None:
        return (x,)
    if listed is None and node.get("num_outputs") and not isinstance(dim, int):
        return g.add_multi(m.VariadicSplit(parts=parts), x, along, _shares(g, x, axis, parts))
    if listed is None or (
        len(set(listed)) == 1 and (not isinstance(dim, int) or sum(listed) == dim)
    ):
        return g.add_multi(m.Split(num_splits=parts), x, along)
    return g.add_multi(m.VariadicSplit(parts=parts), x, along, list(listed))


def _shares(g: Graph, x: Output, axis: int, parts: int) -> Output:
    """Lengths of parts of an axis of unknown size: the last one may be smaller."""
    rounded = g.add(Add(), size_of(g, x, axis), np.int64(parts - 1))
    each = g.add(Divide(), rounded, np.int64(parts))
    return vector(g, [*[each] * (parts - 1), g.constant(np.int64(-1))])


@converts("Slice")
def slice_1(g: Graph, node: SourceNode, x: Output) -> Output:
    starts, ends = list(needed(node, "starts")), list(needed(node, "ends"))
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
    lows, highs, along, by = (constant_ints(value) for value in (starts, ends, axes, steps))
    count = next((len(v) for v in (lows, highs, along, by) if v is not None), None)
    if count is not None and axes is None:
        along = tuple(range(count))
    if count is not None and steps is None:
        by = (1,) * count
    if lows is not None and highs is not None and along is not None and by is not None:
        return sliced(g, x, lows, _without_end(highs, by), along, by)
    if count is None:
        count = starts.shape[0] if starts.shape and isinstance(starts.shape[0], int) else None
    if steps is None:
        if count is None:
            raise UnsupportedError("the number of sliced axes is not known")
        steps = g.constant(np.ones(count, np.int64))
    if highs is not None and by is not None:
        ends = g.constant(_without_end(highs, by))
    limits = [_limits(g, value) for value in (starts, ends)]
    inputs = [typed(g, value, ElementType.i64) for value in (*limits, steps)]
    if axes is None:
        return g.add(Slice(), x, *inputs)
    axes = typed(g, axes, ElementType.i64)
    if not axes.is_constant:
        inputs, axes = _on_all_axes(g, rank_of(x), inputs, axes)
    return g.add(Slice(), x, *inputs, axes)


def _on_all_axes(
    g: Graph, rank: int, limits: Sequence[Output], axes: Output
) -> tuple[list[Output], Output]:
    """Starts, ends and steps of all axes: the CPU runtime fails for axes that are computed."""
    below = g.add(Less(), axes, g.constant(np.int64(0)))
    axes = g.add(Select(), below, g.add(Add(), axes, np.int64(rank)), axes)
    whole = (g.constant(np.full(rank, value, np.int64)) for value in (0, FAR, 1))
    scattered = [
        g.add(ScatterElementsUpdate(), all_of_it, axes, part, g.constant(np.int64(0)))
        for all_of_it, part in zip(whole, limits)
    ]
    return scattered, g.constant(np.arange(rank, dtype=np.int64))


def _without_end(ends: Sequence[int], steps: Sequence[int]) -> list[int]:
    """The greatest integers stand for no limit, backwards too (onnxruntime)."""
    return [-FAR if step < 0 and end in _GREATEST else end for end, step in zip(ends, steps)]


_GREATEST = (2**31 - 1, 2**63 - 1)


def _limits(g: Graph, value: Output) -> Output:
    """Constant limits within 32 bits, to which runtimes cut them."""
    known = value.value()
    return value if known is None else g.constant(np.clip(known, -FAR, FAR))


@converts("DepthToSpace")
def depth_to_space(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(DepthToSpace(block_size=_block_size(node), mode=_block_order(node)), x)


def _block_order(node: SourceNode) -> str:
    mode = _BLOCK_ORDERS.get(node.get("mode", "DCR"))
    if mode is None:
        raise refuse(node, f"the mode '{node.get('mode')}'")
    return mode


_BLOCK_ORDERS = {"DCR": "blocks_first", "CRD": "depth_first"}


def _block_size(node: SourceNode) -> int:
    size = int(needed(node, "blocksize"))
    if size < 1:
        raise invalid(f"blocksize {size} is no size")
    return size


@converts("SpaceToDepth")
def space_to_depth(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(SpaceToDepth(block_size=_block_size(node), mode=_block_order(node)), x)


@converts("ReverseSequence")
def reverse_sequence(g: Graph, node: SourceNode, x: Output, lengths: Output) -> Output:
    op = m.ReverseSequence(batch_axis=node.get("batch_axis", 1), seq_axis=node.get("time_axis", 0))
    return g.add(op, x, lengths)
