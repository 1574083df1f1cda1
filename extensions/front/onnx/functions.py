"""Operations that are defined by others: by functions in the model file, or by the ONNX standard.

Rules: ONNX IR specification, "Functions". The standard's bodies come with the package onnx, which
is imported only when a model has an operation that we do not translate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from extensions.front.onnx.graphs import GraphReader, domain_of, opset_imports
from extensions.front.onnx.schema import FUNCTION
from extensions.front.onnx.tensors import Tensors, onnx_type
from mo.front.model import Model, ModelInput, SourceNode
from mo.front.protobuf import Message, parse
from mo.graph.element_type import ElementType
from mo.graph.op import TensorType
from mo.graph.tensor import Buffer, Tensor

_Key = tuple[str, str, str]


class OnnxFunctions:
    """The functions that the nodes of one model may call (mo.front.model.Functions)."""

    def __init__(
        self, messages: Sequence[Message], tensors: Tensors, opsets: dict[str, int]
    ) -> None:
        self.tensors = tensors
        self.opsets = opsets
        self._messages: dict[_Key, Message] = {}
        for message in messages:
            domain = domain_of(message.get("domain", ""))
            key = domain, message.get("name", ""), message.get("overload", "")
            self._messages[key] = message

    def own(self, node: SourceNode) -> Model | None:
        if not self._messages:
            return None
        message = self._messages.get((node.domain, node.type, node.overload))
        return None if message is None else self._body(message, node, self.tensors)

    def has_standard(self, node: SourceNode) -> bool:
        schema = _schema(node)
        return schema is not None and bool(_versions(schema, node.opset))

    def standard(self, node: SourceNode, kinds: Sequence[TensorType | None]) -> Model | None:
        schema = _schema(node)
        versions = [] if schema is None else _versions(schema, node.opset)
        if not versions:
            return None
        if versions[-1] in schema.function_opset_versions:
            data = schema.get_function_with_opset_version(versions[-1])
        elif any(node.bodies()):
            return None  # A graph cannot be put back into its message.
        else:
            data = schema.get_context_dependent_function_with_opset_version(
                versions[-1], _node_message(node), [_type_message(kind) for kind in kinds]
            )
        if not data:
            return None
        tensors = Tensors(Buffer(Path("onnx"), data))
        message = parse(memoryview(data), 0, len(data), FUNCTION)
        return self._body(message, node, tensors, _defaults(schema))

    def _body(
        self,
        message: Message,
        node: SourceNode,
        tensors: Tensors,
        defaults: Mapping[str, Any] = MappingProxyType({}),
    ) -> Model:
        opsets = {**self.opsets, **opset_imports(message)}
        references = {**defaults, **self._references(message, node, tensors, opsets)}
        reader = GraphReader(tensors, opsets, self, references)
        # A body need not make an output that the node does not have.
        outputs = [
            name if node.has_output(index) else ""
            for index, name in enumerate(message.get("output", []))
        ]
        return Model(
            name=message.get("name", ""),
            framework="onnx",
            nodes=reader.nodes(message),
            inputs=[ModelInput(i, None, ElementType.dynamic) for i in message.get("input", [])],
            outputs=outputs,
            functions=self,
        )

    def _references(
        self, message: Message, node: SourceNode, tensors: Tensors, opsets: dict[str, int]
    ) -> dict[str, Any]:
        """What the attributes of the function are in this call."""
        defaults = GraphReader(tensors, opsets, self)
        found = {
            item.get("name", ""): defaults.attribute(item)
            for item in message.get("attribute_proto", [])
        }
        return {**found, **node.attributes}


def _schema(node: SourceNode) -> Any:
    """The definition of an operation in the ONNX standard."""
    from onnx import defs

    if not defs.has(node.type, node.domain):
        return None
    try:
        return defs.get_schema(node.type, node.opset, node.domain)
    except defs.SchemaError:
        return None


def _defaults(schema: Any) -> dict[str, Any]:
    """What the attributes of an operation are where a node does not carry them."""
    from onnx import helper

    found = {}
    for name, attribute in schema.attributes.items():
        if attribute.default_value.name:
            value = helper.get_attribute_value(attribute.default_value)
            found[name] = value.decode() if isinstance(value, bytes) else value
    return found


def _versions(schema: Any, opset: int) -> list[int]:
    """Operation sets for which there is a body that a model of ``opset`` may use."""
    known = {*schema.function_opset_versions, *schema.context_dependent_function_opset_versions}
    return sorted(version for version in known if version <= opset)


def _type_message(kind: TensorType | None) -> bytes:
    from onnx import TypeProto, helper

    if kind is None:
        return TypeProto().SerializeToString()
    sizes = None
    if kind.shape is not None:
        sizes = [size if isinstance(size, int) else None for size in kind.shape]
    return helper.make_tensor_type_proto(onnx_type(kind.dtype), sizes).SerializeToString()


def _node_message(node: SourceNode) -> bytes:
    """The node as the standard's own builders of bodies read it."""
    from onnx import helper

    message = helper.make_node(node.type, node.inputs, node.outputs, domain=node.domain)
    for name, value in node.attributes.items():
        message.attribute.append(helper.make_attribute(name, _plain(value)))
    return message.SerializeToString()


def _plain(value: Any) -> Any:
    from onnx import numpy_helper

    if isinstance(value, Tensor):
        return numpy_helper.from_array(np.ascontiguousarray(value.array))
    return value
