"""Variables that a run of the model itself writes."""

from __future__ import annotations

from typing import Any

from extensions.front.tf.common import converts
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


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
