"""Recurrent layers over sequences of which not all steps count: they have lengths, or a mask.

The lengths that the sequence operations take are not relied on: where a size is open, the CPU
runtime (OpenVINO 2026.4) does not look at them; where none is, it runs a loop that takes three
times as long, and a sequence of no elements forgets its initial state. So the operation runs
through all steps, and what the others give is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from extensions.ops.arithmetic import Add, Less, Minimum, Select, Subtract
from extensions.ops.conversion import Convert
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.movement import Concat, ReverseSequence, Split
from extensions.ops.recurrent import LSTMSequence
from extensions.ops.reduction import ReduceSum
from extensions.ops.selection import TopK
from extensions.ops.shaping import Broadcast, ShapeOf, Squeeze, Unsqueeze
from extensions.ops.unary import CumSum, LogicalNot
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_DIRECTIONS = {"bidirectional": ("forward", "reverse")}
# What the sum of a gate gets where the gate shall be open or shut, whatever else is in the sum:
# sigmoid of it is 1 or 0 to the last bit. f16 has this number, too.
_DECIDED = 3e4
# Functions whose values are too small to make sums that come near to it.
_BOUNDED = ("sigmoid", "tanh")


def all_steps(g: Graph, x: Output) -> Output:
    """The lengths [batch] of sequences that are as long as the data [batch, time, features]."""
    sizes = g.add(ShapeOf(output_type=ElementType.i32), x)
    batch = g.add(Gather(), sizes, [0], g.constant(np.int64(0)))
    return g.add(Broadcast(), _size(g, sizes, 1), batch)


def holds_cell(op: Any) -> bool:
    """Whether the cell state of an LSTM can be had as it is at the end of a sequence."""
    gate, _, output = op.activations or ("sigmoid", "tanh", "tanh")
    return gate == "sigmoid" and output in _BOUNDED and not op.clip


class Steps:
    """Sequences [batch, time, ...] of which all steps count."""

    def __init__(self, g: Graph, data: Output) -> None:
        self.g = g
        self.data = data

    @cached_property
    def lengths(self) -> Output:
        """The number of steps that count, [batch]."""
        return _whole_numbers(self.g, all_steps(self.g, self.data))

    @cached_property
    def _ends(self) -> Output:
        """The lengths beside the steps, [batch, 1]."""
        return self.g.add(Unsqueeze(), self.lengths, [1])

    def gathered(self, x: Output) -> Output:
        """Data with the steps that count in front, in their order."""
        return x

    # ---- what a layer gives; y is [batch, time, hidden], a state [batch, hidden]

    def held(self, before: Output, y: Output) -> Output:
        """What the last step that counted gave, at each step; ``before`` the first one."""
        return y

    def filled(self, before: Output, y: Output, other: Output) -> Output:
        """What each step gives; those that do not count give ``other``."""
        return y

    def last(self, before: Output, y: Output) -> Output:
        """What the last step that counts gives."""
        return self.g.add(Squeeze(), self._picked(before, y, self._ends), [1])

    def _picked(self, before: Output, y: Output, places: Output) -> Output:
        first = self.g.add(Unsqueeze(), before, [1])
        both = self.g.add(Concat(axis=1), first, y)
        return self.g.add(Gather(batch_dims=1), both, places, self.g.constant(np.int64(1)))

    # ---- the operation

    def layer(
        self,
        op: Any,
        x: Output,
        states: Sequence[Output],
        weights: Sequence[Output],
        cell: bool = True,
    ) -> tuple[Output, ...]:
        """A sequence operation over ``gathered`` data, [batch, time, hidden].

        Steps that do not count give anything. Behind it come the last states [batch, hidden];
        ``cell``: whether that of the cell of an LSTM is wanted.
        """
        g = self.g
        before = [g.add(Unsqueeze(), state, [1]) for state in states]
        found = g.add_multi(op, x, *before, all_steps(g, x), *weights)
        return tuple(g.add(Squeeze(), value, [1]) for value in found)


class Ragged(Steps):
    """Sequences [batch, time, ...] of which the first ``lengths`` [batch] steps count."""

    def __init__(self, g: Graph, data: Output, lengths: Output) -> None:
        super().__init__(g, data)
        self.lengths = _whole_numbers(g, lengths)

    @cached_property
    def steps(self) -> Output:
        """The number of each step, [1, time]."""
        g = self.g
        time = _size(g, g.add(ShapeOf(), self.data), 1)
        zero, one = g.constant(np.int64(0)), g.constant(np.int64(1))
        return g.add(Unsqueeze(), g.add(Range(output_type=ElementType.i64), zero, time, one), [0])

    @cached_property
    def _within(self) -> Output:
        """Whether a step is one of the first, [batch, time]."""
        return self.g.add(Less(), self.steps, self._ends)

    @cached_property
    def inside(self) -> Output:
        """Whether a step counts, [batch, time]."""
        return self._within

    @cached_property
    def done(self) -> Output:
        """How many steps that count there have been, with the present one, [batch, time]."""
        return self.g.add(Minimum(), self.g.add(Add(), self.steps, 1), self._ends)

    def spread(self, before: Output, y: Output) -> Output:
        """What the operation gave for ``gathered`` data, at the steps where they come from."""
        return y

    def held(self, before: Output, y: Output) -> Output:
        return self._picked(before, y, self.done)

    def filled(self, before: Output, y: Output, other: Output) -> Output:
        counts = self.g.add(Unsqueeze(), self.inside, [2])
        return self.g.add(Select(), counts, self.spread(before, y), other)

    def layer(
        self,
        op: Any,
        x: Output,
        states: Sequence[Output],
        weights: Sequence[Output],
        cell: bool = True,
    ) -> tuple[Output, ...]:
        if cell and isinstance(op, LSTMSequence):
            x, weights = self._holding(x, weights, op.hidden_size)
        y, _, *further = super().layer(op, x, states, weights)
        return y, self.last(states[0], y), *further

    def directions(
        self, op: Any, states: Sequence[Output], weights: Sequence[Output]
    ) -> tuple[Output, ...]:
        """The outputs of a sequence operation of any direction; zeros where no step counts.

        ``states`` are [batch, directions, hidden], as it takes them itself.
        """
        directions = _DIRECTIONS.get(op.direction, (op.direction,))
        parts = [self._split(value, 1, len(directions)) for value in states]
        parts += [self._split(value, 0, len(directions)) for value in weights]
        found = []
        for direction, *own in zip(directions, *parts):
            single = op.with_attributes(direction="forward")
            found.append(self._along(single, direction, own[: len(states)], own[len(states) :]))
        return tuple(
            self.g.add(Concat(axis=1), *each) if len(each) > 1 else each[0] for each in zip(*found)
        )

    def _split(self, value: Output, axis: int, count: int) -> tuple[Output, ...]:
        if count == 1:
            return (value,)
        along = self.g.constant(np.int64(axis))
        return self.g.add_multi(Split(num_splits=count), value, along)

    def _along(
        self, op: Any, direction: str, states: Sequence[Output], weights: Sequence[Output]
    ) -> tuple[Output, ...]:
        g = self.g
        turns = direction == "reverse"
        x = g.add(ReverseSequence(), self.data, self.lengths) if turns else self.data
        flat = [g.add(Squeeze(), state, [1]) for state in states]
        y, *last = self.layer(op, x, flat, weights)
        if turns:
            y = g.add(ReverseSequence(), y, self.lengths)
        y = self.filled(flat[0], y, g.constant(np.asarray(0.0), y.dtype))
        return tuple(g.add(Unsqueeze(), value, [1]) for value in (y, *last))

    def _holding(
        self, x: Output, weights: Sequence[Output], hidden: int
    ) -> tuple[Output, tuple[Output, ...]]:
        """Data with a feature that shuts the input gate and opens the forget gate at the end."""
        g = self.g
        w, *others = weights
        beyond = g.add(Unsqueeze(), g.add(LogicalNot(), self._within), [2])
        data = g.add(Select(), beyond, g.constant(np.asarray(0.0), x.dtype), x)
        flag = g.add(Convert(destination_type=x.dtype), beyond)
        decided = np.repeat([_DECIDED, -_DECIDED, 0.0, 0.0], hidden)[None, :, None]
        column = g.constant(decided, w.dtype)
        return g.add(Concat(axis=2), data, flag), (g.add(Concat(axis=2), w, column), *others)


class Masked(Ragged):
    """Sequences [batch, time, ...] of which those steps count that a mask [batch, time] has."""

    def __init__(self, g: Graph, mask: Output) -> None:
        ones = _whole_numbers(g, mask)
        super().__init__(g, mask, g.add(ReduceSum(), ones, [1]))
        self.inside = mask
        self.done = g.add(CumSum(), ones, g.constant(np.int64(1)))

    @cached_property
    def _order(self) -> Output:
        """The steps that count, then the others, [batch, time]."""
        g = self.g
        time = _size(g, g.add(ShapeOf(), self.data), 1)
        ahead = g.add(Subtract(), time, self.steps)
        key = g.add(Select(), self.inside, ahead, g.add(Subtract(), ahead, time))
        return g.add_multi(TopK(axis=1, index_element_type=ElementType.i64), key, time)[1]

    def gathered(self, x: Output) -> Output:
        along = self.g.constant(np.int64(1))
        return self.g.add(Gather(batch_dims=1), x, self._order, along)

    def spread(self, before: Output, y: Output) -> Output:
        return self.held(before, y)


def _size(g: Graph, sizes: Output, axis: int) -> Output:
    return g.add(Gather(), sizes, g.constant(np.int64(axis)), g.constant(np.int64(0)))


def _whole_numbers(g: Graph, value: Output) -> Output:
    kind = ElementType.i64
    return value if value.dtype is kind else g.add(Convert(destination_type=kind), value)
