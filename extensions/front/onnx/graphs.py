"""Messages of graphs to Models: nodes, attributes, weights as views of the file.

Rules: ONNX IR specification (onnx/docs/IR.md), which also defines what may be omitted.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from extensions.front.onnx.tensors import Tensors, element_type
from mo.errors import ModelFileError
from mo.front.model import Functions, Model, ModelInput, SourceNode
from mo.front.protobuf import Message
from mo.graph.element_type import ElementType
from mo.graph.shape import Dim, Dimension, Shape
from mo.graph.tensor import Tensor

log = logging.getLogger("mo.onnx")


def opset_imports(message: Message) -> dict[str, int]:
    """Version per domain, of those that a model or a function names."""
    imports = message.get("opset_import", [])
    return {domain_of(entry.get("domain", "")): entry.get("version", 1) for entry in imports}


def domain_of(name: str) -> str:
    return "" if name == "ai.onnx" else name


class GraphReader:
    """Graphs of one operation set; ``references``: what attributes of a function stand for."""

    def __init__(
        self,
        tensors: Tensors,
        opsets: dict[str, int],
        functions: Functions,
        references: dict[str, Any] | None = None,
    ) -> None:
        self.tensors = tensors
        self.opsets = opsets
        self.functions = functions
        self.references = references or {}
        # Exporters of old wrote 0 (or -1) for a size that they did not know.
        self.least_size = 1
        # Dimensions of one name are one number in the whole model.
        self.symbols: dict[str, Dim] = {}

    def graph(self, message: Message, is_body: bool = False) -> Model:
        """The types of the inputs of a body follow from what it is given."""
        constants = self._constants(message)
        read = self._body_input if is_body else self._input
        inputs = [
            read(item)
            for item in message.get("input", [])
            # Before IR version 4 every initialiser was listed as an input, too.
            if item.get("name", "") not in constants
        ]
        _refuse_repetition((item.name for item in inputs), "The graph has two inputs called")
        nodes = self.nodes(message)
        outputs = [item.get("name", "") for item in message.get("output", [])]
        name = message.get("name", "") or "model"
        return Model(name, "onnx", nodes, inputs, outputs, constants, self.functions)

    def _constants(self, message: Message) -> dict[str, Tensor]:
        constants = {}
        for item in message.get("initializer", []):
            constants[item.get("name", "")] = self.tensors.read(item)
        for item in message.get("sparse_initializer", []):
            name = item.get("values", {}).get("name", "")
            constants[name] = self.tensors.read_sparse(item)
        return constants

    @staticmethod
    def _body_input(message: Message) -> ModelInput:
        return ModelInput(message.get("name", ""), None, ElementType.dynamic)

    def _input(self, message: Message) -> ModelInput:
        name = message.get("name", "")
        kind = message.get("type", {})
        optional = kind.get("optional_type")
        if optional is not None:
            log.warning("Input '%s' may be left out in the model, but not in the IR", name)
            kind = optional.get("elem_type", {})
        sequence = kind.get("sequence_type")
        if sequence is not None:
            log.warning("Input '%s' is a sequence; in the IR it has exactly one tensor", name)
            kind = sequence.get("elem_type", {})
        tensor = kind.get("tensor_type")
        if tensor is None:
            what = next(iter(kind), "unknown type").replace("_type", "")
            raise ModelFileError(
                f"Input '{name}' is a {what}; only tensors can be model inputs",
                hint="Cut the model behind it with --input.",
            )
        try:
            dtype = element_type(tensor.get("elem_type", 0))
        except ModelFileError as error:
            raise ModelFileError(f"Input '{name}': {error.message}", error.hint) from error
        return ModelInput(name, self._shape(tensor), dtype, is_sequence=sequence is not None)

    def _shape(self, tensor: Message) -> Shape:
        shape = tensor.get("shape")
        if shape is None:
            return None
        dims: list[Dimension] = []
        for dim in shape.get("dim", []):
            if dim.get("value", -1) >= self.least_size:
                dims.append(dim["value"])
            else:
                param = dim.get("param", "")
                dims.append(self.symbols.setdefault(param, Dim(symbol=param)) if param else Dim())
        return tuple(dims)

    def nodes(self, message: Message) -> list[SourceNode]:
        nodes = []
        taken: dict[str, int] = {}
        for item in message.get("node", []):
            outputs = item.get("output", [])
            name = item.get("name") or next(filter(None, outputs), "") or item.get("op_type", "")
            # Names are optional and need not be unique.
            repeated = taken[name] = taken.get(name, -1) + 1
            domain = domain_of(item.get("domain", ""))
            node = SourceNode(
                type=item.get("op_type", ""),
                name=f"{name}_{repeated}" if repeated else name,
                inputs=item.get("input", []),
                outputs=outputs,
                attributes=self._attributes(
                    item.get("attribute", []), f"{item.get('op_type', '')} '{name}'"
                ),
                domain=domain,
                opset=self.opsets.get(domain, 1),
                overload=item.get("overload", ""),
            )
            nodes.append(node)
        return nodes

    def _attributes(self, messages: list[Message], node: str) -> dict[str, Any]:
        """An attribute that refers to one the caller left out is left out, too."""
        if len(messages) > 1:
            names = (item.get("name", "") for item in messages)
            _refuse_repetition(names, f"{node} has two attributes called")
        found = {item.get("name", ""): self.attribute(item) for item in messages}
        return {name: value for name, value in found.items() if value is not None}

    def attribute(self, message: Message) -> Any:
        reference = message.get("ref_attr_name")
        if reference:
            return self.references.get(reference)
        kind = message.get("type", 0)
        field = _FIELDS.get(kind)
        if field is None:
            # IR version 1 files carry no type: the field that is there tells it.
            field = next((name for name in _FIELDS.values() if name in message), "")
        value: Any = message.get(field, _EMPTY.get(field))
        if field == "t":
            return self.tensors.read(value)
        if field == "sparse_tensor":
            return self.tensors.read_sparse(value)
        if field == "g":
            return self.graph(value, is_body=True)
        if field == "graphs":
            return [self.graph(item, is_body=True) for item in value]
        if field == "tensors":
            return [self.tensors.read(item) for item in value]
        if field == "s":
            return value.decode("utf-8", "backslashreplace")
        if field == "strings":
            return [item.decode("utf-8", "backslashreplace") for item in value]
        return value


def _refuse_repetition(names: Iterable[str], problem: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ModelFileError(
                f"{problem} '{name}'", hint="The model is not valid; export it again."
            )
        seen.add(name)


# AttributeProto.AttributeType to the field that holds the value.
_FIELDS = {
    1: "f",
    2: "i",
    3: "s",
    4: "t",
    5: "g",
    6: "floats",
    7: "ints",
    8: "strings",
    9: "tensors",
    10: "graphs",
    11: "sparse_tensor",
}
# What a field stands for when it is left out because it is empty or zero.
_EMPTY: dict[str, Any] = {
    "f": 0.0,
    "i": 0,
    "s": b"",
    "t": {},
    "g": {},
    "floats": [],
    "ints": [],
    "strings": [],
    "tensors": [],
    "graphs": [],
    "sparse_tensor": {},
}
