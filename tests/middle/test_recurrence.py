"""Loops that are layers of recurrent cells, and such as only look like them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

pytest.importorskip("openvino")

from extensions.middle.recurrence import loops_to_sequences
from extensions.ops.activation import Sigmoid, Tanh
from extensions.ops.arithmetic import Add, Multiply, Subtract
from extensions.ops.iteration import Iteration
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Split
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dim
from tests.front.comparing import operations
from tests.models.nodes import numbers
from tests.ops import runtime

TIME, BATCH, FEATURES, HIDDEN = 5, 2, 3, 4
ARRAYS = [numbers(TIME, BATCH, FEATURES), numbers(BATCH, HIDDEN)]

# (body, slice, state) -> the next state.
Step = Callable[[Graph, Output, Output], Output]


def looped(
    step: Step, axis: int = 0, backwards: bool = False, turned: bool = False, is_open: bool = False
) -> Graph:
    """A loop of steps over the data; its results are all states and the last one."""
    g = Graph()
    shape = [Dim(), Dim(), FEATURES] if is_open else list(ARRAYS[0].shape)
    x = g.input("x", shape if axis == 0 else [shape[1], shape[0], FEATURES])
    h = g.input("h", (shape[1], HIDDEN))
    iteration = Iteration(g)
    part = iteration.sliced(x, axis, backwards)
    after = step(iteration.body, part, iteration.carried(h))
    last, states = iteration.run([after], [(after, axis, backwards ^ turned)])
    g.output(states)
    g.output(last)
    return g


def linear(body: Graph, x: Output, h: Output, gates: int = 1) -> Output:
    kernel = numbers(FEATURES + HIDDEN, gates * HIDDEN)
    both = body.add(Concat(axis=1), x, h)
    return body.add(Add(), body.add(MatMul(), both, kernel), numbers(gates * HIDDEN))


def rnn(body: Graph, x: Output, h: Output) -> Output:
    return body.add(Tanh(), linear(body, x, h))


def gru(body: Graph, x: Output, h: Output) -> Output:
    gates = body.add(Sigmoid(), linear(body, x, h, 2))
    r, u = body.add_multi(Split(num_splits=2), gates, body.constant(np.int64(1)))
    fresh = body.add(Tanh(), linear(body, x, body.add(Multiply(), r, h)))
    rest = body.add(Subtract(), body.constant(np.float32(1)), u)
    return body.add(Add(), body.add(Multiply(), u, h), body.add(Multiply(), rest, fresh))


def same_results(step: Step, expected: str, axis: int = 0, **options: bool) -> None:
    arrays = ARRAYS if axis == 0 else [ARRAYS[0].swapaxes(0, 1), ARRAYS[1]]
    before = runtime.run(looped(step, axis, **options), arrays)
    graph = looped(step, axis, **options)
    loops_to_sequences(graph)
    assert expected in operations(graph)
    assert ("Loop" in operations(graph)) == (expected == "Loop")
    for mine, wanted in zip(runtime.run(graph, arrays), before):
        np.testing.assert_allclose(mine, wanted, rtol=1e-4, atol=1e-5)


def agree(graph: Graph, other: Graph, arrays: Sequence[np.ndarray]) -> None:
    for mine, wanted in zip(runtime.run(other, arrays), runtime.run(graph, arrays), strict=True):
        assert mine.shape == wanted.shape
        np.testing.assert_allclose(mine, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize(("step", "name"), [(rnn, "RNNSequence"), (gru, "GRUSequence")])
def test_cells(step: Step, name: str, axis: int, backwards: bool, is_open: bool) -> None:
    same_results(step, name, axis, backwards=backwards, is_open=is_open)


def test_outputs_in_the_other_order_than_the_slices() -> None:
    same_results(rnn, "Loop", turned=True)


def test_an_output_that_is_not_the_state() -> None:
    same_results(lambda body, x, h: body.add(Multiply(), rnn(body, x, h), 2.0), "Loop")


def test_a_state_beside_the_gates() -> None:
    def residual(body: Graph, x: Output, h: Output) -> Output:
        return body.add(Tanh(), body.add(Add(), linear(body, x, h), h))

    same_results(residual, "Loop")


def test_an_update_that_does_not_add_up_to_one() -> None:
    def leaking(body: Graph, x: Output, h: Output) -> Output:
        u = body.add(Sigmoid(), linear(body, x, h))
        rest = body.add(Subtract(), body.constant(np.float32(0.5)), u)
        kept, fresh = body.add(Multiply(), u, h), body.add(Multiply(), rest, rnn(body, x, h))
        return body.add(Add(), kept, fresh)

    same_results(leaking, "Loop")


def counted(g: Graph, count: int | None, step: Step) -> None:
    """A loop over ``count`` steps, or as many as an input says."""
    x, h = g.input("x", ARRAYS[0].shape), g.input("h", ARRAYS[1].shape)
    most = g.input("n", (), ElementType.i64) if count is None else g.constant(np.int64(count))
    iteration = Iteration(g)
    part = iteration.sliced(x, 0)
    after = step(iteration.body, part, iteration.carried(h))
    iteration.limit(most, g.constant(np.bool_(True)), iteration.body.constant(np.bool_(True)))
    for value in iteration.run([after], [(after, 0, False)]):
        g.output(value)


def test_fewer_iterations_than_slices() -> None:
    graphs = Graph(), Graph()
    for graph in graphs:
        counted(graph, 3, gru)
    assert loops_to_sequences(graphs[1]) == 1
    agree(*graphs, ARRAYS)


def test_perhaps_more_iterations_than_slices() -> None:
    graph = Graph()
    counted(graph, None, gru)
    assert loops_to_sequences(graph) == 0


def test_a_batch_that_may_be_another_one() -> None:
    graph = Graph()
    x, h = graph.input("x", (TIME, Dim(), FEATURES)), graph.input("h", (Dim(), HIDDEN))
    iteration = Iteration(graph)
    part = iteration.sliced(x, 0)
    after = rnn(iteration.body, part, iteration.carried(h))
    graph.output(iteration.run([after])[0])
    assert loops_to_sequences(graph) == 0
