"""Functions of the classic's ``mo.graph.graph``, some of them older forms of methods."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from mo.classic.errors import Error
from mo.classic.graph_changes import create_sub_graph_copy
from mo.classic.graph_checks import check_empty_graph, dump_graph_for_graphviz, print_graph_stat
from mo.classic.graph_queries import get_inputs_with_ports, get_node_id_by_name, get_op_nodes
from mo.classic.node import Node

# Functions that were methods later: the same, with the graph as the first argument.
METHODS = (
    check_empty_graph,
    create_sub_graph_copy,
    dump_graph_for_graphviz,
    get_inputs_with_ports,
    get_node_id_by_name,
    print_graph_stat,
)


def rename_node(node: Node, name: str) -> None:
    """Give a name that no other node has."""
    others = node.graph.get_nodes_with_attributes(name=name)
    if any(id != node.id for id in others):
        raise Error("there is a node called '{}' already", name)
    node["name"] = name


def rename_nodes(nodes: Sequence[tuple[Node, str]]) -> None:
    """Rename in turn: the old node first, so that its name is free for the new one."""
    for node, name in nodes:
        node["name"] = name


def add_opoutput(
    graph: Any,
    node_name: str,
    port: int,
    cut: bool = True,
    keep_output_port: bool = False,
    user_defined_name: str | None = None,
) -> Node:
    """Make an output of a node an output of the model; ``cut``: its consumers are let go."""
    node = Node(graph, node_name)
    node.add_output_port(port, skip_if_exist=True)
    if cut:
        node.out_port(port).disconnect()
    result = graph.add_node(
        graph.unique_id(f"{node.id}/sink_port_{port}"), op="Result", type="Result", in_ports_count=1
    )
    result.in_port(0).connect(node.out_port(port))
    if user_defined_name:
        node.op_node.outputs[port].names[user_defined_name] = None
    return result


def merge_edge_props(attrs: dict[str, Any], additional_attrs: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of two edges; lists are joined."""
    result = dict(attrs)
    for key, value in additional_attrs.items():
        if isinstance(result.get(key), list) and isinstance(value, list):
            result[key] = list(dict.fromkeys([*result[key], *value]))
        else:
            result[key] = value
    return result


def dict_includes(
    big: Mapping[str, Any], sub_dict: Mapping[str, Any], skip_attr_names: Sequence[str] = ()
) -> bool:
    """Whether all entries of one dictionary are in another; an inner list of pairs is no entry."""
    return all(
        key in skip_attr_names or (key in big and big[key] == value)
        for key, value in sub_dict.items()
    )


def dict_to_ordered_dict(d: Mapping[Any, Any], func: Callable[[Any], Any] = str) -> Any:
    return OrderedDict(sorted(d.items(), key=lambda item: func(item[0])))


def fill_graph_with_nodes(
    graph: Any,
    src_nodes: Iterable[Any],
    get_id: Callable[[Any], str],
    get_attrs: Callable[[Any], Mapping[str, Any]],
) -> None:
    for node in src_nodes:
        graph.add_node(get_id(node), **get_attrs(node))


def set_edge_attribute_between_nodes(
    node1: Node, node2: Node, attr_name: str, new_value: Any
) -> None:
    for after, edge in node1.graph.edges_out(node1.target):
        if after == node2:
            node1.graph.marks_of_edge(node2.op_node, edge["in"])[attr_name] = new_value


def get_edge_attribute_between_nodes(node1: Node, node2: Node, attr_name: str) -> Any:
    for after, edge in node1.graph.edges_out(node1.target):
        if after == node2 and attr_name in edge:
            return edge[attr_name]
    return None


# ---- older forms of methods


def get_graph_ops(graph: Any) -> list[Node]:
    return get_op_nodes(graph)


def create_edge(
    src_node: Node,
    dst_node: Node,
    out_port: int = 0,
    in_port: int = 0,
    edge_attrs: Mapping[str, Any] | None = None,
) -> None:
    src_node.graph.create_edge(src_node, dst_node, out_port, in_port, edge_attrs)


def erase_node(node: Node) -> None:
    node.graph.erase_node(node)


def get_sorted_inputs(node: Node, control_flow: bool = False) -> Any:
    return node.get_sorted_inputs(control_flow)


def get_sorted_outputs(node: Node, control_flow: bool = False) -> Any:
    return node.get_sorted_outputs(control_flow)


def insert_node_after(node: Node, new_node: Node, node_out_port: int = 0) -> None:
    node.insert_node_after(new_node, node_out_port)


def replace_node(old_node: Node, new_node: Node, new_node_out_port: int | None = None) -> None:
    old_node.replace_node(new_node, new_node_out_port)


def copy_node(src_node: Node, new_attrs: Any = None, dst_graph: Any = None) -> Node:
    return src_node.copy_node(new_attrs, dst_graph)


def get_inputs(graph: Any, node: str, edge_attr: Any = None, control_flow: bool = False) -> Any:
    return Node(graph, node).get_inputs(edge_attr, control_flow)


def get_outputs(graph: Any, node: str, edge_attr: Any = None, control_flow: bool = False) -> Any:
    return Node(graph, node).get_outputs(edge_attr, control_flow)
