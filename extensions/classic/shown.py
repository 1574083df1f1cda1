"""What the classic's extractors made of a framework's node: its name, and attributes.

``nodes.csv`` says it for each type: ``name=value`` is how it always was, ``name=@field:kind|other``
comes from a field of the framework, converted, or is ``other`` where the framework leaves it out.
What an extension changes in such an attribute goes back to that field.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from extensions.classic.fields import plain
from extensions.front.mxnet.attributes import parsed
from mo.classic.errors import Error
from mo.front.model import SourceNode


class Shown(NamedTuple):
    """An attribute: of a field of the framework, or with a value of its own."""

    name: str
    field: str
    kind: str
    value: Any


class Row(NamedTuple):
    op: str
    attributes: Sequence[Shown]


@cache
def rows() -> Mapping[tuple[str, str], Row]:
    """By framework and type."""
    found = {}
    with (Path(__file__).parent / "nodes.csv").open(newline="") as file:
        for framework, types, op, attributes in list(csv.reader(file))[1:]:
            for kind in types.split():
                shown = [_shown(item) for item in attributes.split()]
                found[framework, kind] = Row(op or kind, shown)
    return found


def _shown(text: str) -> Shown:
    name, _, spec = text.partition("=")
    if not spec.startswith("@"):
        return Shown(name, "", "", _value(spec))
    spec, _, default = spec[1:].partition("|")
    field, _, kind = spec.partition(":")
    return Shown(name, field, kind, _value(default) if default else None)


def _value(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return np.array(value) if isinstance(value, list) else value


# ---- how fields are converted, there and back


def _window(value: Any) -> Any:
    return np.array([1, 1, *value])


def _without_channels(value: Any) -> Any:
    return plain(value)[2:]


def _pairs(value: Any) -> Any:
    half = len(value) // 2
    return np.array([(0, 0), (0, 0), *zip(value[:half], value[half:])])


def _halves(value: Any) -> Any:
    pairs = plain(value)[2:]
    return tuple(pair[0] for pair in pairs) + tuple(pair[1] for pair in pairs)


def _both_sides(value: Any) -> Any:
    return np.array([(0, 0), (0, 0), *((pad, pad) for pad in value)])


def _one_side(value: Any) -> Any:
    pairs = plain(value)[2:]
    if any(first != second for first, second in pairs):
        raise Error("the framework pads both sides alike: {} cannot be", pairs)
    return tuple(first for first, _ in pairs)


def _of_image(value: Any) -> Any:
    listed = [int(item) for item in value] if isinstance(value, (list, tuple)) else [value]
    return np.array([1, 1, *(listed * 2 if len(listed) == 1 else listed or [1, 1])])


_WORDS = {"SAME": "same_upper", "VALID": "valid", "EXPLICIT": "explicit"}
_BACK = {word: name for name, word in _WORDS.items()}


def _same(value: Any) -> Any:
    return value


def _list(value: Any) -> Any:
    return list(plain(value))


# Kind of a field -> (what is shown, what goes back).
_KINDS: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "": (_same, plain),
    "array": (np.array, _list),
    "flag": (bool, int),
    "window": (_window, lambda value: list(_without_channels(value))),
    "pairs": (_pairs, lambda value: list(_halves(value))),
    "symmetric": (_both_sides, lambda value: list(_one_side(value))),
    "caffe": (_of_image, lambda value: list(_without_channels(value))),
    "padding": (lambda value: _WORDS.get(value, value), lambda value: _BACK[str(value)]),
}


# ---- fields of the frameworks' nodes


def _read(framework: str, node: SourceNode, field: str) -> Any:
    if framework == "mxnet":
        return parsed(node.attributes[field]) if field in node.attributes else None
    value: Any = node.attributes
    for part in field.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _written(framework: str, node: SourceNode, field: str, value: Any) -> dict[str, Any]:
    if framework == "mxnet":
        return {field: str(tuple(value) if isinstance(value, list) else value)}
    first, _, rest = field.partition(".")
    return {first: {**node.attributes[first], rest: value} if rest else value}


def attributes_of(framework: str, node: SourceNode) -> dict[str, Any]:
    """``op`` and the attributes of a node."""
    row = rows().get((framework, node.type))
    if row is None:
        return {"op": node.type}
    found: dict[str, Any] = {"op": row.op}
    for name, field, kind, default in row.attributes:
        value = _read(framework, node, field) if field else None
        if value is not None:
            found[name] = _KINDS[kind][0](value)
        elif default is not None:
            found[name] = default
    return found


def changed(framework: str, node: SourceNode, name: str, value: Any) -> dict[str, Any] | None:
    """What of the framework's attributes changes with one of these; None if it is none of them."""
    row = rows().get((framework, node.type))
    shown = next((item for item in row.attributes if item.name == name), None) if row else None
    if shown is None:
        return None
    if not shown.field:
        raise Error(
            "'{}' of {} '{}' cannot be changed: put an operation of your own in its place",
            *(name, node.type, node.name),
        )
    return _written(framework, node, shown.field, _KINDS[shown.kind][1](value))
