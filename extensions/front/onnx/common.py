"""The ONNX translation table, and what several families of translations share."""

from __future__ import annotations

from typing import Any

from extensions.front.building import invalid
from extensions.ops.common import constant_ints
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.front.registry import Translations
from mo.graph.node import Output

TRANSLATIONS = Translations()
converts = TRANSLATIONS.converts
maps = TRANSLATIONS.maps


def attribute_or_input(node: SourceNode, name: str, value: Output | None) -> tuple[int, ...] | None:
    """Integers that are an attribute in old operation sets and an input in new ones."""
    if value is not None:
        return constant_ints(value)
    listed = node.get(name)
    return None if listed is None else tuple(listed)


def needed(node: SourceNode, name: str) -> Any:
    """An attribute that the operation cannot do without."""
    value = node.get(name)
    if value is None:
        raise invalid(f"its attribute '{name}' is missing")
    return value


def refuse(node: SourceNode, what: str) -> UnsupportedError:
    """The error for an attribute value that has no form in the IR."""
    return UnsupportedError(f"{what} is not supported", hint="Cut the node off with --output.")
