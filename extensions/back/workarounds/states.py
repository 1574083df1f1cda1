"""States of loops and of models as runtimes hand them on rightly."""

from __future__ import annotations

from collections.abc import Iterator

from extensions.ops.arithmetic import LogicalOr, Maximum
from extensions.ops.conversion import Convert
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from extensions.ops.state import Assign, ReadValue
from mo.graph.body import Body
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Node, Output

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


# What states of other types are kept as.
_KEPT = {
    ElementType.f64: ElementType.f32,
    **dict.fromkeys(
        (ElementType.i16, ElementType.u16, ElementType.u32, ElementType.i64, ElementType.u64),
        ElementType.i32,
    ),
}


def narrow_states(graph: Graph) -> int:
    """States of a model, such as counters, are of types that the 2026.4 CPU runtime keeps; in
    others it refuses them, although it computes in these very types what they are made of.
    """
    nodes = [node for node in graph.nodes_of(ReadValue, Assign) if node.outputs[0].dtype in _KEPT]
    for node in nodes:
        _narrow(graph, node, _KEPT[node.outputs[0].dtype])
    return len(nodes)


def _narrow(graph: Graph, node: Node, kept: ElementType) -> None:
    state, given = node.outputs[0], node.inputs[0]
    users, kind = list(state.users), state.dtype
    if given is not None:
        graph.set_input(node, 0, graph.add(Convert(destination_type=kept), given))
    if isinstance(node.op, ReadValue) and node.op.variable_type is not None:
        graph.set_op(node, node.op.with_attributes(variable_type=kept))
    graph.infer_again(node)
    if users:
        wide = graph.add(Convert(destination_type=kind), state)
        for user, index in users:
            graph.set_input(user, index, wide)
