"""Rotated boxes of mmdeploy, against numpy: no runtime at hand has them."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx import running
from tests.models.nodes import numbers

agree = partial(running.agree, domain="mmdeploy", opset=11)


def corners(box: np.ndarray) -> np.ndarray:
    x, y, width, height, angle = box.astype(np.float64)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2]
    return half @ turn.T + [x, y]


def area(polygon: np.ndarray) -> float:
    x, y = polygon.T
    return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2


def shared(a: np.ndarray, b: np.ndarray) -> float:
    """The area of what two convex polygons share: one is cut by each side of the other."""
    for start, end in zip(b, np.roll(b, -1, 0)):
        side = end - start
        inside = side[0] * (a[:, 1] - start[1]) - side[1] * (a[:, 0] - start[0])
        points = []
        for i in range(len(a)):
            j = (i + 1) % len(a)
            if inside[i] >= 0:
                points.append(a[i])
            if inside[i] * inside[j] < 0:
                points.append(a[i] + (a[j] - a[i]) * inside[i] / (inside[i] - inside[j]))
        if len(points) < 3:
            return 0.0
        a = np.array(points)
    return area(a)


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    both = shared(corners(a), corners(b))
    return both / (a[2] * a[3] + b[2] * b[3] - both)


def test_suppression_of_rotated_boxes() -> None:
    random = np.random.default_rng(3)
    boxes = random.uniform([2, 2, 2, 2, -1.5], [8, 8, 6, 6, 1.5], (2, 12, 5)).astype(np.float32)
    scores = random.uniform(0, 1, (2, 3, 12)).astype(np.float32)
    rows = []
    for image in range(2):
        for kind in range(3):
            found: list[int] = []
            for place in np.argsort(-scores[image, kind]):
                if scores[image, kind, place] <= 0.3:
                    break
                others = (overlap(boxes[image, place], boxes[image, other]) for other in found)
                if all(share <= 0.2 for share in others):
                    found.append(place)
            rows += [(image, kind, place) for place in found]
    given = {"iou_threshold": 0.2, "score_threshold": 0.3}
    agree("NMSRotated", boxes, scores, expected=np.array(rows), dynamic=[0, 1], **given)


def sampled(image: np.ndarray, y: float, x: float) -> np.ndarray:
    """Bilinear, zero beyond one pixel around the image."""
    height, width = image.shape[1:]
    if y < -1 or y > height or x < -1 or x > width:
        return np.zeros(len(image))
    y, x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
    top, left = int(y), int(x)
    low, right = min(top + 1, height - 1), min(left + 1, width - 1)
    above = image[:, top, left] * (1 - x + left) + image[:, top, right] * (x - left)
    below = image[:, low, left] * (1 - x + left) + image[:, low, right] * (x - left)
    return above * (1 - y + top) + below * (y - top)


@pytest.mark.parametrize("aligned", [0, 1])
@pytest.mark.parametrize("clockwise", [0, 1])
def test_regions_of_rotated_boxes(aligned: int, clockwise: int) -> None:
    x, scale = numbers(2, 3, 8, 9), 0.5
    rois = np.array([[0, 8, 7, 6, 4, 0.3], [1, 9, 8, 1, 5, -0.8], [1, 4, 6, 8, 3, 1.2]], np.float32)
    y = np.zeros((3, 3, 2, 3))
    for number, (image, cx, cy, width, height, angle) in enumerate(rois):
        shift = 0.5 if aligned else 0
        least = 0 if aligned else 1
        cx, cy = cx * scale - shift, cy * scale - shift
        width, height = max(width * scale, least), max(height * scale, least)
        cos, sin = np.cos(angle), np.sin(angle if not clockwise else -angle)
        for row in range(4):
            for column in range(6):
                dy = ((row + 0.5) / 4 - 0.5) * height
                dx = ((column + 0.5) / 6 - 0.5) * width
                place = dy * cos - dx * sin + cy, dx * cos + dy * sin + cx
                y[number, :, row // 2, column // 2] += sampled(x[int(image)], *place) / 4
    given: dict[str, Any] = {"output_height": 2, "output_width": 3, "sampling_ratio": 2}
    given.update(spatial_scale=scale, aligned=aligned, clockwise=clockwise)
    agree("MMCVRoIAlignRotated", x, rois, expected=y.astype(np.float32), **given)
