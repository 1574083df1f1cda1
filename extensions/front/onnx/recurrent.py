"""RNN, GRU and LSTM as sequence operations of the IR, or as loops over elementary ones.

ONNX lays data out as [time, batch, ...] (layout 0) or [batch, time, ...] (layout 1), states as
[directions, batch, hidden] or [batch, directions, hidden]; the IR always puts the batch first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from extensions.front.building import invalid, lift, size_of, typed
from extensions.front.onnx.cells import Cell, activations, gru_step, lstm_step, rnn_step
from extensions.front.onnx.common import converts
from extensions.ops.arithmetic import Add, Less, Select
from extensions.ops.conversion import Convert
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.iteration import Iteration
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Split, Transpose
from extensions.ops.recurrent import GRUSequence, LSTMSequence, RNNSequence
from extensions.ops.shaping import Broadcast, ShapeOf, Squeeze, Unsqueeze
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import is_static

_DIRECTIONS = {"forward": 1, "reverse": 1, "bidirectional": 2}
_ACTIVATIONS = {
    "RNN": ("Tanh",),
    "GRU": ("Sigmoid", "Tanh"),
    "LSTM": ("Sigmoid", "Tanh", "Tanh"),
}
# Those that the sequence operations know.
_PLAIN = {"relu", "sigmoid", "tanh"}
# ONNX stores the gates of an LSTM as input, output, forget, cell; the IR as f, i, c, o.
_LSTM_GATES = (2, 0, 3, 1)


class _Layer:
    """What the three kinds of layers share: attributes, axes, states, weights."""

    def __init__(
        self, g: Graph, node: SourceNode, x: Output, recurrence: Output, lengths: Output | None
    ) -> None:
        self.g = g
        self.node = node
        self.batch_first = bool(node.get("layout", 0))
        self.direction = node.get("direction", "forward")
        if self.direction not in _DIRECTIONS:
            raise UnsupportedError(f"the direction '{self.direction}' is unknown")
        self.directions = _DIRECTIONS[self.direction]
        self.hidden = self._hidden_size(recurrence)
        self.x = x if self.batch_first else g.add(Transpose(), x, [1, 0, 2])
        self.clip = float(node.get("clip", 0.0))
        self.activations = self._activations()
        self.given_lengths = lengths

    def _hidden_size(self, recurrence: Output) -> int:
        size = self.node.get("hidden_size")
        if size is None and recurrence.shape is not None:
            size = recurrence.shape[-1]
        if not isinstance(size, int):
            raise UnsupportedError("its hidden size is not known")
        return size

    def _activations(self) -> tuple[str, ...]:
        """Names in small letters, those of the first direction first."""
        usual = _ACTIVATIONS[self.node.type] * self.directions
        names = tuple(self.node.get("activations") or usual)
        if len(names) != len(usual):
            raise invalid(f"{len(names)} activations, where {len(usual)} are needed")
        return tuple(str(name).lower() for name in names)

    @property
    def is_plain(self) -> bool:
        """Whether a sequence operation does all of it.

        With unknown sizes the runtime does not look at the lengths (OpenVINO 2026.4, CPU).
        """
        each = len(self.activations) // self.directions
        same = self.activations[:each] * self.directions == self.activations
        if not same or not set(self.activations) <= _PLAIN:
            return False
        shape = self.x.shape
        return self.given_lengths is None or (shape is not None and is_static(shape[:2]))

    def attributes(self) -> dict[str, Any]:
        """Attributes of the IR's operation."""
        return {
            "hidden_size": self.hidden,
            "direction": self.direction,
            "activations": self.activations[: len(self.activations) // self.directions],
            "clip": self.clip,
        }

    def state(self, value: Output | None) -> Output:
        """An initial state as [batch, directions, hidden]; zeros if there is none."""
        if value is not None:
            return value if self.batch_first else self.g.add(Transpose(), value, [1, 0, 2])
        shape = self.g.add(Concat(axis=0), self._size(0), [self.directions], [self.hidden])
        return self.g.add(Broadcast(), self.g.constant(np.asarray(0.0), self.x.dtype), shape)

    def lengths(self) -> Output:
        """The length of each sequence of the batch: all of it if not given."""
        if self.given_lengths is not None:
            return self.given_lengths
        time = self.g.add(Convert(destination_type=ElementType.i32), self._size(1))
        return self.g.add(Broadcast(), time, self._size(0))

    def _size(self, axis: int) -> Output:
        sizes = self.g.add(ShapeOf(), self.x)
        return self.g.add(Gather(), sizes, [axis], self.g.constant(np.int64(0)))

    def bias(self, value: Output | None, gates: int) -> tuple[Output, Output]:
        """The biases of input and recurrence, each [directions, gates * hidden]."""
        if value is None:
            zeros = np.zeros((self.directions, gates * self.hidden), np.float32)
            nothing = self.g.constant(zeros, self.x.dtype)
            return nothing, nothing
        halves = self.g.add_multi(Split(num_splits=2), value, self.g.constant(np.int64(1)))
        return halves[0], halves[1]

    def of_directions(self, value: Output, axis: int = 0) -> list[Output]:
        """The parts of a value that belong to the directions, without their axis."""
        along = self.g.constant(np.int64(axis))
        parts = self.g.add_multi(Split(num_splits=self.directions), value, along)
        return [self.g.add(Squeeze(), part, [axis]) for part in parts]

    def _each(self, value: Output | None) -> list[Output | None]:
        """As ``of_directions``, of a value that need not be there."""
        return [None] * self.directions if value is None else [*self.of_directions(value)]

    def results(self, sequence: Output, *states: Output) -> tuple[Output, ...]:
        """[batch, directions, time, hidden] and final states in the layout of the model."""
        order = [0, 2, 1, 3] if self.batch_first else [2, 1, 0, 3]
        y = self.g.add(Transpose(), sequence, order)
        if self.batch_first:
            return (y, *states)
        return (y, *(self.g.add(Transpose(), state, [1, 0, 2]) for state in states))

    # ---- as a loop

    def looped(
        self,
        step: Callable[..., tuple[Output, ...]],
        states: Sequence[Output],
        weights: tuple[Output, Output, Output],
        bias: Output | None = None,
        peepholes: Output | None = None,
    ) -> tuple[Output, ...]:
        """The outputs of a loop over time for each direction, side by side.

        ``weights`` are W, R and the bias of both; ``bias`` and ``peepholes`` are those of Cell.
        """
        parts = [self.of_directions(value) for value in weights]
        inits = [self.of_directions(self._begun(state), 1) for state in states]
        inner, peeps = (self._each(value) for value in (bias, peepholes))
        found = []
        for number, functions in enumerate(self._functions()):
            w, r, b = (part[number] for part in parts)
            own = inner[number]
            product = self.g.add(MatMul(transpose_b=True), self.x, w)
            backwards = self.direction == "reverse" or number == 1
            iteration = Iteration(self.g)
            x = iteration.sliced(self.g.add(Add(), product, b), 1, backwards)
            cell = Cell(
                iteration.body,
                functions,
                iteration.outer(r),
                self.clip,
                bias=None if own is None else iteration.outer(own),
                peepholes=_thirds(iteration, peeps[number]),
                coupled=bool(self.node.get("input_forget", 0)),
            )
            before = [iteration.carried(init[number]) for init in inits]
            after, y = self._masked(iteration, before, step(cell, x, *before), backwards)
            *last, joined = iteration.run(after, [(y, 1, backwards)])
            found.append([joined, *last])
        return tuple(
            self.g.add(Concat(axis=1), *(lift(self.g, value, [1]) for value in values))
            for values in zip(*found)
        )

    def _begun(self, state: Output) -> Output:
        """The initial state, zeros for a sequence of no elements: there it is the last one, too."""
        if self.given_lengths is None or state.is_constant:
            return state
        zero = self.g.constant(np.asarray(0), self.given_lengths.dtype)
        runs = self.g.add(Unsqueeze(), self.g.add(Less(), zero, self.given_lengths), [1, 2])
        return self.g.add(Select(), runs, state, self.g.constant(np.asarray(0.0), state.dtype))

    def _functions(self) -> list[list[Any]]:
        """The activations of each direction."""
        functions = activations(self.node, self.activations)
        each = len(functions) // self.directions
        return [functions[i * each : (i + 1) * each] for i in range(self.directions)]

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


@converts("RNN")
def rnn(
    g: Graph,
    node: SourceNode,
    x: Output,
    w: Output,
    r: Output,
    b: Output | None = None,
    lengths: Output | None = None,
    h: Output | None = None,
) -> tuple[Output, ...]:
    layer = _Layer(g, node, x, r, lengths)
    bias = g.add(Add(), *layer.bias(b, 1))
    if not layer.is_plain:
        return layer.results(*layer.looped(rnn_step, [layer.state(h)], (w, r, bias)))
    op = RNNSequence(**layer.attributes())
    outputs = g.add_multi(op, layer.x, layer.state(h), layer.lengths(), w, r, bias)
    return layer.results(*outputs)


@converts("GRU")
def gru(
    g: Graph,
    node: SourceNode,
    x: Output,
    w: Output,
    r: Output,
    b: Output | None = None,
    lengths: Output | None = None,
    h: Output | None = None,
) -> tuple[Output, ...]:
    """With linear_before_reset the hidden gate keeps its recurrence bias apart."""
    layer = _Layer(g, node, x, r, lengths)
    separate = bool(node.get("linear_before_reset"))
    of_input, of_recurrence = layer.bias(b, 3)
    bias, inner = g.add(Add(), of_input, of_recurrence), None
    if separate:
        axis = g.constant(np.int64(1))
        update, reset, _ = g.add_multi(Split(num_splits=3), bias, axis)
        outer = g.add_multi(Split(num_splits=3), of_input, axis)[2]
        inner = g.add_multi(Split(num_splits=3), of_recurrence, axis)[2]
        bias = g.add(Concat(axis=1), update, reset, outer)
    if not layer.is_plain:
        return layer.results(*layer.looped(gru_step, [layer.state(h)], (w, r, bias), inner))
    if inner is not None:
        bias = g.add(Concat(axis=1), bias, inner)
    op = GRUSequence(linear_before_reset=separate, **layer.attributes())
    outputs = g.add_multi(op, layer.x, layer.state(h), layer.lengths(), w, r, bias)
    return layer.results(*outputs)


@converts("LSTM")
def lstm(
    g: Graph,
    node: SourceNode,
    x: Output,
    w: Output,
    r: Output,
    b: Output | None = None,
    lengths: Output | None = None,
    h: Output | None = None,
    c: Output | None = None,
    peepholes: Output | None = None,
) -> tuple[Output, ...]:
    layer = _Layer(g, node, x, r, lengths)
    bias = g.add(Add(), *layer.bias(b, 4))
    states = [layer.state(h), layer.state(c)]
    if peepholes is not None or node.get("input_forget") or not layer.is_plain:
        outputs = layer.looped(lstm_step, states, (w, r, bias), peepholes=peepholes)
        return layer.results(*outputs)
    op = LSTMSequence(**layer.attributes())
    weights = (_reordered(g, part) for part in (w, r, bias))
    return layer.results(*g.add_multi(op, layer.x, *states, layer.lengths(), *weights))


def _reordered(g: Graph, weights: Output) -> Output:
    """The gates of an LSTM, stacked along axis 1, in the order of the IR."""
    parts = g.add_multi(Split(num_splits=4), weights, g.constant(np.int64(1)))
    return g.add(Concat(axis=1), *(parts[gate] for gate in _LSTM_GATES))
