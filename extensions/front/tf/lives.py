"""Which tensors of a graph of TensorFlow 1 are alive under which conditions.

Semantics: "Implementation of Control Flow in TensorFlow" (2017). A Switch hands its data on to one
of two outputs, the other one stays dead; a node with a dead input is dead; a Merge hands on the
input that is alive. So each tensor is alive under some conditions, and a Merge is where two sides
of one of them meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from extensions.front.tf.control_damage import damaged
from extensions.front.tf.predicates import Predicates, plain_type
from mo.errors import UnsupportedError
from mo.front.model import Model, SourceNode, reads
from mo.graph.structure import networkx as nx

# Branches inside each other deeper than this are an attack.
_DEPTH_LIMIT = 60


class Pivot(NamedTuple):
    """One side of a decision: what it is decided by, and how for this side."""

    predicate: str
    side: bool


# Conditions, the outermost first; None: never.
Life = tuple[Pivot, ...] | None
_ALWAYS: Life = ()


class Unit(NamedTuple):
    """Merges that become one If: their condition, where they are alive, and which of several."""

    predicate: str
    life: tuple[Pivot, ...]
    level: int


@dataclass(frozen=True)
class Meeting:
    """What a Merge hands on if its condition fails, and if it holds: places among its inputs."""

    unit: Unit
    sides: tuple[int, int]


class Lives:
    """Under which conditions each tensor of a model is alive."""

    def __init__(self, model: Model, order: Sequence[SourceNode], predicates: Predicates) -> None:
        self.order = order
        self.predicates = predicates
        self.of: dict[str, Life] = {}
        self.meetings: dict[SourceNode, Meeting] = {}
        # Merges of which only one input can be alive, and its place.
        self.settled: dict[SourceNode, int] = {}
        self._producers = model.producers()
        for node in order:
            kind = plain_type(node)
            if kind == "Switch":
                self._switch(node)
            elif kind == "Merge":
                self._merge(node)
            else:
                self.of.update(dict.fromkeys(node.outputs, self._of_inputs(node)))
        self._split_circles()

    def life(self, tensor: str) -> Life:
        """Tensors from elsewhere are always alive."""
        return self.of.get(tensor, _ALWAYS)

    def _of_inputs(self, node: SourceNode) -> Life:
        found = _ALWAYS
        for name in reads(node):
            found = _both(found, self.life(name))
        return found

    def _with(self, life: Life, pivot: Pivot) -> Life:
        """Alive as ``life`` tells, and only on this side of a decision."""
        if life is None:
            return None
        root = self.predicates.root(pivot.predicate)
        side = pivot.side ^ root.negated
        known = self.predicates.known(root.tensor)
        if known is not None:
            return life if known == side else None
        return _both(life, (Pivot(root.tensor, side),))

    def _switch(self, node: SourceNode) -> None:
        if len(node.inputs) != 2:
            raise damaged(f"{node} has {len(node.inputs)} inputs, not 2")
        data, predicate = node.inputs
        life = _both(self.life(data), self.life(predicate))
        for port, name in enumerate(node.outputs[:2]):
            self.of[name] = self._with(life, Pivot(predicate, bool(port)))

    def _merge(self, node: SourceNode) -> None:
        lives = {place: self.life(name) for place, name in enumerate(node.inputs)}
        alive = {place: life for place, life in lives.items() if life is not None}
        found: Life = None
        if len(alive) == 1:
            (self.settled[node], found), *_ = alive.items()
        elif len(alive) == 2:
            found = self._met(node, alive)
        elif alive:
            raise UnsupportedError(f"{node} joins {len(alive)} branches, more than two")
        self.of.update(dict.fromkeys(node.outputs, found))

    def _met(self, node: SourceNode, alive: Mapping[int, tuple[Pivot, ...]]) -> Life:
        (first, one), (second, other) = alive.items()
        opposite = [pivot for pivot in one if other_side(pivot) in other]
        # A side may have no input that tells that it is one.
        lonely = [pivot for pivot in one if pivot not in other] if set(other) < set(one) else []
        mirrored = [pivot for pivot in other if pivot not in one] if set(one) < set(other) else []
        deciding = opposite or lonely[-1:] or [other_side(pivot) for pivot in mirrored[-1:]]
        if len(deciding) != 1:
            raise UnsupportedError(f"{node} joins branches of which nothing tells what decides")
        pivot = deciding[0]
        rest = _both(_without(one, pivot), _without(other, pivot))
        if rest is None or len(rest) > _DEPTH_LIMIT:
            raise damaged(f"{node} is never reached, or too deep inside of other branches")
        sides = (second, first) if pivot.side else (first, second)
        self.meetings[node] = Meeting(Unit(pivot.predicate, rest, 0), sides)
        return rest

    # ---- one after the other

    def _split_circles(self) -> None:
        """Let decisions by one condition, of which one needs what the other gives, be two."""
        units = {meeting.unit for meeting in self.meetings.values()}
        if len(units) == len(self.meetings):
            return
        graph = nx.DiGraph()
        for node in self.order:
            item = self._item(node)
            names = [*reads(node), item.predicate] if isinstance(item, Unit) else reads(node)
            graph.add_edges_from((self._item(maker), item) for maker in self._makers(names))
        circles: set[Unit] = set()
        for part in nx.strongly_connected_components(graph):
            if len(part) > 1 or any(graph.has_edge(item, item) for item in part):
                circles.update(item for item in part if isinstance(item, Unit))
        if circles:
            self._number(circles)

    def _item(self, node: SourceNode) -> SourceNode | Unit:
        meeting = self.meetings.get(node)
        return node if meeting is None else meeting.unit

    def _makers(self, names: Iterable[str]) -> list[SourceNode]:
        return [self._producers[name] for name in names if name in self._producers]

    def _number(self, circles: set[Unit]) -> None:
        """By how many Merges lie before: those of one number do not need each other."""
        levels: dict[SourceNode, int] = {}
        for node in self.order:
            meeting = self.meetings.get(node)
            names = [*reads(node), *([] if meeting is None else [meeting.unit.predicate])]
            before = max((levels[maker] for maker in self._makers(names)), default=0)
            levels[node] = before + (meeting is not None)
            if meeting is not None and meeting.unit in circles:
                unit = meeting.unit._replace(level=levels[node])
                self.meetings[node] = replace(meeting, unit=unit)


def _both(one: Life, other: Life) -> Life:
    """Alive under both; never, if they contradict each other."""
    if one is None or other is None or one == other:
        return None if other is None else one
    if not other:
        return one
    known = set(one)
    added = tuple(pivot for pivot in other if pivot not in known)
    if any(other_side(pivot) in known for pivot in added):
        return None
    return (*one, *added)


def other_side(pivot: Pivot) -> Pivot:
    return Pivot(pivot.predicate, not pivot.side)


def _without(life: tuple[Pivot, ...], pivot: Pivot) -> Life:
    return tuple(item for item in life if item.predicate != pivot.predicate)
