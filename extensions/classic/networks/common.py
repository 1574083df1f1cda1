"""What the replacements of several networks do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from extensions.classic.building import create_op_with_const_inputs
from mo.classic.graph import Graph
from mo.classic.node import Node
from mo.classic.op import Op
from mo.classic.port import Port
from mo.classic.reporting import ExtensionError


def operation(
    graph: Graph, kind: str | type[Op], name: str, *inputs: Port | np.ndarray, **attributes: Any
) -> Port:
    """The output of a new operation on outputs and constants."""
    op = Op.get_op_class_by_name(kind) if isinstance(kind, str) else kind
    values = {index: value for index, value in enumerate(inputs) if isinstance(value, np.ndarray)}
    node = create_op_with_const_inputs(graph, op, values, {"name": name, **attributes})
    for index, source in enumerate(inputs):
        if isinstance(source, Port):
            node.add_input_port(index, skip_if_exist=True)
            node.in_port(index).connect(source)
    node.add_output_port(0, skip_if_exist=True)
    return node.out_port(0)


def channels_first(graph: Graph, images: Port, name: str) -> Port:
    """Images as [N, C, H, W], whatever the layout of the model."""
    if graph.graph["layout"] == "NCHW" or graph.graph["cmd_params"].disable_nhwc_to_nchw:
        return images
    return operation(graph, "Transpose", name, images, np.array([0, 3, 1, 2]))


def as_output(graph: Graph, value: Port) -> None:
    """Let a value be an output of the model."""
    result = graph.add_node(
        graph.unique_id(f"{value.node.id}/sink_port_0"),
        op="Result",
        type="Result",
        in_ports_count=1,
    )
    result.in_port(0).connect(value)


def node_named(graph: Graph, name: str, id: str) -> Node:
    """The node of the model that a configuration names; an error lists what is missing."""
    if name not in graph:
        raise ExtensionError(
            f"--transformations_config, '{id}': the model has no node '{name}'",
            hint="Give the configuration of the version that made the model, or a copy of it with "
            "the names of your model.",
        )
    return graph.node_of(graph.find(name))


def parameter(attributes: Mapping[str, Any], key: str, id: str) -> Any:
    """A value of 'custom_attributes' that has to be there."""
    if attributes.get(key) is None:
        raise ExtensionError(
            f"--transformations_config, '{id}': 'custom_attributes' lacks '{key}'",
            hint="Complete the configuration.",
        )
    return attributes[key]


def without_output_flag(graph: Graph, id: str) -> None:
    """The outputs are the replacement's to choose: --output cannot be obeyed beside it."""
    if graph.graph["cmd_params"].output:
        raise ExtensionError(
            f"--transformations_config, '{id}': it chooses the outputs, and so does --output",
            hint="Leave --output out.",
        )
