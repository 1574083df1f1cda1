"""Recurrent cells, and whole sequences of them.

One step of one layer: X is [batch, input], the state [batch, hidden], W [gates * hidden, input],
R [gates * hidden, hidden], B [gates * hidden]. A sequence has [batch, length, input], and an axis
of directions behind the batch (state) or in front (weights).
"""

from __future__ import annotations

from typing import ClassVar

from extensions.ops.common import joined, ranked, tied
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dimension


class _Recurrent(Op):
    hidden_size: int
    activations: tuple[str, ...] = ()
    activations_alpha: tuple[float, ...] = ()
    activations_beta: tuple[float, ...] = ()
    clip: float = 0.0

    gates: ClassVar[int] = 1

    def ir_attributes(self) -> dict[str, str]:
        """Without empty lists: those stand for the defaults."""
        return {name: text for name, text in super().ir_attributes().items() if text}

    def _bias_gates(self) -> int:
        return self.gates

    def _check_weights(
        self,
        weights: tuple[Dimension, ...],
        recurrent: tuple[Dimension, ...],
        bias: tuple[Dimension, ...],
        features: Dimension,
    ) -> None:
        """The last axes of W, R and B."""
        rows, hidden = self.gates * self.hidden_size, self.hidden_size
        joined("rows of W", weights[-2], rows)
        joined("columns of W and features of X", weights[-1], features)
        joined("rows of R", recurrent[-2], rows)
        joined("columns of R", recurrent[-1], hidden)
        joined("elements of B", bias[-1], self._bias_gates() * hidden)


class _Cell(_Recurrent):
    def _step(
        self, x: Output, states: tuple[Output, ...], w: Output, r: Output, b: Output
    ) -> TensorType:
        kind = tied(x, *states, w, r, b)
        data = ranked(x, 2, "X")
        before = [ranked(state, 2, "a state") for state in states]
        weights, recurrent, bias = ranked(w, 2, "W"), ranked(r, 2, "R"), ranked(b, 1, "B")
        self._check_weights(weights, recurrent, bias, data[1])
        batch = joined("batch sizes", data[0], *(state[0] for state in before))
        joined("sizes of the state", self.hidden_size, *(state[1] for state in before))
        return TensorType((batch, self.hidden_size), kind)


class RNNCell(_Cell):
    """Ho = f(X * W^T + H * R^T + B). Missing in opset2."""

    def infer(self, x: Output, h: Output, w: Output, r: Output, b: Output) -> TensorType:
        return self._step(x, (h,), w, r, b)


class LSTMCell(_Cell):
    """Hidden and cell state after a step; gates in the order f, i, c, o."""

    opset = "opset4"
    gates = 4

    def infer(
        self, x: Output, h: Output, c: Output, w: Output, r: Output, b: Output
    ) -> tuple[TensorType, ...]:
        state = self._step(x, (h, c), w, r, b)
        return state, state


class GRUCell(_Cell):
    """Hidden state after a step; gates in the order z, r, h (with linear_before_reset 4 biases)."""

    opset = "opset3"
    linear_before_reset: bool = False
    gates = 3

    def _bias_gates(self) -> int:
        return 4 if self.linear_before_reset else 3

    def infer(self, x: Output, h: Output, w: Output, r: Output, b: Output) -> TensorType:
        return self._step(x, (h,), w, r, b)


class _Sequence(_Recurrent):
    opset = "opset5"
    direction: str

    def _steps(
        self,
        x: Output,
        states: tuple[Output, ...],
        lengths: Output,
        w: Output,
        r: Output,
        b: Output,
    ) -> tuple[TensorType, ...]:
        """The outputs of all steps, then the last states."""
        kind = tied(x, *states, w, r, b)
        data = ranked(x, 3, "X")
        before = [ranked(state, 3, "a state") for state in states]
        count = ranked(lengths, 1, "the lengths")[0]
        weights, recurrent, bias = ranked(w, 3, "W"), ranked(r, 3, "R"), ranked(b, 2, "B")
        self._check_weights(weights, recurrent, bias, data[2])
        directions = 2 if self.direction == "bidirectional" else 1
        given = (*(state[1] for state in before), weights[0], recurrent[0], bias[0])
        joined("numbers of directions", directions, *given)
        batch = joined("batch sizes", data[0], count, *(state[0] for state in before))
        joined("sizes of the state", self.hidden_size, *(state[2] for state in before))
        state = TensorType((batch, directions, self.hidden_size), kind)
        return (
            TensorType((batch, directions, data[1], self.hidden_size), kind),
            *(state for _ in states),
        )


class RNNSequence(_Sequence):
    """RNNCell over the second axis of X."""

    def infer(
        self, x: Output, h: Output, lengths: Output, w: Output, r: Output, b: Output
    ) -> tuple[TensorType, ...]:
        return self._steps(x, (h,), lengths, w, r, b)


class LSTMSequence(_Sequence):
    """LSTMCell over the second axis of X."""

    gates = 4

    def infer(
        self, x: Output, h: Output, c: Output, lengths: Output, w: Output, r: Output, b: Output
    ) -> tuple[TensorType, ...]:
        return self._steps(x, (h, c), lengths, w, r, b)


class GRUSequence(_Sequence):
    """GRUCell over the second axis of X."""

    linear_before_reset: bool = False
    gates = 3

    def _bias_gates(self) -> int:
        return 4 if self.linear_before_reset else 3

    def infer(
        self, x: Output, h: Output, lengths: Output, w: Output, r: Output, b: Output
    ) -> tuple[TensorType, ...]:
        return self._steps(x, (h,), lengths, w, r, b)
