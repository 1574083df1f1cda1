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


_WORDS = {"SAME": "same_upper", "VALID": "valid", "EXPLICIT": "explicit"}
# By the numbers of PoolMethod.
_POOLINGS = ("max", "avg", "stochastic")
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
    "pooling": (dict(enumerate(_POOLINGS)).get, _POOLINGS.index),
    "padding": (lambda value: _WORDS.get(value, value), lambda value: _BACK[str(value)]),
}


# ---- fields of the frameworks' nodes


def _read(framework: str, node: SourceNode, field: str) -> Any:
    if framework == "mxnet":
        return parsed(node.attributes[field]) if field in node.attributes else None
    value: Any = node.attributes
    for part in field.split("."):
        value, message = value.get(part) if isinstance(value, Mapping) else None, value
    if framework == "caffe" and part in _OF_IMAGES:
        return _of_both_axes(message or {}, part)
    return value


def _written(framework: str, node: SourceNode, field: str, value: Any) -> dict[str, Any]:
    if framework == "mxnet":
        return {field: str(tuple(value) if isinstance(value, list) else value)}
    first, _, rest = field.partition(".")
    if not rest:
        return {first: value}
    message = {**node.attributes.get(first, {}), rest: value}
    if framework == "caffe":
        message |= dict.fromkeys(_of_axes(rest))
    return {first: message}


# Caffe's fields of an image's axes, and how their forms for one axis begin.
_OF_IMAGES = {"kernel_size": "kernel", "stride": "stride", "pad": "pad", "dilation": ""}


def _of_axes(field: str) -> list[str]:
    """The forms of a field for height and width, if it has such."""
    stem = _OF_IMAGES.get(field)
    return [f"{stem}_{side}" for side in "hw"] if stem else []


def _of_both_axes(message: Mapping[str, Any], field: str) -> list[int] | None:
    """Height and width; None if the file leaves them out."""
    sides = [message.get(name) for name in _of_axes(field)]
    if any(sides):
        return [side or 0 for side in sides]
    value = message.get(field)
    if value in (None, []):
        return None
    listed = value if isinstance(value, list) else [value]
    return listed * 2 if len(listed) == 1 else listed


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
