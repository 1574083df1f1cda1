"""Joining, splitting, slicing, padding, moving blocks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extensions.front.building import invalid, sliced, typed
from extensions.front.onnx.common import converts, needed, refuse
from extensions.ops import movement as m
from extensions.ops.blocks import DepthToSpace, SpaceToDepth
from extensions.ops.common import constant_ints
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
    if listed is None or (
        len(set(listed)) == 1 and (not isinstance(dim, int) or sum(listed) == dim)
    ):
        return g.add_multi(m.Split(num_splits=parts), x, along)
    return g.add_multi(m.VariadicSplit(parts=parts), x, along, list(listed))


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
        return sliced(g, x, lows, highs, along, by)
    if count is None:
        count = starts.shape[0] if starts.shape and isinstance(starts.shape[0], int) else None
    if steps is None:
        if count is None:
            raise UnsupportedError("the number of sliced axes is not known")
        steps = g.constant(np.ones(count, np.int64))
    limits = [_limits(g, value) for value in (starts, ends)]
    inputs = [*limits, steps] if axes is None else [*limits, steps, axes]
    return g.add(Slice(), x, *(typed(g, value, ElementType.i64) for value in inputs))


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
