"""Layers that extensions made after translation become operations of the IR, or their own."""

from __future__ import annotations

from collections.abc import Sequence

from mo.classic.layer import Layer
from mo.classic.reporting import user_error
from mo.classic.source import DOMAIN, described_input
from mo.errors import ConversionError, InferenceError
from mo.front.model import SourceNode
from mo.front.registry import Translations
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.op import Parameter


def settle(graph: Graph, translations: Translations) -> int:
    """Work out every layer that is new, each after its inputs."""
    new = [node for node in graph.nodes_of(Layer) if not node.op.is_settled]  # type: ignore[attr-defined]
    if not new:
        return 0
    pending = set(new)
    for node in _in_order(new, pending):
        if node.id not in graph:
            continue
        if node.is_dead and node.op.attrs.get("op") not in ("Result", "Parameter"):  # type: ignore[attr-defined]
            graph.discard(node)
        else:
            settle_node(graph, translations, node)
    return len(new)


def _in_order(nodes: Sequence[Node], pending: set[Node]) -> list[Node]:
    """The nodes, each after those among them that it reads."""
    order: dict[Node, None] = {}
    for root in nodes:
        stack = [(root, iter(root.inputs))]
        entered = {root}
        while stack:
            node, inputs = stack[-1]
            for value in inputs:
                if value is not None and value.node in pending and value.node not in order:
                    if value.node in entered:
                        raise InferenceError(f"'{node.name}' reads its own result")
                    entered.add(value.node)
                    stack.append((value.node, iter(value.node.inputs)))
                    break
            else:
                order[node] = None
                stack.pop()
    return list(order)


def settle_node(graph: Graph, translations: Translations, node: Node) -> tuple[Output, ...]:
    """The values that take the place of a layer's outputs."""
    layer = node.op
    assert isinstance(layer, Layer)
    name = str(layer.attrs.get("op"))
    if name == "Parameter":
        return _replaced(graph, node, (_parameter(graph, layer),))
    if name == "Result":
        value = node.inputs[0]
        graph.remove(node)
        if value is not None and not value.node.op.is_sink:
            graph.output(value)
        return ()
    source = SourceNode(name, node.name, [], [], layer.attrs, DOMAIN)
    function = translations.find(DOMAIN, name, 1)
    assert function is not None
    before = graph.scope
    graph.scope = node.name
    try:
        result = function(graph, source, *node.inputs)
    except ConversionError as error:
        raise type(error)(
            f"Cannot convert {name} '{node.name}': {error.message}", error.hint
        ) from error
    except Exception as error:
        raise user_error(error, f"the attributes of {name} '{node.name}'") from error
    finally:
        graph.scope = before
    outputs = tuple(result) if isinstance(result, (tuple, list)) else (result,)
    return _replaced(graph, node, outputs)


def _parameter(graph: Graph, layer: Layer) -> Output:
    item = described_input(layer, str(layer.attrs.get("name")))
    op = Parameter(shape=item.shape, element_type=item.dtype)
    value = graph.add(op, name=item.name)
    value.names[item.name] = None
    return value


def _replaced(graph: Graph, node: Node, outputs: Sequence[Output]) -> tuple[Output, ...]:
    for old, new in zip(node.outputs, outputs):
        graph.replace(old, new)
        if node.is_named and not new.node.is_named and not new.is_constant:
            graph.rename(new.node, node.name)
        graph.changed_type(new)
    if node.id in graph:
        graph.remove(node)
    return tuple(outputs)
