"""Constant in all its forms, Identity and Dropout."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from onnx import helper

from tests.front.onnx.running import agree, agree_model, refused
from tests.front.onnx.running import convert as converted
from tests.models.nodes import fixed, model_of, numbers, single

X = numbers(2, 3)


@pytest.mark.parametrize("opset", [1, 9, 11, 12, 13, 19])
@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.bool_, np.float64, np.uint8])
def test_tensor(opset: int, dtype: Any) -> None:
    value = numbers(2, 3, dtype=dtype)
    agree("Constant", opset=opset, value=value, expected=value)


@pytest.mark.parametrize("opset", [12, 13, 19])
@pytest.mark.parametrize(
    "form",
    [
        {"value_float": 1.5},
        {"value_floats": [1.5, 2.5]},
        {"value_int": 3},
        {"value_ints": [3, -4]},
    ],
    ids=str,
)
def test_plain_numbers(opset: int, form: dict[str, Any]) -> None:
    agree("Constant", opset=opset, **form)


def test_sparse_tensor() -> None:
    values = onnx.numpy_helper.from_array(np.array([1.5, 2.5], np.float32))
    places = onnx.numpy_helper.from_array(np.array([1, 5], np.int64))
    sparse = helper.make_sparse_tensor(values, places, [2, 3])
    expected = np.array([[0, 1.5, 0], [0, 0, 2.5]], np.float32)
    agree("Constant", opset=11, sparse_value=sparse, expected=expected)


@pytest.mark.parametrize("form", [{"value_string": "a"}, {"value_strings": ["a", "bc"]}], ids=str)
def test_texts(form: dict[str, Any]) -> None:
    graph = converted(single("Constant", [], opset=13, attributes=form))
    (result,) = graph.results()
    constant = result.inputs[0]
    assert constant is not None
    assert constant.constant is not None
    given = next(iter(form.values()))
    assert constant.constant.tolist() == given


def test_a_constant_needs_a_value() -> None:
    refused("Constant", match="without a value")


def test_constants_feed_operations() -> None:
    nodes = [
        helper.make_node("Constant", [], ["two"], value_float=2.0),
        helper.make_node("Mul", ["x", "two"], ["y"]),
    ]
    agree_model(model_of(nodes, [("x", X)], ["y"]), [X])


# ---- nothing happens


@pytest.mark.parametrize("opset", [1, 13, 14, 16, 19, 21])
@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.bool_])
def test_identity(opset: int, dtype: Any) -> None:
    agree("Identity", numbers(2, 3, dtype=dtype), opset=opset)


@pytest.mark.parametrize("opset", [1, 6, 7, 10, 12, 13, 22])
def test_dropout_does_nothing(opset: int) -> None:
    given: dict[str, Any] = {}
    if opset < 12:
        given["ratio"] = 0.3
    if opset < 7:
        given["is_test"] = 1
    agree("Dropout", X, opset=opset, expected=X, **given)


@pytest.mark.parametrize("opset", [7, 10, 12, 13])
def test_the_mask_of_dropout_is_true_everywhere(opset: int) -> None:
    expected = [X, np.ones_like(X, np.float32 if opset < 10 else bool)]
    agree("Dropout", X, opset=opset, outputs=2, expected=expected)
    agree("Dropout", X, opset=opset, outputs=["", "mask"], expected=expected[1])


def test_dropout_that_is_told_not_to_train() -> None:
    agree("Dropout", X, fixed(0.5), fixed(False))
    agree("Dropout", X, fixed(0.5))
    agree("Dropout", X, np.array(0.5, np.float32), np.array(False), outputs=2)


def test_dropout_of_none_in_training() -> None:
    agree("Dropout", X, fixed(0.0), fixed(True), outputs=2)
    agree("Dropout", X, np.array(0.0, np.float32), np.array(True), outputs=2)
