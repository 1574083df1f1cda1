"""What the user's names of inputs and outputs mean: exact names first, then names with ports."""

from __future__ import annotations

from typing import NamedTuple

from mo.cli.config import InputRequest, PortName
from mo.errors import UsageError, counted, listing, suggestion
from mo.front.model import Model, SourceNode


class Start(NamedTuple):
    """Where the model is to start: a tensor, which may stand for another of the file."""

    tensor: str
    original: str


class Names:
    """Finds what the user's names mean."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.producers = model.producers()
        self.nodes: dict[str, SourceNode] = {}
        for node in model.nodes:
            self.nodes.setdefault(node.name, node)
        self.inputs = {item.name: item for item in model.inputs}

    def output(self, port: PortName) -> str:
        """The tensor that ``--output`` names."""
        port = self._meant(port)
        tensor = port.text if self._is_tensor(port.text) else None
        named = self.nodes.get(port.text) if self.model.nodes_first else None
        if named is not None and named.outputs[:1] != [tensor]:
            tensor = _port(named.outputs, 0, named, "output", port)
            self.model.labels[tensor] = port.text
        if tensor is not None:
            return tensor
        if port.name not in self.nodes and self._is_tensor(port.name):
            return _portless(port)
        node = self._node(port, "--output")
        if port.input_port is not None:
            return _port(node.inputs, port.input_port, node, "input", port)
        return _port(node.outputs, port.output_port or 0, node, "output", port)

    def starts(self, request: InputRequest, flag: str) -> list[Start]:
        """The tensors that an item of ``--input`` names.

        An input port gets a tensor of its own. Of a node without port and shape these are all
        inputs that are not constant.
        """
        port = self._meant(request.port)
        whole = {*self.inputs, *self.model.constants, *self.model.optional_inputs}
        if port.text in whole:
            return [Start(port.text, port.text)]
        if port.text not in self.nodes and port.text in self.producers:
            return [Start(port.text, port.text)]
        if port.name in self.inputs and not {port.text, port.name} & self.nodes.keys():
            return [Start(_portless(port), port.name)]
        node = self._node(port, flag)
        if port.output_port is not None:
            tensor = _port(node.outputs, port.output_port, node, "output", port)
            return [Start(tensor, tensor)]
        if port.input_port is not None:
            _port(node.inputs, port.input_port, node, "input", port)
            return [_own_tensor(node, port.input_port)]
        return [_own_tensor(node, index) for index in self._open_ports(node, request, flag)]

    def _open_ports(self, node: SourceNode, request: InputRequest, flag: str) -> list[int]:
        """The inputs that are not constant; just one if something is said of it."""
        ports = [i for i, n in enumerate(node.inputs) if n and n not in self.model.constants]
        if not ports and len(node.inputs) == 1:
            ports = [0]  # a variable that is read, such as a state
        if not ports:
            raise UsageError(
                f"{flag}: {node} has no inputs that are not constant",
                hint="Name a node or tensor that depends on an input of the model.",
            )
        if len(ports) > 1 and (request.shape is not None or request.is_frozen):
            raise UsageError(
                f"{flag}: {node} has {counted(ports, 'input')} that are not constant",
                hint="Name one of them: " + ", ".join(f"{i}:{node.name}" for i in ports[:4]),
            )
        return ports

    def _meant(self, port: PortName) -> PortName:
        """Of two readings of a number with a port, the one that the model has."""
        if port.otherwise is None or self._is_tensor(port.text):
            return port
        fitting = [one for one in (port, port.otherwise) if self._has_port(one)]
        if len(fitting) == 2:
            raise UsageError(
                f"'{port.text}' can be read in two ways, as an input of '{port.name}' and as an "
                f"output of '{port.otherwise.name}'",
                hint=f'Quote the name, as in {port.input_port}:"{port.name}".',
            )
        return fitting[0] if fitting else port

    def _has_port(self, port: PortName) -> bool:
        node = self.nodes.get(port.name)
        if node is None:
            return False
        if port.output_port is not None:
            return port.output_port < len(node.outputs)
        return port.input_port is not None and port.input_port < len(node.inputs)

    def _is_tensor(self, name: str) -> bool:
        return name in self.inputs or name in self.producers or name in self.model.constants

    def _node(self, port: PortName, flag: str) -> SourceNode:
        node = self.nodes.get(port.text) or self.nodes.get(port.name)
        if node is None:
            known = [*self.nodes, *self.producers, *self.inputs]
            raise UsageError(
                f"{flag}: the model has no node or tensor '{port.text}'",
                hint=f"{suggestion(port.name, known)}The model's inputs are "
                f"{listing(self.inputs)}; its outputs are {listing(self.model.outputs)}.",
            )
        return node


def _own_tensor(node: SourceNode, index: int) -> Start:
    """Give one input port a tensor that no other node reads."""
    name = f"{node.name}/placeholder_port_{index}"
    original = node.inputs[index]
    node.inputs = [*node.inputs[:index], name, *node.inputs[index + 1 :]]
    return Start(name, original)


def _port(names: list[str], index: int, node: SourceNode, kind: str, port: PortName) -> str:
    if not 0 <= index < len(names) or not names[index]:
        last = len(names) - 1
        ports = f"{kind} ports are 0 to {last}" if last > 0 else f"only {kind} port is 0"
        raise UsageError(
            f"'{port.text}': {node} has no {kind} port {index}",
            hint=f"Its {ports}." if names else f"It has no {kind} ports at all.",
        )
    return names[index]


def _portless(port: PortName) -> str:
    """The name of a tensor, behind which there may be the port 0."""
    if port.input_port is not None or port.output_port:
        kind = "output" if port.input_port is None else "input"
        number = port.output_port if port.input_port is None else port.input_port
        raise UsageError(
            f"'{port.text}': '{port.name}' is a tensor and has no {kind} port {number}",
            hint=f"Write {port.name}, or {port.name}:0.",
        )
    return port.name
