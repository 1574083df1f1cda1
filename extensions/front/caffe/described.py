"""Definitions as the protobuf compiler describes them (descriptor.proto) in a Python module."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from extensions.front.caffe.definitions import Definitions
from mo.errors import ModelFileError
from mo.front import protobuf as pb
from mo.front.protobuf import Schema

_VALUE: Schema = {1: pb.one("name", pb.text), 2: pb.one("number", pb.integer)}
_ENUM: Schema = {1: pb.one("name", pb.text), 2: pb.many("value", pb.message(_VALUE))}
_FIELD: Schema = {
    1: pb.one("name", pb.text),
    3: pb.one("number", pb.integer),
    4: pb.one("label", pb.integer),
    5: pb.one("type", pb.integer),
    6: pb.one("type_name", pb.text),
    7: pb.one("default_value", pb.text),
}
_MESSAGE: Schema = {
    1: pb.one("name", pb.text),
    2: pb.many("field", pb.message(_FIELD)),
    3: pb.many("nested_type", pb.recursive(lambda: _MESSAGE)),
    4: pb.many("enum_type", pb.message(_ENUM)),
}
_FILE: Schema = {
    2: pb.one("package", pb.text),
    4: pb.many("message_type", pb.message(_MESSAGE)),
    5: pb.many("enum_type", pb.message(_ENUM)),
}
_REPEATED = 3
# FieldDescriptorProto.Type
_TYPES = dict(
    enumerate(
        (
            *("double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool"),
            *("string", "group", "message", "bytes", "uint32", "enum", "sfixed32", "sfixed64"),
            *("sint32", "sint64"),
        ),
        start=1,
    )
)


def from_module(content: str) -> Definitions:
    """The description is the longest text in the module."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ModelFileError(f"it is no Python module: {error}") from None
    raw = max(_texts(tree), key=len, default=b"")
    message = pb.parse(memoryview(raw), 0, len(raw), _FILE)
    definitions = Definitions()
    package = message.get("package", "")
    for item in message.get("message_type", []):
        _describe(definitions, item, package)
    for item in message.get("enum_type", []):
        _describe_enum(definitions, item, package)
    return definitions


def _texts(tree: ast.AST) -> Iterator[bytes]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, bytes):
                yield node.value
            elif isinstance(node.value, str):
                # Old compilers wrote bytes as text.
                yield node.value.encode("latin-1", "ignore")


def _describe(definitions: Definitions, item: pb.Message, scope: str) -> None:
    name = f"{scope}.{item.get('name', '')}".lstrip(".")
    rows = definitions.messages.setdefault(name, [])
    for row in item.get("field", []):
        kind = row.get("type_name") or _TYPES.get(row.get("type", 0), "")
        repeated = row.get("label") == _REPEATED
        default = row.get("default_value")
        rows.append((row.get("number", 0), row.get("name", ""), repeated, kind, default))
    for inner in item.get("nested_type", []):
        _describe(definitions, inner, name)
    for inner in item.get("enum_type", []):
        _describe_enum(definitions, inner, name)


def _describe_enum(definitions: Definitions, item: pb.Message, scope: str) -> None:
    name = f"{scope}.{item.get('name', '')}".lstrip(".")
    values = {value.get("name", ""): value.get("number", 0) for value in item.get("value", [])}
    definitions.enums[name] = values
