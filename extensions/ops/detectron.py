"""The detection operations of Detectron (Faster R-CNN, Mask R-CNN), for one image."""

from __future__ import annotations

from extensions.ops.common import FLOATS, divided, expect, joined, ranked, size, tied
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType


class ExperimentalDetectronDetectionOutput(Op):
    """Boxes [M, 4], classes [M] and scores [M] after decoding and suppression."""

    opset = "opset6"
    score_threshold: float
    nms_threshold: float
    max_delta_log_wh: float
    num_classes: int
    post_nms_count: int
    max_detections_per_image: int
    class_agnostic_box_regression: bool = False
    deltas_weights: tuple[float, ...]

    def infer(
        self, rois: Output, deltas: Output, scores: Output, im_info: Output
    ) -> tuple[TensorType, ...]:
        kind = expect(tied(rois, deltas, scores, im_info), FLOATS, "a float")
        regions, moves = ranked(rois, 2, "the regions"), ranked(deltas, 2, "the deltas")
        values, info = ranked(scores, 2, "the scores"), ranked(im_info, 2, "the image size")
        joined("the last axis of the regions should be 4;", regions[1], 4)
        joined("deltas are four for each class;", moves[1], self.num_classes * 4)
        joined("numbers of classes", values[1], self.num_classes)
        joined("the image size is one row;", info[0], 1)
        joined("the image size has three numbers;", info[1], 3)
        joined("numbers of regions", regions[0], moves[0], values[0])
        rows = self.max_detections_per_image
        return (
            TensorType((rows, 4), kind),
            TensorType((rows,), ElementType.i32),
            TensorType((rows,), kind),
        )


class ExperimentalDetectronGenerateProposalsSingleImage(Op):
    """The best ``post_nms_count`` regions and their scores.

    Anchors are [H * W * A, 4], deltas [4 * A, H, W], scores [A, H, W].
    """

    opset = "opset6"
    min_size: float
    nms_threshold: float
    post_nms_count: int
    pre_nms_count: int

    def infer(
        self, im_info: Output, anchors: Output, deltas: Output, scores: Output
    ) -> tuple[TensorType, ...]:
        kind = expect(tied(im_info, anchors, deltas, scores), FLOATS, "a float")
        info, boxes = ranked(im_info, 1, "the image size"), ranked(anchors, 2, "the anchors")
        moves, values = ranked(deltas, 3, "the deltas"), ranked(scores, 3, "the scores")
        joined("the image size has three numbers;", info[0], 3)
        joined("the last axis of the anchors should be 4;", boxes[1], 4)
        joined("numbers of anchors", divided(moves[0], 4), values[0])
        joined("heights", moves[1], values[1])
        joined("widths", moves[2], values[2])
        rows = self.post_nms_count
        return TensorType((rows, 4), kind), TensorType((rows,), kind)


class ExperimentalDetectronPriorGridGenerator(Op):
    """Priors [P, 4] moved to every cell of a feature map: [H, W, P, 4], or flattened.

    ``h``, ``w`` and the strides place the cells in the image; they do not change the shape.
    """

    opset = "opset6"
    flatten: bool = False
    h: int = 0
    w: int = 0
    stride_x: float = 0.0
    stride_y: float = 0.0

    def infer(self, priors: Output, feature_map: Output, im_data: Output) -> TensorType:
        kind = expect(tied(priors, feature_map, im_data), FLOATS, "a float")
        boxes = ranked(priors, 2, "the priors")
        cells, image = ranked(feature_map, 4, "the feature map"), ranked(im_data, 4, "the image")
        joined("the last axis of the priors should be 4;", boxes[1], 4)
        joined("numbers of images", cells[0], image[0])
        if self.flatten:
            return TensorType((cells[2] * cells[3] * boxes[0], 4), kind)
        return TensorType((cells[2], cells[3], boxes[0], 4), kind)


class ExperimentalDetectronROIFeatureExtractor(Op):
    """ROIAlign of each region from the layer of a pyramid that suits its size."""

    opset = "opset6"
    output_size: int
    sampling_ratio: int
    pyramid_scales: tuple[int, ...]
    aligned: bool = False

    def infer(self, rois: Output, *layers: Output) -> tuple[TensorType, ...]:
        kind = expect(tied(rois, *layers), FLOATS, "a float")
        regions = ranked(rois, 2, "the regions")
        joined("the last axis of the regions should be 4;", regions[1], 4)
        pyramid = [ranked(layer, 4, "a layer of the pyramid") for layer in layers]
        for layer in pyramid:
            joined("a layer of the pyramid has one image;", layer[0], 1)
        channels = joined("numbers of channels", *(layer[1] for layer in pyramid))
        extent = size(self.output_size)
        features = TensorType((regions[0], channels, extent, extent), kind)
        return features, TensorType((regions[0], 4), kind)


class ExperimentalDetectronTopKROIs(Op):
    """The regions [max_rois, 4] with the greatest probabilities."""

    opset = "opset6"
    max_rois: int = 0

    def infer(self, rois: Output, probabilities: Output) -> TensorType:
        kind = expect(tied(rois, probabilities), FLOATS, "a float")
        regions = ranked(rois, 2, "the regions")
        joined("the last axis of the regions should be 4;", regions[1], 4)
        joined("numbers of regions", regions[0], ranked(probabilities, 1, "the scores")[0])
        return TensorType((self.max_rois, 4), kind)
