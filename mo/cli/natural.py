"""Python values of the API written in the grammar of the flags, so that one reader serves both.

Text passes through unchanged. A value that has no form in a grammar raises TypeError.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from mo.cli.text import escaped

Writer = Callable[[Any], str]


def plain(value: Any) -> str:
    """Text and numbers."""
    value = _bare(value)
    if not isinstance(value, (str, int, float)):
        raise TypeError
    return str(value)


def path(value: Any) -> str:
    """Text, bytes and path objects."""
    return os.fsdecode(value)


def listed(write: Writer) -> Writer:
    """One item, or a list of them."""

    def write_list(value: Any) -> str:
        value = _bare(value)
        return ",".join(map(write, value)) if isinstance(value, (list, tuple)) else write(value)

    return write_list


def path_item(value: Any) -> str:
    """A path in a list: its commas do not separate."""
    return value if isinstance(value, str) else f'"{path(value)}"'


def shapes(value: Any) -> str:
    """``[1, 3]``, ``[[1, 3], [2, None]]``; an unknown size is None or -1, a range ``"1..8"``."""
    value = _bare(value)
    if isinstance(value, str):
        return value
    if all(isinstance(_bare(item), (list, tuple)) or _is_bracket(item) for item in _items(value)):
        return ",".join(map(_shape, value))
    return _shape(value)


def inputs(value: Any) -> str:
    """``["a", ("b", [1, 3], "f32")]`` or ``{"a": [1, 3], "b": ([1, 3], "f32"), "c": "i64"}``."""
    if isinstance(value, Mapping):
        return ",".join(_input(name, *_alternatives(what)) for name, what in value.items())
    if _is_named_item(value):
        return _input(*value)
    return listed(lambda item: item if isinstance(item, str) else _input(*_items(item)))(value)


def frozen_values(value: Any) -> str:
    """``{"train": False, "size": [224, 224]}``"""
    return _named(value, lambda name, what: f"{name}->{_literal(what)}")


def channel_values(value: Any) -> str:
    """``127.5``, ``[1, 2, 3]``, ``[[1, 2, 3], [4]]`` or ``{"data": [1, 2, 3]}``."""
    value = _bare(value)
    if isinstance(value, Mapping):
        return _named(value, lambda name, what: name + _numbers(what))
    if isinstance(value, (list, tuple)) and any(
        isinstance(_bare(item), (list, tuple)) for item in value
    ):
        return ",".join(map(_numbers, value))
    return value if isinstance(value, str) else _numbers(value)


def layouts(value: Any) -> str:
    """``"nhwc"`` or ``{"data": "nhwc->nchw"}``."""
    return _named(value, lambda name, what: f"{name}({plain(what)})")


def _named(value: Any, write: Callable[[str, Any], str]) -> str:
    if not isinstance(value, Mapping):
        return plain(value)
    return ",".join(write(escaped(name), what) for name, what in value.items())


def _bare(value: Any) -> Any:
    """Arrays and numbers of numpy as lists and numbers of Python."""
    return value.tolist() if hasattr(value, "tolist") else value


def _items(value: Any) -> Any:
    if not isinstance(value, (list, tuple)):
        raise TypeError
    return value


def _is_bracket(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("[", "("))


def _is_named_item(value: Any) -> bool:
    """Whether a tuple is one input with its shape or type rather than a list of inputs."""
    return (
        isinstance(value, tuple)
        and len(value) > 1
        and isinstance(value[0], str)
        and not all(isinstance(part, str) for part in value)
    )


def _shape(value: Any) -> str:
    value = _bare(value)
    if _is_bracket(value):
        return str(value)
    return f"[{','.join('?' if size is None else plain(size) for size in _items(value))}]"


def _alternatives(what: Any) -> Any:
    """What a table says of an input: nothing, a shape, a type, or a pair of these."""
    is_pair = isinstance(what, tuple) and any(
        isinstance(_bare(part), (list, tuple)) or _type_name(part) for part in what
    )
    return what if is_pair else (what,)


def _input(name: str, *facts: Any) -> str:
    written = escaped(name)
    for fact in facts:
        if fact is not None:
            kind = _type_name(fact)
            written += f"{{{kind}}}" if kind else _shape(fact)
    return written


def _type_name(value: Any) -> str:
    """The name of an element type given as text, Python type, numpy or IR type; else empty."""
    if isinstance(value, str):
        return "" if _is_bracket(value) or ".." in value or value == "?" else value
    name = getattr(value, "__name__", None) or getattr(value, "name", "")
    return name if isinstance(name, str) else ""


def _numbers(value: Any) -> str:
    value = _bare(value)
    numbers = value if isinstance(value, (list, tuple)) else [value]
    return f"[{','.join(map(plain, numbers))}]"


def _literal(value: Any) -> str:
    value = _bare(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_literal, value))}]"
    return f'"{escaped(value)}"' if isinstance(value, str) else plain(value)
