"""Methods of the classic's graph that check it or show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mo.classic.errors import Error
from mo.classic.graph_queries import get_op_nodes, successors

if TYPE_CHECKING:
    from mo.classic.graph import Graph


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
