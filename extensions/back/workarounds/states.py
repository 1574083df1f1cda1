"""States of loops as runtimes hand them on rightly."""

from __future__ import annotations

from collections.abc import Iterator

from extensions.ops.arithmetic import LogicalOr, Maximum
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from mo.graph.body import Body
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

# Operations that only look at the memory of their input in another way.
_VIEWS = (Reshape, Squeeze, Unsqueeze)


def copy_states(graph: Graph) -> int:
    """Old states that become others are copied: the 2026.4 CPU runtime hands states on one after
    the other, so that a second one would get what the first has already been given.

    So are all states of a loop within another, where the runtime writes them over what the next
    iteration still reads.
    """
    return sum(
        _copy(body, False) + sum(_copy(inner, True) for inner in _bodies(body.graph))
        for body in _bodies(graph)
    )


def _bodies(graph: Graph) -> Iterator[Body]:
    for kind in list(graph.op_kinds()):
        if kind.has_bodies:
            for node in graph.nodes_of(kind):
                yield from node.op.bodies()


def _copy(body: Body, each: bool) -> int:
    g, copies = body.graph, 0
    parameters, results = g.parameters(), g.results()
    states = {parameters[number] for _, number in body.back_edges}
    for result, target in body.back_edges:
        value = results[result].inputs[0]
        assert value is not None
        source = _seen(value).node
        if source is parameters[target] or not (each or source in states):
            continue
        op = LogicalOr() if value.dtype is ElementType.boolean else Maximum()
        g.set_input(results[result], 0, g.add(op, value, value))
        copies += 1
    return copies


def _seen(value: Output) -> Output:
    while isinstance(value.node.op, _VIEWS):
        source = value.node.inputs[0]
        assert source is not None
        value = source
    return value
