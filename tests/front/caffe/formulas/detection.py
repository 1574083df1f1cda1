"""Regions, boxes and what remains of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.front.caffe.formulas.common import Array, Formula, sigmoid


def roi_pooling(size: int, scale: float) -> Formula:
    """Corners rounded, at least one pixel; each bin from floor to ceil (Fast R-CNN, 2.1)."""

    def compute(x: Array, rois: Array) -> Array:
        y = np.zeros((len(rois), x.shape[1], size, size), np.float32)
        for r, (image, *corners) in enumerate(rois):
            left, top, right, bottom = (int(np.floor(c * scale + 0.5)) for c in corners)
            bins = [max(bottom - top + 1, 1) / size, max(right - left + 1, 1) / size]
            for i, j in itertools.product(range(size), repeat=2):
                spans = []
                for k, start, step, end in zip((i, j), (top, left), bins, x.shape[2:]):
                    low, high = int(np.floor(k * step)), int(np.ceil((k + 1) * step))
                    spans.append(slice(*np.clip([low + start, high + start], 0, end)))
                part = x[int(image), :, spans[0], spans[1]]
                y[r, :, i, j] = part.max((1, 2)) if part.size else 0
        return y

    return compute


def psroi_pooling(classes: int, group: int, scale: float) -> Formula:
    """The mean of each bin in the channels that belong to it (R-FCN, equation 1)."""

    def compute(x: Array, rois: Array) -> Array:
        y = np.zeros((len(rois), classes, group, group), np.float32)
        for r, (image, *corners) in enumerate(rois.reshape(-1, 5)):
            left, top = (np.floor(c + 0.5) * scale for c in corners[:2])
            right, bottom = (np.floor(c + 1.5) * scale for c in corners[2:])
            bins = [max(bottom - top, 0.1) / group, max(right - left, 0.1) / group]
            for i, j in itertools.product(range(group), repeat=2):
                spans = []
                for k, start, step, end in zip((i, j), (top, left), bins, x.shape[2:]):
                    low, high = np.floor(k * step + start), np.ceil((k + 1) * step + start)
                    spans.append(slice(*np.clip([int(low), int(high)], 0, end)))
                for c in range(classes):
                    part = x[int(image), (c * group + i) * group + j, spans[0], spans[1]]
                    y[r, c, i, j] = part.mean() if part.size else 0
        return y

    return compute


def detections(rows: Array) -> Array:
    """The rows of a detection output that count, in an order of their own."""
    found = rows.reshape(-1, 7)
    end = np.flatnonzero(found[:, 0] < 0)
    found = found[: end[0]] if end.size else found
    found = found[found[:, 2] > 0]
    return found[np.lexsort((-found[:, 2], found[:, 1], found[:, 0]))]


def reorg(stride: int) -> Formula:
    """Blocks of space into channels, the image read as one of [C / s^2, s H, s W] (Darknet)."""

    def compute(x: Array) -> Array:
        n, c, h, w = x.shape
        out = c // stride**2
        y = np.empty((n, c * stride**2, h // stride, w // stride), np.float32).reshape(n, -1)
        for k, j, i in itertools.product(range(c), range(h), range(w)):
            place, offset = k % out, k // out
            column, row = i * stride + offset % stride, j * stride + offset // stride
            index = column + w * stride * (row + h * stride * place)
            y[:, i + w * (j + h * k)] = x.reshape(n, -1)[:, index]
        return y.reshape(n, c * stride**2, h // stride, w // stride)

    return compute


def region(classes: int, boxes: int, softmax: bool) -> Formula:
    """Sigmoids of x, y and objectness; classes by softmax, or all by sigmoids (YOLO v2, v3)."""

    def compute(x: Array) -> Array:
        n, _, h, w = x.shape
        y = x.reshape(n, boxes, 5 + classes, h, w).astype(np.float64)
        y[:, :, :2], y[:, :, 4] = sigmoid(y[:, :, :2]), sigmoid(y[:, :, 4])
        scores = y[:, :, 5:]
        if softmax:
            raised = np.exp(scores - scores.max(2, keepdims=True))
            y[:, :, 5:] = raised / raised.sum(2, keepdims=True)
            return y.reshape(n, -1).astype(np.float32)
        y[:, :, 5:] = sigmoid(scores)
        return y.reshape(n, -1, h, w).astype(np.float32)

    return compute


def priors(
    sizes: Sequence[tuple[float, float]],
    ratios: Sequence[float],
    image: tuple[int, int] | None = None,
    clip: bool = False,
    **more: Any,
) -> Formula:
    """Of each (least, greatest) size a square, one between, boxes of other ratios (SSD, 2.2)."""
    shapes: list[tuple[float, float]] = []
    for least, greatest in sizes:
        shapes += [(least, least)]
        shapes += [(np.sqrt(least * greatest),) * 2] if greatest else []
        shapes += [(least * np.sqrt(r), least / np.sqrt(r)) for r in ratios]
    widths, heights = zip(*shapes)

    def compute(x: Array, picture: Array) -> Array:
        seen = np.empty((1, 1, *image)) if image else picture
        result = prior_clustered(widths, heights, **more)(x, seen)
        if clip:
            result[:, 0] = np.clip(result[:, 0], 0, 1)
        return result

    return compute


def prior_clustered(
    widths: Sequence[float],
    heights: Sequence[float],
    step: float | tuple[float, float] = 0,
    variance: Sequence[float] = (0.1, 0.1, 0.1, 0.1),
    offset: float = 0.5,
) -> Formula:
    def compute(x: Array, image: Array) -> Array:
        rows, columns = x.shape[2:]
        height, width = image.shape[2:]
        step_h, step_w = step if isinstance(step, tuple) else (step, step)
        boxes = []
        for i, j in itertools.product(range(rows), range(columns)):
            cx, cy = (
                (j + offset) * (step_w or width / columns),
                (i + offset) * (step_h or height / rows),
            )
            for w, h in zip(widths, heights):
                corners = cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2
                boxes.append(np.divide(corners, (width, height, width, height)))
        flat = np.reshape(boxes, -1)
        return np.stack([flat, np.tile(variance, len(boxes))])[None].astype(np.float32)

    return compute


def refined(priors: Array, moves: Array) -> Array:
    """Priors [1, 2, 4 P] moved by the first stage of a detector (RefineDet, section 3)."""
    boxes, variances = priors.reshape(2, -1, 4)
    moves = moves.reshape(-1, 4) * variances
    sizes = boxes[:, 2:] - boxes[:, :2]
    centres = boxes[:, :2] + sizes / 2 + moves[:, :2] * sizes
    sizes = sizes * np.exp(moves[:, 2:])
    corners = np.concatenate([centres - sizes / 2, centres + sizes / 2], 1)
    return np.stack([corners.reshape(-1), variances.reshape(-1)])[None].astype(np.float32)


def with_objects(scores: Array, objects: Array, least: float) -> Array:
    """Scores [N, P * C], which are those of the background (class 0) where there is no object."""
    count = objects.size // 2
    found = scores.reshape(len(scores), count, -1).copy()
    found[:, objects.reshape(-1, 2)[:, 1] < least] = np.eye(found.shape[2])[0]
    return found.reshape(scores.shape)


def simpler_nms(scales: Sequence[float], least: int, before: int, after: int) -> Formula:
    """Faster R-CNN's proposals of the first image that are large enough and score above 0."""
    anchors = []
    for ratio in (0.5, 1.0, 2.0):
        width = np.floor(np.sqrt(256 / ratio) + 0.5)
        height = np.floor(width * ratio + 0.5)
        anchors += [(width * scale, height * scale) for scale in scales]

    def compute(scores: Array, deltas: Array, image: Array) -> Array:
        height, width, scale = (int(number) for number in image.reshape(-1)[:3])
        found = []
        cells = itertools.product(*map(range, scores.shape[2:]), range(len(anchors)))
        for order, (row, column, a) in enumerate(cells):
            score = scores[0, len(anchors) + a, row, column]
            size = np.array(anchors[a])
            dx, dy, dw, dh = deltas[0, 4 * a : 4 * a + 4, row, column].astype(np.float64)
            middle = np.array([column, row]) * 16 + 8 + size * (dx, dy)
            half = np.exp([dw, dh]) * size / 2
            ends = [width - 1, height - 1]
            box = np.concatenate([np.clip(middle + sign * half, 0, ends) for sign in (-1, 1)])
            if (box[2:] - box[:2] + 1 >= least * scale).all():
                found.append((score, order, box))
        found = [
            entry for entry in sorted(found, key=lambda e: e[:2])[::-1][:before] if entry[0] > 0
        ]
        kept: list[Array] = []
        for _, _, box in found:
            if all(_overlap(box, other) <= 0.7 for other in kept):
                kept.append(box)
        rows = np.reshape(kept[:after], (-1, 4))
        return np.pad(rows, ((0, 0), (1, 0))).astype(np.float32)

    return compute


def _overlap(a: Array, b: Array) -> float:
    """Of boxes of which both ends count."""
    corners = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    both = np.prod(np.maximum(corners[1] - corners[0] + 1, 0))
    return float(both / (np.prod(a[2:] - a[:2] + 1) + np.prod(b[2:] - b[:2] + 1) - both))
