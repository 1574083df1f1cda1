"""Methods of the classic's graph that change it: nodes and edges that come and go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from mo.classic.attributes import Attributes
from mo.classic.errors import Error
from mo.classic.layer import Layer
from mo.classic.node import Node
from mo.graph import node as native

if TYPE_CHECKING:
    from mo.classic.graph import Graph


def unique_id(graph: Graph, prefix: str = "") -> str:
    if prefix and prefix not in graph:
        return prefix
    number = 0
    while f"{prefix}{number}" in graph:
        number += 1
    return f"{prefix}{number}"


def add_node(graph: Graph, node_for_adding: str, **attrs: Any) -> Node:
    """A node of these attributes, not connected."""
    if node_for_adding in graph:
        raise Error("there is a node '{}' already", node_for_adding)
    if attrs.get("kind", "op") != "op":
        raise Error("a data node comes with the operation that makes it")
    found = Attributes({"kind": "op", "name": node_for_adding, **attrs})
    layer = Layer(found)
    counts = [found.get(f"{kind}_ports_count") or 0 for kind in ("in", "out")]
    layer.place = graph.native.place(layer, [None] * counts[0], counts[1], node_for_adding)
    for kind, count in zip(("in", "out"), counts):
        found[f"_{kind}_ports"] = {idx: {} for idx in range(count)}
    native_node = layer.place
    native_node.name = str(found["name"])
    native_node.is_named = True
    found.told = lambda key, value: _renamed(graph, native_node, key, value)
    return graph.node_of(native_node)


def _renamed(graph: Graph, node: native.Node, key: str, value: Any) -> None:
    if key == "name":
        graph.native.rename(node, str(value))


def add_nodes_from(graph: Graph, nodes: Iterable[Any]) -> None:
    for item in nodes:
        id, attrs = item if isinstance(item, tuple) else (item, {})
        add_node(graph, id, **attrs)


def create_edge(
    graph: Graph,
    src_node: Node,
    dst_node: Node,
    out_port: int = 0,
    in_port: int = 0,
    edge_attrs: Mapping[str, Any] | None = None,
) -> None:
    src_node.add_output_port(out_port, skip_if_exist=True)
    dst_node.add_input_port(in_port, skip_if_exist=True)
    dst_node.in_port(in_port).connect(src_node.out_port(out_port))
    more = {k: v for k, v in (edge_attrs or {}).items() if k not in ("in", "out")}
    if more:
        graph.marks_of_edge(dst_node.op_node, in_port).update(more)


def add_edge(graph: Graph, u: str, v: str, key: Any = None, **attr: Any) -> None:
    """An edge by ids and port numbers, towards or from a tensor as well."""
    before, after = graph.find(u), graph.find(v)
    if isinstance(after, native.Output):
        if after.node is not before:
            raise Error("tensor '{}' is made by '{}'", v, after.node.id)
        return
    value = before if isinstance(before, native.Output) else None
    if value is None:
        out = attr.get("out", 0)
        graph.node_of(before).add_output_port(out, skip_if_exist=True)
        value = before.outputs[out]  # type: ignore[union-attr]
    index = attr.get("in", 0)
    graph.node_of(after).add_input_port(index, skip_if_exist=True)
    graph.connect(value, after, index)


def add_edges_from(graph: Graph, edges: Iterable[Any]) -> None:
    for u, v, *rest in edges:
        add_edge(graph, u, v, **(rest[-1] if rest else {}))


def remove_edge(graph: Graph, u: str, v: str, key: Any = None) -> None:
    before, after = graph.find(u), graph.find(v)
    if isinstance(after, native.Output):
        raise Error("'{}' cannot be parted from the tensor that it makes", u)
    for index, value in enumerate(list(after.inputs)):
        if value is not None and before in (value, value.node):
            graph.disconnect(after, index)
            return
    raise Error("there is no edge from '{}' to '{}'", u, v)


def remove_edges_from(graph: Graph, edges: Iterable[Any]) -> None:
    for u, v, *_ in list(edges):
        remove_edge(graph, u, v)


def remove_node(graph: Graph, id: str) -> None:
    target = graph.find(id)
    if isinstance(target, native.Node):
        graph.native.remove(target)
    else:
        for user, index in list(target.users):
            graph.disconnect(user, index)


def remove_nodes_from(graph: Graph, ids: Iterable[str]) -> None:
    for id in list(ids):
        if id in graph:
            remove_node(graph, id)


def erase_node(graph: Graph, node: Node) -> None:
    """Remove a node of one input and one output, and join what is around it."""
    inputs = [port for port in node.in_ports().values() if not port.disconnected()]
    outputs = [port for port in node.out_ports().values() if not port.disconnected()]
    if len(inputs) > 1 or len(outputs) > 1:
        raise Error("'{}' has more than one input or output, and cannot be erased", node.id)
    if inputs and outputs:
        source = inputs[0].get_source()
        assert source is not None
        inputs[0].disconnect()
        outputs[0].get_connection().set_source(source)
    if node.id in graph:
        graph.native.remove(node.op_node)


def copied(graph: Graph, node: Node, new_attrs: Mapping[str, Any], dst_graph: Graph | None) -> Node:
    """A node of the same attributes, not connected."""
    target = dst_graph or graph
    attrs = {k: v for k, v in node.attrs().items() if k not in ("name", "_in_ports", "_out_ports")}
    attrs |= {
        "in_ports_count": len(node.op_node.inputs),
        "out_ports_count": len(node.op_node.outputs),
        **new_attrs,
    }
    id = unique_id(target, str(attrs.get("name") or f"{node.id}/copy"))
    return add_node(target, id, **{**attrs, "name": id})


def create_sub_graph_copy(graph: Graph, nodes_to_extract: Iterable[str]) -> Any:
    raise Error("a sub-graph is not copied here: copy its nodes with node.copy_node()")


def clean_up(graph: Graph, undead_node_types: Any = None) -> None:
    """Work out what was made, and drop what no output needs."""
    if graph.stage != "front":
        settle = graph.native.graph.get("settle")
        if settle is not None:
            settle(graph.native)
        graph.native.prune()
