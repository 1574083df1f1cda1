"""How the layers of a Keras model refer to tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# Stands for a tensor where a number is the first operand (Keras 2).
_CONSTANT = "_CONSTANT_VALUE"
# A tensor of Keras: layer, number of its use, number of the output.
Key = tuple[str, int, int]


def keys(listed: Any) -> list[Key]:
    """``["name", 0, 0]`` or a list (or dictionary) of such."""
    if isinstance(listed, Mapping):
        listed = list(listed.values())
    if len(listed) == 3 and isinstance(listed[0], str) and isinstance(listed[1], int):
        listed = [listed]
    return [(str(entry[0]), int(entry[1]), int(entry[2])) for entry in listed]


def arguments(use: Any) -> tuple[list[Key], dict[str, Any]]:
    """The tensors that a use of a layer reads, and its other arguments."""
    tensors: list[Key] = []
    literals: dict[str, Any] = {}
    if isinstance(use, Mapping):
        _collect(use.get("args", []), tensors, literals)
        named = use.get("kwargs", {})
    else:
        entries = [use] if use and isinstance(use[0], str) else use
        for entry in entries:
            if entry[0] == _CONSTANT:
                _collect([entry[2]], tensors, literals)
            else:
                tensors += keys(entry[:3])
        named = next((entry[3] for entry in entries if len(entry) > 3), {})
    for key, value in named.items():
        if _is_tensor(value):
            tensors += _tensors(value)
        elif value is not None and key not in ("name", "training"):
            literals[key] = value
    return tensors, literals


def _collect(arguments: Iterable[Any], tensors: list[Key], literals: dict[str, Any]) -> None:
    for value in arguments:
        if _is_tensor(value):
            tensors += _tensors(value)
        elif isinstance(value, list):
            _collect(value, tensors, literals)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            literals["operand"] = value
            literals["operand_first"] = not tensors


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
