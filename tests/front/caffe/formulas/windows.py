"""Poolings, and windows laid out as columns."""

from __future__ import annotations

import itertools

import numpy as np

from tests.front.caffe.formulas.common import Array, Formula


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


def convolution(pad: int, stride: int) -> Formula:
    """Of any number of spatial axes."""

    def compute(x: Array, weights: Array, biases: Array) -> Array:
        axes = tuple(range(2, x.ndim))
        x = np.pad(x, ((0, 0), (0, 0), *((pad, pad),) * len(axes)))
        seen = np.lib.stride_tricks.sliding_window_view(x, weights.shape[2:], axes)
        seen = seen[(slice(None), slice(None), *(slice(None, None, stride),) * len(axes))]
        covered = range(-len(axes), 0)
        y = np.tensordot(seen, weights, ((1, *covered), (1, *axes)))
        return np.moveaxis(y + biases, -1, 1)

    return compute


def columns(kernel: tuple[int, int], pad: int, stride: int, dilation: int) -> Formula:
    """The numbers of each window along the channels, those of one channel together."""

    def compute(x: Array) -> Array:
        x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        counts = [
            (size - dilation * (k - 1) - 1) // stride + 1 for size, k in zip(x.shape[2:], kernel)
        ]
        ends = [stride * (count - 1) + 1 for count in counts]
        parts = [
            x[:, :, i * dilation :, j * dilation :][:, :, : ends[0] : stride, : ends[1] : stride]
            for i, j in itertools.product(*map(range, kernel))
        ]
        return np.stack(parts, 2).reshape(len(x), -1, *counts)

    return compute


def bilinear_window(size: int) -> Array:
    """The filler "bilinear" (caffe.berkeleyvision.org, BilinearFiller)."""
    factor = -(-size // 2)
    centre = (2 * factor - 1 - factor % 2) / (2 * factor)
    window = np.empty((size, size), np.float32)
    for i, j in itertools.product(range(size), repeat=2):
        window[i, j] = (1 - abs(i / factor - centre)) * (1 - abs(j / factor - centre))
    return window
