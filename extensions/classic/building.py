"""Pieces of graphs that extensions build with one call: ``mo.front.tf.graph_utils``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from extensions.classic.operations import class_of
from mo.classic.errors import Error
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


# ---- detection heads

# In a row of boxes x and y change places.
_SWAPPED = {4: [1, 0, 3, 2], 5: [0, 2, 1, 4, 3]}


def add_convolution_to_swap_xy_coordinates(
    graph: Any, input_node: Node, coordinates_size: int
) -> Node:
    """Rows of boxes [N, 4] (or [N, 5] with the number of the image first) with x and y changed."""
    order = np.array(_SWAPPED[coordinates_size], np.int64)
    gather = class_of("extensions.ops.gather.Gather")
    attributes = {"name": f"{input_node.id}/swapped"}
    return create_op_with_const_inputs(
        graph, gather, {1: order, 2: np.int64(-1)}, attributes, input_node
    )


def add_fake_background_loc(graph: Any, input_node: Node) -> Node:
    """Boxes of a background class, all zeros, before those of the others: [N, classes, 4]."""
    slicing = class_of("mo.ops.slice.AttributedSlice")
    span = {"starts": np.array([0]), "ends": np.array([1]), "axes": np.array([1])}
    name = f"{input_node.id}/background"
    first = slicing(graph, {"name": f"{name}/first", **span}).create_node([input_node])
    zeros = create_op_with_const_inputs(
        graph, class_of("extensions.ops.elementwise.Mul"), {1: np.float32(0)}, {}, first
    )
    concat = class_of("mo.ops.concat.Concat")
    return concat(graph, {"name": name, "axis": 1, "in_ports_count": 2}).create_node(
        [zeros, input_node]
    )


_ACTIVATIONS = {
    "SOFTMAX": "mo.ops.softmax.Softmax",
    "SIGMOID": "extensions.ops.activation_ops.Sigmoid",
    "IDENTITY": "extensions.ops.identity.Identity",
}


def add_activation_function_after_node(graph: Any, node: Node, activation_function: str) -> Node:
    """SOFTMAX (over the last axis), SIGMOID or IDENTITY behind a node."""
    if activation_function not in _ACTIVATIONS:
        raise Error("activation '{}' is not one of {}", activation_function, list(_ACTIVATIONS))
    attributes = {"name": f"{node.id}/{activation_function.lower()}", "axis": -1}
    return class_of(_ACTIVATIONS[activation_function])(graph, attributes).create_node([node])


def mark_squeeze_reshape_concat_before_detection_output(start_nodes: Any) -> None:
    """Nothing to mark: layouts are settled when a layer is translated."""


def add_constant_to_negative_values(node: Node, port_idx: int, added_value: Any) -> None:
    """Add a number to those elements of an input that are negative."""
    graph = node.graph
    source = node.in_port(port_idx).get_source()
    if source is None:
        raise Error("input {} of '{}' reads nothing", port_idx, node.id)
    zero = np.zeros([1], np.asarray(added_value).dtype)
    less = create_op_with_const_inputs(
        graph, class_of("extensions.ops.elementwise.Less"), {1: zero}, {"name": f"{node.id}/less"}
    )
    less.in_port(0).connect(source)
    cast = class_of("extensions.ops.Cast.Cast")
    mask = cast(graph, {"dst_type": zero.dtype.type, "name": f"{node.id}/mask"}).create_node([less])
    shift = create_op_with_const_inputs(
        graph, class_of("extensions.ops.elementwise.Mul"), {1: np.asarray(added_value)}, {}, mask
    )
    add = class_of("extensions.ops.elementwise.Add")(graph, {"name": f"{node.id}/added"})
    total = add.create_node()
    total.in_port(0).connect(source)
    total.in_port(1).connect(shift.out_port(0))
    node.in_port(port_idx).connect(total.out_port(0))


def swap_weights_xy(graph: Any, nodes: Any) -> None:
    """Exchange x and y in the weights and biases of the layers that make boxes."""
    for node in nodes:
        for port in (1, 2):
            if node.is_in_port_connected(port):
                constant = node.in_port(port).get_source().node
                axis = 0 if port == 2 else node.soft_get("output_feature_channel", 0)
                value = np.moveaxis(np.asarray(constant.value), axis, -1)
                boxes = value.reshape(*value.shape[:-1], -1, 4)[..., [1, 0, 3, 2]]
                constant["value"] = np.moveaxis(boxes.reshape(value.shape), -1, axis)
