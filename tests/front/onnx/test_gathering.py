"""Picking elements by index, and putting them back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.running import agree, agree_unknown_rank, refused
from tests.models.nodes import fixed, numbers

X = numbers(4, 5, 6)


def index(*values: int, dtype: Any = np.int64) -> np.ndarray:
    return np.array(values, dtype)


# ---- gathering


@pytest.mark.parametrize("opset", [1, 11, 13])
@pytest.mark.parametrize("axis", [None, 0, 1, 2, -1])
def test_gather(opset: int, axis: int | None) -> None:
    if opset >= 11 or axis is None or axis >= 0:
        for places in (index(0, 3, 3), index(2).reshape(()), index(0, 1, 2, 3).reshape(2, 2)):
            agree("Gather", X, places, opset=opset, axis=axis)
            agree("Gather", X, fixed(places), opset=opset, axis=axis)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("opset", [11, 13])
def test_gather_counts_indices_below_zero_from_the_end(axis: int, opset: int) -> None:
    for places in (index(-1, 0, -3), index(-2).reshape(())):
        agree("Gather", X, places, opset=opset, axis=axis)
        agree("Gather", X, fixed(places), opset=opset, axis=axis)
        agree("Gather", X, fixed(places.astype(np.int32)), opset=opset, axis=axis)


@pytest.mark.parametrize("dtype", [np.int64, np.bool_, np.uint8, np.float64])
def test_gather_of_other_types(dtype: Any) -> None:
    agree("Gather", numbers(4, 5, dtype=dtype), index(1, 3))


def test_gather_of_an_unknown_rank() -> None:
    agree_unknown_rank("Gather", X, index(1, 3), axis=1)


def test_gather_outside() -> None:
    refused("Gather", X, fixed(index(4)), match="index 4")
    refused("Gather", X, fixed(index(-5)), match="index -5")
    refused("Gather", X, fixed(index(0)), axis=3, match="out of range")


@pytest.mark.parametrize("opset", [11, 13])
@pytest.mark.parametrize("axis", [None, 1, -1])
def test_gather_elements(opset: int, axis: int | None) -> None:
    reach = 4 if axis is None else X.shape[axis]
    places = numbers(4, 5, 6, dtype=np.int64, low=-reach, high=reach - 1)
    agree("GatherElements", X, places, opset=opset, axis=axis)
    agree("GatherElements", X, fixed(places), opset=opset, axis=axis)
    agree("GatherElements", X, fixed(places % reach), opset=opset, axis=axis)


@pytest.mark.parametrize("opset", [11, 12, 13])
def test_gather_nd(opset: int) -> None:
    for places in (
        index(0, 1, 2, 3, 4, 5).reshape(2, 3),
        index(0, 1, 3, 4).reshape(2, 2),
        index(0, 3).reshape(2, 1),
        index(0, 1, 3, 4).reshape(1, 2, 2),
    ):
        agree("GatherND", X, places, opset=opset, dynamic=(0,))
        agree("GatherND", X, fixed(places), opset=opset)


def test_gather_nd_counts_indices_below_zero_from_the_end() -> None:
    places = index(0, -1, -4, 2).reshape(2, 2)
    agree("GatherND", X, places, dynamic=(0,))
    agree("GatherND", X, fixed(places))


@pytest.mark.parametrize("batch_dims", [1, 2])
def test_gather_nd_in_batches(batch_dims: int) -> None:
    x = numbers(2, 3, 4, 5)
    outer = x.shape[:batch_dims]
    for depth in (1, 2):
        places = numbers(*outer, 2, depth, dtype=np.int64, low=0, high=2)
        agree("GatherND", x, places, batch_dims=batch_dims, opset=12, dynamic=(0, 1))


@pytest.mark.parametrize("opset", [9, 11])
@pytest.mark.parametrize("axis", [None, 0, 1, 2, -1])
def test_compress(opset: int, axis: int | None) -> None:
    if opset >= 11 or axis is None or axis >= 0:
        condition = np.array([False, True, True, False])
        agree("Compress", X, condition, opset=opset, axis=axis)
        agree("Compress", X, fixed(condition), opset=opset, axis=axis)


# ---- scattering


@pytest.mark.parametrize(("op", "opset"), [("Scatter", 9), ("ScatterElements", 11)])
@pytest.mark.parametrize("axis", [None, 1, 2])
def test_scatter_elements(op: str, opset: int, axis: int | None) -> None:
    places = np.argsort(numbers(*X.shape), axis or 0)[:2, :2, :2]
    updates = numbers(*places.shape)
    agree(op, X, places, updates, opset=opset, axis=axis)
    agree(op, X, fixed(places), updates, opset=opset, axis=axis)


def test_scatter_elements_counts_indices_below_zero_from_the_end() -> None:
    places, updates = index(-1, 0, -3).reshape(1, 3, 1), numbers(1, 3, 1)
    agree("ScatterElements", X, places, updates, axis=0)
    agree("ScatterElements", X, fixed(places), updates, axis=-3)


@pytest.mark.parametrize(
    ("opset", "reduction"),
    [(13, None), (16, "none"), (16, "add"), (16, "mul"), (18, "max"), (18, "min"), (18, "add")],
)
def test_scatter_elements_can_combine(opset: int, reduction: str | None) -> None:
    twice = reduction not in (None, "none")
    places = index(1, 1 if twice else 2, 0, 3).reshape(4, 1, 1)
    agree("ScatterElements", X, places, numbers(4, 1, 1), opset=opset, reduction=reduction)


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
@pytest.mark.parametrize("reduction", ["none", "add", "mul", "max", "min"])
def test_scatter_of_integers(dtype: Any, reduction: str) -> None:
    x, updates = numbers(4, 5, dtype=dtype, high=9), numbers(2, 3, dtype=dtype)
    places = np.array([[0, 1, 2], [3, 2, 1]])
    agree("ScatterElements", x, places, updates, opset=18, reduction=reduction)


@pytest.mark.parametrize("opset", [11, 13, 16])
def test_scatter_nd(opset: int) -> None:
    for places, updates in (
        (index(0, 1, 2, 3, 4, 5).reshape(2, 3), numbers(2)),
        (index(0, 1, 3, 4).reshape(2, 2), numbers(2, 6)),
        (index(0, 3).reshape(2, 1), numbers(2, 5, 6)),
        (index(0, -1).reshape(2, 1), numbers(2, 5, 6)),
    ):
        agree("ScatterND", X, places, updates, opset=opset, dynamic=(0,))
        agree("ScatterND", X, fixed(places), updates, opset=opset)


@pytest.mark.parametrize(
    ("opset", "reduction"),
    [(16, "none"), (16, "add"), (16, "mul"), (18, "max"), (18, "min"), (18, "add")],
)
def test_scatter_nd_can_combine(opset: int, reduction: str) -> None:
    places = index(1, 2) if reduction == "none" else index(1, 1)
    agree(
        "ScatterND",
        X,
        fixed(places.reshape(2, 1)),
        numbers(2, 5, 6),
        opset=opset,
        reduction=reduction,
    )


def test_a_combination_that_does_not_exist() -> None:
    places = fixed(index(0).reshape(1, 1))
    refused("ScatterND", X, places, numbers(1, 5, 6), reduction="xor", match="reduction 'xor'")


def test_where_it_is_not_zero() -> None:
    for opset in (9, 13):
        for dtype in (np.float32, np.int64, np.bool_, np.uint8):
            agree("NonZero", numbers(3, 4, dtype=dtype), opset=opset)
            agree("NonZero", fixed(numbers(3, 4, dtype=dtype)), opset=opset)
    agree("NonZero", np.zeros((2, 3), np.float32))


@pytest.mark.parametrize("axis", [0, -1])
def test_fewer_indices_than_elements(axis: int) -> None:
    agree("GatherElements", X, numbers(4, 3, 2, dtype=np.int64, low=0, high=3), axis=axis)
