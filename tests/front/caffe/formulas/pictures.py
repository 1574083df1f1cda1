"""Images of another size, and matched."""

from __future__ import annotations

import itertools

import numpy as np

from tests.front.caffe.formulas.common import Array, Formula, along


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


def _triangle(away: Array) -> Array:
    return np.maximum(0, 1 - away)


def _cubic(away: Array) -> Array:
    """Keys, "Cubic Convolution Interpolation", with a = -1/2."""
    near = 1.5 * away**3 - 2.5 * away**2 + 1
    far = -0.5 * away**3 + 2.5 * away**2 - 4 * away + 2
    return np.where(away <= 1, near, np.where(away < 2, far, 0))


def resample(height: int, width: int, method: str, antialias: bool = True) -> Formula:
    """The first pixel lies half a step of the other axis in (github.com/lmb-freiburg/flownet2).

    Kernels are as wide as the step if an image that becomes smaller is to be smooth.
    """
    kernel = _triangle if method == "LINEAR" else _cubic

    def compute(x: Array, *_: Array) -> Array:
        steps = x.shape[2] / height, x.shape[3] / width
        for i, size in enumerate((height, width)):
            axis, old = 2 + i, x.shape[2 + i]
            places = np.arange(size) * steps[i] + steps[1 - i] / 2 - 0.5
            if method == "NEAREST":
                near = np.clip(np.floor(places + 0.5).astype(int), 0, old - 1)
                x = np.take(x, near, axis)
                continue
            reach = steps[i] if antialias and max(steps) > 1 else 1.0
            weights = kernel(np.abs(np.arange(old) - places[:, None]) / reach)
            total = weights.sum(1, keepdims=True)
            weights /= np.where(total == 0, 1, total)
            x = np.moveaxis(np.tensordot(x, weights, (axis, 1)), -1, axis)
        return x.astype(np.float32)

    return compute


def correlation(
    kernel: int, most: int, stride: int, step: int, pad: int, products: bool = True
) -> Formula:
    """Patches of one image with patches of the other around the same place (FlowNet, 3)."""

    def compute(a: Array, b: Array) -> Array:
        around = ((0, 0), (0, 0), (pad, pad), (pad, pad))
        a, b = np.pad(a, around), np.pad(b, around)
        rows, columns = (-(-(size - 2 * most - kernel + 1) // stride) for size in a.shape[2:])
        reach = range(-(most // step) * step, most + 1, step)
        moves = list(itertools.product(reach, reach))
        y = np.empty((len(a), len(moves), rows, columns), np.float32)
        for i, j in itertools.product(range(rows), range(columns)):
            top, left = i * stride + most, j * stride + most
            patch = a[:, :, top : top + kernel, left : left + kernel]
            for k, (down, right) in enumerate(moves):
                row, column = top + down, left + right
                other = b[:, :, row : row + kernel, column : column + kernel]
                both = patch * other if products else np.abs(patch - other)
                y[:, k, i, j] = both.mean((1, 2, 3))
        return y

    return compute


def spatial_transformer(height: int, width: int, **given: float) -> Formula:
    """Four pixels around each place, those outside zero; 2 i / H - 1 is row i of H."""

    def compute(x: Array, theta: Array) -> Array:
        n, channels, rows, columns = x.shape
        y = np.zeros((n, channels, height, width), np.float32)
        for k, i, j in itertools.product(range(n), range(height), range(width)):
            free = iter(theta[k].reshape(-1))
            names = [f"theta_{row}_{column}" for row in (1, 2) for column in (1, 2, 3)]
            matrix = np.reshape([given[m] if m in given else next(free) for m in names], (2, 3))
            row, column = matrix @ (2 * i / height - 1, 2 * j / width - 1, 1)
            row, column = (row + 1) / 2 * rows, (column + 1) / 2 * columns
            for p, q in itertools.product((0, 1), repeat=2):
                near = int(np.floor(row)) + p, int(np.floor(column)) + q
                if 0 <= near[0] < rows and 0 <= near[1] < columns:
                    share = (1 - abs(row - near[0])) * (1 - abs(column - near[1]))
                    y[k, :, i, j] += share * x[k, :, near[0], near[1]]
        return y

    return compute


def accumulated(height: int, width: int, reference: bool = False) -> Formula:
    """All channels in one size; a last bottom may give only this size."""

    def compute(*values: Array) -> Array:
        values = values[:-1] if reference else values
        return np.concatenate([interp(height, width)(x) for x in values], 1)

    return compute


def cropped(height: int, width: int) -> Formula:
    """The middle; no place is beyond 1.05 pixels before the end, between pixels it is bilinear."""

    def compute(x: Array, *_: Array) -> Array:
        for axis, size in ((2, height), (3, width)):
            old = x.shape[axis]
            at = np.clip(np.arange(size) + (old - size) / 2, 0, old - 1.05)
            low = np.floor(at).astype(int)
            share = along(axis, 4, at - low)
            x = np.take(x, low, axis) * (1 - share) + np.take(x, low + 1, axis) * share
        return x.astype(np.float32)

    return compute
