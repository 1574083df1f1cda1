"""Elements joined, transposed, padded, reversed, moved between space and other axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import invalid, rank_of, size_of, typed
from extensions.front.tf.common import (
    axis_of,
    converts,
    layout_of,
    needed,
    needed_ints,
    number,
    refuse,
)
from extensions.ops.blocks import BatchToSpace, DepthToSpace, SpaceToBatch, SpaceToDepth
from extensions.ops.gathering import Gather, ScatterElementsUpdate
from extensions.ops.generating import Range
from extensions.ops.movement import Concat, Pad, ReverseSequence, Roll, Transpose
from extensions.ops.slicing import FAR, StridedSlice
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("Concat")
def concat(g: Graph, node: SourceNode, axis: Output, *xs: Output) -> Output:
    return concat_v2(g, node, *xs, axis)


@converts("ConcatV2")
def concat_v2(g: Graph, node: SourceNode, *inputs: Output) -> Output:
    """The last input is the axis."""
    *xs, axis = inputs
    rank = next((x.rank for x in xs if x.rank is not None), None)
    place = needed_ints(axis, "axis")[0] if rank is None else axis_of(axis, rank)
    # Empty lists of any rank were allowed among the inputs once.
    parts = [x for x in xs if x.shape != (0,) or rank == 1] or xs[:1]
    return parts[0] if len(parts) == 1 else g.add(Concat(axis=place), *parts)


@converts("Transpose", "ConjugateTranspose")
def transpose(g: Graph, node: SourceNode, x: Output, order: Output) -> Output:
    return g.add(Transpose(), x, order)


@converts("Pad")
def pad(g: Graph, node: SourceNode, x: Output, paddings: Output) -> Output:
    return _padded(g, x, paddings, "constant", number(g, 0, x.dtype))


@converts("PadV2")
def pad_v2(g: Graph, node: SourceNode, x: Output, paddings: Output, value: Output) -> Output:
    return _padded(g, x, paddings, "constant", value)


@converts("MirrorPad")
def mirror_pad(g: Graph, node: SourceNode, x: Output, paddings: Output) -> Output:
    return _padded(g, x, paddings, needed(node, "mode").lower())


def _padded(g: Graph, x: Output, paddings: Output, mode: str, *value: Output) -> Output:
    """Paddings [rank, 2]: before and behind each axis."""
    begin, end = (_column(g, paddings, column) for column in (0, 1))
    return g.add(Pad(pad_mode=mode), x, begin, end, *value)


def _column(g: Graph, pairs: Output, column: int) -> Output:
    return g.add(Gather(), pairs, g.constant(np.int64(column)), g.constant(np.int64(1)))


@converts("Reverse")
def reverse(g: Graph, node: SourceNode, x: Output, axes: Output) -> Output:
    """Axes are chosen by a vector of booleans."""
    return _reversed(g, x, np.flatnonzero(needed_ints(axes, "axes")).tolist())


@converts("ReverseV2")
def reverse_v2(g: Graph, node: SourceNode, x: Output, axes: Output) -> Output:
    rank = rank_of(x)
    return _reversed(g, x, [axis % rank for axis in needed_ints(axes, "axes")])


def _reversed(g: Graph, x: Output, axes: list[int]) -> Output:
    rank = rank_of(x)
    steps = [-1 if axis in axes else 1 for axis in range(rank)]
    if not axes:
        return x
    op = StridedSlice(begin_mask=(1,) * rank, end_mask=(1,) * rank)
    return g.add(op, x, [0] * rank, [FAR] * rank, steps)


@converts("ReverseSequence")
def reverse_sequence(g: Graph, node: SourceNode, x: Output, lengths: Output) -> Output:
    op = ReverseSequence(batch_axis=node.get("batch_dim", 0), seq_axis=needed(node, "seq_dim"))
    return g.add(op, x, lengths)


@converts("Roll")
def roll(g: Graph, node: SourceNode, x: Output, shift: Output, axes: Output) -> Output:
    return g.add(Roll(), x, shift, axes)


@converts("DepthToSpace", "SpaceToDepth")
def depth_and_space(g: Graph, node: SourceNode, x: Output) -> Output:
    layout = layout_of(node, 2)
    if node.get("data_format", "NHWC") == "NCHW_VECT_C":
        raise refuse("the data format NCHW_VECT_C")
    kind = DepthToSpace if node.type == "DepthToSpace" else SpaceToDepth
    op = kind(block_size=needed(node, "block_size"), mode="blocks_first")
    return layout.outside(g, g.add(op, layout.inside(g, x)))


@converts("BatchToSpaceND")
def batch_to_space_nd(
    g: Graph, node: SourceNode, x: Output, block: Output, crops: Output
) -> Output:
    return g.add(BatchToSpace(), x, *_blocks(g, x, block, crops))


@converts("SpaceToBatchND")
def space_to_batch_nd(g: Graph, node: SourceNode, x: Output, block: Output, pads: Output) -> Output:
    return g.add(SpaceToBatch(), x, *_blocks(g, x, block, pads))


@converts("BatchToSpace")
def batch_to_space(g: Graph, node: SourceNode, x: Output, crops: Output) -> Output:
    return g.add(BatchToSpace(), x, *_blocks(g, x, _square_block(g, node), crops))


@converts("SpaceToBatch")
def space_to_batch(g: Graph, node: SourceNode, x: Output, pads: Output) -> Output:
    return g.add(SpaceToBatch(), x, *_blocks(g, x, _square_block(g, node), pads))


def _square_block(g: Graph, node: SourceNode) -> Output:
    return g.constant([needed(node, "block_size")] * 2)


def _blocks(g: Graph, x: Output, block: Output, pairs: Output) -> list[Any]:
    """Block sizes, and what is padded or cropped at both ends, for all axes of x."""
    sizes = needed_ints(block, "block shape")
    rest = rank_of(x) - 1 - len(sizes)
    if rest < 0 or pairs.shape != (len(sizes), 2):
        raise invalid(f"its block shape {list(sizes)} does not fit {x.type}")
    zero, one = np.int64(0), np.int64(1)
    edges = [g.add(Gather(), typed(g, pairs, ElementType.i64), end, one) for end in (zero, one)]
    behind = [[0] * rest] if rest else []
    return [
        [1, *sizes, *([1] * rest)],
        *(g.add(Concat(axis=0), [0], edge, *behind) for edge in edges),
    ]


@converts("InvertPermutation")
def invert_permutation(g: Graph, node: SourceNode, order: Output) -> Output:
    """Where each number stands in the order."""
    count = typed(g, size_of(g, order, 0), order.dtype)
    one, zero = number(g, 1, order.dtype), number(g, 0, order.dtype)
    places = g.add(Range(output_type=order.dtype), zero, count, one)
    return g.add(ScatterElementsUpdate(), places, order, places, g.constant(np.int64(0)))
