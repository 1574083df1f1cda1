"""A Loop over slices, step by step: what its body gets, what it hands on, what it gives.

A Loop and not a TensorIterator, since those must not be nested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from extensions.ops.control_flow import Loop
from extensions.ops.gathering import Gather
from extensions.ops.shaping import ShapeOf, Squeeze, Unsqueeze
from mo.graph.body import Body, PortMap
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import TensorType

# One slice of each iteration, taken or put forwards or from the end.
_FORWARDS = {"start": "0", "end": "-1", "stride": "1", "part_size": "1"}
_BACKWARDS = {"start": "-1", "end": "0", "stride": "-1", "part_size": "1"}
# Trip count and condition come before what is fed.
_FIRST = 2


def slices(axis: int, backwards: bool = False) -> Mapping[str, str]:
    """What the IR says of a port that takes or gives one slice in each iteration."""
    return {"axis": str(axis), **(_BACKWARDS if backwards else _FORWARDS)}


class Iteration:
    """The body under construction, ``body``, and what the outer graph feeds into it.

    There are as many iterations as the first sliced value has slices, unless ``limit`` says it.
    """

    def __init__(self, g: Graph, name: str = "body") -> None:
        self.g = g
        self.body = Graph(name=name)
        self._sources: list[Output] = []
        self._ports: list[PortMap] = []
        self._carried: list[int] = []
        self._count: Output | None = None
        self._start: Output | None = None
        self._again: Output | None = None

    def sliced(
        self, value: Output, axis: int, backwards: bool = False, keep: bool = False
    ) -> Output:
        """A slice of ``value`` for each iteration; the axis is gone unless it shall be kept."""
        if self._count is None:
            self._count = self.g.add(Gather(), self.g.add(ShapeOf(), value), np.int64(axis), _ZERO)
        shape = value.shape
        if shape is not None:
            shape = tuple(1 if i == axis else dim for i, dim in enumerate(shape))
        inner = self._fed(value, TensorType(shape, value.dtype), slices(axis, backwards))
        return inner if keep else self.body.add(Squeeze(), inner, [axis])

    def carried(self, value: Output, kind: TensorType | None = None) -> Output:
        """A state that starts as ``value``, and has a type that holds in every iteration."""
        self._carried.append(len(self._sources))
        return self._fed(value, kind or value.type)

    def outer(self, value: Output) -> Output:
        """A value of the outer graph, the same in all iterations."""
        if value.constant is not None:
            return self.body.constant(value.constant)
        return self._fed(value, value.type)

    def adopt(self, values: Sequence[Output]) -> None:
        """Values of the outer graph for further inputs that the body has got by itself."""
        for value in values:
            self._connect(value, {})

    def limit(self, most: Output, start: Output, again: Output) -> None:
        """At most so many iterations; whether there is a first, and (in the body) a next one."""
        self._count, self._start, self._again = most, start, again

    def _fed(
        self, value: Output, kind: TensorType, attributes: Mapping[str, str] | None = None
    ) -> Output:
        number = self._connect(value, attributes or {})
        return self.body.input(f"in{number}", kind.shape, kind.dtype)

    def _connect(self, value: Output, attributes: Mapping[str, str]) -> int:
        number = len(self._sources)
        self._sources.append(value)
        self._ports.append(PortMap(number + _FIRST, number, attributes))
        return number

    def run(
        self, states: Sequence[Output], joined: Sequence[tuple[Output, int, bool]] = ()
    ) -> tuple[Output, ...]:
        """The last states, and values of all iterations joined along a new axis.

        ``joined``: value of the body, axis, and whether the first iteration comes last.
        """
        assert self._count is not None
        going = np.bool_(True)
        self.body.output(self._again or self.body.constant(going))
        for value in states:
            self.body.output(value)
        results = [PortMap(None, 0, {"purpose": "execution_condition"})]
        results += [PortMap(number, number + 1) for number in range(len(states))]
        for number, (value, axis, backwards) in enumerate(joined, len(states)):
            results.append(PortMap(number, number + 1, slices(axis, backwards)))
            self.body.output(self.body.add(Unsqueeze(), value, [axis]))
        back = tuple(enumerate(self._carried[: len(states)], 1))
        op = Loop(body=Body(self.body, tuple(self._ports), tuple(results), back))
        start = self._start or self.g.constant(going)
        return self.g.add_multi(op, self._count, start, *self._sources)


_ZERO = np.int64(0)
