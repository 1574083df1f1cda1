"""Patterns as dictionaries of nodes and edges, and where they occur.

A match is node-induced: between its nodes there are no edges but those of the pattern.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mo.classic import selecting
from mo.classic.attributes import equal
from mo.classic.descriptions import Description
from mo.classic.errors import Error
from mo.classic.node import Node

if TYPE_CHECKING:
    from mo.classic.graph import Graph

log = logging.getLogger("mo.extensions")


def apply_pattern(
    graph: Graph,
    nodes: Sequence[Any],
    edges: Sequence[Any],
    action: Callable[[Graph, dict[str, Node]], None],
    node_attrs: Any = None,
    edge_attrs: Any = None,
) -> None:
    """Call ``action`` for each match found before the first call."""
    if node_attrs or edge_attrs:
        log.warning("'node_attrs' and 'edge_attrs' of a pattern have no effect")
    for match in list(matches(graph, nodes, edges)):
        if all(node.id in graph and graph.find(node.id) is node.target for node in match.values()):
            action(graph, match)
        else:
            log.warning("The graph has changed: a match of the pattern is skipped")


def matches(graph: Graph, nodes: Sequence[Any], edges: Sequence[Any]) -> Iterator[dict[str, Node]]:
    """Every match, by alias."""
    wanted = [(alias, dict(rest[0]) if rest else {}) for alias, *rest in map(_entry, nodes)]
    joined: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for u, v, *rest in edges:
        joined.setdefault((u, v), []).append(dict(rest[0]) if rest else {})
    order = _connected_order([alias for alias, _ in wanted], list(joined))
    checks = dict(wanted)

    def extend(found: dict[str, Node]) -> Iterator[dict[str, Node]]:
        if len(found) == len(order):
            yield dict(found)
            return
        alias = order[len(found)]
        for node in _candidates(graph, alias, found, joined):
            if node in found.values() or not node_match(node, checks[alias]):
                continue
            found[alias] = node
            if _edges_agree(alias, found, joined):
                yield from extend(found)
            del found[alias]

    yield from extend({})


def _entry(entry: Any) -> Sequence[Any]:
    return (entry,) if isinstance(entry, str) else entry


def _connected_order(aliases: list[str], pairs: list[tuple[str, str]]) -> list[str]:
    """The aliases, each joined to an earlier one where there is one."""
    order: list[str] = []
    rest = list(aliases)
    while rest:
        near = [
            a for a in rest if any((a in p and (p[0] in order or p[1] in order)) for p in pairs)
        ]
        order.append((near or rest)[0])
        rest.remove(order[-1])
    return order


def _candidates(
    graph: Graph,
    alias: str,
    found: Mapping[str, Node],
    joined: Mapping[tuple[str, str], Any],
) -> Iterable[Node]:
    for u, v in joined:
        if v == alias and u in found:
            return dict.fromkeys(node for node, _ in graph.edges_out(found[u].target))
        if u == alias and v in found:
            return dict.fromkeys(node for node, _ in graph.edges_in(found[v].target))
    return [graph.node_of(target) for target in graph.targets()]


def node_match(node: Node, wanted: Mapping[str, Any]) -> bool:
    """Whether a node has the attributes of a pattern's node."""
    attrs = node.attrs()
    return all(
        check_value(attrs.get(key), check)
        or (key == "op" and check_value(attrs.get("framework_op"), check))
        for key, check in wanted.items()
    )


def check_value(v: Any, check: Any) -> bool:
    """Whether a value is the wanted one, or pleases the wanted function."""
    if callable(check) and not isinstance(check, type):
        return bool(check(v))
    if v is None:
        return check is None
    return equal(v, check)


def _edges_agree(
    alias: str, found: Mapping[str, Node], joined: Mapping[tuple[str, str], list[dict[str, Any]]]
) -> bool:
    for other in found:
        for u, v in {(alias, other), (other, alias)}:
            between = [
                e for node, e in found[u].graph.edges_out(found[u].target) if node == found[v]
            ]
            patterns = joined.get((u, v), [])
            if bool(between) != bool(patterns) or not edge_match(between, patterns):
                return False
    return True


def edge_match(between: Sequence[Mapping[str, Any]], patterns: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the edges between two nodes have the attributes of the pattern's edges."""
    keys = sorted({key for pattern in patterns for key in pattern})
    if not patterns:
        return not between
    if not keys:
        return True
    have = {tuple(str(edge.get(key)) for key in keys) for edge in between}
    return have == {tuple(str(pattern.get(key)) for key in keys) for pattern in patterns}


# ---- what the classic's modules offered beside it


def find_pattern_matches(
    graph: Graph,
    nodes: Sequence[Any],
    edges: Sequence[Any],
    node_attrs: Any = None,
    edge_attrs: Any = None,
) -> Iterator[dict[str, str]]:
    """Every match as id of the graph's node to alias."""
    for match in matches(graph, nodes, edges):
        yield {node.id: alias for alias, node in match.items()}


def find_isomorphisms(
    graph: Graph, nodes: Sequence[Any], edges: Sequence[Any]
) -> list[dict[str, str]]:
    """The matches that cover the whole graph."""
    return [m for m in find_pattern_matches(graph, nodes, edges) if len(m) == len(graph)]


def inverse_dict(d: Mapping[Any, Any]) -> dict[Any, Any]:
    return {value: key for key, value in d.items()}


def check_node_usages_out_of_match(
    match: Mapping[str, Node], node_name_in_match_group: str
) -> bool:
    """Whether all neighbours of a node are in the match."""
    node = match[node_name_in_match_group]
    near = [n for n, _ in (*node.graph.edges_in(node.target), *node.graph.edges_out(node.target))]
    return all(found in match.values() for found in near)


def all_edges_in_nodes(nodes: Sequence[Any], edges: Sequence[Any]) -> bool:
    known = {entry[0] for entry in map(_entry, nodes)}
    return all(u in known and v in known for u, v, *_ in edges)


def for_each_sub_graph(graph: Graph, func: Callable[[Graph], Any]) -> None:
    """Call ``func`` for the graphs inside the operations of this one."""
    from mo.classic.graph import view_of  # views know patterns by their replacements

    for node in list(graph.native.all_nodes()):
        for body in node.op.bodies():
            func(view_of(body.graph))


def for_each_sub_graph_recursively(graph: Graph, func: Callable[[Graph], Any]) -> None:
    def deeper(inner: Graph) -> None:
        func(inner)
        for_each_sub_graph_recursively(inner, func)

    for_each_sub_graph(graph, deeper)


def for_graph_and_each_sub_graph_recursively(graph: Graph, func: Callable[[Graph], Any]) -> None:
    func(graph)
    for_each_sub_graph_recursively(graph, func)


# ---- sub-graphs of --transformations_config


def descriptions(replacement_id: str) -> list[Description]:
    return (
        selecting.CustomReplacementRegistry().get_custom_replacement_description(replacement_id)
        or []
    )


def configured(graph: Graph, replacement_id: str) -> Iterator[selecting.SubgraphMatch]:
    """The sub-graphs that the configuration names for a replacement."""
    for description in descriptions(replacement_id):
        if description.match_kind != "general":
            yield from selecting.occurrences(graph, description)


def one_operation(graph: Graph, match: selecting.SubgraphMatch) -> Node:
    """The operation ``op`` of the configuration, with its attributes."""
    from mo.classic.op import Op  # operations make nodes, which patterns match

    description = match.custom_replacement_desc
    name = f"{match.scope or description.id}/{description.op}"
    if description.op not in Op.registered_ops:
        raise Error(
            "'{}' is to become '{}', which is no operation",
            *(description.id, description.op),
            hint="Name an operation of the classic, or one that an extension defines.",
        )
    made = Op.get_op_class_by_name(str(description.op))(
        graph, {"name": name, **description.custom_attributes}
    )
    return made.create_node()
