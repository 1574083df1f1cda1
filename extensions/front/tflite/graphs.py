"""Subgraphs to nodes: operators with their options, constants as views, states.

An operator has no name: it is called like its first result. The tensors of a body are called
``operator/option/tensor``, so that those of several uses of one subgraph stay apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from extensions.front.tflite import custom
from extensions.front.tflite.flatbuffers import File, Record, Span, damaged
from extensions.front.tflite.schema import (
    BODIES,
    COMPLEX64,
    CUSTOM,
    LAST_OF_ONE_BYTE,
    MORE_OPTIONS,
    OPERATORS,
    OPTIONS,
)
from extensions.front.tflite.states import States, initial_values
from extensions.front.tflite.tensors import (
    Quantization,
    constant,
    element_type,
    open_shape,
    quantization,
    static_shape,
)
from mo.errors import UnsupportedError
from mo.front.model import Model, ModelInput, SourceNode
from mo.graph.element_type import ElementType
from mo.graph.tensor import Tensor

# Bodies in bodies deeper than this are an attack, and so are more operators than these, or than
# so many times those of the file.
_DEPTH_LIMIT = 40
_OPERATORS_LIMIT = 100_000
_GROWTH_LIMIT = 20
# States are vectors of features.
_STATE_LIMIT = 1 << 24
# Names that an operator of TensorFlow has in TF-Lite: this and its own.
_FLEX = "Flex"


class GraphReader:
    """Reads the subgraphs of one file."""

    def __init__(self, file: File, model: Record) -> None:
        self.file = file
        self.model = model
        self.subgraphs: Sequence[Record] = model["subgraphs"]
        self.left = _OPERATORS_LIMIT + _GROWTH_LIMIT * sum(
            len(graph["operators"]) for graph in self.subgraphs
        )

    def main(self) -> Model:
        """The first subgraph: that which interpreters run."""
        graph = _Graph(self, self._record(0), "", 0)
        graph.read()
        graph.forget_unread()
        graph.give_integers()
        return graph.model()

    def body(self, index: int, prefix: str, depth: int) -> Model:
        """Another subgraph, for a branch or a loop."""
        if depth > _DEPTH_LIMIT:
            raise damaged("its subgraphs call each other without end")
        graph = _Graph(self, self._record(index), prefix, depth)
        graph.read()
        if any(node.type == "ASSIGN_VARIABLE" for node in graph.nodes):
            raise UnsupportedError(
                f"'{graph.record['name']}', the body of a loop or a branch, writes a variable",
                hint="Convert the model again with what it writes as a result of the loop.",
            )
        return graph.model()

    def _record(self, index: int) -> Record:
        if not 0 <= index < len(self.subgraphs):
            raise damaged(f"it refers to subgraph {index} of {len(self.subgraphs)}")
        record = self.subgraphs[index]
        self.left -= len(record["operators"])
        if self.left < 0:
            raise damaged("its subgraphs call each other without end")
        return record

    def initial(self, index: int) -> dict[str, Any]:
        """What the subgraph that runs once at first puts into variables, by their names."""
        graph = _Graph(self, self._record(index), "", 0)
        graph.read_operators()
        return initial_values(graph.nodes, graph.constants)

    def bytes_of(self, tensor: Record) -> Span | None:
        """Where the elements of a tensor lie; None if the file holds none."""
        buffers = self.model["buffers"]
        if tensor["external_buffer"]:
            raise UnsupportedError(
                f"'{tensor['name']}' lies in another file", hint="Export the model as one file."
            )
        if not 0 <= tensor["buffer"] < len(buffers):
            raise damaged(f"'{tensor['name']}' is in buffer {tensor['buffer']}")
        buffer = buffers[tensor["buffer"]]
        start, end = buffer["data"]
        # Files beyond 2 GB have their buffers behind the tables.
        if buffer["offset"] > 1:
            start, end = buffer["offset"], buffer["offset"] + buffer["size"]
        return (start, end) if end > start else None

    def operator_name(self, record: Record) -> tuple[str, str]:
        """Domain and type: of a built-in operator, one of TensorFlow, or somebody's own."""
        codes = self.model["operator_codes"]
        if not 0 <= record["code_index"] < len(codes):
            raise damaged(f"an operator is of kind {record['code_index']} of {len(codes)}")
        code = codes[record["code_index"]]
        number = code["code"] if code["code"] > code["old_code"] else code["old_code"]
        if number == CUSTOM:
            name = code["custom_code"]
            return ("tensorflow", name) if name.startswith(_FLEX) else ("custom", name)
        if not 0 <= number < len(OPERATORS) or number == LAST_OF_ONE_BYTE:
            return "", f"BUILTIN_{number}"
        return "", OPERATORS[number]


class _Graph:
    """One subgraph that is being read."""

    def __init__(self, reader: GraphReader, record: Record, prefix: str, depth: int) -> None:
        self.reader = reader
        self.record = record
        self.prefix = prefix
        self.depth = depth
        self.tensors: Sequence[Record] = record["tensors"]
        self.names = _unique([prefix + tensor["name"] for tensor in self.tensors], prefix)
        self.inputs = self._indices(record["inputs"])
        self.outputs = self._indices(record["outputs"])
        self.nodes: list[SourceNode] = []
        self.constants: dict[str, Any] = {}

    def read(self) -> None:
        self.read_operators()
        if self.depth:
            return
        states = States(self.constants, self.variables(), self.reader.initial)
        self.nodes = states.resolved(self.nodes)

    def variables(self) -> dict[str, Tensor]:
        """Tensors that keep what an earlier inference has left, and what they are at first."""
        found = {}
        for name, tensor in zip(self.names, self.tensors):
            if tensor["is_variable"]:
                kind = ElementType.f32 if quantization(tensor) else element_type(tensor)
                shape = static_shape(tensor)
                if kind is None or kind.bytes_for(prod(shape)) > _STATE_LIMIT:
                    raise damaged(f"'{name}' is no state")
                found[name] = Tensor.of(np.zeros(shape), kind)
        return found

    def read_operators(self) -> None:
        made = {i for record in self.record["operators"] for i in self._indices(record["outputs"])}
        self._read_constants(made)
        for number, record in enumerate(self.record["operators"]):
            self.nodes.append(self._node(record, number))

    def model(self) -> Model:
        inputs = [
            ModelInput(
                self.names[i],
                open_shape(self.tensors[i]),
                element_type(self.tensors[i]) or ElementType.dynamic,
            )
            for i in self.inputs
        ]
        return Model(
            self.record["name"] or "model",
            "tflite",
            self.nodes,
            inputs,
            [self.names[i] for i in self.outputs],
            self.constants,
        )

    def _indices(self, given: Sequence[int] | None, optional: bool = False) -> list[int]:
        """Numbers of tensors; -1 stands for an input that is left out."""
        found = list(given or ())
        least = -1 if optional else 0
        if any(not least <= index < len(self.tensors) for index in found):
            raise damaged(f"it refers to tensors {found[:8]} of {len(self.tensors)}")
        return found

    # ---- constants

    def _read_constants(self, made: set[int]) -> None:
        for index, tensor in enumerate(self.tensors):
            if index in made or index in self.inputs or tensor["is_variable"]:
                continue
            try:
                place = self.reader.bytes_of(tensor)
                if place is None:
                    if 0 not in (tensor["shape"] or ()):
                        continue
                    place = 0, 0
                value = constant(self.reader.file, tensor, *place)
                if tensor["type"] == COMPLEX64:
                    name = self.names[index]
                    told = {"value": value}
                    self.nodes.append(SourceNode("COMPLEX_CONSTANT", name, [], [name], told))
                    continue
            except UnsupportedError as error:
                # Nobody need read it.
                name = self.names[index]
                self.nodes.append(SourceNode("CONSTANT", name, [], [name], {"reason": error}))
            else:
                self.constants[self.names[index]] = value

    # ---- operators

    def _node(self, record: Record, number: int) -> SourceNode:
        domain, kind = self.reader.operator_name(record)
        inputs = self._indices(record["inputs"], optional=True)
        outputs = self._indices(record["outputs"])
        name = self.names[outputs[0]] if outputs else f"{self.prefix}{kind}_{number}"
        attributes = self._options(record, domain, kind)
        if domain == "tensorflow":
            kind, attributes = custom.operation(self.reader.file, record, kind)
        else:
            self._read_bodies(kind, name, attributes)
        attributes |= {
            "read_as": [None if i < 0 else self.quantized(i) for i in inputs],
            "made_as": [self.quantized(i) for i in outputs],
            "made_of": [element_type(self.tensors[i]) for i in outputs],
        }
        taken = ["" if i < 0 else self.names[i] for i in inputs]
        return SourceNode(kind, name, taken, [self.names[i] for i in outputs], attributes, domain)

    def quantized(self, index: int) -> Quantization | None:
        return quantization(self.tensors[index])

    def _options(self, record: Record, domain: str, kind: str) -> dict[str, Any]:
        file = self.reader.file
        if domain == "custom":
            return {"options": custom.options(file, record)}
        schema = OPTIONS.get(record["options_type"]) if record["options"] else None
        options = {} if schema is None else file.table(schema, record["options"])
        more = MORE_OPTIONS.get(record["more_options_type"]) if record["more_options"] else None
        if more is not None:
            options |= file.table(more, record["more_options"])
        return options

    def _read_bodies(self, kind: str, name: str, attributes: dict[str, Any]) -> None:
        for option in BODIES.get(kind, ()):
            index, prefix = attributes.get(option, -1), f"{name}/{option}/"
            attributes[option] = self.reader.body(index, prefix, self.depth + 1)

    # ---- results

    def forget_unread(self) -> None:
        """Operations of TensorFlow have results that nobody needs."""
        read = {name for node in self.nodes for name in (*node.inputs, *node.feedback)}
        read.update(self.names[i] for i in self.outputs)
        for node in self.nodes:
            if node.domain == "tensorflow":
                node.outputs = [name if name in read else "" for name in node.outputs]

    def give_integers(self) -> None:
        """Let the outputs of a quantised model be the integers that the file says.

        Inside, quantised tensors are the numbers that they stand for.
        """
        producers = {name: node for node in self.nodes for name in node.outputs}
        read = {name for node in self.nodes for name in node.inputs}
        for index in dict.fromkeys(self.outputs):
            name, meant = self.names[index], self.quantized(index)
            producer = producers.get(name)
            if meant is None or producer is None:
                continue
            real = f"{name}/real"
            place = producer.outputs.index(name)
            producer.outputs[place] = real
            if name not in read:
                producer.attributes["made_as"][place] = None
            for node in self.nodes:
                node.inputs = [real if other == name else other for other in node.inputs]
            attributes = {"meant": meant, "kind": element_type(self.tensors[index])}
            self.nodes.append(SourceNode("TO_INTEGERS", name, [real], [name], attributes))


def _unique(names: list[str], prefix: str) -> list[str]:
    """Each name once: several tensors of one name, and those without, are numbered."""
    seen: set[str] = set()
    found = []
    for number, name in enumerate(names):
        label = name if name != prefix else f"{prefix}tensor_{number}"
        if label in seen:
            label = f"{label}_{number}"
        while label in seen:
            label += "_"
        seen.add(label)
        found.append(label)
    return found
