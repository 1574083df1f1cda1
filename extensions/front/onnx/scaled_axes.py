"""How far the axes of a tensor are resized: by scales, to sizes, or all in one proportion."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from extensions.front.building import size_of, typed
from extensions.front.onnx.resampling import Axis
from extensions.ops.arithmetic import Add, Divide, Maximum, Minimum, Multiply
from extensions.ops.gathering import Gather
from extensions.ops.unary import Floor
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


def number(g: Graph, values: Output, i: int) -> Output:
    return g.add(Gather(), values, np.int64(i), g.constant(np.int64(0)))


def real(g: Graph, value: Output) -> Output:
    return typed(g, value, ElementType.f32)


def grown(g: Graph, x: Output, axis: int, scale: Output) -> Output:
    """The size of an axis times a scale, as the runtime computes it."""
    size = real(g, size_of(g, x, axis))
    exact = g.add(Multiply(), size, g.add(Add(), scale, 1e-6))
    return typed(g, g.add(Floor(), exact), ElementType.i64)


def of_scales(g: Graph, x: Output, axes: Sequence[int], scales: Output) -> list[Axis]:
    factors = [real(g, number(g, scales, i)) for i in range(len(axes))]
    return [Axis(a, grown(g, x, a, factor), factor) for a, factor in zip(axes, factors)]


def of_sizes(g: Graph, x: Output, axes: Sequence[int], sizes: Output) -> list[Axis]:
    results = [number(g, sizes, i) for i in range(len(axes))]
    return [Axis(a, result, _ratio(g, x, a, result)) for a, result in zip(axes, results)]


def _ratio(g: Graph, x: Output, axis: int, result: Output) -> Output:
    return g.add(Divide(), real(g, result), real(g, size_of(g, x, axis)))


def of_proportion(
    g: Graph, x: Output, axes: Sequence[int], sizes: Output, policy: str
) -> list[Axis]:
    wanted = typed(g, sizes, ElementType.i64)
    op = Minimum() if policy == "not_larger" else Maximum()
    ratios = [axis.scale for axis in of_sizes(g, x, axes, wanted)]
    scale = reduce(lambda a, b: g.add(op, a, b), ratios)
    found = []
    for axis in axes:
        exact = g.add(Multiply(), real(g, size_of(g, x, axis)), scale)
        rounded = g.add(Floor(), g.add(Add(), exact, 0.5))
        found.append(Axis(axis, typed(g, rounded, ElementType.i64), scale))
    return found
