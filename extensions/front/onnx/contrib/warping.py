"""Dynamic time warping: the cheapest path through a matrix of costs."""

from __future__ import annotations

import numpy as np

from extensions.front.building import lift, rank_of, size_of, sliced, vector
from extensions.front.onnx.contrib.common import microsoft
from extensions.ops.arithmetic import (
    Add,
    Equal,
    GreaterEqual,
    Less,
    LogicalAnd,
    Maximum,
    Multiply,
    NotEqual,
    Select,
    Subtract,
)
from extensions.ops.conversion import Convert
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.iteration import Iteration
from extensions.ops.movement import Concat, Split
from extensions.ops.reduction import ReduceLogicalAnd
from extensions.ops.shaping import Broadcast, Reshape, Squeeze
from extensions.ops.slicing import FAR, Slice
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_T = ElementType
_ZERO, _ONE = np.int64(0), np.int64(1)
_INFINITE = np.float32(np.inf)
# Where a path came from: both steps, a step down, a step to the right.
_BOTH, _DOWN, _RIGHT = np.int32(0), np.int32(1), np.int32(2)


@microsoft("DynamicTimeWarping")
def dynamic_time_warping(g: Graph, node: SourceNode, costs: Output) -> Output:
    """Rows and columns [2, steps] of the path from the first corner of [M, N] to the last."""
    if rank_of(costs) == 3:
        costs = g.add(Squeeze(), costs, [0])
    rows, columns = size_of(g, costs, 0), size_of(g, costs, 1)
    moves = _moves(g, _slanted(g, costs, rows, columns), rows)
    return _path(g, moves, rows, columns)


def _slanted(g: Graph, costs: Output, rows: Output, columns: Output) -> Output:
    """[M, M + N - 1], where each row stands one place further to the right than that above it.

    A row is padded to M + N numbers; those of all rows, cut by one fewer, fall into place.
    """
    beyond = g.add(Broadcast(), g.constant(_INFINITE), vector(g, [rows, rows]))
    flat = g.add(Reshape(), g.add(Concat(axis=1), costs, beyond), [-1])
    width = g.add(Subtract(), g.add(Add(), rows, columns), np.int64(1))
    count = vector(g, [g.add(Multiply(), rows, width)])
    cut = g.add(Slice(), flat, g.constant([0]), count, g.constant([1]), g.constant([0]))
    return g.add(Reshape(), cut, vector(g, [rows, width]))


def _moves(g: Graph, slanted: Output, rows: Output) -> Output:
    """Where a path to each place of the slanted matrix came from: from the right, unless another
    way is cheaper than both others, as in the alignment of Whisper (Radford et al., 2022).

    Places in one column are as many steps from the start: they depend on the two columns before.
    Those are one state, since the CPU runtime may overwrite one of two while it is still read.
    """
    iteration = Iteration(g)
    body = iteration.body
    here = iteration.sliced(slanted, 1, keep=True)
    places = g.add(Range(output_type=_T.i64), _ZERO, rows, _ONE)
    is_first = lift(g, g.add(Equal(), places, _ZERO), [1])
    nothing = g.add(Broadcast(), g.constant(_INFINITE), vector(g, [rows, g.constant(_ONE)]))
    # The path begins before the first place.
    start = g.add(Select(), is_first, np.float32(0), nothing)
    state = iteration.carried(g.add(Concat(axis=1), start, nothing))
    both, right = body.add_multi(Split(num_splits=2), state, body.constant(_ONE))
    moved = iteration.outer(g.add(Maximum(), g.add(Subtract(), places, _ONE), _ZERO))
    down = body.add(Gather(), right, moved, _ZERO)
    down = body.add(Select(), iteration.outer(is_first), _INFINITE, down)
    is_both = body.add(LogicalAnd(), *(body.add(Less(), both, other) for other in (down, right)))
    is_down = body.add(LogicalAnd(), *(body.add(Less(), down, other) for other in (both, right)))
    move, cost = (
        body.add(Select(), is_both, of_both, body.add(Select(), is_down, of_down, otherwise))
        for of_both, of_down, otherwise in ((_BOTH, _DOWN, _RIGHT), (both, down, right))
    )
    columns = body.add(Concat(axis=1), down, body.add(Add(), here, cost))
    found = iteration.run([columns], [(body.add(Squeeze(), move, [1]), 1, False)])
    return found[-1]


def _path(g: Graph, moves: Output, rows: Output, columns: Output) -> Output:
    """Back from the last corner until the path has left the matrix; then in its direction."""
    iteration = Iteration(g)
    body = iteration.body
    ends = g.add(Subtract(), vector(g, [rows, columns]), np.int64(1))
    place = iteration.carried(ends)
    row, column = (body.add(Gather(), place, np.int64(i), _ZERO) for i in (0, 1))
    step = body.add(Add(), row, column)
    moves = iteration.outer(moves)
    move = body.add(Gather(), body.add(Gather(), moves, row, _ZERO), step, _ZERO)
    stays = body.constant(np.array([_RIGHT, _DOWN]))
    went = body.add(Convert(destination_type=_T.i64), body.add(NotEqual(), stays, move))
    following = body.add(Subtract(), place, went)
    inside = body.add(GreaterEqual(), following, body.constant(_ZERO))
    iteration.limit(
        g.add(Add(), rows, columns),
        g.constant(np.bool_(True)),
        body.add(ReduceLogicalAnd(), inside, [0]),
    )
    shown = body.add(Convert(destination_type=_T.i32), place)
    path = iteration.run([following], [(shown, 1, False)])[-1]
    return sliced(g, path, [-1], [-FAR], [1], [-1])
