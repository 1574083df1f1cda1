"""Operations that ONNX had for trial in its first versions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.running import agree, refused
from tests.models.nodes import Sized, fixed, numbers

X = numbers(2, 3, 5, 6)


def tried(op: str, *inputs: Any, expected: np.ndarray, **attributes: Any) -> None:
    agree(op, *inputs, opset=1, expected=np.asarray(expected, np.float32), **attributes)


def test_affine() -> None:
    tried("Affine", X, expected=X * 2 + 3, alpha=2.0, beta=3.0)
    tried("Affine", X, expected=X)


def test_scale() -> None:
    tried("Scale", X, expected=X * 2, scale=2.0)


def test_image_scaler() -> None:
    bias = np.array([1, 2, 3], np.float32)
    tried("ImageScaler", X, expected=X * 2 + bias[:, None, None], scale=2.0, bias=bias.tolist())


def test_scaled_activations() -> None:
    tried("ScaledTanh", X, expected=2 * np.tanh(0.5 * X), alpha=2.0, beta=0.5)
    softplus = 2 * np.log1p(np.exp(0.5 * X))
    tried("ParametricSoftplus", X, expected=softplus, alpha=2.0, beta=0.5)


def test_crop() -> None:
    tried("Crop", X, expected=X[:, :, 2:-1, 1:-3], border=[1, 2, 3, 1])
    tried("Crop", X, expected=X[:, :, 2:, 1:], border=[1, 2, 0, 0])
    tried("Crop", X, expected=X[:, :, 1:4, 2:4], border=[2, 1, 0, 0], scale=[3, 2])
    refused("Crop", X, opset=1, border=[1, 2], match="border")


def test_constant_fill() -> None:
    tried("ConstantFill", expected=np.full((2, 3), 1.5), shape=[2, 3], value=1.5)
    tried("ConstantFill", X, expected=np.full(X.shape, 1.5), value=1.5)
    shape = np.array([2, 3])
    for given in (fixed(shape), Sized(shape)):
        tried("ConstantFill", given, expected=np.zeros((2, 3)), input_as_shape=1)


def test_is_finite() -> None:
    x = np.array([[1.0, np.inf], [np.nan, -np.inf]], np.float32)
    agree("IsFinite", x, opset=1, expected=np.isfinite(x))


def test_given_tensor_fill() -> None:
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    wanted = np.array(values).reshape(2, 3)
    tried("GivenTensorFill", expected=wanted, values=values, shape=[2, 3])
    shape = Sized(np.array([2, 3]))
    tried("GivenTensorFill", shape, expected=wanted, values=values, input_as_shape=1)
    tried("GivenTensorFill", numbers(2, 3), expected=wanted, values=values)
    refused(
        "GivenTensorFill", numbers(2), opset=1, match="extra_shape", values=[1.0], extra_shape=[2]
    )


def test_dynamic_slice() -> None:
    limits = [fixed(np.array(pair)) for pair in ([1, 0], [2, 1000], [1, 3])]
    tried("DynamicSlice", X, *limits, expected=X[:, 1:2, :, 0:])


TABLE = fixed(numbers(7, 4))
INDICES, OFFSETS = np.array([1, 2, 6, 0, 3]), np.array([0, 2, 2, 4])


@pytest.mark.parametrize("domain", ["", "org.pytorch.aten"])
@pytest.mark.parametrize("mode", [0, 1])
def test_bags_that_start_at_offsets(domain: str, mode: int) -> None:
    """The second bag is empty."""
    bags = [TABLE.array[part] for part in np.split(INDICES, OFFSETS[1:])]
    sums = np.array([bag.sum(0) / (max(len(bag), 1) if mode else 1) for bag in bags])
    given: dict[str, Any] = {"operator": "embedding_bag", "mode": mode, "domain": domain}
    tried("ATen", TABLE, INDICES, OFFSETS, expected=sums, **given)
    ends = np.append(OFFSETS, 5)
    tried("ATen", TABLE, INDICES, ends, expected=sums, include_last_offset=1, **given)


def test_bags_with_weights() -> None:
    weights = numbers(5)
    rows = TABLE.array[INDICES] * weights[:, None]
    sums = np.array([part.sum(0) for part in np.split(rows, OFFSETS[1:])])
    tried("ATen", TABLE, INDICES, OFFSETS, weights, expected=sums, operator="embedding_bag")
    rows = rows[[0, 2, 1, 4]]
    indices, weights = INDICES[[0, 2, 1, 4]].reshape(2, 2), weights[[0, 2, 1, 4]].reshape(2, 2)
    sums = rows.reshape(2, 2, 4).sum(1)
    tried("ATen", TABLE, indices, None, weights, expected=sums, operator="embedding_bag")


@pytest.mark.parametrize("mode", [0, 1])
def test_bags_of_one_size(mode: int) -> None:
    indices = np.array([[1, 2], [6, 0], [3, 3]])
    rows = TABLE.array[indices]
    wanted = rows.mean(1) if mode else rows.sum(1)
    tried("ATen", TABLE, indices, expected=wanted, operator="embedding_bag", mode=mode)


def test_functions_that_are_refused() -> None:
    given = (TABLE, INDICES, OFFSETS)
    refused("ATen", *given, opset=1, match="mode 2", operator="embedding_bag", mode=2)
    refused("ATen", X, opset=1, match="function cdist", operator="cdist")
