"""Which of many overlapping boxes stay: box_nms, and the end of detection networks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from extensions.front.building import invalid, rank_of, size_of, sliced, typed, vector
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts
from extensions.front.mxnet.masking import counting
from extensions.ops.arithmetic import (
    Add,
    Equal,
    Greater,
    LogicalAnd,
    Maximum,
    Minimum,
    Multiply,
    NotEqual,
    Select,
    Subtract,
)
from extensions.ops.gathering import Gather, GatherElements, GatherND, ScatterNDUpdate
from extensions.ops.generating import Range
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceLogicalOr, ReduceMax, ReduceMin
from extensions.ops.selection import TopK
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Unsqueeze
from extensions.ops.slicing import FAR
from extensions.ops.suppression import NonMaxSuppression
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


def column(g: Graph, rows: Output, index: int) -> Output:
    """One number of each row of [batch, count, width]."""
    return g.add(Gather(), rows, g.constant(np.int64(index)), g.constant(np.int64(2)))


def columns(g: Graph, rows: Output, first: int, end: int) -> Output:
    return g.add(Gather(), rows, list(range(first, end)), g.constant(np.int64(2)))


def reordered(g: Graph, rows: Output, places: Output) -> Output:
    """Rows [batch, count, width] by places [batch, count].

    GatherND, as the 2026 CPU runtime crashes on some static shapes of a Gather in batches.
    """
    return g.add(GatherND(batch_dims=1), rows, g.add(Unsqueeze(), places, [2]))


def flags_at(g: Graph, flags: Output, places: Output) -> Output:
    """Booleans [batch, count] by places [batch, count]."""
    numbers = g.add(GatherElements(axis=1), typed(g, flags, ElementType.f32), places)
    return g.add(Greater(), numbers, 0.0)


def by_key(g: Graph, key: Output, count: Output) -> Output:
    """The places of the greatest keys [batch, n], best first, equal ones in their order."""
    return g.add_multi(TopK(axis=1, mode="max", stable=True), key, count)[1]


def descending(g: Graph, like: Output) -> Output:
    """n, n - 1 ... 1 for the n columns of a matrix: their order as scores."""
    size = size_of(g, like, 1)
    step, end = g.constant(np.int64(-1)), g.constant(np.int64(0))
    return g.add(Range(output_type=ElementType.f32), size, end, step)


class Boxes(NamedTuple):
    """Boxes [batch, n, 4] by their corners, best first, and which of them count [batch, n].

    Without classes [batch, n] all boxes suppress each other. ``labels`` [1 or batch, labels] are
    all that there can be.
    """

    corners: Output
    valid: Output
    classes: Output | None = None
    labels: Output | None = None


def kept(g: Graph, boxes: Boxes, threshold: float) -> Output:
    """Booleans [batch, n]: what is left when each box takes away those that overlap it."""
    order = g.add(Unsqueeze(), descending(g, boxes.valid), [0, 1])
    counts = g.add(Unsqueeze(), boxes.valid, [1])
    if boxes.classes is not None:
        # One row of scores for each class, in which the others do not count.
        assert boxes.labels is not None
        labels = g.add(Unsqueeze(), boxes.labels, [2])
        same = g.add(Equal(), g.add(Unsqueeze(), boxes.classes, [1]), labels)
        counts = g.add(LogicalAnd(), counts, same)
    scores = g.add(Select(), counts, order, g.constant(np.float32(-1)))
    most = size_of(g, boxes.valid, 1)
    limits = g.constant(np.float32(threshold)), g.constant(np.float32(0))
    chosen = g.add(NonMaxSuppression(), boxes.corners, scores, most, *limits)
    # The runtimes of 2021 fill the rows up with -1: these mark a column in front of the others.
    places = g.add(Gather(), chosen, [0, 2], g.constant(np.int64(1)))
    places = g.add(Maximum(), g.add(Add(), places, [0, 1]), [0, 0])
    shape = g.add(Add(), g.add(ShapeOf(), boxes.valid), [0, 1])
    nothing = g.add(Broadcast(), g.constant(np.float32(0)), shape)
    count = g.add(Reshape(), size_of(g, chosen, 0), [1])
    ones = g.add(Broadcast(), g.constant(np.float32(1)), count)
    marked = g.add(ScatterNDUpdate(), nothing, places, ones)
    return g.add(Greater(), sliced(g, marked, [1], [FAR], [1], [1]), 0.0)


# More boxes than these are not compared with each other.
_FEW = 1024
_NO_LABEL = float(np.finfo(np.float32).min)


def _labels_of(g: Graph, classes: Output) -> Output:
    """The classes of a few boxes, whose number may be fixed; of many, all that might be there."""
    assert classes.shape is not None
    count = classes.shape[1]
    few = (count if isinstance(count, int) else count.max) <= _FEW
    return _distinct(g, classes) if few else _range_of(g, classes)


def _distinct(g: Graph, classes: Output) -> Output:
    """The class of each box, where no box before it has the same."""
    one, other = g.add(Unsqueeze(), classes, [2]), g.add(Unsqueeze(), classes, [1])
    places = counting(g, classes, 1)
    before = g.add(Greater(), g.add(Unsqueeze(), places, [1]), g.add(Unsqueeze(), places, [0]))
    same = g.add(LogicalAnd(), g.add(Equal(), one, other), before)
    again = g.add(ReduceLogicalOr(keep_dims=False), same, [2])
    return g.add(Select(), again, g.constant(_NO_LABEL, classes.dtype), classes)


def _range_of(g: Graph, classes: Output) -> Output:
    """All whole numbers from the least to the greatest of the classes."""
    least, greatest = (
        typed(g, g.add(op(keep_dims=False), classes, [0, 1]), ElementType.i64)
        for op in (ReduceMin, ReduceMax)
    )
    one = g.constant(np.int64(1))
    end = g.add(Add(), greatest, one)
    labels = g.add(Range(output_type=ElementType.f32), least, end, one)
    return g.add(Unsqueeze(), labels, [0])


def kept_first(g: Graph, rows: Output, keep: Output) -> tuple[Output, Output]:
    """The kept rows before all others, in their order; and the booleans in the new order."""
    order = descending(g, keep)
    key = g.add(Select(), keep, order, g.constant(np.float32(0)))
    places = by_key(g, key, size_of(g, keep, 1))
    return reordered(g, rows, places), flags_at(g, keep, places)


def or_minus_one(g: Graph, keep: Output, rows: Output) -> Output:
    """Rows of -1 where they are not kept."""
    return g.add(Select(), g.add(Unsqueeze(), keep, [2]), rows, g.constant(-1.0, rows.dtype))


_FORMATS = {"center": True, "corner": False}


@converts("_contrib_box_nms")
def box_nms(g: Graph, node: SourceNode, x: Output) -> Output:
    """Rows [..., n, width] with a score, corners and perhaps a class; what goes becomes -1."""
    rank = rank_of(x)
    if rank < 2:
        raise invalid(f"its rows {x.type} are no matrix")
    rows = x
    if rank != 3:
        sizes = [g.constant(np.int64(-1)), size_of(g, x, rank - 2), size_of(g, x, rank - 1)]
        rows = g.add(Reshape(), x, vector(g, sizes))
    result = _suppressed(g, node, rows)
    return result if rank == 3 else g.add(Reshape(), result, g.add(ShapeOf(), x))


def _suppressed(g: Graph, node: SourceNode, rows: Output) -> Output:
    scores = column(g, rows, at.integer(node, "score_index", 1))
    label = at.integer(node, "id_index", -1)
    valid = g.add(Greater(), scores, at.number(node, "valid_thresh", 0.0))
    background = at.integer(node, "background_id", -1)
    if label >= 0:
        is_object = g.add(NotEqual(), column(g, rows, label), float(background))
        valid = g.add(LogicalAnd(), valid, is_object)
    total = size_of(g, rows, 1)
    limit = at.integer(node, "topk", -1)
    if limit == 0:
        return rows
    count = g.add(Minimum(), total, g.constant(np.int64(limit))) if limit > 0 else total
    key = g.add(Select(), valid, scores, g.constant(np.float32(-np.inf), rows.dtype))
    places = by_key(g, key, count)
    best = reordered(g, rows, places)
    start = at.integer(node, "coord_start", 2)
    corners = columns(g, best, start, start + 4)
    is_centre = at.chosen(node, "in_format", _FORMATS, "corner")
    if is_centre:
        corners = corners_of(g, corners)
    grouped = label >= 0 and not at.flag(node, "force_suppress")
    boxes = Boxes(corners, flags_at(g, valid, places))
    if grouped:
        classes = column(g, best, label)
        boxes = boxes._replace(classes=classes, labels=_labels_of(g, classes))
    keep = kept(g, boxes, at.number(node, "overlap_thresh", 0.5))
    best = _with_format(g, node, best, corners, start, is_centre)
    best, keep = kept_first(g, best, keep)
    result = or_minus_one(g, keep, best)
    return _filled_up(g, result, rows) if limit > 0 else result


def _with_format(
    g: Graph, node: SourceNode, rows: Output, corners: Output, start: int, is_centre: bool
) -> Output:
    """The rows with their boxes in the format that is asked for."""
    wanted = at.chosen(node, "out_format", _FORMATS, "corner")
    if wanted == is_centre:
        return rows
    boxes = centres_of(g, corners) if wanted else corners
    parts = [columns(g, rows, 0, start)] if start else []
    width = rows.shape[2] if rows.shape else None
    parts.append(boxes)
    if width != start + 4:
        parts.append(sliced(g, rows, [start + 4], [FAR], [2], [1]))
    return g.add(Concat(axis=2), *parts)


def _filled_up(g: Graph, rows: Output, like: Output) -> Output:
    """Rows of -1 behind, until there are as many as there were."""
    missing = g.add(Subtract(), size_of(g, like, 1), size_of(g, rows, 1))
    # It is never negative, but the runtime refuses what might be.
    missing = g.add(Maximum(), missing, g.constant(np.int64(0)))
    sizes = vector(g, [size_of(g, like, 0), missing, size_of(g, like, 2)])
    return g.add(Concat(axis=1), rows, g.add(Broadcast(), g.constant(-1.0, rows.dtype), sizes))


def corners_of(g: Graph, boxes: Output) -> Output:
    """(x, y, width, height) as (left, top, right, bottom)."""
    centre, size = columns(g, boxes, 0, 2), columns(g, boxes, 2, 4)
    half = g.add(Multiply(), size, 0.5)
    return g.add(Concat(axis=2), g.add(Subtract(), centre, half), g.add(Add(), centre, half))


def centres_of(g: Graph, boxes: Output) -> Output:
    first, last = columns(g, boxes, 0, 2), columns(g, boxes, 2, 4)
    middle = g.add(Multiply(), g.add(Add(), first, last), 0.5)
    return g.add(Concat(axis=2), middle, g.add(Subtract(), last, first))
