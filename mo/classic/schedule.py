"""In which order replacements run: by what they name in ``run_before`` and ``run_after``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, ClassVar

from mo.classic.errors import Error
from mo.classic.replacement import ReplacementPattern
from mo.errors import listing


class Anchor(ReplacementPattern):
    """A place in the order: a pass of the classic, or the border of a phase; it does nothing."""

    # The pass of ours behind which it stands, if that is not just its phase.
    behind: ClassVar[str] = ""

    def find_and_replace_pattern(self, graph: Any) -> None:
        """Nothing: what the classic did here is done elsewhere."""


# The borders of the phases, in order. An extension of a phase runs between its two by default.
BORDERS = (
    "LoadStart",
    "LoadFinish",
    "FrontStart",
    "FrontFinish",
    "PreMiddleStart",
    "MiddleStart",
    "MiddleFinish",
    "PostMiddleStart",
    "BackStart",
    "BackFinish",
)
ANCHORS: dict[str, type[Anchor]] = {}
for _name in BORDERS:
    ANCHORS[_name] = type(
        _name,
        (Anchor,),
        {
            "__doc__": "A border of a phase.",
            "run_before": lambda self: [],
            "run_after": lambda self: [],
        },
    )


Edges = dict[type[Any], set[type[Any]]]


def scheduled(classes: Iterable[type[ReplacementPattern]]) -> Edges:
    """The classes and what they name, in the order in which they run; Error for a circle.

    With each come those that it is to run behind. Depth first: what is not ordered otherwise runs
    in falling order of names, as in the classic.
    """
    followers = _followers(classes)
    found: Edges = {cls: set() for cls in _sorted(followers)}
    for cls, after in followers.items():
        for follower in after:
            found[follower].add(cls)
    return found


def _followers(classes: Iterable[type[ReplacementPattern]]) -> Edges:
    """By class those that are to run behind it."""
    behind: Edges = {}
    queue: list[type] = [*ANCHORS.values(), *classes]
    for before, after in pairwise(BORDERS):
        behind.setdefault(ANCHORS[before], set()).add(ANCHORS[after])
    seen: set[type] = set()
    while queue:
        cls = queue.pop()
        if cls in seen:
            continue
        seen.add(cls)
        behind.setdefault(cls, set())
        instance = cls()
        for earlier in _named(instance, "run_after"):
            behind.setdefault(earlier, set()).add(cls)
            queue.append(earlier)
        for later in _named(instance, "run_before"):
            behind[cls].add(later)
            queue.append(later)
    return behind


def _named(instance: Any, method: str) -> Sequence[type]:
    found: Sequence[type] = getattr(instance, method, list)()
    for item in found:
        if not isinstance(item, type):
            raise Error(
                "{}.{} gives {!r}, which is no class", type(instance).__name__, method, item
            )
    return list(found)


def _sorted(behind: Edges) -> list[type[ReplacementPattern]]:
    followers = {cls: sorted(after, key=_key) for cls, after in behind.items()}
    has_before = {cls for after in behind.values() for cls in after}
    order: list[type] = []
    state: dict[type, bool] = {}
    roots = sorted((cls for cls in behind if cls not in has_before), key=_key)
    for root in (*roots, *behind):
        if root in state:
            continue
        state[root] = False
        stack = [(root, iter(followers[root]))]
        while stack:
            cls, after = stack[-1]
            for follower in after:
                done = state.get(follower)
                if done is None:
                    state[follower] = False
                    stack.append((follower, iter(followers[follower])))
                    break
                if not done:
                    path = [entry for entry, _ in stack]
                    circle = [entry.__name__ for entry in path[path.index(follower) :]]
                    raise Error("Extensions wait for each other: {}", listing(circle))
            else:
                state[cls] = True
                order.append(cls)
                stack.pop()
    return order[::-1]


def _key(cls: type) -> tuple[str, str]:
    return cls.__name__, cls.__module__
