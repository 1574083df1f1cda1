"""Sorting, arg-reductions, non-maximum suppression."""

from __future__ import annotations

import numpy as np

from extensions.front.onnx.common import converts, rank_of, refuse, scalar, typed
from extensions.ops.selection import NonMaxSuppression, TopK
from extensions.ops.shaping import NonZero, Squeeze
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis


@converts("TopK")
def top_k_1(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    return _top_k(g, node, x, g.constant(np.int64(node.get("k"))))


@converts("TopK", since=10)
def top_k_10(g: Graph, node: SourceNode, x: Output, k: Output) -> tuple[Output, ...]:
    return _top_k(g, node, x, scalar(g, k))


def _top_k(g: Graph, node: SourceNode, x: Output, k: Output) -> tuple[Output, ...]:
    axis = node.get("axis", -1)
    op = TopK(
        axis=axis if x.rank is None else normalize_axis(axis, x.rank),
        mode="max" if node.get("largest", 1) else "min",
        sort="value" if node.get("sorted", 1) else "none",
        index_element_type=ElementType.i64,
    )
    return g.add_multi(op, x, k)


@converts("ArgMax", "ArgMin")
def arg_reduce(g: Graph, node: SourceNode, x: Output) -> Output:
    if node.get("select_last_index"):
        raise refuse(node, "select_last_index 1")
    axis = normalize_axis(node.get("axis", 0), rank_of(x))
    op = TopK(
        axis=axis,
        mode="max" if node.type == "ArgMax" else "min",
        index_element_type=ElementType.i64,
    )
    indices = g.add_multi(op, x, g.constant(np.int64(1)))[1]
    return indices if node.get("keepdims", 1) else g.add(Squeeze(), indices, [axis])


@converts("NonMaxSuppression")
def non_max_suppression(
    g: Graph,
    node: SourceNode,
    boxes: Output,
    scores: Output,
    most: Output | None = None,
    iou: Output | None = None,
    score: Output | None = None,
) -> Output:
    """Without a limit nothing is selected."""
    limits = [
        g.constant(np.int64(0)) if most is None else scalar(g, most),
        g.constant(np.float32(0)) if iou is None else scalar(g, iou),
        g.constant(np.finfo(np.float32).min) if score is None else scalar(g, score),
    ]
    op = NonMaxSuppression(
        box_encoding="center" if node.get("center_point_box") else "corner",
        sort_result_descending=False,
    )
    return g.add_multi(op, boxes, scores, *limits)[0]


@converts("NonZero")
def non_zero(g: Graph, node: SourceNode, x: Output) -> Output:
    if x.dtype is ElementType.boolean:
        x = typed(g, x, ElementType.u8)
    return g.add(NonZero(), x)
