"""Conditionals of TensorFlow 1 (Switch, Merge) as If nodes with branches.

Merges of the same condition become the outputs of one If.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from extensions.front.tf.control_damage import damaged
from extensions.front.tf.lives import Lives, Pivot, Unit
from extensions.front.tf.predicates import Predicates, plain_type
from mo.errors import UnsupportedError
from mo.front.model import Model, SourceNode, reads, sorted_nodes
from mo.graph.tensor import Tensor

# More nodes in all branches together are an attack.
_NODES_LIMIT = 2_000_000


def with_branches(model: Model, predicates: Predicates) -> Model:
    """The model without Switch and Merge."""
    if not any(plain_type(node) in ("Merge", "Switch") for node in model.nodes):
        return model
    order = sorted_nodes(model, model.outputs, lambda name: True)
    lives = Lives(model, order, predicates)
    return _Branches(model, lives).arranged()


class _Branches:
    """Puts the nodes of a model where they are alive: outside, or into the branches of Ifs."""

    def __init__(self, model: Model, lives: Lives) -> None:
        self.model = model
        self.lives = lives
        self.producers = model.producers()
        self.constants = dict(model.constants)
        self.merges: dict[Unit, list[SourceNode]] = defaultdict(list)
        for node in lives.order:
            if node in lives.meetings:
                self.merges[lives.meetings[node].unit].append(node)
        self.count = 0

    def arranged(self) -> Model:
        for name in self.model.outputs:
            self._check_reached(name, "Output", frozenset())
        nodes = self._placed(self.model.outputs, frozenset(), None)
        return replace(self.model, nodes=nodes, constants=self.constants)

    def _check_reached(self, name: str, what: str, held: frozenset[Pivot]) -> None:
        life = self.lives.life(name)
        if life is None:
            raise UnsupportedError(f"{what} '{name}' is in a branch that is never taken")
        for pivot in life:
            if pivot not in held:
                raise UnsupportedError(
                    f"{what} '{name}' is there only if '{pivot.predicate}' is "
                    f"{'true' if pivot.side else 'false'}",
                    hint=f"Freeze it: --freeze_placeholder_with_value "
                    f"'{pivot.predicate}->{pivot.side}'.",
                )

    def _placed(
        self, targets: Iterable[str], held: frozenset[Pivot], outer: frozenset[Pivot] | None
    ) -> list[SourceNode]:
        """The nodes that ``targets`` need and that are not outside already.

        ``held``: the conditions that are known here; ``outer``: those known around.
        """
        nodes: list[SourceNode] = []
        seen: set[object] = set()
        stack = list(targets)
        while stack:
            name = stack.pop()
            maker = self.producers.get(name)
            if maker is None or name in seen:
                continue
            seen.add(name)
            if outer is not None and self._is_known(name, outer):
                continue
            self._check_reached(name, "Tensor", held)
            made = self._made(maker, name, held, seen)
            if made is not None:
                nodes.append(made)
                stack += reads(made)
        self.count += len(nodes)
        if self.count > _NODES_LIMIT:
            raise damaged("its branches share too many nodes")
        return nodes

    def _is_known(self, name: str, held: frozenset[Pivot]) -> bool:
        life = self.lives.life(name)
        return life is not None and held.issuperset(life)

    def _made(
        self, maker: SourceNode, name: str, held: frozenset[Pivot], seen: set[object]
    ) -> SourceNode | None:
        """The node in place of ``maker``; None if it is there already."""
        if plain_type(maker) == "Switch":
            return SourceNode("Identity", maker.name, maker.inputs[:1], [name], {})
        item: object = maker
        meeting = self.lives.meetings.get(maker)
        if meeting is not None:
            item = meeting.unit
        if item in seen:
            return None
        seen.add(item)
        if meeting is not None:
            return self._if(meeting.unit, held)
        if maker in self.lives.settled:
            return self._handed_on(maker, self.lives.settled[maker])
        return maker

    def _handed_on(self, merge: SourceNode, place: int) -> SourceNode:
        """A Merge with one input that can be alive."""
        inputs = [merge.inputs[place], self._place(merge, place)]
        return SourceNode("IdentityN", merge.name, inputs[: len(merge.outputs)], merge.outputs, {})

    def _place(self, merge: SourceNode, place: int) -> str:
        """The second output of a Merge: which of its inputs it hands on."""
        name = f"{merge.name}/value_index_{place}"
        self.constants[name] = Tensor.of(np.asarray(place, np.int32))
        return name

    def _if(self, unit: Unit, held: frozenset[Pivot]) -> SourceNode:
        merges = self.merges[unit]
        bodies = {}
        for side, label in ((True, "then_branch"), (False, "else_branch")):
            outputs = []
            for merge in merges:
                place = self.lives.meetings[merge].sides[side]
                outputs += [merge.inputs[place], self._place(merge, place)][: len(merge.outputs)]
            inside = held | {Pivot(unit.predicate, side)}
            nodes = self._placed(outputs, inside, held)
            bodies[label] = Model(f"{merges[0].name}/{label}", "tf", nodes, [], outputs)
        results = [name for merge in merges for name in merge.outputs[:2]]
        return SourceNode("If", merges[0].name, [unit.predicate], results, bodies)
