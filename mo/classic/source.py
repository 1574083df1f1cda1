"""The model of a file as a graph of layers, for extensions of the front phase, and back again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from mo.classic.attributes import Attributes
from mo.classic.graph import view_of
from mo.classic.layer import Layer
from mo.classic.tensors import sizes
from mo.front.model import Model, ModelInput, SourceNode, captured
from mo.graph import node as native
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph as NativeGraph
from mo.graph.op import Constant, Parameter, Result
from mo.graph.tensor import Tensor

# The domain of operations that extensions describe, and of the tables that translate these.
DOMAIN = "mo"

# What stands for a value of the graph around, in a body.
_OUTER = "OuterValue"


class Description(NamedTuple):
    """The classic's attributes of a framework's node.

    ``write`` gives what changes in the framework's own with one of them; None if it is no such.
    ``inputs`` is how many inputs stay with an extractor that takes the node over.
    """

    attributes: dict[str, Any]
    write: Callable[[str, Any], Mapping[str, Any] | None]
    inputs: int


Describe = Callable[[SourceNode, Mapping[str, Tensor]], Description]


def graph_of(model: Model, describe: Describe) -> NativeGraph:
    """Every node a layer of unknown types; weights and inputs as they will be."""
    graph = NativeGraph(name=model.name)
    view_of(graph).stage = "front"
    values: dict[str, native.Output] = {}
    originals: dict[native.Node, ModelInput] = {}
    for item in model.inputs:
        values[item.name] = graph.input(item.name, item.shape, item.dtype)
        originals[values[item.name].node] = item
    for name, tensor in model.constants.items():
        values[name] = graph.constant(tensor, name=name)
        values[name].names[name] = None
        values[name].node.is_named = True
    placed = [
        (node, _placed(graph, node, describe(node, model.constants), values))
        for node in model.nodes
    ]
    for node, made in placed:
        for index, name in enumerate((*node.inputs, *_captured(node))):
            if name:
                graph.connect(values.get(name) or _outer(graph, name, values), made, index)
    results = {}
    for name in model.outputs:
        if name in values:
            results[graph.place(Result(), [values[name]], 0, f"{name}/sink_port_0")] = name
    graph.graph |= {"originals": originals, "results": results}
    return graph


def _outer(graph: NativeGraph, name: str, values: dict[str, native.Output]) -> native.Output:
    """A value that a body sees outside itself (or that nothing makes, as the walk will tell)."""
    layer = Layer(Attributes({"kind": "op", "op": _OUTER, "name": name, "_out_ports": {0: {}}}))
    layer.place = graph.place(layer, (), 1, name)
    values[name] = layer.place.outputs[0]
    values[name].names[name] = None
    return values[name]


def _captured(node: SourceNode) -> list[str]:
    """Names that the graphs inside a node see, which are inputs here beyond its own."""
    return [name for body in node.bodies() for name in captured(body)]


def _placed(
    graph: NativeGraph,
    node: SourceNode,
    description: Description,
    values: dict[str, native.Output],
) -> native.Node:
    attrs = Attributes(
        {
            **node.attributes,
            "kind": "op",
            "name": node.name,
            "framework_op": node.type,
            "_visible_inputs": description.inputs,
            "_in_ports": {index: {} for index, name in enumerate(node.inputs) if name},
            "_out_ports": {index: {} for index in range(len(node.outputs))},
            **description.attributes,
        }
    )
    layer = Layer(attrs, node)
    made = graph.place(layer, (), len(node.outputs), node.name or node.type)
    made.name, made.is_named = node.name, True
    layer.place = made
    attrs.told = lambda key, value: _changed(graph, made, description, key, value)
    for name, output in zip(node.outputs, made.outputs):
        if name:
            values[name] = output
            output.names[name] = None
    return made


def _changed(
    graph: NativeGraph, node: native.Node, description: Description, key: str, value: Any
) -> None:
    """What an extension changes in the framework's own attributes, translation is to see.

    With another ``op`` the node is the extension's, not the framework's any more.
    """
    assert isinstance(node.op, Layer)
    source = node.op.source
    if key == "name":
        graph.rename(node, str(value))
    shown: Any = description.attributes.get(key)
    if source is None or np.array_equal(shown, value):
        return
    if key == "op":
        node.op.source = None
        return
    changes = description.write(key, value)
    if changes is None and key in source.attributes:
        changes = {key: value.tolist() if isinstance(value, np.ndarray) else value}
    if changes:
        source.attributes = copy(source.attributes)  # it may complete itself, so of its own kind
        source.attributes.update(changes)


def model_of(graph: NativeGraph, model: Model) -> Model:
    """The graph as a model again: what is left of it, and what extensions made."""
    names = _Names(graph)
    inputs: list[ModelInput] = []
    nodes: list[SourceNode] = []
    constants = {}
    for node in graph.all_nodes():
        op = node.op
        if isinstance(op, Parameter):
            item = graph.graph["originals"].get(node)
            inputs.append(item or ModelInput(node.name, op.shape, op.element_type))
            inputs[-1].shape, inputs[-1].dtype = op.shape, op.element_type
            inputs[-1].name = names.of(node.outputs[0])
        elif isinstance(op, Constant):
            constants[names.of(node.outputs[0])] = op.tensor
        elif isinstance(op, Layer) and op.attrs.get("op") == "Parameter":
            inputs.append(described_input(op, names.of(node.outputs[0])))
        elif isinstance(op, Layer) and op.attrs.get("op") not in ("Result", _OUTER):
            nodes += _nodes(op, node, names)
    inputs.sort(key=lambda item: item.is_made)
    labels = dict(model.labels)
    outputs: dict[str, None] = {}
    for node in graph.all_nodes():
        if not (isinstance(node.op, Result) or _is_result(node)) or node.inputs[0] is None:
            continue
        name = names.of(node.inputs[0])
        outputs[name] = None
        original = graph.graph["results"].get(node)
        if original is not None and original != name and original not in names.taken:
            labels.setdefault(name, model.labels.get(original, original))
    aliases = {**model.aliases, **names.aliases}
    return replace(
        model,
        nodes=nodes,
        inputs=inputs,
        outputs=list(outputs),
        constants=constants,
        labels=labels,
        aliases=aliases,
    )


def _is_result(node: native.Node) -> bool:
    return isinstance(node.op, Layer) and node.op.attrs.get("op") == "Result"


def described_input(layer: Layer, name: str) -> ModelInput:
    kind = layer.attrs.get("data_type")
    dtype = ElementType.f32 if kind is None else ElementType.of(np.dtype(kind))
    return ModelInput(name, sizes(layer.attrs.get("shape")), dtype, is_made=True)


def _nodes(layer: Layer, node: native.Node, names: _Names) -> Iterator[SourceNode]:
    """The node of a model that a layer is, and what keeps names alive that it captures."""
    source = layer.source
    own = len(source.inputs) if source is not None else len(node.inputs)
    hidden = _captured(source) if source is not None else []
    extra = [value for value in node.inputs[own + len(hidden) :] if value is not None]
    for expected, value in zip(hidden, node.inputs[own:]):
        if value is not None and names.of(value) != expected and expected not in names.taken:
            yield SourceNode("Identity", expected, [names.of(value)], [expected], {}, DOMAIN)
            names.taken.add(expected)
    visible = [*node.inputs[:own], *extra]
    inputs = ["" if value is None else names.of(value) for value in visible]
    outputs = [names.of(value) if names.is_used(value) else "" for value in node.outputs]
    if source is None:
        attributes = layer.attrs
        found = SourceNode(
            str(attributes.get("op")), node.name, inputs, outputs, attributes, DOMAIN
        )
    else:
        found = source
        found.name, found.inputs, found.outputs = node.name, inputs, outputs
    yield found


class _Names:
    """One name for each tensor: the model's own where it can be."""

    def __init__(self, graph: NativeGraph) -> None:
        self.taken: set[str] = set()
        self.aliases: dict[str, str] = {}
        self._names: dict[native.Output, str] = {}
        outputs = [output for node in graph.all_nodes() for output in node.outputs]
        for output in sorted(outputs, key=lambda output: not output.users):
            self._give(output)

    def _give(self, output: native.Output) -> None:
        own = [name for name in output.names if name not in self.taken]
        if own:
            name = own[0]
            if len(own) > 1:
                self.aliases[name] = own[1]
                self.taken.add(own[1])
        elif output.names and not output.users:
            return
        else:
            base = f"{output.node.name}:{output.index}" if output.index else output.node.name
            number = 0
            name = base
            while name in self.taken:
                number += 1
                name = f"{base}_{number}"
        self.taken.add(name)
        self._names[output] = name

    def of(self, output: native.Output) -> str:
        return self._names.get(output, "")

    def is_used(self, output: native.Output) -> bool:
        return output in self._names
