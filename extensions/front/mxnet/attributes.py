"""Parameters of operations, which MXNet stores as texts.

Numbers, True and False, None, words, and tuples of them in round or square brackets; Python 2
wrote an L behind whole numbers, and a number may stand for a tuple of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from extensions.front.building import invalid
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType

_BRACKETS = {"(": ")", "[": "]"}
_WORDS = {"None": None, "": None, "True": True, "False": False, "true": True, "false": False}
# No sound number is larger or longer.
_LARGEST = 1 << 62
_DIGITS = 40

Meaning = TypeVar("Meaning")


def parsed(text: str) -> Any:
    """None, a bool, an int, a float, a text, or a tuple of them."""
    text = text.strip()
    end = _BRACKETS.get(text[:1])
    if end is None or not text.endswith(end):
        return _single(text)
    inside = text[1:-1].strip().removesuffix(",")
    return tuple(_single(part) for part in inside.split(",")) if inside else ()


def _single(text: str) -> Any:
    text = text.strip()
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _DIGITS:
        return text
    for kind, digits in ((int, text.rstrip("lL")), (float, text)):
        try:
            value = kind(digits)
        except ValueError:
            continue
        return value if not isinstance(value, int) or abs(value) < _LARGEST else text
    return text


def value_of(node: SourceNode, name: str, default: Any = None) -> Any:
    """A parameter, or ``default`` if it is left out or None."""
    value = parsed(node.get(name, ""))
    return default if value is None else value


def _wrong(node: SourceNode, name: str) -> Exception:
    text = str(node.attributes.get(name))[:40]
    return invalid(f"its parameter {name} is '{text}'" if text != "None" else f"it has no {name}")


def optional_integer(node: SourceNode, name: str) -> int | None:
    value = value_of(node, name)
    if isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value is not None and not isinstance(value, int):
        raise _wrong(node, name)
    return value


def integer(node: SourceNode, name: str, default: int | None = None) -> int:
    """A whole number; without a default the operation needs it."""
    value = optional_integer(node, name)
    value = default if value is None else value
    if value is None:
        raise _wrong(node, name)
    return int(value)


def optional_integers(node: SourceNode, name: str) -> tuple[int, ...] | None:
    """Whole numbers; None if the parameter is left out or None."""
    value = value_of(node, name)
    if value is None:
        return None
    values = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(item, int) for item in values):
        raise _wrong(node, name)
    return tuple(map(int, values))


def integers(node: SourceNode, name: str, default: tuple[int, ...] = ()) -> tuple[int, ...]:
    value = optional_integers(node, name)
    return default if value is None else value


def limits(node: SourceNode, name: str) -> tuple[int | None, ...]:
    """Whole numbers, each of which may be None."""
    value = value_of(node, name, ())
    values = value if isinstance(value, tuple) else (value,)
    if not all(item is None or isinstance(item, int) for item in values):
        raise _wrong(node, name)
    return values


def optional_number(node: SourceNode, name: str) -> float | None:
    value = value_of(node, name)
    if value is not None and not isinstance(value, (int, float)):
        raise _wrong(node, name)
    return None if value is None else float(value)


def number(node: SourceNode, name: str, default: float | None = None) -> float:
    """A number; without a default the operation needs it."""
    value = optional_number(node, name)
    value = default if value is None else value
    if value is None:
        raise _wrong(node, name)
    return value


def numbers(node: SourceNode, name: str, default: tuple[float, ...] = ()) -> tuple[float, ...]:
    value = value_of(node, name, default)
    values = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(item, (int, float)) for item in values):
        raise _wrong(node, name)
    return tuple(map(float, values))


def flag(node: SourceNode, name: str, default: bool = False) -> bool:
    value = value_of(node, name, default)
    if not isinstance(value, (int, bool)):
        raise _wrong(node, name)
    return bool(value)


def word(node: SourceNode, name: str, default: str = "") -> str:
    """A word; without a default the operation needs it."""
    value = value_of(node, name, default)
    if not isinstance(value, str) or not value:
        raise _wrong(node, name)
    return value


def chosen(
    node: SourceNode, name: str, meanings: Mapping[str, Meaning], default: str = ""
) -> Meaning:
    """What the word of a parameter stands for."""
    found = word(node, name, default)
    if found not in meanings:
        raise UnsupportedError(
            f"{name} '{found[:40]}' is not supported", hint="Cut the node off with --output."
        )
    return meanings[found]


# All that MXNet computes with; the halves and doubles are computed in single precision here.
_TYPES = {
    "float16": ElementType.f32,
    "bfloat16": ElementType.f32,
    "float32": ElementType.f32,
    "float64": ElementType.f32,
    "int8": ElementType.i8,
    "uint8": ElementType.u8,
    "int32": ElementType.i32,
    "int64": ElementType.i64,
    "bool": ElementType.boolean,
}


def optional_type(node: SourceNode, name: str = "dtype") -> ElementType | None:
    return None if value_of(node, name) is None else chosen(node, name, _TYPES)


def element_type(node: SourceNode, default: str = "") -> ElementType:
    """The parameter ``dtype``."""
    return chosen(node, "dtype", _TYPES, default)
