"""Layouts: ``nhwc``, ``[n,c,...]``, ``data(nhwc->nchw),mask[n,c]``.

A dimension is a letter, ``?`` (unknown), ``...`` (any number of them) or ``n*c`` (fused ones).
A layout is handed on without commas and in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from mo.cli.config import LayoutRequest
from mo.cli.text import Text

_DIMENSION = re.compile(r"[a-z](?:\*[a-z])*|\?|\.\.\.")


def layouts(flag: str, value: str) -> tuple[LayoutRequest, ...]:
    """``--layout``: the layout a tensor has and, behind an arrow, the one it shall have."""
    return _layouts(flag, value, "data(nhwc->nchw),mask[n,c]", may_change=True)


def source_layouts(flag: str, value: str) -> tuple[LayoutRequest, ...]:
    """``--source_layout``: the layouts that tensors have."""
    return _layouts(flag, value, "data(nhwc),mask[n,c]", may_change=False)


def target_layouts(flag: str, value: str) -> tuple[LayoutRequest, ...]:
    """``--target_layout``: the layouts that tensors shall have."""
    return tuple(
        LayoutRequest(item.name, None, item.source) for item in source_layouts(flag, value)
    )


def merged(requests: Iterable[LayoutRequest]) -> tuple[LayoutRequest, ...]:
    """One request for each tensor from those of --source_layout and --target_layout."""
    result: dict[str | None, LayoutRequest] = {}
    for item in requests:
        known = result.get(item.name, item)
        result[item.name] = LayoutRequest(
            item.name, known.source or item.source, known.target or item.target
        )
    return tuple(result.values())


def dimensions(layout: str) -> list[str]:
    """The dimensions of a layout; an ellipsis is one of them."""
    return _DIMENSION.findall(layout)


def axes(layout: str, rank: int) -> list[str] | None:
    """What each axis of a tensor is: a letter, ``?`` or several letters that are one axis.

    Those that an ellipsis stands for are called ``...0``, ``...1`` and so on. None if the layout
    does not fit the rank.
    """
    found = dimensions(layout)
    if "..." not in found:
        return found if len(found) == rank else None
    place, rest = found.index("..."), rank - len(found) + 1
    if rest < 0:
        return None
    return [*found[:place], *(f"...{i}" for i in range(rest)), *found[place + 1 :]]


def _layouts(flag: str, value: str, example: str, may_change: bool) -> tuple[LayoutRequest, ...]:
    items = Text.of(flag, value, example).split(",")
    result = [_request(item, may_change) for item in items]
    seen: set[str] = set()
    for item, request in zip(items, result, strict=True):
        if request.name is None and len(result) > 1:
            raise item.error("lacks the name of its input or output")
        if request.name in seen:
            raise item.error("gives a second layout for this name")
        seen.add(request.name or "")
    return tuple(result)


def _request(item: Text, may_change: bool) -> LayoutRequest:
    left, *targets = item.split("->")
    start = next(iter(left.brackets()), None)
    name, bracket = ("", left) if start is None else (str(left.part(0, start)), left.part(start))
    group = bracket.group()
    if group is not None:
        if len(group) < len(bracket):
            raise bracket.part(len(group)).error("stands after the end of a layout")
        source, *inner = group.inside().split("->")
        targets = [*inner, *targets]
    else:
        source = left
    if targets and not may_change:
        raise item.error("asks for a change; that is written --layout source->target")
    if len(targets) > 1:
        raise targets[1].error("is a second target layout")
    return LayoutRequest(name or None, _layout(source), _layout(targets[0]) if targets else None)


def _layout(text: Text) -> str:
    group = text.group()
    inside = group.inside() if group is not None and len(group) == len(text) else text
    if not inside:
        raise text.missing("a layout")
    layout = "".join(part.outline.lower() for part in inside.elements("a dimension"))
    found = dimensions(layout)
    if "".join(found) != layout:
        raise inside.error("is no layout; dimensions are single letters, ? or ...")
    letters = [letter for letter in layout if letter.isalpha()]
    if len(set(letters)) < len(letters) or found.count("...") > 1:
        raise inside.error("names a dimension twice")
    return layout
