"""Sorting, extremes, sets, and the choice among boxes."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import invalid, just_above, rank_of, scalar, size_of, typed
from extensions.front.tf.common import axis_of, converts, needed, number, refuse, type_attribute
from extensions.ops import arithmetic as a
from extensions.ops.gathering import Gather
from extensions.ops.generating import NonZero
from extensions.ops.movement import Pad, Transpose
from extensions.ops.reduction import ReduceLogicalOr
from extensions.ops.selection import Bucketize, TopK, Unique
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from extensions.ops.suppression import NonMaxSuppression
from extensions.ops.unary import LogicalNot
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("TopK")
def top_k(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    return top_k_v2(g, node, x, number(g, needed(node, "k"), ElementType.i64))


@converts("TopKV2")
def top_k_v2(g: Graph, node: SourceNode, x: Output, k: Output) -> tuple[Output, ...]:
    """Along the last axis; of equal elements the first comes first."""
    kind = type_attribute(node, "index_type", ElementType.i32)
    op = TopK(axis=rank_of(x) - 1, stable=True, index_element_type=kind)
    return g.add_multi(op, x, scalar(g, k))


@converts("ArgMax", "ArgMin")
def arg_extreme(g: Graph, node: SourceNode, x: Output, axis: Output) -> Output:
    """The first of equal elements."""
    place = axis_of(axis, rank_of(x))
    kind = type_attribute(node, "output_type", ElementType.i64)
    op = TopK(
        axis=place,
        mode="max" if node.type == "ArgMax" else "min",
        stable=True,
        index_element_type=kind if kind is ElementType.i32 else ElementType.i64,
    )
    if x.dtype is ElementType.boolean:
        x = typed(g, x, ElementType.u8)
    found = g.add_multi(op, x, g.constant(np.int64(1)))[1]
    return typed(g, g.add(Squeeze(), found, [place]), kind)


@converts("Where")
def where(g: Graph, node: SourceNode, x: Output) -> Output:
    """Rows: the indices of an element that is not 0."""
    return g.add(Transpose(), g.add(NonZero(), x), [1, 0])


@converts("Bucketize")
def bucketize(g: Graph, node: SourceNode, x: Output) -> Output:
    """The number of boundaries that are not above an element."""
    limits = np.asarray(node.get("boundaries", []), np.float32)
    op = Bucketize(output_type=ElementType.i32, with_right_bound=False)
    return g.add(op, x, g.constant(limits))


@converts("Unique", "UniqueV2")
def unique(g: Graph, node: SourceNode, x: Output, axis: Output | None = None) -> Any:
    """Distinct elements in the order of their first appearance."""
    values, places, _ = _unique(g, node, x, axis)
    return values, places


@converts("UniqueWithCounts", "UniqueWithCountsV2")
def unique_with_counts(g: Graph, node: SourceNode, x: Output, axis: Output | None = None) -> Any:
    return _unique(g, node, x, axis)


def _unique(g: Graph, node: SourceNode, x: Output, axis: Output | None) -> tuple[Output, ...]:
    kind = type_attribute(node, "out_idx", ElementType.i32)
    op = Unique(sorted=False, index_element_type=kind, count_element_type=kind)
    along = [] if axis is None or axis.shape == (0,) else [scalar(g, axis)]
    values, _, places, counts = g.add_multi(op, x, *along)
    return values, places, counts


@converts("ListDiff")
def list_diff(g: Graph, node: SourceNode, x: Output, y: Output) -> tuple[Output, ...]:
    """The elements of x that y does not have, and where they stand."""
    same = g.add(a.Equal(), g.add(Unsqueeze(), x, [1]), g.add(Unsqueeze(), y, [0]))
    found = g.add(ReduceLogicalOr(keep_dims=False), same, [1])
    places = g.add(Squeeze(), g.add(NonZero(), g.add(LogicalNot(), found)), [0])
    kind = type_attribute(node, "out_idx", ElementType.i32)
    rest = g.add(Gather(), x, places, g.constant(np.int64(0)))
    return rest, typed(g, places, kind)


# ---- non-maximum suppression


@converts("NonMaxSuppression")
def nms_1(g: Graph, node: SourceNode, boxes: Output, scores: Output, most: Output) -> Output:
    limit = number(g, node.get("iou_threshold", 0.5), ElementType.f32)
    return _selected(g, boxes, scores, most, limit)[0]


@converts("NonMaxSuppressionV2")
def nms_2(
    g: Graph, node: SourceNode, boxes: Output, scores: Output, most: Output, iou: Output
) -> Output:
    return _selected(g, boxes, scores, most, iou)[0]


@converts("NonMaxSuppressionV3")
def nms_3(
    g: Graph,
    node: SourceNode,
    boxes: Output,
    scores: Output,
    most: Output,
    iou: Output,
    score: Output,
) -> Output:
    return _selected(g, boxes, scores, most, iou, score)[0]


@converts("NonMaxSuppressionV4")
def nms_4(
    g: Graph,
    node: SourceNode,
    boxes: Output,
    scores: Output,
    most: Output,
    iou: Output,
    score: Output,
) -> tuple[Output, ...]:
    chosen, _, count = _selected(g, boxes, scores, most, iou, score)
    if node.get("pad_to_max_output_size", False):
        chosen = _padded(g, chosen, most)
    return chosen, count


@converts("NonMaxSuppressionV5")
def nms_5(
    g: Graph,
    node: SourceNode,
    boxes: Output,
    scores: Output,
    most: Output,
    iou: Output,
    score: Output,
    sigma: Output,
) -> tuple[Output, ...]:
    chosen, values, count = _selected(g, boxes, scores, most, iou, score, sigma)
    if node.get("pad_to_max_output_size", False):
        chosen, values = _padded(g, chosen, most), _padded(g, values, most)
    return chosen, values, count


def _selected(
    g: Graph, boxes: Output, scores: Output, most: Output, *limits: Output
) -> tuple[Output, Output, Output]:
    """Indices of boxes, their scores, and how many there are."""
    if boxes.rank not in (2, None) or scores.rank not in (1, None):
        raise invalid(f"boxes {boxes.type} and scores {scores.type}")
    numbers = [typed(g, scalar(g, value), ElementType.f32) for value in limits]
    if len(numbers) == 1:
        # Without a limit every score counts.
        numbers.append(number(g, np.finfo(np.float32).min, ElementType.f32))
    numbers[0] = just_above(g, numbers[0])
    op = NonMaxSuppression(
        box_encoding="corner", sort_result_descending=True, output_type=ElementType.i32
    )
    rows, details, count = g.add_multi(
        op,
        g.add(Reshape(), boxes, [1, -1, 4]),
        g.add(Reshape(), scores, [1, 1, -1]),
        scalar(g, most),
        *numbers,
    )
    column, axis = g.constant(np.int64(2)), g.constant(np.int64(1))
    chosen = g.add(Gather(), rows, column, axis)
    values = typed(g, g.add(Gather(), details, column, axis), scores.dtype)
    return chosen, values, scalar(g, count)


def _padded(g: Graph, values: Output, most: Output) -> Output:
    """Zeros behind, up to the greatest number that is allowed."""
    wanted = typed(g, scalar(g, most), ElementType.i64)
    missing = g.add(a.Subtract(), wanted, size_of(g, values, 0))
    behind = g.add(Unsqueeze(), missing, [0])
    zero = number(g, 0, values.dtype)
    return g.add(Pad(pad_mode="constant"), values, [0], behind, zero)


@converts("CombinedNonMaxSuppression")
def combined_nms(g: Graph, node: SourceNode, *inputs: Output) -> Any:
    raise refuse("suppression over all classes at once")
