"""An LSTM whose steps look things up in a memory (Bahdanau et al., arXiv 1409.0473)."""

from __future__ import annotations

import numpy as np

from extensions.front.building import lift, size_of, typed, vector
from extensions.front.cells import Cell, lstm_step
from extensions.front.onnx.attention.masks import counted
from extensions.front.onnx.contrib.common import microsoft, standard
from extensions.front.onnx.recurrent import NodeLayer
from extensions.ops.activation import Softmax, Tanh
from extensions.ops.arithmetic import Add, Less, Select
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, VariadicSplit
from extensions.ops.shaping import Broadcast, Squeeze, Unsqueeze
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@microsoft("AttnLSTM")
def attn_lstm(
    g: Graph,
    node: SourceNode,
    x: Output,
    w: Output,
    r: Output,
    b: Output | None,
    lengths: Output | None,
    h: Output | None,
    c: Output | None,
    peepholes: Output | None,
    query: Output,
    keys: Output,
    v: Output,
    memory: Output,
    memory_lengths: Output | None = None,
    mix: Output | None = None,
) -> tuple[Output, ...]:
    """What a step finds in the memory [N, S, M] stands behind the input of the next one.

    W is [directions, 4 * hidden, inputs + found]; ``query`` [directions, hidden, A], ``keys``
    [directions, M, A], ``v`` [directions, A] and ``mix`` [directions, hidden + M, found] are
    weights.
    """
    layer = NodeLayer(g, standard(node, "LSTM"), x, r, lengths)
    found = size_of(g, keys, 1) if mix is None else size_of(g, mix, 2)
    parts = vector(g, [g.constant(np.int64(-1)), found])
    of_input, of_found = g.add_multi(VariadicSplit(parts=2), w, g.constant(np.int64(2)), parts)
    shape = vector(g, [size_of(g, layer.x, 0), g.constant(np.int64(layer.directions)), found])
    nothing = g.add(Broadcast(), g.constant(np.asarray(0.0), x.dtype), shape)
    known = g.add(MatMul(), lift(g, memory, [0]), lift(g, keys, [1]))
    places = _hidden_places(g, memory, memory_lengths)
    of_all = (
        g.add(Concat(axis=0), *[lift(g, y, [0])] * layer.directions) for y in (memory, places)
    )
    looked_up = [of_found, query, known, v, *of_all, *([] if mix is None else [mix])]
    states = layer.state(h), layer.state(c), nothing
    bias = g.add(Add(), *layer.biases(b, 4))
    y, *last = layer.looped(
        _step, states, (of_input, r, bias), peepholes=peepholes, further=looked_up
    )
    return layer.results(y, *last[:2])


def _hidden_places(g: Graph, memory: Output, lengths: Output | None) -> Output:
    """[N or 1, S, 1]: what is added to the scores of the places of the memory."""
    zero, never = (g.constant(np.asarray(value), memory.dtype) for value in (0.0, -np.inf))
    if lengths is None:
        return g.constant(np.zeros((1, 1, 1)), memory.dtype)
    ends = lift(g, typed(g, lengths, ElementType.i64), [1])
    inside = g.add(Less(), counted(g, memory, 1), ends)
    return lift(g, g.add(Select(), inside, zero, never), [2])


def _step(
    cell: Cell,
    x: Output,
    h: Output,
    c: Output,
    found: Output,
    weights: Output,
    query: Output,
    known: Output,
    v: Output,
    memory: Output,
    places: Output,
    mix: Output | None = None,
) -> tuple[Output, ...]:
    """A step of an LSTM, and what its result finds: it asks for what it knows to be similar."""
    g = cell.g
    h, c = lstm_step(cell, g.add(Add(), x, g.add(MatMul(transpose_b=True), found, weights)), h, c)
    asked = g.add(Unsqueeze(), g.add(MatMul(), h, query), [1])
    similar = g.add(Tanh(), g.add(Add(), known, asked))
    scores = g.add(Add(), g.add(MatMul(), similar, g.add(Unsqueeze(), v, [1])), places)
    shares = g.add(Softmax(axis=1), scores)
    found = g.add(Squeeze(), g.add(MatMul(transpose_a=True), shares, memory), [1])
    if mix is not None:
        found = g.add(MatMul(), g.add(Concat(axis=1), h, found), mix)
    return h, c, found
