"""If, Case and While: functions as branches and loop bodies.

A variable that the body of a loop hands on unchanged is no state: the body sees the value outside.
A loop that counts up to a limit knows how often it runs, and what it writes into a list at the
place of its counter becomes an output that joins all iterations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from extensions.front.branching import bind, chosen
from extensions.front.building import invalid, scalar, typed
from extensions.front.tf.common import converts, number, refuse
from extensions.front.tf.elementwise import to_bool
from extensions.front.tf.lists import LoopList, appended, overwritten, same_number
from extensions.ops.arithmetic import Add, Equal, Less, LogicalAnd, Maximum, Minimum, Subtract
from extensions.ops.control_flow import Loop, result_type, widened
from extensions.ops.shaping import Unsqueeze
from mo.front.model import Model, SourceNode
from mo.front.values import StackedSequence, Value, is_tensor
from mo.graph.body import Body, PortMap
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.op import TensorType

# ---- branches


@converts("If", "StatelessIf", sequences=True)
def if_(g: Graph, node: SourceNode, condition: Output, *inputs: Value) -> tuple[Value, ...]:
    """A number is true unless it is 0; a branch in place where that is known."""
    branches = [_branch(node, f"{name}_branch") for name in ("then", "else")]
    return chosen(g, node, scalar(g, to_bool(g, node, condition)), branches, inputs)


@converts("Case", "StatelessCase", sequences=True)
def case(g: Graph, node: SourceNode, index: Output, *inputs: Value) -> tuple[Value, ...]:
    """The branch of a number; the last one for numbers that no branch has."""
    branches = [_branch(node, f"branch_{i}") for i in range(len(node.get("branches", [])))]
    known = index.value()
    if known is not None:
        place = int(known.item())
        inside = 0 <= place < len(branches)
        return node.walk.inline(branches[place if inside else -1], *inputs)
    return _case(g, node, scalar(g, index), 0, branches, inputs)


def _case(
    g: Graph, node: SourceNode, index: Output, first: int, branches: list[Model], inputs: Any
) -> tuple[Value, ...]:
    if len(branches) == 1:
        return node.walk.inline(branches[0], *inputs)
    if len(branches) > 2:
        raise refuse("a choice among more than two branches by a computed number")
    is_first = g.add(Equal(), index, number(g, first, index.dtype))
    return chosen(g, node, is_first, branches, inputs)


def _branch(node: SourceNode, name: str) -> Model:
    branch = node.get(name)
    if not isinstance(branch, Model):
        raise invalid(f"it has no {name}")
    return branch


# ---- loops


@converts("While", "StatelessWhile", sequences=True)
def while_(g: Graph, node: SourceNode, *inputs: Value) -> tuple[Value, ...]:
    body, condition = _branch(node, "body"), _branch(node, "cond")
    if not len(inputs) == len(body.inputs) == len(body.outputs) == len(condition.inputs):
        raise invalid("its body does not give as many values as it takes")
    start = scalar(g, to_bool(g, node, node.walk.inline(condition, *inputs)[0]))
    known = start.value()
    if known is not None and not known.all():
        return inputs
    return _While(g, node, body, condition, inputs).results(start)


def _origins(body: Model) -> dict[str, str]:
    """Tensors that only hand on another one, and which."""
    return {
        output: source
        for node in body.nodes
        if node.type in ("Identity", "IdentityN")
        for source, output in zip(node.inputs, node.outputs)
    }


def _origin(name: str, origins: dict[str, str]) -> str:
    for _ in range(len(origins) + 1):
        if name not in origins:
            break
        name = origins[name]
    return name


class _Write(NamedTuple):
    """What an iteration writes into a list; the first place, or None for behind all others."""

    item: Output
    start: int | None
    # Whether each iteration has a place of its own; else the last one counts.
    joins: bool = True


class _While:
    """One loop: its body with the condition behind it, in a graph of its own."""

    def __init__(
        self, g: Graph, node: SourceNode, body: Model, condition: Model, inputs: Sequence[Value]
    ) -> None:
        self.g = g
        self.inputs = inputs
        origins = _origins(body)
        names = [item.name for item in body.inputs]
        fixed = [i for i, o in enumerate(body.outputs) if _origin(o, origins) == names[i]]
        bind(node, body, fixed, inputs)
        self.carried = [i for i in range(len(inputs)) if i not in set(fixed)]
        model = _joined(body, condition, self.carried)
        self.graph, captured, given = self._settled(node, model)
        self.given = dict(zip(self.carried, given[1:]))
        self.tensors = [i for i in self.carried if is_tensor(inputs[i])]
        parameters = self.graph.parameters()
        self.parameters = dict(zip(self.tensors, parameters))
        outside = [*(inputs[i] for i in self.tensors), *captured]
        self.sources: dict[Node, Output] = dict(zip(parameters, outside))

    def _settled(self, node: SourceNode, model: Model) -> tuple[Graph, list[Output], list[Value]]:
        """The body with types of the states that hold in every iteration."""
        kinds = {i: self.inputs[i].type for i in self.carried if is_tensor(self.inputs[i])}
        while True:
            given = [kinds[i] if i in kinds else LoopList() for i in self.carried]
            graph, captured, values = node.walk.body(model, given)
            whole = Body(graph, (), ())
            wider: dict[int, TensorType] = {
                i: widened(kinds[i], result_type(whole, place)) for place, i in enumerate(kinds, 1)
            }
            if wider == kinds:
                return graph, captured, values
            kinds = wider

    # ---- how often it runs

    def _trip_count(self) -> Output | None:
        """The number of iterations, where counters below limits are all that is asked for."""
        condition = self.graph.results()[0].inputs[0]
        assert condition is not None
        counts: list[Output] = []
        stack = [condition]
        while stack:
            value = stack.pop()
            if isinstance(value.node.op, LogicalAnd):
                stack += [item for item in value.node.inputs if item is not None]
                continue
            count = self._count_of(value)
            if count is None:
                return None
            if not any(same_number(count, other) for other in counts):
                counts.append(count)
        total = counts[0]
        for count in counts[1:]:
            total = self.g.add(Minimum(), total, count)
        return self.g.add(Maximum(), total, number(self.g, 0, total.dtype))

    def _count_of(self, value: Output) -> Output | None:
        """For ``counter + 1 < limit``: the limit less where the counter starts."""
        if not isinstance(value.node.op, Less):
            return None
        counted, limit = value.node.inputs
        place = self._counter(counted)
        outer = self._outside(limit)
        if place is None or outer is None:
            return None
        start = typed(self.g, scalar(self.g, self.inputs[place]), ElementType.i64)
        end = typed(self.g, scalar(self.g, outer), ElementType.i64)
        known = start.value()
        if known is not None and not known.any():
            return end
        return self.g.add(Subtract(), end, start)

    def _counter(self, value: Output | None) -> int | None:
        """The variable that one iteration increases by 1 to this value."""
        for i in self.tensors:
            if self.given[i] is value and self._is_increased(i):
                return i
        return None

    def _is_increased(self, place: int) -> bool:
        node = self.given[place].node
        if not isinstance(node.op, Add):
            return False
        known = [item.value() for item in node.inputs]
        before = self.parameters[place].outputs[0]
        return any(
            item is before and step is not None and step.size == 1 and step.item() == 1
            for item, step in zip(node.inputs, reversed(known))
        )

    def _outside(self, value: Output | None) -> Output | None:
        """What a value is in the graph around, if it does not change in the loop."""
        if value is None:
            return None
        if value.constant is not None:
            return self.g.constant(value.constant)
        if value.node in self.parameters.values():
            return None
        return self.sources.get(value.node)

    # ---- the operation

    def results(self, start: Output) -> tuple[Value, ...]:
        count = self._trip_count()
        ending = self.graph.results()[0]
        if count is not None:
            self.graph.set_input(ending, 0, self.graph.constant(True))
            start = self.g.constant(True)
        lists = {i: self._write(i) for i in self.carried if i not in self.tensors}
        for write in lists.values():
            item = write.item
            if write.joins:
                item = self.graph.add(Unsqueeze(), item, [0])
            self.graph.output(item)
        outputs = iter(self._looped(count, start, [write.joins for write in lists.values()]))
        values: dict[int, Value] = dict(zip(self.tensors, outputs))
        for (i, write), stack in zip(lists.items(), outputs):
            values[i] = self._as_list(self.inputs[i], write, stack, count)
        return tuple(values.get(i, value) for i, value in enumerate(self.inputs))

    def _write(self, place: int) -> _Write:
        """What one iteration puts into a list: by its counter, behind all others, or at 0."""
        value = self.given[place]
        if not isinstance(value, LoopList) or len(value.entries) != 1:
            raise refuse("a list that an iteration changes otherwise than in one place")
        index, item = value.entries[0]
        if item.rank is None:
            raise refuse("a list of tensors of unknown rank")
        if index is None:
            return _Write(item, None)
        known = index.value()
        if known is not None and not known.any():
            return _Write(item, 0, joins=False)
        for i in self.tensors:
            start = self.inputs[i].value()
            if index is self.parameters[i].outputs[0] and self._is_increased(i):
                if start is None or start.size != 1:
                    break
                return _Write(item, int(start.item()))
        raise refuse("a list written elsewhere than at the loop's own counter")

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
        graph, states = self.graph, len(self.tensors)
        for node in graph.parameters()[states:]:
            if not node.outputs[0].users:
                graph.drop_input(node)
        graph.prune()
        parameters = graph.parameters()
        ports = [PortMap(place + 2, place) for place in range(len(parameters))]
        results = [PortMap(None, 0, {"purpose": "execution_condition"})]
        results += [PortMap(place, place + 1) for place in range(states)]
        for place, is_joined in enumerate(joins, states):
            results.append(PortMap(place, place + 1, _JOINED if is_joined else {}))
        back = [(place + 1, place) for place in range(states)]
        op = Loop(body=Body(graph, tuple(ports), tuple(results), tuple(back)))
        trips = number(self.g, -1, ElementType.i64) if count is None else count
        return self.g.add_multi(op, trips, start, *(self.sources[node] for node in parameters))


# One slice of each iteration, joined along the first axis.
_JOINED = {"axis": "0", "start": "0", "end": "-1", "stride": "1", "part_size": "1"}


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


@converts("PartitionedCall", sequences=True)
def called(g: Graph, node: SourceNode, *inputs: Value) -> tuple[Value, ...]:
    """A function that the reader has not put in place: the condition of a loop."""
    return node.walk.inline(_branch(node, "f"), *inputs)
