"""Region proposals of R-CNN. Boxes are (left, top, right, bottom) of pixels, both ends counted.

Rules: the paper "Faster R-CNN" and the anchors of its Python implementation; what MXNet does
with boxes too small and with too few of them is known from running it.
"""

from __future__ import annotations

import numpy as np

from extensions.front.anchors import Anchors, base_anchors
from extensions.front.building import invalid, size_of, sliced, typed
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet import suppression as s
from extensions.front.mxnet.common import converts, refused
from extensions.ops.arithmetic import (
    Add,
    Divide,
    FloorMod,
    GreaterEqual,
    Less,
    LogicalAnd,
    Maximum,
    Minimum,
    Multiply,
    Select,
    Subtract,
)
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceLogicalAnd, ReduceSum
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Unsqueeze
from extensions.ops.unary import Floor
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

# More regions than any network proposes.
_ROWS_LIMIT = 1 << 20
_SCALES, _RATIOS = (4.0, 8.0, 16.0, 32.0), (0.5, 1.0, 2.0)


class _Candidates:
    """Boxes [batch, cells * anchors, 4] and their scores [batch, cells * anchors]."""

    def __init__(self, g: Graph, node: SourceNode, scores: Output, deltas: Output) -> None:
        self.g = g
        stride = at.integer(node, "feature_stride", 16)
        ratios, scales = at.numbers(node, "ratios", _RATIOS), at.numbers(node, "scales", _SCALES)
        if stride < 1 or min(ratios, default=0) <= 0 or min(scales, default=0) <= 0:
            raise invalid("its feature_stride, ratios or scales make no anchors")
        base = base_anchors(stride, ratios, scales)
        self.anchors = Anchors(g, base, stride, scores)
        objects = sliced(g, scores, [len(base)], [2 * len(base)], [1], [1])
        laid = self.anchors.laid(objects, 1)
        self.scores = g.add(Reshape(special_zero=True), laid, [0, -1])
        first, size = self.anchors.moved(deltas)
        last = g.add(Add(), first, g.add(Subtract(), size, 1.0))
        self.boxes = g.add(Concat(axis=2), first, last)

    def confine(self, image: Output, least: float) -> None:
        """Boxes cut at the edges of images [batch, (height, width, scale)].

        What is too small, or of a cell outside the image, scores -1; small boxes grow by half the
        least size on each side.
        """
        g = self.g
        axis = g.constant(np.int64(1))
        limits = g.add(Unsqueeze(), g.add(Gather(), image, [1, 0, 1, 0], axis), [1])
        ends = g.add(Subtract(), limits, 1.0)
        boxes = g.add(Maximum(), g.add(Minimum(), self.boxes, ends), 0.0)
        first, last = s.columns(g, boxes, 0, 2), s.columns(g, boxes, 2, 4)
        sizes = g.add(Add(), g.add(Subtract(), last, first), 1.0)
        scale = g.add(Unsqueeze(), g.add(Gather(), image, [2], axis), [1])
        wanted = g.add(Multiply(), scale, least)
        large = g.add(ReduceLogicalAnd(keep_dims=True), g.add(GreaterEqual(), sizes, wanted), [2])
        half = g.add(Multiply(), wanted, 0.5)
        wider = g.add(Concat(axis=2), g.add(Subtract(), first, half), g.add(Add(), last, half))
        self.boxes = g.add(Select(), large, boxes, wider)
        area = g.add(
            Floor(), g.add(Divide(), s.columns(g, limits, 0, 2), float(self.anchors.stride))
        )
        inside = g.add(
            ReduceLogicalAnd(keep_dims=True), g.add(Less(), self.anchors.places(), area), [2]
        )
        sound = g.add(LogicalAnd(), large, inside)
        flat = g.add(Reshape(special_zero=True), sound, [0, -1])
        self.scores = g.add(Select(), flat, self.scores, g.constant(-1.0, self.scores.dtype))


@converts("_contrib_Proposal", "_contrib_MultiProposal")
def proposal(
    g: Graph, node: SourceNode, scores: Output, deltas: Output, image: Output
) -> tuple[Output, Output]:
    """Regions (image, corners) [batch * count, 5] and their scores [batch * count, 1]."""
    if at.flag(node, "iou_loss"):
        raise refused("a Proposal of boxes by IoU")
    if not 0 < at.integer(node, "rpn_post_nms_top_n", 300) <= _ROWS_LIMIT:
        raise refused("a Proposal of so many regions")
    candidates = _Candidates(g, node, scores, deltas)
    candidates.confine(image, float(at.integer(node, "rpn_min_size", 16)))
    rows = g.add(Concat(axis=2), g.add(Unsqueeze(), candidates.scores, [2]), candidates.boxes)
    before, after = (
        at.integer(node, f"rpn_{name}_nms_top_n", count)
        for name, count in (("pre", 6000), ("post", 300))
    )
    total = size_of(g, rows, 1)
    count = g.add(Minimum(), total, g.constant(np.int64(before))) if before > 0 else total
    rows = s.reordered(g, rows, s.by_key(g, candidates.scores, count))
    corners = s.columns(g, rows, 1, 5)
    # Both ends count: the area goes one pixel further.
    corners = g.add(Add(), corners, np.asarray([0, 0, 1, 1], np.float32))
    ones = g.add(GreaterEqual(), s.column(g, rows, 0), -np.inf)
    keep = s.kept(g, s.Boxes(corners, ones, None), at.number(node, "threshold", 0.7))
    rows, keep = s.kept_first(g, rows, keep)
    chosen = _repeated(g, rows, keep, min(after, before) if before > 0 else after)
    regions = g.add(Concat(axis=2), _images(g, chosen), s.columns(g, chosen, 1, 5))
    flat = g.add(Reshape(), regions, [-1, 5])
    return flat, g.add(Reshape(), s.columns(g, chosen, 0, 1), [-1, 1])


def _repeated(g: Graph, rows: Output, keep: Output, count: int) -> Output:
    """So many rows, the kept ones over and over."""
    kept = g.add(ReduceSum(keep_dims=True), typed(g, keep, ElementType.i64), [1])
    places = g.constant(np.arange(count, dtype=np.int64)[None])
    return s.reordered(g, rows, g.add(FloorMod(), places, kept))


def _images(g: Graph, rows: Output) -> Output:
    """The number of its image for each row [batch, count, 1]."""
    zero, one = g.constant(np.int64(0)), g.constant(np.int64(1))
    numbers = g.add(Range(output_type=ElementType.f32), zero, size_of(g, rows, 0), one)
    shape = g.add(ShapeOf(), s.columns(g, rows, 0, 1))
    return g.add(Broadcast(), g.add(Unsqueeze(), numbers, [1, 2]), shape)
