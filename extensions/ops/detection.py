"""Detection heads: prior boxes, decoding and suppression of boxes, YOLO, region proposals."""

from __future__ import annotations

from extensions.ops.common import (
    FLOATS,
    as_dims,
    divided,
    expect,
    joined,
    length,
    ranked,
    size,
    tied,
    unknown,
)
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, Dimension, bounds, count, merge, normalize_axis, text

f32 = ElementType.f32


class PriorBox(Op):
    """Prior boxes and variances [2, count] for each cell of a feature map."""

    min_size: tuple[float, ...] = ()
    max_size: tuple[float, ...] = ()
    aspect_ratio: tuple[float, ...] = ()
    density: tuple[float, ...] = ()
    fixed_ratio: tuple[float, ...] = ()
    fixed_size: tuple[float, ...] = ()
    clip: bool = False
    flip: bool = False
    step: float = 0.0
    offset: float = 0.0
    variance: tuple[float, ...] = ()
    scale_all_sizes: bool = True
    # Whether a box of the greatest size stands before those of other shapes (else opset8).
    min_max_aspect_ratios_order: bool = True

    def version(self) -> str:
        return "opset1" if self.min_max_aspect_ratios_order else "opset8"

    def ir_attributes(self) -> dict[str, str]:
        attributes = super().ir_attributes()
        if self.min_max_aspect_ratios_order:
            del attributes["min_max_aspect_ratios_order"]
        return attributes

    def boxes_per_cell(self) -> int:
        """How many priors each cell gets (SSD paper, section 2.2, and its density variant)."""
        ratios = [1.0]
        for ratio in self.aspect_ratio:
            candidates = [ratio, 1 / ratio] if self.flip else [ratio]
            for each in candidates:
                if all(abs(each - seen) > 1e-6 for seen in ratios):
                    ratios.append(each)
        if self.fixed_size:
            count = len(ratios) * len(self.fixed_size)
        elif self.scale_all_sizes:
            count = len(ratios) * len(self.min_size) + len(self.max_size)
        else:
            count = len(ratios) + len(self.min_size) - 1
        # A density of d puts d * d boxes where one was.
        shapes = len(self.fixed_ratio) or len(ratios)
        return count + sum(shapes * (int(density) ** 2 - 1) for density in self.density)

    def infer(self, output_size: Output, image_size: Output) -> TensorType:
        return TensorType((2, _cells(output_size, image_size, self.boxes_per_cell())), f32)


def _cells(output_size: Output, image_size: Output, boxes: int) -> Dimension:
    """The length of a row of prior boxes: four corners for each box of each cell."""
    for value in (output_size, image_size):
        if length(value) not in (2, None):
            raise ValueError(f"a size {text(value.shape)} should be (height, width)")
    sizes = as_dims(output_size)
    return Dim() if sizes is None else size(sizes[0]) * size(sizes[1]) * (4 * boxes)


class PriorBoxClustered(Op):
    """As PriorBox, with the widths and heights listed."""

    width: tuple[float, ...]
    height: tuple[float, ...]
    clip: bool = True
    step: float = 0.0
    step_w: float = 0.0
    step_h: float = 0.0
    offset: float = 0.0
    variance: tuple[float, ...] = ()

    def infer(self, output_size: Output, image_size: Output) -> TensorType:
        return TensorType((2, _cells(output_size, image_size, len(self.width))), f32)


class DetectionOutput(Op):
    """Decoded and suppressed boxes [1, 1, count, 7]: image, label, score, corners."""

    num_classes: int
    background_label_id: int = 0
    top_k: int = -1
    variance_encoded_in_target: bool = False
    keep_top_k: tuple[int, ...]
    code_type: str = "caffe.PriorBoxParameter.CORNER"
    share_location: bool = True
    nms_threshold: float
    confidence_threshold: float = 0.0
    clip_after_nms: bool = False
    clip_before_nms: bool = False
    decrease_label_id: bool = False
    normalized: bool = False
    input_height: int = 1
    input_width: int = 1
    objectness_score: float = 0.0

    def infer(
        self,
        boxes: Output,
        classes: Output,
        priors: Output,
        aux_classes: Output | None = None,
        aux_boxes: Output | None = None,
    ) -> TensorType:
        kind = expect(tied(boxes, classes, aux_classes, aux_boxes), FLOATS, "a float")
        deltas, scores = ranked(boxes, 2, "the boxes"), ranked(classes, 2, "the classes")
        anchors = ranked(priors, 3, "the priors")
        joined(
            "rows of priors and variances", anchors[1], 1 if self.variance_encoded_in_target else 2
        )
        images = joined("numbers of images", deltas[0], scores[0])
        if isinstance(anchors[0], int) and anchors[0] != 1:
            images = joined("numbers of images", images, anchors[0])
        locations = 1 if self.share_location else self.num_classes
        count = joined(
            "numbers of priors",
            divided(anchors[2], 4 if self.normalized else 5),
            divided(deltas[1], 4 * locations),
            divided(scores[1], self.num_classes),
        )
        for value, wanted in ((aux_classes, count * 2), (aux_boxes, deltas[1])):
            if value is not None:
                shape = ranked(value, 2, "an auxiliary input")
                images = joined("numbers of images", images, shape[0])
                joined("widths of an auxiliary input", shape[1], wanted)
        if self.keep_top_k and self.keep_top_k[0] > 0:
            return TensorType((1, 1, images * self.keep_top_k[0], 7), kind)
        each = count if self.top_k < 0 else self.top_k
        return TensorType((1, 1, images * (each * self.num_classes), 7), kind)


class RegionYolo(Op):
    """YOLO's activation of raw box, objectness and class values."""

    anchors: tuple[float, ...] = ()
    axis: int
    coords: int
    classes: int
    end_axis: int
    num: int
    do_softmax: bool = False
    mask: tuple[int, ...] = ()

    def infer(self, data: Output) -> TensorType:
        if data.shape is None:
            fewer = self.end_axis % 4 - self.axis % 4 if self.do_softmax else 0
            return TensorType(unknown(4 - fewer), data.dtype)
        if len(data.shape) != 4:
            raise ValueError(f"data {text(data.shape)} should have 4 axes")
        if not self.do_softmax:
            channels = (self.classes + self.coords + 1) * len(self.mask)
            return TensorType((data.shape[0], channels, *data.shape[2:]), data.dtype)
        axis = normalize_axis(self.axis, len(data.shape))
        end = normalize_axis(self.end_axis, len(data.shape))
        merged = count(data.shape[axis : end + 1])
        return TensorType((*data.shape[:axis], merged, *data.shape[end + 1 :]), data.dtype)


class ReorgYolo(Op):
    """Blocks of space moved into channels in the order of YOLO v2."""

    opset = "opset2"
    stride: int

    def infer(self, data: Output) -> TensorType:
        if data.shape is None:
            return TensorType(None, data.dtype)
        n, c, h, w = ranked(data, 4, "data")
        s = self.stride
        return TensorType((n, c * (s * s), divided(h, s), divided(w, s)), data.dtype)


class Proposal(Op):
    """Region proposals [N * post_nms_topn, 5] and their scores."""

    opset = "opset4"
    base_size: int
    pre_nms_topn: int
    post_nms_topn: int
    nms_thresh: float
    feat_stride: int
    min_size: int
    ratio: tuple[float, ...]
    scale: tuple[float, ...]
    clip_before_nms: bool = True
    clip_after_nms: bool = False
    normalize: bool = False
    box_size_scale: float = 1.0
    box_coordinate_scale: float = 1.0
    framework: str = ""

    def infer(self, probs: Output, deltas: Output, image: Output) -> tuple[TensorType, ...]:
        kind = tied(probs, deltas, image)
        scores, corners = ranked(probs, 4, "the scores"), ranked(deltas, 4, "the deltas")
        shape = ranked(image, 1, "the image size")
        if merge(shape[0], 3) is None and merge(shape[0], 4) is None:
            raise ValueError(f"the image size {text(image.shape)} should have 3 or 4 numbers")
        joined("the deltas are two for each score;", corners[1], scores[1] * 2)
        for axis in (2, 3):
            joined("sizes of scores and deltas", scores[axis], corners[axis])
        rows = joined("numbers of images", scores[0], corners[0]) * self.post_nms_topn
        return TensorType((rows, 5), kind), TensorType((rows,), kind)


class GenerateProposals(Op):
    """Region proposals [R, 4] of all images, their scores [R], and the number of each image.

    Anchors are [H, W, A, 4], deltas [N, 4 * A, H, W], scores [N, A, H, W], sizes [N, 3 or 4].
    """

    opset = "opset9"
    min_size: float
    nms_threshold: float
    post_nms_count: int
    pre_nms_count: int
    normalized: bool = True
    nms_eta: float = 1.0
    roi_num_type: ElementType = ElementType.i64

    def infer(
        self, im_info: Output, anchors: Output, deltas: Output, scores: Output
    ) -> tuple[TensorType, ...]:
        kind = expect(tied(im_info, anchors, deltas, scores), FLOATS, "a float")
        info, boxes = ranked(im_info, 2, "the image sizes"), ranked(anchors, 4, "the anchors")
        moves, values = ranked(deltas, 4, "the deltas"), ranked(scores, 4, "the scores")
        if merge(info[1], 3) is None and merge(info[1], 4) is None:
            raise ValueError(f"image sizes {text(im_info.shape)} should be 3 or 4 numbers each")
        joined("the last axis of the anchors should be 4;", boxes[3], 4)
        images = joined("numbers of images", info[0], moves[0], values[0])
        joined("heights", boxes[0], moves[2], values[2])
        joined("widths", boxes[1], moves[3], values[3])
        joined("numbers of anchors", boxes[2], divided(moves[1], 4), values[1])
        rows = Dim(0, bounds(images * self.post_nms_count)[1])
        return (
            TensorType((rows, 4), kind),
            TensorType((rows,), kind),
            TensorType((images,), self.roi_num_type),
        )
