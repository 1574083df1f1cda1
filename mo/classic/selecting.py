"""Sub-graphs that the JSON file of --transformations_config names, by scope or by points."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from mo.classic.descriptions import Description, read_descriptions
from mo.classic.errors import Error
from mo.classic.node import Node
from mo.classic.walks import breadth_first
from mo.errors import listing
from mo.graph.op import Parameter

if TYPE_CHECKING:
    from mo.classic.graph import Graph

log = logging.getLogger("mo.extensions")


class CustomReplacementRegistry:
    """All descriptions of a conversion, by id."""

    _descriptions: ClassVar[dict[str, list[Description]]] = {}

    def add(self, descriptions: Iterable[Description]) -> None:
        for description in descriptions:
            self._descriptions.setdefault(description.id, []).append(description)

    def clear(self) -> None:
        self._descriptions.clear()

    def add_custom_replacement_description_from_config(self, file_name: str | Path) -> None:
        self.add(read_descriptions(Path(file_name)))

    def get_custom_replacement_description(self, replacement_id: str) -> list[Description] | None:
        return self._descriptions.get(replacement_id)

    def get_all_replacements_descriptions(self) -> list[Description]:
        return [item for found in self._descriptions.values() for item in found]


class SubgraphMatch:
    """One occurrence of a sub-graph: its nodes, and where it is joined to the rest.

    ``inputs``: for each input of the sub-graph the (node, input port) that read it inside;
    ``outputs``: for each output the (node, output port) that makes it.
    """

    def __init__(
        self,
        graph: Graph,
        description: Description,
        nodes: list[str],
        inputs: list[list[tuple[Node, int]]],
        outputs: list[tuple[Node, int]],
        scope: str = "",
    ) -> None:
        self.graph = graph
        self.custom_replacement_desc = description
        self.scope = scope
        self._nodes = nodes
        self._inputs = inputs
        self._outputs = outputs

    def matched_nodes_names(self) -> list[str]:
        return list(self._nodes)

    def inputs_count(self) -> int:
        return len(self._inputs)

    def outputs_count(self) -> int:
        return len(self._outputs)

    def input_nodes(self, port: int) -> list[tuple[Node, int]]:
        return self._inputs[port]

    def single_input_node(self, port: int) -> tuple[Node, int]:
        found = self._inputs[port]
        if len(found) != 1:
            raise Error("input {} of '{}' is read by {} nodes", port, self.scope, len(found))
        return found[0]

    def output_node(self, port: int) -> tuple[Node, int]:
        return self._outputs[port]

    def node_by_pattern(self, pattern: str) -> Node | None:
        """The node of the sub-graph whose name within the scope matches; Error if several do."""
        whole = f"{self.scope}/{pattern}" if self.scope else pattern
        found = [id for id in self._nodes if re.match(whole, id)]
        if len(found) > 1:
            raise Error("pattern '{}' matches {} nodes: {}", pattern, len(found), listing(found))
        return Node(self.graph, found[0]) if found else None


def occurrences(graph: Graph, description: Description) -> list[SubgraphMatch]:
    """Where the sub-graph of a description is in the graph."""
    if description.match_kind == "scope":
        found = [_by_scope(graph, description, scope) for scope in description.instances]
    else:
        found = [_by_points(graph, description)]
    matches = [match for match in found if match is not None]
    if not matches:
        log.warning(
            "No sub-graph of the model is what the configuration calls '%s'", description.id
        )
    return matches


def _by_scope(graph: Graph, description: Description, scope: str) -> SubgraphMatch | None:
    names = in_scope(graph, scope)
    if not names:
        return None
    inputs = []
    for readers in description.inputs:
        ends = [
            (node, reader["port"])
            for reader in readers
            for node in _within(graph, names, reader["node"])
        ]
        if not ends:
            log.info("'%s': scope '%s' lacks the input %s", description.id, scope, readers)
            return None
        inputs.append(ends)
    outputs = [
        (node, output["port"])
        for output in description.outputs
        for node in _within(graph, names, output["node"])
    ]
    return SubgraphMatch(graph, description, list(names), inputs, outputs, scope.rstrip("/"))


def in_scope(graph: Graph, scope: str) -> dict[str, str]:
    """The nodes whose names begin with a scope, each with the rest of its name."""
    found = ((id, re.match(scope, id)) for id in graph)
    return {id: id[start.end() :].lstrip("/") for id, start in found if start is not None}


def _within(graph: Graph, names: Mapping[str, str], pattern: str) -> list[Node]:
    """The nodes whose names within the scope match, else those where these end so."""
    for wanted in (re.compile(pattern), re.compile(f".*{pattern}")):
        found = [Node(graph, id) for id, rest in names.items() if wanted.match(rest)]
        if found:
            return found
    return []


def _by_points(graph: Graph, description: Description) -> SubgraphMatch | None:
    starts, ends = description.instances["start_points"], description.instances["end_points"]
    absent = [name for name in (*starts, *ends) if name not in graph]
    if absent:
        log.warning("'%s': the model has no node %s", description.id, listing(absent))
        return None
    if not description.with_inputs:
        starts = list(dict.fromkeys(n for s in starts for n in graph.successors(s)))
    if not description.with_outputs:
        ends = list(dict.fromkeys(n for e in ends for n in graph.predecessors(e)))
    try:
        names = between(graph, starts, ends, f"'{description.id}'")
    except Error as error:
        error.hint = "Name other points in the file of --transformations_config."
        raise
    inputs = [[(Node(graph, name), 0)] for name in starts]
    outputs = [(Node(graph, name), 0) for name in ends]
    return SubgraphMatch(graph, description, names, inputs, outputs)


def between(graph: Graph, starts: Iterable[str], ends: Iterable[str], what: str) -> list[str]:
    """All ids from ``starts`` to ``ends``, and what those in between need beside.

    Error if an end cannot be reached, or if an input of the model would be inside.
    """
    starts, ends = list(starts), list(ends)
    reached = breadth_first(starts, graph.successors, ends)
    known = set(reached)
    unreached = [end for end in dict.fromkeys(ends) if end not in known]
    if unreached:
        origin = listing(dict.fromkeys(starts))
        raise Error("{}: {} cannot be reached from {}", what, listing(unreached), origin)
    inside = breadth_first(reached, graph.predecessors, starts)
    for id in inside:
        target = graph.find(id)
        op = getattr(target, "op", None)
        if isinstance(op, Parameter) or graph.attributes_of(target).get("op") == "Parameter":
            raise Error("{}: the input '{}' of the model would be inside", what, id)
    return inside
