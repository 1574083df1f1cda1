"""How the layers of a Keras model refer to tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

# Stands for a tensor where a number is the first operand (Keras 2).
_CONSTANT = "_CONSTANT_VALUE"
# A tensor of Keras: layer, number of its use, number of the output.
Key = tuple[str, int, int]


class Given(NamedTuple):
    """An argument that is a tensor, by its number among those that a use reads."""

    number: int


class Use(NamedTuple):
    """What a layer is applied to: the tensors, numbers among them, and all in their places."""

    tensors: list[Key]
    literals: dict[str, Any]
    arguments: list[Any]
    named: dict[str, Any]


NO_USE = Use([], {}, [], {})


def keys(listed: Any) -> list[Key]:
    """``["name", 0, 0]`` or a list (or dictionary) of such."""
    if isinstance(listed, Mapping):
        listed = list(listed.values())
    if len(listed) == 3 and isinstance(listed[0], str) and isinstance(listed[1], int):
        listed = [listed]
    return [(str(entry[0]), int(entry[1]), int(entry[2])) for entry in listed]


def labels(listed: Any) -> dict[Key, str]:
    """The names of outputs that are a dictionary."""
    if not isinstance(listed, Mapping):
        return {}
    return {keys(value)[0]: str(name) for name, value in listed.items()}


def arguments(use: Any) -> Use:
    """The tensors that a use of a layer reads, and its other arguments."""
    tensors: list[Key] = []
    literals: dict[str, Any] = {}
    if isinstance(use, Mapping):
        listed = use.get("args", [])
        _collect(listed, tensors, literals)
        named = use.get("kwargs", {})
        count = iter(range(len(tensors)))
        placed = [_placed(value, count) for value in listed]
    else:
        entries = [use] if use and isinstance(use[0], str) else use
        for entry in entries:
            if entry[0] == _CONSTANT:
                _collect([entry[2]], tensors, literals)
            else:
                tensors += keys(entry[:3])
        named = next((entry[3] for entry in entries if len(entry) > 3), {})
        given = [Given(number) for number in range(len(tensors))]
        placed = list(given) if len(given) == 1 else [given]
    found: dict[str, Any] = {}
    for key, value in named.items():
        first = len(tensors)
        if _is_tensor(value):
            tensors += _tensors(value)
        elif isinstance(value, list):
            _collect(value, tensors, {})
        elif value is not None and key not in ("name", "training"):
            literals[key] = value
        found[key] = _placed(value, iter(range(first, len(tensors))))
    return Use(tensors, literals, placed, found)


def _collect(arguments: Iterable[Any], tensors: list[Key], literals: dict[str, Any]) -> None:
    for value in arguments:
        if _is_tensor(value):
            tensors += _tensors(value)
        elif isinstance(value, list):
            _collect(value, tensors, literals)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            literals["operand"] = value
            literals["operand_first"] = not tensors


def _placed(value: Any, numbers: Iterable[int]) -> Any:
    """An argument with Given for its tensors, and what JSON has no form for as Python has it."""
    if _is_tensor(value):
        return Given(next(iter(numbers)))
    if isinstance(value, list):
        return [_placed(entry, numbers) for entry in value]
    kind = value.get("class_name") if isinstance(value, Mapping) else None
    if kind == "__ellipsis__":
        return ...
    if kind == "__slice__":
        return slice(*(value["config"].get(part) for part in ("start", "stop", "step")))
    if kind in ("__numpy__", "__tensor__"):
        return np.asarray(value["config"]["value"], np.dtype(value["config"]["dtype"]))
    return value


def _is_tensor(value: Any) -> bool:
    if isinstance(value, Mapping):
        return value.get("class_name") == "__keras_tensor__"
    return (
        isinstance(value, list)
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and all(isinstance(number, int) for number in value[1:3])
    )


def _tensors(value: Any) -> list[Key]:
    return keys(value["config"]["keras_history"] if isinstance(value, Mapping) else value[:3])
