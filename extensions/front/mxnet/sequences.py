"""Sequences of different lengths in one tensor: [time, batch, ...], or the two exchanged."""

from __future__ import annotations

import numpy as np

from extensions.front.building import size_of, typed
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, shape_of
from extensions.front.mxnet.masking import positions_below
from extensions.front.mxnet.movement import turned
from extensions.ops.arithmetic import Select, Subtract
from extensions.ops.gathering import Gather, GatherND
from extensions.ops.movement import ReverseSequence, Transpose
from extensions.ops.shaping import Unsqueeze
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


def _lengths(node: SourceNode, lengths: Output | None) -> Output | None:
    return lengths if at.flag(node, "use_sequence_length") else None


@converts("SequenceMask")
def sequence_mask(g: Graph, node: SourceNode, x: Output, lengths: Output | None = None) -> Output:
    """A value in the place of what lies behind the end of a sequence."""
    lengths = _lengths(node, lengths)
    if lengths is None:
        return x
    within = positions_below(g, x, at.integer(node, "axis", 0), lengths)
    value = g.constant(np.asarray(at.number(node, "value", 0.0)), x.dtype)
    return g.add(Select(), within, x, value)


@converts("SequenceLast")
def sequence_last(g: Graph, node: SourceNode, x: Output, lengths: Output | None = None) -> Output:
    time = at.integer(node, "axis", 0)
    lengths = _lengths(node, lengths)
    if lengths is None:
        last = g.add(Subtract(), size_of(g, x, time), g.constant(np.int64(1)))
        return g.add(Gather(), x, last, g.constant(np.int64(time)))
    return last_of_each(g, x if time else batch_first(g, x), lengths)


def batch_first(g: Graph, x: Output) -> Output:
    return g.add(Transpose(), x, [1, 0, *range(2, len(shape_of(x)))])


def last_of_each(g: Graph, x: Output, lengths: Output) -> Output:
    """The last element of each row of [batch, time, ...]."""
    places = g.add(Subtract(), typed(g, lengths, ElementType.i64), g.constant(np.int64(1)))
    return g.add(GatherND(batch_dims=1), x, g.add(Unsqueeze(), places, [1]))


@converts("SequenceReverse")
def sequence_reverse(
    g: Graph, node: SourceNode, x: Output, lengths: Output | None = None
) -> Output:
    lengths = _lengths(node, lengths)
    if lengths is None:
        return turned(g, x, [0])
    op = ReverseSequence(batch_axis=1, seq_axis=0)
    return g.add(op, x, typed(g, lengths, ElementType.i64))
