"""Loops and branches of which not everything is read."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("openvino")

from extensions.middle.unused_results import drop_unused_results
from extensions.ops.activation import ReLU, Sigmoid
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.control_flow import If, Loop
from extensions.ops.iteration import Iteration
from mo.graph.body import Body, PortMap
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Node
from tests.middle.test_recurrence import agree
from tests.models.nodes import numbers

X, START = numbers(4, 3), numbers(3)


def loop(asked: list[int]) -> Graph:
    """Sums of rows, their doubles, and a counter; only some of the outputs are asked for."""
    g = Graph()
    iteration = Iteration(g)
    row = iteration.sliced(g.input("x", X.shape), 0)
    body = iteration.body
    total, counter = (
        iteration.carried(value)
        for value in (g.input("start", START.shape), g.constant(np.int64(0)))
    )
    unread = iteration.outer(g.constant(numbers(1000)))
    after = body.add(Add(), total, row)
    twice, large = body.add(Multiply(), after, 2.0), body.add(ReLU(), unread)
    states = [after, body.add(Add(), counter, 1)]
    results = iteration.run(states, [(twice, 0, False), (large, 0, False)])
    for number in asked:
        g.output(results[number])
    return g


def only(graph: Graph, kind: type) -> Node:
    (node,) = graph.nodes_of(kind)
    return node


@pytest.mark.parametrize(("asked", "left"), [([0], 2), ([1], 2), ([2], 3), ([0, 1, 2], 4)])
def test_loop(asked: list[int], left: int) -> None:
    """A state stays where an output needs it; the condition is the loop's own result."""
    graph = loop(asked)
    assert drop_unused_results(graph) == 1
    node = only(graph, Loop)
    assert len(node.op.body.graph.results()) == left
    assert len(node.outputs) == len(asked)
    assert drop_unused_results(graph) == 0
    agree(loop(asked), graph, [X, START])


def test_loop_of_which_all_is_read() -> None:
    assert drop_unused_results(loop([0, 1, 2, 3])) == 0


def branch(asked: list[int]) -> Graph:
    g = Graph()
    condition = g.input("condition", (), ElementType.boolean)
    given = [g.input("x", X.shape), g.input("start", START.shape)]
    bodies = []
    for prefix, first, second in (("then_", ReLU, Sigmoid), ("else_", Sigmoid, ReLU)):
        body = Graph()
        x, start = (body.input(v.node.name, v.shape, v.dtype) for v in given)
        body.output(body.add(first(), x))
        body.output(body.add(second(), start))
        inputs = PortMap(1, 0), PortMap(2, 1)
        bodies.append(Body(body, inputs, (PortMap(0, 0), PortMap(1, 1)), prefix=prefix))
    results = g.add_multi(If(then_body=bodies[0], else_body=bodies[1]), condition, *given)
    for number in asked:
        g.output(results[number])
    return g


@pytest.mark.parametrize("asked", [[0], [1]])
def test_branch(asked: list[int]) -> None:
    graph = branch(asked)
    assert drop_unused_results(graph) == 1
    assert len(only(graph, If).inputs) == 2
    for condition in (True, False):
        agree(branch(asked), graph, [np.asarray(condition), X, START])
