"""RNN, GRU and LSTM.

ONNX lays data out as [time, batch, ...] (layout 0) or [batch, time, ...] (layout 1), states as
[directions, batch, hidden] or [batch, directions, hidden]; the IR always puts the batch first.
"""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid
from extensions.front.cells import Function, activations
from extensions.front.onnx.common import converts
from extensions.front.recurrence import DIRECTIONS, Layer
from extensions.ops.arithmetic import Add
from extensions.ops.movement import Split, Transpose
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output

_ACTIVATIONS = {
    "RNN": ("Tanh",),
    "GRU": ("Sigmoid", "Tanh"),
    "LSTM": ("Sigmoid", "Tanh", "Tanh"),
}


class NodeLayer(Layer):
    """A layer as a node describes it."""

    def __init__(
        self, g: Graph, node: SourceNode, x: Output, recurrence: Output, lengths: Output | None
    ) -> None:
        self.node = node
        self.batch_first = bool(node.get("layout", 0))
        direction = node.get("direction", "forward")
        super().__init__(
            g,
            x if self.batch_first else g.add(Transpose(), x, [1, 0, 2]),
            _hidden_size(node, recurrence),
            _names(node, DIRECTIONS.get(direction, 1)),
            direction,
            float(node.get("clip", 0.0)),
            lengths,
        )
        self.coupled = bool(node.get("input_forget", 0))

    def functions(self) -> list[Function]:
        alphas, betas = (self.node.get(f"activation_{name}", ()) for name in ("alpha", "beta"))
        return activations(self.names, alphas, betas)

    def state(self, value: Output | None) -> Output:
        """An initial state as [batch, directions, hidden]; zeros if there is none."""
        if value is None:
            return self.zeros()
        return value if self.batch_first else self.g.add(Transpose(), value, [1, 0, 2])

    def biases(self, value: Output | None, gates: int) -> tuple[Output, Output]:
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


def _hidden_size(node: SourceNode, recurrence: Output) -> int:
    size = node.get("hidden_size")
    if size is None and recurrence.shape is not None:
        size = recurrence.shape[-1]
    if not isinstance(size, int):
        raise UnsupportedError("its hidden size is not known")
    return size


def _names(node: SourceNode, directions: int) -> tuple[str, ...]:
    """Activations in small letters, those of the first direction first."""
    usual = _ACTIVATIONS[node.type] * directions
    names = tuple(node.get("activations") or usual)
    if len(names) != len(usual):
        raise invalid(f"{len(names)} activations, where {len(usual)} are needed")
    return tuple(str(name).lower() for name in names)


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
    layer = NodeLayer(g, node, x, r, lengths)
    bias = g.add(Add(), *layer.biases(b, 1))
    return layer.results(*layer.rnn(layer.state(h), w, r, bias))


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
    layer = NodeLayer(g, node, x, r, lengths)
    separate = bool(node.get("linear_before_reset"))
    return layer.results(*layer.gru(layer.state(h), w, r, layer.biases(b, 3), separate))


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
    layer = NodeLayer(g, node, x, r, lengths)
    bias = g.add(Add(), *layer.biases(b, 4))
    return layer.results(*layer.lstm(layer.state(h), layer.state(c), w, r, bias, peepholes))
