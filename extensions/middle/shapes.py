"""Simpler ways to say the same movement: shape patterns, chains of Reshape and Transpose."""

from __future__ import annotations

import numpy as np

from extensions.ops.common import constant_ints
from extensions.ops.movement import Transpose
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import is_static
from mo.middle.pattern import any_value, const, match
from mo.middle.rewriter import rewrite

x = any_value("x")


def computed(value: Output) -> bool:
    return not value.is_constant


@rewrite(match(Reshape, x, any_value("shape", where=computed)))
def shape_as_pattern(g: Graph, node: Node, x: Output, shape: Output) -> Output | None:
    """A computed target whose sizes are known, copied from x, or one left open."""
    pattern = pattern_of(x, node.outputs[0])
    if pattern is None:
        return None
    return g.add(Reshape(special_zero=True), x, pattern)


def pattern_of(x: Output, result: Output) -> list[int] | None:
    """The constant pattern (special_zero) that reshapes x into the shape of ``result``."""
    if result.shape is None or x.shape is None:
        return None
    pattern: list[int] = []
    for i, dim in enumerate(result.shape):
        if isinstance(dim, int):
            if dim == 0:
                return None
            pattern.append(dim)
        elif i < len(x.shape) and dim is x.shape[i]:
            pattern.append(0)
        else:
            pattern.append(-1)
    return pattern if pattern.count(-1) <= 1 else None


@rewrite(match((Reshape, Squeeze, Unsqueeze), match((Reshape, Squeeze, Unsqueeze), x)))
def reshape_of_reshape(g: Graph, node: Node, x: Output) -> Output | None:
    """Only the last shape counts, if it can be told from x."""
    result = node.outputs[0]
    if is_static(result.shape):
        return g.add(Reshape(), x, np.array(result.shape, np.int64))
    pattern = pattern_of(x, result)
    return None if pattern is None else g.add(Reshape(special_zero=True), x, pattern)


@rewrite(match(Transpose, match(Transpose, x, const("first")), const("second")))
def transpose_of_transpose(g: Graph, x: Output, first: Output, second: Output) -> Output | None:
    inner, outer = constant_ints(first), constant_ints(second)
    if not inner or not outer:
        return None
    return g.add(Transpose(), x, [inner[axis] for axis in outer])


@rewrite(match(Transpose, x, const("order")))
def transpose_as_reshape(g: Graph, node: Node, x: Output, order: Output) -> Output | None:
    """Moving only axes of size 1 moves no element."""
    axes = constant_ints(order)
    if x.shape is None or not axes or axes == tuple(range(len(axes))):
        return None
    moved = [axis for axis in axes if x.shape[axis] != 1]
    if moved != sorted(moved):
        return None
    pattern = pattern_of(x, node.outputs[0])
    return None if pattern is None else g.add(Reshape(special_zero=True), x, pattern)


RULES = (
    shape_as_pattern,
    reshape_of_reshape,
    transpose_of_transpose,
    transpose_as_reshape,
)
