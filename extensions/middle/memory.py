"""Variables made inputs and outputs: whoever runs the model keeps them between inferences."""

from __future__ import annotations

from extensions.ops.state import Assign, ReadValue
from mo.graph.graph import Graph


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
