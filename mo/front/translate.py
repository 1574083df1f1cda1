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


def translate(model: Model, translations: Translations) -> Graph:
    """The model as a graph of IR operations. All unsupported operations are named at once."""
    nodes = sorted_nodes(model, model.outputs)
    functions = _find_all(nodes, translations)
    graph = Graph(name=model.name)
    values: dict[str, Output] = {}
    for item in model.inputs:
        value = values[item.name] = graph.input(item.name, item.shape, item.dtype)
        if item.tensor_name:
            value.names[item.tensor_name] = None
    for node, function in zip(nodes, functions):
        inputs = [_value(graph, model, values, name) for name in node.inputs]
        graph.scope = node.name
        outputs = _call(graph, node, function, inputs)
        for name, output in zip(node.outputs, outputs):
            if name:
                values[name] = output
                output.names[name] = None
                if not output.node.is_named and not output.is_constant:
                    graph.rename(output.node, node.name)
    graph.scope = ""
    for name in model.outputs:
        result = _value(graph, model, values, name)
        assert result is not None
        graph.output(result, name)
    return graph


def _value(graph: Graph, model: Model, values: dict[str, Output], name: str) -> Output | None:
    if not name:
        return None
    value = values.get(name)
    if value is None:
        # Only what is read becomes a constant of the graph.
        value = values[name] = graph.constant(model.constants[name], name=name)
        value.names[name] = None
    return value


def _find_all(nodes: Sequence[SourceNode], translations: Translations) -> list[Translation]:
    functions: list[Translation] = []
    missing: dict[str, list[SourceNode]] = defaultdict(list)
    for node in nodes:
        function = translations.find(node.domain, node.type, node.opset)
        if function is None:
            label = f"{node.domain}.{node.type}" if node.domain else node.type
            missing[f"{label} (operation set {node.opset})"].append(node)
        else:
            functions.append(function)
    if missing:
        raise UnsupportedError(_missing_text(missing, translations), hint=_MISSING_HINT)
    return functions


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
