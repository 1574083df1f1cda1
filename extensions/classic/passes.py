"""The passes of the classic that extensions name in ``run_before`` and ``run_after``.

What they did is done elsewhere here; they are places in the order, made from ``passes.csv``. Its
last column names the pass of ours behind which a place is, where that is more than its phase.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from mo.classic.schedule import ANCHORS, Anchor

_PHASES = {"front": "Front", "middle": "Middle", "back": "Back", "load": "Load"}


class Place(NamedTuple):
    """A class of the classic: its module, its name, and the pass of ours that does its work."""

    module: str
    name: str
    behind: str


@cache
def places() -> Mapping[str, Place]:
    """All of them, by 'module.class'."""
    with (Path(__file__).parent / "passes.csv").open(newline="") as file:
        lines = list(csv.reader(file))[1:]
    return {
        f"{module}.{name}": Place(module, name, behind)
        for module, names, behind in lines
        for name in names.split()
    }


def modules() -> dict[str, dict[str, tuple[str, str]]]:
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for key, place in places().items():
        names = [place.module]
        # Some stood in the package mo when they were young.
        if place.module.startswith("extensions."):
            names.append("mo" + place.module.removeprefix("extensions"))
        for module in names:
            found.setdefault(module, {})[place.name] = (__name__, key)
    return found


@cache
def class_of(key: str) -> type[Any]:
    place = places()[key]
    if place.name in ANCHORS:
        return ANCHORS[place.name]
    if place.name == "Loader":
        from mo.classic.replacement import Loader

        return Loader
    phase = _PHASES[place.module.split(".")[1]]
    return type(
        place.name,
        (Anchor,),
        {
            "__doc__": "A pass of the classic, as a place in the order.",
            "__module__": place.module,
            "phase": phase,
            "behind": place.behind,
            "run_after": lambda self: _border(phase, "Start"),
            "run_before": lambda self: _border(phase, "Finish"),
        },
    )


def _border(phase: str, end: str) -> Sequence[type]:
    name = f"{phase}{end}"
    return [ANCHORS[name]] if name in ANCHORS else []


def __getattr__(name: str) -> Any:
    if name in places():
        return class_of(name)
    raise AttributeError(name)
