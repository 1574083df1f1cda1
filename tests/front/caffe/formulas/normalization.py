"""Normalisations."""

from __future__ import annotations

import numpy as np

from tests.front.caffe.formulas.common import Array, Formula, along
from tests.front.caffe.formulas.windows import pooling


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
