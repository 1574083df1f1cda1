"""Layers that pick numbers."""

from __future__ import annotations

import numpy as np

from tests.front.caffe.formulas.common import Array, Formula


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


def unpooled(height: int, width: int) -> Formula:
    """Each number at its place in the image of its channel."""

    def compute(x: Array, places: Array) -> Array:
        y = np.zeros((*x.shape[:2], height * width), np.float32)
        for n, c in np.ndindex(*x.shape[:2]):
            y[n, c, places[n, c].astype(int).reshape(-1)] = x[n, c].reshape(-1)
        return y.reshape(*x.shape[:2], height, width)

    return compute
