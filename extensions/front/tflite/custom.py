"""Options of operators that are not TF-Lite's own: somebody's, or operations of TensorFlow."""

from __future__ import annotations

from typing import Any

from extensions.front.tf.attributes import attributes_of
from extensions.front.tf.schema import NODE
from extensions.front.tflite import flexbuffers
from extensions.front.tflite.flatbuffers import File, Record, Span, damaged
from mo.errors import ModelFileError
from mo.front.protobuf import parse


def _place(file: File, record: Record) -> Span:
    """Large options lie behind the tables."""
    start, end = record["custom_options"]
    if record["large_options_offset"] > 1:
        start = record["large_options_offset"]
        end = start + record["large_options_size"]
    if end > file.size:
        raise damaged("options of a custom operator lie outside")
    return start, end


def options(file: File, record: Record) -> Any:
    """What they hold, if they are in the usual form; somebody's operator need not use it."""
    start, end = _place(file, record)
    try:
        return flexbuffers.read(file, start, end) if end > start else None
    except ModelFileError:
        return None


def operation(file: File, record: Record, kind: str) -> tuple[str, dict[str, Any]]:
    """Type and attributes of an operation of TensorFlow: its options are its name and NodeDef."""
    found = flexbuffers.read(file, *_place(file, record))
    if not (isinstance(found, list) and len(found) == 2 and isinstance(found[1], tuple)):
        raise damaged(f"the options of {kind} are no operation of TensorFlow")
    start, end = found[1]
    message = parse(file.view, start, end, NODE)
    return str(message.get("op", kind)), attributes_of(message, file.source, {})
