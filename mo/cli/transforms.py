"""``--transform``: names of transformations with arguments, ``Name[key=value;key=value]``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mo.cli.config import TransformRequest
from mo.cli.text import Text
from mo.errors import closest

_NAME = re.compile(r"\w+")
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def transforms(flag: str, value: str) -> tuple[TransformRequest, ...]:
    """The transformations to run, in their order."""
    text = Text.of(flag, value, "LowLatency2[use_const_initializer=false]", quotes="\"'")
    return tuple(_request(item) for item in text.split(","))


def _request(item: Text) -> TransformRequest:
    start = next(iter(item.brackets()), len(item))
    name, bracket = item.part(0, start), item.part(start)
    if not name:
        raise item.missing("the name of a transformation")
    if str(name) not in ARGUMENTS:
        raise name.error(f"is no transformation; there are {', '.join(ARGUMENTS)}")
    group = bracket.group()
    if group is None:
        return TransformRequest(str(name))
    if len(group) < len(bracket) or group.outline[0] != "[":
        raise bracket.error("is no list of arguments; write Name[key=value;key=value]")
    arguments: dict[str, Any] = {}
    for assignment in group.inside().split(";") if group.inside() else ():
        key, argument = _argument(assignment, str(name))
        if key in arguments:
            raise assignment.error("is given twice")
        arguments[key] = argument
    return TransformRequest(str(name), arguments)


def _argument(assignment: Text, name: str) -> tuple[str, Any]:
    key, *values = assignment.split("=")
    if len(values) != 1 or not _NAME.fullmatch(key.outline):
        raise assignment.error("is no argument; write key=value")
    reader = ARGUMENTS[name].get(str(key))
    if reader is None:
        known = closest(str(key), ARGUMENTS[name]) or list(ARGUMENTS[name])
        expected = f"; it has {', '.join(known)}" if known else ", it has none"
        raise key.error(f"is no argument of {name}{expected}")
    return str(key), reader(values[0])


def _truth(text: Text) -> bool:
    word = text.outline.lower()
    if word not in (*_TRUE, *_FALSE):
        raise text.error("is neither true nor false")
    return word in _TRUE


def _pairs(text: Text) -> dict[str, str]:
    """``{'input': 'output', ...}``"""
    group = text.group()
    if group is None or len(group) < len(text) or text.outline[0] != "{":
        raise text.error("is no table; write {'input':'output'}")
    result = {}
    for pair in text.inside().split(","):
        names = [str(name) for name in pair.split(":")]
        if len(names) != 2 or not all(names):
            raise pair.error("is no pair of names; write 'input':'output'")
        result[names[0]] = names[1]
    return result


# What each transformation can be told, and how that is read.
ARGUMENTS: dict[str, dict[str, Callable[[Text], Any]]] = {
    "LowLatency2": {"use_const_initializer": _truth},
    "MakeStateful": {"param_res_names": _pairs},
    "Pruning": {},
}
