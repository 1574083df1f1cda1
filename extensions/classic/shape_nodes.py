"""Computations on shapes that extensions put into the graph: ``mo.utils.shape``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from extensions.classic.building import create_op_node_with_second_input
from extensions.classic.operations import class_of
from mo.classic.node import Node
from mo.classic.port import Port

_Add = "extensions.ops.elementwise.Add"
_Cast = "extensions.ops.Cast.Cast"
_Concat = "mo.ops.concat.Concat"
_Gather = "extensions.ops.gather.Gather"
_Range = "extensions.ops.range.Range"
_Rank = "extensions.ops.rank.Rank"
_Shape = "mo.ops.shape.Shape"


def _made(graph: Any, key: str, attributes: dict[str, Any], *inputs: Any) -> Node:
    """A node of an operation; inputs are nodes, ports, or values."""
    node: Node = class_of(key)(graph, attributes).create_node()
    for index, given in enumerate(inputs):
        node.add_input_port(index, skip_if_exist=True)
        source = given if isinstance(given, (Node, Port)) else graph.constant(np.asarray(given))
        port = source if isinstance(source, Port) else source.out_port(0)
        node.in_port(index).connect(port)
    return node


def get_canonical_axis_index_node(rank: Node, axis: int) -> Node:
    """An axis as a node: counted from the end of a rank that is only known when the model runs."""
    graph = rank.graph
    if axis >= 0:
        return graph.constant(np.array([axis], np.int64), f"{rank.id}/axis")
    return _made(graph, _Add, {"name": f"{rank.id}/axis"}, rank, np.array([axis], np.int64))


def get_range_node_of_idxs(
    rank: Node, begin: int, end: int, include_begin: bool = True, include_end: bool = False
) -> Node:
    """The axes between two, which may count from the end."""
    graph = rank.graph

    def at(axis: int, shift: int) -> Node:
        if axis >= 0:
            return graph.constant(np.int64(axis + shift))
        return _made(graph, _Add, {}, rank, np.int64(axis + shift))

    start, stop = at(begin, 0 if include_begin else 1), at(end, 1 if include_end else 0)
    attributes = {"name": f"{rank.id}/axes", "output_type": np.int64}
    return _made(graph, _Range, attributes, start, stop, np.int64(1))


def get_shape_values_by_indices_node(shape_node: Node, indices_node: Node) -> Node:
    attributes = {"name": f"{shape_node.id}/sizes"}
    return _made(shape_node.graph, _Gather, attributes, shape_node, indices_node, np.int64(0))


def node_to_get_shape_value_of_indices(shape_node: Node, indices: Sequence[int]) -> Node:
    attributes = {"name": f"{shape_node.id}/sizes"}
    listed = np.array(indices, np.int64)
    return _made(shape_node.graph, _Gather, attributes, shape_node, listed, np.int64(0))


def get_shape_values_by_range_idxs(
    shape: Node,
    rank: Node,
    begin: int,
    end: int,
    include_begin: bool = True,
    include_end: bool = False,
) -> Node:
    axes = get_range_node_of_idxs(rank, begin, end, include_begin, include_end)
    return get_shape_values_by_indices_node(shape, axes)


def node_to_get_batch_value(shape_node: Node) -> Node:
    return node_to_get_shape_value_of_indices(shape_node, [0])


def node_to_get_features_dimension_value(shape_node: Node) -> Node:
    """The number of channels, by the layout of the graph."""
    last = shape_node.graph.graph["layout"] == "NHWC"
    return node_to_get_shape_value_of_indices(shape_node, [-1 if last else 1])


def node_to_get_spatial_dimensions_value(shape_node: Node) -> Node:
    """Height and width, by the layout of the graph."""
    last = shape_node.graph.graph["layout"] == "NHWC"
    return node_to_get_shape_value_of_indices(shape_node, [1, 2] if last else [2, 3])


def new_shape_node_from_shape_nodes(input_shape_nodes: Iterable[Node]) -> Node:
    """The sizes one after another."""
    nodes = list(input_shape_nodes)
    attributes = {"axis": 0, "in_ports_count": len(nodes), "name": f"{nodes[0].id}/joined"}
    return _made(nodes[0].graph, _Concat, attributes, *nodes)


def get_shape_and_rank_nodes_by_port(
    port: Port, return_as_a_scalar: bool = True
) -> tuple[Node, Node]:
    """Nodes of the shape and of the rank of the tensor at a port."""
    graph, name = port.node.graph, port.node.id
    shape = _made(graph, _Shape, {"name": f"{name}/shape"}, port)
    rank = _made(graph, _Rank, {"name": f"{name}/rank"}, port)
    if return_as_a_scalar:
        return shape, rank
    unsqueeze = class_of("mo.ops.unsqueeze.Unsqueeze")
    attributes = {"name": f"{name}/rank/1d"}
    listed = create_op_node_with_second_input(
        graph, unsqueeze, np.array([0], np.int64), attributes, rank
    )
    return shape, listed
