"""The walk over a model's nodes: look up, call, wire, name. The same for every framework."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Sequence

from mo.errors import (
    ConversionError,
    InferenceError,
    ModelFileError,
    UnsupportedError,
    closest,
    listing,
)
from mo.front.model import Model, SourceNode, sorted_nodes
from mo.front.registry import Translation, Translations
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import TensorType


def translate(model: Model, translations: Translations) -> Graph:
    """The model as a graph of IR operations. All unsupported operations are named at once."""
    walk = Walk(model, translations, Graph(name=model.name))
    walk.refuse_unsupported()
    walk.run(model.outputs)
    graph = walk.graph
    for item in model.inputs:
        if item.tensor_name:
            walk.values[item.name].names[item.tensor_name] = None
    for name in model.outputs:
        graph.output(walk.needed(name), name)
    return graph


class Walk:
    """The translation of one graph of the model: its nodes in order, its values by name.

    The walk of a body finds what it does not define in the walk around it.
    """

    def __init__(
        self,
        model: Model,
        translations: Translations,
        graph: Graph,
        outer: Walk | None = None,
    ) -> None:
        self.model = model
        self.translations = translations
        self.graph = graph
        self.outer = outer
        self.values: dict[str, Output] = {}
        # Values of the graph around that became inputs of this one.
        self.captured: list[Output] = []

    # ---- for translations of nodes with bodies

    def inline(self, body: Model) -> tuple[Output, ...]:
        """The outputs of a body without inputs, translated in place."""
        walk = Walk(body, self.translations, self.graph, self)
        walk.run(body.outputs)
        return tuple(walk.needed(name) for name in body.outputs)

    def body(self, body: Model, kinds: Sequence[TensorType]) -> tuple[Graph, list[Output]]:
        """A body as a graph of its own, and the outer values it takes as further inputs."""
        walk = Walk(body, self.translations, Graph(name=body.name), self)
        for item, kind in zip(body.inputs, kinds):
            walk.values[item.name] = walk.graph.input(item.name, kind.shape, kind.dtype)
        walk.run(body.outputs)
        for name in body.outputs:
            walk.graph.output(walk.needed(name), name)
        return walk.graph, walk.captured

    # ---- the walk itself

    def refuse_unsupported(self) -> None:
        """UnsupportedError that names every node without a translation, bodies included."""
        missing: dict[str, list[SourceNode]] = defaultdict(list)
        stack = sorted_nodes(self.model, self.model.outputs)[::-1]
        while stack:
            node = stack.pop()
            if self.translations.find(node.domain, node.type, node.opset) is None:
                label = f"{node.domain}.{node.type}" if node.domain else node.type
                missing[f"{label} (operation set {node.opset})"].append(node)
            for body in node.bodies():
                stack += body.nodes
        if missing:
            text = _missing_text(missing, self.translations)
            raise UnsupportedError(text, hint=_MISSING_HINT)

    def run(self, targets: Sequence[str]) -> None:
        """Translate the nodes that ``targets`` need."""
        if self.outer is None:
            for item in self.model.inputs:
                self.values[item.name] = self.graph.input(item.name, item.shape, item.dtype)
        see_outside = self.outer.sees if self.outer else None
        before = self.graph.scope
        for node in sorted_nodes(self.model, targets, see_outside):
            function = self.translations.find(node.domain, node.type, node.opset)
            assert function is not None
            inputs = [self.value(name) if name else None for name in node.inputs]
            self.graph.scope = node.name
            node.walk = self
            for name, output in zip(node.outputs, _call(self.graph, node, function, inputs)):
                if name:
                    self._keep(node, name, output)
        self.graph.scope = before

    def _keep(self, node: SourceNode, name: str, output: Output) -> None:
        """Let the user's names survive: of the tensor, and of the node."""
        self.values[name] = output
        output.names[name] = None
        if not output.node.is_named and not output.is_constant:
            self.graph.rename(output.node, node.name)

    def sees(self, name: str) -> bool:
        """Whether a body inside may use this name."""
        known = name in self.values or name in self.model.constants
        return known or (self.outer is not None and self.outer.sees(name))

    def needed(self, name: str) -> Output:
        value = self.value(name)
        assert value is not None
        return value

    def value(self, name: str) -> Output | None:
        """The value of a tensor name; only what is read becomes a constant of the graph."""
        value = self.values.get(name)
        if value is not None:
            return value
        tensor = self.model.constants.get(name)
        if tensor is not None:
            value = self.graph.constant(tensor, name=name)
            value.names[name] = None
        elif self.outer is not None:
            value = self._from_outside(self.outer.value(name), name)
        if value is not None:
            self.values[name] = value
        return value

    def _from_outside(self, value: Output | None, name: str) -> Output | None:
        if value is None or value.node.graph is self.graph:
            return value
        if value.constant is not None:
            return self.graph.constant(value.constant, name=name)
        self.captured.append(value)
        return self.graph.input(name, value.shape, value.dtype)


_MISSING_HINT = (
    "Cut them off with --input or --output, or add a translation with --extensions "
    "(see CONTRIBUTING.md)."
)


def _missing_text(missing: dict[str, list[SourceNode]], translations: Translations) -> str:
    lines = [f"{len(missing)} operation types of the model are not supported:"]
    if len(missing) == 1:
        lines = ["An operation type of the model is not supported:"]
    for label, nodes in sorted(missing.items()):
        line = f"    {label}, {len(nodes)} nodes: {listing((n.name for n in nodes), 5)}"
        similar = closest(nodes[0].type, translations.types(nodes[0].domain), 1)
        lines.append(line + (f" (similar: {similar[0]})" if similar else ""))
    return "\n".join(lines)


def _call(
    graph: Graph, node: SourceNode, function: Translation, inputs: list[Output | None]
) -> Sequence[Output]:
    try:
        result = function(graph, node, *inputs)
    except ConversionError as error:
        raise type(error)(f"Cannot convert {node}: {error.message}", error.hint) from error
    except RecursionError:
        raise
    except Exception as error:
        try:
            inspect.signature(function).bind(graph, node, *inputs)
        except TypeError:
            raise ModelFileError(
                f"Cannot convert {node}: it has {len(inputs)} inputs, which {node.type} "
                f"of operation set {node.opset} does not take",
                hint="The model is not valid; export it again.",
            ) from error
        raise InferenceError(
            f"Cannot convert {node}: {type(error).__name__}: {error}",
            hint="An attribute or input is missing or malformed.",
        ) from error
    outputs = (result,) if isinstance(result, Output) else tuple(result)
    for index in range(len(outputs), len(node.outputs)):
        if node.outputs[index]:
            raise UnsupportedError(f"Cannot convert {node}: its output {index} is not supported")
    return outputs
