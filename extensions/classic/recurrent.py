"""Cells, whose weights of input and state stand side by side in one matrix."""

from __future__ import annotations

import numpy as np

from extensions.classic.fields import converts, fields
from extensions.ops.movement import VariadicSplit
from extensions.ops.recurrent import GRUCell, LSTMCell, RNNCell
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output

# The operation and how many states it has.
_CELLS = {"LSTMCell": (LSTMCell, 2), "GRUCell": (GRUCell, 1), "RNNCell": (RNNCell, 1)}


@converts(*_CELLS)
def cell(g: Graph, node: SourceNode, x: Output, *more: Output) -> tuple[Output, ...]:
    """x, states, weights, biases; weights may also be in two matrices as in the IR."""
    kind, count = _CELLS[node.type]
    op = kind(**fields(node, kind))
    states, (weights, *last) = more[:count], more[count:]
    if len(last) > 1:
        return g.add_multi(op, x, *more)
    size = weights.shape[1] if weights.shape is not None else None
    if not isinstance(size, int) or not last:
        raise UnsupportedError("it needs weights of known sizes, and biases")
    lengths = [size - op.hidden_size, op.hidden_size]
    parts = g.add_multi(VariadicSplit(parts=2), weights, g.constant(np.int64(1)), lengths)
    return g.add_multi(op, x, *states, *parts, *last)
