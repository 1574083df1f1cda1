"""Non-maximum suppression in its variants: which of many overlapping boxes stay."""

from __future__ import annotations

from extensions.ops.common import as_dims, joined, length, ranked, size
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, Dimension, bounds, text


def _counts(boxes: Output, scores: Output, numbers: int) -> tuple[Dimension, Dimension, Dimension]:
    """Images, classes and boxes, of boxes [N, B, numbers] and scores [N, C, B]."""
    corners, values = ranked(boxes, 3, "the boxes"), ranked(scores, 3, "the scores")
    joined(f"the last axis of the boxes should be {numbers};", corners[2], numbers)
    images = joined("numbers of images", corners[0], values[0])
    return images, values[1], joined("numbers of boxes", corners[1], values[2])


def _check_scalars(*values: Output | None) -> None:
    for value in values:
        if value is not None and value.shape and length(value) not in (1, None):
            raise ValueError(f"a threshold or limit {text(value.shape)} is no scalar")


def most(*factors: Dimension) -> int:
    """The greatest that a product of sizes can be."""
    product: Dimension = 1
    for factor in factors:
        product = product * factor
    return bounds(product)[1]


def least(a: Dimension, b: Dimension) -> Dimension:
    return a if bounds(a)[1] <= bounds(b)[1] else b


class NonMaxSuppression(Op):
    """Boxes kept per class: rows (batch, class, box), rows with the scores, their number."""

    opset = "opset5"
    box_encoding: str = "corner"
    sort_result_descending: bool = True
    output_type: ElementType = ElementType.i64

    def infer(
        self,
        boxes: Output,
        scores: Output,
        max_output_boxes_per_class: Output | None = None,
        iou_threshold: Output | None = None,
        score_threshold: Output | None = None,
        soft_nms_sigma: Output | None = None,
    ) -> tuple[TensorType, ...]:
        images, classes, count = _counts(boxes, scores, 4)
        _check_scalars(max_output_boxes_per_class, iou_threshold, score_threshold, soft_nms_sigma)
        rows = Dim()
        wanted = as_dims(max_output_boxes_per_class)
        if wanted:
            rows = Dim(0, most(images, classes, least(size(wanted[0]), count)))
        return (
            TensorType((rows, 3), self.output_type),
            TensorType((rows, 3), ElementType.f32),
            TensorType((1,), self.output_type),
        )
