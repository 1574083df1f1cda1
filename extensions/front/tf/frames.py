"""Loops of TensorFlow 1 (Enter, Merge, Switch, NextIteration, Exit) as While nodes with bodies.

Semantics: "Implementation of Control Flow in TensorFlow" (2017), and
tensorflow/core/ops/control_flow_ops.cc. A variable of a loop is a Merge of what enters and of what
the iteration before hands on. A Switch by the LoopCond lets it into the body or, to an Exit, out.
What enters without a Merge is the same in all iterations: the body finds it in the graph around.

What neither a variable nor anything else enters to is computed once, outside of the loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from extensions.front.tf.control_damage import damaged
from extensions.front.tf.loop_frames import (
    Entry,
    Frame,
    Variable,
    alias,
    depth_of,
    needs,
    while_node,
)
from extensions.front.tf.predicates import Predicates, plain_type
from extensions.front.tf.switches import with_branches
from mo.errors import UnsupportedError
from mo.front.model import Model, SourceNode, reads, sorted_nodes

# Loops inside each other deeper than this are an attack.
_DEPTH_LIMIT = 12


def structured(model: Model) -> Model:
    """The model with While and If in place of the operations that they were built from."""
    nodes = sorted_nodes(model, model.outputs, lambda name: True)
    model = replace(model, nodes=nodes, arrange=None)
    if not any(plain_type(node) in _FLOW for node in nodes):
        return model
    predicates = Predicates(model)
    nodes = _Frames(model, predicates).unrolled()
    return with_branches(replace(model, nodes=nodes), predicates)


_FLOW = ("Enter", "Exit", "LoopCond", "Merge", "NextIteration", "Switch")


# What the walk visits: a loop as a whole stands for its end.
_Item = SourceNode | Frame | Entry


class _Frames:
    """The loops of a model, taken apart by which of them each node depends on."""

    def __init__(self, model: Model, predicates: Predicates) -> None:
        self.model = model
        self.predicates = predicates
        self.producers = model.producers()
        self.frames: dict[str, Frame] = {}
        self.merges: dict[SourceNode, tuple[Frame, Variable]] = {}
        self.exits: dict[SourceNode, tuple[Frame, Variable]] = {}
        self.switches: set[SourceNode] = set()
        self.entered: dict[SourceNode, Frame] = {}
        self.outside: list[SourceNode] = []
        # The innermost loop that a node depends on.
        self.frame_of: dict[SourceNode, Frame | None] = {}

    def unrolled(self) -> list[SourceNode]:
        """The nodes outside of all loops; the others are in the bodies of While nodes."""
        for kind, collect in (
            ("Enter", self._enter),
            ("Merge", self._merge),
            ("Switch", self._switch),
            ("Exit", self._exit),
            ("LoopCond", lambda node: needs(node, 1)),
        ):
            for node in self.model.nodes:
                if plain_type(node) == kind:
                    collect(node)
        for frame in self.frames.values():
            if frame.variables and not frame.condition:
                raise damaged(f"the loop '{frame.name}' has no condition")
        for item in self._order():
            self._visit(item)
        for name in self.model.outputs:
            inside = self._innermost(name, [name])
            if inside is not None:
                raise UnsupportedError(
                    f"Output '{name}' lies inside of the loop '{inside.name}'",
                    hint="Name what the loop gives with --output, such as an Exit of it.",
                )
        return self.outside

    # ---- who belongs together

    def _enter(self, node: SourceNode) -> None:
        name = node.get("frame_name", "").removesuffix("/while_context")
        needs(node, 1)
        frame = self.frames.setdefault(name, Frame(name))
        frame.entries.append(node)
        self.entered[node] = frame

    def _merge(self, node: SourceNode) -> None:
        if not node.feedback:
            return
        enter = self.producers.get(node.inputs[0]) if len(node.inputs) == 1 else None
        if enter not in self.entered or len(node.feedback) != 1:
            raise damaged(f"{node} closes a loop which nothing enters there")
        last = self.producers.get(node.feedback[0])
        if last is None:
            raise damaged(f"{node} closes a loop which does not go on")
        needs(last, 1)
        frame = self.entered[enter]
        variable = Variable(node.outputs[0], enter.inputs[0], last.inputs[0])
        frame.variables.append(variable)
        self.merges[node] = frame, variable

    def _switch(self, node: SourceNode) -> None:
        needs(node, 2)
        merge, decision = (self.producers.get(name) for name in node.inputs)
        if merge not in self.merges:
            return
        frame, variable = self.merges[merge]
        if decision is None or decision.type != "LoopCond":
            raise damaged(f"{node} is in the loop '{frame.name}', but no condition decides it")
        needs(decision, 1)
        if frame.condition not in ("", decision.inputs[0]):
            raise damaged(f"the loop '{frame.name}' has two conditions")
        frame.condition = decision.inputs[0]
        variable.inside.append(node)
        self.switches.add(node)

    def _exit(self, node: SourceNode) -> None:
        needs(node, 1)
        switch = self.producers.get(node.inputs[0])
        merge = self.producers.get(switch.inputs[0]) if switch in self.switches else None
        if switch is None or merge is None or node.inputs[0] != switch.outputs[0]:
            raise damaged(f"{node} leaves a loop which nothing entered")
        frame, variable = self.merges[merge]
        variable.results += node.outputs[:1]
        self.exits[node] = frame, variable

    # ---- in which order

    def _order(self) -> list[_Item]:
        """Each after what it depends on; a loop after all that its iterations compute."""
        done: dict[_Item, bool] = {}
        order: list[_Item] = []
        for target in self._makers(self.model.outputs):
            stack: list[tuple[_Item, Iterator[_Item]]] = []
            item: _Item | None = target
            while True:
                if item is not None and item not in done:
                    done[item] = False
                    stack.append((item, self._needed_by(item)))
                elif item is not None and not done[item]:
                    raise damaged(f"{_called(item)} depends on itself, but by no loop")
                if not stack:
                    break
                last, needed = stack[-1]
                item = next(needed, None)
                if item is None:
                    done[last] = True
                    order.append(last)
                    stack.pop()
        return order

    def _needed_by(self, item: _Item) -> Iterator[_Item]:
        if isinstance(item, Frame):
            yield Entry(item)
            names = [item.condition, *(variable.following for variable in item.variables)]
            yield from self._makers(names)
        elif isinstance(item, Entry):
            for enter in item.frame.entries:
                yield from self._makers(enter.inputs)
        elif item in self.exits:
            yield self.exits[item][0]
        elif item in self.merges:
            yield Entry(self.merges[item][0])
        elif item in self.entered:
            yield Entry(self.entered[item])
        elif item in self.switches:
            yield from self._makers(item.inputs[:1])
        else:
            yield from self._makers(reads(item))

    def _makers(self, names: Iterable[str]) -> Iterator[SourceNode]:
        for name in names:
            if name in self.producers:
                yield self.producers[name]

    # ---- what belongs where

    def _visit(self, item: _Item) -> None:
        if isinstance(item, Frame):
            self._put(item.parent, while_node(item, self._level))
            return
        if isinstance(item, Entry):
            frame = item.frame
            inputs = [name for enter in frame.entries for name in enter.inputs]
            frame.parent = self._innermost(frame.name, inputs)
            frame.depth = 1 + (frame.parent.depth if frame.parent else 0)
            if frame.depth > _DEPTH_LIMIT:
                raise damaged("its loops lie inside each other too deeply")
            return
        if item in self.exits:
            self._leave(item, *self.exits[item])
        elif item in self.merges:
            self.frame_of[item] = self.merges[item][0]
        elif item in self.switches:
            # Only what is inside; what leaves goes to an Exit.
            self.frame_of[item] = self.frame_of[self.producers[item.inputs[0]]]
            self._put(self.frame_of[item], alias(item, item.inputs[0], item.outputs[1:2]))
        elif item in self.entered:
            self.frame_of[item] = self.entered[item]
            self._put(self.entered[item], alias(item, item.inputs[0], item.outputs))
        else:
            frame_of = self._innermost(str(item), reads(item))
            self.frame_of[item] = frame_of
            if item.type == "LoopCond":
                item = alias(item, item.inputs[0], item.outputs)
            if plain_type(item) != "NextIteration":
                self._put(frame_of, item)

    def _leave(self, node: SourceNode, frame: Frame, variable: Variable) -> None:
        """The first Exit of a variable is an output of the loop, others are as it is."""
        self.frame_of[node] = frame.parent
        if node.outputs[:1] != variable.results[:1]:
            self._put(frame.parent, alias(node, variable.results[0], node.outputs))

    def _put(self, frame: Frame | None, node: SourceNode) -> None:
        (self.outside if frame is None else frame.nodes).append(node)

    def _innermost(self, what: str, names: Iterable[str]) -> Frame | None:
        """The loop that is inside all others that these tensors depend on."""
        found: Frame | None = None
        for maker in self._makers(names):
            frame = self.frame_of.get(maker)
            inner, outer = (found, frame) if depth_of(found) > depth_of(frame) else (frame, found)
            found = inner
            while depth_of(inner) > depth_of(outer):
                assert inner is not None
                inner = inner.parent
            if inner is not outer:
                raise damaged(f"{what} reads values of two loops that run apart")
        return found

    def _level(self, model: Model) -> Model:
        return with_branches(model, self.predicates)


def _called(item: _Item) -> str:
    if isinstance(item, SourceNode):
        return str(item)
    return f"the loop '{(item.frame if isinstance(item, Entry) else item).name}'"
