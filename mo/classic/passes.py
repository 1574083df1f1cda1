"""What extensions call of the classic's inference and elimination: ``mo.middle.passes``."""

from __future__ import annotations

from typing import Any

from mo.classic.node import Node
from mo.classic.port import Port
from mo.classic.walks import depth_first

# ---- mo.middle.passes.infer


def copy_type_infer(node: Node) -> None:
    """All outputs have the element type of the first connected input."""
    source = next(port for port in node.in_ports().values() if not port.disconnected())
    for port in node.out_ports().values():
        port.set_data_type(source.get_data_type())


def node_type_infer(node: Node) -> None:
    """By the node's own function, by its attribute ``data_type``, or as its input."""
    if node.has_valid("type_infer"):
        node.type_infer(node)
    elif node.has_valid("data_type"):
        node.out_port(0).set_data_type(node.data_type)
    else:
        copy_type_infer(node)


def type_infer(graph: Any) -> None:
    """Element types are known as soon as operations are."""
    graph.clean_up()


def partial_infer(graph: Any, start_node: str | None = None) -> bool:
    """Shapes are known as soon as operations are."""
    graph.clean_up()
    return True


# ---- mo.middle.passes.fusing.helpers


def get_value_in_port(node: Node) -> Port | None:
    """The one of two inputs that is constant; None if none or both are."""
    found = [port for port in node.in_ports().values() if port.data.get_value() is not None]
    return found[0] if len(found) == 1 else None


def get_tensor_in_port(node: Node) -> Port | None:
    """The other one; None if none or both are constant."""
    found = [port for port in node.in_ports().values() if port.data.get_value() is None]
    return found[0] if len(found) == 1 else None


# ---- mo.middle.passes.eliminate


def remove_op_node_with_data_node(
    graph: Any, node_to_remove: Node, input_data_node: Node | None = None
) -> None:
    """Take out an operation; its readers read what it read (or the tensor that is given)."""
    value = node_to_remove.op_node.inputs[0] if input_data_node is None else input_data_node.target
    graph.native.replace(node_to_remove.op_node.outputs[0], value)
    graph.native.remove(node_to_remove.op_node)


def remove_op_nodes(graph: Any, attrs: dict[str, Any]) -> None:
    for node in graph.get_op_nodes(**attrs):
        remove_op_node_with_data_node(graph, node)


def merge_data_nodes(graph: Any, survived: Node, removed: Node) -> None:
    """Give the readers of one tensor to another."""
    graph.native.replace(removed.target, survived.target)


def reverse_dfs(graph: Any, node_name: str, visited: set[str]) -> list[str]:
    """Ids that a node needs, the node itself included, inputs first."""
    return depth_first(node_name, visited, graph.predecessors)


def shape_inference(graph: Any) -> None:
    """Shapes are known as soon as operations are."""
    graph.clean_up()
