"""Broadcasting of shapes and values: ``mo.utils.broadcasting``."""

from __future__ import annotations

from typing import Any

import numpy as np


def make_equal_rank(shape_1: Any, shape_2: Any) -> tuple[np.ndarray, np.ndarray]:
    """Both shapes, with ones before the shorter."""
    rank = max(len(shape_1), len(shape_2))
    first, second = (
        np.array([*[1] * (rank - len(shape)), *shape], np.int64) for shape in (shape_1, shape_2)
    )
    return first, second


def uni_directional_shape_broadcasting(input_shape: Any, target_shape: Any) -> Any:
    """The target shape if the input can be spread to it, else None."""
    if len(input_shape) > len(target_shape):
        return None
    first, second = make_equal_rank(input_shape, target_shape)
    fits = np.all((first == second) | (first == 1))
    return np.array(target_shape, np.int64) if fits else None


def bi_directional_shape_broadcasting(input_shape_1: Any, input_shape_2: Any) -> Any:
    """The shape that both can be spread to, None if there is none."""
    first, second = make_equal_rank(input_shape_1, input_shape_2)
    if not np.all((first == second) | (first == 1) | (second == 1)):
        return None
    return np.where(first == 1, second, first)


def explicit_shape_broadcasting(
    input_shape: Any, target_shape: Any, axes_mapping: Any
) -> tuple[Any, Any]:
    """The target shape, and the input's with ones on the axes that it does not have."""
    reshaped = np.ones(len(target_shape), np.int64)
    for axis, size in zip(axes_mapping, input_shape):
        reshaped[axis] = size
    fits = np.all((reshaped == target_shape) | (reshaped == 1))
    return (np.array(target_shape, np.int64), reshaped) if fits else (None, None)


def uni_directional_broadcasting(input_value: np.ndarray, target_shape: Any) -> np.ndarray:
    assert uni_directional_shape_broadcasting(input_value.shape, target_shape) is not None
    return np.broadcast_to(input_value, tuple(target_shape)).copy()


def bi_directional_broadcasting(input_value: np.ndarray, second_shape: Any) -> np.ndarray:
    shape = bi_directional_shape_broadcasting(input_value.shape, second_shape)
    assert shape is not None
    return np.broadcast_to(input_value, tuple(shape)).copy()


def explicit_broadcasting(
    input_value: np.ndarray, target_shape: Any, axes_mapping: Any
) -> np.ndarray:
    shape, reshaped = explicit_shape_broadcasting(input_value.shape, target_shape, axes_mapping)
    assert shape is not None
    return np.broadcast_to(input_value.reshape(reshaped), tuple(shape)).copy()
