"""Non-maximum suppression in its variants: which of many overlapping boxes stay."""

from __future__ import annotations

from extensions.ops.common import FLOATS, as_dims, expect, joined, length, ranked, size, tied
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import INFINITY, Dim, Dimension, bounds, text


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
    return min(bounds(product)[1], INFINITY)


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
        _check_scalars(max_output_boxes_per_class, iou_threshold, score_threshold, soft_nms_sigma)
        return _selected(boxes, scores, 4, max_output_boxes_per_class, self.output_type)


def _selected(
    boxes: Output, scores: Output, numbers: int, limit: Output | None, kind: ElementType
) -> tuple[TensorType, ...]:
    """Rows (image, class, box), rows of scores, and how many of them are valid."""
    images, classes, count = _counts(boxes, scores, numbers)
    wanted = as_dims(limit)
    rows = Dim(0, most(images, classes, least(size(wanted[0]), count))) if wanted else Dim()
    return (
        TensorType((rows, 3), kind),
        TensorType((rows, 3), ElementType.f32),
        TensorType((1,), kind),
    )


class NMSRotated(Op):
    """NonMaxSuppression of rotated boxes [N, B, 5]: centre, size, angle."""

    opset = "opset13"
    sort_result_descending: bool = True
    output_type: ElementType = ElementType.i64
    clockwise: bool = True

    def infer(
        self,
        boxes: Output,
        scores: Output,
        max_output_boxes_per_class: Output,
        iou_threshold: Output,
        score_threshold: Output,
    ) -> tuple[TensorType, ...]:
        _check_scalars(max_output_boxes_per_class, iou_threshold, score_threshold)
        return _selected(boxes, scores, 5, max_output_boxes_per_class, self.output_type)


class _Selection(Op):
    """Rows (class, score, corners), their places in the input, and how many an image has."""

    sort_result_type: str = "none"
    output_type: ElementType = ElementType.i64
    nms_top_k: int = -1
    keep_top_k: int = -1
    sort_result_across_batch: bool = False

    def _selected(
        self, kind: ElementType, images: Dimension, classes: Dimension, boxes: Dimension
    ) -> tuple[TensorType, ...]:
        each = boxes if self.nms_top_k < 0 else least(self.nms_top_k, boxes)
        of_image = most(classes, each)
        if self.keep_top_k >= 0:
            of_image = min(of_image, self.keep_top_k)
        rows = Dim(0, most(images, of_image))
        return (
            TensorType((rows, 6), kind),
            TensorType((rows, 1), self.output_type),
            TensorType((images,), self.output_type),
        )


class MatrixNms(_Selection):
    """Suppression by decaying the scores of overlapping boxes, for all boxes at once."""

    opset = "opset8"
    score_threshold: float = 0.0
    background_class: int = -1
    decay_function: str = "linear"
    gaussian_sigma: float = 2.0
    post_threshold: float = 0.0
    normalized: bool = True

    def infer(self, boxes: Output, scores: Output) -> tuple[TensorType, ...]:
        kind = expect(tied(boxes, scores), FLOATS, "a float")
        images, classes, count = _counts(boxes, scores, 4)
        return self._selected(kind, images, classes, count)


class MulticlassNms(_Selection):
    """Suppression for each class, then the best boxes of all classes.

    With ``has_rois`` (opset9) the boxes are [C, B, 4], the scores [C, B], and a third input tells
    how many of the B boxes belong to each image.
    """

    iou_threshold: float = 0.0
    score_threshold: float = 0.0
    background_class: int = -1
    nms_eta: float = 1.0
    normalized: bool = True
    has_rois: bool = False

    def version(self) -> str:
        return "opset9" if self.has_rois else "opset8"

    def ir_attributes(self) -> dict[str, str]:
        attributes = super().ir_attributes()
        del attributes["has_rois"]
        return attributes

    def infer(
        self, boxes: Output, scores: Output, rois: Output | None = None
    ) -> tuple[TensorType, ...]:
        kind = expect(tied(boxes, scores), FLOATS, "a float")
        if (rois is not None) != self.has_rois:
            raise ValueError("has_rois should say whether there is a third input")
        if rois is None:
            images, classes, count = _counts(boxes, scores, 4)
        else:
            images = ranked(rois, 1, "the numbers of boxes")[0]
            corners, values = ranked(boxes, 3, "the boxes"), ranked(scores, 2, "the scores")
            joined("the last axis of the boxes should be 4;", corners[2], 4)
            classes = joined("numbers of classes", corners[0], values[0])
            count = joined("numbers of boxes", corners[1], values[1])
        return self._selected(kind, images, classes, count)
