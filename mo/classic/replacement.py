"""The base classes of graph replacements, one for each phase and protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from mo.classic import matching
from mo.classic.errors import Error
from mo.classic.graph import Graph
from mo.classic.node import Node
from mo.classic.selecting import SubgraphMatch

Match = dict[str, Node]


class ReplacementPattern:
    """Root of all: ``find_and_replace_pattern``, or ``pattern`` and ``replace_pattern``.

    ``enabled``, ``id``, ``graph_condition`` (functions of the graph), ``force_clean_up`` and
    ``run_not_recursively`` are attributes of the class.
    """

    # The phase that a class belongs to: front, middle or back.
    phase: ClassVar[str] = ""
    registered_ops: ClassVar[dict[str, type]] = {}
    registered_cls: ClassVar[list[type]] = []
    excluded_classes: ClassVar[list[type]] = []
    excluded_replacers: ClassVar[list[type]] = []
    replacement_id: Any = "None"

    def run_before(self) -> Sequence[type]:
        return _anchors(f"{self.phase}Finish")

    def run_after(self) -> Sequence[type]:
        return _anchors(f"{self.phase}Start")

    def find_and_replace_pattern(self, graph: Graph) -> None:
        matching.apply_pattern(graph, **self.pattern(), action=self.replace_pattern)  # type: ignore[attr-defined]

    @classmethod
    def class_type(cls) -> type:
        return ReplacementPattern


def _anchors(name: str) -> Sequence[type]:
    from mo.classic.schedule import ANCHORS  # anchors are replacements themselves

    return [ANCHORS[name]] if name in ANCHORS else []


class FrontReplacementPattern(ReplacementPattern):
    """A change before translation: the nodes are the framework's."""

    phase = "Front"

    def pattern(self) -> dict[str, Any]:
        raise Error("{} gives neither a pattern nor find_and_replace_pattern", type(self).__name__)

    def replace_pattern(self, graph: Graph, match: Match) -> None:
        raise Error("{} has no replace_pattern", type(self).__name__)


class FrontReplacementSubgraph(FrontReplacementPattern):
    """A sub-graph by pattern: ``replace_sub_graph``, or the generator and two port maps."""

    def find_and_replace_pattern(self, graph: Graph) -> None:
        matching.apply_pattern(graph, **self.pattern(), action=self.replace_sub_graph)

    def replace_sub_graph(self, graph: Graph, match: Any) -> None:
        new = self.generate_sub_graph(graph, match)
        _reconnect_inputs(graph, self.input_edges_match(graph, match, new))
        _reconnect_outputs(graph, self.output_edges_match(graph, match, new))
        graph.remove_nodes_from(self.nodes_to_remove(graph, match))

    def generate_sub_graph(self, graph: Graph, match: Any) -> dict[str, Node]:
        raise Error("{} has no generate_sub_graph", type(self).__name__)

    def input_edges_match(self, graph: Graph, match: Any, new_sub_graph: Any) -> dict[Any, Any]:
        return {}

    def output_edges_match(self, graph: Graph, match: Any, new_sub_graph: Any) -> dict[Any, Any]:
        return {}

    def nodes_to_remove(self, graph: Graph, match: Any) -> list[str]:
        if isinstance(match, SubgraphMatch):
            return match.matched_nodes_names()
        return [node.id for node in match.values()]


def _end(key: Any) -> tuple[str, int]:
    """(id, port) of an end that may be an id alone."""
    return key if isinstance(key, tuple) else (key, 0)


def _reconnect_inputs(graph: Graph, ends: dict[Any, Any]) -> None:
    for (old, port), (new, new_port) in ((_end(k), _end(v)) for k, v in ends.items()):
        source = Node(graph, old).in_port(port).get_source()
        if source is not None:
            graph.create_edge(source.node, Node(graph, new), source.idx, new_port)


def _reconnect_outputs(graph: Graph, ends: dict[Any, Any]) -> None:
    for (old, port), (new, new_port) in ((_end(k), _end(v)) for k, v in ends.items()):
        node = Node(graph, new)
        node.add_output_port(new_port, skip_if_exist=True)
        Node(graph, old).out_port(port).get_connection().set_source(node.out_port(new_port))


class FrontReplacementOp(FrontReplacementSubgraph):
    """One operation, told by the class attribute ``op``; ``replace_op`` gives what takes over."""

    op: ClassVar[str] = "UnknownOp"

    def pattern(self) -> dict[str, Any]:
        return {"nodes": [("op", {"op": self.op})], "edges": []}

    def replace_op(self, graph: Graph, node: Node) -> list[Any]:
        raise Error("{} has no replace_op", type(self).__name__)

    def replace_sub_graph(self, graph: Graph, match: Any) -> None:
        node: Node = match["op"]
        for index, description in enumerate(self.replace_op(graph, node) or ()):
            id, port = description if isinstance(description, tuple) else (description, 0)
            new = id if isinstance(id, Node) else Node(graph, id)
            new.add_output_port(port, skip_if_exist=True)
            if node.has_port("out", index):
                node.out_port(index).get_connection().set_source(new.out_port(port))
        graph.remove_nodes_from(id for id in self.nodes_to_remove(graph, match) if id in graph)


class FrontReplacementFromConfigFileSubGraph(FrontReplacementSubgraph):
    """A sub-graph that the file of --transformations_config names by scope or points."""

    def find_and_replace_pattern(self, graph: Graph) -> None:
        for match in matching.configured(graph, str(self.replacement_id)):
            self.replace_sub_graph(graph, match)


class FrontReplacementFromConfigFileOp(FrontReplacementFromConfigFileSubGraph):
    """The same, replaced by one operation: the ``op`` of the file with its attributes."""

    def generate_sub_graph(self, graph: Graph, match: Any) -> dict[str, Node]:
        return {"op": matching.one_operation(graph, match)}

    def input_edges_match(self, graph: Graph, match: Any, new_sub_graph: Any) -> dict[Any, Any]:
        ends = {}
        for index in range(match.inputs_count()):
            for node, port in match.input_nodes(index):
                ends[node.id, port] = (new_sub_graph["op"].id, index)
        return ends

    def output_edges_match(self, graph: Graph, match: Any, new_sub_graph: Any) -> dict[Any, Any]:
        ends = {}
        for index in range(match.outputs_count()):
            node, port = match.output_node(index)
            ends[node.id, port] = (new_sub_graph["op"].id, index)
        return ends


class FrontReplacementFromConfigFileGeneral(FrontReplacementPattern):
    """Anything, with the ``custom_attributes`` of the file."""

    def transform_graph(self, graph: Graph, replacement_descriptions: Any) -> None:
        raise Error("{} has no transform_graph", type(self).__name__)

    def find_and_replace_pattern(self, graph: Graph) -> None:
        for description in matching.descriptions(str(self.replacement_id)):
            if description.match_kind == "general" and "custom_attributes" in description.given:
                self.transform_graph(graph, description.custom_attributes)


class MiddleReplacementPattern(ReplacementPattern):
    """A change while shapes are known and operations are still the model's."""

    phase = "Middle"

    def pattern(self) -> dict[str, Any]:
        raise Error("{} gives neither a pattern nor find_and_replace_pattern", type(self).__name__)

    def replace_pattern(self, graph: Graph, match: Match) -> None:
        raise Error("{} has no replace_pattern", type(self).__name__)


class BackReplacementPattern(MiddleReplacementPattern):
    """A change of what the IR will hold."""

    phase = "Back"


class Loader(ReplacementPattern):
    """A loader of models: models are read by this tool alone."""

    phase = "Load"

    def load(self, graph: Graph) -> None:
        raise Error("{} has no load", type(self).__name__)


class AnalyzeAction(ReplacementPattern):
    """A diagnosis of the classic's developers; accepted, and not run."""

    phase = ""

    def analyze(self, graph: Graph) -> Any:
        return None, None


class AnalysisResults:
    """What such diagnoses were collected in."""

    def __init__(self) -> None:
        self.results: dict[str, Any] = {}


# Bases that extensions derive from: only what derives directly is a replacement.
BASES: tuple[type[ReplacementPattern], ...] = (
    FrontReplacementOp,
    FrontReplacementPattern,
    FrontReplacementSubgraph,
    FrontReplacementFromConfigFileSubGraph,
    FrontReplacementFromConfigFileOp,
    FrontReplacementFromConfigFileGeneral,
    MiddleReplacementPattern,
    BackReplacementPattern,
    Loader,
    AnalyzeAction,
    ReplacementPattern,
)
for _base in BASES:
    _base.registered_ops, _base.registered_cls = {}, []
