"""Recurrent layers as sequence operations of the IR, or as loops over elementary ones.

Data is [batch, time, features], states are [batch, directions, hidden]; W is
[directions, gates * hidden, features], R [directions, gates * hidden, hidden], biases are
[directions, gates * hidden].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from extensions.front.building import lift, size_of, typed
from extensions.front.cells import Cell, Function, Steps, activations, gru_step, lstm_step, rnn_step
from extensions.ops.arithmetic import Add, Less, Select
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.iteration import Iteration
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Split
from extensions.ops.ragged import Ragged, all_steps, holds_cell
from extensions.ops.recurrent import GRUSequence, LSTMSequence, RNNSequence
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Unsqueeze
from mo.errors import UnsupportedError
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

DIRECTIONS = {"forward": 1, "reverse": 1, "bidirectional": 2}
# Functions that the sequence operations know.
_PLAIN = {"relu", "sigmoid", "tanh"}
# The gates of an LSTM come as input, output, forget, cell; the IR has f, i, c, o.
_LSTM_GATES = (2, 0, 3, 1)


class Layer:
    """One layer: what its kinds share. Sequences shorter than the data have ``lengths`` [batch]."""

    def __init__(
        self,
        g: Graph,
        x: Output,
        hidden: int,
        names: Sequence[str],
        direction: str = "forward",
        clip: float = 0.0,
        lengths: Output | None = None,
    ) -> None:
        """``names``: the activations of one direction after the other, in small letters."""
        if direction not in DIRECTIONS:
            raise UnsupportedError(f"the direction '{direction}' is unknown")
        self.g = g
        self.x = x
        self.hidden = hidden
        self.names = tuple(names)
        self.direction = direction
        self.directions = DIRECTIONS[direction]
        self.clip = clip
        self.given_lengths = lengths
        # Whether what an LSTM does not let in is what stays.
        self.coupled = False
        # What the state of an LSTM keeps within, and what its output is rounded to.
        self.limits: tuple[float, float] | None = None
        self.steps: Steps | None = None

    @property
    def is_plain(self) -> bool:
        """Whether a sequence operation does all of it."""
        each = len(self.names) // self.directions
        same = self.names[:each] * self.directions == self.names
        return same and not self.coupled and set(self.names) <= _PLAIN

    def functions(self) -> list[Function]:
        """The activations."""
        return activations(self.names)

    def zeros(self) -> Output:
        """The state of a layer that has seen nothing."""
        shape = self.g.add(Concat(axis=0), self._size(0), [self.directions], [self.hidden])
        return self.g.add(Broadcast(), self.g.constant(np.asarray(0.0), self.x.dtype), shape)

    # ---- the three kinds

    def rnn(self, h: Output, w: Output, r: Output, bias: Output) -> tuple[Output, ...]:
        """[batch, directions, time, hidden] and the last state."""
        if not self.is_plain:
            return self.looped(rnn_step, [h], (w, r, bias))
        return self._sequence(RNNSequence(**self._attributes()), [h], w, r, bias)

    def gru(
        self,
        h: Output,
        w: Output,
        r: Output,
        biases: tuple[Output, Output],
        linear_before_reset: bool = False,
    ) -> tuple[Output, ...]:
        """As ``rnn``. Gates z, r, h; biases of the input and of the recurrence.

        With ``linear_before_reset`` the gate h keeps its bias of the recurrence apart.
        """
        g = self.g
        of_input, of_recurrence = biases
        bias, inner = g.add(Add(), of_input, of_recurrence), None
        if linear_before_reset:
            axis = g.constant(np.int64(1))
            update, reset, _ = g.add_multi(Split(num_splits=3), bias, axis)
            outer = g.add_multi(Split(num_splits=3), of_input, axis)[2]
            inner = g.add_multi(Split(num_splits=3), of_recurrence, axis)[2]
            bias = g.add(Concat(axis=1), update, reset, outer)
        if not self.is_plain:
            return self.looped(gru_step, [h], (w, r, bias), inner)
        if inner is not None:
            bias = g.add(Concat(axis=1), bias, inner)
        op = GRUSequence(linear_before_reset=linear_before_reset, **self._attributes())
        return self._sequence(op, [h], w, r, bias)

    def lstm(
        self,
        h: Output,
        c: Output,
        w: Output,
        r: Output,
        bias: Output,
        peepholes: Output | None = None,
        projection: Output | None = None,
    ) -> tuple[Output, ...]:
        """As ``rnn``, with both last states. Gates i, o, f, c.

        ``projection`` [directions, projected, hidden] makes h of the hidden values.
        """
        op = LSTMSequence(**self._attributes())
        further = (peepholes, projection, self.limits, self.steps)
        is_ended = self.given_lengths is None or holds_cell(op)
        if any(part is not None for part in further) or not (self.is_plain and is_ended):
            weights = w, r, bias
            return self.looped(lstm_step, [h, c], weights, None, peepholes, projection)
        ordered = (reordered(self.g, part, 4, _LSTM_GATES) for part in (w, r, bias))
        return self._sequence(op, [h, c], *ordered)

    def _sequence(self, op: Any, states: Sequence[Output], *weights: Output) -> tuple[Output, ...]:
        x = self._batch_of(*states)
        if self.given_lengths is None:
            return self.g.add_multi(op, x, *states, all_steps(self.g, x), *weights)
        ragged = Ragged(self.g, x, self.given_lengths)
        return ragged.directions(op, [self._begun(state) for state in states], weights)

    def _batch_of(self, *states: Output) -> Output:
        """The data; the CPU runtime has to know its batch if it knows that of a state."""
        shape = self.x.shape
        known = (state.shape[0] for state in states if state.shape is not None)
        batch = next((size for size in known if isinstance(size, int)), None)
        if batch is None or shape is None or isinstance(shape[0], int):
            return self.x
        return self.g.add(Reshape(special_zero=True), self.x, [batch, 0, 0])

    def _attributes(self) -> dict[str, Any]:
        """Attributes of the IR's operation."""
        return {
            "hidden_size": self.hidden,
            "direction": self.direction,
            "activations": self.names[: len(self.names) // self.directions],
            "clip": self.clip,
        }

    def _size(self, axis: int) -> Output:
        sizes = self.g.add(ShapeOf(), self.x)
        return self.g.add(Gather(), sizes, [axis], self.g.constant(np.int64(0)))

    # ---- as a loop

    def looped(
        self,
        step: Callable[..., tuple[Output, ...]],
        states: Sequence[Output],
        weights: tuple[Output, Output, Output],
        bias: Output | None = None,
        peepholes: Output | None = None,
        projection: Output | None = None,
        further: Sequence[Output] = (),
    ) -> tuple[Output, ...]:
        """The outputs of a loop over time for each direction, side by side.

        ``weights`` are W, R and the bias of both; the others are those of Cell, and what a step
        gets behind the states.
        """
        parts = [self._of_directions(value) for value in weights]
        inits = [self._of_directions(self._begun(state), 1) for state in states]
        inner, peeps, projections = map(self._each, (bias, peepholes, projection))
        others = [self._of_directions(value) for value in further]
        functions = self.functions()
        each = len(functions) // self.directions
        found = []
        for number in range(self.directions):
            w, r, b = (part[number] for part in parts)
            own, projected = inner[number], projections[number]
            product = self.g.add(MatMul(transpose_b=True), self.x, w)
            backwards = self.direction == "reverse" or number == 1
            iteration = Iteration(self.g)
            x = iteration.sliced(self.g.add(Add(), product, b), 1, backwards)
            cell = Cell(
                iteration.body,
                functions[number * each : (number + 1) * each],
                iteration.outer(r),
                self.clip,
                bias=None if own is None else iteration.outer(own),
                peepholes=_thirds(iteration, peeps[number]),
                coupled=self.coupled,
                projection=None if projected is None else iteration.outer(projected),
                limits=self.limits,
                steps=None if self.steps is None else Steps(*map(iteration.outer, self.steps)),
            )
            before = [iteration.carried(init[number]) for init in inits]
            known = (iteration.outer(value[number]) for value in others)
            after, y = self._masked(iteration, before, step(cell, x, *before, *known), backwards)
            *last, joined = iteration.run(after, [(y, 1, backwards)])
            found.append([joined, *last])
        return tuple(
            self.g.add(Concat(axis=1), *(lift(self.g, value, [1]) for value in values))
            for values in zip(*found)
        )

    def _of_directions(self, value: Output, axis: int = 0) -> list[Output]:
        """The parts of a value that belong to the directions, without their axis."""
        along = self.g.constant(np.int64(axis))
        parts = self.g.add_multi(Split(num_splits=self.directions), value, along)
        return [self.g.add(Squeeze(), part, [axis]) for part in parts]

    def _each(self, value: Output | None) -> list[Output | None]:
        """As ``_of_directions``, of a value that need not be there."""
        return [None] * self.directions if value is None else [*self._of_directions(value)]

    def _begun(self, state: Output) -> Output:
        """The initial state, zeros for a sequence of no elements: there it is the last one, too."""
        if self.given_lengths is None or state.is_constant:
            return state
        zero = self.g.constant(np.asarray(0), self.given_lengths.dtype)
        runs = self.g.add(Unsqueeze(), self.g.add(Less(), zero, self.given_lengths), [1, 2])
        return self.g.add(Select(), runs, state, self.g.constant(np.asarray(0.0), state.dtype))

    def _masked(
        self,
        iteration: Iteration,
        before: Sequence[Output],
        after: Sequence[Output],
        backwards: bool,
    ) -> tuple[list[Output], Output]:
        """The states behind a step, and what it gives: behind its end a sequence gives zeros."""
        if self.given_lengths is None:
            return list(after), after[0]
        first, step = self.g.constant(np.int64(0)), self.g.constant(np.int64(1))
        steps = self.g.add(
            Range(output_type=ElementType.i64), first, size_of(self.g, self.x, 1), step
        )
        ends = self.g.add(Unsqueeze(), typed(self.g, self.given_lengths, ElementType.i64), [1])
        inside = self.g.add(Less(), self.g.add(Unsqueeze(), steps, [0]), ends)
        runs = iteration.sliced(inside, 1, backwards, keep=True)
        body = iteration.body
        states = [body.add(Select(), runs, new, old) for new, old in zip(after, before)]
        zero = body.constant(np.asarray(0.0), self.x.dtype)
        return states, body.add(Select(), runs, after[0], zero)


def _thirds(iteration: Iteration, peepholes: Output | None) -> tuple[Output, ...]:
    if peepholes is None:
        return ()
    body = iteration.body
    inner = iteration.outer(peepholes)
    return body.add_multi(Split(num_splits=3), inner, body.constant(np.int64(0)))


def reordered(g: Graph, weights: Output, gates: int, order: Sequence[int], axis: int = 1) -> Output:
    """Gates that are stacked along an axis, in another order."""
    if list(order) == list(range(gates)):
        return weights
    parts = g.add_multi(Split(num_splits=gates), weights, g.constant(np.int64(axis)))
    return g.add(Concat(axis=axis), *(parts[gate] for gate in order))
