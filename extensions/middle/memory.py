"""State that a model keeps between inferences: made inputs and outputs, or made of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from extensions.ops.control_flow import Loop
from extensions.ops.recurrent import GRUSequence, LSTMSequence, RNNSequence
from extensions.ops.shaping import Broadcast, ShapeOf
from extensions.ops.state import Assign, ReadValue
from mo.errors import UsageError, closest, listing
from mo.graph.body import PortMap
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import is_static

log = logging.getLogger("mo.memory")


def expose_memory(graph: Graph) -> int:
    """A variable ``v`` becomes an input ``v``, and what is assigned to it an output ``v/next``."""
    changes = 0
    for node in graph.nodes_of(ReadValue):
        name, value = node.op.attributes()["variable_id"], node.outputs[0]
        given = graph.input(name, value.shape, value.dtype)
        graph.replace(value, given)
        graph.discard(node)
        changes += 1
    for node in graph.nodes_of(Assign):
        new = node.inputs[0]
        assert new is not None
        graph.output(new, f"{node.op.attributes()['variable_id']}/next")
        graph.remove_sink(node)
        changes += 1
    return changes


# ---- MakeStateful


def make_stateful(graph: Graph, param_res_names: Mapping[str, str] | None = None) -> int:
    """Inputs and the outputs that give their next values become variables, zero at first."""
    inputs = {name: node for node in graph.parameters() for name in _names(node, node.outputs[0])}
    outputs = {name: node for node in graph.results() for name in _names(node, node.inputs[0])}
    pairs = param_res_names or {}
    if not pairs:
        raise UsageError(
            "--transform MakeStateful has no pairs of names",
            hint="Write MakeStateful[param_res_names={'input':'output'}].",
        )
    for name, follower in pairs.items():
        parameter = _named(name, inputs, "input")
        result = _named(follower, outputs, "output")
        value, new = parameter.outputs[0], result.inputs[0]
        assert new is not None
        if value.dtype is not new.dtype:
            raise UsageError(
                f"--transform MakeStateful: '{name}' is {value.dtype.name}, and '{follower}', "
                f"which gives its next value, is {new.dtype.name}",
                hint="A state keeps its element type; name another pair.",
            )
        # What has no size yet is empty at first and grows with what is assigned.
        initial = _zeros(graph, value) if is_static(value.shape) else None
        graph.replace(value, _variable(graph, parameter.name, value, initial, new))
        graph.drop_input(parameter)
        graph.remove_sink(result)
    return len(pairs)


def _names(node: Node, value: Output | None) -> list[str]:
    """What an input or output may be called: like its node or its tensor."""
    assert value is not None
    return [node.name, *value.names, value.node.name]


def _named(name: str, nodes: Mapping[str, Node], kind: str) -> Node:
    if name not in nodes:
        near = closest(name, nodes)
        raise UsageError(
            f"--transform MakeStateful: the model has no {kind} '{name}'",
            hint=f"Did you mean {listing(near)}?" if near else f"It has {listing(nodes)}.",
        )
    return nodes[name]


# ---- LowLatency2


def carry_states(graph: Graph, use_const_initializer: bool = True) -> int:
    """The last states of sequences and loops are their first ones in the next inference.

    Before the first inference they are zero, or what the model itself starts from. Integers are
    not states but counters of iterations.
    """
    changes = 0
    for node in graph.nodes_of(Loop, LSTMSequence, GRUSequence, RNNSequence):
        looped = _with_last_values(graph, node) if isinstance(node.op, Loop) else node
        for number, (index, last) in enumerate(_states(looped)):
            first = looped.inputs[index]
            if first is None or not first.dtype.is_float or isinstance(first.node.op, ReadValue):
                continue
            initial = _zeros(graph, first) if use_const_initializer else first
            name = f"{node.name}/variable_{number}"
            graph.set_input(looped, index, _variable(graph, name, first, initial, last))
            if first.node in graph.parameters() and not first.users:
                graph.drop_input(first.node)
            changes += 1
    return changes


def _states(node: Node) -> Iterator[tuple[int, Output]]:
    """The input that a state starts from, and the output that is its last value."""
    if isinstance(node.op, Loop):
        body = node.op.body
        sources = {port.internal: port.external for port in body.inputs}
        lasts = {port.internal: port.external for port in body.outputs if _is_last_value(port)}
        for result, parameter in body.back_edges:
            source, last = sources[parameter], lasts.get(result)
            if source is not None and last is not None:
                yield source, node.outputs[last]
    elif node.op.attributes()["direction"] == "forward":
        yield from enumerate(node.outputs[1:], 1)
    else:
        log.warning(
            "--transform LowLatency2 leaves '%s' as it is: it runs from the end of its sequence",
            node.name,
        )


def _is_last_value(port: PortMap) -> bool:
    return port.external is not None and "axis" not in port.attributes


def _with_last_values(graph: Graph, node: Node) -> Node:
    """The loop with the last values of all its states among its outputs."""
    body = node.op.body  # type: ignore[attr-defined]
    given = {port.internal for port in body.outputs if _is_last_value(port)}
    missing = [result for result, _ in body.back_edges if result not in given]
    if not missing:
        return node
    ports = [PortMap(len(node.outputs) + i, result) for i, result in enumerate(missing)]
    longer = replace(body, outputs=(*body.outputs, *ports))
    outputs = graph.add_multi(node.op.with_attributes(body=longer), *node.inputs)
    for old, new in zip(node.outputs, outputs):
        graph.replace(old, new)
    graph.rename(outputs[0].node, node.name)
    graph.discard(node)
    return outputs[0].node


# ---- variables


def _variable(
    graph: Graph, name: str, like: Output, initial: Output | None, next_value: Output
) -> Output:
    """A variable, before the first inference ``initial`` or empty, then the value of the last."""
    read = ReadValue(variable_id=name, variable_type=like.dtype, variable_shape=like.shape)
    value = graph.add(read, *filter(None, [initial]), name=f"{name}/read")
    graph.add(Assign(variable_id=name), next_value, name=f"{name}/assign")
    return value


def _zeros(graph: Graph, like: Output) -> Output:
    zero = graph.constant(np.zeros((), like.dtype.numpy), like.dtype)
    return graph.add(Broadcast(), zero, graph.add(ShapeOf(), like))
