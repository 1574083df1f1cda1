"""Which elements of an axis lie before a length that differs from row to row."""

from __future__ import annotations

import numpy as np

from extensions.front.building import size_of, typed
from extensions.front.mxnet.common import shape_of
from extensions.ops.arithmetic import Less
from extensions.ops.generating import Range
from extensions.ops.shaping import Reshape, Unsqueeze
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


def counting(g: Graph, x: Output, axis: int) -> Output:
    """0, 1, 2 ... along an axis of ``x``, as a vector of i64."""
    end = size_of(g, x, axis)
    return g.add(Range(output_type=ElementType.i64), _number(g, 0), end, _number(g, 1))


def _number(g: Graph, value: int) -> Output:
    return g.constant(np.int64(value))


def positions_below(g: Graph, x: Output, axis: int, lengths: Output) -> Output:
    """Booleans that broadcast to ``x``; the lengths have its other axes, as far as they go."""
    rank = len(shape_of(x))
    lengths = typed(g, lengths, ElementType.i64)
    places = g.add(Reshape(), counting(g, x, axis), [-1] + [1] * (rank - axis - 1))
    laid = [i for i in range(rank) if i != axis][: len(shape_of(lengths))]
    missing = [i for i in range(rank) if i not in laid]
    return g.add(Less(), places, g.add(Unsqueeze(), lengths, missing))
