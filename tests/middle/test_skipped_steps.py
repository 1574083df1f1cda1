"""Recurrent loops of which not all steps count: sequences that end early, masks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

pytest.importorskip("openvino")

from extensions.middle.recurrence import loops_to_sequences
from extensions.ops.activation import Sigmoid, Tanh
from extensions.ops.arithmetic import Add, Less, Multiply, Select
from extensions.ops.iteration import Iteration
from extensions.ops.movement import Split
from extensions.ops.shaping import Tile, Unsqueeze
from extensions.ops.unary import LogicalNot
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dim
from tests.front.comparing import operations
from tests.middle.test_recurrence import ARRAYS, BATCH, FEATURES, HIDDEN, TIME, agree, gru, linear
from tests.models.nodes import numbers

MASK = np.array([[1, 0, 1, 1, 0], [0, 0, 1, 0, 1]], bool).T
# (body, what a step of each sequence counts by) -> flags that fit the states.
Spread = Callable[[Graph, Output], Output]


def lstm(body: Graph, x: Output, h: Output, c: Output) -> tuple[Output, Output]:
    parts = body.add_multi(Split(num_splits=4), linear(body, x, h, 4), body.constant(np.int64(1)))
    f, i, o = (body.add(Sigmoid(), parts[gate]) for gate in (0, 1, 2))
    fresh = body.add(Multiply(), i, body.add(Tanh(), parts[3]))
    c = body.add(Add(), body.add(Multiply(), f, c), fresh)
    return body.add(Multiply(), o, body.add(Tanh(), c)), c


def columns(body: Graph, flags: Output) -> Output:
    return body.add(Unsqueeze(), flags, [1])


def looped(
    kind: str, limits: str, elsewhere: str, is_open: bool, spread: Spread = columns
) -> Graph:
    """A layer that skips steps by ``limits``; its output there is ``elsewhere``."""
    g = Graph()
    time, batch = (Dim(), Dim()) if is_open else (TIME, BATCH)
    x = g.input("x", (time, batch, FEATURES))
    states = [g.input(name, (batch, HIDDEN)) for name in ("h", "c")[: 1 + (kind == "lstm")]]
    iteration = Iteration(g)
    part, body = iteration.sliced(x, 0), iteration.body
    before = [iteration.carried(state) for state in states]
    if limits == "mask":
        flags = iteration.sliced(g.input("mask", (time, batch), ElementType.boolean), 0)
        further = []
    else:
        ends = iteration.outer(g.input("lengths", (batch,), ElementType.i64))
        counter = iteration.carried(g.constant(np.int64(0)))
        flags, further = body.add(Less(), counter, ends), [body.add(Add(), counter, 1)]
    flags = spread(body, flags)
    fresh = lstm(body, part, *before) if kind == "lstm" else (gru(body, part, *before),)
    held = [body.add(Select(), flags, new, old) for new, old in zip(fresh, before)]
    zero = body.constant(np.float32(0.25))
    output = held[0] if elsewhere == "held" else body.add(Select(), flags, fresh[0], zero)
    for value in iteration.run([*held, *further], [(output, 0, False)]):
        g.output(value)
    # The counter itself is of no use.
    if further:
        g.remove_sink(g.results()[len(held)])
    return g


def given(kind: str, limits: str) -> list[np.ndarray]:
    states = [ARRAYS[1], numbers(BATCH, HIDDEN, low=-1)][: 1 + (kind == "lstm")]
    skipped = MASK if limits == "mask" else np.array([3, 0], np.int64)
    return [ARRAYS[0], *states, skipped]


@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize("elsewhere", ["held", "zeros"])
@pytest.mark.parametrize("limits", ["lengths", "mask"])
@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_layers(kind: str, limits: str, elsewhere: str, is_open: bool) -> None:
    """One of the sequences has no step that counts: it keeps its first state."""
    graph = looped(kind, limits, elsewhere, is_open)
    assert loops_to_sequences(graph) == 1
    assert "Loop" not in operations(graph)
    agree(looped(kind, limits, elsewhere, is_open), graph, given(kind, limits))


def negated(body: Graph, flags: Output) -> Output:
    return body.add(LogicalNot(), body.add(LogicalNot(), columns(body, flags)))


def repeated(body: Graph, flags: Output) -> Output:
    return body.add(Tile(), columns(body, flags), [1, HIDDEN])


@pytest.mark.parametrize("spread", [negated, repeated])
def test_other_ways_to_say_it(spread: Spread) -> None:
    graph = looped("gru", "mask", "held", False, spread)
    assert loops_to_sequences(graph) == 1
    agree(looped("gru", "mask", "held", False, spread), graph, given("gru", "mask"))


def test_flags_that_are_the_other_way_round() -> None:
    """Steps that count from a place on are no sequence with an end."""

    def late(body: Graph, flags: Output) -> Output:
        return body.add(LogicalNot(), columns(body, flags))

    assert loops_to_sequences(looped("gru", "lengths", "held", False, late)) == 0
    graph = looped("gru", "mask", "held", False, late)
    assert loops_to_sequences(graph) == 1
    agree(looped("gru", "mask", "held", False, late), graph, given("gru", "mask"))


def test_flags_of_each_element() -> None:
    def uneven(body: Graph, flags: Output) -> Output:
        return body.add(Less(), body.constant(np.arange(HIDDEN)), body.constant(np.int64(2)))

    assert loops_to_sequences(looped("gru", "lengths", "held", False, uneven)) == 0
