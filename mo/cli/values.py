"""Numbers, truth values, nested lists and element types as they are written in flags."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from mo.cli.text import Text
from mo.graph.element_type import ElementType

# Nothing that counts or measures needs more digits; longer texts are refused before they cost.
_LONGEST_NUMBER = 40
_INTEGERS = range(-(2**63), 2**64)
_INTEGER = re.compile(r"[+-]?[0-9]+")
_FLOAT = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WORDS: dict[str, bool | float] = {
    "true": True,
    "false": False,
    "inf": math.inf,
    "+inf": math.inf,
    "-inf": -math.inf,
    "nan": math.nan,
}
_LONG_PREFIX = re.compile(r"bfloat(?=16$)|float(?=\d)|fp(?=\d)|uint(?=\d)|int(?=\d)")
_SHORT_PREFIX = {"bfloat": "bf", "float": "f", "fp": "f", "uint": "u", "int": "i"}
_OTHER_TYPES = {"half": "f16", "float": "f32", "double": "f64", "bool": "boolean"}


def as_integer(text: str) -> int | None:
    """The whole number of at most 64 bits that the text is, if it is one."""
    if len(text) > _LONGEST_NUMBER or not _INTEGER.fullmatch(text):
        return None
    return number if (number := int(text)) in _INTEGERS else None


def as_number(text: str) -> float | None:
    """The finite number that the text is, if it is one."""
    if len(text) > _LONGEST_NUMBER or not _FLOAT.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def literal(text: Text) -> Any:
    """A number, truth value, quoted text, or a list of these of any depth."""
    group = text.group()
    if group is not None and len(group) == len(text) and text.outline[0] != "{":
        return _list(text)
    if text.is_quoted():
        return str(text)
    if not text:
        raise text.missing("a value")
    word = text.outline
    for found in (as_integer(word), as_number(word), _WORDS.get(word.lower())):
        if found is not None:
            return found
    raise text.error('is no number, true, false, list such as [1 2 3], or quoted "text"')


def _list(text: Text) -> list[Any]:
    items = text.inside().elements("a value")
    values = [literal(item) for item in items]
    for item, value in zip(items, values, strict=True):
        if _form(value) != _form(values[0]):
            raise item.error("differs in form from the first value of its list")
    return values


def _form(value: Any) -> Any:
    """What must be alike in all values of a list: the extents, and text or no text."""
    if isinstance(value, list):
        return (len(value), _form(value[0]) if value else None)
    return isinstance(value, str)


def leaves(value: Any) -> Iterator[Any]:
    """The values in a nested list, or the value itself."""
    if isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def element_type(text: Text) -> str:
    """The IR's name of an element type that may be written as f16, fp16, float16, half..."""
    word = str(text).lower()
    name = _LONG_PREFIX.sub(lambda match: _SHORT_PREFIX[match.group()], word, count=1)
    name = _OTHER_TYPES.get(name, name)
    if not text:
        raise text.missing("an element type")
    if name not in ElementType.__members__ or name == ElementType.dynamic.name:
        raise text.error("is no element type; write f32, f16, i64, i32, u8, boolean...")
    return name
