"""RNN, GRU and LSTM as the sequence operations of the IR.

ONNX lays data out as [time, batch, ...] (layout 0) or [batch, time, ...] (layout 1), states as
[directions, batch, hidden] or [batch, directions, hidden]; the IR always puts the batch first.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.onnx.common import converts, refuse
from extensions.ops.arithmetic import Add
from extensions.ops.conversion import Convert
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat, Split, Transpose
from extensions.ops.recurrent import GRUSequence, LSTMSequence, RNNSequence
from extensions.ops.shaping import Broadcast, ShapeOf
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_DIRECTIONS = {"forward": 1, "reverse": 1, "bidirectional": 2}
_ACTIVATIONS = {
    "RNN": ("Tanh",),
    "GRU": ("Sigmoid", "Tanh"),
    "LSTM": ("Sigmoid", "Tanh", "Tanh"),
}
_KNOWN_ACTIVATIONS = {"Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh"}
# ONNX stores the gates of an LSTM as input, output, forget, cell; the IR as f, i, c, o.
_LSTM_GATES = (2, 0, 3, 1)


class _Layer:
    """What the three kinds of layers share: attributes, axes, states, weights."""

    def __init__(self, g: Graph, node: SourceNode, x: Output, weights: Output) -> None:
        self.g = g
        self.node = node
        self.batch_first = bool(node.get("layout", 0))
        self.direction = node.get("direction", "forward")
        if self.direction not in _DIRECTIONS:
            raise UnsupportedError(f"the direction '{self.direction}' is unknown")
        self.directions = _DIRECTIONS[self.direction]
        self.hidden = self._hidden_size(weights)
        self.x = x if self.batch_first else g.add(Transpose(), x, [1, 0, 2])

    def _hidden_size(self, recurrence: Output) -> int:
        size = self.node.get("hidden_size")
        if size is None and recurrence.shape is not None:
            size = recurrence.shape[-1]
        if not isinstance(size, int):
            raise UnsupportedError("its hidden size is not known")
        return size

    def attributes(self) -> dict[str, Any]:
        """Attributes of the IR's operation; both directions must have the same activations."""
        node = self.node
        names = tuple(node.get("activations") or _ACTIVATIONS[node.type] * self.directions)
        each = len(names) // self.directions
        if names[:each] * self.directions != names or not set(names) <= set(_KNOWN_ACTIVATIONS):
            raise refuse(node, f"the combination of activations {', '.join(names)}")
        return {
            "hidden_size": self.hidden,
            "direction": self.direction,
            "activations": tuple(_KNOWN_ACTIVATIONS[name] for name in names[:each]),
            "clip": float(node.get("clip", 0.0)),
        }

    def state(self, value: Output | None) -> Output:
        """An initial state as [batch, directions, hidden]; zeros if there is none."""
        if value is not None:
            return value if self.batch_first else self.g.add(Transpose(), value, [1, 0, 2])
        shape = self.g.add(Concat(axis=0), self._size(0), [self.directions], [self.hidden])
        return self.g.add(Broadcast(), self.g.constant(np.asarray(0.0), self.x.dtype), shape)

    def lengths(self, value: Output | None) -> Output:
        """The length of each sequence of the batch: all of it if not given."""
        if value is not None:
            return value
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

    def results(self, sequence: Output, *states: Output) -> tuple[Output, ...]:
        """[batch, directions, time, hidden] and final states in the layout of the model."""
        order = [0, 2, 1, 3] if self.batch_first else [2, 1, 0, 3]
        y = self.g.add(Transpose(), sequence, order)
        if self.batch_first:
            return (y, *states)
        return (y, *(self.g.add(Transpose(), state, [1, 0, 2]) for state in states))


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
    layer = _Layer(g, node, x, r)
    bias = g.add(Add(), *layer.bias(b, 1))
    op = RNNSequence(**layer.attributes())
    outputs = g.add_multi(op, layer.x, layer.state(h), layer.lengths(lengths), w, r, bias)
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
    layer = _Layer(g, node, x, r)
    separate = bool(node.get("linear_before_reset"))
    of_input, of_recurrence = layer.bias(b, 3)
    bias = g.add(Add(), of_input, of_recurrence)
    if separate:
        axis = g.constant(np.int64(1))
        update, reset, _ = g.add_multi(Split(num_splits=3), bias, axis)
        inner = g.add_multi(Split(num_splits=3), of_input, axis)[2]
        outer = g.add_multi(Split(num_splits=3), of_recurrence, axis)[2]
        bias = g.add(Concat(axis=1), update, reset, inner, outer)
    op = GRUSequence(linear_before_reset=separate, **layer.attributes())
    outputs = g.add_multi(op, layer.x, layer.state(h), layer.lengths(lengths), w, r, bias)
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
    if peepholes is not None:
        known = peepholes.value()
        if known is None or known.any():
            raise refuse(node, "an LSTM with peepholes")
    if node.get("input_forget"):
        raise refuse(node, "input_forget 1")
    layer = _Layer(g, node, x, r)
    bias = g.add(Add(), *layer.bias(b, 4))
    op = LSTMSequence(**layer.attributes())
    states = layer.state(h), layer.state(c), layer.lengths(lengths)
    outputs = g.add_multi(op, layer.x, *states, *(_reordered(g, part) for part in (w, r, bias)))
    return layer.results(*outputs)


def _reordered(g: Graph, weights: Output) -> Output:
    """The gates of an LSTM, stacked along axis 1, in the order of the IR."""
    parts = g.add_multi(Split(num_splits=4), weights, g.constant(np.int64(1)))
    return g.add(Concat(axis=1), *(parts[gate] for gate in _LSTM_GATES))
