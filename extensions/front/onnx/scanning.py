"""What runs over slices with states handed from one to the next: Scan, running products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from extensions.front.building import invalid, rank_of, size_of, typed
from extensions.front.onnx.axes import axis_in_front
from extensions.front.onnx.common import converts, needed, refuse
from extensions.ops.arithmetic import Less, Multiply, Select
from extensions.ops.control_flow import widened
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.iteration import Iteration
from extensions.ops.movement import Transpose
from extensions.ops.shaping import Broadcast, ShapeOf
from mo.front.model import Model, SourceNode
from mo.front.values import Value
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis


class _Ways(NamedTuple):
    """Along which axis inputs are cut, or outputs joined, and which of them from the end."""

    axes: list[int]
    backwards: list[bool]


def _ways(node: SourceNode, what: str, count: int) -> _Ways:
    axes, turns = (
        list(node.get(f"scan_{what}_{name}") or [0] * count) for name in ("axes", "directions")
    )
    if len(axes) != count or len(turns) != count:
        raise invalid(f"it does not have an axis and a direction for each of {count} scan {what}s")
    return _Ways(axes, [bool(turn) for turn in turns])


class _Scan:
    """The body of a Scan, and how its inputs are cut and its outputs joined."""

    def __init__(self, node: SourceNode, given: _Ways, made: _Ways) -> None:
        self.node = node
        self.body: Model = needed(node, "body")
        self.given = given
        self.made = made

    def run(
        self,
        g: Graph,
        states: Sequence[Output],
        xs: Sequence[Output],
        length: Output | None = None,
        around: Iteration | None = None,
    ) -> tuple[Output, ...]:
        """Last states and joined outputs; ``around``: the iteration of whose body g is the graph.

        The body is translated until the types of the states hold in every iteration.
        """
        kinds = [state.type for state in states]
        while True:
            iteration = Iteration(g, self.body.name)
            before = [iteration.carried(*pair) for pair in zip(states, kinds)]
            slices = [
                iteration.sliced(x, axis, turned)
                for x, axis, turned in zip(xs, self._axes(xs), self.given.backwards)
            ]
            results, captured = self.node.walk.within(self.body, iteration.body, [*before, *slices])
            after = [_tensor(value) for value in results]
            wider = [widened(kind, value.type) for kind, value in zip(kinds, after)]
            if wider == kinds:
                break
            kinds = wider
        iteration.adopt([around.outer(value) if around else value for value in captured])
        if length is not None:
            after = _until(iteration, length, xs[0], before, after)
        joined = [
            (value, normalize_axis(axis, (value.rank or 0) + 1), turned)
            for value, axis, turned in zip(after[len(states) :], *self.made)
        ]
        return iteration.run(after[: len(states)], joined)

    def _axes(self, xs: Sequence[Output]) -> list[int]:
        return [
            axis if x.rank is None else normalize_axis(axis, x.rank)
            for x, axis in zip(xs, self.given.axes)
        ]


def _tensor(value: Value) -> Output:
    if not isinstance(value, Output):
        raise invalid("its body gives a value that is no tensor")
    return value


def _until(
    iteration: Iteration,
    length: Output,
    x: Output,
    before: Sequence[Output],
    after: Sequence[Output],
) -> list[Output]:
    """Behind the end of a sequence states stay as they are, and scan outputs are zeros."""
    g, body = iteration.g, iteration.body
    first, step = g.constant(np.int64(0)), g.constant(np.int64(1))
    steps = g.add(Range(output_type=ElementType.i64), first, size_of(g, x, 0), step)
    inside = g.add(Less(), steps, typed(g, length, ElementType.i64))
    runs = iteration.sliced(inside, 0)
    states = [body.add(Select(), runs, new, old) for new, old in zip(after, before)]
    scans = after[len(before) :]
    zeros = (body.constant(np.zeros((), value.dtype.numpy), value.dtype) for value in scans)
    return states + [body.add(Select(), runs, value, zero) for value, zero in zip(scans, zeros)]


@converts("Scan", since=9)
def scan(g: Graph, node: SourceNode, *values: Output) -> tuple[Output, ...]:
    count = int(needed(node, "num_scan_inputs"))
    states, xs = values[: len(values) - count], values[len(values) - count :]
    made = _ways(node, "output", len(node.outputs) - len(states))
    return _Scan(node, _ways(node, "input", count), made).run(g, states, xs)


@converts("Scan", since=8)
def scan_8(
    g: Graph, node: SourceNode, lengths: Output | None, *values: Output
) -> tuple[Output, ...]:
    """A scan along axis 1 for each item of the batch, which is axis 0 of everything."""
    count = int(needed(node, "num_scan_inputs"))
    states = len(values) - count
    turns = [bool(turn) for turn in node.get("directions") or [0] * count]
    if lengths is not None and any(turns):
        raise refuse(node, "a scan from the end of sequences of different lengths")
    scans = len(node.outputs) - states
    batch = Iteration(g)
    items = [batch.sliced(value, 0) for value in values]
    length = None if lengths is None else batch.sliced(lengths, 0)
    inner = _Scan(node, _Ways([0] * count, turns), _Ways([0] * scans, [False] * scans))
    results = inner.run(batch.body, items[:states], items[states:], length, batch)
    return batch.run((), [(value, 0, False) for value in results])


@converts("CumProd")
def cum_prod(g: Graph, node: SourceNode, x: Output, axis: Output) -> Output:
    known = axis.value()
    if known is not None:
        return _products(g, node, x, normalize_axis(int(known.item()), rank_of(x)))
    front, back = axis_in_front(g, x, axis)
    return g.add(Transpose(), _products(g, node, front, 0), back)


def _products(g: Graph, node: SourceNode, x: Output, axis: int) -> Output:
    backwards = bool(node.get("reverse"))
    iteration = Iteration(g)
    item = iteration.sliced(x, axis, backwards)
    first = g.add(Gather(), g.add(ShapeOf(), x), [i for i in range(rank_of(x)) if i != axis], 0)
    before = iteration.carried(g.add(Broadcast(), g.constant(np.asarray(1), x.dtype), first))
    after = iteration.body.add(Multiply(), before, item)
    each = before if node.get("exclusive") else after
    return iteration.run([after], [(each, axis, backwards)])[1]
