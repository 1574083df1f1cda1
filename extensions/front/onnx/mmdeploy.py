"""Rotated boxes, as the exporter of OpenMMLab writes them: domain mmdeploy.

A box is (centre x, centre y, width, height, angle in radians).
"""

from __future__ import annotations

from functools import partial

import numpy as np

from extensions.front.building import just_above, size_of, typed
from extensions.front.onnx.common import converts, needed
from extensions.ops.arithmetic import Add, Maximum
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat
from extensions.ops.regions import ROIAlignRotated
from extensions.ops.shaping import Squeeze
from extensions.ops.suppression import NMSRotated
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

mmdeploy = partial(converts, domain="mmdeploy")
_COLUMNS = np.int64(1)


@mmdeploy("NMSRotated")
def nms_rotated(g: Graph, node: SourceNode, boxes: Output, scores: Output) -> Output:
    """Rows (image, class, box) of boxes [N, B, 5] and scores [N, C, B].

    Turned one way or the other, all of them, boxes overlap as much.
    """
    limits = (
        size_of(g, scores, 2),
        just_above(g, g.constant(np.float32(node.get("iou_threshold", 0.5)))),
        g.constant(np.float32(node.get("score_threshold", 0.05))),
    )
    return g.add_multi(NMSRotated(sort_result_descending=False), boxes, scores, *limits)[0]


@mmdeploy("MMCVRoIAlignRotated")
def roi_align_rotated(g: Graph, node: SourceNode, x: Output, rois: Output) -> Output:
    """Regions [R, 6] have the number of their image in front.

    The IR moves all centres by half a pixel of the feature map, as ``aligned`` does. Without it
    no region is smaller than a pixel.
    """
    scale = float(needed(node, "spatial_scale"))
    image = g.add(Squeeze(), g.add(Gather(), rois, [0], _COLUMNS), [1])
    centres, sizes, angles = (
        g.add(Gather(), rois, places, _COLUMNS) for places in ([1, 2], [3, 4], [5])
    )
    if not node.get("aligned", 1):
        centres = g.add(Add(), centres, 0.5 / scale)
        sizes = g.add(Maximum(), sizes, 1 / scale)
    op = ROIAlignRotated(
        pooled_h=needed(node, "output_height"),
        pooled_w=needed(node, "output_width"),
        sampling_ratio=node.get("sampling_ratio", 0),
        spatial_scale=scale,
        clockwise_mode=bool(node.get("clockwise", 0)),
    )
    boxes = g.add(Concat(axis=1), centres, sizes, angles)
    return g.add(op, x, boxes, typed(g, image, ElementType.i64))
