"""--caffe_parser_path: the messages of a fork of Caffe, from its own definition.

Read is a ``caffe.proto``, or the description that the protobuf compiler has put into a
``caffe_pb2.py``; no code is run for it. Grammar: protobuf.dev, "Protocol Buffers Version 2
Language Specification"; descriptions are messages FileDescriptorProto (descriptor.proto).
"""

from __future__ import annotations

import re
from pathlib import Path

from extensions.front.caffe.definitions import Definitions
from extensions.front.caffe.described import from_module
from mo.errors import ModelFileError, UsageError
from mo.front.files import open_model
from mo.front.protobuf import DEPTH_LIMIT, Schema
from mo.front.prototext import TextError, decoded


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
        read = from_module if found.suffix == ".py" else _from_text
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
    r"(\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[-+]?[\w.]+(?:(?<=[\d.][eE])[-+]\d+)?|[^\s\w])",
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
        self.definitions = Definitions()

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


def _from_text(content: str) -> Definitions:
    reader = _Reader(content)
    reader.body("", 0)
    return reader.definitions
