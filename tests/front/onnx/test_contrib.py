"""Operations of the domain com.microsoft."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.microsoft import MICROSOFT, agreed
from tests.front.onnx.running import operations, refused
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


# ---- quantised tensors


def quantity(scale: float, zero: int, dtype: Any = np.uint8) -> tuple[Any, Any]:
    return fixed(scale), fixed(zero, dtype)


@pytest.mark.parametrize("op", ["QLinearAdd", "QLinearMul"])
@pytest.mark.parametrize("dtype", [np.uint8, np.int8])
def test_sums_and_products(op: str, dtype: Any) -> None:
    a, b = (numbers(*shape, dtype=dtype, low=-99, high=99) for shape in ((2, 3, 4), (3, 1)))
    given = quantity(0.0513, 3, dtype), quantity(0.07, 10, dtype), quantity(0.5, 20, dtype)
    agreed(op, a, *given[0], b, *given[1], *given[2])
    # A constant per channel needs to know how many there are.
    agreed(op, a, *given[0], fixed(b), *given[1], *given[2], dynamic=(0,))


@pytest.mark.parametrize("axis", [1, -1])
def test_joined(axis: int) -> None:
    a, b = numbers(2, 3, dtype=np.uint8, high=200), numbers(2, 3, 1, dtype=np.uint8, high=99)
    triples = [a, *quantity(0.05, 3), b[..., 0], *quantity(0.07, 10)]
    agreed("QLinearConcat", *quantity(0.103, 8), *triples, axis=axis)


@pytest.mark.parametrize(
    ("op", "attributes", "result"),
    [
        ("QLinearLeakyRelu", {"alpha": 0.2}, (0.0413, 90)),
        ("QLinearSigmoid", {}, (1 / 256, 0)),
        ("QLinearSoftmax", {"axis": -1, "opset": 13}, (1 / 256, 0)),
        ("QLinearSoftmax", {"axis": 1, "opset": 12}, (1 / 256, 0)),
        ("QLinearAveragePool", {"kernel_shape": [3, 2], "strides": [2, 2]}, (0.0513, 98)),
        ("QLinearGlobalAveragePool", {"channels_last": 0}, (0.03, 99)),
    ],
)
def test_functions(op: str, attributes: dict[str, Any], result: tuple[float, int]) -> None:
    x = numbers(1, 4, 6, 6, dtype=np.uint8, high=255)
    agreed(op, x, *quantity(0.05, 100), *quantity(*result), **attributes)


@pytest.mark.parametrize("axes", [[2, 3], None])
def test_means(axes: list[int] | None) -> None:
    x = numbers(1, 4, 6, 6, dtype=np.uint8, high=255)
    real = (x.astype(np.float32) - 100) * np.float32(0.05)
    mean = real.mean(tuple(axes or range(4)), keepdims=True)
    expected = np.clip(np.rint(mean / np.float32(0.02)) + 128, 0, 255).astype(np.uint8)
    given = *quantity(0.05, 100), *quantity(0.02, 128)
    agreed("QLinearReduceMean", x, *given, axes=axes, expected=expected)


def test_a_quantised_function_is_one_step_between_two_conversions() -> None:
    x = numbers(1, 4, 6, 6, dtype=np.uint8, high=255)
    graph = agreed("QLinearSigmoid", x, *quantity(0.05, 100), *quantity(1 / 256, 0))
    assert "FakeQuantize" in operations(graph)


def test_what_has_no_form_is_refused() -> None:
    x = numbers(1, 4, 6, 6, dtype=np.uint8, high=255)
    given = (x, *quantity(0.05, 100), *quantity(0.05, 100))
    last = {"channels_last": 1, "domain": MICROSOFT}
    refused("QLinearGlobalAveragePool", *given, match="channels_last", **last)
