"""What a model keeps from one inference to the next: variables, and tensors that are states.

Both become the node VariableState, which renews itself at the end of an inference. Operators run
in the order of the file, so what a variable holds is known where it is read. An operator with
states has new ones as further outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from extensions.front.tflite.tensors import Quantization
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.tensor import Tensor


def initial_values(
    nodes: list[SourceNode], constants: Mapping[str, Tensor]
) -> dict[str, Tensor | None]:
    """What operators assign to variables, by their names; None if it is not constant."""
    handles = _handles(nodes)
    return {
        handles[node.inputs[0]]: constants.get(node.inputs[1])
        for node in nodes
        if node.type == "ASSIGN_VARIABLE" and len(node.inputs) == 2 and node.inputs[0] in handles
    }


def _handles(nodes: list[SourceNode]) -> dict[str, str]:
    """The names of variables by the tensors that stand for them."""
    return {
        node.outputs[0]: f"{node.get('container', '')}/{node.get('shared_name', '')}"
        for node in nodes
        if node.type == "VAR_HANDLE" and node.outputs
    }


def _numbers(value: Tensor | None, meant: Quantization | None) -> Tensor | None:
    """What a variable holds at first, as numbers."""
    if value is None or meant is None or value.dtype.is_float:
        return value
    reals = (value.array.astype(np.float32) - meant.zero[0]) * meant.scale[0]
    return Tensor.of(reals, ElementType.f32)


class States:
    """The states of the main subgraph."""

    def __init__(
        self,
        constants: dict[str, Tensor],
        variables: Mapping[str, Tensor],
        initial: Callable[[int], dict[str, Tensor | None]],
    ) -> None:
        """``variables``: tensors that are states; ``initial`` reads a subgraph that runs once."""
        self.constants = constants
        self.at_first: dict[str, Tensor | None] = dict(variables)
        self.variables = variables
        self.initial = initial
        # The tensor that a state is before and after what has been read so far.
        self.before: dict[str, str] = {}
        self.meant: dict[str, Quantization | None] = {}
        self.now: dict[str, str] = {}

    def resolved(self, nodes: list[SourceNode]) -> list[SourceNode]:
        """The nodes without variables: what they hold is read from tensors."""
        handles = _handles(nodes)
        found = []
        for node in nodes:
            known = handles.get(node.inputs[0]) if node.inputs else None
            if node.type == "CALL_ONCE":
                self.at_first.update(self.initial(node.get("init", -1)))
            elif node.type == "READ_VARIABLE" and known is not None:
                self._mean(known, node.get("made_as")[0])
                node.inputs = [self._read(known)]
                node.attributes["read_as"] = []
                found.append(node)
            elif node.type == "ASSIGN_VARIABLE" and known is not None:
                found.append(self._assigned(known, node))
            elif node.type != "VAR_HANDLE":
                self._renew(node)
                found.append(node)
        return [*found, *self._states()]

    def _read(self, state: str) -> str:
        if state not in self.now:
            self.now[state] = self.before[state] = f"{state}/state"
        return self.now[state]

    def _mean(self, state: str, meant: Quantization | None) -> None:
        """Quantised states are the numbers that they stand for; all operators agree on these."""
        known = self.meant.setdefault(state, meant)
        same = known is meant if meant is None else meant.is_like(known)
        if not same:
            raise UnsupportedError(
                f"The variable '{state}' is quantised in several ways",
                hint="Convert the model again with one scale for each of its variables.",
            )

    def _assigned(self, state: str, node: SourceNode) -> SourceNode:
        """A node that gives what is put into a variable."""
        meant = node.get("read_as")[-1]
        self._mean(state, meant)
        self.now[state] = f"{node.name}/assigned"
        told = {"read_as": [meant], "made_as": [None], "made_of": [None]}
        return SourceNode(node.type, node.name, node.inputs[-1:], [self.now[state]], told)

    def _renew(self, node: SourceNode) -> None:
        """Let an operator read what its states are, and give what they become."""
        inputs = list(node.inputs)
        for port, name in enumerate(inputs):
            if name in self.variables:
                node.inputs[port] = self._read(name)
                self.now[name] = f"{node.name}/state_{port}"
                node.outputs.append(self.now[name])

    def _states(self) -> list[SourceNode]:
        """The nodes that are the states before the first operator; constants if none is written."""
        found = []
        for state, before in self.before.items():
            value = _numbers(self.at_first.get(state), self.meant.get(state))
            if value is None:
                found.append(SourceNode("STATE", before, [], [before], {"name": state}))
            elif self.now[state] == before:
                self.constants[before] = value
            else:
                initial = f"{before}/initial"
                self.constants[initial] = value
                node = SourceNode("VariableState", before, [initial], [before], {})
                node.feedback = [self.now[state]]
                found.append(node)
        return found
