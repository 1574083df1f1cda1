"""Operations with graphs inside: branches and loops."""

from __future__ import annotations

from collections.abc import Sequence

from mo.graph.body import Body, PortMap
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, Dimension, Shape, bounds, interval, same


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


def widened(before: TensorType, after: TensorType) -> TensorType:
    """``before`` with whatever an iteration changes left open, so that a second look settles."""
    if before.shape is None or after.shape is None or len(before.shape) != len(after.shape):
        return TensorType(None, before.dtype) if before.shape != after.shape else before
    dims = [
        dim if same(union((dim,), (new,))[0], dim) else Dim()  # type: ignore[index]
        for dim, new in zip(before.shape, after.shape)
    ]
    return TensorType(tuple(dims), before.dtype)


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

    The first two inputs are trip count and condition. Of an input with an axis each iteration gets
    a slice. An output with an axis is the values of all iterations joined along it, any other one
    the value of the last iteration.
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
    known = trip_count.partial_value()
    if known is None or known.size != 1 or bounds(known.item())[0] < 0:
        return Dim()
    count: Dimension = known.item()
    return count


def _joined(kind: TensorType, port: PortMap, count: Dimension) -> TensorType:
    """The type of what all iterations give together, if they are joined."""
    axis = port.attributes.get("axis")
    if axis is None or kind.shape is None:
        return kind
    dims = list(kind.shape)
    dims[int(axis)] = dims[int(axis)] * count
    return TensorType(tuple(dims), kind.dtype)
