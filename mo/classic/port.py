"""Ports of a node: where it is connected, and what is known of the tensor there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mo.classic.connection import Connection
from mo.classic.errors import Error
from mo.graph import node as native

if TYPE_CHECKING:
    from mo.classic.node import Node


class Port:
    """Port ``idx`` of a node; ``type`` is 'in' or 'out'. Unknown attributes are the edge's."""

    def __init__(self, node: Node, idx: int, type: str, control_flow: bool = False) -> None:
        self.node = node
        self.idx = idx
        self.type = type
        self.control_flow = control_flow
        self.data = PortData(self)

    @property
    def output(self) -> native.Output | None:
        """The value here; None at an input that nothing is connected to."""
        ends = self.node.op_node.inputs if self.type == "in" else self.node.op_node.outputs
        return ends[self.idx] if self.idx < len(ends) else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Port) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[Any, ...]:
        return (self.node, self.type, self.idx, self.control_flow)

    def __repr__(self) -> str:
        return f"Port({self.node.id!r}, {self.type}, {self.idx})"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or self.type != "in":
            raise AttributeError(name)
        edge = self.node.graph.marks_of_edge(self.node.op_node, self.idx)
        if name not in edge:
            raise AttributeError(f"{self!r} has no attribute '{name}'")
        return edge[name]

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("node", "idx", "type", "control_flow", "data"):
            object.__setattr__(self, name, value)
        elif self.type == "in":
            self.node.graph.marks_of_edge(self.node.op_node, self.idx)[name] = value
        else:
            raise AttributeError(name)

    # ---- where it leads

    def disconnected(self) -> bool:
        value = self.output
        return value is None if self.type == "in" else value is None or not value.users

    def get_source(self) -> Port | None:
        """The output port that feeds this input."""
        self._must_be("in", "get_source")
        value = self.output
        if value is None:
            return None
        return Port(self.node.graph.node_of(value.node), value.index, "out")

    def get_destinations(self) -> list[Port]:
        self._must_be("out", "get_destinations")
        value = self.output
        users = [] if value is None else list(value.users)
        return [Port(self.node.graph.node_of(node), index, "in") for node, index in users]

    def get_destination(self) -> Port | None:
        found = self.get_destinations()
        if len(found) > 1:
            raise Error("{} has {} destinations, not one", self, len(found))
        return found[0] if found else None

    def get_connection(self) -> Connection:
        if self.type == "in":
            return Connection(self.node.graph, self.get_source(), [self])
        return Connection(self.node.graph, self, self.get_destinations())

    def connect(self, port: Port) -> None:
        """Join an input and an output; what the input was joined to is let go."""
        source, target = (port, self) if self.type == "in" else (self, port)
        if source.type != "out" or target.type != "in":
            raise Error("{} and {} cannot be connected: one must be an input", self, port)
        assert source.output is not None
        self.node.graph.connect(source.output, target.node.op_node, target.idx)

    def disconnect(self) -> None:
        if self.type == "in":
            self.node.graph.disconnect(self.node.op_node, self.idx)
        else:
            for port in self.get_destinations():
                port.disconnect()

    def _must_be(self, kind: str, method: str) -> None:
        if self.type != kind:
            raise Error("{} is for {}put ports, {} is none", method, kind, self)

    # ---- names and types

    def get_tensor_names(self, port_renumber: bool = False) -> list[str]:
        """The tensor's names in the model, commas escaped."""
        value = self.output
        names = [] if value is None else sorted(value.names)
        return [name.replace(",", "\\,") for name in names]

    def get_tensor_debug_info(self, port_renumber: bool = False) -> list[tuple[str, str]]:
        value = self.output
        return [] if value is None else [(self.node.id, name) for name in value.names]

    def get_in_edge_attrs(self, data: bool = False) -> Any:
        self._must_be("in", "get_in_edge_attrs")
        value = self.output
        if value is None:
            return None
        edge = self.node.graph.edge(value, self.node.op_node, self.idx)
        if not data:
            return edge
        return (self.node.graph.id_of(value.node), self.node.id, edge)

    def is_data_type_defined(self) -> bool:
        return self.node.graph.numpy_type(self.output) is not None

    def get_data_type(self) -> Any:
        """The numpy type of the elements."""
        kind = self.node.graph.numpy_type(self.output)
        if kind is None:
            raise Error("the element type at {} is not known", self)
        return kind

    def set_data_type(self, data_type: Any, override: bool = False) -> None:
        self.node.graph.set_numpy_type(self, np.dtype(data_type), override)


class PortData:
    """What is known of the tensor at a port: nothing before the model is translated."""

    def __init__(self, port: Port) -> None:
        self.port = port

    def get_shape(self) -> Any:
        """Sizes as int64, -1 for open ones; None if not even their number is known."""
        return self.port.node.graph.shape(self.port.output)

    def set_shape(self, shape: Any) -> None:
        assert self.port.output is not None
        self.port.node.graph.set_shape(self.port.output, shape)

    def get_value(self) -> Any:
        """The elements if they are constant."""
        return self.port.node.graph.value(self.port.output)

    def set_value(self, value: Any) -> None:
        graph = self.port.node.graph
        if self.port.type == "in":
            graph.set_input_value(self.port, value)
        else:
            assert self.port.output is not None
            graph.set_value(self.port.output, value)

    def get_attr(self, name: str) -> Any:
        if self.port.output is None or self.port.node.graph.stage == "front":
            return None
        return self.port.node.graph.attributes_of(self.port.output).get(name)

    def has_valid(self, name: str) -> bool:
        return self.get_attr(name) is not None
