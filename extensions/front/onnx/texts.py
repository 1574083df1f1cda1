"""Models written as text, turned into the binary form: protobuf text, JSON, and ONNX's own syntax.

The packages onnx and protobuf define these forms; they are imported only for such a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mo.errors import ModelFileError
from mo.front.protobuf import DEPTH_LIMIT
from mo.graph.tensor import Buffer

# No binary model begins like this: these bytes are wire types that fields of a model never have.
_TEXT = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|#[^\n]*\n)*([a-z<{])")
_HEAD = 1 << 16
# Brackets outside of texts and comments.
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|#[^\n]*|[][(){}]', re.DOTALL)


def as_binary(source: Buffer) -> Buffer:
    """The file itself if it is binary; else what its text says, in memory."""
    start = _TEXT.match(bytes(source.view[:_HEAD]))
    if start is None:
        return source
    name, parse = _FORMS.get(start[1], _PROTOBUF_TEXT)
    try:
        return Buffer(source.path, parse(str(source.view, "utf-8-sig")))
    except UnicodeDecodeError as error:
        raise ModelFileError(f"byte {error.start} is no UTF-8 text") from error
    except (ModelFileError, RecursionError):
        raise
    except Exception as error:
        raise ModelFileError(f"as {name}: {_first_words(error)}") from error


def _first_words(error: Exception) -> str:
    """What is wrong and where, in one line."""
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(error)
    lines = [line for line in text.splitlines() if line and not line.startswith("Error context")]
    return " ".join(lines[:2])[:200] or type(error).__name__


def _from_protobuf_text(text: str) -> bytes:
    from google.protobuf import text_format
    from onnx import ModelProto

    found: bytes = text_format.Parse(text, ModelProto()).SerializeToString()
    return found


def _from_json(text: str) -> bytes:
    from google.protobuf import json_format
    from onnx import ModelProto

    found: bytes = json_format.Parse(text, ModelProto()).SerializeToString()
    return found


def _from_onnx_text(text: str) -> bytes:
    from onnx import parser

    _check_depth(text)
    found: bytes = parser.parse_model(text).SerializeToString()
    return found


def _check_depth(text: str) -> None:
    """The parser of the package onnx calls itself for each bracket and has no limit."""
    depth = 0
    for match in _BRACKETS.finditer(text):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(match[0], 0)
        if depth > DEPTH_LIMIT:
            raise ModelFileError(f"brackets are nested deeper than {DEPTH_LIMIT} levels")


_PROTOBUF_TEXT: tuple[str, Callable[[str], bytes]] = "protobuf text", _from_protobuf_text
_FORMS = {b"{": ("JSON", _from_json), b"<": ("ONNX text", _from_onnx_text)}
