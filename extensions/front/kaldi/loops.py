"""A recurrence of a network as the body of a loop over the rows of an utterance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from extensions.front.kaldi.span import Step, source_of
from mo.front.model import Model, ModelInput, SourceNode
from mo.graph.element_type import ElementType


class LoopBody:
    """The nodes of a recurrence on one row at a time; what they read of earlier rows is kept."""

    def __init__(self, step: Step, wanted: list[str], outside: Callable[[str], str]) -> None:
        """``wanted``: what is read outside the loop; ``outside``: the tensor with the rows that
        a value around the loop has at the times of the loop.
        """
        self.step = step
        self.wanted = wanted
        self.from_outside = outside
        self.own = {node.outputs[0] for node in step.nodes}
        # Tensors that come from outside, in order.
        self.outside: dict[str, None] = {}
        # What is kept, and for how many rows.
        self.memories: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.nodes: list[SourceNode] = []
        for node in step.nodes:
            if node.type == "Offset":
                self._remember(node)
        for node in step.nodes:
            self._place(node)

    def _remember(self, node: SourceNode) -> None:
        source, back = source_of(node), abs(node.attributes["frames"])
        self.memories[source] = max(back, self.memories.get(source, 0))
        self.names[node.outputs[0]] = node.outputs[0]

    def _place(self, node: SourceNode) -> None:
        name = node.outputs[0]
        if node.type == "IfDefined":
            self.names[name] = self._inner(node.inputs[0])
        elif node.type != "Offset":
            inputs = [self._inner(x) for x in node.inputs]
            self.names[name] = name
            self.nodes.append(
                SourceNode(node.type, node.name, inputs, node.outputs, node.attributes)
            )

    def _inner(self, name: str) -> str:
        if name in self.own:
            return self.names[name]
        tensor = self.from_outside(name)
        self.outside[tensor] = None
        return tensor

    def _past(self, node: SourceNode) -> SourceNode:
        """What an offset means: a row of a memory."""
        source = source_of(node)
        place = self.memories[source] - abs(node.attributes["frames"])
        row = {"start": place, "stop": place + 1}
        return SourceNode("Part", node.name, [_state(source)], node.outputs, row)

    def _renewed(self, source: str) -> SourceNode:
        name = _next(source)
        inputs = [_state(source), self.names[source]]
        return SourceNode("Shifted", name, inputs, [name], {})

    def attributes(
        self, widths: Mapping[str, int], is_constant: Callable[[str], bool]
    ) -> dict[str, Any]:
        """The body, which inputs go in row by row, how long and wide the memories are."""
        past = [self._past(node) for node in self.step.nodes if node.type == "Offset"]
        future = [self._renewed(source) for source in self.memories]
        inputs = [*self.outside, *map(_state, self.memories)]
        body = Model(
            "body",
            "kaldi",
            [*past, *self.nodes, *future],
            [ModelInput(name, None, ElementType.f32) for name in inputs],
            [*self.wanted, *map(_next, self.memories)],
        )
        return {
            "body": body,
            "is_sliced": [not is_constant(name) for name in self.outside],
            "states": [(length, widths[source]) for source, length in self.memories.items()],
            "is_backward": self.step.is_backward,
        }


def _state(source: str) -> str:
    return f"{source}/state"


def _next(source: str) -> str:
    return f"{source}/next_state"
