"""Memories of models that take one frame at a time: ReadValue and Assign.

A memory holds the last K values of a tensor as [N, K, columns]; the value of this call is not among
them. It is read by Gather and renewed by ScatterUpdate, which copy. What is assigned must not share
bytes with anything else, as the output of Concat or Unsqueeze may: then the CPU device of OpenVINO
2026.4 gives values of wrong calls (tests/front/kaldi/test_memory.py).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from extensions.front.kaldi.common import converts, width_of
from extensions.ops.arithmetic import (
    Add,
    Equal,
    GreaterEqual,
    Less,
    Minimum,
    Select,
)
from extensions.ops.gathering import Gather, ScatterUpdate
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Broadcast, ShapeOf, Tile, Unsqueeze
from extensions.ops.state import Assign, ReadValue
from mo.errors import InferenceError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dimension

_TIME = 1


def _read(g: Graph, name: str, initial: Output) -> Output:
    """The value of a variable, before the first inference that of ``initial``."""
    return g.add(
        ReadValue(variable_id=name, variable_type=initial.dtype, variable_shape=initial.shape),
        initial,
        name=name,
    )


def _assign(g: Graph, name: str, value: Output) -> None:
    g.add(Assign(variable_id=name), value, name=f"{name}/assign")


def zeros(g: Graph, like: Output, length: int, width: int) -> Output:
    """[N, length, width] of zeros, N as in a value [N, ...]."""
    zero = g.constant(np.zeros((1, 1, 1), np.float32))
    batch = _batch(like)
    if isinstance(batch, int):
        return g.add(Broadcast(), zero, [batch, length, width])
    size = g.add(Gather(), g.add(ShapeOf(), like), [0], np.int64(0))
    return g.add(Broadcast(), zero, g.add(Concat(axis=0), size, [length, width]))


def _batch(x: Output) -> Dimension:
    assert x.shape is not None
    return x.shape[0]


class _Memory:
    """The last ``length`` values of something, oldest first."""

    def __init__(self, g: Graph, name: str, initial: Output) -> None:
        self.g = g
        self.name = name
        self.state = _read(g, name, initial)
        assert initial.shape is not None
        self.length = initial.shape[_TIME]
        self.width = width_of(initial)

    def past(self, calls: int) -> Output:
        """The value some calls ago."""
        assert isinstance(self.length, int)
        place = self.g.constant(np.int64(self.length - calls))
        return self.g.add(Gather(), self.state, place, np.int64(_TIME))

    def keep(self, x: Output) -> None:
        """Put the value of this call at the end, and drop the oldest."""
        if width_of(x) != self.width:
            raise InferenceError(f"'{x}' has {width_of(x)} columns instead of {self.width}")
        assert isinstance(self.length, int)
        g, places = self.g, [*range(1, self.length), 0]
        turned = g.add(Gather(), self.state, places, np.int64(_TIME))
        new = g.add(Unsqueeze(), x, [_TIME])
        last = [self.length - 1]
        _assign(g, self.name, g.add(ScatterUpdate(), turned, last, new, np.int64(_TIME)))


def _memory(g: Graph, node: SourceNode, x: Output, length: int, starts_zero: bool) -> _Memory:
    """A memory that begins with zeros, or as if the first value had been there all the time."""
    if starts_zero:
        return _Memory(g, node.name, zeros(g, x, length, width_of(x)))
    first = g.add(Unsqueeze(), x, [_TIME])
    return _Memory(g, node.name, g.add(Tile(), first, [1, length, 1]))


@converts("Delay")
def delay(g: Graph, node: SourceNode, x: Output) -> list[Output]:
    """Values of earlier calls."""
    calls = node.attributes["calls"]
    memory = _memory(g, node, x, max(calls), node.attributes["starts_zero"])
    memory.keep(x)
    return [memory.past(count) for count in calls]


@converts("Recall")
def recall(g: Graph, node: SourceNode, batch: Output) -> list[Output]:
    """Values of earlier calls that those of this call depend on; zeros come first."""
    calls, width = node.attributes["calls"], node.attributes["width"]
    memory = _Memory(g, node.name, zeros(g, batch, max(calls), width))
    walk, (tensor,) = node.walk, node.feedback
    walk.endings.append(lambda: memory.keep(walk.value(tensor)))
    return [memory.past(count) for count in calls]


# ---- counting calls


def _counter(g: Graph, node: SourceNode, step: Callable[[Output], Output]) -> Output:
    """A number that is 0 in the first call and goes on from there."""
    now = _read(g, node.name, g.constant(np.zeros(1, np.float32)))
    _assign(g, node.name, step(now))
    return now


@converts("Clock")
def clock(g: Graph, node: SourceNode) -> Output:
    """The number of earlier calls, as far as anybody asks."""
    limit = float(node.attributes["limit"])
    return _counter(g, node, lambda now: g.add(Minimum(), g.add(Add(), now, 1.0), limit))


@converts("Phase")
def phase(g: Graph, node: SourceNode) -> Output:
    """The number of earlier calls modulo a period."""
    last = float(node.attributes["period"] - 1)

    def step(now: Output) -> Output:
        start = g.constant(np.zeros(1, np.float32))
        return g.add(Select(), g.add(Equal(), now, last), start, g.add(Add(), now, 1.0))

    return _counter(g, node, step)


@converts("Masked")
def masked(g: Graph, node: SourceNode, x: Output, calls: Output) -> Output:
    """Zeros in the first calls."""
    is_there = g.add(GreaterEqual(), calls, float(node.attributes["calls"]))
    return g.add(Select(), is_there, x, _zero(g))


def _zero(g: Graph) -> Output:
    return g.constant(np.zeros(1, np.float32), ElementType.f32)


@converts("Failover")
def failover(g: Graph, node: SourceNode, calls: Output, x: Output, other: Output) -> Output:
    """In the first calls the other one."""
    is_there = g.add(GreaterEqual(), calls, float(node.attributes["calls"]))
    return g.add(Select(), is_there, x, other)


@converts("Latch")
def latch(g: Graph, node: SourceNode, x: Output, count: Output) -> Output:
    """The value of the last call with a certain count."""
    memory = _memory(g, node, x, 1, starts_zero=False)
    is_new = g.add(Equal(), count, float(node.attributes["at"]))
    kept = g.add(Select(), is_new, x, memory.past(1))
    memory.keep(kept)
    return kept


@converts("Switch")
def switch(g: Graph, node: SourceNode, count: Output, first: Output, *others: Output) -> Output:
    """One value after another."""
    at, period = node.attributes["at"], 1 + len(others)
    chosen = first
    for number, other in enumerate(others, 1):
        is_its_turn = g.add(Equal(), count, float((at + number) % period))
        chosen = g.add(Select(), is_its_turn, other, chosen)
    return chosen


# ---- sums over frames


@converts("WindowSum")
def window_sum(g: Graph, node: SourceNode, x: Output) -> Output:
    """Of the values at some distances; those from before the beginning count nothing."""
    reach = node.attributes["end"] - node.attributes["begin"]
    if not reach:
        return x
    memory = _memory(g, node, x, reach, starts_zero=True)
    memory.keep(x)
    places = list(range(0, reach, node.attributes["step"]))
    chosen = g.add(Gather(), memory.state, places, np.int64(_TIME))
    return g.add(Add(), g.add(ReduceSum(), chosen, [_TIME]), x)


@converts("UtteranceSum")
def utterance_sum(g: Graph, node: SourceNode, x: Output, calls: Output) -> Output:
    """Of all values so far, up to a limit."""
    memory = _memory(g, node, x, 1, starts_zero=True)
    before = memory.past(1)
    counts = g.add(Less(), calls, float(node.attributes["calls"]))
    total = g.add(Add(), before, g.add(Select(), counts, x, _zero(g)))
    memory.keep(total)
    return total
