"""The arithmetic inside LSTM and GRU cells, and attention over a few frames.

Where the state comes from is not decided here: it is an input.
"""

from __future__ import annotations

from collections.abc import Sequence

from extensions.front.kaldi.common import (
    component_of,
    converts,
    dense,
    join,
    last_axis,
    split,
    width_of,
)
from extensions.front.kaldi.component import Component
from extensions.ops.activation import Clamp, Sigmoid, Softmax, Tanh
from extensions.ops.arithmetic import Add, Multiply, Subtract
from extensions.ops.reduction import ReduceSum
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.tensor import Tensor


def _gate(g: Graph, x: Output, state: Output, peephole: Tensor) -> Output:
    """sigmoid(x + peephole * state)."""
    seen = g.add(Multiply(), state, g.constant(peephole))
    return g.add(Sigmoid(), g.add(Add(), x, seen))


def _blend(g: Graph, *pairs: tuple[Output, Output]) -> Output:
    """The sum of two products."""
    (a, b), (c, d) = pairs
    return g.add(Add(), g.add(Multiply(), a, b), g.add(Multiply(), c, d))


# ---- nnet1: gates g, i, f, o


@converts("LstmCell")
def lstm_cell(g: Graph, node: SourceNode, gates: Output, before: Output) -> Output:
    """c = i * tanh(g) + f * c', limited to +-CellClip where that is above 0."""
    new, i, f, _ = split(g, gates, *[width_of(before)] * 4)
    peepholes: Sequence[Tensor] = node.attributes["peepholes"]
    keep = _gate(g, f, before, peepholes[1])
    cell = _blend(g, (_gate(g, i, before, peepholes[0]), g.add(Tanh(), new)), (keep, before))
    clip = float(node.attributes["clip"])
    return g.add(Clamp(min=-clip, max=clip), cell) if clip > 0 else cell


@converts("LstmOutput")
def lstm_output(g: Graph, node: SourceNode, gates: Output, cell: Output) -> Output:
    """m = sigmoid(o + peephole * c) * tanh(c)."""
    *_, o = split(g, gates, *[width_of(cell)] * 4)
    shown = _gate(g, o, cell, node.attributes["peepholes"][2])
    return g.add(Multiply(), shown, g.add(Tanh(), cell))


# ---- nnet3


@converts("LstmNonlinearityComponent")
def lstm_nonlinearity(g: Graph, node: SourceNode, x: Output) -> Output:
    """Columns i, f, c, o, c' and three dropout scales -> c, m."""
    component = component_of(node)
    params = component.matrix("Params")
    rows = [Tensor.of(params.array[row]) for row in range(3)]
    if params.shape[0] != 3:
        raise component.wrong(f"<Params> has {params.shape[0]} rows instead of 3")
    width = params.shape[1]
    scales: tuple[Output | None, ...] = (None,) * 3
    if component.get("UseDropout", False):
        i, f, c, o, before, *scales_ = split(g, x, *[width] * 5, 1, 1, 1)
        scales = tuple(scales_)
    else:
        i, f, c, o, before = split(g, x, *[width] * 5)
    keep_new = _scaled(g, _gate(g, i, before, rows[0]), scales[0])
    keep_old = _scaled(g, _gate(g, f, before, rows[1]), scales[1])
    cell = _blend(g, (keep_old, before), (keep_new, g.add(Tanh(), c)))
    shown = _scaled(g, _gate(g, o, cell, rows[2]), scales[2])
    return join(g, [cell, g.add(Multiply(), shown, g.add(Tanh(), cell))])


def _scaled(g: Graph, x: Output, factor: Output | None) -> Output:
    return x if factor is None else g.add(Multiply(), x, factor)


@converts("GruNonlinearityComponent")
def gru_nonlinearity(g: Graph, node: SourceNode, x: Output) -> Output:
    """Columns z, r, h, c' and, if it is narrower, s' -> h = tanh(h + W (s' * r)), c."""
    component = component_of(node)
    cells, recurrent = component.size("CellDim"), component.size("RecurrentDim")
    weights = component.matrix("w_h")
    if weights.shape != (cells, recurrent):
        raise component.wrong(f"<w_h> is {weights.shape}, not {(cells, recurrent)}")
    if recurrent == cells:
        z, r, h, before = split(g, x, cells, recurrent, cells, cells)
        state = before
    else:
        z, r, h, before, state = split(g, x, cells, recurrent, cells, cells, recurrent)
    seen = dense(g, g.add(Multiply(), state, r), weights)
    return _gru(g, z, g.add(Tanh(), g.add(Add(), h, seen)), before)


@converts("OutputGruNonlinearityComponent")
def output_gru_nonlinearity(g: Graph, node: SourceNode, x: Output) -> Output:
    """Columns z, h, c' -> h = tanh(h + w * c'), c."""
    component = component_of(node)
    cells, weights = component.size("CellDim"), component.tensor("w_h")
    if weights.size != cells:
        raise component.wrong(f"<w_h> has {weights.size} numbers, not {cells}")
    z, h, before = split(g, x, cells, cells, cells)
    seen = g.add(Multiply(), before, g.constant(weights))
    return _gru(g, z, g.add(Tanh(), g.add(Add(), h, seen)), before)


def _gru(g: Graph, z: Output, h: Output, before: Output) -> Output:
    """h, c = (1 - z) * h + z * c'."""
    kept = g.add(Multiply(), z, g.add(Subtract(), before, h))
    return join(g, [h, g.add(Add(), h, kept)])


# ---- attention


@converts("RestrictedAttentionComponent")
def attention(g: Graph, node: SourceNode, x: Output, *frames: Output) -> Output:
    """Columns of each head: key, value, query (of the key, then one for each frame looked at).

    Kaldi, nnet3/attention.h: b = KeyScale query . key + context query; c = softmax(b); the sum of
    c times the values, followed by c itself with OutputContext.
    """
    c = component_of(node)
    heads = c.size("NumHeads")
    width = width_of(x) // heads
    own = split(g, x, *[width] * heads)
    seen = [split(g, frame, *[width] * heads) for frame in frames]
    parts = []
    for head in range(heads):
        parts += _head(g, c, own[head], [frame[head] for frame in seen])
    return join(g, parts)


def _head(g: Graph, c: Component, own: Output, frames: list[Output]) -> list[Output]:
    key, value, window = c.size("KeyDim"), c.size("ValueDim"), len(frames)
    _, _, query, context = split(g, own, key, value, key, window)
    scale = float(c.value("KeyScale"))
    scores, values = [], []
    for frame in frames:
        keys, shown, _ = split(g, frame, key, value, key + window)
        dot = g.add(ReduceSum(keep_dims=True), g.add(Multiply(), query, keys), [last_axis(own)])
        scores.append(g.add(Multiply(), dot, scale))
        values.append(shown)
    logits = g.add(Add(), join(g, scores), context)
    weights = g.add(Softmax(axis=last_axis(own)), logits)
    shares = split(g, weights, *[1] * window)
    total = g.add(Multiply(), values[0], shares[0])
    for value_, share in zip(values[1:], shares[1:]):
        total = g.add(Add(), total, g.add(Multiply(), value_, share))
    return [total, weights] if c.get("OutputContext", False) else [total]
