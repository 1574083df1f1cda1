"""Regions dealt out to levels and the best boxes of Caffe2, against their definitions in numpy."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx import running
from tests.front.onnx.test_caffe2 import boxes, kept, regions

agree = partial(running.agree, domain="org.pytorch._caffe2", opset=11)
refused = partial(running.refused, domain="org.pytorch._caffe2", opset=11)


def drawn(*shape: int) -> np.ndarray:
    return np.random.default_rng(shape).uniform(0, 1, shape).astype(np.float32)


def best_of(parts: list[np.ndarray], scores: list[np.ndarray], most: int) -> np.ndarray:
    return np.vstack(parts)[np.argsort(-np.hstack(scores), kind="stable")[:most]]


@pytest.mark.parametrize("most", [6, 20])
def test_regions_of_all_levels(most: int) -> None:
    parts, scores = [regions(n) for n in (5, 4, 3)], [drawn(n) for n in (5, 4, 3)]
    expected = best_of(parts, scores, most)
    given: dict[str, Any] = {"rpn_min_level": 2, "rpn_max_level": 4, "rpn_post_nms_topN": most}
    agree("CollectRpnProposals", *parts, *scores, expected=expected, dynamic=[0], **given)


def dealt_out(rois: np.ndarray, plus: int, first: int, last: int) -> list[np.ndarray]:
    """Feature pyramid networks, equation 1; then where each region stands in all levels."""
    sides = rois[:, 3:] - rois[:, 1:3] + plus
    level = np.floor(3 + np.log2(np.sqrt(sides.prod(1)) / 20 + 1e-6)).clip(first, last)
    places = [np.flatnonzero(level == n) for n in range(first, last + 1)]
    assert sum(map(bool, map(len, places))) > 1
    back = np.argsort(np.hstack(places)).astype(np.int32)
    return [*(rois[place] for place in places), back]


LEVELS: dict[str, Any] = {"roi_canonical_scale": 20, "roi_canonical_level": 3}


@pytest.mark.parametrize("plus", [0, 1])
def test_regions_dealt_out_to_levels(plus: int) -> None:
    rois = regions(12)
    given = {**LEVELS, "roi_min_level": 2, "roi_max_level": 4, "legacy_plus_one": plus}
    expected = dealt_out(rois, plus, 2, 4)
    agree("DistributeFpnProposals", rois, outputs=4, expected=expected, dynamic=[0], **given)


def test_regions_gathered_and_dealt_out() -> None:
    parts, scores = [regions(n) for n in (5, 4, 3)], [drawn(n) for n in (5, 4, 3)]
    best = best_of(parts, scores, 10)
    given = {**LEVELS, "roi_min_level": 2, "roi_max_level": 3, "rpn_post_nms_topN": 10}
    expected = [best, *dealt_out(best, 1, 2, 3)]
    name = "CollectAndDistributeFpnRpnProposals"
    agree(name, *parts, *scores, outputs=4, expected=expected, dynamic=[0], **given)


def limited(
    scores: np.ndarray, corners: np.ndarray, counts: np.ndarray, most: int, plus: int
) -> list[np.ndarray]:
    """Fast R-CNN, section 3: for each class its best boxes, then the best of all classes.

    Scores [R, C] and boxes [R, C, 4] without the background.
    """
    rows: list[tuple[float, np.ndarray, int, int]] = []
    numbers, start = [], 0
    for count in counts:
        found = []
        for kind in range(scores.shape[1]):
            order = start + np.argsort(-scores[start : start + count, kind])
            order = order[scores[order, kind] > 0.2]
            places = [order[k] for k in kept(corners[order, kind], 0.4, plus)]
            found += [(scores[p, kind], corners[p, kind], kind, p) for p in places]
        start += count
        if 0 < most < len(found):
            least = sorted((row[0] for row in found), reverse=True)[most - 1]
            found = [row for row in found if row[0] >= least]
        numbers.append(len(found))
        rows += found
    best, chosen, kinds, places = zip(*rows)
    return [
        np.array(best),
        np.array(chosen),
        np.array(kinds, np.float32),
        np.array(numbers, np.float32),
        np.array(places, np.int32),
    ]


LIMITS: dict[str, Any] = {"score_thresh": 0.2, "nms": 0.4}


@pytest.mark.parametrize("most", [5, 100, 0])
@pytest.mark.parametrize("plus", [0, 1])
def test_best_boxes_of_two_images(most: int, plus: int) -> None:
    """The background comes first, in scores and boxes."""
    scores, corners = drawn(14, 4), np.stack([boxes(14, 20 + k) for k in range(4)], 1)
    splits = np.array([8, 6], np.float32)
    expected = limited(scores[:, 1:], corners[:, 1:], splits.astype(int), most, plus)
    expected[2] += 1
    given = {**LIMITS, "detections_per_im": most, "legacy_plus_one": plus}
    inputs = scores, corners.reshape(14, 16), splits
    agree("BoxWithNMSLimit", *inputs, outputs=5, expected=expected, dynamic=[0], **given)


def test_best_boxes_of_one_image() -> None:
    """As Detectron2 exports it: the background comes last, and has no boxes."""
    scores, corners = drawn(14, 4), np.stack([boxes(14, 20 + k) for k in range(3)], 1)
    given: dict[str, Any] = {**LIMITS, "legacy_plus_one": 0, "input_boxes_include_bg_cls": 0}
    given.update(input_scores_fg_cls_starting_id=0, output_classes_include_bg_cls=0)
    expected = limited(scores[:, :3], corners, np.array([14]), 100, 0)
    inputs = scores, corners.reshape(14, 12)
    agree("BoxWithNMSLimit", *inputs, outputs=5, expected=expected, dynamic=[0], **given)
    same = np.repeat(corners[:, :1], 3, 1)
    expected = limited(scores[:, :3], same, np.array([14]), 100, 0)
    inputs = scores, corners[:, 0].copy()
    given["cls_agnostic_bbox_reg"] = 1
    agree("BoxWithNMSLimit", *inputs, outputs=5, expected=expected, dynamic=[0], **given)


def test_no_box_is_good_enough() -> None:
    scores, corners = drawn(3, 3) * 0.1, boxes(3, 20).repeat(3, 0).reshape(3, 12)
    none = np.zeros(0, np.float32)
    expected = [none, none.reshape(0, 4), none, np.zeros(1, np.float32), none.astype(np.int32)]
    inputs = scores, corners
    agree("BoxWithNMSLimit", *inputs, outputs=5, expected=expected, dynamic=[0], **LIMITS)


@pytest.mark.parametrize("option", ["soft_nms_enabled", "rotated"])
def test_boxes_that_are_refused(option: str) -> None:
    inputs = drawn(3, 3), boxes(3, 20).repeat(3, 0).reshape(3, 12)
    refused("BoxWithNMSLimit", *inputs, outputs=4, match=option, **{option: 1})
