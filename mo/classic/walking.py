"""Walks through the graph that extensions call: ``mo.utils.graph`` and ``mo.utils.find_inputs``."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from mo.classic.errors import Error
from mo.classic.node import Node
from mo.classic.selecting import between
from mo.classic.walks import breadth_first


def backward_bfs_for_operation(
    start_node: Node, op_names: Sequence[str], skip_op_list: Sequence[str] | None = None
) -> list[Node]:
    """The nearest operations of these names before a node; those to skip are walked through."""
    found: dict[Node, None] = {}
    queue, seen = deque([start_node]), {start_node}
    while queue:
        for port in queue.popleft().in_ports().values():
            source = port.get_source()
            if source is None or source.node in seen:
                continue
            node = source.node
            seen.add(node)
            name = node.soft_get("op")
            if name in op_names:
                found[node] = None
            elif skip_op_list is None or name not in skip_op_list:
                queue.append(node)
    return list(found)


def bfs_search(graph: Any, start_nodes: Iterable[str] = ()) -> list[str]:
    """Ids in order of distance from the starts, or from all nodes without inputs."""
    starts = list(start_nodes) or [id for id in graph if not graph.predecessors(id)]
    return breadth_first(starts, graph.successors)


def nodes_matching_name_pattern(graph: Any, pattern: str) -> list[str]:
    expression = re.compile(pattern)
    return [id for id in graph if expression.match(id)]


def is_connected_component(graph: Any, node_names: Sequence[str]) -> bool:
    """Whether the nodes hang together, the direction of edges aside."""
    names = set(node_names)

    def near(id: str) -> Iterable[str]:
        return [n for n in (*graph.successors(id), *graph.predecessors(id)) if n in names]

    return not names or len(breadth_first(list(node_names)[:1], near)) == len(names)


def sub_graph_between_nodes(
    graph: Any,
    start_nodes: Sequence[str],
    end_nodes: Sequence[str],
    detect_extra_start_node: Any = None,
    include_control_flow: bool = True,
    allow_non_reachable_end_nodes: bool = False,
) -> list[str]:
    """All ids from the starts to the ends; Error if an end cannot be reached."""
    ends = list(end_nodes)
    if allow_non_reachable_end_nodes:
        reachable = set(breadth_first(start_nodes, graph.successors))
        ends = [id for id in ends if id in reachable]
    return between(graph, start_nodes, ends, "sub-graph")


def invert_sub_graph_between_nodes(
    graph: Any,
    start_nodes: Sequence[str],
    end_nodes: Sequence[str],
    detect_extra_start_node: Any = None,
) -> list[str]:
    """All ids from the ends back to the starts."""
    return breadth_first(end_nodes, graph.predecessors, start_nodes)


def node_neighbourhood(
    node_name: str, depth: int, next_node_fn: Callable[[str], Iterable[str]]
) -> list[str]:
    """Ids at most ``depth`` steps away, the node itself included."""
    found = {node_name: 0}
    queue = deque(found)
    while queue:
        id = queue.popleft()
        for near in next_node_fn(id) if found[id] < depth else ():
            if near not in found:
                found[near] = found[id] + 1
                queue.append(near)
    return list(found)


def node_incoming_neighbourhood(graph: Any, node_name: str, depth: int) -> list[str]:
    return node_neighbourhood(node_name, depth, graph.predecessors)


def node_outcoming_neighbourhood(graph: Any, node_name: str, depth: int) -> list[str]:
    return node_neighbourhood(node_name, depth, graph.successors)


def scope_output_nodes(graph: Any, scope: str, scope_delimiter: str = "/") -> list[Node]:
    """The nodes of a scope that something outside reads, or nothing at all."""
    prefix = scope if scope.endswith(scope_delimiter) else scope + scope_delimiter
    inside = {id for id in graph if id.startswith(prefix)}
    return [
        Node(graph, id)
        for id in graph
        if id in inside and any(n not in inside for n in graph.successors(id) or [None])
    ]


def clear_tensor_names_info(nodes: Iterable[Node]) -> None:
    """Forget the names that the outputs of nodes have in the model."""
    for node in nodes:
        for output in node.op_node.outputs:
            output.names = {}


def find_nodes_by_attribute_value(graph: Any, attr: str, attr_name: Any) -> list[str]:
    return graph.get_nodes_with_attributes(**{attr: attr_name})


def find_inputs(graph: Any) -> list[str]:
    return find_nodes_by_attribute_value(graph, "op", "Parameter")


def find_outputs(graph: Any) -> list[str]:
    """The ids of what the outputs of the model read."""
    found = []
    for result in graph.get_op_nodes(op="Result"):
        source = result.in_port(0).get_source()
        if source is None:
            raise Error("the output '{}' reads nothing", result.id)
        found.append(source.node.id)
    return list(dict.fromkeys(found))
