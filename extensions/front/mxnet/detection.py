"""The anchors and the ends of single-shot detection networks, in relative coordinates."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, rank_of, size_of, sliced, typed, vector
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet import suppression as s
from extensions.front.mxnet.common import converts, refused
from extensions.front.mxnet.masking import counting
from extensions.ops.activation import Clamp
from extensions.ops.arithmetic import (
    Add,
    Divide,
    GreaterEqual,
    Less,
    LogicalAnd,
    Maximum,
    Minimum,
    Multiply,
    Select,
    Subtract,
)
from extensions.ops.generating import Range
from extensions.ops.movement import Concat, Transpose
from extensions.ops.reduction import ReduceProd
from extensions.ops.selection import TopK
from extensions.ops.shaping import Broadcast, Reshape, Squeeze, Unsqueeze
from extensions.ops.unary import Exp
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("_contrib_MultiBoxPrior")
def multi_box_prior(g: Graph, node: SourceNode, x: Output) -> Output:
    """Anchors [1, cells * (sizes + ratios - 1), 4]: all sizes with the first ratio, then the rest.

    A box of size s and ratio r is s * sqrt(r) wide, in units of the image's height.
    """
    sizes, ratios = at.numbers(node, "sizes", (1.0,)), at.numbers(node, "ratios", (1.0,))
    steps, offsets = (
        at.numbers(node, "steps", (-1.0, -1.0)),
        at.numbers(node, "offsets", (0.5, 0.5)),
    )
    if not sizes or not ratios or min(ratios) <= 0 or len(steps) != 2 or len(offsets) != 2:
        raise invalid("its sizes, ratios, steps or offsets are no numbers for anchors")
    pairs = [(size, ratios[0]) for size in sizes] + [(sizes[0], ratio) for ratio in ratios[1:]]
    wide, high = (
        g.constant(np.asarray([size * ratio**power / 2 for size, ratio in pairs], np.float32))
        for power in (0.5, -0.5)
    )
    height, width = (typed(g, size_of(g, x, axis), ElementType.f32) for axis in (2, 3))
    wide = g.add(Multiply(), wide, g.add(Divide(), height, width))
    y, x_ = (
        _centres(g, x, axis, step, offset)
        for axis, step, offset in ((2, steps[0], offsets[0]), (3, steps[1], offsets[1]))
    )
    y = g.add(Unsqueeze(), y, [1, 2])
    x_ = g.add(Unsqueeze(), x_, [0, 2])
    cells = [size_of(g, x, 2), size_of(g, x, 3), g.constant(np.int64(len(pairs)))]
    shape = vector(g, cells)
    edges = [
        g.add(op(), centre, half)
        for op in (Subtract, Add)
        for centre, half in ((x_, wide), (y, high))
    ]
    laid = [g.add(Unsqueeze(), g.add(Broadcast(), edge, shape), [3]) for edge in edges]
    anchors = g.add(Reshape(), g.add(Concat(axis=3), *laid), [1, -1, 4])
    return g.add(Clamp(min=0.0, max=1.0), anchors) if at.flag(node, "clip") else anchors


def _centres(g: Graph, x: Output, axis: int, step: float, offset: float) -> Output:
    """Where the cells of an axis have their centres; steps divide the image evenly if not given."""
    places = g.add(Add(), typed(g, counting(g, x, axis), ElementType.f32), offset)
    if step > 0:
        return g.add(Multiply(), places, step)
    return g.add(Divide(), places, typed(g, size_of(g, x, axis), ElementType.f32))


@converts("_contrib_MultiBoxDetection")
def multi_box_detection(
    g: Graph, node: SourceNode, scores: Output, deltas: Output, anchors: Output
) -> Output:
    """Rows (class, score, corners) [batch, anchors, 6], best first; class -1 does not count.

    Where this is the end of the model, its rows come as those of the IR's own detection layers,
    (image, class, score, corners) [1, 1, batch * anchors, 7], which is what applications expect.
    """
    rows, valid = _best_classes(g, node, scores)
    boxes = _decoded(g, node, deltas, anchors)
    rows = g.add(Concat(axis=2), rows, boxes)
    threshold = at.number(node, "nms_threshold", 0.5)
    rows, keep = _nms(g, node, rows, valid, threshold, _labels(g, scores))
    return _as_detections(g, rows, keep) if _is_end(node) else rows


def _labels(g: Graph, scores: Output) -> Output:
    """0, 1 ... for the classes behind the background: [1, classes]."""
    first, step = g.constant(np.int64(0)), g.constant(np.int64(1))
    end = g.add(Subtract(), size_of(g, scores, 1), step)
    return g.add(Unsqueeze(), g.add(Range(output_type=ElementType.f32), first, end, step), [0])


def _best_classes(g: Graph, node: SourceNode, scores: Output) -> tuple[Output, Output]:
    """(class, score) [batch, anchors, 2] of the best class but the first, the background."""
    objects = sliced(g, scores, [1], [2**31 - 1], [1], [1])
    op = TopK(axis=1, stable=True)
    best, label = g.add_multi(op, objects, g.constant(np.int64(1)))
    pair = g.add(Concat(axis=1), typed(g, label, best.dtype), best)
    valid = g.add(GreaterEqual(), best, at.number(node, "threshold", 0.01))
    return g.add(Transpose(), pair, [0, 2, 1]), g.add(Squeeze(), valid, [1])


def _decoded(g: Graph, node: SourceNode, deltas: Output, anchors: Output) -> Output:
    """Corners of the anchors moved and stretched by what the network predicts."""
    variances = at.numbers(node, "variances", (0.1, 0.1, 0.2, 0.2))
    if len(variances) != 4:
        raise invalid(f"its variances are {list(variances)}")
    laid = g.add(Reshape(special_zero=True), deltas, [0, -1, 4])
    laid = g.add(Multiply(), laid, np.asarray(variances, np.float32))
    boxes = decoded(g, laid, s.centres_of(g, anchors))
    return g.add(Clamp(min=0.0, max=1.0), boxes) if at.flag(node, "clip", True) else boxes


def decoded(g: Graph, deltas: Output, anchors: Output) -> Output:
    """Corners of boxes (centre, size) moved in units of their size, the size by its logarithm."""
    centre, size = s.columns(g, anchors, 0, 2), s.columns(g, anchors, 2, 4)
    moved = g.add(Add(), g.add(Multiply(), s.columns(g, deltas, 0, 2), size), centre)
    grown = g.add(Multiply(), g.add(Exp(), s.columns(g, deltas, 2, 4)), size)
    return s.corners_of(g, g.add(Concat(axis=2), moved, grown))


@converts("_contrib_box_decode")
def box_decode(g: Graph, node: SourceNode, deltas: Output, anchors: Output) -> Output:
    """As in MultiBoxDetection; ``clip`` is the most that the logarithm of a size may be."""
    factors = [at.number(node, f"std{i}", 1.0) for i in range(4)]
    deltas = g.add(Multiply(), deltas, np.asarray(factors, np.float32))
    if at.word(node, "format", "center") == "corner":
        anchors = s.centres_of(g, anchors)
    limit = at.number(node, "clip", -1.0)
    if limit > 0:
        sizes = g.add(Minimum(), s.columns(g, deltas, 2, 4), limit)
        deltas = g.add(Concat(axis=2), s.columns(g, deltas, 0, 2), sizes)
    return decoded(g, deltas, anchors)


@converts("_contrib_box_iou")
def box_iou(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    """The shared part of each pair of boxes [n, 4] and [m, 4]: [n, m]."""
    if rank_of(x) != 2 or rank_of(y) != 2:
        raise refused("boxes with more axes than rows and corners")
    x, y = (g.add(Unsqueeze(), boxes, [axis]) for boxes, axis in ((x, 1), (y, 0)))
    if at.word(node, "format", "corner") == "center":
        x, y = s.corners_of(g, x), s.corners_of(g, y)
    first = g.add(Maximum(), s.columns(g, x, 0, 2), s.columns(g, y, 0, 2))
    last = g.add(Minimum(), s.columns(g, x, 2, 4), s.columns(g, y, 2, 4))
    shared = _area(g, g.add(Maximum(), g.add(Subtract(), last, first), 0.0))
    areas = [
        _area(g, g.add(Subtract(), s.columns(g, boxes, 2, 4), s.columns(g, boxes, 0, 2)))
        for boxes in (x, y)
    ]
    return g.add(Divide(), shared, g.add(Subtract(), g.add(Add(), *areas), shared))


def _area(g: Graph, sizes: Output) -> Output:
    return g.add(ReduceProd(keep_dims=False), sizes, [2])


def _nms(
    g: Graph, node: SourceNode, rows: Output, valid: Output, threshold: float, labels: Output
) -> tuple[Output, Output]:
    """The rows in order, their class -1 where they are suppressed, and which are not."""
    if not 0 < threshold <= 1:
        rows, keep = s.kept_first(g, rows, valid)
        return s.or_minus_one(g, keep, rows), keep
    none = g.constant(np.float32(-np.inf))
    key = g.add(Select(), valid, s.column(g, rows, 1), none)
    places = s.by_key(g, key, size_of(g, rows, 1))
    rows = s.reordered(g, rows, places)
    valid = s.flags_at(g, valid, places)
    rows = s.or_minus_one(g, valid, rows)
    limit = at.integer(node, "nms_topk", -1)
    if limit > 0:
        among = g.add(Less(), counting(g, rows, 1), g.constant(np.int64(limit)))
        valid = g.add(LogicalAnd(), valid, among)
    boxes = s.Boxes(s.columns(g, rows, 2, 6), valid)
    if not at.flag(node, "force_suppress"):
        boxes = boxes._replace(classes=s.column(g, rows, 0), labels=labels)
    keep = s.kept(g, boxes, threshold)
    label = g.add(Select(), keep, s.column(g, rows, 0), g.constant(np.float32(-1)))
    rows = g.add(Concat(axis=2), g.add(Unsqueeze(), label, [2]), s.columns(g, rows, 1, 6))
    return rows, keep


@converts("_contrib_MultiBoxTarget")
def multibox_target(g: Graph, node: SourceNode, *inputs: Output) -> Output:
    raise refused("what training compares boxes with (MultiBoxTarget)")


def _is_end(node: SourceNode) -> bool:
    """Whether nobody reads the rows."""
    walk = node.walk
    readers = (name for other in walk.model.nodes for name in other.inputs)
    return walk.outer is None and node.outputs[0] not in readers


def _as_detections(g: Graph, rows: Output, keep: Output) -> Output:
    """All kept rows of all images, with the number of the image, before those that do not count."""
    image = typed(g, counting(g, keep, 0), ElementType.f32)
    image = g.add(Select(), keep, g.add(Unsqueeze(), image, [1]), g.constant(np.float32(-1)))
    rows = g.add(Concat(axis=2), g.add(Unsqueeze(), image, [2]), rows)
    flat = g.add(Reshape(), rows, [1, -1, 7])
    rows, keep = s.kept_first(g, flat, g.add(Reshape(), keep, [1, -1]))
    return g.add(Unsqueeze(), s.or_minus_one(g, keep, rows), [1])
