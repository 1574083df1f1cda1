"""A node of the graph as extensions see it: an operation, or (after translation) a tensor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Union

from mo.classic.attributes import Attributes
from mo.classic.errors import Error
from mo.classic.insertions import Insertions
from mo.classic.port import Port
from mo.graph import node as native
from mo.graph.graph import Graph as NativeGraph

if TYPE_CHECKING:
    from mo.classic.graph import Graph

Target = Union[native.Node, native.Output]


class Node(Insertions):
    """A light proxy: equal to any other of the same place in the same graph."""

    __slots__ = ("graph", "target")
    graph: Graph
    target: Target

    def __init__(self, graph: Any, node: str | Target) -> None:
        from mo.classic.graph import view_of  # a graph makes nodes, a node knows its graph

        if graph is None:
            assert isinstance(node, native.Node)
            graph = view_of(node.graph)
        elif isinstance(graph, NativeGraph):
            graph = view_of(graph)
        object.__setattr__(self, "graph", graph)
        object.__setattr__(self, "target", graph.find(node) if isinstance(node, str) else node)

    # ---- identity

    @property
    def id(self) -> str:
        return self.graph.id_of(self.target)

    @property
    def node(self) -> str:
        return self.id

    @property
    def is_data(self) -> bool:
        return isinstance(self.target, native.Output)

    @property
    def op_node(self) -> native.Node:
        """The operation behind it; Error for a tensor."""
        if isinstance(self.target, native.Output):
            raise Error("'{}' is a data node: it has no ports", self.id)
        return self.target

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self.target is other.target

    def __hash__(self) -> int:
        return id(self.target)

    def __repr__(self) -> str:
        return f"Node({self.id!r})"

    # ---- attributes

    def attrs(self) -> Attributes:
        """The dictionary itself."""
        return self.graph.attributes_of(self.target)

    def get_attrs(self) -> Attributes:
        return self.attrs()

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        found = self.attrs()
        if key not in found:
            raise AttributeError(f"node '{self.id}' has no attribute '{key}'")
        return found[key]

    def __setattr__(self, key: str, value: Any) -> None:
        found = self.attrs()
        if key not in found:
            raise AttributeError(
                f"node '{self.id}' has no attribute '{key}'; make one with node['{key}'] = ..."
            )
        found[key] = value

    def __getitem__(self, key: str) -> Any:
        return self.attrs()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.attrs()[key] = value

    def __delitem__(self, key: str) -> None:
        self.graph.forget(self.target, key)

    def __contains__(self, key: str) -> bool:
        return key in self.attrs()

    def has(self, key: str) -> bool:
        return key in self

    def has_valid(self, key: str) -> bool:
        return self.attrs().get(key) is not None

    def has_and_set(self, key: str) -> bool:
        return bool(self.has_valid(key) and self[key])

    def soft_get(self, key: str, default: Any = "<UNKNOWN>") -> Any:
        return self[key] if self.has_valid(key) else default

    # ---- ports

    def in_port(self, idx: int | None = None, control_flow: bool = False) -> Port:
        return self._port("in", idx, control_flow)

    def out_port(self, idx: int | None = None, control_flow: bool = False) -> Port:
        return self._port("out", idx, control_flow)

    def _port(self, kind: str, idx: int | None, control_flow: bool) -> Port:
        numbers = self.graph.ports(self.op_node, kind)
        if idx is None:
            idx = numbers[0] if numbers else 0
        if idx not in numbers:
            raise Error(
                "{}put port {} of '{}' does not exist; it has {}", kind, idx, self.id, numbers
            )
        return Port(self, idx, kind, control_flow)

    def in_ports(self, control_flow: bool = False) -> dict[int, Port]:
        return self._ports("in", control_flow)

    def out_ports(self, control_flow: bool = False) -> dict[int, Port]:
        return self._ports("out", control_flow)

    def _ports(self, kind: str, control_flow: bool) -> dict[int, Port]:
        numbers = [] if control_flow else self.graph.ports(self.op_node, kind)
        return {idx: Port(self, idx, kind) for idx in sorted(numbers, key=str)}

    def has_port(self, port_type: str, idx: int, control_flow: bool = False) -> bool:
        return not control_flow and idx in self.graph.ports(self.op_node, port_type)

    def is_in_port_connected(self, idx: int, control_flow: bool = False) -> bool:
        return self.has_port("in", idx, control_flow) and not self.in_port(idx).disconnected()

    def is_out_port_connected(self, idx: int, control_flow: bool = False) -> bool:
        return self.has_port("out", idx, control_flow) and not self.out_port(idx).disconnected()

    def add_input_port(self, idx: int, skip_if_exist: bool = False, **_: Any) -> None:
        self._add_port("in", idx, skip_if_exist)

    def add_output_port(self, idx: int, skip_if_exist: bool = False, **_: Any) -> None:
        self._add_port("out", idx, skip_if_exist)

    def _add_port(self, kind: str, idx: int, skip_if_exist: bool) -> None:
        if idx in self.graph.ports(self.op_node, kind):
            if skip_if_exist:
                return
            raise Error("{}put port {} of '{}' exists already", kind, idx, self.id)
        self.graph.add_port(self.op_node, kind, idx)

    def add_sequence_of_ports(self, type: str, rng: Iterable[int]) -> None:
        for idx in rng:
            self._add_port(type, idx, skip_if_exist=True)

    def delete_input_port(self, idx: int, skip_if_absent: bool = False) -> None:
        self._delete_port("in", idx, skip_if_absent)

    def delete_output_port(self, idx: int, skip_if_absent: bool = False) -> None:
        self._delete_port("out", idx, skip_if_absent)

    def delete_input_ports(self, idx_set: Iterable[int], skip_if_absent: bool = False) -> None:
        for idx in idx_set:
            self._delete_port("in", idx, skip_if_absent)

    def _delete_port(self, kind: str, idx: int, skip_if_absent: bool) -> None:
        if not self.has_port(kind, idx):
            if skip_if_absent:
                return
            raise Error("{}put port {} of '{}' does not exist", kind, idx, self.id)
        self._port(kind, idx, False).disconnect()
        self.graph.delete_port(self.op_node, kind, idx)

    def update_node(self) -> None:
        """Create the ports that ``in_ports_count`` and ``out_ports_count`` call for."""
        for kind in ("in", "out"):
            count = self.soft_get(f"{kind}_ports_count", None)
            if count is not None:
                self.add_sequence_of_ports(kind, range(count))

    # ---- neighbours

    def in_nodes(self, control_flow: bool = False) -> Any:
        return _nodes(self.in_nodes_edges(control_flow))

    def out_nodes(self, control_flow: bool = False) -> Any:
        return _nodes(self.out_nodes_edges(control_flow))

    def in_node(self, key: int = 0, control_flow: bool = False) -> Node:
        return self.in_nodes(control_flow)[key]

    def out_node(self, key: int = 0, control_flow: bool = False) -> Node:
        return self.out_nodes(control_flow)[key]

    def in_edges(self, control_flow: bool = False) -> Any:
        return _edges(self.in_nodes_edges(control_flow))

    def out_edges(self, control_flow: bool = False) -> Any:
        return _edges(self.out_nodes_edges(control_flow))

    def in_edge(self, key: int = 0, control_flow: bool = False) -> dict[str, Any]:
        return self.in_edges(control_flow)[key]

    def out_edge(self, key: int = 0, control_flow: bool = False) -> dict[str, Any]:
        return self.out_edges(control_flow)[key]

    def in_nodes_edges(self, control_flow: bool = False) -> Any:
        """By port (for a tensor: in a list) what is before, and the edge."""
        found = [] if control_flow else self.graph.edges_in(self.target)
        return self._by_port(((edge["in"], node, edge) for node, edge in found), found)

    def out_nodes_edges(self, control_flow: bool = False) -> Any:
        """By port (for a tensor: in a list) what is behind, and the edge."""
        found = [] if control_flow else self.graph.edges_out(self.target)
        return self._by_port(((edge["out"], node, edge) for node, edge in found), found)

    def _by_port(self, numbered: Iterable[Any], found: list[Any]) -> Any:
        if self.is_data:
            return found
        return {
            number: (node, edge)
            for number, node, edge in sorted(numbered, key=lambda item: item[0])
        }

    def get_inputs(
        self, edge_attr: dict[str, Any] | None = None, control_flow: bool = False
    ) -> list[tuple[str, dict[str, Any]]]:
        return _listed(self.graph.edges_in(self.target), edge_attr, control_flow)

    def get_outputs(
        self, edge_attr: dict[str, Any] | None = None, control_flow: bool = False
    ) -> list[tuple[str, dict[str, Any]]]:
        return _listed(self.graph.edges_out(self.target), edge_attr, control_flow)

    def get_sorted_inputs(self, control_flow: bool = False) -> list[tuple[str, dict[str, Any]]]:
        return sorted(
            self.get_inputs(control_flow=control_flow), key=lambda item: item[1].get("in", 0)
        )

    def get_sorted_outputs(self, control_flow: bool = False) -> list[tuple[str, dict[str, Any]]]:
        return sorted(
            self.get_outputs(control_flow=control_flow), key=lambda item: item[1].get("out", 0)
        )

    def edges(self, attrs: dict[str, Any] | None = None) -> list[tuple[str, str, dict[str, Any]]]:
        into = [(u, self.id, edge) for u, edge in self.get_inputs(attrs)]
        return into + [(self.id, v, edge) for v, edge in self.get_outputs(attrs)]

    def edge(self, attrs: dict[str, Any] | None = None) -> tuple[str, str, dict[str, Any]]:
        found = self.edges(attrs)
        if len(found) != 1:
            raise Error("'{}' has {} such edges, not one", self.id, len(found))
        return found[0]

    def input_ports_with(self, node: Node) -> list[int]:
        """The numbers of the inputs that ``node`` feeds."""
        return [idx for idx, found in self.in_nodes().items() if found == node]

    def get_opset(self) -> str:
        return str(self.soft_get("version", "extension"))


def _nodes(found: Any) -> Any:
    if isinstance(found, list):
        return [node for node, _ in found]
    return {key: node for key, (node, _) in found.items()}


def _edges(found: Any) -> Any:
    if isinstance(found, list):
        return [edge for _, edge in found]
    return {key: edge for key, (_, edge) in found.items()}


def _listed(
    found: list[tuple[Node, dict[str, Any]]], wanted: dict[str, Any] | None, control_flow: bool
) -> list[tuple[str, dict[str, Any]]]:
    wanted = wanted or {}
    return [
        (node.id, edge)
        for node, edge in found
        if not control_flow and all(edge.get(k) == v for k, v in wanted.items())
    ]
