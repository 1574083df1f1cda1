"""--caffe_parser_path: the messages of a fork of Caffe, from its own definition.

Read is a ``caffe.proto``, or the description that the protobuf compiler has put into a
``caffe_pb2.py``; no code is run for it. Grammar: protobuf.dev, "Protocol Buffers Version 2
Language Specification"; descriptions are messages FileDescriptorProto (descriptor.proto).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mo.errors import ModelFileError, UsageError
from mo.front import protobuf as pb
from mo.front.files import open_model
from mo.front.protobuf import DEPTH_LIMIT, Field, Kind, Schema
from mo.front.prototext import TextError, decoded

_SCALARS: dict[str, Kind] = {
    **dict.fromkeys(("int32", "sint32", "sfixed32"), pb.int32),
    **dict.fromkeys(("uint32", "fixed32"), pb.uint32),
    **dict.fromkeys(("int64", "uint64", "sint64", "fixed64", "sfixed64"), pb.integer),
    "float": pb.float32,
    "double": pb.float64,
    "bool": pb.boolean,
    "string": pb.text,
    "bytes": pb.data,
}


@dataclass
class _Definitions:
    """Messages (rows of number, name, whether repeated, type, default) and enums by full name."""

    messages: dict[str, list[tuple[int, str, bool, str, str | None]]] = field(default_factory=dict)
    enums: dict[str, dict[str, int]] = field(default_factory=dict)

    def schema(self, name: str) -> Schema:
        """The table of a message, those of the messages in it included."""
        tables: dict[str, dict[int, Field]] = {key: {} for key in self.messages}
        for key, rows in self.messages.items():
            for number, label, repeated, kind, default in rows:
                found = self._kind(kind, key, tables)
                tables[key][number] = (
                    pb.many(label, found)
                    if repeated
                    else pb.one(label, found, _default(found, default))
                )
        full = next((key for key in tables if key.rpartition(".")[2] == name), None)
        if full is None:
            raise ModelFileError(f"it does not define the message {name}")
        return tables[full]

    def _kind(self, name: str, scope: str, tables: dict[str, dict[int, Field]]) -> Kind:
        if name in _SCALARS:
            return _SCALARS[name]
        # Names are looked for in the message itself, then further and further outside.
        absolute = name.startswith(".")
        name, outer = name.lstrip("."), "" if absolute else scope
        while True:
            full = f"{outer}.{name}" if outer else name
            if full in tables:
                return _message(tables[full])
            if full in self.enums:
                return pb.enum(**self.enums[full])
            if not outer:
                raise ModelFileError(f"{scope} uses '{name}', which is not defined")
            outer = outer.rpartition(".")[0]


def _message(table: Schema) -> Kind:
    """A message whose table may not be complete yet."""
    return pb.recursive(lambda: table)


def _default(kind: Kind, text: str | None) -> Any:
    if text is None:
        return None
    try:
        if kind.words is not None:
            return kind.words[text]
        if kind in (pb.float32, pb.float64):
            return float(text)
        return text if kind in (pb.text, pb.data) else int(text, 0)
    except (KeyError, ValueError):
        raise ModelFileError(f"'{text}' is no default value") from None


def net_schema(path: Path) -> Schema:
    """The table of NetParameter that a fork defines in a .proto file or a folder."""
    candidates = [path]
    if path.is_dir():
        candidates = [path / "caffe_pb2.py", path / "caffe.proto", *sorted(path.glob("*.proto"))]
    found = next((file for file in candidates if file.is_file()), None)
    if found is None:
        raise UsageError(
            f"--caffe_parser_path: '{path}' has neither caffe_pb2.py nor caffe.proto",
            hint="Give the caffe.proto of the fork itself, or the folder of its caffe_pb2.py.",
        )
    content = decoded(open_model(found).view)
    try:
        read = _from_module if found.suffix == ".py" else _from_text
        return read(content).schema("NetParameter")
    except TextError as error:
        raise ModelFileError(f"'{found.name}', {error.message}", error.hint) from error
    except ModelFileError as error:
        raise ModelFileError(
            f"Cannot read '{found.name}': {error.message}",
            hint="Give the caffe.proto of the fork itself.",
        ) from error


# ---- definitions as text

_TOKEN = re.compile(
    r"(?:\s+|//[^\n]*|/\*.*?\*/)*"
    r"(\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[-+]?[\w.]+|[^\s\w])",
    re.DOTALL,
)


_NO_FIELDS = {
    *("syntax", "package", "import", "option", "extensions", "reserved", "extend", "service"),
}


class _Reader:
    """The tokens of a .proto file, and the definitions found so far."""

    def __init__(self, content: str) -> None:
        self.content = content
        self.at = 0
        self.definitions = _Definitions()

    def next(self) -> str:
        found = _TOKEN.match(self.content, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found[1]

    def error(self, message: str) -> TextError:
        return TextError(self.content.count("\n", 0, self.at) + 1, message)

    def expect(self, wanted: str) -> None:
        token = self.next()
        if token != wanted:
            raise self.error(f"'{wanted}' is missing before '{token}'")

    def number(self) -> int:
        token = self.next()
        try:
            return int(token, 0)
        except ValueError:
            raise self.error(f"'{token}' is no number") from None

    def skip(self) -> None:
        """To the end of a statement."""
        depth = 0
        while token := self.next():
            depth += (token == "{") - (token == "}")
            if depth <= 0 and token in (";", "}"):
                return
        raise self.error("a statement has no end")

    def body(self, scope: str, depth: int) -> None:
        """What stands between the braces of a message, or in the whole file."""
        if depth > DEPTH_LIMIT:
            raise self.error("messages are nested too deeply")
        while token := self.next():
            if token == "}" and depth:
                return
            if token == "message":
                name = f"{scope}.{self.next()}".lstrip(".")
                self.definitions.messages.setdefault(name, [])
                self.expect("{")
                self.body(name, depth + 1)
            elif token == "enum":
                self.enum(f"{scope}.{self.next()}".lstrip("."))
            elif token == "oneof":
                self.next()
                self.expect("{")
                self.body(scope, depth + 1)
            elif token in _NO_FIELDS:
                self.skip()
            elif token != ";":
                self.field(scope, token)
        if depth:
            raise self.error("a '}' is missing")

    def enum(self, name: str) -> None:
        words = self.definitions.enums.setdefault(name, {})
        self.expect("{")
        while (token := self.next()) != "}":
            if token in ("option", "reserved"):
                self.skip()
                continue
            if not token:
                raise self.error("a '}' is missing")
            self.expect("=")
            words[token] = self.number()
            self.skip()

    def field(self, scope: str, token: str) -> None:
        if not scope:
            raise self.error(f"'{token}' stands outside a message")
        labelled = token in ("optional", "required", "repeated")
        kind = self.next() if labelled else token
        name = self.next()
        self.expect("=")
        number = self.number()
        default = self.options()
        row = (number, name, token == "repeated", kind, default)
        self.definitions.messages[scope].append(row)

    def options(self) -> str | None:
        """The default value among the options of a field, up to its semicolon."""
        default = None
        token = self.next()
        while token and token != ";":
            if token == "default":
                self.expect("=")
                default = self.next().strip("\"'")
            token = self.next()
        return default


def _from_text(content: str) -> _Definitions:
    reader = _Reader(content)
    reader.body("", 0)
    return reader.definitions


# ---- definitions as the compiler describes them

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


def _from_module(content: str) -> _Definitions:
    """The description is the longest text in the module."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ModelFileError(f"it is no Python module: {error}") from None
    raw = max(_texts(tree), key=len, default=b"")
    message = pb.parse(memoryview(raw), 0, len(raw), _FILE)
    definitions = _Definitions()
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


def _describe(definitions: _Definitions, item: pb.Message, scope: str) -> None:
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


def _describe_enum(definitions: _Definitions, item: pb.Message, scope: str) -> None:
    name = f"{scope}.{item.get('name', '')}".lstrip(".")
    values = {value.get("name", ""): value.get("number", 0) for value in item.get("value", [])}
    definitions.enums[name] = values
