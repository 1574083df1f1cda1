"""Steps of optimisers, against their definitions in numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.running import agree, refused
from tests.models.nodes import numbers

RATE, COUNT = np.array(0.1, np.float32), np.array(3, np.int64)
X, GRADIENT, V, H = (numbers(2, size) for size in (3, 3, 3, 3))
V, H = np.float32(V / 2), np.abs(H)
DOMAIN: dict[str, Any] = {"domain": "ai.onnx.preview.training"}


def momentum(count: int, alpha: float, beta: float, norm: float, mode: str) -> list[np.ndarray]:
    gradient = norm * X + GRADIENT
    v = alpha * V + (beta if count > 0 else 1) * gradient
    way = gradient + alpha * v if mode == "nesterov" else v
    return [np.float32(X - RATE * way), np.float32(v)]


@pytest.mark.parametrize("mode", ["standard", "nesterov"])
@pytest.mark.parametrize("count", [0, 3])
def test_momentum(mode: str, count: int) -> None:
    given: dict[str, Any] = {"alpha": 0.95, "beta": 0.85, "norm_coefficient": 0.01, "mode": mode}
    expected = momentum(count, 0.95, 0.85, 0.01, mode)
    counted = np.array(count, np.int64)
    inputs = [RATE, counted, X, GRADIENT, V]
    agree("Momentum", *inputs, outputs=2, expected=expected, **given, **DOMAIN)


def adagrad(decay: float, norm: float) -> list[np.ndarray]:
    gradient = norm * X + GRADIENT
    h = H + gradient * gradient
    rate = RATE / (1 + COUNT * decay)
    return [np.float32(X - rate * gradient / (np.sqrt(h) + 1e-6)), np.float32(h)]


def test_adagrad() -> None:
    inputs, expected = [RATE, COUNT, X, GRADIENT, H], adagrad(0.1, 0.01)
    given = {"decay_factor": 0.1, "norm_coefficient": 0.01}
    agree("Adagrad", *inputs, outputs=2, expected=expected, **given, **DOMAIN)


def test_several_tensors_at_once() -> None:
    """All tensors first, then all their gradients, then what else belongs to them."""
    inputs = [RATE, COUNT, X, X, GRADIENT, GRADIENT, H, H]
    x, h = adagrad(0.0, 0.0)
    agree("Adagrad", *inputs, outputs=4, expected=[x, x, h, h], **DOMAIN)
    refused("Adagrad", *inputs[:-1], outputs=4, match="groups of 3", **DOMAIN)


@pytest.mark.parametrize("count", [0, 3])
def test_adam(count: int) -> None:
    alpha, beta, norm, after = 0.8, 0.9, 0.01, 0.02
    gradient = norm * X + GRADIENT
    v = alpha * V + (1 - alpha) * gradient
    h = beta * H + (1 - beta) * gradient * gradient
    rate = RATE * np.sqrt(1 - beta**count) / (1 - alpha**count) if count else RATE
    x = (1 - after) * (X - rate * v / (np.sqrt(h) + 1e-6))
    given = {"alpha": alpha, "beta": beta, "norm_coefficient": norm, "norm_coefficient_post": after}
    inputs = [RATE, np.array(count, np.int64), X, GRADIENT, V, H]
    expected = [np.float32(value) for value in (x, v, h)]
    agree("Adam", *inputs, outputs=3, expected=expected, **given, **DOMAIN)
