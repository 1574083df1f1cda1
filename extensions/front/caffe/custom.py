"""-k: layers that only the user's own extension of the runtime knows.

The file lists them as ``<CustomLayer NativeType="T" hasParam="true" protoParamName="t_param"/>``.
The IR gets an operation T of the operation set "extension" with the parameters as attributes.
Nobody but the user knows the shape of its output: ``output="same"`` says that it is the input's.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from extensions.front.caffe.common import converts
from extensions.front.caffe.sections import Sections
from mo.errors import UnsupportedError, UsageError
from mo.front.model import SourceNode
from mo.front.protobuf import Kind, Schema, completed
from mo.front.prototext import Unknown
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op, TensorType

log = logging.getLogger("mo.caffe")

# Names that a layer of the IR has of its own.
_TAKEN = {"id", "name", "precision", "type", "layer", "value", "shape", "op", "kind", "infer"}


class Row(NamedTuple):
    """What the file says of one type of layer."""

    section: str
    keeps_shape: bool


def read_mapping(path: Path) -> dict[str, Row]:
    """The rows by type of layer; rows that make no sense are left out with a warning."""
    try:
        root = ElementTree.parse(path).getroot()
    except (ElementTree.ParseError, DefusedXmlException, OSError, ValueError) as error:
        raise UsageError(
            f"-k: '{path.name}' cannot be read: {error}",
            hint='It is XML with rows <CustomLayer NativeType="T" hasParam="false"/>.',
        ) from None
    rows: dict[str, Row] = {}
    for element in root:
        native, section = element.get("NativeType", ""), element.get("protoParamName", "")
        has_parameters = element.get("hasParam", "").lower()
        complete = has_parameters == "false" or (has_parameters == "true" and section)
        if element.tag != "CustomLayer" or not native or not complete or native in rows:
            log.warning("-k: a row of '%s' is left out: %s", path.name, element.attrib)
            continue
        rows[native] = Row(section, element.get("output") == "same")
    return rows


def mark_custom(nodes: list[SourceNode], rows: Mapping[str, Row], whole: bool) -> None:
    """Let the layers of these types be translated as what they are called.

    ``whole``: parameters that are not given become attributes too, if they have a default.
    """
    for node in nodes:
        row = rows.get(node.type)
        if row is not None:
            assert isinstance(node.attributes, Sections)
            table = node.attributes.table(row.section)
            given = node.attributes.get(row.section, {}) if row.section else {}
            given = given.values[0] if isinstance(given, Unknown) else given
            flat = dict(_flat(given, table, whole)) if isinstance(given, dict) else {}
            node.attributes = {"native": node.type, "row": row, "values": flat}
            node.domain, node.type = "custom", "Layer"


def _flat(
    given: Mapping[str, Any], table: Schema, whole: bool, prefix: str = ""
) -> Iterator[tuple[str, Any]]:
    """Attributes of nested messages get the names of all messages around them."""
    kinds = {field.name: field.kind for field in table.values()}
    for name, value in (completed(dict(given), table) if whole and table else given).items():
        label = f"{prefix}{name}" if name not in _TAKEN else f"{prefix}{name}_"
        if isinstance(value, Unknown):
            value = value.values[0] if len(value.values) == 1 else value.values
        kind = kinds.get(name)
        if isinstance(value, dict):
            inner = kind.schema() if kind and kind.schema else {}
            yield from _flat(value, inner, whole, f"{label}__")
        elif value is not None and value != []:
            yield (
                label,
                tuple(_shown(item, kind) for item in value)
                if isinstance(value, list)
                else _shown(value, kind),
            )


def _shown(value: Any, kind: Kind | None) -> Any:
    """Truth as a number, and words of an enum with the message in which it is defined."""
    if kind is None or not kind.words:
        return {"true": 1, "false": 0}.get(value, value) if isinstance(value, str) else value
    word = next((word for word, number in kind.words.items() if number == value), value)
    # Texts leave out the package that messages of Caffe are in.
    return f"caffe.{kind.scope.removeprefix('caffe.')}.{word}" if kind.scope else value


class _Custom(Op):
    """An operation of the user's; its output is like its first input."""

    opset = "extension"

    def infer(self, data: Output, *more: Output) -> TensorType:
        return data.type


@converts("Layer", domain="custom")
def custom_layer(g: Graph, node: SourceNode, x: Output, *more: Output) -> Output:
    native, row, values = (node.attributes[name] for name in ("native", "row", "values"))
    if not row.keeps_shape:
        raise UnsupportedError(
            f"the shape of the output of the custom layer {native} is not known",
            hint='If it is that of the input, add output="same" to its row in the file of -k; '
            "else add a translation with --extensions.",
        )
    fields = {"type": native, "__annotations__": dict.fromkeys(values, "Any"), "__doc__": native}
    op = type(native, (_Custom,), fields)
    return g.add(op(**values), x, *more)
