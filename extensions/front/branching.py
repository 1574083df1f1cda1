"""A choice between two graphs, as If; or as the one of them that is known to be taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extensions.front.building import invalid, scalar
from extensions.ops.control_flow import If
from mo.errors import UnsupportedError
from mo.front.model import Model, SourceNode
from mo.front.values import StackedSequence, Value, flat, is_tensor, with_tensors
from mo.graph.body import Body, PortMap
from mo.graph.graph import Graph
from mo.graph.node import Output


def chosen(
    g: Graph,
    node: SourceNode,
    condition: Output,
    branches: Sequence[Model],
    inputs: Sequence[Value] = (),
) -> tuple[Value, ...]:
    """What the first of two branches gives for ``inputs`` if the condition holds, else the second.

    What a branch reads besides its inputs it finds in the graph around.
    """
    known = condition.value()
    if known is not None:
        return node.walk.inline(branches[0 if known.all() else 1], *inputs)
    sources: dict[Output, None] = {}
    bodies, values = [], []
    for branch, prefix in zip(branches, ("then_", "else_")):
        bind(node, branch, range(len(branch.inputs)), inputs)
        graph = Graph(name=branch.name)
        given, captured = node.walk.within(replace(branch, inputs=[]), graph, ())
        for tensor in (tensor for value in given for tensor in _tensors(value)):
            graph.output(tensor)
        sources.update(dict.fromkeys(captured))
        places = {value: place for place, value in enumerate(sources, 1)}
        ports = tuple(PortMap(places[value], i) for i, value in enumerate(captured))
        results = tuple(PortMap(i, i) for i in range(len(graph.results())))
        bodies.append(Body(graph, ports, results, prefix=prefix))
        values.append(given)
    _check_alike(*values)
    op = If(then_body=bodies[0], else_body=bodies[1])
    outputs = iter(g.add_multi(op, scalar(g, condition), *sources))
    return tuple(with_tensors(value, lambda _: next(outputs)) for value in values[0])


def bind(node: SourceNode, body: Model, places: Sequence[int], values: Sequence[Value]) -> None:
    """Let a body find these of its inputs in the graph around."""
    if len(values) != len(body.inputs):
        raise invalid(f"'{body.name}' takes {len(body.inputs)} inputs, not {len(values)}")
    for place in places:
        node.walk.values[body.inputs[place].name] = values[place]


def _check_alike(one: Sequence[Value], other: Sequence[Value]) -> None:
    """Both branches give tensors, lists of as many, or lists whose length is a tensor's."""
    for a, b in zip(one, other):
        if type(a) is not type(b) or len(_tensors(a)) != len(_tensors(b)):
            raise _different()


def _tensors(value: Value) -> list[Output]:
    if isinstance(value, StackedSequence):
        return [value.stack]
    if not all(map(is_tensor, flat(value))):
        raise _different()
    return flat(value)


def _different() -> UnsupportedError:
    return UnsupportedError("a choice between lists of different or unknown lengths")
