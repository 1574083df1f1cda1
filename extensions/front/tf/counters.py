"""Variables of a loop that count its iterations."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from extensions.front.building import scalar, typed
from extensions.front.tf.common import number
from extensions.front.tf.lists import same_number
from extensions.ops.arithmetic import Add, Less, LogicalAnd, Maximum, Minimum, Subtract
from extensions.ops.conversion import Convert
from extensions.ops.shaping import Reshape
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Node, Output


class Counters:
    """What the variables of one loop tell of how often it runs.

    ``before``, ``after``: the variables in the body, before and after an iteration, by place;
    ``start(place)``: what one is at first; ``sources``: what the parameters of the body are in the
    graph around, ``g``.
    """

    def __init__(
        self,
        g: Graph,
        before: Mapping[int, Output],
        after: Mapping[int, Output],
        start: Callable[[int], Output],
        sources: Mapping[Node, Output],
    ) -> None:
        self.g = g
        self.before = before
        self.after = after
        self.start = start
        self.sources = sources

    def trip_count(self, condition: Output) -> Output | None:
        """The number of iterations, where counters below limits are all that is asked for."""
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
        start = typed(self.g, scalar(self.g, self.start(place)), ElementType.i64)
        end = typed(self.g, scalar(self.g, outer), ElementType.i64)
        known = start.value()
        if known is not None and not known.any():
            return end
        return self.g.add(Subtract(), end, start)

    def _counter(self, value: Output | None) -> int | None:
        """The variable that one iteration increases by 1 to this value."""
        for i, after in self.after.items():
            if after is value and self._is_increased(i):
                return i
        return None

    def _is_increased(self, place: int) -> bool:
        node = self.after[place].node
        if not isinstance(node.op, Add):
            return False
        known = [None if item is None else item.value() for item in node.inputs]
        return any(
            item is self.before[place] and step is not None and step.size == 1 and step.item() == 1
            for item, step in zip(node.inputs, reversed(known))
        )

    def counts_from(self, index: Output | None) -> int | None:
        """Where an index starts that is the number of the iteration beyond that."""
        while index is not None and isinstance(index.node.op, (Convert, Reshape)):
            index = index.node.inputs[0]
        for i, before in self.before.items():
            if before is index and self._is_increased(i):
                start = self.start(i).value()
                return int(start.item()) if start is not None and start.size == 1 else None
        return None

    def _outside(self, value: Output | None) -> Output | None:
        """What a value is in the graph around, if it does not change in the loop."""
        if value is None:
            return None
        if value.constant is not None:
            return self.g.constant(value.constant)
        if value.node in [before.node for before in self.before.values()]:
            return None
        return self.sources.get(value.node)
