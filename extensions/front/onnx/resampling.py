"""Resizing as matrix products, for what the IR's Interpolate does not do.

Each result pixel of an axis is a weighted sum of its source pixels; where the sizes are known,
the weights are a constant matrix. Formulas: ONNX operators, Resize-19.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from extensions.ops.matrix import MatMul
from extensions.ops.movement import Transpose
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output

# Larger matrices are not worth their place in the model.
_LIMIT = 1 << 22


def resampled(g: Graph, x: Output, axis: int, weights: np.ndarray) -> Output:
    """``x`` with one axis multiplied by a matrix [result, source]."""
    rank = x.rank or 0
    if axis == rank - 1:
        return g.add(MatMul(), x, g.constant(np.ascontiguousarray(weights.T), x.dtype))
    matrix = g.constant(weights, x.dtype)
    if axis == rank - 2:
        return g.add(MatMul(), matrix, x)
    order = [i for i in range(rank) if i != axis]
    order.insert(rank - 2, axis)
    product = g.add(MatMul(), matrix, g.add(Transpose(), x, order))
    return g.add(Transpose(), product, np.argsort(order))


def weights(node: SourceNode, size: int, result: int, scale: float) -> np.ndarray:
    """The matrix of one axis; UnsupportedError if it would be too large."""
    if size * result > _LIMIT:
        raise UnsupportedError(f"resizing {size} pixels to {result} in this way")
    places = _places(node, size, result, scale)
    mode = node.get("mode", "nearest")
    matrix = np.zeros((result, size))
    rows = np.arange(result)[:, None]
    if mode == "nearest":
        rounding = _NEAREST[node.get("nearest_mode", "round_prefer_floor")]
        # The middle of a symmetric image is whole, but for rounding.
        nearest = rounding(np.round(places, 6))
        matrix[rows[:, 0], np.clip(nearest, 0, size - 1).astype(int)] = 1
        return matrix
    # Smoothing widens the curve by as much as the image shrinks.
    narrow = min(scale, 1.0) if node.get("antialias") else 1.0
    reach = 2 if mode == "cubic" else 1
    width = int(np.ceil(reach / narrow)) + 1
    sources = np.floor(places)[:, None] + np.arange(-width, width + 1)
    distances = np.abs((sources - places[:, None]) * narrow)
    shares = _cubic(distances, node.get("cubic_coeff_a", -0.75)) if reach == 2 else 1 - distances
    shares = np.where(distances < reach, shares, 0)
    if node.get("exclude_outside"):
        shares = np.where((sources >= 0) & (sources < size), shares, 0)
    shares /= shares.sum(1, keepdims=True)
    np.add.at(matrix, (rows, np.clip(sources, 0, size - 1).astype(int)), shares)
    return matrix


def _cubic(distance: np.ndarray, a: float) -> np.ndarray:
    near = ((a + 2) * distance - (a + 3)) * distance**2 + 1
    far = ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a
    return np.where(distance <= 1, near, far)


_NEAREST: dict[str, Callable[[Any], Any]] = {
    "round_prefer_floor": lambda places: np.ceil(places - 0.5),
    "round_prefer_ceil": lambda places: np.floor(places + 0.5),
    "floor": np.floor,
    "ceil": np.ceil,
}


def _places(node: SourceNode, size: int, result: int, scale: float) -> np.ndarray:
    """Where in the source each result pixel lies."""
    pixels = np.arange(result)
    mode = node.get("coordinate_transformation_mode", "half_pixel")
    if mode == "asymmetric":
        return pixels / scale
    if mode == "align_corners":
        return pixels * ((size - 1) / (result - 1) if result > 1 else 0.0)
    if mode == "pytorch_half_pixel" and result == 1:
        return np.zeros(1)
    places = (pixels + 0.5) / scale - 0.5
    if mode == "half_pixel_symmetric":
        places += size / 2 * (1 - result / (scale * size))
    return places
