"""Operations of the domain com.microsoft."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.microsoft import MICROSOFT, agreed
from tests.front.onnx.running import refused
from tests.models.nodes import fixed, numbers

IMAGE = numbers(1, 4, 6, 6)

# ---- products and what follows them, as one

ACTIVATIONS: list[dict[str, Any]] = [
    {},
    {"activation": "Relu"},
    {"activation": "Sigmoid"},
    {"activation": "Tanh"},
    {"activation": "LeakyRelu", "activation_params": [0.2]},
    {"activation": "Clip", "activation_params": [-1.0, 2.0]},
    {"activation": "HardSigmoid", "activation_params": [0.3, 0.4]},
]


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
def test_fused_conv(activation: dict[str, Any]) -> None:
    w, bias = fixed(numbers(3, 4, 3, 3)), fixed(numbers(3))
    agreed("FusedConv", IMAGE, w, bias, pads=[1, 1, 1, 1], **activation)
    if activation.get("activation") in (None, "Relu"):
        agreed("FusedConv", IMAGE, w, bias, numbers(1, 3, 4, 4), **activation)


def test_an_activation_that_is_not_known() -> None:
    w = fixed(numbers(3, 4, 3, 3))
    refused("FusedConv", IMAGE, w, domain=MICROSOFT, activation="Best", match="'Best'")


@pytest.mark.parametrize("trans", [(None, None), (1, None), (None, 1), (1, 1)])
@pytest.mark.parametrize("alpha", [None, 0.5])
def test_fused_matmul(trans: tuple[int | None, int | None], alpha: float | None) -> None:
    a = numbers(2, 4, 3) if trans[0] else numbers(2, 3, 4)
    b = numbers(2, 5, 4) if trans[1] else numbers(2, 4, 5)
    agreed("FusedMatMul", a, b, transA=trans[0], transB=trans[1], alpha=alpha)


def test_fused_gemm() -> None:
    a, b, c = numbers(2, 3), fixed(numbers(3, 4)), fixed(numbers(4))
    expected = np.maximum(a @ b.array + c.array, 0)
    agreed("FusedGemm", a, b, c, activation="Relu", expected=expected)


def test_gelu_of_all_kinds() -> None:
    x, bias = numbers(2, 3, 4), fixed(numbers(4))
    agreed("Gelu", x)
    agreed("BiasGelu", x, bias)
    agreed("FastGelu", x, tolerance=1e-3)
    agreed("FastGelu", x, bias, tolerance=1e-3)
    agreed("QuickGelu", x)
    agreed("QuickGelu", x, alpha=1.5)
