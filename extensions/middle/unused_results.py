"""What loops and branches compute that nobody reads."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from extensions.ops.control_flow import If, Loop
from mo.graph.body import Body
from mo.graph.graph import Graph
from mo.graph.node import Node

# The inputs that an operation itself reads.
_OWN_INPUTS = {If: 1, Loop: 2}


def drop_unused_results(graph: Graph) -> int:
    """Remove what bodies give for nothing: unused outputs, and states that only make themselves."""
    return sum(_drop(graph, node) for node in graph.nodes_of(If, Loop))


def _drop(graph: Graph, node: Node) -> bool:
    """Whether a branch or loop gets along with fewer results."""
    used = [output.index for output in node.outputs if output.users]
    bodies = list(node.op.bodies())
    needed = [_needed(body, used) for body in bodies]
    if not used or all(len(n) == len(b.graph.results()) for n, b in zip(needed, bodies)):
        return False
    for number, (body, results) in enumerate(zip(bodies, needed)):
        bodies[number] = _without_inputs(_with_results(body, results, used))
    own = _OWN_INPUTS[type(node.op)]
    read = {port.external for body in bodies for port in body.inputs if port.external is not None}
    inputs = [*range(own), *sorted(read - set(range(own)))]
    bodies = [_reading(body, inputs) for body in bodies]
    names = ("body",) if isinstance(node.op, Loop) else ("then_body", "else_body")
    op = node.op.with_attributes(**dict(zip(names, bodies)))
    fresh = graph.add_multi(op, *(node.inputs[number] for number in inputs))
    if node.is_named:
        graph.rename(fresh[0].node, node.name)
    for number, output in zip(used, fresh):
        graph.replace(node.outputs[number], output)
    graph.discard(node)
    return True


def _needed(body: Body, used: Collection[int]) -> list[int]:
    """The results that outputs, the loop itself or states of use ask for."""
    results, parameters = body.graph.results(), body.graph.parameters()
    numbers = {node: number for number, node in enumerate(parameters)}
    states = {parameter: result for result, parameter in body.back_edges}
    found = {p.internal for p in body.outputs if p.external is None or p.external in used}
    waiting = [results[number] for number in found]
    waiting += [n for n in body.graph.all_nodes() if n.op.is_sink and n not in set(results)]
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        before = [value.node for value in node.inputs if value is not None]
        if node in numbers and numbers[node] in states:
            found.add(states[numbers[node]])
            before.append(results[states[numbers[node]]])
        fresh = set(before) - seen
        seen |= fresh
        waiting += fresh
    return sorted(found)


def _with_results(body: Body, kept: list[int], used: list[int]) -> Body:
    """The body with these results, of which the outputs are those in use."""
    for number, node in enumerate(body.graph.results()):
        if number not in kept:
            body.graph.remove_sink(node)
    places = {number: place for place, number in enumerate(kept)}
    outputs = tuple(
        replace(
            port,
            internal=places[port.internal],
            external=None if port.external is None else used.index(port.external),
        )
        for port in body.outputs
        if port.external is None or port.external in used
    )
    back = tuple((places[result], state) for result, state in body.back_edges if result in places)
    return replace(body, outputs=outputs, back_edges=back)


def _without_inputs(body: Body) -> Body:
    """The body without the parameters that nothing reads any more."""
    parameters, states = body.graph.parameters(), {state for _, state in body.back_edges}
    kept = [n for n, node in enumerate(parameters) if node.outputs[0].users or n in states]
    for number, node in enumerate(parameters):
        if number not in kept:
            body.graph.drop_input(node)
    places = {number: place for place, number in enumerate(kept)}
    inputs = tuple(
        replace(port, internal=places[port.internal])
        for port in body.inputs
        if port.internal in places
    )
    back = tuple((result, places[state]) for result, state in body.back_edges)
    return replace(body, inputs=inputs, back_edges=back)


def _reading(body: Body, inputs: list[int]) -> Body:
    """The body of an operation that has only these of its inputs left."""
    ports = tuple(
        port if port.external is None else replace(port, external=inputs.index(port.external))
        for port in body.inputs
    )
    return replace(body, inputs=ports)
