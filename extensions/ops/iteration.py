"""A TensorIterator step by step: what its body gets, what it hands on, what it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extensions.ops.control_flow import TensorIterator
from extensions.ops.shaping import Squeeze, Unsqueeze
from mo.graph.body import Body, PortMap
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import TensorType

# One slice of each iteration, taken or put forwards or from the end.
_FORWARDS = {"start": "0", "end": "-1", "stride": "1", "part_size": "1"}
_BACKWARDS = {"start": "-1", "end": "0", "stride": "-1", "part_size": "1"}


def slices(axis: int, backwards: bool = False) -> Mapping[str, str]:
    """What the IR says of a port that takes or gives one slice in each iteration."""
    return {"axis": str(axis), **(_BACKWARDS if backwards else _FORWARDS)}


class Iteration:
    """The body under construction, ``body``, and what the outer graph feeds into it."""

    def __init__(self, g: Graph, name: str = "body") -> None:
        self.g = g
        self.body = Graph(name=name)
        self._sources: list[Output] = []
        self._ports: list[PortMap] = []
        self._carried: list[int] = []

    def sliced(
        self, value: Output, axis: int, backwards: bool = False, keep: bool = False
    ) -> Output:
        """A slice of ``value`` for each iteration; the axis is gone unless it shall be kept."""
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
            number = len(self._sources)
            self._sources.append(value)
            self._ports.append(PortMap(number, number))

    def _fed(
        self, value: Output, kind: TensorType, attributes: Mapping[str, str] | None = None
    ) -> Output:
        number = len(self._sources)
        self._sources.append(value)
        self._ports.append(PortMap(number, number, attributes or {}))
        return self.body.input(f"in{number}", kind.shape, kind.dtype)

    def run(
        self, states: Sequence[Output], joined: Sequence[tuple[Output, int, bool]] = ()
    ) -> tuple[Output, ...]:
        """The last states, and values of all iterations joined along a new axis.

        ``joined``: value of the body, axis, and whether the first iteration comes last.
        """
        for value in states:
            self.body.output(value)
        results = [PortMap(number, number) for number in range(len(states))]
        for value, axis, backwards in joined:
            results.append(PortMap(len(results), len(results), slices(axis, backwards)))
            self.body.output(self.body.add(Unsqueeze(), value, [axis]))
        back = tuple(enumerate(self._carried[: len(states)]))
        body = Body(self.body, tuple(self._ports), tuple(results), back)
        return self.g.add_multi(TensorIterator(body=body), *self._sources)
