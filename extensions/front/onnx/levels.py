"""Detectors of Caffe2 with a feature pyramid: regions gathered from its levels and dealt out to
them again, and the best boxes of each class.

Semantics: the operator catalogue of Caffe2, and the paper on feature pyramid networks.
"""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, just_above, lift, rank_of, size_of, sliced, typed
from extensions.front.onnx.caffe2 import caffe2, column, counted, numbered
from extensions.front.onnx.common import refuse
from extensions.front.onnx.selection import where_true
from extensions.ops.activation import Clamp
from extensions.ops.arithmetic import (
    Add,
    Divide,
    Equal,
    FloorMod,
    GreaterEqual,
    Minimum,
    Multiply,
    Select,
    Subtract,
)
from extensions.ops.gathering import Gather, ScatterUpdate
from extensions.ops.movement import Concat, Transpose
from extensions.ops.reduction import ReduceMin, ReduceSum
from extensions.ops.selection import TopK
from extensions.ops.shaping import Broadcast, Reshape, Squeeze, Tile
from extensions.ops.suppression import NonMaxSuppression
from extensions.ops.unary import CumSum, Floor, Log, Sqrt
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_I64 = ElementType.i64
_FIRST = np.int64(0)


# ---- levels of a pyramid


@caffe2("CollectRpnProposals")
def collect_rpn_proposals(g: Graph, node: SourceNode, *inputs: Output) -> Output:
    """The best of the regions [R, 5] of all levels; behind those come their scores [R]."""
    if len(inputs) % 2 or not inputs:
        raise invalid(f"{len(inputs)} inputs are no regions and scores of levels")
    levels = len(inputs) // 2
    rois = g.add(Concat(axis=0), *inputs[:levels])
    scores = g.add(Concat(axis=0), *(g.add(Reshape(), x, [-1]) for x in inputs[levels:]))
    most = g.constant(np.int64(node.get("rpn_post_nms_topN", 2000)))
    count = g.add(Minimum(), size_of(g, scores, 0), most)
    op = TopK(axis=0, stable=True, index_element_type=_I64)
    _, order = g.add_multi(op, scores, count)
    return g.add(Gather(), rois, order, _FIRST)


@caffe2("DistributeFpnProposals")
def distribute_fpn_proposals(g: Graph, node: SourceNode, rois: Output) -> tuple[Output, ...]:
    """The regions of each level, and where each region went in all of these together.

    Equation 1 of the paper: the larger a region, the coarser its level.
    """
    first, last = node.get("roi_min_level", 2), node.get("roi_max_level", 5)
    if last < first or last - first > _MOST_LEVELS:
        raise invalid(f"levels {first} to {last} are none of a pyramid")
    plus = 1.0 if node.get("legacy_plus_one", 1) else 0.0
    left, top, right, bottom = (column(g, rois, number) for number in range(1, 5))
    width, height = (
        g.add(Add(), g.add(Subtract(), end, begin), plus)
        for begin, end in ((left, right), (top, bottom))
    )
    side = g.add(Sqrt(), g.add(Multiply(), width, height))
    share = g.add(Divide(), side, float(node.get("roi_canonical_scale", 224)))
    octaves = g.add(Divide(), g.add(Log(), g.add(Add(), share, 1e-6)), float(np.log(2)))
    level = g.add(Floor(), g.add(Add(), octaves, float(node.get("roi_canonical_level", 4))))
    level = g.add(Squeeze(), g.add(Clamp(min=float(first), max=float(last)), level), [1])
    places = [where_true(g, g.add(Equal(), level, float(n))) for n in range(first, last + 1)]
    parts = [g.add(Gather(), rois, place, _FIRST) for place in places]
    return *parts, _inverse(g, g.add(Concat(axis=0), *places))


_MOST_LEVELS = 20


def _inverse(g: Graph, order: Output) -> Output:
    """Where each number stands in a row that has all of them once."""
    count = size_of(g, order, 0)
    places = numbered(g, count, ElementType.i32)
    return g.add(ScatterUpdate(), places, order, places, g.constant(_FIRST))


@caffe2("CollectAndDistributeFpnRpnProposals")
def collect_and_distribute(g: Graph, node: SourceNode, *inputs: Output) -> tuple[Output, ...]:
    rois = collect_rpn_proposals(g, node, *inputs)
    return rois, *distribute_fpn_proposals(g, node, rois)


# ---- the best boxes


@caffe2("BoxWithNMSLimit")
def box_with_nms_limit(
    g: Graph, node: SourceNode, scores: Output, boxes: Output, splits: Output | None = None
) -> tuple[Output, ...]:
    """Scores, boxes [K, 4], classes, how many each image has, and the regions of the best.

    Scores are [R, classes + 1], boxes [R, 4 * classes], splits how many of the R an image has.
    """
    for name in ("soft_nms_enabled", "rotated"):
        if node.get(name):
            raise refuse(node, name)
    values, corners = _foreground(g, node, scores, boxes)
    size = size_of(g, scores, 0)
    splits = lift(g, size, [0]) if splits is None else typed(g, splits, _I64)
    masked = _by_image(g, values, splits)
    rows = _suppressed(g, node, masked, corners)
    pair, region = (g.add(Gather(), rows, np.int64(i), np.int64(1)) for i in (0, 2))
    place = g.add(Add(), g.add(Multiply(), pair, size), region)
    best = g.add(Gather(), g.add(Reshape(), masked, [-1]), place, _FIRST)
    classes = size_of(g, values, 0)
    image = g.add(Divide(m_pythondiv=False), pair, classes)
    kept = where_true(g, _within_limit(g, node, best, image, splits))
    best, pair, image, region = (
        g.add(Gather(), part, kept, _FIRST) for part in (best, pair, image, region)
    )
    kind = g.add(FloorMod(), pair, classes)
    place = g.add(Add(), g.add(Multiply(), kind, size), region)
    chosen = g.add(Gather(), g.add(Reshape(), corners, [-1, 4]), place, _FIRST)
    label = g.add(Add(), kind, np.int64(bool(node.get("output_classes_include_bg_cls", 1))))
    counts = counted(g, image, size_of(g, splits, 0), scores.dtype)
    return best, chosen, typed(g, label, scores.dtype), counts, typed(g, region, ElementType.i32)


def _foreground(g: Graph, node: SourceNode, scores: Output, boxes: Output) -> tuple[Output, Output]:
    """Scores [C, R] and boxes [C, R, 4] of the classes without the background."""
    columns = None if scores.shape is None or rank_of(scores) != 2 else scores.shape[1]
    if not isinstance(columns, int):
        raise UnsupportedError("the number of its classes is not known")
    first, count = node.get("input_scores_fg_cls_starting_id", 1), columns - 1
    values = sliced(g, scores, [first], [first + count], [1], [1])
    corners = g.add(Reshape(special_zero=True), boxes, [0, -1, 4])
    if node.get("cls_agnostic_bbox_reg"):
        if boxes.shape is None or boxes.shape[1] != 4:
            raise refuse(node, "cls_agnostic_bbox_reg with boxes for more than one class")
        whole = g.add(Concat(axis=0), lift(g, size_of(g, scores, 0), [0]), g.constant([count, 4]))
        corners = g.add(Broadcast(), corners, whole)
    elif node.get("input_boxes_include_bg_cls", 1):
        corners = sliced(g, corners, [1], [columns], [1], [1])
    return g.add(Transpose(), values, [1, 0]), g.add(Transpose(), corners, [1, 0, 2])


def _by_image(g: Graph, values: Output, splits: Output) -> Output:
    """Scores [N * C, 1, R]: those of an image are nothing to the others."""
    ends = g.add(CumSum(), splits, g.constant(_FIRST))
    order = lift(g, numbered(g, size_of(g, values, 1)), [1])
    passed = typed(g, g.add(GreaterEqual(), order, ends), _I64)
    image = g.add(ReduceSum(), passed, [1])
    own = g.add(Equal(), lift(g, numbered(g, size_of(g, splits, 0)), [1, 2]), image)
    masked = g.add(Select(), own, values, _nothing(g, values))
    shape = g.add(Concat(axis=0), g.constant([-1, 1]), lift(g, size_of(g, values, 1), [0]))
    return g.add(Reshape(), masked, shape)


def _nothing(g: Graph, like: Output) -> Output:
    return g.constant(np.asarray(-np.inf), like.dtype)


def _suppressed(g: Graph, node: SourceNode, scores: Output, corners: Output) -> Output:
    """Rows (image and class, 0, region), by image and class, the best first."""
    if node.get("legacy_plus_one", 1):
        corners = g.add(Add(), corners, g.constant(np.array([0, 0, 1, 1]), corners.dtype))
    every = g.add(Concat(axis=0), lift(g, size_of(g, scores, 0), [0]), g.constant([1, 1]))
    # The same boxes for each image.
    times = g.add(Divide(m_pythondiv=False), every, _first_and_ones(g, corners))
    boxes = g.add(Tile(), corners, times)
    limits = (
        size_of(g, scores, 2),
        just_above(g, g.constant(np.float32(node.get("nms", 0.3)))),
        g.constant(np.float32(node.get("score_thresh", 0.05))),
    )
    op = NonMaxSuppression(sort_result_descending=False)
    return g.add_multi(op, boxes, scores, *limits)[0]


def _first_and_ones(g: Graph, x: Output) -> Output:
    return g.add(Concat(axis=0), lift(g, size_of(g, x, 0), [0]), g.constant([1, 1]))


def _within_limit(
    g: Graph, node: SourceNode, best: Output, image: Output, splits: Output
) -> Output:
    """Whether a score is among the best of its image, as many as may be."""
    most = node.get("detections_per_im", 100)
    if most <= 0:
        return g.add(GreaterEqual(), best, best)
    own = g.add(Equal(), lift(g, numbered(g, size_of(g, splits, 0)), [1]), image)
    table = g.add(Select(), own, best, _nothing(g, best))
    # There may be no score at all.
    column = g.add(Concat(axis=0), lift(g, size_of(g, splits, 0), [0]), g.constant([1]))
    table = g.add(Concat(axis=1), table, g.add(Broadcast(), _nothing(g, best), column))
    count = g.add(Minimum(), size_of(g, table, 1), np.int64(most))
    values, _ = g.add_multi(TopK(axis=1), table, count)
    least = g.add(ReduceMin(), values, [1])
    return g.add(GreaterEqual(), best, g.add(Gather(), least, image, _FIRST))
