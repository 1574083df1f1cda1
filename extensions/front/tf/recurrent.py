"""Recurrent layers and cells that are one operation.

Semantics: tensorflow/core/ops/{rnn_ops,cudnn_rnn_ops}.cc, checked against the kernels. Block cells
have one kernel [features + units, gates * units] for input and state together.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from extensions.front.building import invalid, rank_of, size_of, sliced, typed
from extensions.front.cudnn import Network, Parameters
from extensions.front.tf.common import converts, number, refuse
from extensions.ops import activation as act
from extensions.ops.arithmetic import Add, Less, Multiply, Select, Subtract
from extensions.ops.generating import Range
from extensions.ops.iteration import Iteration
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Split, Transpose
from extensions.ops.shaping import Unsqueeze
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

# Where i, o, f, c stand among the gates of a kernel.
_GATES = {"BlockLSTMV2": (0, 3, 1, 2)}
_USUAL_GATES = (0, 3, 2, 1)
# The outputs that say what the gates did; cs and h are what the cell gives.
_CS, _H = 1, 6


class _Cell:
    """One step of BlockLSTM or LSTMBlockCell, in elementary operations."""

    def __init__(self, node: SourceNode, gates: tuple[int, ...]) -> None:
        old = node.type != "BlockLSTMV2"
        self.gates = gates
        self.forget_bias = node.get("forget_bias", 1.0) if old else 0.0
        self.clip = node.get("cell_clip", 3.0 if old else 0.0)
        self.has_peepholes = bool(node.get("use_peephole", False))

    def step(
        self, g: Graph, total: Output, c: Output, peepholes: tuple[Output, ...]
    ) -> tuple[Output, ...]:
        """i, cs, f, o, ci, co, h from the sums of all gates [batch, 4 * units]."""
        parts = g.add_multi(Split(num_splits=4), total, g.constant(np.int64(1)))
        i, o, f, fresh = (parts[gate] for gate in self.gates)
        if self.forget_bias:
            f = g.add(Add(), f, float(self.forget_bias))
        if self.has_peepholes:
            i = g.add(Add(), i, g.add(Multiply(), c, peepholes[0]))
            f = g.add(Add(), f, g.add(Multiply(), c, peepholes[1]))
        i, f, fresh = g.add(act.Sigmoid(), i), g.add(act.Sigmoid(), f), g.add(act.Tanh(), fresh)
        cs = g.add(Add(), g.add(Multiply(), fresh, i), g.add(Multiply(), c, f))
        if self.clip > 0:
            cs = g.add(act.Clamp(min=-self.clip, max=self.clip), cs)
        if self.has_peepholes:
            o = g.add(Add(), o, g.add(Multiply(), cs, peepholes[2]))
        o, co = g.add(act.Sigmoid(), o), g.add(act.Tanh(), cs)
        return i, cs, f, o, fresh, co, g.add(Multiply(), co, o)


@converts("LSTMBlockCell")
def lstm_block_cell(
    g: Graph,
    node: SourceNode,
    x: Output,
    c: Output,
    h: Output,
    w: Output,
    wci: Output,
    wcf: Output,
    wco: Output,
    b: Output,
) -> tuple[Output, ...]:
    total = g.add(Add(), g.add(MatMul(), g.add(Concat(axis=1), x, h), w), b)
    return _Cell(node, _USUAL_GATES).step(g, total, c, (wci, wcf, wco))


@converts("GRUBlockCell")
def gru_block_cell(
    g: Graph,
    node: SourceNode,
    x: Output,
    h: Output,
    w_ru: Output,
    w_c: Output,
    b_ru: Output,
    b_c: Output,
) -> tuple[Output, ...]:
    """r, u, c, h with h = u * h + (1 - u) * c."""
    gates = g.add(Add(), g.add(MatMul(), g.add(Concat(axis=1), x, h), w_ru), b_ru)
    r, u = g.add_multi(Split(num_splits=2), g.add(act.Sigmoid(), gates), g.constant(np.int64(1)))
    both = g.add(Concat(axis=1), x, g.add(Multiply(), h, r))
    c = g.add(act.Tanh(), g.add(Add(), g.add(MatMul(), both, w_c), b_c))
    rest = g.add(Subtract(), number(g, 1.0, u.dtype), u)
    return r, u, c, g.add(Add(), g.add(Multiply(), u, h), g.add(Multiply(), rest, c))


@converts("BlockLSTM", "BlockLSTMV2")
def block_lstm(
    g: Graph,
    node: SourceNode,
    length: Output,
    x: Output,
    c: Output,
    h: Output,
    w: Output,
    wci: Output,
    wcf: Output,
    wco: Output,
    b: Output,
) -> tuple[Output | None, ...]:
    """x is [time, batch, features]; steps from ``length`` on give zeros."""
    cell = _Cell(node, _GATES.get(node.type, _USUAL_GATES))
    used = [place for place in range(_H + 1) if node.has_output(place)]
    found = _loop(g, cell, used, x, h, c, w, b, (wci, wcf, wco))
    ends = _within(g, x, length)
    for place, value in found.items():
        if ends is not None:
            found[place] = g.add(Select(), ends, value, number(g, 0.0, value.dtype))
    return tuple(found.get(place) for place in range(_H + 1))


def _loop(
    g: Graph,
    cell: _Cell,
    used: list[int],
    x: Output,
    h: Output,
    c: Output,
    w: Output,
    b: Output,
    peepholes: tuple[Output, ...],
) -> dict[int, Output]:
    """The outputs that are used, of all steps; the products with the input are made at once."""
    of_input, of_state = _kernels(g, w)
    product = g.add(Add(), g.add(MatMul(), x, of_input), b)
    iteration = Iteration(g)
    part = iteration.sliced(product, 0)
    before_c, before_h = iteration.carried(c), iteration.carried(h)
    body = iteration.body
    recurrent = body.add(MatMul(), before_h, iteration.outer(of_state))
    inner = tuple(iteration.outer(weights) for weights in peepholes) if cell.has_peepholes else ()
    outputs = cell.step(body, body.add(Add(), recurrent, part), before_c, inner)
    joined = [(outputs[place], 0, False) for place in used]
    results = iteration.run([outputs[_CS], outputs[_H]], joined)[2:]
    return dict(zip(used, results))


def _kernels(g: Graph, w: Output) -> tuple[Output, Output]:
    """The rows of a kernel for the input, and those for the state."""
    rows, columns = w.shape if w.shape is not None and len(w.shape) == 2 else (None, None)
    if not isinstance(rows, int) or not isinstance(columns, int):
        raise refuse("a kernel of unknown size")
    split = rows - columns // 4
    return sliced(g, w, [0], [split], [0], [1]), sliced(g, w, [split], [rows], [0], [1])


def _within(g: Graph, x: Output, length: Output) -> Output | None:
    """Whether a step is before the end, [time, 1, 1]; None if all surely are."""
    steps = size_of(g, x, 0)
    end = typed(g, length, ElementType.i64)
    known, most = end.value(), steps.value()
    if known is not None and most is not None and known >= most:
        return None
    op = Range(output_type=ElementType.i64)
    places = g.add(op, number(g, 0, ElementType.i64), steps, number(g, 1, ElementType.i64))
    return g.add(Unsqueeze(), g.add(Less(), places, end), [1, 2])


# ---- cuDNN


@converts("CudnnRNN", "CudnnRNNV2", "CudnnRNNV3")
def cudnn_rnn(
    g: Graph,
    node: SourceNode,
    x: Output,
    h: Output,
    c: Output,
    parameters: Output,
    lengths: Output | None = None,
) -> tuple[Output, ...]:
    """Data [time, batch, features], states [layers * directions, batch, units].

    In version 3 the batch may be first, and sequences may have lengths.
    """
    _check_mode(node)
    turn: Callable[[Output], Output] = _batch_first(g) if node.get("time_major", True) else _same
    directions = 2 if node.get("direction", "unidirectional") == "bidirectional" else 1
    x, h = turn(x), turn(h)
    together, units = (h.shape[1], h.shape[2]) if rank_of(h) == 3 and h.shape else (None, None)
    if not isinstance(together, int) or not isinstance(units, int):
        raise refuse("a number of layers or units that is not known")
    layers = together // directions
    mode = node.get("rnn_mode", "lstm")
    features = x.shape[2] if rank_of(x) == 3 and x.shape else None
    if node.get("input_mode", "linear_input") == "auto_select" and features == units:
        raise refuse("the input mode auto_select for as many features as units")
    network = Network(g, mode, units, layers, directions, features, Parameters(g, [parameters]))
    given = [h, turn(c)] if network.states == 2 else [h]
    states = [_per_layer(g, state, layers) for state in given]
    y, last = network.run(x, states, lengths)
    last_c = turn(last[1]) if len(last) > 1 else c
    return turn(y), turn(last[0]), last_c, *(number(g, [], x.dtype) for _ in range(2))


def _check_mode(node: SourceNode) -> None:
    if node.get("num_proj", 0):
        raise refuse("a projection")
    if node.get("input_mode", "linear_input") == "skip_input":
        raise refuse("the input mode skip_input")
    if node.get("is_training", True) and node.get("dropout", 0.0) > 0:
        raise refuse("dropout while training")
    if node.get("direction", "unidirectional") not in ("unidirectional", "bidirectional"):
        raise invalid(f"its direction '{node.get('direction')}' is unknown")


def _same(value: Output) -> Output:
    return value


def _batch_first(g: Graph) -> Callable[[Output], Output]:
    return lambda value: g.add(Transpose(), value, [1, 0, 2])


def _per_layer(g: Graph, state: Output, layers: int) -> list[Output]:
    if layers == 1:
        return [state]
    return list(g.add_multi(Split(num_splits=layers), state, g.constant(np.int64(1))))
