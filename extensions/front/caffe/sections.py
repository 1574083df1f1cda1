"""The parameters of a layer: complete with defaults, read by Caffe's tables and by a fork's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mo.front.protobuf import Kind, Message, Schema, completed
from mo.front.prototext import Unknown


class Sections(dict[str, Any]):
    """The fields of a layer; messages of parameters come complete with their defaults.

    A fork's defaults count where it has its own; what only it has is in ``foreign``. Files that
    they name lie beside ``path``.
    """

    def __init__(
        self, layer: Message, own: Mapping[str, Schema], fork: Mapping[str, Schema], path: Path
    ) -> None:
        super().__init__(layer)
        self.own, self.fork, self.path = own, fork, path
        self.foreign: list[str] = []
        for name, value in layer.items():
            if name in own and isinstance(value, dict):
                self[name] = self._complete(name, value)
                self.foreign += _foreign(value, own[name], name)

    def table(self, name: str) -> Schema:
        """What may stand in a message of parameters, by the fork's definition if there is one."""
        return self.fork.get(name) or self.own.get(name) or {}

    def _complete(self, name: str, given: Message) -> Message:
        own = {field.name: field for field in self.own[name].values()}
        message = completed({}, self.own[name])
        for field in self.fork.get(name, {}).values():
            default = [] if field.repeated else field.default
            value = given.get(field.name, default)
            if field.name in own:
                message[field.name] = _translated(value, field.kind, own[field.name].kind)
        return message if name in self.fork else {**message, **given}

    def __missing__(self, name: str) -> Message:
        return self._complete(name, {})


def _translated(value: Any, fork: Kind, own: Kind) -> Any:
    """The number of an enum's word, which a fork may have numbered otherwise."""
    if not fork.words or not own.words or not isinstance(value, int):
        return value
    word = next((word for word, number in fork.words.items() if number == value), "")
    return own.words.get(word, -1)


def tables_of(layer: Schema) -> dict[str, Schema]:
    """The tables of the messages of parameters, by the names of their fields in a layer."""
    return {
        field.name: field.kind.schema()
        for field in layer.values()
        if field.kind.schema is not None and not field.repeated
    }


def _foreign(given: Message, own: Schema, place: str) -> list[str]:
    """The given fields that Caffe's own table does not have, those of inner messages too."""
    known = {field.name: field for field in own.values()}
    found = []
    for name, value in given.items():
        inner = known[name].kind.schema if name in known else None
        if name not in known:
            found.append(f"{place}.{name}")
        elif isinstance(value, dict) and inner is not None and inner():
            found += _foreign(value, inner(), f"{place}.{name}")
    return found


def shown(fields: Mapping[str, Any], limit: int = 200) -> str:
    """Parameters as the text format writes them, cut if they are long."""
    text = " ".join(_field_texts(fields))
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _field_texts(fields: Mapping[str, Any]) -> Iterator[str]:
    for name, value in fields.items():
        if isinstance(value, Unknown):
            value = value.values
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield f"{name} {{ {' '.join(_field_texts(item))} }}"
            else:
                yield f"{name}: {item}"
