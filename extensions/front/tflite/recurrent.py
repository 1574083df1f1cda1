"""Recurrent layers; their states live on from one inference to the next.

Weights are [hidden, features], one for each gate. The states come as inputs, and new ones go as
further outputs (see states). Order of inputs: the comments on the options in schema.fbs, and the
operator documentation of Android's neural networks API, which has the same layers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NamedTuple

from extensions.front.building import lift
from extensions.front.recurrence import Layer
from extensions.front.tf.common import refuse
from extensions.front.tflite.common import ACTIVATION_NAMES, FUSED, activated, converts
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Transpose
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from extensions.ops.slicing import StridedSlice
from extensions.ops.unary import Negative
from mo.front.model import SourceNode
from mo.front.registry import Translation
from mo.graph.graph import Graph
from mo.graph.node import Output

_Optional = Output | None


def _layers(kind: str) -> Callable[[Translation], Translation]:
    """As converts, for layers of numbers: kernels of integers round everything in between."""

    def register(function: Translation) -> Translation:
        @wraps(function)
        def translate(g: Graph, node: SourceNode, *inputs: _Optional) -> Any:
            if any(meant is not None for meant in node.get("read_as", [])[:1]):
                raise refuse("a recurrent layer of integers")
            return function(g, node, *inputs)

        return converts(kind, activates=False)(translate)

    return register


def _activation(node: SourceNode) -> str:
    number = node.get(FUSED, 0)
    if number not in ACTIVATION_NAMES:
        raise refuse(f"a recurrent layer with the activation {number}")
    return ACTIVATION_NAMES[number]


def _no_others(given: Sequence[_Optional], what: str) -> None:
    if any(value is not None for value in given):
        raise refuse(what)


def _batch_first(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Transpose(), x, [1, 0, 2]) if node.get("time_major", False) else x


def _steps(g: Graph, node: SourceNode, y: Output) -> Output:
    """[batch, 1, time, hidden] as the node lays it out."""
    return _batch_first(g, node, g.add(Squeeze(), y, [1]))


# ---- plain layers


def _recurred(
    g: Graph, node: SourceNode, x: Output, weights: Sequence[Output], backwards: bool = False
) -> tuple[Output, Output]:
    """Results [batch, 1, time, hidden] and the last state; W, R, bias, state."""
    w, r, bias, state = (lift(g, value, [0]) for value in weights)
    hidden = weights[1].shape[0] if weights[1].shape else None
    if not isinstance(hidden, int):
        raise refuse("weights of unknown shape")
    direction = "reverse" if backwards else "forward"
    layer = Layer(g, x, hidden, [_activation(node)], direction)
    y, last = layer.rnn(g.add(Transpose(), state, [1, 0, 2]), w, r, bias)
    return y, g.add(Squeeze(), last, [1])


@_layers("RNN")
def rnn(g: Graph, node: SourceNode, x: Output, *weights: Output) -> tuple[Output, Output]:
    """One step."""
    _, state = _recurred(g, node, g.add(Unsqueeze(), x, [1]), weights)
    return state, state


@_layers("UNIDIRECTIONAL_SEQUENCE_RNN")
def rnn_sequence(g: Graph, node: SourceNode, x: Output, *weights: Output) -> tuple[Output, Output]:
    y, state = _recurred(g, node, _batch_first(g, node, x), weights)
    return _steps(g, node, y), state


@_layers("BIDIRECTIONAL_SEQUENCE_RNN")
def rnn_both_ways(g: Graph, node: SourceNode, x: Output, *weights: Output) -> tuple[Output, ...]:
    _no_others(weights[8:], "a layer with auxiliary inputs")
    data = _batch_first(g, node, x)
    forth, h_forth = _recurred(g, node, data, weights[:4])
    back, h_back = _recurred(g, node, data, weights[4:8], backwards=True)
    return *_both(g, node, forth, back), h_forth, h_back


def _both(g: Graph, node: SourceNode, forth: Output, back: Output) -> tuple[Output, ...]:
    found = tuple(_steps(g, node, y) for y in (forth, back))
    return (g.add(Concat(axis=2), *found),) if node.get("merge_outputs", False) else found


# ---- LSTM


class _Lstm(NamedTuple):
    """The weights of one direction; gates in the order of the file: i, f, c, o."""

    of_input: Sequence[_Optional]
    of_state: Sequence[_Optional]
    # Of i, f and o.
    peepholes: Sequence[_Optional]
    biases: Sequence[_Optional]
    projection: _Optional
    projection_bias: _Optional


def _taken(inputs: Sequence[_Optional], first: int) -> _Lstm:
    def part(start: int, count: int) -> Sequence[_Optional]:
        return inputs[first + start : first + start + count]

    return _Lstm(
        part(0, 4), part(4, 4), part(8, 3), part(11, 4), inputs[first + 15], inputs[first + 16]
    )


def _joined(g: Graph, gates: Sequence[_Optional]) -> Output:
    """Gates in the order i, o, f, c behind a new axis.

    Where the input gate is missing it lets in what the forget gate does not keep:
    1 - sigmoid(z) is sigmoid(-z).
    """
    i, f, c, o = gates
    if f is None or c is None or o is None:
        raise refuse("an LSTM without all of its gates")
    if i is None:
        i = g.add(Negative(), f)
    return g.add(Unsqueeze(), g.add(Concat(axis=0), i, o, f, c), [0])


def _peepholes(g: Graph, given: Sequence[_Optional]) -> _Optional:
    """In the order i, o, f behind a new axis."""
    i, f, o = given
    if f is None or o is None:
        return None
    if i is None:
        i = g.add(Negative(), f)
    return g.add(Unsqueeze(), g.add(Concat(axis=0), i, o, f), [0])


def _remembered(
    g: Graph,
    node: SourceNode,
    x: Output,
    weights: _Lstm,
    states: Sequence[Output],
    backwards: bool = False,
) -> tuple[Output, ...]:
    """Results [batch, 1, time, hidden], and both last states."""
    _no_others([weights.projection_bias], "a projection with a bias")
    if node.get("proj_clip", 0.0):
        raise refuse("a limit of what is projected")
    bias = _joined(g, weights.biases)
    hidden = bias.shape[1] if bias.shape else None
    if not isinstance(hidden, int):
        raise refuse("weights of unknown shape")
    names = ["sigmoid", _activation(node), _activation(node)]
    layer = Layer(g, x, hidden // 4, names, "reverse" if backwards else "forward")
    limit = float(node.get("cell_clip", 0.0))
    layer.limits = (-limit, limit) if limit else None
    projection = weights.projection
    before, kept = (g.add(Unsqueeze(), state, [1]) for state in states)
    y, h, c = layer.lstm(
        before,
        kept,
        _joined(g, weights.of_input),
        _joined(g, weights.of_state),
        bias,
        _peepholes(g, weights.peepholes),
        None if projection is None else g.add(Unsqueeze(), projection, [0]),
    )
    return y, g.add(Squeeze(), h, [1]), g.add(Squeeze(), c, [1])


@_layers("LSTM")
def lstm(g: Graph, node: SourceNode, x: Output, *inputs: _Optional) -> tuple[Output, ...]:
    """One step."""
    if node.get("kernel_type", 0):
        raise refuse("an LSTM of the basic kernel")
    _, h, c = _forward(g, node, g.add(Unsqueeze(), x, [1]), inputs)
    return h, h, c


@_layers("UNIDIRECTIONAL_SEQUENCE_LSTM")
def lstm_sequence(g: Graph, node: SourceNode, x: Output, *inputs: _Optional) -> tuple[Output, ...]:
    if node.get("diagonal_recurrent_tensors", False):
        raise refuse("an LSTM with diagonal recurrent weights")
    y, h, c = _forward(g, node, _batch_first(g, node, x), inputs)
    return _steps(g, node, y), h, c


def _forward(
    g: Graph, node: SourceNode, x: Output, inputs: Sequence[_Optional]
) -> tuple[Output, ...]:
    _no_others(inputs[19:], "an LSTM with layer normalisation")
    states = [state for state in inputs[17:19] if state is not None]
    return _remembered(g, node, x, _taken(inputs, 0), states)


@_layers("BIDIRECTIONAL_SEQUENCE_LSTM")
def lstm_both_ways(g: Graph, node: SourceNode, x: Output, *inputs: _Optional) -> tuple[Output, ...]:
    _no_others(inputs[38:], "an LSTM with auxiliary inputs")
    data = _batch_first(g, node, x)
    states: list[Any] = list(inputs[34:38])
    forth, *after = _remembered(g, node, data, _taken(inputs, 0), states[:2])
    back, *later = _remembered(g, node, data, _taken(inputs, 17), states[2:], backwards=True)
    return *_both(g, node, forth, back), *after, *later


# ---- SVDF


@_layers("SVDF")
def svdf(
    g: Graph,
    node: SourceNode,
    x: Output,
    features: Output,
    times: Output,
    bias: _Optional,
    state: Output,
) -> tuple[Output, Output]:
    """Each filter remembers what it made of the last inputs, and weighs that by age.

    Formula: Nakkiran et al. (2015), "Compressing Deep Neural Networks using a Rank-Constrained
    Topology". Units are sums of ``rank`` filters; state [batch, filters * memory].
    """
    filters, memory = times.shape or (None, None)
    rank = node.get("rank", 1)
    if not isinstance(filters, int) or not isinstance(memory, int) or rank < 1 or filters % rank:
        raise refuse("filters of unknown or unfitting number")
    before = g.add(Reshape(), state, [-1, filters, memory])
    newer = g.add(
        StridedSlice(begin_mask=(1, 1, 0), end_mask=(1, 1, 1)), before, [0, 0, 1], [0] * 3, [1] * 3
    )
    seen = g.add(Unsqueeze(), g.add(MatMul(transpose_b=True), x, features), [2])
    after = g.add(Concat(axis=2), newer, seen)
    weighed = g.add(ReduceSum(keep_dims=False), g.add(Multiply(), after, times), [2])
    units = g.add(Reshape(), weighed, [-1, filters // rank, rank])
    y = g.add(ReduceSum(keep_dims=False), units, [2])
    if bias is not None:
        y = g.add(Add(), y, bias)
    return activated(g, node, y), g.add(Reshape(), after, [-1, filters * memory])
