"""Operations of Caffe2 and Detectron that PyTorch's exporters wrote: domain org.pytorch._caffe2,
or the default one.

Semantics: the operator catalogue of Caffe2, and for boxes the papers on Fast and Faster R-CNN.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from extensions.front.building import invalid, rank_of, size_of, typed
from extensions.front.onnx.common import converts, needed, refuse
from extensions.ops.arithmetic import (
    Add,
    Divide,
    Equal,
    GreaterEqual,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)
from extensions.ops.detection import GenerateProposals
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceSum
from extensions.ops.regions import ROIAlign
from extensions.ops.sampling import Interpolate
from extensions.ops.shaping import Reshape, ShapeOf, Unsqueeze
from extensions.ops.unary import CumSum, Exp, Floor
from mo.front.model import SourceNode
from mo.front.registry import Translation
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

# Moves of a box's size are limited to this factor's logarithm.
_LOG_LIMIT = float(np.log(1000 / 16))
_I64 = ElementType.i64
_FIRST = np.int64(0)


def caffe2(*types: str) -> Callable[[Translation], Translation]:
    def register(function: Translation) -> Translation:
        for domain in ("org.pytorch._caffe2", ""):
            converts(*types, domain=domain)(function)
        return function

    return register


def _images_first(node: SourceNode) -> None:
    order = node.get("order", "NCHW")
    if order != "NCHW":
        raise refuse(node, f"the order {order}")


@caffe2("AliasWithName", "CopyCPUToGPU", "CopyGPUToCPU", "EnsureCPUOutput")
def alias(g: Graph, node: SourceNode, x: Output) -> Output:
    return x


@caffe2("BatchPermutation")
def batch_permutation(g: Graph, node: SourceNode, x: Output, places: Output) -> Output:
    return g.add(Gather(), x, places, g.constant(_FIRST))


@caffe2("ResizeNearest")
def resize_nearest(g: Graph, node: SourceNode, x: Output) -> Output:
    _images_first(node)
    scales = [float(node.get(f"{side}_scale", 1.0)) for side in ("height", "width")]
    op = Interpolate(
        mode="nearest",
        shape_calculation_mode="scales",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )
    # With the mode "scales" the sizes are not read, but must be there.
    sizes = g.constant(np.array([1, 1]))
    return g.add(op, x, sizes, g.constant(np.array(scales, np.float32)), [2, 3])


def _split_rois(g: Graph, rois: Output) -> tuple[Output, Output]:
    """Images [R] and corners [R, 4] of regions [R, 5], or [R, 4] of the only image."""
    columns = None if rois.shape is None or rank_of(rois) != 2 else rois.shape[1]
    if columns == 4:
        first = g.add(Gather(), rois, g.constant(_FIRST), g.constant(np.int64(1)))
        return typed(g, g.add(Multiply(), first, 0.0), _I64), rois
    if columns != 5:
        raise invalid("its regions are no rows of 4 or 5 numbers")
    image = g.add(Gather(), rois, g.constant(_FIRST), g.constant(_ONE))
    corners = g.add(Gather(), rois, [1, 2, 3, 4], g.constant(_ONE))
    return typed(g, image, _I64), corners


_ONE = np.int64(1)


@caffe2("RoIAlign")
def roi_align(g: Graph, node: SourceNode, x: Output, rois: Output) -> Output:
    _images_first(node)
    images, corners = _split_rois(g, rois)
    op = ROIAlign(
        pooled_h=node.get("pooled_h", 1),
        pooled_w=node.get("pooled_w", 1),
        sampling_ratio=max(node.get("sampling_ratio", -1), 0),
        spatial_scale=float(node.get("spatial_scale", 1.0)),
        mode="avg",
        aligned_mode="half_pixel_for_nn" if node.get("aligned") else "asymmetric",
    )
    return g.add(op, x, corners, images)


@caffe2("BBoxTransform")
def bbox_transform(
    g: Graph, node: SourceNode, rois: Output, deltas: Output, sizes: Output
) -> tuple[Output, ...]:
    """Regions moved by deltas [R, 4 * C], within images of sizes [N, 3]: height, width, scale.

    Regions are in the coordinates of the scaled image; the results, too, with apply_scale.
    """
    if node.get("rotated"):
        raise refuse(node, "rotated boxes")
    extra = 1.0 if node.get("legacy_plus_one", 1) else 0.0
    images, corners = _split_rois(g, rois)
    row = g.add(Unsqueeze(), g.add(Gather(), sizes, images, g.constant(_FIRST)), [1])
    height, width, scale = (column(g, row, number) for number in range(3))
    boxes = g.add(Divide(), g.add(Unsqueeze(), corners, [1]), scale)
    moves = g.add(Reshape(special_zero=True), deltas, [0, -1, 4])
    weights = node.get("weights") or [1.0] * 4
    moves = g.add(Divide(), moves, g.constant(np.array(weights, np.float32)))
    parts = []
    for axis, extent in ((0, width), (1, height)):
        # Sizes of the image before it was scaled.
        limit = g.add(Floor(), g.add(Add(), g.add(Divide(), extent, scale), 0.5))
        parts.append(_moved(g, boxes, moves, axis, g.add(Subtract(), limit, extra), extra))
    (left, right), (top, bottom) = parts
    moved = g.add(Concat(axis=2), left, top, right, bottom)
    if node.get("apply_scale", 1):
        moved = g.add(Multiply(), moved, scale)
    counts = counted(g, images, size_of(g, sizes, 0), sizes.dtype)
    return g.add(Reshape(), moved, g.add(ShapeOf(), deltas)), counts


def _moved(
    g: Graph, boxes: Output, moves: Output, axis: int, limit: Output, extra: float
) -> tuple[Output, Output]:
    """Both ends along an axis: the centre moves by sizes, the size by a factor's logarithm."""
    low, high = column(g, boxes, axis), column(g, boxes, axis + 2)
    size = g.add(Add(), g.add(Subtract(), high, low), extra)
    centre = g.add(Add(), low, g.add(Multiply(), size, 0.5))
    centre = g.add(Add(), centre, g.add(Multiply(), column(g, moves, axis), size))
    growth = g.add(Exp(), g.add(Minimum(), column(g, moves, axis + 2), _LOG_LIMIT))
    half = g.add(Multiply(), g.add(Multiply(), size, growth), 0.5)
    ends = g.add(Subtract(), centre, half), g.add(Subtract(), g.add(Add(), centre, half), extra)
    first, last = (g.add(Maximum(), g.add(Minimum(), end, limit), 0.0) for end in ends)
    return first, last


def column(g: Graph, x: Output, number: int) -> Output:
    """One column of the last axis, which stays."""
    return g.add(Gather(), x, [number], g.constant(np.int64(-1)))


def counted(g: Graph, images: Output, count: Output, kind: ElementType) -> Output:
    """How many regions each image has."""
    numbers = numbered(g, count)
    hits = typed(g, g.add(Equal(), g.add(Unsqueeze(), images, [1]), numbers), kind)
    return g.add(ReduceSum(), hits, [0])


def numbered(g: Graph, count: Output, kind: ElementType = _I64) -> Output:
    """0, 1, 2 ..."""
    return g.add(Range(output_type=kind), g.constant(_FIRST), count, g.constant(_ONE))


@caffe2("GenerateProposals")
def generate_proposals(
    g: Graph, node: SourceNode, scores: Output, deltas: Output, sizes: Output, anchors: Output
) -> tuple[Output, Output]:
    """Regions [R, 5] with the image's number in front, and their scores."""
    if anchors.shape is not None and anchors.shape[-1] != 4:
        raise refuse(node, "rotated boxes")
    stride = 1 / needed(node, "spatial_scale")
    rows, columns = (
        g.add(Multiply(), numbered(g, size_of(g, scores, axis), scores.dtype), stride)
        for axis in (2, 3)
    )
    down = g.add(Multiply(), _laid(g, rows, 0), g.constant(np.array([0, 1, 0, 1], np.float32)))
    right = g.add(Multiply(), _laid(g, columns, 1), g.constant(np.array([1, 0, 1, 0], np.float32)))
    grid = g.add(Add(), g.add(Add(), down, right), anchors)
    op = GenerateProposals(
        min_size=float(node.get("min_size", 16.0)),
        nms_threshold=float(node.get("nms_thresh", 0.7)),
        pre_nms_count=node.get("pre_nms_topN", 6000),
        post_nms_count=node.get("post_nms_topN", 300),
        normalized=not node.get("legacy_plus_one", 1),
    )
    corners, values, counts = g.add_multi(op, sizes, grid, deltas, scores)
    ends = g.add(CumSum(), counts, g.constant(_FIRST))
    order = g.add(Unsqueeze(), numbered(g, size_of(g, corners, 0)), [1])
    passed = typed(g, g.add(GreaterEqual(), order, ends), corners.dtype)
    image = g.add(ReduceSum(keep_dims=True), passed, [1])
    return g.add(Concat(axis=1), image, corners), values


def _laid(g: Graph, line: Output, axis: int) -> Output:
    """A line along one of the first two axes of four."""
    return g.add(Unsqueeze(), line, [i for i in range(4) if i != axis])
