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
