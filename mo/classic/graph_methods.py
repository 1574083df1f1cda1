"""The methods of the classic's graph, each a function of the view (its first argument)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mo.classic.attributes import Attributes, equal
from mo.classic.errors import Error
from mo.classic.layer import Layer
from mo.classic.node import Node
from mo.classic.vocabulary import name_of
from mo.classic.walks import depth_first
from mo.errors import suggestion
from mo.graph import node as native

if TYPE_CHECKING:
    from mo.classic.graph import Graph

# ---- asking


def get_op_nodes(graph: Graph, **attrs: Any) -> list[Node]:
    """The operations with these attributes, oldest first."""
    if graph.stage != "front" and set(attrs) <= {"op", "type", "kind"}:
        return list(_by_names(graph, attrs))
    return [
        node
        for node in map(graph.node_of, list(graph.native.all_nodes()))
        if has_attributes(node, {"kind": "op", **attrs})
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


def has_attributes(node: Node, wanted: Mapping[str, Any]) -> bool:
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
    return [node.id for node in nodes if has_attributes(node, attrs)]


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


# ---- changing


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


# ---- checks


def check_empty_graph(graph: Graph, description: str = "") -> None:
    if sum(1 for _ in graph.native.all_nodes()) <= 1:
        raise Error(
            "Graph contains {} node after executing {}",
            *(len(graph), description),
            hint="The extension removes what the outputs need; mend it or leave it out.",
        )


def check_shapes_consistency(graph: Graph) -> None:
    """Shapes are consistent by construction here."""


def check_nodes_ports_are_consecutive(graph: Graph) -> None:
    for found in graph.native.all_nodes():
        numbers = sorted(graph.ports(found, "in"))
        if numbers != list(range(len(numbers))):
            raise Error("the input ports of '{}' are {}", found.id, numbers)


def print_graph_stat(graph: Graph) -> None:
    counts: dict[str, int] = {}
    for found in get_op_nodes(graph):
        counts[found.soft_get("op")] = counts.get(found.soft_get("op"), 0) + 1
    for name, number in sorted(counts.items()):
        print(f"{number:6d} {name}")


def dump_graph_for_graphviz(graph: Graph, *_: Any, **__: Any) -> str:
    """The graph in the language of graphviz."""
    lines = ["digraph {"]
    for found in map(graph.node_of, graph.targets()):
        lines.append(f'  "{found.id}" [label="{found.soft_get("op", found.id)}"];')
        lines += [f'  "{found.id}" -> "{after}";' for after in successors(graph, found.id)]
    return "\n".join([*lines, "}"])


def in_degree(graph: Graph, id: str) -> int:
    return len(in_edges(graph, id))


def out_degree(graph: Graph, id: str) -> int:
    return len(out_edges(graph, id))
