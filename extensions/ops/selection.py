"""Sorting, selection and detection."""

from __future__ import annotations

from extensions.ops.common import constant_axes, constant_ints, tied
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, Dimension, bounds, count, normalize_axis


class TopK(Op):
    """The k greatest or least elements along an axis, and their indices."""

    opset = "opset3"
    axis: int
    mode: str = "max"
    sort: str = "value"
    index_element_type: ElementType = ElementType.i32

    def infer(self, data: Output, k: Output) -> tuple[TensorType, ...]:
        if data.shape is None:
            return TensorType(None, data.dtype), TensorType(None, self.index_element_type)
        known = constant_ints(k)
        shape = list(data.shape)
        axis = normalize_axis(self.axis, len(shape))
        if known:
            low, high = bounds(shape[axis])
            shape[axis] = (
                known[0] if known[0] <= low else _between(min(known[0], low), min(known[0], high))
            )
        else:
            shape[axis] = Dim(0, bounds(shape[axis])[1])
        kinds = (data.dtype, self.index_element_type)
        return tuple(TensorType(tuple(shape), kind) for kind in kinds)


def _between(low: int, high: int) -> Dimension:
    return low if low == high else Dim(low, high)


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
        rows: Dimension = Dim()
        per_class = constant_ints(max_output_boxes_per_class)
        if boxes.shape is not None and scores.shape is not None and per_class is not None:
            limit = min(per_class[0], bounds(boxes.shape[1])[1])
            total = count((scores.shape[0], scores.shape[1])) * limit
            rows = Dim(0, bounds(total)[1])
        return (
            TensorType((rows, 3), self.output_type),
            TensorType((rows, 3), ElementType.f32),
            TensorType((1,), self.output_type),
        )


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

    def boxes_per_cell(self) -> int:
        """How many priors each cell gets (SSD paper, section 2.2, and its density variant)."""
        ratios = [1.0]
        for ratio in self.aspect_ratio:
            candidates = [ratio, 1 / ratio] if self.flip else [ratio]
            for each in candidates:
                if all(abs(each - seen) > 1e-6 for seen in ratios):
                    ratios.append(each)
        if self.fixed_size:
            per_size = len(self.fixed_ratio) if self.fixed_ratio else len(ratios)
            squares = sum(int(d) ** 2 for d in self.density)
            return per_size * (squares if self.density else len(self.fixed_size))
        if self.scale_all_sizes:
            return len(ratios) * len(self.min_size) + len(self.max_size)
        return len(ratios) + len(self.min_size) - 1

    def infer(self, output_size: Output, image_size: Output) -> TensorType:
        sizes = constant_ints(output_size)
        total: Dimension = Dim()
        if sizes is not None:
            total = 4 * sizes[0] * sizes[1] * self.boxes_per_cell()
        return TensorType((2, total), ElementType.f32)


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
        sizes = constant_ints(output_size)
        total: Dimension = Dim()
        if sizes is not None:
            total = 4 * sizes[0] * sizes[1] * len(self.width)
        return TensorType((2, total), ElementType.f32)


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
        kind = tied(boxes, classes)
        rows: Dimension = Dim()
        if boxes.shape is not None:
            images = boxes.shape[0]
            if self.keep_top_k and self.keep_top_k[0] > 0:
                rows = images * self.keep_top_k[0]
            elif priors.shape is not None:
                width = 4 if self.normalized else 5
                per_image = priors.shape[2] // width
                each = self.top_k if self.top_k > 0 else per_image
                rows = images * (each * self.num_classes)
        return TensorType((1, 1, rows, 7), kind)


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
            return data.type
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
            return data.type
        n, c, h, w = data.shape
        s = self.stride
        return TensorType((n, c * (s * s), h // s, w // s), data.dtype)


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
        images = probs.shape[0] if probs.shape is not None else Dim()
        rows = images * self.post_nms_topn
        return TensorType((rows, 5), probs.dtype), TensorType((rows,), probs.dtype)


class Bucketize(Op):
    """The index of the bucket that each element falls into."""

    opset = "opset3"
    output_type: ElementType
    with_right_bound: bool = True

    def infer(self, data: Output, buckets: Output) -> TensorType:
        return TensorType(data.shape, self.output_type)


class Unique(Op):
    """Distinct elements or slices, first places, inverse places and counts."""

    opset = "opset10"
    sorted: bool = True
    index_element_type: ElementType = ElementType.i64
    count_element_type: ElementType = ElementType.i64

    def infer(self, data: Output, axis: Output | None = None) -> tuple[TensorType, ...]:
        index, counts = self.index_element_type, self.count_element_type
        along = constant_axes(axis, data.rank)
        if data.shape is None or (axis is not None and along is None):
            return (
                TensorType(None, data.dtype),
                *(TensorType((Dim(),), kind) for kind in (index, index, counts)),
            )
        total = count(data.shape) if along is None else data.shape[along[0]]
        distinct = Dim(1 if bounds(total)[0] else 0, bounds(total)[1])
        values: tuple[Dimension, ...] = (distinct,)
        if along is not None:
            values = tuple(distinct if i == along[0] else d for i, d in enumerate(data.shape))
        return (
            TensorType(values, data.dtype),
            TensorType((distinct,), index),
            TensorType((total,), index),
            TensorType((distinct,), counts),
        )
