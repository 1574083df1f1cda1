"""Regions proposed by a network's scores for boxes around each cell."""

from __future__ import annotations

import numpy as np

from extensions.front.anchors import Anchors, base_anchors
from extensions.front.building import just_above, size_of, sliced
from extensions.front.caffe.common import (
    converts,
    invalid,
    needed,
    parameters,
    reshaped,
    shape_of,
    unsupported,
)
from extensions.ops.arithmetic import (
    Add,
    Greater,
    GreaterEqual,
    LogicalAnd,
    Maximum,
    Minimum,
    Multiply,
    Select,
    Subtract,
)
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.movement import Concat, Pad
from extensions.ops.reduction import ReduceLogicalAnd
from extensions.ops.selection import TopK
from extensions.ops.shaping import Reshape, Unsqueeze
from extensions.ops.slicing import FAR
from extensions.ops.suppression import NonMaxSuppression
from extensions.ops.unary import Floor
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import compatible

_STRIDE = 16
_RATIOS = (0.5, 1.0, 2.0)


@converts("SimplerNMS")
def simpler_nms(
    g: Graph, node: SourceNode, scores: Output, deltas: Output, image: Output
) -> Output:
    """Regions [count, 5] of the first image, as many as are left (Intel's Caffe).

    The Faster R-CNN proposals, but what is too small or not scored above 0 is no region at all.
    """
    p = parameters(node, "simpler_nms_param")
    if p["feat_stride"] != _STRIDE:
        raise unsupported(f"a feat_stride of {p['feat_stride']}, which Caffe refuses too,")
    base = base_anchors(_STRIDE, _RATIOS, [float(scale) for scale in needed(p, "scale")])
    count = len(base)
    for value, numbers in ((scores, 2 * count), (deltas, 4 * count)):
        if not compatible(shape_of(value)[1], numbers):
            raise invalid(f"{value.type} does not hold {numbers} numbers for {count} boxes a cell")
    scores, deltas = (_first_image(g, value) for value in (scores, deltas))
    anchors = Anchors(g, base, _STRIDE, scores)
    boxes, large = _confined(g, *anchors.moved(deltas), image, p["min_bbox_size"])
    objects = anchors.laid(sliced(g, scores, [count], [2 * count], [1], [1]), 1)
    sound = g.add(LogicalAnd(), large, g.add(Greater(), objects, 0.0))
    keys = g.add(
        Reshape(), g.add(Select(), sound, objects, g.constant(-1.0, objects.dtype)), [1, -1]
    )
    # Of equal scores the later comes first.
    keys, boxes = (sliced(g, value, [-1], [-FAR], [1], [-1]) for value in (keys, boxes))
    chosen = _kept(g, keys, boxes, p)
    return g.add(Pad(pad_mode="constant"), chosen, [0, 1], [0, 0], 0.0)


def _first_image(g: Graph, value: Output) -> Output:
    return value if shape_of(value)[0] == 1 else sliced(g, value, [0], [1], [0], [1])


def _confined(
    g: Graph, first: Output, size: Output, image: Output, least: int
) -> tuple[Output, Output]:
    """Boxes [1, count, 4] within the image, and which are large enough [1, count, 1].

    The image is (height, width, scale), all in whole numbers.
    """
    info = g.add(Floor(), reshaped(g, image, image, [-1]))
    ends = g.add(Subtract(), g.add(Gather(), info, [1, 0], g.constant(np.int64(0))), 1.0)
    first, last = (
        g.add(Maximum(), g.add(Minimum(), corner, ends), 0.0)
        for corner in (first, g.add(Add(), first, size))
    )
    sizes = g.add(Add(), g.add(Subtract(), last, first), 1.0)
    wanted = g.add(Multiply(), sliced(g, info, [2], [3], [0], [1]), float(least))
    large = g.add(ReduceLogicalAnd(keep_dims=True), g.add(GreaterEqual(), sizes, wanted), [2])
    return g.add(Concat(axis=2), first, last), large


def _kept(g: Graph, keys: Output, boxes: Output, p: dict[str, int]) -> Output:
    """The best boxes [count, 4] by keys [1, n], of which none is -1, that do not overlap."""
    limits = [g.constant(np.int64(p[f"{name}_nms_topn"])) for name in ("pre", "post")]
    most = g.add(Minimum(), size_of(g, keys, 1), limits[0])
    values, places = g.add_multi(TopK(axis=1, mode="max", stable=True), keys, most)
    axis = g.constant(np.int64(1))
    boxes = g.add(Gather(), boxes, g.add(Reshape(), places, [-1]), axis)
    # Both ends count: the area goes one pixel further.
    corners = g.add(Add(), boxes, np.asarray([0, 0, 1, 1], np.float32))
    step, end = g.constant(np.int64(-1)), g.constant(np.int64(0))
    order = g.add(Range(output_type=ElementType.f32), most, end, step)
    ranks = g.add(Select(), g.add(Greater(), values, 0.0), order, g.constant(np.float32(-1)))
    overlap = just_above(g, g.constant(np.float32(p["iou_threshold"])))
    least = g.constant(np.float32(0))
    chosen = g.add(
        NonMaxSuppression(), corners, g.add(Unsqueeze(), ranks, [1]), limits[1], overlap, least
    )
    kept = g.add(Gather(), boxes, g.add(Gather(), chosen, g.constant(np.int64(2)), axis), axis)
    return g.add(Reshape(), kept, [-1, 4])
