"""Caffe's layers as their documentation describes them, in plain numpy.

Loops over windows and boxes are slow and short on purpose: they are the definition.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray
Formula = Callable[..., Array]


def pooling(kernel: int, stride: int, pad: int, method: str, up: bool = True) -> Formula:
    """Rounded up; with padding no last window starts in it; averages over the padded window."""

    def windows(size: int) -> int:
        room = size + 2 * pad - kernel
        count = (-(-room // stride) if up else room // stride) + 1
        return count - 1 if pad and (count - 1) * stride >= size + pad else count

    def compute(x: Array) -> Array:
        rows, columns = map(windows, x.shape[2:])
        y = np.empty((*x.shape[:2], rows, columns), np.float32)
        for i, j in itertools.product(range(rows), range(columns)):
            spans, area = [], 1
            for start, size in zip((i * stride - pad, j * stride - pad), x.shape[2:]):
                end = min(start + kernel, size + pad)
                area *= end - start
                spans.append(slice(max(start, 0), min(end, size)))
            part = x[:, :, spans[0], spans[1]]
            y[:, :, i, j] = part.max((2, 3)) if method == "MAX" else part.sum((2, 3)) / area
        return y

    return compute


def spp(levels: int, method: str) -> Formula:
    def compute(x: Array) -> Array:
        assert x.shape[2] == x.shape[3]
        parts = []
        for level in range(levels):
            kernel = -(-x.shape[2] // 2**level)
            pad = (kernel * 2**level - x.shape[2] + 1) // 2
            parts.append(pooling(kernel, kernel, pad, method)(x).reshape(len(x), -1))
        return np.concatenate(parts, 1)

    return compute


def lrn_across(size: int, alpha: float, beta: float, k: float) -> Formula:
    def compute(x: Array) -> Array:
        padded = np.pad(x * x, ((0, 0), (size // 2, size // 2), (0, 0), (0, 0)))
        sums = sum(padded[:, i : i + x.shape[1]] for i in range(size))
        return x * (k + alpha / size * sums) ** -beta

    return compute


def lrn_within(size: int, alpha: float, beta: float) -> Formula:
    def compute(x: Array) -> Array:
        mean = pooling(size, 1, size // 2, "AVE")(x * x)
        return x * (1 + alpha * mean) ** -beta

    return compute


def batch_norm(eps: float = 1e-5) -> Formula:
    def compute(x: Array, mean: Array, variance: Array, factor: Array) -> Array:
        weight = 1 / factor[0] if factor[0] else 0.0
        shape = (1, -1) + (1,) * (x.ndim - 2)
        mean, variance = mean.reshape(shape) * weight, variance.reshape(shape) * weight
        return (x - mean) / np.sqrt(variance + eps)

    return compute


def along(axis: int, rank: int, value: Array) -> Array:
    """A value whose axes stand from ``axis`` on."""
    return value.reshape((1,) * axis + value.shape + (1,) * (rank - axis - value.ndim))


def mvn(axes: tuple[int, ...], variance: bool, eps: float) -> Formula:
    def compute(x: Array) -> Array:
        y = x - x.mean(axes, keepdims=True)
        return y / (np.sqrt((y * y).mean(axes, keepdims=True)) + eps) if variance else y

    return compute


def normalize(axes: tuple[int, ...], eps: float = 1e-10) -> Formula:
    def compute(x: Array, scale: Array) -> Array:
        y = x / np.sqrt((x * x).sum(axes, keepdims=True) + eps)
        return y * along(1, x.ndim, scale)

    return compute


def arg_max(top_k: int = 1, values: bool = False, axis: int | None = None) -> Formula:
    def compute(x: Array) -> Array:
        if axis is not None:
            order = np.argsort(-x, axis, kind="stable")
            places = np.take(order, range(top_k), axis)
            found = np.take_along_axis(x, places, axis)
            return found if values else places.astype(np.float32)
        flat = x.reshape(len(x), -1)
        places = np.argsort(-flat, 1, kind="stable")[:, :top_k]
        parts = [places.astype(np.float32)]
        if values:
            parts.append(np.take_along_axis(flat, places, 1))
        return np.stack(parts, 1).reshape(len(x), len(parts), top_k, *[1] * (x.ndim - 3))

    return compute


def interp(height: int, width: int) -> Formula:
    """Bilinear, corners on corners."""

    def compute(x: Array) -> Array:
        for axis, size in ((2, height), (3, width)):
            old = x.shape[axis]
            at = np.arange(size) * ((old - 1) / (size - 1) if size > 1 else 0)
            low = np.minimum(np.floor(at).astype(int), old - 1)
            high = np.minimum(low + 1, old - 1)
            share = along(axis, 4, at - low)
            x = np.take(x, low, axis) * (1 - share) + np.take(x, high, axis) * share
        return x.astype(np.float32)

    return compute


def resample(height: int, width: int, method: str, antialias: bool = True) -> Formula:
    """Pixel centres on pixel centres; a triangle as wide as the step if it is to be smooth."""

    def compute(x: Array) -> Array:
        for axis, size in ((2, height), (3, width)):
            old, step = x.shape[axis], x.shape[axis] / size
            centres = (np.arange(size) + 0.5) * step - 0.5
            if method == "NEAREST":
                near = np.clip(np.floor(centres + 0.5).astype(int), 0, old - 1)
                x = np.take(x, near, axis)
                continue
            reach = max(step, 1.0) if antialias else 1.0
            weights = np.maximum(0, 1 - np.abs(np.arange(old) - centres[:, None]) / reach)
            weights /= weights.sum(1, keepdims=True)
            x = np.moveaxis(np.tensordot(x, weights, (axis, 1)), -1, axis)
        return x.astype(np.float32)

    return compute


def correlation(reach: int, step: int) -> Formula:
    """The mean over channels of a times b moved by every multiple of ``step`` up to ``reach``."""

    def compute(a: Array, b: Array) -> Array:
        height, width = a.shape[2:]
        around = ((0, 0), (0, 0), (reach, reach), (reach, reach))
        padded = np.pad(b, around)
        moves = range(0, 2 * reach + 1, step)
        return np.stack(
            [
                (a * padded[:, :, i : i + height, j : j + width]).mean(1)
                for i, j in itertools.product(moves, moves)
            ],
            1,
        )

    return compute


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def lstm(x: Array, going: Array, *more: Array) -> Array:
    """Gates i, f, o, g; a static input of each sequence may stand behind the weights of x."""
    static = more[0] if len(more) == 5 else None
    blobs = more[1:] if len(more) == 5 else more
    w, b, *of_static, r = blobs
    h = c = np.zeros((x.shape[1], r.shape[1]), np.float32)
    results = []
    for step, keep in zip(x.reshape(*x.shape[:2], -1), going):
        h, c = h * keep[:, None], c * keep[:, None]
        gates = step @ w.T + b + h @ r.T
        if static is not None:
            gates = gates + static @ of_static[0].T
        i, f, o, g = np.split(gates, 4, 1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        results.append(h)
    return np.stack(results)


def rnn(x: Array, going: Array, w: Array, b: Array, r: Array, wo: Array, bo: Array) -> Array:
    h = np.zeros((x.shape[1], r.shape[1]), np.float32)
    results = []
    for step, keep in zip(x, going):
        h = np.tanh(step @ w.T + b + (h * keep[:, None]) @ r.T)
        results.append(np.tanh(h @ wo.T + bo))
    return np.stack(results)


def ctc(merge: bool) -> Formula:
    def compute(x: Array, going: Array) -> Array:
        steps, batch, classes = x.shape
        y = np.full((batch, steps, 1, 1), -1.0, np.float32)
        for n in range(batch):
            last, at = -1, 0
            for t in range(steps):
                if t and not going[t, n]:
                    break
                best = int(x[t, n].argmax())
                if best != classes - 1 and not (merge and best == last):
                    y[n, at], at = best, at + 1
                last = best
        return y

    return compute


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
        for r, (image, *corners) in enumerate(rois):
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
    step: float = 0,
    variance: Sequence[float] = (0.1, 0.1, 0.1, 0.1),
    offset: float = 0.5,
) -> Formula:
    def compute(x: Array, image: Array) -> Array:
        rows, columns = x.shape[2:]
        height, width = image.shape[2:]
        boxes = []
        for i, j in itertools.product(range(rows), range(columns)):
            cx, cy = (
                (j + offset) * (step or width / columns),
                (i + offset) * (step or height / rows),
            )
            for w, h in zip(widths, heights):
                corners = cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2
                boxes.append(np.divide(corners, (width, height, width, height)))
        flat = np.reshape(boxes, -1)
        return np.stack([flat, np.tile(variance, len(boxes))])[None].astype(np.float32)

    return compute
