"""The fused RNN operator: layers and directions cut out of one vector of parameters.

Data is [time, batch, features], states are [layers * directions, batch, hidden]. The vector has
the weights of all layers and directions (of the input, then of the state), then all biases in the
same order. Gates of an LSTM stand in the order i, f, c, o, those of a GRU r, z, n.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from extensions.front.building import size_of, sliced, typed
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, refused, shape_of
from extensions.front.mxnet.sequences import batch_first
from extensions.front.mxnet.shaping import vector
from extensions.ops.arithmetic import Add
from extensions.ops.movement import Concat, Split, Transpose
from extensions.ops.recurrent import GRUSequence, LSTMSequence, RNNSequence
from extensions.ops.shaping import Broadcast, Reshape, Squeeze, Unsqueeze
from mo.front.model import SourceNode
from mo.front.values import TensorSequence, Value
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_GATES = {"gru": 3, "lstm": 4, "rnn_relu": 1, "rnn_tanh": 1}
# The IR has f, i, c, o and z, r, h.
_ORDERS = {"gru": (1, 0, 2), "lstm": (1, 0, 2, 3), "rnn_relu": (0,), "rnn_tanh": (0,)}


class _Parameters:
    """Pieces of the flat vector, in order."""

    def __init__(self, g: Graph, value: Value) -> None:
        self.g = g
        parts = value.items if isinstance(value, TensorSequence) else (value,)
        self.parts: list[Output] = [g.add(Reshape(), part, [-1]) for part in parts]
        self.at = 0

    def total(self) -> int:
        sizes = [shape_of(part)[0] for part in self.parts]
        if not all(isinstance(size, int) for size in sizes):
            raise refused("an RNN of an unknown number of features")
        return sum(sizes)  # type: ignore[arg-type]

    def take(self, *shape: int) -> Output:
        """The next elements, in a shape. Where the vector came in pieces they mostly fit."""
        size = prod(shape)
        if self.at == 0 and self.parts and self.parts[0].shape == (size,):
            return self.g.add(Reshape(), self.parts.pop(0), list(shape))
        if len(self.parts) > 1:
            self.parts = [self.g.add(Concat(axis=0), *self.parts)]
        if not self.parts:
            raise refused("an RNN whose parameters are fewer than its layers need")
        piece = sliced(self.g, self.parts[0], [self.at], [self.at + size], [0], [1])
        self.at += size
        return self.g.add(Reshape(), piece, list(shape))


@dataclass
class _Layer:
    """Weights per direction, gates in the order of the IR."""

    inputs: list[Output]
    states: list[Output]
    input_biases: list[Output]
    state_biases: list[Output]


class _Network:
    """All layers of one node."""

    def __init__(self, g: Graph, node: SourceNode, features: Any, parameters: Value) -> None:
        self.g = g
        self.mode = at.word(node, "mode")
        if self.mode not in _GATES:
            raise refused(f"mode '{self.mode}'")
        for name in ("projection_size", "lstm_state_clip_min", "lstm_state_clip_max"):
            if at.value_of(node, name) is not None:
                raise refused(f"an RNN with {name}")
        self.hidden = at.integer(node, "state_size")
        self.layers = at.integer(node, "num_layers")
        self.directions = 2 if at.flag(node, "bidirectional") else 1
        self.gates = _GATES[self.mode]
        if not (0 < self.hidden < 1 << 20 and 0 < self.layers < 1 << 10):
            raise refused(f"an RNN of {self.layers} layers of {self.hidden}")
        flat = _Parameters(g, parameters)
        if not isinstance(features, int):
            features = self._features(flat.total())
        self.pieces = self._cut(flat, features)

    def _features(self, total: int) -> int:
        """The number of features that parameters of this size are for."""
        rows = self.gates * self.hidden * self.directions
        deeper = self.hidden * self.directions * (self.layers - 1)
        return total // rows - self.layers * (self.hidden + 2) - deeper

    def _cut(self, parameters: _Parameters, features: int) -> list[_Layer]:
        rows = self.gates * self.hidden
        layers = []
        for number in range(self.layers):
            width = features if number == 0 else self.hidden * self.directions
            layer = _Layer([], [], [], [])
            for _ in range(self.directions):
                layer.inputs.append(self._ordered(parameters.take(rows, width)))
                layer.states.append(self._ordered(parameters.take(rows, self.hidden)))
            layers.append(layer)
        for layer in layers:
            for _ in range(self.directions):
                layer.input_biases.append(self._ordered(parameters.take(rows)))
                layer.state_biases.append(self._ordered(parameters.take(rows)))
        return layers

    def _ordered(self, weights: Output) -> Output:
        """Gates, stacked along the first axis, in the order of the IR."""
        order = _ORDERS[self.mode]
        if order == tuple(range(self.gates)):
            return weights
        gates = self.g.add_multi(
            Split(num_splits=self.gates), weights, self.g.constant(np.int64(0))
        )
        return self.g.add(Concat(axis=0), *(gates[gate] for gate in order))

    def _stacked(self, values: Sequence[Output]) -> Output:
        lifted = [self.g.add(Unsqueeze(), value, [0]) for value in values]
        return self.g.add(Concat(axis=0), *lifted) if len(lifted) > 1 else lifted[0]

    def bias(self, layer: _Layer) -> Output:
        """One for input and state; a GRU keeps the state's part of its last gate apart."""
        pairs = zip(layer.input_biases, layer.state_biases)
        if self.mode != "gru":
            return self._stacked([self.g.add(Add(), *pair) for pair in pairs])
        return self._stacked([self._gru_bias(*pair) for pair in pairs])

    def _gru_bias(self, of_input: Output, of_state: Output) -> Output:
        both = self.g.add(Add(), of_input, of_state)
        start, end = 2 * self.hidden, 3 * self.hidden
        parts = [sliced(self.g, both, [0], [start], [0], [1])]
        parts += [sliced(self.g, value, [start], [end], [0], [1]) for value in (of_input, of_state)]
        return self.g.add(Concat(axis=0), *parts)

    def run(
        self, layer: _Layer, x: Output, states: Sequence[Output], lengths: Output, **direction: str
    ) -> tuple[Output, ...]:
        """[batch, directions, time, hidden] and the last states of one layer."""
        weights = self._stacked(layer.inputs), self._stacked(layer.states), self.bias(layer)
        attributes: dict[str, Any] = {"hidden_size": self.hidden, **direction}
        if self.mode == "lstm":
            op: Any = LSTMSequence(activations=("sigmoid", "tanh", "tanh"), **attributes)
        elif self.mode == "gru":
            op = GRUSequence(
                activations=("sigmoid", "tanh"), linear_before_reset=True, **attributes
            )
        else:
            op = RNNSequence(activations=(self.mode.removeprefix("rnn_"),), **attributes)
        return self.g.add_multi(op, x, *states, lengths, *weights)


@converts("RNN", sequences=True)
def rnn(
    g: Graph, node: SourceNode, x: Output, parameters: Value, *further: Output
) -> tuple[Output, ...]:
    if at.flag(node, "use_sequence_length"):
        raise refused("an RNN over sequences of different lengths")
    network = _Network(g, node, shape_of(x)[2], parameters)
    count = 2 if network.mode == "lstm" else 1
    if len(further) < count:
        raise refused("an RNN without all of its initial states")
    batch = size_of(g, x, 1)
    states = [_per_layer(g, network, state, batch) for state in further[:count]]
    x = batch_first(g, x)
    whole = typed(g, g.add(Broadcast(), size_of(g, x, 1), vector(g, [batch])), ElementType.i32)
    finals: list[tuple[Output, ...]] = []
    direction = "bidirectional" if network.directions == 2 else "forward"
    for number, layer in enumerate(network.pieces):
        y, *last = network.run(
            layer, x, [state[number] for state in states], whole, direction=direction
        )
        x = _merged(g, network, y)
        finals.append(tuple(last))
    return (batch_first(g, x), *_finals(g, finals))


def _per_layer(g: Graph, network: _Network, state: Output, batch: Output) -> list[Output]:
    """States [layers * directions, batch, hidden] as [batch, directions, hidden] per layer.

    A state that was made without knowing the batch has a batch of 1.
    """
    total = network.layers * network.directions
    if shape_of(state)[1] == 1:
        sizes = [g.constant(np.int64(total)), batch, g.constant(np.int64(network.hidden))]
        state = g.add(Broadcast(), state, vector(g, sizes))
    state = batch_first(g, state)
    if network.layers == 1:
        return [state]
    return list(g.add_multi(Split(num_splits=network.layers), state, g.constant(np.int64(1))))


def _merged(g: Graph, network: _Network, y: Output) -> Output:
    """[batch, directions, time, hidden] as [batch, time, directions * hidden]."""
    if network.directions == 1:
        return g.add(Squeeze(), y, [1])
    sides = g.add(Transpose(), y, [0, 2, 1, 3])
    return g.add(Reshape(special_zero=True), sides, [0, 0, 2 * network.hidden])


def _finals(g: Graph, finals: Sequence[tuple[Output, ...]]) -> list[Output]:
    """Last states of all layers as [layers * directions, batch, hidden]."""
    joined = []
    for states in zip(*finals):
        together = g.add(Concat(axis=1), *states) if len(states) > 1 else states[0]
        joined.append(batch_first(g, together))
    return joined
