"""One step of RNN, GRU and LSTM in elementary operations. Formulas: ONNX operators, RNN-22 ff.

A step gets W * X + biases of its gates [batch, gates * hidden] and the states [batch, hidden].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from extensions.ops import activation as act
from extensions.ops.arithmetic import Add, Divide, Greater, Multiply, Select, Subtract
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Split
from extensions.ops.unary import Abs, Round
from mo.errors import UnsupportedError
from mo.graph.graph import Graph
from mo.graph.node import Output

Function = Callable[[Graph, Output], Output]


# ---- activations, by their names in small letters


def _affine(g: Graph, x: Output, alpha: float, beta: float) -> Output:
    return g.add(Add(), g.add(Multiply(), x, alpha), beta)


def _scaled_tanh(g: Graph, x: Output, alpha: float, beta: float) -> Output:
    return g.add(Multiply(), g.add(act.Tanh(), g.add(Multiply(), x, beta)), alpha)


def _hard_sigmoid(g: Graph, x: Output, alpha: float, beta: float) -> Output:
    return g.add(act.HardSigmoid(), x, alpha, beta)


def _leaky_relu(g: Graph, x: Output, alpha: float) -> Output:
    return g.add(act.PReLU(), x, alpha)


def _thresholded_relu(g: Graph, x: Output, alpha: float) -> Output:
    zero = g.constant(np.asarray(0.0), x.dtype)
    return g.add(Select(), g.add(Greater(), x, alpha), x, zero)


def _elu(g: Graph, x: Output, alpha: float) -> Output:
    return g.add(act.Elu(alpha=alpha), x)


def _softsign(g: Graph, x: Output) -> Output:
    return g.add(Divide(), x, g.add(Add(), g.add(Abs(), x), 1.0))


class _Activation(NamedTuple):
    function: Callable[..., Output]
    # What alpha and beta are where the node does not say it; None: the function has none.
    alpha: float | None = None
    beta: float | None = None


_ACTIVATIONS = {
    "affine": _Activation(_affine, 1.0, 0.0),
    "elu": _Activation(_elu, 1.0),
    "hardsigmoid": _Activation(_hard_sigmoid, 0.2, 0.5),
    "leakyrelu": _Activation(_leaky_relu, 0.01),
    "relu": _Activation(lambda g, x: g.add(act.ReLU(), x)),
    "scaledtanh": _Activation(_scaled_tanh, 1.0, 1.0),
    "sigmoid": _Activation(lambda g, x: g.add(act.Sigmoid(), x)),
    "softplus": _Activation(lambda g, x: g.add(act.SoftPlus(), x)),
    "softsign": _Activation(_softsign),
    "tanh": _Activation(lambda g, x: g.add(act.Tanh(), x)),
    "thresholdedrelu": _Activation(_thresholded_relu, 1.0),
}


def activations(
    names: Sequence[str], alphas: Sequence[float] = (), betas: Sequence[float] = ()
) -> list[Function]:
    """The functions of these names; they take their alphas and betas in turn."""
    given = list(alphas), list(betas)
    functions = []
    for name in names:
        if name not in _ACTIVATIONS:
            raise UnsupportedError(f"the activation '{name}' is unknown")
        function, *defaults = _ACTIVATIONS[name]
        values = [
            float(numbers.pop(0)) if numbers else default
            for numbers, default in zip(given, defaults)
            if default is not None
        ]
        functions.append(_with_values(function, values))
    return functions


def _with_values(function: Callable[..., Output], values: Sequence[float]) -> Function:
    return lambda g, x: function(g, x, *values)


# ---- steps


class Steps(NamedTuple):
    """Integers from 0 to 255 that stand for real numbers, (integer - shift) / scale."""

    scale: Output
    shift: Output

    def rounded(self, g: Graph, x: Output) -> Output:
        """The nearest real numbers that integers stand for."""
        moved = g.add(Add(), g.add(Multiply(), x, self.scale), self.shift)
        return self.real(g, g.add(act.Clamp(min=0.0, max=255.0), g.add(Round(), moved)))

    def real(self, g: Graph, integers: Output) -> Output:
        return g.add(Divide(), g.add(Subtract(), integers, self.shift), self.scale)


class Cell(NamedTuple):
    """What a step knows besides its inputs; weights and biases are values of the body.

    ``bias`` is what stays beside the recurrence of a GRU with linear_before_reset, ``peepholes``
    are those of input, output and forget gate.
    """

    g: Graph
    functions: Sequence[Function]
    recurrence: Output
    clip: float
    bias: Output | None = None
    peepholes: Sequence[Output] = ()
    coupled: bool = False
    # [projected, hidden]: what the output of an LSTM is multiplied by before it is its state.
    projection: Output | None = None
    # The state of an LSTM keeps within these.
    limits: tuple[float, float] | None = None
    # What the output of an LSTM is rounded to.
    steps: Steps | None = None

    def activated(self, which: int, *terms: Output) -> Output:
        """A function of a sum of terms, which is clipped first."""
        total = terms[0]
        for term in terms[1:]:
            total = self.g.add(Add(), total, term)
        if self.clip:
            total = self.g.add(act.Clamp(min=-self.clip, max=self.clip), total)
        return self.functions[which](self.g, total)

    def gates(self, value: Output, count: int) -> tuple[Output, ...]:
        return self.g.add_multi(Split(num_splits=count), value, self.g.constant(np.int64(1)))

    def times(self, x: Output, y: Output) -> Output:
        return self.g.add(Multiply(), x, y)

    def blend(self, share: Output, x: Output, y: Output) -> Output:
        """(1 - share) * x + share * y"""
        rest = self.g.add(Subtract(), self.g.constant(np.asarray(1.0), share.dtype), share)
        return self.g.add(Add(), self.times(rest, x), self.times(share, y))


_BY_ROWS = MatMul(transpose_b=True)


def rnn_step(cell: Cell, x: Output, h: Output) -> tuple[Output, ...]:
    return (cell.activated(0, cell.g.add(_BY_ROWS, h, cell.recurrence), x),)


def gru_step(cell: Cell, x: Output, h: Output) -> tuple[Output, ...]:
    """Gates z, r, h. With ``bias`` the reset gate comes after the product."""
    update_x, reset_x, hidden_x = cell.gates(x, 3)
    axis = cell.g.constant(np.int64(0))
    *gates, hidden = cell.g.add_multi(Split(num_splits=3), cell.recurrence, axis)
    update, reset = (
        cell.activated(0, cell.g.add(_BY_ROWS, h, weights), part)
        for part, weights in zip((update_x, reset_x), gates)
    )
    if cell.bias is None:
        inner = cell.g.add(_BY_ROWS, cell.times(reset, h), hidden)
    else:
        product = cell.g.add(_BY_ROWS, h, hidden)
        inner = cell.times(reset, cell.g.add(Add(), product, cell.bias))
    return (cell.blend(update, cell.activated(1, inner, hidden_x), h),)


def lstm_step(cell: Cell, x: Output, h: Output, c: Output) -> tuple[Output, ...]:
    """Gates i, o, f, c; ``coupled``: what is not let in is what stays."""
    total = cell.g.add(Add(), cell.g.add(_BY_ROWS, h, cell.recurrence), x)
    i, o, f, fresh = cell.gates(total, 4)
    before = [cell.times(weights, c) for weights in cell.peepholes]
    let_in = cell.activated(0, i, *before[:1])
    fresh = cell.activated(1, fresh)
    if cell.coupled:
        state = cell.blend(let_in, c, fresh)
    else:
        kept = cell.times(cell.activated(0, f, *before[2:]), c)
        state = cell.g.add(Add(), kept, cell.times(let_in, fresh))
    if cell.limits is not None:
        state = cell.g.add(act.Clamp(min=cell.limits[0], max=cell.limits[1]), state)
    after = [cell.times(weights, state) for weights in cell.peepholes[1:2]]
    output = cell.activated(0, o, *after)
    hidden = cell.times(output, cell.functions[2](cell.g, state))
    if cell.projection is not None:
        hidden = cell.g.add(_BY_ROWS, hidden, cell.projection)
    if cell.steps is not None:
        hidden = cell.steps.rounded(cell.g, hidden)
    return hidden, state
