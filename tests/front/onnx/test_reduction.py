"""Reductions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.comparing import operations
from tests.front.onnx.running import agree, agree_unknown_rank, convert, reference
from tests.models.nodes import Sized, fixed, numbers, opened, single
from tests.ops import runtime

X = numbers(2, 3, 4, low=0.5)
ALL = (
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceProd",
    "ReduceSum",
    "ReduceSumSquare",
)


def input_since(op: str) -> int:
    """The operation set that made the axes an input."""
    return 13 if op == "ReduceSum" else 18


@pytest.mark.parametrize("op", ALL)
@pytest.mark.parametrize("opset", [1, 11, 12, 13])
@pytest.mark.parametrize("axes", [None, [1], [0, 2], [0, 1, 2]])
def test_axes_as_attribute(op: str, opset: int, axes: list[int] | None) -> None:
    if opset < input_since(op):
        for keepdims in (None, 0, 1):
            agree(op, X, opset=opset, axes=axes, keepdims=keepdims)


@pytest.mark.parametrize("op", ALL)
def test_axes_below_zero_since_11(op: str) -> None:
    agree(op, X, opset=11, axes=[-1, 0], keepdims=0)


@pytest.mark.parametrize("op", ALL)
@pytest.mark.parametrize("axes", [None, [], [1], [-1, 0], [0, 1, 2]])
def test_axes_as_input(op: str, axes: list[int] | None) -> None:
    for keepdims in (None, 0, 1):
        given = None if axes is None else fixed(np.array(axes, np.int64))
        agree(op, X, given, opset=input_since(op), keepdims=keepdims)


@pytest.mark.parametrize("op", ALL)
def test_computed_axes(op: str) -> None:
    agree(op, X, np.array([1, 0]), opset=input_since(op), keepdims=1)
    agree(op, X, Sized(np.array([1, -1])), opset=input_since(op), keepdims=0)


@pytest.mark.parametrize("op", ["ReduceSum", "ReduceMax", "ReduceLogSum"])
@pytest.mark.parametrize("noop", [0, 1])
def test_the_number_of_axes_may_be_computed(op: str, noop: int) -> None:
    """Here there are none."""
    nothing = np.array([], np.int64)
    graph = convert(opened(single(op, [X, nothing], attributes={"noop_with_empty_axes": noop})))
    expected = reference(single(op, [X], attributes={"noop_with_empty_axes": noop}), [X])
    np.testing.assert_allclose(runtime.run(graph, [X, nothing])[0], expected[0], rtol=1e-5)


@pytest.mark.parametrize(("op", "limit"), [("ReduceMax", -np.inf), ("ReduceMin", np.inf)])
def test_the_extreme_of_nothing_is_infinite(op: str, limit: float) -> None:
    nothing, expected = numbers(2, 0, 4), np.full((2, 1, 4), limit, np.float32)
    agree(op, nothing, fixed([1]), expected=expected, dynamic=False)
    agree(op, nothing, Sized(np.array([1])), expected=expected)


@pytest.mark.parametrize("op", ["ReduceMax", "ReduceMin"])
def test_extremes_of_booleans_along_computed_axes(op: str) -> None:
    x = np.array([[True, False], [True, True], [False, False]])
    agree(op, x, Sized(np.array([0])), opset=20, keepdims=0)


@pytest.mark.parametrize("op", ALL)
def test_no_axes_can_mean_no_reduction(op: str) -> None:
    """But of the function that goes with it: the square of a sum of squares stays."""
    nothing = fixed(np.array([], np.int64))
    agree(
        op,
        X if op == "ReduceLogSum" else numbers(2, 3),
        nothing,
        opset=input_since(op),
        noop_with_empty_axes=1,
    )
    agree(op, X, opset=input_since(op), noop_with_empty_axes=1)
    agree(op, X, fixed([1]), opset=input_since(op), noop_with_empty_axes=1)


@pytest.mark.parametrize("op", ["ReduceMax", "ReduceMin", "ReduceSum", "ReduceProd", "ReduceMean"])
@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_reductions_of_integers(op: str, dtype: Any) -> None:
    agree(op, np.array([[1, 2, 3], [4, -6, 8]], dtype), opset=11, axes=[1])


@pytest.mark.parametrize("op", ["ReduceMax", "ReduceMin"])
@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
def test_extremes_of_bytes(op: str, dtype: Any) -> None:
    agree(op, np.array([[1, 2, 3], [4, 6, 8]], dtype), opset=12, axes=[1])


@pytest.mark.parametrize("op", ["ReduceMax", "ReduceMin"])
def test_extremes_of_booleans(op: str) -> None:
    x = np.array([[True, False], [True, True], [False, False]])
    agree(op, x, fixed([1]), opset=20)
    agree(op, x, fixed([0]), opset=20, keepdims=0)


def test_the_logarithm_of_a_sum_of_exponents_does_not_overflow() -> None:
    agree("ReduceLogSumExp", np.array([[500.0, 501.0], [-500.0, -501.0]], np.float32), opset=13)


@pytest.mark.parametrize("op", ALL)
def test_all_axes_of_an_unknown_rank(op: str) -> None:
    agree_unknown_rank(op, X, opset=13, keepdims=0)


def test_a_reduction_is_one_operation() -> None:
    assert operations(agree("ReduceMean", X, opset=13, axes=[1])) == ["ReduceMean"]
