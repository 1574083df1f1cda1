"""Operations of Caffe2, against their definitions in numpy: no runtime has them any more."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx import running
from tests.models.nodes import fixed, numbers, single

agree = partial(running.agree, domain="org.pytorch._caffe2", opset=11)
refused = partial(running.refused, domain="org.pytorch._caffe2", opset=11)

X = numbers(2, 3, 6, 8)
SIZES = np.array([[40, 60, 1.0], [50, 50, 2.0]], np.float32)


def boxes(count: int, size: float) -> np.ndarray:
    corners = np.random.default_rng(count).uniform(0, size, (count, 2, 2))
    return np.sort(corners, 1).reshape(count, 4).astype(np.float32)


def regions(count: int) -> np.ndarray:
    images = np.sort(np.arange(count) % 2)[:, None]
    return np.hstack([images, boxes(count, 40)]).astype(np.float32)


@pytest.mark.parametrize("domain", ["org.pytorch._caffe2", ""])
def test_alias(domain: str) -> None:
    agree("AliasWithName", X, expected=X, is_backward=0, domain=domain)


def test_batch_permutation() -> None:
    order = np.array([1, 0, 1], np.int32)
    agree("BatchPermutation", X, order, expected=X[order])


@pytest.mark.parametrize("scales", [(2.0, 2.0), (1.5, 3.0), (0.5, 0.75)])
def test_resize_nearest(scales: tuple[float, float]) -> None:
    height, width = (int(size * scale) for size, scale in zip(X.shape[2:], scales))
    rows = (np.arange(height) / scales[0]).astype(int)
    columns = (np.arange(width) / scales[1]).astype(int)
    expected = X[:, :, rows][:, :, :, columns]
    given = {"height_scale": scales[0], "width_scale": scales[1]}
    agree("ResizeNearest", X, expected=expected, dynamic=[0, 2, 3], **given)
    refused("ResizeNearest", X, order="NHWC", match="order NHWC", **given)


@pytest.mark.parametrize("aligned", [0, 1])
def test_roi_align(aligned: int) -> None:
    """As the operation of ONNX, which takes the images apart from the regions."""
    rois = regions(5)
    mode = "half_pixel" if aligned else "output_half_pixel"
    given: dict[str, Any] = {"spatial_scale": 0.2, "sampling_ratio": 2}
    whole = single(
        "RoiAlign",
        [X, rois[:, 1:], rois[:, 0].astype(np.int64)],
        opset=16,
        attributes={
            "output_height": 2,
            "output_width": 3,
            "coordinate_transformation_mode": mode,
            **given,
        },
    )
    wanted = running.reference(whole, [X, rois[:, 1:], rois[:, 0].astype(np.int64)])
    given.update(pooled_h=2, pooled_w=3, aligned=aligned)
    agree("RoIAlign", X, rois, expected=wanted, dynamic=[0], **given)


# ---- boxes


def moved(corners: np.ndarray, deltas: np.ndarray, weights: list[float], plus: int) -> np.ndarray:
    """Boxes [R, 4] moved by deltas [R, C, 4]: Fast R-CNN, equation 1 solved for the box."""
    sizes = corners[:, 2:] - corners[:, :2] + plus
    centres = corners[:, :2] + sizes / 2
    d = deltas.reshape(len(corners), -1, 4) / np.array(weights)
    new_centres = centres[:, None] + d[..., :2] * sizes[:, None]
    new_sizes = sizes[:, None] * np.exp(np.minimum(d[..., 2:], np.log(1000 / 16)))
    return np.concatenate([new_centres - new_sizes / 2, new_centres + new_sizes / 2 - plus], -1)


@pytest.mark.parametrize("plus", [0, 1])
@pytest.mark.parametrize("rescaled", [0, 1])
def test_bbox_transform(plus: int, rescaled: int) -> None:
    rois, deltas, weights = regions(5), numbers(5, 8), [10.0, 10.0, 5.0, 5.0]
    images = rois[:, 0].astype(int)
    scale = SIZES[images, 2][:, None]
    result = moved(rois[:, 1:] / scale, deltas, weights, plus)
    limits = np.floor(SIZES[images, 1::-1] / scale + 0.5) - plus
    result = np.clip(result, 0, np.hstack([limits, limits])[:, None])
    result = (result * (scale[:, None] if rescaled else 1)).reshape(5, 8).astype(np.float32)
    counts = np.bincount(images, minlength=2).astype(np.float32)
    given = {"weights": weights, "apply_scale": rescaled, "legacy_plus_one": plus}
    inputs = rois, deltas, SIZES
    agree("BBoxTransform", *inputs, outputs=2, expected=[result, counts], dynamic=[0], **given)
    alone = rois[:, 1:], deltas, SIZES[:1]
    running.convert(single("BBoxTransform", alone, opset=11, outputs=2, attributes=given))
    refused("BBoxTransform", *inputs, outputs=2, rotated=1, match="rotated boxes")


def overlap(box: np.ndarray, others: np.ndarray, plus: int) -> np.ndarray:
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.maximum(high - low + plus, 0), -1)
    areas = [np.prod(b[..., 2:] - b[..., :2] + plus, -1) for b in (box, others)]
    return shared / (areas[0] + areas[1] - shared)


def kept(corners: np.ndarray, threshold: float, plus: int) -> list[int]:
    """Places of boxes, best first, that no better one covers."""
    found: list[int] = []
    for place in range(len(corners)):
        if not found or overlap(corners[place], corners[found], plus).max() <= threshold:
            found.append(place)
    return found


@pytest.mark.parametrize("plus", [0, 1])
def test_generate_proposals(plus: int) -> None:
    """Faster R-CNN, section 3.1: anchors at each place, moved, clipped, the best ones kept."""
    random = np.random.default_rng(3)
    scores = random.uniform(0, 1, (2, 3, 4, 5)).astype(np.float32)
    deltas, anchors = numbers(2, 12, 4, 5, low=-1, high=1), boxes(3, 16) - 8
    rows, values = [], []
    shifts = np.stack(np.meshgrid(np.arange(5), np.arange(4)), -1) * 8.0
    grid = (np.tile(shifts, 2)[:, :, None] + anchors).reshape(-1, 4)
    for image in range(2):
        score = scores[image].transpose(1, 2, 0).reshape(-1)
        delta = deltas[image].reshape(3, 4, 4, 5).transpose(2, 3, 0, 1).reshape(-1, 4)
        best = np.argsort(-score)[:30]
        corners = moved(grid[best], delta[best], [1.0] * 4, plus)[:, 0]
        limits = SIZES[image, 1::-1] - plus
        corners = np.clip(corners, 0, np.hstack([limits, limits]))
        large = (corners[:, 2:] - corners[:, :2] + plus >= 3 * SIZES[image, 2]).all(1)
        corners, score = corners[large], score[best][large]
        places = kept(corners, 0.6, plus)[:8]
        rows.append(np.hstack([np.full((len(places), 1), image), corners[places]]))
        values.append(score[places])
    given = {"spatial_scale": 0.125, "pre_nms_topN": 30, "post_nms_topN": 8, "min_size": 3.0}
    agree(
        "GenerateProposals",
        *(scores, deltas, SIZES, fixed(anchors)),
        outputs=2,
        expected=[np.vstack(rows).astype(np.float32), np.concatenate(values)],
        nms_thresh=0.6,
        legacy_plus_one=plus,
        **given,
    )
