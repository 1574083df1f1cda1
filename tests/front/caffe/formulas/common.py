"""What the formulas share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Array = np.ndarray
Formula = Callable[..., Array]


def along(axis: int, rank: int, value: Array) -> Array:
    """A value whose axes stand from ``axis`` on."""
    return value.reshape((1,) * axis + value.shape + (1,) * (rank - axis - value.ndim))


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))
