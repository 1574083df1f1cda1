"""Attributes of extensions as fields of operations: words, numpy types and arrays are read."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

import extensions.ops
from mo.classic.source import DOMAIN
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.front.registry import Translation, Translations
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import REQUIRED, Op

TRANSLATIONS = Translations()

# Other names of a field, oldest first.
_ALIASES = {
    "strides": ("stride",),
    "dilations": ("dilation",),
    "destination_type": ("dst_type",),
    "exclude_pad": ("exclude-pad",),
    "output_type": ("data_type", "classes_index_type"),
    "element_type": ("data_type",),
    "activations_alpha": ("activation_alpha",),
    "activations_beta": ("activation_beta",),
}
_WORDS = {
    "float": "f32",
    "half": "f16",
    "double": "f64",
    "int": "i32",
    "int32": "i32",
    "int64": "i64",
    "bool": "boolean",
}


def converts(*names: str) -> Callable[[Translation], Translation]:
    """Decorator: the function translates these operations of extensions."""
    return TRANSLATIONS.converts(*names, domain=DOMAIN)


@cache
def operations() -> Mapping[str, type[Op]]:
    """The operations of the IR, by type."""
    for item in pkgutil.iter_modules(extensions.ops.__path__):
        import_module(f"extensions.ops.{item.name}")
    found: dict[str, type[Op]] = {}
    for op in _all(Op):
        if op.__module__.startswith("extensions.ops.") and (
            op.type not in found or op.__name__ == op.type
        ):
            found[op.type] = op
    return found


def _all(op: type[Op]) -> Iterator[type[Op]]:
    for inner in op.__subclasses__():
        yield inner
        yield from _all(inner)


def plain(value: Any) -> Any:
    """A value without numpy."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return tuple(plain(item) for item in value)
    return value


def attribute(node: SourceNode, *names: str, default: Any = None) -> Any:
    """The first of these attributes that the node has, without numpy."""
    for name in names:
        value = node.attributes.get(name)
        if value is not None:
            return plain(value)
    return default


def element_type(value: Any, default: ElementType = ElementType.f32) -> ElementType:
    """An element type from a numpy type, or a word of the IR."""
    if value is None:
        return default
    if isinstance(value, ElementType):
        return value
    if isinstance(value, str):
        word = _WORDS.get(value.lower(), value.lower())
        if word in ElementType.__members__:
            return ElementType[word]
        return next((t for t in ElementType if t.precision == value.upper()), default)
    return ElementType.of(np.dtype(value))


def fields(node: SourceNode, op: type[Op]) -> dict[str, Any]:
    """What the node says of the fields of an operation; an error names what is missing."""
    found: dict[str, Any] = {}
    for name, default in op._fields.items():
        raw = next(
            (
                node.attributes[key]
                for key in (name, *_ALIASES.get(name, ()))
                if node.attributes.get(key) is not None
            ),
            None,
        )
        if raw is None:
            if default is REQUIRED:
                raise UnsupportedError(
                    f"its attribute '{name}' is missing", hint="Set it in the extension."
                )
            continue
        if isinstance(default, ElementType) or (name.endswith("_type") and name != "box_type"):
            found[name] = element_type(raw) if _is_type(raw, default) else plain(raw)
        elif isinstance(default, bool):
            found[name] = _truth(raw)
        elif isinstance(default, float):
            found[name] = float(plain(raw))
        else:
            found[name] = _numbers(plain(raw), default)
    return found


def _is_type(raw: Any, default: Any) -> bool:
    return isinstance(default, ElementType) or default is REQUIRED or not isinstance(raw, str)


def _truth(raw: Any) -> bool:
    return raw.lower() in ("1", "true", "yes") if isinstance(raw, str) else bool(raw)


def _numbers(value: Any, default: Any) -> Any:
    if isinstance(default, tuple):
        return value if isinstance(value, tuple) else (value,)
    return int(value) if isinstance(value, bool) else value


def direct(g: Graph, node: SourceNode, kind: str, *inputs: Output | None) -> Any:
    """The operation of the IR of this type, with the attributes that the node has."""
    op = operations()[kind]
    values = list(inputs)
    while values and values[-1] is None:
        values.pop()
    found = g.add_multi(op(**fields(node, op)), *values)
    return found if len(found) > 1 else found[0]
