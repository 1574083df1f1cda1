"""Recurrent networks as cuDNN runs them: layers and directions cut out of one vector.

The vector has the weights of all layers and directions (of the input, then of the recurrence),
then all biases in the same order; the weights of projections, [projected, hidden], stand behind
those of the recurrence. The gates of an LSTM are i, f, c, o, those of a GRU r, z, n.
Source: the documentation of cudnnRNNMode_t and cudnnGetRNNWeightParams.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from extensions.front.building import sliced
from extensions.front.cells import Steps
from extensions.front.recurrence import Layer, reordered
from extensions.ops.arithmetic import Add
from extensions.ops.movement import Concat, Transpose
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from mo.errors import UnsupportedError
from mo.graph.graph import Graph
from mo.graph.node import Output

# The activations of one direction, and our order of the gates.
_MODES: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {
    "gru": (("sigmoid", "tanh"), (1, 0, 2)),
    "lstm": (("sigmoid", "tanh", "tanh"), (0, 3, 1, 2)),
    "rnn_relu": (("relu",), (0,)),
    "rnn_tanh": (("tanh",), (0,)),
}


class Parameters:
    """Pieces of the flat vector, in order. It may come in parts."""

    def __init__(self, g: Graph, parts: Sequence[Output]) -> None:
        self.g = g
        self.parts: list[Output] = [g.add(Reshape(), part, [-1]) for part in parts]
        self.at = 0

    def total(self) -> int:
        sizes = [None if part.shape is None else part.shape[0] for part in self.parts]
        if not all(isinstance(size, int) for size in sizes):
            raise UnsupportedError("the number of features and of parameters is not known")
        return sum(sizes)  # type: ignore[arg-type]

    def take(self, *shape: int) -> Output:
        """The next elements, in a shape. Where the vector came in parts they mostly fit."""
        size = prod(shape)
        if self.at == 0 and self.parts and self.parts[0].shape == (size,):
            return self.g.add(Reshape(), self.parts.pop(0), list(shape))
        if len(self.parts) > 1:
            self.parts = [self.g.add(Concat(axis=0), *self.parts)]
        if not self.parts:
            raise UnsupportedError("its parameters are fewer than its layers need")
        piece = sliced(self.g, self.parts[0], [self.at], [self.at + size], [0], [1])
        self.at += size
        return self.g.add(Reshape(), piece, list(shape))


@dataclass
class Weights:
    """Of one layer, by direction; gates in our order."""

    inputs: list[Output] = field(default_factory=list)
    states: list[Output] = field(default_factory=list)
    projections: list[Output] = field(default_factory=list)
    input_biases: list[Output] = field(default_factory=list)
    state_biases: list[Output] = field(default_factory=list)


class Network:
    """All layers. ``features``: those of the input, where they are known.

    ``projected``: the size that an LSTM's output is brought to, if it is not the hidden one.
    """

    def __init__(
        self,
        g: Graph,
        mode: str,
        hidden: int,
        layers: int,
        directions: int,
        features: Any,
        parameters: Parameters,
        projected: int | None = None,
    ) -> None:
        if mode not in _MODES:
            raise UnsupportedError(f"the mode '{mode}' is unknown")
        if projected is not None and (mode != "lstm" or not 0 < projected < 1 << 20):
            raise UnsupportedError(f"a projection to {projected} in mode '{mode}'")
        if not (0 < hidden < 1 << 20 and 0 < layers < 1 << 10):
            raise UnsupportedError(f"{layers} layers of {hidden}")
        self.g = g
        self.mode = mode
        self.activations, self.order = _MODES[mode]
        self.hidden = hidden
        self.layers = layers
        self.directions = directions
        self.projected = projected
        # The size of what a direction gives, and of its first state.
        self.width = projected or hidden
        if not isinstance(features, int):
            features = self._features(parameters.total())
        self.weights = self._cut(parameters, features)
        # What the states of LSTMs keep within, and what their outputs are rounded to.
        self.limits: tuple[float, float] | None = None
        self.steps: Steps | None = None

    @property
    def states(self) -> int:
        """How many states a layer has."""
        return 2 if self.mode == "lstm" else 1

    def _features(self, total: int) -> int:
        """The number of features that parameters of this size are for."""
        rows = len(self.order) * self.hidden
        each = rows * (self.width + 2) + (self.projected or 0) * self.hidden
        deeper = rows * self.width * self.directions * (self.layers - 1)
        return (total // self.directions - self.layers * each - deeper) // rows

    def _cut(self, parameters: Parameters, features: int) -> list[Weights]:
        rows = len(self.order) * self.hidden
        layers = []
        for number in range(self.layers):
            width = features if number == 0 else self.width * self.directions
            layer = Weights()
            for _ in range(self.directions):
                layer.inputs.append(self._ordered(parameters.take(rows, width)))
                layer.states.append(self._ordered(parameters.take(rows, self.width)))
                if self.projected:
                    layer.projections.append(parameters.take(self.projected, self.hidden))
            layers.append(layer)
        for layer in layers:
            for _ in range(self.directions):
                layer.input_biases.append(self._ordered(parameters.take(rows)))
                layer.state_biases.append(self._ordered(parameters.take(rows)))
        return layers

    def _ordered(self, weights: Output) -> Output:
        return reordered(self.g, weights, len(self.order), self.order, axis=0)

    def _stacked(self, values: Sequence[Output]) -> Output:
        lifted = [self.g.add(Unsqueeze(), value, [0]) for value in values]
        return self.g.add(Concat(axis=0), *lifted) if len(lifted) > 1 else lifted[0]

    def run(
        self, x: Output, states: Sequence[Sequence[Output]], lengths: Output | None = None
    ) -> tuple[Output, list[Output]]:
        """[batch, time, directions * width], and the last states [batch, layers * directions, h].

        ``states``: of each kind one per layer, [batch, directions, hidden]; ``lengths``: those of
        the sequences [batch], if they are not as long as the data [batch, time, features].
        """
        finals = []
        for weights, *before in zip(self.weights, *states):
            y, *last = self._layer(x, weights, before, lengths)
            x = self._merged(y)
            finals.append(last)
        return x, [
            self.g.add(Concat(axis=1), *each) if len(each) > 1 else each[0] for each in zip(*finals)
        ]

    def _layer(
        self, x: Output, weights: Weights, states: Sequence[Output], lengths: Output | None
    ) -> tuple[Output, ...]:
        direction = "bidirectional" if self.directions == 2 else "forward"
        names = self.activations * self.directions
        layer = Layer(self.g, x, self.hidden, names, direction, lengths=lengths)
        w, r = self._stacked(weights.inputs), self._stacked(weights.states)
        biases = self._stacked(weights.input_biases), self._stacked(weights.state_biases)
        if self.mode == "gru":
            return layer.gru(states[0], w, r, biases, linear_before_reset=True)
        bias = self.g.add(Add(), *biases)
        if self.mode == "lstm":
            projection = self._stacked(weights.projections) if self.projected else None
            layer.limits, layer.steps = self.limits, self.steps
            return layer.lstm(states[0], states[1], w, r, bias, projection=projection)
        return layer.rnn(states[0], w, r, bias)

    def _merged(self, y: Output) -> Output:
        """[batch, directions, time, width] as [batch, time, directions * width]."""
        if self.directions == 1:
            return self.g.add(Squeeze(), y, [1])
        sides = self.g.add(Transpose(), y, [0, 2, 1, 3])
        return self.g.add(Reshape(special_zero=True), sides, [0, 0, 2 * self.width])
