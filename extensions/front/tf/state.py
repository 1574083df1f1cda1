"""Variables that a run of the model itself writes are states (extensions/front/tf/versions.py)."""

from __future__ import annotations

from typing import Any

from extensions.front.tf.common import converts
from extensions.ops.state import Assign, ReadValue
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Shape, compatible, text


@converts("VariableState")
def variable_state(g: Graph, node: SourceNode, initial: Output) -> Output:
    """What an earlier inference has left, which this one renews."""
    walk, (new,) = node.walk, node.feedback
    kind, shape = initial.dtype, initial.shape
    state = g.add(
        ReadValue(variable_id=node.name, variable_type=kind, variable_shape=shape), initial
    )

    def renew() -> None:
        value = walk.value(new)
        if not _can_hold(shape, value.shape):
            raise UnsupportedError(
                f"the variable '{node.name}' {text(shape)} becomes {text(value.shape)}",
                hint="A state keeps its shape; name outputs in front of it with --output.",
            )
        g.add(Assign(variable_id=node.name), value)

    walk.endings.append(renew)
    return state


def _can_hold(state: Shape, value: Shape) -> bool:
    if state is None or value is None:
        return True
    return len(state) == len(value) and all(map(compatible, state, value))


@converts("Assign")
def assign(g: Graph, node: SourceNode, variable: Output, value: Output) -> Output:
    """In a branch; what reads the result reads the new value."""
    return value


@converts(
    "AssignAdd",
    "AssignSub",
    "CountUpTo",
    "ResourceScatterDiv",
    "ResourceScatterMul",
    "ScatterAdd",
    "ScatterDiv",
    "ScatterMax",
    "ScatterMin",
    "ScatterMul",
    "ScatterNdAdd",
    "ScatterNdMax",
    "ScatterNdMin",
    "ScatterNdSub",
    "ScatterNdUpdate",
    "ScatterSub",
    "ScatterUpdate",
)
def change(g: Graph, node: SourceNode, variable: Any, *inputs: Any) -> Output:
    raise UnsupportedError(
        "it changes a variable in a branch or a loop, or in a way that has no form in the IR",
        hint="Freeze the model for inference, or name outputs in front of it with --output.",
    )
