"""Element types in the words of extensions: ``mo.middle.passes.convert_data_type`` and others."""

from __future__ import annotations

from typing import Any

import numpy as np

from mo.classic.errors import Error
from mo.classic.node import Node


class packed_U1(np.generic):
    """Bits, eight in a byte."""


class packed_U4(np.generic):
    """Numbers of four bits without sign, two in a byte."""


class packed_I4(np.generic):
    """Numbers of four bits with sign, two in a byte."""


# Word of a user: (numpy type, precision and element type of the IR).
SUPPORTED_DATA_TYPES: dict[str, tuple[Any, str, str]] = {
    "float": (np.float32, "FP32", "f32"),
    "half": (np.float16, "FP16", "f16"),
    "FP32": (np.float32, "FP32", "f32"),
    "FP64": (np.float64, "FP64", "f64"),
    "FP16": (np.float16, "FP16", "f16"),
    "I32": (np.int32, "I32", "i32"),
    "I64": (np.int64, "I64", "i64"),
    "int8": (np.int8, "I8", "i8"),
    "int32": (np.int32, "I32", "i32"),
    "int64": (np.int64, "I64", "i64"),
    "bool": (np.bool_, "BOOL", "boolean"),
    "uint8": (np.uint8, "U8", "u8"),
    "uint32": (np.uint32, "U32", "u32"),
    "uint64": (np.uint64, "U64", "u64"),
    "U1": (packed_U1, "U1", "u1"),
    "int4": (packed_I4, "I4", "i4"),
    "uint4": (packed_U4, "U4", "u4"),
    "I4": (packed_I4, "I4", "i4"),
    "U4": (packed_U4, "U4", "u4"),
}


def data_type_str_to_np(data_type_str: str) -> Any:
    found = SUPPORTED_DATA_TYPES.get(data_type_str)
    return None if found is None else found[0]


def data_type_str_to_precision(data_type_str: str) -> str | None:
    found = SUPPORTED_DATA_TYPES.get(data_type_str)
    return None if found is None else found[1]


def data_type_str_to_destination_type(data_type_str: str) -> str | None:
    found = SUPPORTED_DATA_TYPES.get(data_type_str)
    return None if found is None else found[2]


def _found(np_data_type: Any, column: int) -> str:
    for row in SUPPORTED_DATA_TYPES.values():
        if np_data_type in (row[0], np.dtype(row[0]) if row[0] in _PLAIN else row[0]):
            return str(row[column])
    raise Error("element type {} is not supported", np_data_type)


_PLAIN = [row[0] for row in SUPPORTED_DATA_TYPES.values() if not row[0].__name__.startswith("pack")]


def np_data_type_to_precision(np_data_type: Any) -> str:
    return _found(np_data_type, 1)


def np_data_type_to_destination_type(np_data_type: Any) -> str:
    return _found(np_data_type, 2)


def destination_type_to_np_data_type(dst_type: str) -> Any:
    for row in SUPPORTED_DATA_TYPES.values():
        if row[2] == dst_type:
            return row[0]
    raise Error("element type '{}' is not supported", dst_type)


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
    order: list[str] = []
    visited.add(node_name)
    stack = [(node_name, iter(graph.predecessors(node_name)))]
    while stack:
        id, before = stack[-1]
        for near in before:
            if near not in visited:
                visited.add(near)
                stack.append((near, iter(graph.predecessors(near))))
                break
        else:
            order.append(id)
            stack.pop()
    return order


def shape_inference(graph: Any) -> None:
    """Shapes are known as soon as operations are."""
    graph.clean_up()
