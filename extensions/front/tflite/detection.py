"""The end of networks of the Object Detection API: a custom operator of TF-Lite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from extensions.front.building import lift, sliced, typed
from extensions.front.tf.common import number, refuse
from extensions.front.tflite.common import converts, tensorflow
from extensions.ops.arithmetic import Add, Less, Multiply, Select, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.movement import Concat, Split
from extensions.ops.selection import TopK
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from extensions.ops.unary import Exp
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_I32, _F32 = ElementType.i32, ElementType.f32


@converts("TFLite_Detection_PostProcess", domain="custom")
def post_processed(
    g: Graph, node: SourceNode, codes: Output, scores: Output, anchors: Output
) -> tuple[Output, ...]:
    """Boxes [1, M, 4], classes [1, M], scores [1, M] and their number [1]; zeros fill up.

    Codes [1, N, 4] of y, x, h, w relative to anchors [N, 4]; scores [1, N, C], with the
    background in front if there is one more than classes.
    """
    options: Any = node.get("options")
    if not isinstance(options, dict):
        raise refuse("a detection without its options")
    known = scores.shape[-1] if scores.shape else None
    if not isinstance(known, int):
        raise refuse("a detection of an unknown number of classes")
    first = known - int(options.get("num_classes", known))
    boxes = _decoded(g, options, codes, anchors)
    chances = sliced(g, scores, [first], [known], [2], [1])
    detect = _by_class if options.get("use_regular_nms", False) else _by_box
    return detect(g, node, options, boxes, chances)


def _decoded(g: Graph, options: Mapping[str, Any], codes: Output, anchors: Output) -> Output:
    """Corners [1, N, 4] of boxes."""

    def columns(value: Output) -> tuple[Output, ...]:
        last = g.constant(np.int64(-1))
        return g.add_multi(Split(num_splits=4), value, last)

    scales = [float(options.get(f"{axis}_scale", 1.0)) for axis in "yxhw"]
    if not all(scales):
        raise refuse("a detection with a scale of 0")
    code = [g.add(Multiply(), part, 1 / scale) for part, scale in zip(columns(codes), scales)]
    anchor = columns(g.add(Unsqueeze(), anchors, [0]))
    begins, ends = [], []
    for place in range(2):
        size = anchor[2 + place]
        centre = g.add(Add(), g.add(Multiply(), code[place], size), anchor[place])
        half = g.add(Multiply(), g.add(Multiply(), g.add(Exp(), code[2 + place]), size), 0.5)
        begins.append(g.add(Subtract(), centre, half))
        ends.append(g.add(Add(), centre, half))
    return g.add(Concat(axis=2), *begins, *ends)


def _limits(g: Graph, options: Mapping[str, Any]) -> tuple[Output, Output]:
    """Of overlap and of scores; a score of just the limit counts."""
    score = np.nextafter(np.float32(options.get("nms_score_threshold", 0.0)), np.float32(-1))
    return number(g, options.get("nms_iou_threshold", 0.0), _F32), number(g, score, _F32)


def _by_class(
    g: Graph,
    node: SourceNode,
    options: Mapping[str, Any],
    boxes: Output,
    chances: Output,
) -> tuple[Output, ...]:
    """Each class by itself, then the best of all classes."""
    counts = [int(options.get(name, 0)) for name in ("detections_per_class", "max_detections")]
    rows, values, kinds, count = tensorflow(
        g,
        node,
        "CombinedNonMaxSuppression",
        lift(g, boxes, [2]),
        chances,
        *(number(g, value, _I32) for value in counts),
        *_limits(g, options),
        clip_boxes=False,
    )
    return rows, kinds, values, typed(g, count, _F32)


def _by_box(
    g: Graph,
    node: SourceNode,
    options: Mapping[str, Any],
    boxes: Output,
    chances: Output,
) -> tuple[Output, ...]:
    """Each box as the best of its classes, whatever that is."""
    if options.get("max_classes_per_detection", 1) != 1:
        raise refuse("fast suppression with several classes of each box")
    best, kinds = g.add_multi(TopK(axis=2, stable=True, index_element_type=_I32), chances, 1)
    flat, labels = (g.add(Reshape(), value, [-1]) for value in (best, typed(g, kinds, _F32)))
    most = number(g, int(options.get("max_detections", 0)), _I32)
    corners = g.add(Squeeze(), boxes, [0])
    chosen, values, count = tensorflow(
        g,
        node,
        "NonMaxSuppressionV5",
        corners,
        flat,
        most,
        *_limits(g, options),
        number(g, 0.0, _F32),
        pad_to_max_output_size=True,
    )
    places = g.add(Range(output_type=_I32), number(g, 0, _I32), most, number(g, 1, _I32))
    found = g.add(Less(), places, count)
    first = g.constant(np.int64(0))

    def kept(value: Output, mask: Output) -> Output:
        row = g.add(Gather(), value, chosen, first)
        return g.add(Unsqueeze(), g.add(Select(), mask, row, number(g, 0.0, _F32)), [0])

    whole = kept(corners, g.add(Unsqueeze(), found, [1]))
    scores = g.add(Unsqueeze(), values, [0])
    return whole, kept(labels, found), scores, g.add(Reshape(), typed(g, count, _F32), [1])
