"""Operations with graphs inside: branches and loops."""

from __future__ import annotations

from collections.abc import Sequence

from mo.graph.body import Body, PortMap
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, Dimension, Shape, bounds, interval, merge, same


class _WithBodies(Op):
    has_bodies = True

    def ir_attributes(self) -> dict[str, str]:
        return {}


def union(a: Shape, b: Shape) -> Shape:
    """A shape that covers both."""
    if a is None or b is None or len(a) != len(b):
        return None
    return tuple(x if same(x, y) else _hull(x, y) for x, y in zip(a, b))


def _hull(a: Dimension, b: Dimension) -> Dimension:
    (low_a, high_a), (low_b, high_b) = bounds(a), bounds(b)
    low, high = min(low_a, low_b), max(high_a, high_b)
    return a if (low, high) == (low_a, high_a) else interval(low, high)


def result_type(body: Body, number: int) -> TensorType:
    """The type of a Result of the body."""
    value = body.graph.results()[number].inputs[0]
    assert value is not None
    return value.type


class If(_WithBodies):
    """The outputs of one of two bodies, as the condition (the first input) says."""

    opset = "opset8"
    then_body: Body
    else_body: Body

    def bodies(self) -> Sequence[Body]:
        return self.then_body, self.else_body

    def infer(self, condition: Output, *values: Output) -> tuple[TensorType, ...]:
        kinds = []
        for then, other in zip(self.then_body.outputs, self.else_body.outputs):
            a = result_type(self.then_body, then.internal)
            b = result_type(self.else_body, other.internal)
            if a.dtype is not b.dtype:
                raise ValueError(f"the branches give {a} and {b}")
            kinds.append(TensorType(union(a.shape, b.shape), a.dtype))
        return tuple(kinds)


class Loop(_WithBodies):
    """The body, run until its condition fails or the trip count (-1: endless) is reached.

    The first two inputs are trip count and condition. An output with an axis is the values of
    all iterations joined along it, any other one the value of the last iteration.
    """

    opset = "opset5"
    body: Body

    def bodies(self) -> Sequence[Body]:
        return (self.body,)

    def infer(
        self, trip_count: Output, condition: Output, *values: Output
    ) -> tuple[TensorType, ...]:
        count = _iterations(trip_count) if self._never_stops_early(condition) else Dim()
        return tuple(
            _joined(result_type(self.body, port.internal), port, count)
            for port in self.body.outputs
            if port.external is not None
        )

    def _never_stops_early(self, condition: Output) -> bool:
        purpose = {p.attributes.get("purpose"): p for p in self.body.outputs}
        ending = purpose["execution_condition"]
        value = self.body.graph.results()[ending.internal].inputs[0]
        constants = [condition.value(), None if value is None else value.value()]
        return all(known is not None and bool(known.all()) for known in constants)


def _iterations(trip_count: Output) -> Dimension:
    known = trip_count.value()
    if known is None or known.item() < 0:
        return Dim()
    return int(known.item())


class TensorIterator(_WithBodies):
    """The body, run for each slice of the inputs that have an axis.

    An output with an axis is the values of all iterations joined along it, any other one the
    value of the last iteration.
    """

    body: Body

    def bodies(self) -> Sequence[Body]:
        return (self.body,)

    def infer(self, *values: Output) -> tuple[TensorType, ...]:
        count = self._count(values)
        return tuple(
            _joined(result_type(self.body, port.internal), port, count)
            for port in self.body.outputs
        )

    def _count(self, values: Sequence[Output]) -> Dimension:
        count: Dimension = Dim()
        for port in self.body.inputs:
            axis = port.attributes.get("axis")
            assert port.external is not None
            shape = values[port.external].shape
            if axis is not None and shape is not None:
                both = merge(count, shape[int(axis)])
                if both is None:
                    raise ValueError(f"{count} and {shape[int(axis)]} iterations")
                count = both
        return count


def _joined(kind: TensorType, port: PortMap, count: Dimension) -> TensorType:
    """The type of what all iterations give together, if they are joined."""
    axis = port.attributes.get("axis")
    if axis is None or kind.shape is None:
        return kind
    dims = list(kind.shape)
    dims[int(axis)] = dims[int(axis)] * count
    return TensorType(tuple(dims), kind.dtype)
