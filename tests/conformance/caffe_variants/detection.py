"""Heads of detection networks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.conformance.caffe_variants.variant import (
    RANDOM,
    Array,
    Variant,
    by_opencv,
    numbers,
    v,
)
from tests.front.caffe.formulas import detection as f


def _prior_boxes() -> Iterator[Variant]:
    cells, image = (1, 2, 3, 4), (1, 3, 48, 64)
    two, flipped = (2,), (2, 1 / 2)
    for text, formula in (
        ("", f.priors([(10, 0)], ())),
        ("max_size: 20", f.priors([(10, 20)], ())),
        ("max_size: 20 aspect_ratio: 2", f.priors([(10, 20)], flipped)),
        (
            "max_size: 20 aspect_ratio: 2 flip: false clip: true",
            f.priors([(10, 20)], two, clip=True),
        ),
        ("aspect_ratio: 2 aspect_ratio: 3 flip: false", f.priors([(10, 0)], (2, 3))),
        ("min_size: 15 aspect_ratio: 2", f.priors([(10, 0), (15, 0)], flipped)),
        ("min_size: 15 max_size: 20 max_size: 30", f.priors([(10, 20), (15, 30)], ())),
        ("variance: 0.3", f.priors([(10, 0)], (), variance=(0.3,) * 4)),
        (
            "variance: 0.1 variance: 0.2 variance: 0.3 variance: 0.4",
            f.priors([(10, 0)], (), variance=(0.1, 0.2, 0.3, 0.4)),
        ),
        ("step: 8 offset: 0.25", f.priors([(10, 0)], (), step=8, offset=0.25)),
        (
            "max_size: 20 aspect_ratio: 2 step_h: 8 step_w: 12 clip: true",
            f.priors([(10, 20)], flipped, clip=True, step=(8, 12)),
        ),
        ("step_h: 8 step_w: 8", f.priors([(10, 0)], (), step=8)),
        ("img_size: 96", f.priors([(10, 0)], (), image=(96, 96))),
        ("img_h: 96 img_w: 48", f.priors([(10, 0)], (), image=(96, 48))),
    ):
        settings = f"min_size: 10 {text}".strip()
        yield v("PriorBox", "prior_box_param", settings, [cells, image], (), formula)
    text = "min_size: 10 max_size: 20 aspect_ratio: 2 flip: true clip: true variance: 0.1"
    yield v("PriorBox", "prior_box_param", text, [cells, image], note="(OpenCV)")
    text = "width: 10 width: 20 height: 5 height: 15 step: 16 clip: false variance: 0.1 "
    text += "variance: 0.1 variance: 0.2 variance: 0.2"
    formula = f.prior_clustered((10, 20), (5, 15), 16, (0.1, 0.1, 0.2, 0.2))
    yield v("PriorBoxClustered", "prior_box_param", text, [cells, image], (), formula)


def _regions() -> Iterator[Variant]:
    rois = np.array([[0, 2, 3, 30, 25], [1, 0, 0, 40, 45], [0, 10, 12, 13, 14]], np.float32)
    text = "pooled_h: 3 pooled_w: 3 spatial_scale: 0.25"
    maps = (2, 4, 12, 12)
    formula = f.roi_pooling(3, 0.25)
    yield v("ROIPooling", "roi_pooling_param", text, [maps, rois], (), formula)
    yield v("ROIPooling", "roi_pooling_param", text, [maps, rois], note="(OpenCV)")
    text = "output_dim: 2 group_size: 2 spatial_scale: 0.25"
    maps = (2, 8, 12, 12)
    formula = f.psroi_pooling(2, 2, 0.25)
    yield v("PSROIPooling", "psroi_pooling_param", text, [maps, rois], (), formula)
    text, formula = "output_dim: 3 group_size: 3 spatial_scale: 0.5", f.psroi_pooling(3, 3, 0.5)
    beyond = np.array([[1, 10, 5, 40, 30], [0, 22, 22, 23, 30], [1, 30, 30, 50, 50]], np.float32)
    given = [(2, 27, 12, 12), beyond.reshape(3, 5, 1, 1)]
    yield v("PSROIPooling", "psroi_pooling_param", text, given, (), formula, note="beyond the edge")
    yield v("ReorgYolo", "reorg_yolo_param", "stride: 2", [(2, 8, 4, 6)], (), f.reorg(2))
    for softmax in (True, False):
        text = f"classes: 3 num: 2 do_softmax: {'true' if softmax else 'false'}"
        text += "" if softmax else " mask: 0 mask: 1"
        formula = f.region(3, 2, softmax)
        yield v("RegionYolo", "region_yolo_param", text, [(2, 16, 3, 4)], (), formula)
    text = "classes: 3 num: 2 coords: 4 anchors: 1.5 anchors: 2 anchors: 3 anchors: 0.5"
    formula = f.region(3, 2, True)
    yield v("RegionYolo", "region_yolo_param", text, [(2, 16, 3, 4)], (), formula)


def _outputs() -> Iterator[Variant]:
    section = "detection_output_param"
    for text in _DETECTION_OUTPUTS:
        given = _predictions(shared="share_location: false" not in text)
        yield v("DetectionOutput", section, text, given, part=f.detections)
    given = _predictions()
    text = _COMMON + "code_type: CENTER_SIZE share_location: true background_label_id: 0"
    encoded = text + " variance_encoded_in_target: true"
    plain = v("DetectionOutput", section, encoded, given)

    def without_variances(boxes: Array, scores: Array, priors: Array) -> Array:
        """OpenCV takes no row of variances, if they are not to be used."""
        return by_opencv(plain._replace(inputs=(boxes, scores, priors[:, :1])))

    adaptive = text + " nms_param { eta: 0.9 }"
    yield v("DetectionOutput", section, adaptive.replace(_NMS, ""), given, part=f.detections)
    yield v("DetectionOutput", section, encoded, given, (), without_variances, part=f.detections)
    simple = v("DetectionOutput", section, text, given)

    def in_pixels(boxes: Array, scores: Array, priors: Array) -> Array:
        """Five numbers for each prior, the first of which says nothing."""
        corners = priors[:, 0].reshape(-1, 5)[:, 1:] / np.float32([60, 40, 60, 40])
        plain = np.stack([corners.reshape(-1), priors[0, 1, : corners.size]])[None]
        return by_opencv(simple._replace(inputs=(boxes, scores, plain)))

    corners, variances = given[2].reshape(2, -1, 4)
    pixels = np.pad(corners * np.float32([60, 40, 60, 40]), ((0, 0), (1, 0)))
    laid = np.stack([pixels.reshape(-1), np.pad(variances.reshape(-1), (0, len(pixels)))])[None]
    wide = text + " normalized: false input_width: 60 input_height: 40"
    inputs = [*given[:2], laid]
    yield v("DetectionOutput", section, wide, inputs, (), in_pixels, part=f.detections)

    def in_two_stages(locations: Array, scores: Array, priors: Array, *more: Array) -> Array:
        """Each image has priors of its own, and scores only where there is an object."""
        of_images = locations, scores, *more
        found = []
        for n in range(2):
            boxes, classes, objects, moves = (array[n : n + 1] for array in of_images)
            refined = f.refined(priors, moves[0])
            chosen = f.with_objects(classes, objects[0], 0.5)
            rows = f.detections(by_opencv(simple._replace(inputs=(boxes, chosen, refined))))
            rows[:, 0] = n
            found.append(rows)
        return np.concatenate(found)

    objects = np.exp(numbers(2, 12, 2))
    objects = (objects / objects.sum(2, keepdims=True)).reshape(2, -1)
    more = [*given, objects, numbers(2, 48) * np.float32(0.3)]
    refined = text + " objectness_score: 0.5"
    yield v("DetectionOutput", section, refined, more, (), in_two_stages, part=f.detections)


def _predictions(shared: bool = True) -> list[Array]:
    """Locations, scores of 3 classes, and 12 priors."""
    locations = numbers(2, 48 if shared else 48 * 3) * np.float32(0.5)
    scores = np.exp(numbers(2, 12, 3))
    scores = (scores / scores.sum(2, keepdims=True)).reshape(2, -1)
    return [locations, scores, _priors(12)]


def _proposals() -> Iterator[Variant]:
    scores, deltas = np.abs(numbers(1, 18, 6, 8)), numbers(1, 36, 6, 8) * np.float32(0.05)
    given = [scores, deltas, np.float32([[96, 128, 1]])]
    common = "feat_stride: 16 post_nms_topn: 8 "
    for text in (
        "scale: 4 scale: 6 scale: 8 ratio: 0.5 ratio: 1 ratio: 2",
        "scale: 2 scale: 3 scale: 4 ratio: 0.3 ratio: 1 ratio: 3 base_size: 12 min_size: 4",
        "scale: 2 scale: 4 scale: 6 ratio: 0.5 ratio: 1 ratio: 2 pre_nms_topn: 20 nms_thresh: 0.5",
    ):
        yield v("Proposal", "proposal_param", common + text, given, opened=(2, 3))
    settings = "feat_stride: 16 post_nms_topn: 300 scale: 4 scale: 6 scale: 8 "
    settings += "ratio: 0.5 ratio: 1 ratio: 2"
    library = v("Proposal", "proposal_param", settings, given)
    for module in ("rpn", "SSH.layers"):
        text = f"module: '{module}.proposal_layer' layer: 'ProposalLayer' "
        text += "param_str: \"{'feat_stride': 16, 'scales': [4, 6, 8]}\""
        yield v(
            *("Python", "python_param", text, given, ()),
            lambda *arrays: by_opencv(library._replace(inputs=arrays)),
            opened=(2, 3),
            # The runtime marks the end by -1.
            part=lambda rois: np.maximum(rois, 0),
        )


def _simpler_proposals() -> Iterator[Variant]:
    def given(images: int, scales: int) -> list[Array]:
        """Equal scores, scores of nothing, and boxes that leave the image."""
        scores = np.round(numbers(images, 6 * scales, 5, 7), 1)
        return [scores, numbers(images, 12 * scales, 5, 7) * np.float32(0.3)]

    kind, section = "SimplerNMS", "simpler_nms_param"
    image = np.float32([[80, 112, 1]])
    for text, scales, settings in (
        ("scale: 1 scale: 2", (1, 2), (16, 6000, 300)),
        ("scale: 2 cls_threshold: 0.9 max_num_proposals: 10", (2,), (16, 6000, 300)),
        ("scale: 1 min_bbox_size: 30 feat_stride: 16", (1,), (30, 6000, 300)),
        ("scale: 1 scale: 3 pre_nms_topn: 40 post_nms_topn: 12", (1, 3), (16, 40, 12)),
    ):
        formula = f.simpler_nms(scales, *settings)
        yield v(kind, section, text, [*given(1, len(scales)), image], (), formula)
    image = np.float32([79.6, 110.5, 2.9]).reshape(1, 3, 1, 1)
    formula = f.simpler_nms((1,), 16, 6000, 300)
    inputs = [*given(2, 1), image]
    yield v(kind, section, "scale: 1", inputs, (), formula, note="of an image twice as large")
    formula = f.simpler_nms((1,), 200, 6000, 300)
    yield v(kind, section, "scale: 1 min_bbox_size: 200", inputs, (), formula, note="of nothing")
    for text in ("scale: 1 feat_stride: 8", ""):
        yield v(kind, section, text, inputs)
    yield v(kind, section, "scale: 1 scale: 2", inputs, opened=(), note="with maps of one scale")


_NMS = "nms_param { nms_threshold: 0.4 top_k: 8 } "
_COMMON = "num_classes: 3 keep_top_k: 5 " + _NMS
_COMMON += "confidence_threshold: 0.2 "
_DETECTION_OUTPUTS = (
    _COMMON + "code_type: CENTER_SIZE share_location: false background_label_id: 0",
    _COMMON + "code_type: CORNER share_location: true background_label_id: 0",
    _COMMON + "code_type: CENTER_SIZE share_location: true background_label_id: 2",
    _COMMON + "code_type: CENTER_SIZE share_location: true background_label_id: 0",
)


def _priors(count: int) -> Array:
    corners = RANDOM.uniform(0, 0.6, (count, 4)).astype(np.float32)
    corners[:, 2:] += 0.3
    corners[:, 2:] = np.maximum(corners[:, 2:], corners[:, :2] + 0.1)
    variances = np.tile(np.float32([0.1, 0.1, 0.2, 0.2]), count)
    return np.stack([corners.reshape(-1), variances])[None]


def variants() -> Iterator[Variant]:
    yield from _prior_boxes()
    yield from _regions()
    yield from _outputs()
    yield from _proposals()
    yield from _simpler_proposals()
