"""Recurrent layers over [T, N, ...], and decoding of the sequences they make.

A second bottom [T, N] tells whether a step continues a sequence (1) or begins one (0): before a
beginning the state is zero. Donahue et al., "Long-term Recurrent Convolutional Networks".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from extensions.front.building import rank_of, sliced
from extensions.front.caffe.common import (
    blob,
    converts,
    invalid,
    needed,
    parameters,
    reshaped,
    shape_of,
    size_vector,
    unsupported,
)
from extensions.ops.activation import Sigmoid, Tanh
from extensions.ops.arithmetic import Add, GreaterEqual, Multiply
from extensions.ops.conversion import Convert
from extensions.ops.gathering import Gather
from extensions.ops.iteration import Iteration
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Split
from extensions.ops.recurrent import LSTMCell, RNNCell
from extensions.ops.shaping import Broadcast, Unsqueeze
from extensions.ops.slicing import FAR
from extensions.ops.transcription import CTCGreedyDecoder
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op
from mo.graph.shape import count

# Caffe stacks the gates as i, f, o, g; the IR as f, i, g, o.
_LSTM_GATES = (1, 0, 3, 2)


class _Layer(NamedTuple):
    """The bottoms, and the trained numbers stacked by gates."""

    x: Output  # [T, N, features], the static input behind those of each step
    going: Output  # [T, N]
    states: tuple[Output, ...]  # each [N, hidden]
    of_input: Output
    bias: Output
    of_state: Output
    rest: tuple[Output, ...]


@converts("LSTM")
def lstm(g: Graph, node: SourceNode, *values: Output) -> tuple[Output, ...]:
    hidden = needed(parameters(node, "recurrent_param"), "num_output")
    layer = _layer(g, node, values, hidden, gates=4, states=2, more_blobs=0)
    weights = [_reordered(g, part, hidden) for part in (layer.of_input, layer.of_state, layer.bias)]
    return _steps(g, node, layer, LSTMCell(hidden_size=hidden), weights)


@converts("RNN")
def rnn(g: Graph, node: SourceNode, *values: Output) -> tuple[Output, ...]:
    """The output of a step is tanh(W_ho * h + b_o) of its state h."""
    hidden = needed(parameters(node, "recurrent_param"), "num_output")
    layer = _layer(g, node, values, hidden, gates=1, states=1, more_blobs=2)
    op = RNNCell(hidden_size=hidden, activations=("tanh",))
    h, *states = _steps(g, node, layer, op, [layer.of_input, layer.of_state, layer.bias])
    weights = blob(g, layer.rest[0], "output weights", (hidden, hidden))
    bias = blob(g, layer.rest[1], "output biases", (hidden,))
    y = g.add(Add(), g.add(MatMul(transpose_b=True), h, weights), bias)
    return (g.add(Tanh(), y), *states)


def _layer(
    g: Graph,
    node: SourceNode,
    values: tuple[Output, ...],
    hidden: int,
    gates: int,
    states: int,
    more_blobs: int,
) -> _Layer:
    """Bottoms: x, continuation, static input if there is one, states if they are exposed."""
    exposed = states if parameters(node, "recurrent_param")["expose_hidden"] else 0
    spare = len(values) - (5 + exposed + more_blobs)
    if spare not in (0, 2):
        raise invalid(f"it has {len(values)} bottoms and blobs")
    static = spare == 2
    bottoms, blobs = values[: 2 + static + exposed], values[2 + static + exposed :]
    x = _features(g, bottoms[0], 2)
    rows = gates * hidden
    of_input = blob(g, blobs[0], "input weights", (rows, shape_of(x)[2]))
    bias = blob(g, blobs[1], "biases", (rows,))
    if static:
        once = _features(g, bottoms[2], 1)
        of_static = blob(g, blobs[2], "static weights", (rows, shape_of(once)[1]))
        of_input = g.add(Concat(axis=1), of_input, of_static)
        repeated = g.add(Unsqueeze(), once, [0])
        width = shape_of(of_static)[1]
        assert isinstance(width, int)
        times = size_vector(g, x, 0, 1, [width])
        x = g.add(Concat(axis=2), x, g.add(Broadcast(), repeated, times))
    of_state = blob(g, blobs[2 + static], "state weights", (rows, hidden))
    before = [reshaped(g, h, h, 1, [hidden]) for h in bottoms[2 + static :]]
    if not before:
        sizes = size_vector(g, x, 1, [hidden])
        zero = g.constant(np.zeros(()), x.dtype)
        before = [g.add(Broadcast(), zero, sizes)] * states
    rest = blobs[3 + static :]
    return _Layer(x, bottoms[1], tuple(before), of_input, bias, of_state, rest)


def _features(g: Graph, x: Output, axis: int) -> Output:
    """All axes from ``axis`` on as one."""
    if rank_of(x) == axis + 1:
        return x
    features = count(shape_of(x)[axis:])
    if not isinstance(features, int):
        raise unsupported("a recurrent layer on an unknown number of features")
    return reshaped(g, x, x, *range(axis), [features])


def _reordered(g: Graph, rows: Output, hidden: int) -> Output:
    order = np.concatenate([np.arange(hidden) + gate * hidden for gate in _LSTM_GATES])
    return g.add(Gather(), rows, g.constant(order), g.constant(np.int64(0)))


def _steps(
    g: Graph, node: SourceNode, layer: _Layer, cell: Op, weights: list[Output]
) -> tuple[Output, ...]:
    """A loop over the steps; the outputs of all of them [T, N, hidden], then the last states.

    In each step the state is kept or forgotten, then the cell computes the next one.
    """
    loop = Iteration(g, "step")
    body = loop.body
    x = loop.sliced(layer.x, 0)
    keep = body.add(Unsqueeze(), loop.sliced(layer.going, 0), [1])
    kept = [body.add(Multiply(), loop.carried(state), keep) for state in layer.states]
    states = body.add_multi(cell, x, *kept, *map(loop.outer, weights))
    *last, outputs = loop.run(states, [(states[0], 0, False)])
    exposed = [g.add(Unsqueeze(), state, [0]) for state in last]
    return (outputs, *exposed[: len(node.outputs) - 1])


@converts("LSTMUnit")
def lstm_unit(
    g: Graph, node: SourceNode, before: Output, gates: Output, going: Output
) -> tuple[Output, Output]:
    """One step's state c and output h [1, N, D] from c before and the gates [1, N, 4 D]."""
    i, f, o, new = g.add_multi(Split(num_splits=4), gates, g.constant(np.int64(2)))
    keep = g.add(Multiply(), g.add(Unsqueeze(), going, [2]), g.add(Sigmoid(), f))
    taken = g.add(Multiply(), g.add(Sigmoid(), i), g.add(Tanh(), new))
    c = g.add(Add(), g.add(Multiply(), keep, before), taken)
    return c, g.add(Multiply(), g.add(Sigmoid(), o), g.add(Tanh(), c))


@converts("CTCGreedyDecoder")
def ctc_greedy_decoder(g: Graph, node: SourceNode, x: Output, going: Output) -> Output:
    """The best class of each step of [T, N, C], blanks and repetitions left out."""
    p = parameters(node, "ctc_decoder_param")
    # The first step of a sequence is marked as one that begins; the IR takes that for its end.
    later = sliced(g, going, [1], [FAR], [0], [1])
    one = g.constant(np.ones(()), going.dtype)
    first = g.add(Broadcast(), one, size_vector(g, going, [1], 1))
    mask = g.add(Concat(axis=0), first, later)
    op = CTCGreedyDecoder(ctc_merge_repeated=bool(p["ctc_merge_repeated"]))
    classes, blank = shape_of(x)[2], p["blank_index"]
    if blank == -1 or classes == blank + 1:
        return g.add(op, x, mask)
    if not isinstance(classes, int) or not 0 <= blank < classes:
        raise invalid(f"its blank is class {blank} of {classes}")
    # For the IR the blank is the last class; those behind its place count one less there.
    order = [*(c for c in range(classes) if c != blank), blank]
    found = g.add(op, g.add(Gather(), x, g.constant(order), g.constant(np.int64(2))), mask)
    behind = g.add(GreaterEqual(), found, float(blank))
    return g.add(Add(), found, g.add(Convert(destination_type=found.dtype), behind))
