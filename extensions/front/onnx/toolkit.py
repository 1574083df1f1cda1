"""Operations of the domain org.openvinotoolkit: those of the IR, as exporters write them."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from extensions.front.building import lift, rank_of
from extensions.front.onnx.common import converts, needed
from extensions.front.onnx.windows import spatial_attributes
from extensions.ops import detection as d
from extensions.ops import detectron as e
from extensions.ops.activation import Swish
from extensions.ops.arithmetic import FakeQuantize, Multiply
from extensions.ops.convolution import DeformableConvolution
from extensions.ops.movement import Concat
from extensions.ops.normalization import GroupNormalization, NormalizeL2
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf
from extensions.ops.slicing import StridedSlice
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import REQUIRED, Op

openvino = partial(converts, domain="org.openvinotoolkit")


def _as_written(kind: type[Op], node: SourceNode, **defaults: Any) -> Op:
    """An operation with the attributes of the same names, which the node may leave out."""
    given = {}
    for name, default in {**kind._fields, **defaults}.items():
        value = needed(node, name) if default is REQUIRED else node.get(name, default)
        given[name] = bool(value) if isinstance(default, bool) else value
    return kind(**given)


_DETECTRON: dict[type[Op], dict[str, Any]] = {
    e.ExperimentalDetectronDetectionOutput: {
        "score_threshold": 0.05,
        "nms_threshold": 0.5,
        "max_delta_log_wh": float(np.log(1000 / 16)),
        "num_classes": 81,
        "post_nms_count": 2000,
        "max_detections_per_image": 100,
        "class_agnostic_box_regression": False,
        "deltas_weights": (10.0, 10.0, 5.0, 5.0),
    },
    e.ExperimentalDetectronGenerateProposalsSingleImage: {
        "min_size": 0.0,
        "nms_threshold": 0.7,
        "post_nms_count": 1000,
        "pre_nms_count": 1000,
    },
    e.ExperimentalDetectronPriorGridGenerator: {"flatten": True},
    e.ExperimentalDetectronROIFeatureExtractor: {
        "output_size": 7,
        "sampling_ratio": 2,
        "pyramid_scales": (4, 8, 16, 32, 64),
        "aligned": False,
    },
    e.ExperimentalDetectronTopKROIs: {"max_rois": 1000},
}
_BY_NAME = {kind.type: kind for kind in _DETECTRON}


@openvino(*_BY_NAME)
def detection(g: Graph, node: SourceNode, *inputs: Output) -> tuple[Output, ...]:
    kind = _BY_NAME[node.type]
    return g.add_multi(_as_written(kind, node, **_DETECTRON[kind]), *inputs)


@openvino("GenerateProposals")
def generate_proposals(
    g: Graph, node: SourceNode, scores: Output, deltas: Output, sizes: Output, anchors: Output
) -> tuple[Output, ...]:
    """The anchors [A, 4] are those of each place, in the image's coordinates."""
    pick = StridedSlice(begin_mask=(0,), end_mask=(0,))
    places = g.add(pick, g.add(ShapeOf(), scores), [2], [4], [1])
    grid = g.add(Broadcast(), anchors, g.add(Concat(axis=0), places, g.add(ShapeOf(), anchors)))
    op = d.GenerateProposals(
        min_size=float(node.get("min_size", 1.0)),
        nms_threshold=float(node.get("nms_thresh", 0.7)),
        pre_nms_count=node.get("pre_nms_topN", 6000),
        post_nms_count=node.get("post_nms_topN", 300),
        normalized=not node.get("legacy_plus_one", 1),
    )
    return g.add_multi(op, sizes, grid, deltas, scores)


@openvino("DetectionOutput")
def detection_output(g: Graph, node: SourceNode, *inputs: Output) -> Output:
    kept = needed(node, "keep_top_k")
    op = _as_written(d.DetectionOutput, node)
    if isinstance(kept, int):
        op = op.with_attributes(keep_top_k=(kept,))
    return g.add(op, *inputs)


@openvino("PriorBox", "PriorBoxClustered")
def prior_box(g: Graph, node: SourceNode, cells: Output, image: Output) -> Output:
    """The IR gets the sizes of feature map and image, and gives one row less."""
    op = (
        _as_written(d.PriorBox, node)
        if node.type == "PriorBox"
        else _as_written(d.PriorBoxClustered, node, clip=False)
    )
    pick = StridedSlice(begin_mask=(0,), end_mask=(0,))
    sizes = [g.add(pick, g.add(ShapeOf(), x), [2], [4], [1]) for x in (cells, image)]
    return lift(g, g.add(op, *sizes), [0])


@openvino("FakeQuantize")
def fake_quantize(g: Graph, node: SourceNode, x: Output, *limits: Output) -> Output:
    return g.add(FakeQuantize(levels=needed(node, "levels")), x, *limits)


@openvino("Swish")
def swish(g: Graph, node: SourceNode, x: Output, beta: Output | None = None) -> Output:
    return g.add(Swish(), x, *([] if beta is None else [g.add(Reshape(), beta, _NO_AXES)]))


_NO_AXES = np.empty(0, np.int64)


@openvino("GroupNorm", "ExperimentalDetectronGroupNorm")
def group_norm(g: Graph, node: SourceNode, x: Output, scale: Output, bias: Output) -> Output:
    groups, epsilon = needed(node, "num_groups"), float(node.get("eps", 1e-6))
    flat = [g.add(Reshape(), value, [-1]) for value in (scale, bias)]
    return g.add(GroupNormalization(num_groups=groups, epsilon=epsilon), x, *flat)


@openvino("Normalize")
def normalize(g: Graph, node: SourceNode, x: Output, weights: Output) -> Output:
    """Divided by the norm over channels, or over the whole image, then scaled."""
    rank = rank_of(x)
    axes = list(range(1, rank)) if node.get("across_spatial") else [1]
    normal = g.add(NormalizeL2(eps=float(node.get("eps", 1e-10))), x, axes)
    return g.add(Multiply(), normal, g.add(Reshape(), weights, [1, -1] + [1] * (rank - 2)))


@openvino("DeformableConv2D")
def deformable_conv(g: Graph, node: SourceNode, x: Output, offset: Output, w: Output) -> Output:
    op = DeformableConvolution(
        **spatial_attributes(node, x.shape, (w.shape or ())[2:]),
        group=node.get("group", 1),
        deformable_group=node.get("deformable_groups", 1),
    )
    return g.add(op, x, offset, w)
