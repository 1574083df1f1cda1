"""Sorting, arg-reductions, non-maximum suppression."""

from __future__ import annotations

import numpy as np

from extensions.front.building import just_above, rank_of, scalar, size_of, typed
from extensions.front.onnx.common import converts, needed, refuse
from extensions.ops.arithmetic import Subtract
from extensions.ops.generating import NonZero
from extensions.ops.selection import TopK, Unique
from extensions.ops.shaping import Reshape, Squeeze
from extensions.ops.slicing import StridedSlice
from extensions.ops.suppression import NonMaxSuppression
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis


@converts("TopK")
def top_k_1(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    return _top_k(g, node, x, g.constant(np.int64(needed(node, "k"))))


@converts("TopK", since=10)
def top_k_10(g: Graph, node: SourceNode, x: Output, k: Output) -> tuple[Output, ...]:
    return _top_k(g, node, x, scalar(g, k))


def _top_k(g: Graph, node: SourceNode, x: Output, k: Output) -> tuple[Output, ...]:
    """Of equal elements the first comes first."""
    axis = node.get("axis", -1)
    ordered = bool(node.get("sorted", 1))
    op = TopK(
        axis=axis if x.rank is None else normalize_axis(axis, x.rank),
        mode="max" if node.get("largest", 1) else "min",
        sort="value" if ordered else "none",
        index_element_type=ElementType.i64,
        stable=ordered,
    )
    return g.add_multi(op, x, k)


@converts("ArgMax", "ArgMin")
def arg_reduce(g: Graph, node: SourceNode, x: Output) -> Output:
    axis = normalize_axis(node.get("axis", 0), rank_of(x))
    mode = "max" if node.type == "ArgMax" else "min"
    op = TopK(axis=axis, mode=mode, index_element_type=ElementType.i64)
    last = node.get("select_last_index")
    searched = _reversed(g, x, axis) if last else x
    indices = g.add_multi(op, searched, g.constant(np.int64(1)))[1]
    if last:
        indices = g.add(Subtract(), g.add(Subtract(), size_of(g, x, axis), indices), _ONE)
    return indices if node.get("keepdims", 1) else g.add(Squeeze(), indices, [axis])


_ONE = np.int64(1)


def _reversed(g: Graph, x: Output, axis: int) -> Output:
    mask = (1,) * (axis + 1)
    backwards = [1] * axis + [-1]
    return g.add(
        StridedSlice(begin_mask=mask, end_mask=mask),
        x,
        [0] * (axis + 1),
        [0] * (axis + 1),
        backwards,
    )


# Numbers that tell a box.
_CORNERS = 4


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
        just_above(g, g.constant(np.float32(0)) if iou is None else scalar(g, iou)),
        g.constant(np.finfo(np.float32).min) if score is None else scalar(g, score),
    ]
    encoding = node.get("center_point_box", 0)
    if encoding not in (0, 1):
        raise refuse(node, f"center_point_box {encoding}")
    op = NonMaxSuppression(
        box_encoding="center" if encoding else "corner",
        sort_result_descending=False,
    )
    if boxes.shape is None or boxes.shape[-1] != _CORNERS:
        # The CPU runtime wants to know it.
        boxes = g.add(Reshape(special_zero=True), boxes, [0, -1, _CORNERS])
    return g.add_multi(op, boxes, scores, *limits)[0]


@converts("NonZero")
def non_zero(g: Graph, node: SourceNode, x: Output) -> Output:
    if x.dtype is ElementType.boolean:
        x = typed(g, x, ElementType.u8)
    return g.add(NonZero(), x)


def where_true(g: Graph, flags: Output) -> Output:
    """The places of a row where it is true."""
    return g.add(Squeeze(), g.add(NonZero(), typed(g, flags, ElementType.u8)), [0])


@converts("Unique")
def unique(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    axis = node.get("axis")
    op = Unique(sorted=bool(node.get("sorted", 1)))
    if axis is None:
        return g.add_multi(op, x)
    return g.add_multi(op, x, g.constant(np.int64(normalize_axis(axis, rank_of(x)))))
