"""Where the weights of the layers of a Keras model lie."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from extensions.front.tf.keras.files import Group

# Layers that go by another name.
_CLASSES = {"GroupQueryAttention": "GroupedQueryAttention"}

# Layers that do not say in their configuration whether they are trained.
_UNTRAINED = ("Discretization", "Hashing", "IntegerLookup", "StringLookup", "TextVectorization")


def name_of(entry: Mapping[str, Any]) -> str:
    return str(entry.get("name") or entry["config"]["name"])


def is_operation(entry: Mapping[str, Any]) -> bool:
    """Whether it is a function of keras.ops, not a layer; .h5 files do not tell the module."""
    if "module" in entry:
        return str(entry["module"]).startswith("keras.src.ops")
    inbound = entry.get("inbound_nodes")
    of_keras_3 = isinstance(inbound, list) and bool(inbound) and isinstance(inbound[0], Mapping)
    config = entry["config"]
    is_layer = "trainable" in config or "layers" in config or entry["class_name"] in _UNTRAINED
    return of_keras_3 and not is_layer


def placed(
    layers: list[Mapping[str, Any]], places: list[Group], by_name: bool
) -> list[list[Group]]:
    """For each layer the groups that may hold its weights."""
    if by_name:
        return [[*_inside(places, name_of(entry)), *places] for entry in layers]
    counts: dict[str, int] = {}
    found: list[list[Group]] = []
    for entry in layers:
        if is_operation(entry):
            found.append([])
            continue
        snake = _snake_case(_CLASSES.get(entry["class_name"], entry["class_name"]))
        number = counts.get(snake, 0)
        counts[snake] = number + 1
        found.append(_inside(places, f"layers/{snake}" + (f"_{number}" if number else "")))
    return found


def _inside(places: list[Group], path: str) -> list[Group]:
    found = [place.get(path) for place in places]
    return [group for group in found if isinstance(group, Group)]


def _snake_case(name: str) -> str:
    """The class of a layer as archives write it: Conv2D is conv2d, ReLU is re_lu."""
    name = re.sub(r"\W+", "", name.split(">")[-1])
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
