"""Opening TensorFlow's files: protobuf messages, binary or as text."""

from __future__ import annotations

import re
from pathlib import Path

from extensions.front.tf.schema import OPEN_ENDED
from mo.errors import ModelFileError
from mo.front.files import open_model
from mo.front.protobuf import Message, Schema, parse
from mo.front.prototext import SIZE_LIMIT, parse_text
from mo.graph.tensor import Buffer

# What a message may start with as text: a comment, or the name of a field and what belongs to it.
_TEXT = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|#[^\n]*\n)*[a-z_]+\s*[:{<]")


def is_text(source: Buffer) -> bool:
    """Whether a file is in the text format; the binary one starts with a field number."""
    return _TEXT.match(bytes(source.view[:4096])) is not None


def parsed(path: Path, schema: Schema, what: str) -> tuple[Buffer, Message]:
    """The message in a file, and the bytes that its ranges refer to."""
    source = open_model(path)
    hint = f"The file is damaged or not {what}; check the flag, or copy it again."
    try:
        if is_text(source):
            return source, _text(source, schema)
        message = parse(source.view, 0, source.size, schema)
        # Looking for the fields has brought in most of the pages of the weights between them.
        source.forget(0, source.size)
        return source, message
    except ModelFileError as error:
        raise ModelFileError(f"Cannot read '{path}' as {what}: {error.message}", hint) from error


def _text(source: Buffer, schema: Schema) -> Message:
    if source.size > SIZE_LIMIT:
        raise ModelFileError(f"a text of {source.size} bytes is no graph")
    try:
        content = str(source.view, "utf-8")
    except UnicodeDecodeError as error:
        raise ModelFileError(f"byte {error.start} of the text is no UTF-8") from error
    return parse_text(content, schema, OPEN_ENDED)
