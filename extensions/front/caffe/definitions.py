"""What a definition of messages says, as tables of fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mo.errors import ModelFileError
from mo.front import protobuf as pb
from mo.front.protobuf import Field, Kind, Schema

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
class Definitions:
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
                return pb.enum(**self.enums[full])._replace(scope=full.rpartition(".")[0])
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
