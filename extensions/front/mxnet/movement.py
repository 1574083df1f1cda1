"""Joining, repeating, turning and padding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extensions.front.building import invalid, rank_of, sliced, typed
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import alike, converts, refused
from extensions.ops import movement as m
from extensions.ops.arithmetic import Subtract
from extensions.ops.blocks import DepthToSpace, SpaceToDepth
from extensions.ops.shaping import Reshape, ShapeOf, Tile, Unsqueeze
from extensions.ops.slicing import FAR
from extensions.ops.unary import CumSum
from mo.front.model import SourceNode
from mo.front.values import TensorSequence
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis


def joined(g: Graph, values: Sequence[Output], axis: int) -> Output:
    if len(values) == 1:
        return values[0]
    return g.add(m.Concat(axis=normalize_axis(axis, rank_of(values[0]))), *alike(g, *values))


@converts("Concat")
def concat(g: Graph, node: SourceNode, *xs: Output) -> Output:
    return joined(g, xs, at.integer(node, "dim", 1))


@converts("_npi_concatenate")
def concatenate(g: Graph, node: SourceNode, *xs: Output) -> Output:
    """Whatever their shapes, tensors are joined flat if there is no axis."""
    axis = at.integer(node, "axis", at.integer(node, "dim", 0))
    return joined(g, xs, axis)


@converts("_rnn_param_concat")
def rnn_parameters(g: Graph, node: SourceNode, *xs: Output) -> TensorSequence:
    """The pieces stay apart: the RNN they belong to would only cut them up again."""
    return TensorSequence(*xs)


@converts("stack")
def stack(g: Graph, node: SourceNode, *xs: Output) -> Output:
    axis = at.integer(node, "axis", 0)
    return joined(g, [g.add(Unsqueeze(), x, [axis]) for x in xs], axis)


@converts("_npi_vstack", "_npi_hstack", "_npi_dstack", "_npi_column_stack")
def numpy_stack(g: Graph, node: SourceNode, *xs: Output) -> Output:
    """numpy's vstack, hstack, dstack and column_stack."""
    kind = node.type.removeprefix("_npi_")
    rank = rank_of(xs[0])
    if kind == "hstack":
        return joined(g, xs, 0 if rank == 1 else 1)
    new = {"vstack": {1: [0]}, "column_stack": {1: [1]}, "dstack": {1: [0, 2], 2: [2]}}[kind]
    if rank in new:
        xs = tuple(g.add(Unsqueeze(), x, new[rank]) for x in xs)
    return joined(g, xs, {"vstack": 0, "column_stack": 1, "dstack": 2}[kind])


@converts("tile")
def tile(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Tile(), x, list(at.integers(node, "reps"))) if at.integers(node, "reps") else x


@converts("repeat")
def repeat(g: Graph, node: SourceNode, x: Output) -> Output:
    """Each element, or each slice along an axis, some times in a row."""
    times, axis = at.integer(node, "repeats"), at.optional_integer(node, "axis")
    if axis is None:
        x, axis = g.add(Reshape(), x, [-1]), 0
    rank = rank_of(x)
    axis = normalize_axis(axis, rank)
    copies = [1] * (rank + 1)
    copies[axis + 1] = times
    tiled = g.add(Tile(), g.add(Unsqueeze(), x, [axis + 1]), copies)
    # 0 keeps the axes before; those behind are given by the shape of the input.
    sizes = g.add(m.Concat(axis=0), [0] * axis + [-1], _behind(g, x, axis))
    return g.add(Reshape(special_zero=True), tiled, sizes if axis < rank - 1 else [0] * axis + [-1])


def _behind(g: Graph, x: Output, axis: int) -> Output:
    """The sizes of the axes behind one."""
    if axis == rank_of(x) - 1:
        return g.constant(np.empty(0, np.int64))
    return sliced(g, g.add(ShapeOf(), x), [axis + 1], [FAR], [0], [1])


@converts("reverse")
def reverse(g: Graph, node: SourceNode, x: Output) -> Output:
    return turned(g, x, at.integers(node, "axis"))


def turned(g: Graph, x: Output, axes: Sequence[int]) -> Output:
    """The elements along these axes in reversed order."""
    count = len(axes)
    return sliced(g, x, [FAR] * count, [-FAR] * count, axes, [-1] * count)


@converts("_np_roll", "_npi_roll")
def roll(g: Graph, node: SourceNode, x: Output) -> Output:
    """Without an axis the flat elements are shifted."""
    shifts, axes = at.integers(node, "shift"), at.optional_integers(node, "axis")
    if axes is None:
        flat = g.add(m.Roll(), g.add(Reshape(), x, [-1]), list(shifts), [0] * len(shifts))
        return g.add(Reshape(), flat, g.add(ShapeOf(), x))
    if len(shifts) == 1:
        shifts *= len(axes)
    return g.add(m.Roll(), x, list(shifts), list(axes))


@converts("_np_cumsum")
def cumulated(g: Graph, node: SourceNode, x: Output) -> Output:
    """Without an axis over the flat elements."""
    axis, kind = at.optional_integer(node, "axis"), at.optional_type(node)
    if kind is None and x.dtype is ElementType.boolean:
        kind = ElementType.i64
    if kind is not None:
        x = typed(g, x, kind)
    if axis is None:
        x, axis = g.add(Reshape(), x, [-1]), 0
    return g.add(CumSum(), x, g.constant(np.int64(axis)))


@converts("_npi_diff")
def difference(g: Graph, node: SourceNode, x: Output) -> Output:
    axis = at.integer(node, "axis", -1)
    times = at.integer(node, "n", 1)
    if not 0 <= times <= 32:
        raise refused(f"a difference of order {times}")
    for _ in range(times):
        behind, before = (sliced(g, x, [s], [e], [axis], [1]) for s, e in ((1, FAR), (0, -1)))
        x = g.add(Subtract(), behind, before)
    return x


_PAD_MODES = {
    "constant": "constant",
    "edge": "edge",
    "reflect": "reflect",
    "symmetric": "symmetric",
}


@converts("Pad", "_npi_pad")
def pad(g: Graph, node: SourceNode, x: Output) -> Output:
    """Pairs of widths: before and behind each axis."""
    widths = _widths(node)
    if len(widths) != 2 * rank_of(x):
        raise invalid(f"its pad_width {list(widths)} does not fit {x.type}")
    mode = at.chosen(node, "mode", _PAD_MODES, "constant")
    value = at.number(node, "constant_value", 0.0)
    return g.add(m.Pad(pad_mode=mode), x, list(widths[::2]), list(widths[1::2]), value)


def _widths(node: SourceNode) -> tuple[int, ...]:
    """The numpy interface nests the pairs, and may tell one pair for all axes."""
    text = str(node.get("pad_width", ""))
    flat = text.replace("(", " ").replace(")", " ").replace("[", " ").replace("]", " ")
    values = [at.parsed(part) for part in flat.split(",") if part.strip()]
    if not all(isinstance(value, int) for value in values):
        raise invalid(f"its pad_width is '{text[:40]}'")
    return tuple(values)


@converts("depth_to_space")
def depth_to_space(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(DepthToSpace(block_size=_block_size(node)), x)


@converts("space_to_depth")
def space_to_depth(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(SpaceToDepth(block_size=_block_size(node)), x)


def _block_size(node: SourceNode) -> int:
    size = at.integer(node, "block_size")
    if size < 1:
        raise invalid(f"its block_size is {size}")
    return size
