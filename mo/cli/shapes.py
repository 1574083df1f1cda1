"""Shapes with fixed, unknown and bounded sizes: ``[1,3,224,224]``, ``(?, 3)``, ``[1..8 2..]``."""

from __future__ import annotations

import re

from mo.cli.config import RequestedDim, RequestedShape
from mo.cli.text import Text
from mo.cli.values import as_integer

EXAMPLE = "[1,3,224,224],[?,1..10]"

_UNKNOWN = (None, None)
_LARGEST = 2**63 - 1
_RANGE = re.compile(r"([0-9]*)\.\.([0-9]*)")


def input_shapes(flag: str, value: str) -> tuple[RequestedShape, ...]:
    """``--input_shape``: shapes in brackets, separated by commas."""
    return tuple(shape(item) for item in Text.of(flag, value, EXAMPLE).split(","))


def shape(text: Text) -> RequestedShape:
    """One shape in square or round brackets; empty brackets are the shape of a scalar."""
    if not text:
        raise text.missing("a shape")
    group = text.group()
    if group is None or text.outline[0] == "{":
        raise text.error("is no shape: sizes stand in brackets")
    if len(group) < len(text):
        raise text.part(len(group)).error("stands after the end of a shape")
    inside = text.inside()
    sizes = inside.elements("a size")
    if len(sizes) > 1 and "," not in inside.outline:
        for size in sizes:
            if size.outline == "..":
                raise size.error("is ambiguous between blanks: write ? or, as a range, 1..10")
    return tuple(_size(size) for size in sizes)


def _size(text: Text) -> RequestedDim:
    word = text.outline
    if word in ("?", "-1"):
        return _UNKNOWN
    match = _RANGE.fullmatch(word)
    if match:
        return _range(text, *match.groups())
    size = as_integer(word)
    if size is None:
        raise text.error("is no size; write a number, ? or a range such as 1..10")
    if size == 0:
        raise text.error("is no size: every size is at least 1")
    if size < 0:
        raise text.error("is no size; write ? or -1 if it is unknown")
    return _bounded(text, size)


def _range(text: Text, low: str, high: str) -> RequestedDim:
    least = _bounded(text, as_integer(low)) if low else 0
    most = _bounded(text, as_integer(high)) if high else None
    if most is not None and most <= least:
        raise text.error("is no range: its end must be larger than its start")
    return (least or None, most)


def _bounded(text: Text, size: int | None) -> int:
    if size is None or size > _LARGEST:
        raise text.error("is too large for a size")
    return size


def is_static(shape: RequestedShape) -> bool:
    """Whether every size is known."""
    return all(isinstance(size, int) for size in shape)
