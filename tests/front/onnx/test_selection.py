"""Sorting, the places of extremes, non-maximum suppression."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.running import agree, refused
from tests.models.nodes import Sized, fixed, numbers

X = numbers(3, 4, 5)
TIES = np.array([[2, 7, 7, 1, 7, 0], [3, 3, 0, 3, 0, 0]], np.float32)


# ---- the greatest


@pytest.mark.parametrize("axis", [None, 0, 1, -2])
def test_top_k_of_operation_set_1(axis: int | None) -> None:
    order = np.argsort(-X, axis if axis is not None else -1, kind="stable")
    places = np.take(order, range(2), axis if axis is not None else -1)
    values = np.take_along_axis(X, places, axis if axis is not None else -1)
    agree("TopK", X, opset=1, outputs=2, k=2, axis=axis, expected=[values, places])


@pytest.mark.parametrize("axis", [None, 0, 1, -2])
def test_top_k_of_operation_set_10(axis: int | None) -> None:
    agree("TopK", X, fixed([2]), opset=10, outputs=2, axis=axis)
    agree("TopK", X, Sized(np.array([2])), opset=10, outputs=2, axis=axis)


@pytest.mark.parametrize("largest", [None, 0, 1])
@pytest.mark.parametrize("opset", [11, 24])
def test_top_k_from_either_end(largest: int | None, opset: int) -> None:
    for axis in (None, 1):
        given: dict[str, Any] = {"opset": opset, "outputs": 2, "axis": axis, "largest": largest}
        agree("TopK", X, fixed([3]), **given)
        agree("TopK", X, fixed([3]), sorted=1, **given)


@pytest.mark.parametrize("largest", [0, 1])
def test_of_equal_elements_the_first_comes_first(largest: int) -> None:
    for k in (1, 2, 4, 6):
        agree("TopK", TIES, fixed([k]), outputs=2, largest=largest)


def test_top_k_without_order_has_the_same_elements() -> None:
    """All of them, so that there is only one answer but for the order."""
    x = np.array([[1, 1, 1], [2, 2, 2]], np.float32)
    agree("TopK", x, fixed([2]), outputs=["values", ""], sorted=0, expected=x[:, :2])


@pytest.mark.parametrize("outputs", [["values", ""], ["", "places"]])
def test_one_output_of_top_k(outputs: list[str]) -> None:
    order = np.argsort(-X, -1, kind="stable")[..., :2]
    values = np.take_along_axis(X, order, -1)
    agree("TopK", X, fixed([2]), outputs=outputs, expected=values if outputs[0] else order)


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_top_k_of_integers(dtype: Any) -> None:
    agree("TopK", np.array([[5, 1, 9, 7]], dtype), fixed([3]), outputs=2)


def test_top_k_that_makes_no_sense() -> None:
    refused("TopK", X, opset=1, outputs=2, match="'k' is missing")
    refused("TopK", X, fixed([2]), outputs=2, axis=3, match="out of range")
    refused("TopK", X, fixed([-1]), outputs=2, match="become -1")


@pytest.mark.parametrize("op", ["ArgMax", "ArgMin"])
@pytest.mark.parametrize("opset", [1, 11, 12, 13])
def test_the_place_of_the_extreme(op: str, opset: int) -> None:
    for axis in (None, 0, 1, 2, *([-1] if opset >= 11 else [])):
        for keepdims in (None, 0, 1):
            agree(op, X, opset=opset, axis=axis, keepdims=keepdims)


@pytest.mark.parametrize("op", ["ArgMax", "ArgMin"])
@pytest.mark.parametrize("last", [None, 0, 1])
def test_the_first_or_the_last_of_equal_extremes(op: str, last: int | None) -> None:
    for axis in (0, 1, -1):
        for keepdims in (0, 1):
            agree(op, TIES, opset=13, axis=axis, keepdims=keepdims, select_last_index=last)


@pytest.mark.parametrize("op", ["ArgMax", "ArgMin"])
@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint8, np.float64])
def test_the_place_of_the_extreme_of_other_types(op: str, dtype: Any) -> None:
    agree(op, np.array([[1, 5, 3], [9, 2, 9]], dtype), axis=1)


# ---- non-maximum suppression


def boxes(center: bool = False) -> np.ndarray:
    corners = np.array(
        [
            [0.0, 0.0, 1.0, 1.0],
            [0.0, 0.1, 1.0, 1.1],
            [0.0, -0.1, 1.0, 0.9],
            [0.0, 10.0, 1.0, 11.0],
            [0.0, 10.1, 1.0, 11.1],
            [0.0, 100.0, 1.0, 101.0],
        ],
        np.float32,
    )
    both = np.stack([corners, corners[::-1]])
    if center:
        low, high = both[..., :2], both[..., 2:]
        both = np.concatenate([(low + high) / 2, high - low], -1)[..., [1, 0, 3, 2]]
    return np.ascontiguousarray(both)


SCORES = np.array(
    [
        [[0.9, 0.75, 0.6, 0.95, 0.5, 0.3], [0.1, 0.2, 0.8, 0.15, 0.7, 0.4]],
        [[0.5, 0.45, 0.66, 0.2, 0.12, 0.8], [0.33, 0.22, 0.11, 0.77, 0.88, 0.99]],
    ],
    np.float32,
)


def suppressed(*inputs: Any, **options: Any) -> None:
    agree("NonMaxSuppression", *inputs, **options)


@pytest.mark.parametrize("opset", [10, 11])
@pytest.mark.parametrize("center", [None, 0, 1])
@pytest.mark.parametrize("limits", [(3, 0.5, 0.0), (2, 0.5, 0.4), (9, 0.0, 0.0), (1, 1.0, 0.3)])
def test_suppression(opset: int, center: int | None, limits: tuple[int, float, float]) -> None:
    most, iou, score = (fixed(limit) for limit in limits)
    given: dict[str, Any] = {"opset": opset, "center_point_box": center}
    suppressed(boxes(bool(center)), SCORES, most, iou, score, **given)


def test_suppression_with_limits_in_vectors_of_one() -> None:
    limits = [fixed([3]), fixed([0.5]), fixed([0.4])]
    suppressed(boxes(), SCORES, *limits)


def test_suppression_with_limits_left_out() -> None:
    suppressed(boxes(), SCORES, fixed(3), fixed(0.5))
    suppressed(boxes(), SCORES, fixed(3), None, fixed(0.4))
    suppressed(boxes(), SCORES, fixed(3))


def test_suppression_with_a_computed_limit() -> None:
    suppressed(boxes(), SCORES, Sized(np.array([2])), fixed(0.5))


def test_boxes_that_overlap_by_the_limit_itself_stay() -> None:
    """Of two boxes that share a seventh."""
    pair = np.float32([[[0, 0, 1, 1], [0.5, 0.5, 1.5, 1.5]]])
    scores, limit = np.float32([[[0.9, 0.8]]]), np.array([0.25 / 1.75], np.float32)
    for given in (fixed(limit), Sized(limit)):
        agree("NonMaxSuppression", pair, scores, fixed([3]), given, opset=11)


def test_suppression_of_everything() -> None:
    suppressed(boxes(), SCORES, fixed(3), fixed(0.5), fixed(1.0))
    suppressed(boxes(), SCORES, fixed(0), fixed(0.5))
    suppressed(boxes(), SCORES)


def test_suppression_of_swapped_corners() -> None:
    suppressed(boxes()[..., [2, 3, 0, 1]], SCORES, fixed(3), fixed(0.5))


def test_the_mode_of_boxes() -> None:
    refused("NonMaxSuppression", boxes(), SCORES, center_point_box=2, match="center_point_box 2")


# ---- distinct elements


@pytest.mark.parametrize("ordered", [None, 0, 1])
@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_distinct_elements(ordered: int | None, axis: int | None) -> None:
    x = np.array([[2, 1, 1, 2], [3, 4, 4, 3], [2, 1, 1, 2]], np.float32)
    agree("Unique", x, opset=11, outputs=4, sorted=ordered, axis=axis)


def test_distinct_integers() -> None:
    agree("Unique", np.array([3, 1, 3, 2, 1], np.int64), outputs=["values", "", "inverse", ""])
