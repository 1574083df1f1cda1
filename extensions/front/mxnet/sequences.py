"""Sequences of different lengths in one tensor: [time, batch, ...], or the two exchanged."""

from __future__ import annotations

import numpy as np

from extensions.front.building import size_of, typed, vector
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, shape_of
from extensions.front.mxnet.masking import positions_below
from extensions.front.mxnet.movement import turned
from extensions.ops.arithmetic import Equal, Maximum, NotEqual, Select, Subtract
from extensions.ops.gathering import Gather, GatherND
from extensions.ops.movement import Pad, ReverseSequence, Transpose
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Broadcast, Unsqueeze
from extensions.ops.transcription import CTCLoss
from extensions.ops.unary import CumSum
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


@converts("CTCLoss")
def ctc_loss(g: Graph, node: SourceNode, x: Output, labels: Output, *lengths: Output) -> Output:
    """Scores are [time, batch, classes], labels [batch, labels]; blank is the first class or the
    last. Without lengths a row of labels ends before the first padding."""
    given, is_first = list(lengths), at.word(node, "blank_label", "first") == "first"
    time, batch, classes = (size_of(g, x, axis) for axis in range(3))
    whole = g.add(Broadcast(), time, vector(g, [batch]))
    steps = given.pop(0) if at.flag(node, "use_data_lengths") else whole
    if at.flag(node, "use_label_lengths"):
        ends = given.pop(0)
    else:
        ends = _labels_before(g, labels, 0.0 if is_first else -1.0)
    blank = g.constant(_FIRST) if is_first else g.add(Subtract(), classes, g.constant(_ONE))
    # The IR wants a place for a label at each step.
    missing = g.add(Subtract(), time, size_of(g, labels, 1))
    room = vector(g, [g.constant(_FIRST), missing])
    wanted = g.add(Pad(), g.add(Maximum(), labels, 0.0), [0, 0], room, 0.0)
    steps, wanted, ends, blank = (
        typed(g, value, ElementType.i32) for value in (steps, wanted, ends, blank)
    )
    return g.add(CTCLoss(), batch_first(g, x), steps, wanted, ends, blank)


_FIRST, _ONE = np.int64(0), np.int64(1)


def _labels_before(g: Graph, labels: Output, padding: float) -> Output:
    """How many labels stand before the first padding of a row."""
    is_label = typed(g, g.add(NotEqual(), labels, padding), ElementType.f32)
    # All before it are labels, too.
    places = g.add(CumSum(), g.add(Subtract(), g.constant(np.float32(1)), is_label), _ONE)
    before = typed(g, g.add(Equal(), places, 0.0), ElementType.f32)
    return g.add(ReduceSum(keep_dims=False), before, [1])
