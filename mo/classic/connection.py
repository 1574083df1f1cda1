"""A source and the inputs that it feeds, to be moved as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mo.classic.errors import Error
from mo.graph.op import Result

if TYPE_CHECKING:
    from mo.classic.graph import Graph
    from mo.classic.node import Node
    from mo.classic.port import Port


class Connection:
    """What ``port.get_connection()`` gives; changes go to the graph at once.

    ``attributes_save_mode``: whose tensor names survive when an end is moved: those of the
    'source', of the 'dest', or of both ('merge').
    """

    def __init__(
        self,
        graph: Graph,
        source: Port | None,
        destinations: list[Port],
        control_flow: bool = False,
    ) -> None:
        self.graph = graph
        self.source = source
        self.destinations = destinations
        self.control_flow = control_flow
        self.data = ConnectionData(self)

    def get_source(self) -> Port | None:
        return self.source

    def get_destinations(self) -> list[Port]:
        return self.destinations

    def get_destination(self) -> Port | None:
        if len(self.destinations) > 1:
            raise Error("the connection has {} destinations, not one", len(self.destinations))
        return self.destinations[0] if self.destinations else None

    def set_source(self, port: Port, attributes_save_mode: str = "merge") -> None:
        """Let another output feed all destinations."""
        if port.type != "out":
            raise Error("{} is an input, and cannot be a source", port)
        former = self.source
        for target in self.destinations:
            target.connect(port)
        if former is not None and former != port:
            self._move_names(former, port, attributes_save_mode)
        self.source = port

    def _move_names(self, former: Port, port: Port, mode: str) -> None:
        """Names that users may know go along with the last use."""
        old, new = former.output, port.output
        if old is None or new is None or old.users:
            return
        if mode == "dest":
            new.names = {}
        if mode == "source":
            old.names = {}
        old.hand_names(new)

    def set_destination(self, port: Port, attributes_save_mode: str = "merge") -> None:
        """Let the source feed another input in place of its only destination."""
        if port.type != "in":
            raise Error("{} is an output, and cannot be a destination", port)
        former = self.get_destination()
        if former is not None:
            former.disconnect()
        if self.source is not None:
            port.connect(self.source)
        self.destinations = [port]

    def add_destination(self, port: Port) -> None:
        if port.type != "in":
            raise Error("{} is an output, and cannot be a destination", port)
        if self.source is not None:
            port.connect(self.source)
        self.destinations.append(port)

    def remove(self) -> None:
        for port in self.destinations:
            port.disconnect()
        self.source, self.destinations = None, []

    def insert_node(self, new_node: Node, attributes_save_mode: str = "merge") -> None:
        """Put a node of one output between the source and its destinations."""
        if len(new_node.out_ports()) != 1:
            raise Error("'{}' has not one output, and cannot be put between", new_node.id)
        source = self.source
        if source is None:
            raise Error("nothing feeds the place where '{}' is put", new_node.id)
        output = new_node.out_port(0)
        for target in self.destinations:
            target.connect(output)
        new_node.in_port(0).connect(source)
        if any(isinstance(target.node.op_node.op, Result) for target in self.destinations):
            # The model's output is the new value, by the name that users know.
            assert source.output is not None
            assert output.output is not None
            source.output.hand_names(output.output)
        self.source = output


class ConnectionData:
    """What is known of the tensor of a connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def _of_an_end(self, method: str) -> Any:
        ends = [self.connection.source, *self.connection.destinations]
        found = next((end for end in ends if end is not None), None)
        return None if found is None else getattr(found.data, method)()

    def get_shape(self) -> Any:
        return self._of_an_end("get_shape")

    def get_value(self) -> Any:
        return self._of_an_end("get_value")
