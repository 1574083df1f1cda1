"""The choice among overlapping boxes."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import invalid, just_above, rank_of, scalar, size_of, typed
from extensions.front.tf.common import converts, number, refuse
from extensions.ops import arithmetic as a
from extensions.ops.activation import Clamp
from extensions.ops.gathering import Gather, GatherND, ScatterNDUpdate
from extensions.ops.generating import Range
from extensions.ops.movement import Concat, Pad, Transpose
from extensions.ops.reduction import ReduceSum
from extensions.ops.selection import TopK
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Unsqueeze
from extensions.ops.suppression import NonMaxSuppression
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

# Without a limit every score counts.
_ANY_SCORE = float(np.finfo(np.float32).min)


@converts("NonMaxSuppression")
def suppressed_by_attribute(
    g: Graph, node: SourceNode, boxes: Output, scores: Output, most: Output
) -> Output:
    limit = number(g, node.get("iou_threshold", 0.5), ElementType.f32)
    return _selected(g, boxes, scores, most, limit)[0]


@converts("NonMaxSuppressionV2", "NonMaxSuppressionV3")
def suppressed(
    g: Graph, node: SourceNode, boxes: Output, scores: Output, most: Output, *limits: Output
) -> Output:
    """Limits: of overlap; from version 3 of scores."""
    return _selected(g, boxes, scores, most, *limits)[0]


@converts("NonMaxSuppressionV4", "NonMaxSuppressionV5")
def suppressed_and_counted(
    g: Graph, node: SourceNode, boxes: Output, scores: Output, most: Output, *limits: Output
) -> tuple[Output, ...]:
    """Limits: of overlap, of scores, and in version 5 the sigma of soft suppression."""
    chosen, values, count = _selected(g, boxes, scores, most, *limits)
    if node.get("pad_to_max_output_size", False):
        chosen, values = _padded(g, chosen, most), _padded(g, values, most)
    return (chosen, count) if node.type.endswith("V4") else (chosen, values, count)


def _selected(
    g: Graph, boxes: Output, scores: Output, most: Output, *limits: Output
) -> tuple[Output, Output, Output]:
    """Indices of boxes, their scores, and how many there are."""
    if boxes.rank not in (2, None) or scores.rank not in (1, None):
        raise invalid(f"boxes {boxes.type} and scores {scores.type}")
    numbers = [typed(g, scalar(g, value), ElementType.f32) for value in limits]
    if len(numbers) == 1:
        numbers.append(number(g, _ANY_SCORE, ElementType.f32))
    rows, details, count = _non_maximum(
        g,
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


def _non_maximum(
    g: Graph, boxes: Output, scores: Output, most: Output, iou: Output, *limits: Output
) -> tuple[Output, ...]:
    """Rows [batch, class, box] of what boxes [B, N, 4] with scores [B, C, N] leave."""
    op = NonMaxSuppression(
        box_encoding="corner", sort_result_descending=True, output_type=ElementType.i32
    )
    return g.add_multi(op, boxes, scores, most, just_above(g, iou), *limits)


@converts("CombinedNonMaxSuppression")
def combined(
    g: Graph,
    node: SourceNode,
    boxes: Output,
    scores: Output,
    per_class: Output,
    total: Output,
    iou: Output,
    score: Output,
) -> Any:
    """Each class by itself, then the best of all classes; zeros fill up.

    boxes [B, N, 1 or C, 4], scores [B, N, C]; results [B, M, 4], [B, M], [B, M], and counts [B].
    """
    per_class, total = (typed(g, scalar(g, n), ElementType.i64) for n in (per_class, total))
    classes, anchors = size_of(g, scores, 2), size_of(g, scores, 1)
    if node.get("pad_per_class", False):
        total = g.add(a.Minimum(), total, g.add(a.Multiply(), per_class, classes))
    limits = [typed(g, scalar(g, value), ElementType.f32) for value in (iou, score)]
    ranked = _kept_scores(g, boxes, scores, per_class, *limits)
    behind = g.add(Concat(axis=0), [0], g.add(Unsqueeze(), total, [0]))
    lowest = number(g, -np.inf, ranked.dtype)
    ranked = g.add(Pad(pad_mode="constant"), ranked, [0, 0], behind, lowest)
    best = TopK(axis=1, stable=True, index_element_type=ElementType.i64)
    values, places = g.add_multi(best, ranked, total)
    found = g.add(a.Greater(), values, lowest)
    nothing = number(g, 0, ElementType.i64)
    places = g.add(a.Select(), found, places, nothing)
    kinds = g.add(a.Divide(), places, anchors)
    rows = _box_rows(g, boxes, places, anchors)
    if node.get("clip_boxes", True):
        rows = g.add(Clamp(min=0.0, max=1.0), rows)
    zero = number(g, 0, scores.dtype)
    rows = g.add(a.Select(), g.add(Unsqueeze(), found, [2]), rows, zero)
    counts = g.add(ReduceSum(keep_dims=False), typed(g, found, ElementType.i32), [1])
    return rows, g.add(a.Select(), found, values, zero), typed(g, kinds, scores.dtype), counts


def _kept_scores(g: Graph, boxes: Output, scores: Output, *limits: Output) -> Output:
    """[B, C * N]: the scores of what suppression leaves of each class, else minus infinity."""
    by_class = g.add(Transpose(), scores, [0, 2, 1])
    flat_shape = g.add(Concat(axis=0), _size(g, scores, 0), [-1])
    laid, chances = g.add(Reshape(special_zero=True), boxes, [0, -1, 4]), by_class
    if not _is_shared(boxes):
        # Each class has boxes of its own: it counts as an image of its own.
        own = g.add(Transpose(), boxes, [0, 2, 1, 3])
        laid = g.add(Reshape(), own, g.add(Concat(axis=0), [-1], _size(g, boxes, 1), [4]))
        apart = g.add(Concat(axis=0), [-1, 1], _size(g, scores, 1))
        chances = g.add(Reshape(), by_class, apart)
    rows = _non_maximum(g, laid, chances, *limits)[0]
    lowest = number(g, -np.inf, scores.dtype)
    nothing = g.add(Broadcast(), lowest, g.add(ShapeOf(), chances))
    kept = g.add(ScatterNDUpdate(), nothing, rows, g.add(GatherND(), chances, rows))
    return g.add(Reshape(), kept, flat_shape)


def _box_rows(g: Graph, boxes: Output, places: Output, anchors: Output) -> Output:
    """The boxes at places [B, M], which count classes and in them anchors."""
    order = boxes if _is_shared(boxes) else g.add(Transpose(), boxes, [0, 2, 1, 3])
    if _is_shared(boxes):
        places = g.add(a.FloorMod(), places, anchors)
    each = g.add(Reshape(special_zero=True), order, [0, -1, 4])
    zero, one = number(g, 0, ElementType.i64), number(g, 1, ElementType.i64)
    images = g.add(Range(output_type=ElementType.i64), zero, size_of(g, boxes, 0), one)
    starts = g.add(a.Multiply(), g.add(Unsqueeze(), images, [1]), size_of(g, each, 1))
    rows = g.add(Reshape(), each, [-1, 4])
    return g.add(Gather(), rows, g.add(a.Add(), places, starts), g.constant(np.int64(0)))


def _is_shared(boxes: Output) -> bool:
    """Whether all classes share their boxes."""
    if rank_of(boxes) != 4 or not isinstance(boxes.shape and boxes.shape[2], int):
        raise refuse(f"suppression among boxes {boxes.type}, whose number per anchor is unknown")
    return bool(boxes.shape and boxes.shape[2] == 1)


def _size(g: Graph, value: Output, axis: int) -> Output:
    return g.add(Unsqueeze(), size_of(g, value, axis), [0])
