"""What is found while a graph is read, and how its tensors are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from extensions.front.tf.filling import fill
from extensions.front.tf.frames import structured
from extensions.front.tf.result_types import result_type
from extensions.front.tf.sources import optional_inputs
from extensions.front.tf.versions import settled
from mo.front.model import Model, ModelInput, SourceNode
from mo.front.protobuf import Message
from mo.graph.tensor import Tensor

CALLS = ("PartitionedCall", "StatefulPartitionedCall")
VARIABLES = ("VarHandleOp", "VariableV2", "Variable")

# What a variable holds, by the name of its node and its shared name.
Values = Callable[[str, str], "Tensor | None"]


class Reference(NamedTuple):
    """An output port of a node of the same graph or function."""

    node: str
    port: int

    @property
    def tensor(self) -> str:
        return f"{self.node}:{self.port}" if self.port else self.node


def reference(text: str) -> Reference:
    """``name`` or ``name:port`` as nodes outside of functions write it."""
    name, colon, port = text.rpartition(":")
    if colon and port.isascii() and port.isdigit() and len(port) < 6:
        return Reference(name, int(port))
    return Reference(text, 0)


class Function(NamedTuple):
    """A function as an attribute names it."""

    name: str
    attributes: dict[str, Any]


@dataclass
class Part:
    """Nodes, constants and inputs that are found while a graph or a body is read."""

    nodes: list[SourceNode] = field(default_factory=list)
    constants: dict[str, Tensor] = field(default_factory=dict)
    inputs: list[ModelInput] = field(default_factory=list)
    # By the name of a node: the nodes that run before it although it reads nothing of them.
    controls: dict[str, list[str]] = field(default_factory=dict)

    def model(
        self, name: str, inputs: list[ModelInput], outputs: list[str], runs_all: bool = False
    ) -> Model:
        """All of it; its loops and branches are put in order once it is cut.

        ``runs_all``: it is a function, which runs all that writes, whatever its outputs need.
        """
        fill(self.nodes, self.constants)
        return Model(
            name,
            "tf",
            self.nodes,
            inputs,
            outputs,
            self.constants,
            settle=lambda model: settled(model, self.controls, runs_all),
            optional_inputs=optional_inputs(self.nodes),
            arrange=structured,
            told_type=result_type,
        )


class Scope:
    """Where nodes are read: the names they are given, and what arguments stand for."""

    def __init__(
        self,
        messages: Sequence[Message],
        prefix: str = "",
        arguments: Mapping[str, str] | None = None,
        attributes: Mapping[str, Any] | None = None,
        depth: int = 0,
    ) -> None:
        self.messages = messages
        self.prefix = prefix
        # Tensors of the graph around, by argument; None outside of functions.
        self.arguments = arguments
        self.attributes = attributes or {}
        self.depth = depth
        self.by_name = {message.get("name", ""): message for message in messages}
