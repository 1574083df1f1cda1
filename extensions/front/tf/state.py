"""Variables that a run of the model itself writes.

In functions of TensorFlow 2 they are states (extensions/front/tf/written.py).
"""

from __future__ import annotations

from typing import Any

from extensions.front.tf.common import converts
from extensions.ops.state import Assign, ReadValue
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("VariableState")
def variable_state(g: Graph, node: SourceNode, initial: Output) -> Output:
    """What an earlier inference has left, which this one renews."""
    walk, (new,) = node.walk, node.feedback
    kind, shape = initial.dtype, initial.shape
    state = g.add(
        ReadValue(variable_id=node.name, variable_type=kind, variable_shape=shape), initial
    )
    walk.endings.append(lambda: g.add(Assign(variable_id=node.name), walk.value(new)))
    return state


@converts("Assign")
def assign(g: Graph, node: SourceNode, variable: Output, value: Output) -> Output:
    """What reads the result reads the new value."""
    return value


@converts(
    "AssignAdd",
    "AssignSub",
    "CountUpTo",
    "ScatterAdd",
    "ScatterDiv",
    "ScatterMax",
    "ScatterMin",
    "ScatterMul",
    "ScatterSub",
    "ScatterUpdate",
)
def change(g: Graph, node: SourceNode, variable: Any, *inputs: Any) -> Output:
    raise UnsupportedError(
        "its result depends on how often the model has run",
        hint="Freeze the model for inference, or name outputs in front of it with --output.",
    )
