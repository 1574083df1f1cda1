"""While as Loop: how often it runs, what each iteration reads and writes.

A variable that the body of a loop hands on unchanged is no state: the body sees the value outside.
A loop that counts up to a limit knows how often it runs. What it reads from a tensor at the place
of its counter comes in slices, and what it writes into a list there goes out so. A list that it
uses otherwise is a tensor that it carries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from extensions.front.branching import bind
from extensions.front.building import size_of
from extensions.front.tf.aliases import aliases, origin
from extensions.front.tf.common import number, refuse
from extensions.front.tf.counters import Counters
from extensions.front.tf.lists import (
    ListState,
    LoopList,
    appended,
    overwritten,
    stack_of,
    zeros,
)
from extensions.ops.control_flow import Loop, widened
from extensions.ops.gathering import Gather
from extensions.ops.iteration import slices
from extensions.ops.movement import Concat
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from mo.errors import UnsupportedError
from mo.front.model import Model, SourceNode
from mo.front.values import ReservedSequence, StackedSequence, Value, is_tensor
from mo.graph.body import Body, PortMap
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.op import TensorType


def looped(
    g: Graph,
    node: SourceNode,
    body: Model,
    condition: Model,
    inputs: Sequence[Value],
    start: Output,
) -> tuple[Value, ...]:
    """What a loop gives for ``inputs``, if ``start`` lets it begin."""
    values = list(inputs)
    states = {place: ListState() for place, value in enumerate(inputs) if not is_tensor(value)}
    while True:
        loop = _While(g, node, values, states)
        try:
            loop.translate(body, condition)
            return loop.results(start)
        except UnsupportedError:
            wanted = [place for place in states if states[place].is_tensor] or list(states)
            if not wanted:
                raise
            for place in wanted:
                item = states.pop(place).item
                values[place] = StackedSequence(loop.stack_before(place, item))


class _Write(NamedTuple):
    """What an iteration writes into a list; the first place, or None for behind all others."""

    item: Output
    start: int | None
    # Whether each iteration has a place of its own; else the last one counts.
    joins: bool = True


class _While:
    """One loop: its body with the condition behind it, in a graph of its own.

    ``lists``: the places of the lists of which an iteration may do no more than write one item.
    """

    def __init__(
        self, g: Graph, node: SourceNode, inputs: Sequence[Value], lists: Mapping[int, ListState]
    ) -> None:
        self.g = g
        self.node = node
        self.inputs = inputs
        self.lists = lists

    # ---- the body

    def translate(self, body: Model, condition: Model) -> None:
        known = aliases(body.nodes)
        names = [item.name for item in body.inputs]
        fixed = [i for i, o in enumerate(body.outputs) if origin(o, known) == names[i]]
        bind(self.node, body, fixed, self.inputs)
        self.carried = [i for i in range(len(self.inputs)) if i not in set(fixed)]
        self.states = [i for i in self.carried if i not in self.lists]
        self._settle(_joined(body, condition, self.carried))
        # What each parameter of the body is outside; those that come in slices.
        outside = [*(self._tensor(i) for i in self.states), *self.captured]
        self.sources: dict[Node, Output] = dict(zip(self.graph.parameters(), outside))
        self.sliced: set[Node] = set()
        self.counters = Counters(self.g, self.before, self.after, self._tensor, self.sources)

    def _tensor(self, place: int) -> Output:
        """A state before the first iteration; a list is the stack of what it holds."""
        value = self.inputs[place]
        return value.stack if isinstance(value, StackedSequence) else value

    def _settle(self, model: Model) -> None:
        """Translate the body with types of the states that hold in every iteration."""
        kinds = {i: self._tensor(i).type for i in self.states}
        while True:
            self._enter(model, kinds)
            wider = {i: widened(kinds[i], self.after[i].type) for i in self.states}
            if wider == kinds:
                return
            kinds = wider

    def _enter(self, model: Model, kinds: Mapping[int, TensorType]) -> None:
        graph = Graph(name=model.name)
        # The states in the body, before and after an iteration.
        self.before: dict[int, Output] = {}
        given: list[Value] = []
        for i, item in zip(self.carried, model.inputs):
            if i in self.lists:
                given.append(LoopList(self.lists[i]))
                continue
            value = graph.input(item.name, kinds[i].shape, kinds[i].dtype)
            self.before[i] = value
            is_list = isinstance(self.inputs[i], StackedSequence)
            given.append(StackedSequence(value) if is_list else value)
        (going, *values), self.captured = self.node.walk.within(model, graph, given)
        self.graph = graph
        self.given: dict[int, Value] = dict(zip(self.carried, values))
        self.after = {i: self._stacked(self.given[i]) for i in self.states}
        graph.output(going)
        for value in self.after.values():
            graph.output(value)

    def _stacked(self, value: Value) -> Output:
        return value if is_tensor(value) else stack_of(self.graph, value)

    # ---- what it reads and writes

    def _slice_reads(self) -> None:
        """Let what an iteration reads at the place of its counter come in slices."""
        for parameter, source in list(self.sources.items())[len(self.states) :]:
            value, reads = parameter.outputs[0], []
            if not value.shape:
                continue
            for node, port in value.users:
                if port == 0 and self._reads_in_turn(node):
                    reads.append(node)
            if not reads:
                continue
            part = self.graph.input(f"{parameter.name}/slice", (1, *value.shape[1:]), value.dtype)
            self.sources[part.node] = source
            self.sliced.add(part.node)
            row = self.graph.add(Squeeze(), part, [0])
            for node in reads:
                self.graph.replace(node.outputs[0], row)

    def _reads_in_turn(self, node: Node) -> bool:
        if not isinstance(node.op, Gather) or node.op.batch_dims:
            return False
        _, index, axis = node.inputs
        if index is None or index.shape != () or axis is None:
            return False
        along = axis.value()
        return along is not None and not along.any() and self.counters.counts_from(index) == 0

    def _write(self, place: int) -> _Write:
        """What one iteration puts into a list: by its counter, behind all others, or at 0."""
        value = self.given[place]
        if not isinstance(value, LoopList) or len(value.entries) != 1:
            raise self._otherwise(place)
        index, item = value.entries[0]
        if item.rank is None:
            raise refuse("a list of tensors of unknown rank")
        if index is None:
            return _Write(item, None)
        known = index.value()
        if known is not None and not known.any():
            return _Write(item, 0, joins=False)
        start = self.counters.counts_from(index)
        if start is None:
            raise self._otherwise(place)
        return _Write(item, start)

    def _otherwise(self, place: int) -> UnsupportedError:
        """The list must be a tensor that the loop carries."""
        self.lists[place].is_tensor = True
        return refuse("a list that an iteration changes otherwise than in one place")

    def stack_before(self, place: int, item: Output | None) -> Output:
        """The tensors of a list before the first iteration; ``item``: one of the body."""
        value = self.inputs[place]
        if not isinstance(value, ReservedSequence) or item is None or item.shape is None:
            return stack_of(self.g, value)
        outside = [value for value in self.node.walk.values.values() if is_tensor(value)]
        sizes = [self._size(dim, outside) for dim in item.shape]
        if None in sizes:
            return stack_of(self.g, value)
        kind = ElementType.i64
        shape = self.g.add(Concat(axis=0), *sizes) if sizes else self.g.constant([], kind)
        return zeros(self.g, value, shape)

    def _size(self, dim: object, outside: Sequence[Output]) -> Output | None:
        """A size in the body as a vector of the graph around."""
        if isinstance(dim, int):
            return self.g.constant(np.asarray([dim], np.int64))
        for value in outside:
            for axis, size in enumerate(value.shape or ()):
                if size is dim:
                    return self.g.add(Reshape(), size_of(self.g, value, axis), [1])
        return None

    # ---- the operation

    def results(self, start: Output) -> tuple[Value, ...]:
        ending = self.graph.results()[0]
        going = ending.inputs[0]
        assert going is not None
        count = self.counters.trip_count(going)
        if count is not None:
            self.graph.set_input(ending, 0, self.graph.constant(True))
            start = self.g.constant(True)
            self._slice_reads()
        writes = {i: self._write(i) for i in self.carried if i in self.lists}
        for write in writes.values():
            item = write.item
            if write.joins:
                item = self.graph.add(Unsqueeze(), item, [0])
            self.graph.output(item)
        outputs = iter(self._looped(count, start, [write.joins for write in writes.values()]))
        values: dict[int, Value] = {}
        for i, output in zip(self.states, outputs):
            is_list = isinstance(self.inputs[i], StackedSequence)
            values[i] = StackedSequence(output) if is_list else output
        for (i, write), stack in zip(writes.items(), outputs):
            values[i] = self._as_list(self.inputs[i], write, stack, count)
        return tuple(values.get(i, value) for i, value in enumerate(self.inputs))

    def _as_list(
        self, before: Value, write: _Write, stack: Output, count: Output | None
    ) -> StackedSequence:
        if write.start is None:
            return appended(self.g, before, stack)
        if write.joins:
            return overwritten(self.g, before, write.start, stack, count)
        row = self.g.add(Unsqueeze(), stack, [0])
        return overwritten(self.g, before, 0, row, number(self.g, 1, ElementType.i64))

    def _looped(
        self, count: Output | None, start: Output, joins: Sequence[bool]
    ) -> tuple[Output, ...]:
        graph, states = self.graph, len(self.states)
        graph.prune()
        for node in graph.parameters()[states:]:
            if not node.outputs[0].users:
                graph.drop_input(node)
        parameters = graph.parameters()
        ports = [
            PortMap(place + 2, place, slices(0) if node in self.sliced else {})
            for place, node in enumerate(parameters)
        ]
        results = [PortMap(None, 0, {"purpose": "execution_condition"})]
        results += [PortMap(place, place + 1) for place in range(states)]
        for place, is_joined in enumerate(joins, states):
            results.append(PortMap(place, place + 1, slices(0) if is_joined else {}))
        back = [(place + 1, place) for place in range(states)]
        op = Loop(body=Body(graph, tuple(ports), tuple(results), tuple(back)))
        trips = number(self.g, -1, ElementType.i64) if count is None else count
        return self.g.add_multi(op, trips, start, *(self.sources[node] for node in parameters))


def _joined(body: Model, condition: Model, carried: Sequence[int]) -> Model:
    """A body that also computes whether there is another iteration, from what it gives."""
    going = f"{body.name}/going"
    again = SourceNode("PartitionedCall", going, list(body.outputs), [going], {"f": condition})
    return replace(
        body,
        nodes=[*body.nodes, again],
        inputs=[body.inputs[i] for i in carried],
        outputs=[going, *(body.outputs[i] for i in carried)],
    )
