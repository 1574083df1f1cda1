"""Connectionist temporal classification: logits [T, N, C] read as texts, and losses of texts."""

from __future__ import annotations

import numpy as np

from extensions.front.building import size_of, typed
from extensions.front.tf.common import converts, number, refuse
from extensions.ops import arithmetic as a
from extensions.ops.gathering import Gather, GatherND, ScatterElementsUpdate, ScatterNDUpdate
from extensions.ops.generating import NonZero, Range
from extensions.ops.movement import Concat, Transpose
from extensions.ops.reduction import ReduceMax, ReduceSum
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Unsqueeze
from extensions.ops.transcription import CTCGreedyDecoderSeqLen, CTCLoss, GatherTree
from extensions.ops.unary import Negative
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_KIND = ElementType.i32


@converts("CTCGreedyDecoder")
def ctc_greedy_decoder(
    g: Graph, node: SourceNode, logits: Output, lengths: Output
) -> tuple[Output, ...]:
    """The best class of each step as a sparse matrix, and minus the sum of their logits [N, 1]."""
    steps = g.add(Transpose(), logits, [1, 0, 2])
    op = CTCGreedyDecoderSeqLen(merge_repeated=bool(node.get("merge_repeated", False)))
    blank = _blank(g, node, logits)
    texts, sizes = g.add_multi(op, steps, typed(g, lengths, _KIND), blank)
    is_letter = g.add(a.GreaterEqual(), texts, number(g, 0, _KIND))
    places = g.add(Transpose(), g.add(NonZero(), is_letter), [1, 0])
    values = typed(g, g.add(GatherND(), texts, places), ElementType.i64)
    longest = typed(g, g.add(ReduceMax(keep_dims=True), sizes, [0]), ElementType.i64)
    count = g.add(Unsqueeze(), size_of(g, logits, 1), [0])
    best = g.add(ReduceMax(keep_dims=False), steps, [2])
    counted = g.add(a.Select(), _is_before(g, steps, lengths), best, number(g, 0, logits.dtype))
    score = g.add(Negative(), g.add(ReduceSum(keep_dims=True), counted, [1]))
    return places, values, g.add(Concat(axis=0), count, longest), score


def _blank(g: Graph, node: SourceNode, logits: Output) -> Output:
    """The class that stands for nothing: the last one, or counted from there if below 0."""
    index = node.get("blank_index", -1)
    if index >= 0:
        return number(g, index, _KIND)
    classes = typed(g, size_of(g, logits, 2), _KIND)
    return g.add(a.Add(), classes, number(g, index, _KIND))


def _is_before(g: Graph, steps: Output, lengths: Output) -> Output:
    """Whether a step lies within the length of its row: [N, T]."""
    zero, one = number(g, 0, ElementType.i64), number(g, 1, ElementType.i64)
    times = g.add(Range(output_type=ElementType.i64), zero, size_of(g, steps, 1), one)
    within = g.add(Unsqueeze(), typed(g, lengths, ElementType.i64), [1])
    return g.add(a.Less(), g.add(Unsqueeze(), times, [0]), within)


@converts("CTCLoss", "CTCLossV2")
def ctc_loss(
    g: Graph, node: SourceNode, logits: Output, places: Output, values: Output, lengths: Output
) -> Output:
    """The loss of labels given as a sparse matrix. Version 2 has the blank in front."""
    if node.get("ignore_longer_outputs_than_inputs", False):
        raise refuse("a loss that ignores labels longer than their sequence")
    steps = g.add(Transpose(), logits, [1, 0, 2])
    blank = number(g, 0, _KIND) if node.type.endswith("V2") else _blank(g, node, logits)
    shape = g.add(
        Concat(axis=0), *(g.add(Unsqueeze(), size_of(g, steps, i), [0]) for i in range(2))
    )
    places = typed(g, places, ElementType.i64)
    zeros = g.add(Broadcast(), number(g, 0, _KIND), shape)
    labels = g.add(ScatterNDUpdate(), zeros, places, typed(g, values, _KIND))
    op = CTCLoss(
        preprocess_collapse_repeated=bool(node.get("preprocess_collapse_repeated", False)),
        ctc_merge_repeated=bool(node.get("ctc_merge_repeated", True)),
    )
    sizes = _label_lengths(g, places, size_of(g, steps, 0))
    return g.add(op, steps, typed(g, lengths, _KIND), labels, sizes, blank)


def _label_lengths(g: Graph, places: Output, count: Output) -> Output:
    """How many labels each row has."""
    rows = g.add(Gather(), places, g.constant(np.int64(0)), g.constant(np.int64(1)))
    ones = g.add(Broadcast(), number(g, 1, _KIND), g.add(ShapeOf(), rows))
    nothing = g.add(Broadcast(), number(g, 0, _KIND), g.add(Reshape(), count, [1]))
    op = ScatterElementsUpdate(reduction="sum")
    return g.add(op, nothing, rows, ones, g.constant(np.int64(0)))


@converts("GatherTree", "Addons>GatherTree")
def gather_tree(
    g: Graph, node: SourceNode, steps: Output, parents: Output, lengths: Output, end: Output
) -> Output:
    """Beams of a search put together; their end may be frozen as a list of one number."""
    return g.add(GatherTree(), steps, parents, lengths, g.add(Reshape(), end, []))
