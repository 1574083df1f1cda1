"""Simpler ways to say the same movement: shape patterns, chains of Reshape and Transpose."""

from __future__ import annotations

import numpy as np

from extensions.ops.common import constant_ints
from extensions.ops.gathering import Gather
from extensions.ops.movement import Transpose
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import Shape, is_static, same_shape
from mo.middle.pattern import any_value, const, match
from mo.middle.rewriter import rewrite

x = any_value("x")


def computed(value: Output) -> bool:
    return not value.is_constant


@rewrite(match(Reshape, x, any_value("shape", where=computed)))
def shape_as_pattern(g: Graph, node: Node, x: Output, shape: Output) -> Output | None:
    """A computed target whose sizes are known, copied from x, or one left open."""
    return reshaped(g, x, node.outputs[0].shape)


def reshaped(g: Graph, x: Output, shape: Shape) -> Output | None:
    """x in another shape that is told from x alone, if it can be."""
    if same_shape(x.shape, shape):
        return x
    if is_static(shape):
        return g.add(Reshape(), x, np.array(shape, np.int64))
    pattern = _pattern_of(x.shape, shape)
    return None if pattern is None else g.add(Reshape(special_zero=True), x, pattern)


def _pattern_of(old: Shape, new: Shape) -> list[int] | None:
    """The constant pattern (special_zero) that reshapes one into the other."""
    if new is None or old is None:
        return None
    pattern: list[int] = []
    for i, dim in enumerate(new):
        if isinstance(dim, int):
            if dim == 0:
                return None
            pattern.append(dim)
        elif i < len(old) and dim is old[i]:
            pattern.append(0)
        else:
            pattern.append(-1)
    return pattern if pattern.count(-1) <= 1 else None


@rewrite(match((Reshape, Squeeze, Unsqueeze), match((Reshape, Squeeze, Unsqueeze), x)))
def reshape_of_reshape(g: Graph, node: Node, x: Output) -> Output | None:
    """Only the last shape counts, if it can be told from x."""
    return reshaped(g, x, node.outputs[0].shape)


@rewrite(match(Transpose, match(Transpose, x, const("first")), const("second")))
def transpose_of_transpose(g: Graph, x: Output, first: Output, second: Output) -> Output | None:
    inner, outer = constant_ints(first), constant_ints(second)
    if not inner or not outer:
        return None
    order = [inner[axis] for axis in outer]
    return x if order == sorted(order) else g.add(Transpose(), x, order)


@rewrite(
    match(
        Transpose,
        match(Squeeze, match(Transpose, x, const("first")), const("axes")),
        const("second"),
    )
)
def transposes_around_squeeze(
    g: Graph, x: Output, first: Output, axes: Output, second: Output
) -> Output | None:
    """The axes can be dropped before anything moves."""
    inner, dropped, outer = (constant_ints(value) for value in (first, axes, second))
    if not inner or not dropped or not outer:
        return None
    gone = {axis % len(inner) for axis in dropped}
    left = [axis for i, axis in enumerate(inner) if i not in gone]
    kept = sorted(left)
    order = [kept.index(left[axis]) for axis in outer]
    y = g.add(Squeeze(), x, sorted(inner[axis] for axis in gone))
    return y if order == sorted(order) else g.add(Transpose(), y, order)


@rewrite(match(Transpose, x, const("order")))
def transpose_as_reshape(g: Graph, node: Node, x: Output, order: Output) -> Output | None:
    """Moving only axes of size 1 moves no element."""
    axes = constant_ints(order)
    if x.shape is None or not axes or axes == tuple(range(len(axes))):
        return None
    moved = [axis for axis in axes if x.shape[axis] != 1]
    if moved != sorted(moved):
        return None
    return reshaped(g, x, node.outputs[0].shape)


@rewrite(
    match(
        (Squeeze, Unsqueeze),
        match(Gather, x, const("place", size=1), const("along"), name="y"),
        const("axes"),
    )
)
def one_place_of_an_axis(
    g: Graph, node: Node, x: Output, y: Output, place: Output, along: Output, axes: Output
) -> Output | None:
    """A single index drops its axis or keeps it, as its own shape says."""
    drops, rank = isinstance(node.op, Squeeze), x.rank
    if rank is None or place.rank != int(drops) or y.only_user() is not node:
        return None
    dropped, axis = constant_ints(axes) or (), constant_ints(along) or (0,)
    if [axis % rank for axis in dropped] != [axis[0] % rank]:
        return None
    index = g.add(Reshape(), place, np.array([] if drops else [1], np.int64))
    return g.add(y.node.op, x, index, along)


RULES = (
    shape_as_pattern,
    one_place_of_an_axis,
    reshape_of_reshape,
    transpose_of_transpose,
    transposes_around_squeeze,
    transpose_as_reshape,
)
