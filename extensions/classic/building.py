"""Pieces of graphs that extensions build with one call: ``mo.front.tf.graph_utils``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mo.classic.node import Node


def create_op_with_const_inputs(
    graph: Any,
    op: Any,
    port_value_dict: Mapping[int, Any],
    op_attrs: Mapping[str, Any] | None = None,
    input_node: Any = None,
) -> Node:
    """A node whose inputs at the given ports are constants; ``input_node`` feeds port 0."""
    node: Node = op(graph, dict(op_attrs or {})).create_node()
    for port, value in port_value_dict.items():
        node.add_input_port(port, skip_if_exist=True)
        constant = graph.constant(np.asarray(value), f"{node.id}/input_{port}_value")
        node.in_port(port).connect(constant.out_port(0))
    if input_node is not None:
        node.add_input_port(0, skip_if_exist=True)
        before, output = (input_node, 0) if isinstance(input_node, Node) else input_node
        before.add_output_port(output, skip_if_exist=True)
        before.out_port(output).connect(node.in_port(0))
    return node


def create_op_node_with_second_input(
    graph: Any,
    op: Any,
    second_input_value: Any,
    op_attrs: Mapping[str, Any] | None = None,
    input_node: Any = None,
) -> Node:
    return create_op_with_const_inputs(graph, op, {1: second_input_value}, op_attrs, input_node)
