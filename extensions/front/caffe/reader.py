"""A .prototxt and a .caffemodel to a Model.

How Caffe reads a net: caffe.berkeleyvision.org, "Layers" and "Interfaces"; caffe.proto.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from extensions.front.caffe.inputs import layer_shapes, net_inputs
from extensions.front.caffe.phases import is_included
from extensions.front.caffe.prototxt import layer_schema, old_types, read_net
from extensions.front.caffe.schema.net import LAYER, NET
from extensions.front.caffe.sections import Sections, shown, tables_of
from extensions.front.caffe.untranslated import reason
from extensions.front.caffe.upgrade import current_layers
from extensions.front.caffe.weights import read_weights
from mo.errors import ModelFileError, UnsupportedError, closest, listing
from mo.front.model import Model, ModelInput, SourceNode
from mo.front.protobuf import Message, Schema
from mo.front.prototext import TextError, Unknown
from mo.graph.element_type import ElementType
from mo.graph.tensor import Tensor

log = logging.getLogger("mo.caffe")

# Layers that compare with labels or write files: a net that is run has no use for them.
_JUDGES = {
    *("accuracy", "contrastiveloss", "euclideanloss", "hdf5output", "hingeloss", "infogainloss"),
    *("multinomiallogisticloss", "multiboxloss", "sigmoidcrossentropyloss", "silence"),
    *("smoothl1loss", "softmaxwithloss", "detectionevaluate"),
}


def read_caffe(topology: Path, weights: Path, known: Sequence[str], schema: Schema = NET) -> Model:
    """The model of a net and its weights.

    ``known`` are the layer types in their spelling, ``schema`` is Caffe's or that of a fork.
    """
    net = read_net(topology, schema)
    try:
        assembly = _Assembly(net, known, schema, topology)
        assembly.add_weights(read_weights(weights), weights)
        return assembly.model()
    except TextError as error:
        raise ModelFileError(f"'{topology.name}', {error.message}", error.hint) from error


class _Assembly:
    """Layers joined by blobs: every change of a blob in place makes a tensor of its own."""

    def __init__(self, net: Message, known: Sequence[str], schema: Schema, path: Path) -> None:
        self.path = path
        self.spelling = {name.lower(): name for name in known}
        self.tables = tables_of(LAYER)
        self.schema = schema
        self.fork = tables_of(layer_schema(schema)) if schema is not NET else {}
        self.net = net
        self.nodes: list[SourceNode] = []
        self.lines: dict[str, int] = {}
        self.layers: dict[str, Message] = {}
        self.inputs: list[ModelInput] = []
        # Inputs from data layers, which are none if nothing reads them.
        self.fed: set[str] = set()
        # The tensor that each blob is by now, and who has read it.
        self.current: dict[str, str] = {}
        self.makers: dict[str, str] = {}
        self.used: set[str] = set()
        # Blobs of layers that are not run in the phase TEST, and these layers.
        self.excluded: dict[str, str] = {}
        self.names: set[str] = set()
        self.constants: dict[str, Tensor] = {}
        self._assemble()

    def _assemble(self) -> None:
        try:
            for item in net_inputs(self.net):
                self._input(item.name, item.name, item)
        except TextError:
            raise
        except ModelFileError as error:
            raise ModelFileError(f"'{self.path.name}': {error.message}", error.hint) from error
        layers = list(self._included(current_layers(self.net, old_types(self.schema))))
        if not layers:
            raise ModelFileError(
                f"'{self.path.name}' holds no layers",
                "Give the topology of the net with --input_proto.",
            )
        last = {top: id(layer) for layer in layers for top in layer.get("top", [])}
        for layer in layers:
            self._layer(layer, last)

    def _included(self, layers: Sequence[Message]) -> Iterator[Message]:
        state = self.net.get("state", {})
        for layer in layers:
            try:
                if is_included(layer, state.get("stage", []), state.get("level", 0)):
                    yield layer
                else:
                    self.excluded |= dict.fromkeys(layer.get("top", []), layer.get("name", ""))
            except ModelFileError as error:
                raise self._error(layer, error.message, error.hint) from error

    # ---- layers

    def _error(self, layer: Message, message: str, hint: str) -> TextError:
        name = f"layer '{layer.get('name', '')}': "
        return TextError(getattr(layer, "line", 0), name + message, hint)

    def _layer(self, layer: Message, last: Mapping[str, int]) -> None:
        kind = layer.get("type", "")
        if not kind:
            raise self._error(layer, "it has no type", 'Say what the layer does: type: "ReLU"')
        shapes = layer_shapes(layer)
        if shapes is not None:
            self._feeder(layer, shapes)
            return
        bottoms = [self._bottom(layer, name) for name in layer.get("bottom", [])]
        if kind.lower() in _JUDGES:
            self._judge(layer)
            return
        self.used.update(bottoms)
        node = self._node(layer, bottoms)
        node.outputs = [
            self._top(layer, i, node.name, last) for i in range(len(layer.get("top", [])))
        ]
        self.nodes.append(node)
        self.layers[node.name] = layer

    def _judge(self, layer: Message) -> None:
        """Left out: what it judges is a result of the net, unless it is silenced."""
        if layer["type"].lower() == "silence":
            self.used.update(self.current[name] for name in layer.get("bottom", []))
        else:
            log.warning("layer '%s' (%s) is left out", layer.get("name", ""), layer["type"])

    def _node(self, layer: Message, bottoms: list[str]) -> SourceNode:
        kind: str = layer["type"]
        kind = self.spelling.get(kind.lower(), kind)
        unknown = [name for name, value in layer.items() if isinstance(value, Unknown)]
        domain = ""
        if kind == "Python":
            python = layer.get("python_param", {})
            domain, kind = "Python", f"{python.get('module', '')}.{python.get('layer', '')}"
        elif unknown and kind.lower() in self.spelling:
            similar = closest(unknown[0], self.tables, 1)
            raise self._error(
                layer,
                f"there is no field '{unknown[0]}' in a layer {kind}",
                (f"Did you mean '{similar[0]}'? " if similar else "")
                + "If a fork of Caffe has it, give its caffe.proto with --caffe_parser_path.",
            )
        name = self._unique(layer.get("name") or kind)
        sections = Sections(layer, self.tables, self.fork, self.path)
        if sections.foreign and kind.lower() in self.spelling:
            raise UnsupportedError(
                f"'{self.path.name}', line {getattr(layer, 'line', 0)}: layer '{name}': what "
                f"'{sections.foreign[0]}' of this fork does to a layer {kind} is not known",
                "Leave it out if the result is the same, or add a translation with --extensions.",
            )
        node = SourceNode(kind, name, bottoms, [], sections, domain)
        node.place = f"'{self.path.name}', line {getattr(layer, 'line', 0)}"
        given = shown({n: layer[n] for n in layer if n.endswith("_param")})
        node.note = "; ".join(filter(None, (given, reason(kind))))
        return node

    def _unique(self, name: str) -> str:
        count, candidate = 0, name
        while candidate in self.names:
            count += 1
            candidate = f"{name}_{count}"
        self.names.add(candidate)
        return candidate

    # ---- blobs

    def _bottom(self, layer: Message, name: str) -> str:
        tensor = self.current.get(name)
        if tensor is None:
            similar = closest(name, self.current, 2)
            hint = f"Did you mean {listing(similar)}? " if similar else ""
            hint += "Layers stand in the order in which they run."
            if name in self.excluded:
                hint = f"Layer '{self.excluded[name]}' makes it, but only while the net is trained."
                hint += " Use the deploy version of the net, or add an input of this name."
            raise self._error(layer, f"no layer before it makes its bottom '{name}'", hint)
        return tensor

    def _top(self, layer: Message, index: int, node: str, last: Mapping[str, int]) -> str:
        name, bottoms = layer["top"][index], layer.get("bottom", [])
        in_place = index < len(bottoms) and bottoms[index] == name
        if name in self.current and not in_place:
            raise self._error(
                layer,
                f"its top '{name}' is made by layer '{self.makers[name]}' already",
                "Give the blob another name, or make it a bottom too if it is changed in place.",
            )
        # Only the last state of a blob bears its plain name.
        tensor = name if last[name] == id(layer) else self._unique_tensor(f"{name}/{node}", last)
        self.current[name], self.makers[name] = tensor, node
        return tensor

    def _unique_tensor(self, name: str, blobs: Mapping[str, int]) -> str:
        while name in blobs or name in self.current.values():
            name += "_"
        return name

    def _input(self, name: str, blob: str, item: ModelInput) -> None:
        if blob in self.current:
            raise ModelFileError(
                f"'{self.path.name}': blob '{blob}' is an input twice", "Give one another name."
            )
        self.inputs.append(item)
        self.current[blob], self.makers[blob] = item.name, name

    def _feeder(self, layer: Message, shapes: Sequence[Any]) -> None:
        tops = layer.get("top", [])
        if len(shapes) != len(tops):
            raise self._error(layer, f"{len(shapes)} shapes for {len(tops)} tops", "Correct it.")
        name = layer.get("name", "")
        is_input = layer["type"].lower().endswith("input")
        for top, shape in zip(tops, shapes):
            # The name of a layer that makes one input names the input.
            label = name if len(tops) == 1 and name and name not in self.current else top
            item = ModelInput(label, shape, ElementType.f32, "" if label == top else top)
            self._input(name, top, item)
            if not is_input:
                self.fed.add(label)

    # ---- weights

    def add_weights(self, weights: Mapping[str, list[Tensor]], path: Path) -> None:
        """Give each layer its blobs as further inputs."""
        if self.nodes and not any(node.name in weights for node in self.nodes):
            raise ModelFileError(
                f"no layer of '{self.path.name}' is among those of '{path.name}', which are "
                + listing(weights, 4),
                "Give the .prototxt and the .caffemodel of the same net.",
            )
        shared: dict[str, Tensor] = {}
        for node in self.nodes:
            layer = self.layers[node.name]
            blobs = list(weights.get(layer.get("name", ""), []))
            names = [spec.get("name", "") for spec in layer.get("param", [])]
            for i, name in enumerate(names):
                if not name:
                    continue
                if i < len(blobs):
                    shared.setdefault(name, blobs[i])
                elif i == len(blobs) and name in shared:
                    blobs.append(shared[name])
            for i, tensor in enumerate(blobs):
                label = f"{node.name}/blobs:{i}"
                self.constants[label] = tensor
                node.inputs.append(label)

    # ---- result

    def model(self) -> Model:
        outputs = [name for name in self.current.values() if name not in self.used]
        made = {name for node in self.nodes for name in node.outputs}
        outputs = [name for name in dict.fromkeys(outputs) if name in made]
        inputs = [
            item
            for item in self.inputs
            if item.name in self.used | (set() if item.name in self.fed else {item.name})
        ]
        if not inputs:
            raise ModelFileError(
                f"'{self.path.name}' has no inputs",
                "Use the deploy version of the net, or add an input: "
                'input: "data" input_shape { dim: 1 dim: 3 dim: 224 dim: 224 }',
            )
        if not outputs:
            raise ModelFileError(f"'{self.path.name}' has no outputs", "Name one with --output.")
        name = self.net.get("name", "") or "model"
        return Model(name, "caffe", self.nodes, inputs, outputs, self.constants, nodes_first=True)
