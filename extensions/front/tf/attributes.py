"""Attributes of nodes.

Rules: tensorflow/core/framework/attr_value.proto.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extensions.front.tf.parts import Function
from extensions.front.tf.tensors import read_tensor, shape_of
from mo.errors import ModelFileError, UnsupportedError
from mo.front.protobuf import Message
from mo.front.prototext import Unknown
from mo.graph.tensor import Buffer


def attributes_of(
    message: Message, source: Buffer, placeholders: Mapping[str, Any]
) -> dict[str, Any]:
    """By name; those that begin with an underscore are notes of the framework to itself.

    ``placeholders``: the attributes of the function that the node is in.
    """
    found = {}
    for item in message.get("attr", []):
        key = item.get("key", "")
        if not key.startswith("_"):
            value = _attribute(item.get("value", {}), source, placeholders)
            if value is not None:
                found[key] = value
    return found


def _attribute(message: Message, source: Buffer, placeholders: Mapping[str, Any]) -> Any:
    kind = next(iter(message), "")
    value: Any = message.get(kind)
    if kind == "s":
        return value.decode("utf-8", "backslashreplace")
    if kind == "b":
        return bool(value)
    if kind == "shape":
        return shape_of(value)
    if kind == "tensor":
        try:
            return read_tensor(source, value)
        except UnsupportedError as error:
            return error
    if kind == "func":
        return _function(value, source, placeholders)
    if kind == "placeholder":
        return placeholders.get(value)
    if kind == "list":
        return _list(value, source, placeholders)
    if isinstance(value, Unknown):
        raise ModelFileError(f"An attribute is of the kind '{kind}', which does not exist")
    return value


def _list(message: Message, source: Buffer, placeholders: Mapping[str, Any]) -> list[Any]:
    for kind, values in message.items():
        if kind == "s":
            return [value.decode("utf-8", "backslashreplace") for value in values]
        if kind == "func":
            return [_function(value, source, placeholders) for value in values]
        if kind == "shape":
            return [shape_of(value) for value in values]
        return list(values)
    return []


def _function(message: Message, source: Buffer, placeholders: Mapping[str, Any]) -> Function:
    return Function(message.get("name", ""), attributes_of(message, source, placeholders))
