"""Heads of detection networks: SSD, Faster R-CNN, YOLO."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest
from math import sqrt
from typing import Any

from extensions.front.building import rank_of, sliced
from extensions.front.caffe.common import (
    converts,
    invalid,
    needed,
    parameters,
    reshaped,
    size_vector,
    unsupported,
)
from extensions.ops import detection as d
from extensions.ops.shaping import Unsqueeze
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op

_CODES = {1: "CORNER", 2: "CENTER_SIZE", 3: "CORNER_SIZE"}
# What SSD-Caffe takes if no confidence is required.
_LOWEST = -3.4028234663852886e38


def _priors(g: Graph, p: dict[str, Any], op: Op, x: Output, image: Output) -> Output:
    """Boxes and variances [1, 2, count] for the cells of a feature map."""
    height = p["img_h"] or p["img_size"]
    width = p["img_w"] or p["img_size"]
    size = size_vector(g, image, 2, 3)
    if height or width:
        size = size_vector(g, image, [height] if height else 2, [width] if width else 3)
    return g.add(Unsqueeze(), g.add(op, size_vector(g, x, 2, 3), size), [0])


def _variances(p: dict[str, Any]) -> tuple[float, ...]:
    if len(p["variance"]) not in (0, 1, 4):
        raise invalid(f"it has {len(p['variance'])} variances")
    return tuple(p["variance"])


def _steps(p: dict[str, Any]) -> tuple[float, float]:
    """Distances of the boxes, (0, 0) where the sizes of image and feature map tell them."""
    step = p["step"] or 0.0
    return p["step_h"] or step, p["step_w"] or step


@converts("PriorBox")
def prior_box(g: Graph, node: SourceNode, x: Output, image: Output) -> Output:
    """Boxes of given sizes and aspect ratios at each cell (SSD paper, section 2.2)."""
    p = parameters(node, "prior_box_param")
    if p["width"] or p["height"]:
        return prior_box_clustered(g, node, x, image)
    step_h, step_w = _steps(p)
    if not p["min_size"] and not p["fixed_size"]:
        raise invalid("its 'min_size' is missing")
    if p["max_size"] and len(p["max_size"]) != len(p["min_size"]):
        raise invalid(f"it has {len(p['max_size'])} max_size for {len(p['min_size'])} min_size")
    if step_h != step_w:
        return _listed_boxes(g, p, _box_sizes(p), x, image)
    names = ("min_size", "max_size", "aspect_ratio", "density", "fixed_ratio", "fixed_size")
    lists: dict[str, Any] = {name: tuple(map(float, p[name])) for name in names}
    op = d.PriorBox(
        **lists,
        clip=bool(p["clip"]),
        flip=bool(p["flip"]),
        step=float(step_h),
        offset=float(p["offset"]),
        variance=_variances(p),
    )
    return _priors(g, p, op, x, image)


@converts("PriorBoxClustered")
def prior_box_clustered(g: Graph, node: SourceNode, x: Output, image: Output) -> Output:
    """Boxes of listed widths and heights at each cell."""
    p = parameters(node, "prior_box_param")
    if not p["width"] or len(p["width"]) != len(p["height"]):
        raise invalid(f"it has {len(p['width'])} widths and {len(p['height'])} heights")
    return _listed_boxes(g, p, list(zip(p["width"], p["height"])), x, image)


def _listed_boxes(
    g: Graph, p: dict[str, Any], boxes: Sequence[tuple[float, float]], x: Output, image: Output
) -> Output:
    widths, heights = zip(*boxes)
    step_h, step_w = _steps(p)
    op = d.PriorBoxClustered(
        width=tuple(map(float, widths)),
        height=tuple(map(float, heights)),
        clip=bool(p["clip"]),
        step_h=float(step_h),
        step_w=float(step_w),
        offset=float(p["offset"]),
        variance=_variances(p),
    )
    return _priors(g, p, op, x, image)


def _box_sizes(p: dict[str, Any]) -> list[tuple[float, float]]:
    """Widths and heights of the boxes at a cell: IR's PriorBox knows but one step for both axes.

    For each size: a square, one between it and the greater size, and the other aspect ratios.
    """
    if p["fixed_size"]:
        raise unsupported("a prior box of fixed sizes with two steps")
    ratios: list[float] = []
    for ratio in p["aspect_ratio"]:
        both = (ratio, 1 / ratio) if p["flip"] and ratio else (ratio,)
        if min(both) <= 0:
            raise invalid(f"its aspect ratio is {ratio}")
        if all(abs(ratio - other) > 1e-6 for other in (1, *ratios)):
            ratios += both
    boxes: list[tuple[float, float]] = []
    for least, greatest in zip_longest(p["min_size"], p["max_size"]):
        boxes.append((least, least))
        boxes += [(sqrt(least * greatest),) * 2] if greatest else []
        boxes += [(least * sqrt(ratio), least / sqrt(ratio)) for ratio in ratios]
    return boxes


@converts("DetectionOutput")
def detection_output(
    g: Graph, node: SourceNode, boxes: Output, classes: Output, priors: Output, *more: Output
) -> Output:
    """Decoded boxes that survive suppression, [1, 1, count, 7]."""
    p = parameters(node, "detection_output_param")
    nms = p["nms_param"] or {}
    if nms.get("eta", 1.0) != 1:
        raise unsupported("a suppression threshold that adapts (eta)")
    threshold = p["confidence_threshold"]
    op = d.DetectionOutput(
        num_classes=needed(p, "num_classes"),
        background_label_id=p["background_label_id"],
        top_k=nms.get("top_k", -1),
        variance_encoded_in_target=bool(p["variance_encoded_in_target"]),
        keep_top_k=(p["keep_top_k"],),
        code_type=f"caffe.PriorBoxParameter.{_CODES[p['code_type']]}",
        share_location=bool(p["share_location"]),
        nms_threshold=float(nms.get("nms_threshold", 0.3)),
        confidence_threshold=_LOWEST if threshold is None else float(threshold),
        normalized=bool(p["normalized"]),
        input_height=1 if p["normalized"] else p["input_height"],
        input_width=1 if p["normalized"] else p["input_width"],
        objectness_score=float(p["objectness_score"]) if more else 0.0,
    )
    if p["variance_encoded_in_target"]:
        priors = sliced(g, priors, [0], [1], [1], [1])
    flat = [_rows(g, value) for value in (boxes, classes)]
    return g.add(op, *flat, priors, *(_rows(g, value) for value in more))


def _rows(g: Graph, x: Output) -> Output:
    return x if rank_of(x) == 2 else reshaped(g, x, x, 0, [-1])


@converts("Proposal")
def proposal(
    g: Graph, node: SourceNode, scores: Output, deltas: Output, image: Output
) -> tuple[Output, ...]:
    """Regions [count, 5] proposed by scores [N, 2 * A, H, W] and deltas (Faster R-CNN paper)."""
    return _proposals(g, node, parameters(node, "proposal_param"), scores, deltas, image)


def _proposals(
    g: Graph, node: SourceNode, p: dict[str, Any], scores: Output, deltas: Output, image: Output
) -> tuple[Output, ...]:
    op = d.Proposal(
        base_size=p["base_size"],
        feat_stride=p["feat_stride"],
        min_size=p["min_size"],
        ratio=tuple(map(float, p["ratio"] or (0.5, 1, 2))),
        scale=tuple(map(float, p["scale"] or (8, 16, 32))),
        pre_nms_topn=p["pre_nms_topn"],
        post_nms_topn=p["post_nms_topn"],
        nms_thresh=float(p["nms_thresh"]),
    )
    rois, values = g.add_multi(op, scores, deltas, reshaped(g, image, image, [-1]))
    return (rois, reshaped(g, values, values, [-1], [1])) if node.has_output(1) else (rois,)


_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_ENTRY = re.compile(rf"['\"]?(\w+)['\"]?\s*:\s*({_NUMBER}|[\[(][-+\d.eE,\s]*[\])])")


def param_str(text: str) -> dict[str, Any]:
    """The numbers and lists of numbers in the settings of a Python layer (a YAML mapping)."""
    found: dict[str, Any] = {}
    for name, value in _ENTRY.findall(text):
        numbers = [float(number) for number in re.findall(_NUMBER, value)]
        whole = [int(number) if number == int(number) else number for number in numbers]
        found[name] = whole if value[0] in "[(" else whole[0]
    return found


# py-faster-rcnn's settings for testing, which its layer takes from elsewhere.
_TEST_SETTINGS = {"base_size": 16, "min_size": 16, "pre_nms_topn": 6000, "nms_thresh": 0.7}


@converts(
    "rpn.proposal_layer.ProposalLayer", "SSH.layers.proposal_layer.ProposalLayer", domain="Python"
)
def python_proposal(
    g: Graph, node: SourceNode, scores: Output, deltas: Output, image: Output
) -> tuple[Output, ...]:
    given = param_str(parameters(node, "python_param")["param_str"])
    p = {**_TEST_SETTINGS, "post_nms_topn": 300, "feat_stride": given.get("feat_stride", 16)}
    p |= {"ratio": given.get("ratios") or given.get("ratio"), "scale": _scales(given)}
    return _proposals(g, node, p, scores, deltas, image)


def _scales(given: dict[str, Any]) -> Sequence[float] | None:
    return given.get("scales") or given.get("scale")


@converts("RegionYolo")
def region_yolo(g: Graph, node: SourceNode, x: Output) -> Output:
    p = parameters(node, "region_yolo_param")
    op = d.RegionYolo(
        axis=1,
        end_axis=3,
        coords=p["coords"],
        classes=p["classes"],
        num=p["num"],
        do_softmax=bool(p["do_softmax"]),
        anchors=tuple(map(float, p["anchors"])),
        mask=tuple(p["mask"]),
    )
    return g.add(op, x)


@converts("ReorgYolo")
def reorg_yolo(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(d.ReorgYolo(stride=parameters(node, "reorg_yolo_param")["stride"]), x)
