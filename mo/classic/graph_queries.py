"""Methods of the classic's graph that ask: nodes, edges, orders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mo.classic.attributes import equal
from mo.classic.errors import Error
from mo.classic.layer import Layer
from mo.classic.node import Node
from mo.classic.vocabulary import name_of
from mo.classic.walks import depth_first
from mo.errors import suggestion
from mo.graph import node as native

if TYPE_CHECKING:
    from mo.classic.graph import Graph


def get_op_nodes(graph: Graph, **attrs: Any) -> list[Node]:
    """The operations with these attributes, oldest first."""
    if graph.stage != "front" and set(attrs) <= {"op", "type", "kind"}:
        return list(_by_names(graph, attrs))
    return [
        node
        for node in map(graph.node_of, list(graph.native.all_nodes()))
        if _has(node, {"kind": "op", **attrs})
    ]


def _by_names(graph: Graph, wanted: Mapping[str, Any]) -> Iterator[Node]:
    """By name alone nothing needs to be described."""
    if wanted.get("kind", "op") != "op":
        return
    for node in list(graph.native.all_nodes()):
        found = node.op.attrs if isinstance(node.op, Layer) else None
        op = name_of(node.op) if found is None else found.get("op")
        kind = node.op.type if found is None else found.get("type")
        if wanted.get("op", op) == op and wanted.get("type", kind) == kind:
            yield graph.node_of(node)


def _has(node: Node, wanted: Mapping[str, Any]) -> bool:
    """Whether a node has these values; a framework's name of an operation counts, too."""
    found = node.attrs()
    for key, value in wanted.items():
        is_equal = key in found and equal(found[key], value)
        if not is_equal and (key != "op" or found.get("framework_op") != value):
            return False
    return True


def get_data_nodes(graph: Graph, has_value: bool | None = None) -> list[Node]:
    outputs = [target for target in graph.targets() if isinstance(target, native.Output)]
    if has_value is not None:
        outputs = [value for value in outputs if (graph.value(value) is not None) == has_value]
    return [graph.node_of(value) for value in outputs]


def get_nodes_with_attributes(graph: Graph, **attrs: Any) -> list[str]:
    nodes = map(graph.node_of, graph.targets())
    return [node.id for node in nodes if _has(node, attrs)]


def get_node_id_by_name(graph: Graph, name: str) -> str:
    """The id of the only operation of a name; Error if there is none or more."""
    found = [n for n in graph.native.all_nodes() if graph.attributes_of(n).get("name") == name]
    if not found:
        names = [node.name for node in graph.native.all_nodes()]
        raise Error("No node with name '{}'. {}", name, suggestion(name, names).strip())
    if len(found) > 1:
        raise Error("{} nodes have the name '{}'", len(found), name)
    return found[0].id


def get_inputs_with_ports(
    graph: Graph, match: Mapping[str, Any], pattern_edges: Any, input_names_in_pattern: Any
) -> list[tuple[Node, int]]:
    """(node, output port) for each pattern node named, as ``create_node`` takes them."""
    found = []
    for name in input_names_in_pattern:
        behind = next((edge[1] for edge in pattern_edges if edge[0] == name), None)
        if behind is None:
            raise Error("no edge of the pattern leaves '{}'", name)
        before, node = match[name], match[behind]
        port = next(edge["out"] for id, edge in node.get_inputs() if id == before.id)
        found.append((before, port))
    return found


def in_edges(graph: Graph, id: str, data: bool = False, keys: bool = False) -> list[Any]:
    found = graph.edges_in(graph.find(id))
    return [_edge(before.id, id, edge, data, keys) for before, edge in found]


def out_edges(graph: Graph, id: str, data: bool = False, keys: bool = False) -> list[Any]:
    found = graph.edges_out(graph.find(id))
    return [_edge(id, after.id, edge, data, keys) for after, edge in found]


def _edge(u: str, v: str, edge: Any, data: bool, keys: bool) -> tuple[Any, ...]:
    return (u, v, *([edge.get("in", 0)] if keys else []), *([edge] if data else []))


def edges(graph: Graph, data: bool = False, keys: bool = False) -> list[Any]:
    return [edge for id in graph for edge in out_edges(graph, id, data, keys)]


def successors(graph: Graph, id: str) -> list[str]:
    return list(dict.fromkeys(after.id for after, _ in graph.edges_out(graph.find(id))))


def predecessors(graph: Graph, id: str) -> list[str]:
    return list(dict.fromkeys(before.id for before, _ in graph.edges_in(graph.find(id))))


def has_edge(graph: Graph, u: str, v: str) -> bool:
    return v in successors(graph, u)


def dfs(graph: Graph, node_name: str, visited: set[str]) -> list[str]:
    """Ids reached from a node, each after what it leads to."""
    return depth_first(node_name, visited, graph.successors)


def pseudo_topological_sort(graph: Graph, reverse: bool = False) -> list[Node]:
    """All nodes, each after its inputs as far as there are no cycles."""
    visited: set[str] = set()
    order: list[str] = []
    for id in graph:
        if id not in visited:
            order += dfs(graph, id, visited)
    found = [graph.node_of(graph.find(id)) for id in order]
    return found if reverse else found[::-1]


def in_degree(graph: Graph, id: str) -> int:
    return len(in_edges(graph, id))


def out_degree(graph: Graph, id: str) -> int:
    return len(out_edges(graph, id))
