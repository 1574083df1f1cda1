"""Which nodes one run of a graph runs, and which of them run behind which, as the graph tells it.

A node runs behind all that it reads and all that its control inputs name; a Merge behind one of
what it reads. What lies in a branch or a loop may not run at all, or often.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from graphlib import CycleError, TopologicalSorter
from operator import and_, or_

from extensions.front.tf.control_damage import damaged
from extensions.front.tf.predicates import Predicates, plain_type
from mo.front.model import Model, SourceNode, reads

# More nodes that touch variables, or more pairs of them and any others, are an attack.
_ACCESSES_LIMIT = 5000
_RELATIONS_LIMIT = 400_000_000

# By the name of a node: the nodes that its control inputs name.
Controls = Mapping[str, Sequence[str]]


class RunOrder:
    """The nodes behind ``targets``, which are names of tensors, by their own names."""

    def __init__(self, model: Model, controls: Controls, targets: Iterable[str]) -> None:
        self.nodes: dict[str, list[SourceNode]] = {}
        for node in model.nodes:
            self.nodes.setdefault(node.name, []).append(node)
        self._controls = controls
        self._given = {item.name for item in model.inputs}
        self._makers = {name: node.name for name, node in model.producers().items()}
        self._known = self._given | model.constants.keys() | self._makers.keys()
        self._predicates = Predicates(model)
        self.order = self._sorted(targets)
        # What the sides of decided Switches that are not taken hand on, and who reads it.
        self._dead_tensors: set[str] = set()
        self._dead: set[str] = set()
        # How many branches, and how many loops, are around a node.
        self._branches: dict[str, int] = {}
        self._loops: dict[str, int] = {}
        # What the model, once cut, has not all data for.
        self._lacking: set[str] = set()
        for name in self.order:
            self._visit(name)
        self._bits: dict[str, int] = {}
        self._surely: dict[str, int] = {}
        self._maybe: dict[str, int] = {}

    def alive(self) -> Iterator[SourceNode]:
        """The nodes that run, each behind those that it must follow."""
        for name in self.order:
            if name not in self._dead:
                yield from self.nodes.get(name, ())

    def runs_once(self, name: str) -> bool:
        """Whether a node surely runs, and no more than once."""
        return not (self._branches[name] or self._loops[name] or name in self._lacking)

    def in_loop(self, name: str) -> bool:
        return self._loops[name] > 0

    def is_dead(self, name: str) -> bool:
        """Whether it lies on the side of a decision that is known not to be taken."""
        return name in self._dead

    # ---- what runs

    def _sorted(self, targets: Iterable[str]) -> list[str]:
        before: dict[str, list[str]] = {}
        stack = [maker for name in targets for maker in self._maker(name)]
        while stack:
            name = stack.pop()
            if name in before:
                continue
            before[name] = [*self._controls.get(name, ()), *self._data(name)]
            stack += before[name]
            for node in self.nodes.get(name, ()):
                stack += [maker for tensor in node.feedback for maker in self._maker(tensor)]
        try:
            return list(TopologicalSorter(before).static_order())
        except CycleError as error:
            raise damaged("its control inputs make operations wait for themselves") from error

    def _maker(self, tensor: str) -> list[str]:
        """A constant is a node of the file, too; inputs of the model wait for nothing."""
        return [] if not tensor or tensor in self._given else [self._makers.get(tensor, tensor)]

    def _data(self, name: str) -> list[str]:
        tensors = (tensor for node in self.nodes.get(name, ()) for tensor in reads(node))
        makers = (maker for tensor in tensors for maker in self._maker(tensor))
        return [maker for maker in dict.fromkeys(makers) if maker != name]

    # ---- whether it runs

    def _visit(self, name: str) -> None:
        around = [*self._controls.get(name, ()), *self._data(name)]
        for depths in (self._branches, self._loops):
            depths[name] = max((depths[other] for other in around), default=0)
        is_dead = not self._dead.isdisjoint(self._controls.get(name, ()))
        for node in self.nodes.get(name, ()):
            self._go(node)
            read = [tensor for tensor in reads(node) if tensor]
            dead = [tensor for tensor in read if tensor in self._dead_tensors]
            is_dead |= len(dead) == len(read) > 0 if _is_meeting(node) else bool(dead)
            if is_dead:
                self._dead_tensors.update(node.outputs)
            elif plain_type(node) == "Switch" and len(read) == len(node.outputs) == 2:
                self._decide(node)
            if not self._known.issuperset(read):
                self._lacking.add(name)
        if is_dead:
            self._dead.add(name)
            self._dead_tensors.add(name)
        if not self._lacking.isdisjoint(self._data(name)):
            self._lacking.add(name)

    def _decide(self, switch: SourceNode) -> None:
        root = self._predicates.root(switch.inputs[1])
        known = self._predicates.known(root.tensor)
        if known is not None:
            self._dead_tensors.add(switch.outputs[0 if known ^ root.negated else 1])

    def _go(self, node: SourceNode) -> None:
        """Into a branch or a loop, or out of it; what decides that a loop goes on is no branch."""
        kind, name = plain_type(node), node.name
        if kind in ("Enter", "Exit"):
            self._loops[name] = max(0, self._loops[name] + (1 if kind == "Enter" else -1))
        elif kind == "Switch":
            decides = (node.inputs or [""])[-1]
            decider = self.nodes.get(self._makers.get(decides, ""), ())
            self._branches[name] += all(plain_type(maker) != "LoopCond" for maker in decider)
        elif _is_meeting(node):
            self._branches[name] = max(0, self._branches[name] - 1)

    # ---- in which order

    def track(self, names: Iterable[str]) -> None:
        """Find out what runs behind these nodes."""
        self._bits = {name: 1 << place for place, name in enumerate(dict.fromkeys(names))}
        count = len(self._bits)
        if count > _ACCESSES_LIMIT or count * len(self.order) > _RELATIONS_LIMIT:
            raise damaged(f"{count} of its nodes read and write variables that it changes")
        for name in self.order:
            own = self._bits.get(name, 0)
            for found, meet in ((self._surely, and_), (self._maybe, or_)):
                controls = [found[other] for other in self._controls.get(name, ())]
                alive = (other for other in self._data(name) if other not in self._dead)
                makers = [found[other] for other in alive]
                if makers and any(map(_is_meeting, self.nodes.get(name, ()))):
                    makers = [reduce(meet, makers)]
                found[name] = reduce(or_, [*controls, *makers], own)

    def is_behind(self, later: str, earlier: str) -> bool:
        return later != earlier and bool(self._surely[later] & self._bits.get(earlier, 0))

    def count_behind(self, later: str, earlier: int) -> int:
        """How many of some nodes, by their ``bits``, a node surely runs behind."""
        return (self._surely[later] & earlier).bit_count()

    def bits(self, names: Iterable[str]) -> int:
        """Tracked nodes as a set."""
        return reduce(or_, (self._bits[name] for name in names), 0)

    def may_be_behind(self, later: str, earlier: str) -> bool:
        return later != earlier and bool(self._maybe[later] & self._bits.get(earlier, 0))


def _is_meeting(node: SourceNode) -> bool:
    """Whether it waits for one of its inputs only; at the beginning of a loop there is one."""
    return plain_type(node) == "Merge" and not node.feedback
