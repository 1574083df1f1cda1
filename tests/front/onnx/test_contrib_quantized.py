"""Quantised tensors of the domain com.microsoft."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.comparing import operations
from tests.front.onnx.microsoft import agreed
from tests.models.nodes import fixed, numbers

# ---- functions of quantised tensors


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
        ("QLinearAveragePool", {"kernel_shape": [3, 2], "channels_last": 1}, (0.0513, 98)),
        ("QLinearGlobalAveragePool", {"channels_last": 0}, (0.03, 99)),
        ("QLinearGlobalAveragePool", {"channels_last": 1}, (0.03, 99)),
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


def test_chosen() -> None:
    x, y = numbers(2, 3, dtype=np.uint8, high=200), numbers(2, 3, 1, dtype=np.uint8, high=99)
    condition = numbers(2, 1, dtype=np.bool_)
    given = *quantity(0.05, 3), y[..., 0], *quantity(0.07, 10), *quantity(0.103, 8)
    agreed("QLinearWhere", condition, x, *given)


# ---- products


@pytest.mark.parametrize("trans_b", [0, 1])
@pytest.mark.parametrize("per_column", [False, True])
@pytest.mark.parametrize("kind", [np.uint8, np.int8])
def test_gemm(trans_b: int, per_column: bool, kind: Any) -> None:
    a = numbers(2, 5, dtype=np.uint8, high=255)
    b = numbers(*((3, 5) if trans_b else (5, 3)), dtype=kind, low=-99, high=99)
    scale = np.array([0.01, 0.02, 0.03] if per_column else 0.02, np.float32)
    zero = np.full(scale.shape, 4, kind)
    c = numbers(3, dtype=np.int32, low=-500, high=500)
    given = a, *quantity(0.05, 100), fixed(b), fixed(scale), fixed(zero), fixed(c)
    agreed("QGemm", *given, *quantity(0.31, 120), transB=trans_b)
    agreed("QGemm", *given, transB=trans_b)


def test_convolution_with_the_channels_behind() -> None:
    x = numbers(1, 6, 6, 4, dtype=np.uint8, high=200)
    w = fixed(numbers(5, 4, 3, 3, dtype=np.int8, low=-50, high=50))
    given = x, *quantity(0.05, 7), w, *quantity(0.02, 0, np.int8), *quantity(0.9, 120)
    agreed("QLinearConv", *given, channels_last=1, pads=[1, 1, 1, 1])


def test_sixteen_bits() -> None:
    x = numbers(2, 3, low=-3, high=3)
    agreed("QuantizeLinear", x, *quantity(0.0002, 7, np.uint16))
    q = numbers(2, 3, dtype=np.int16, low=-3000, high=3000)
    agreed("DequantizeLinear", q, *quantity(0.0002, 7, np.int16))


# ---- layers


@pytest.mark.parametrize("direction", ["forward", "bidirectional"])
@pytest.mark.parametrize("per_gate", [False, True])
def test_lstm(direction: str, per_gate: bool) -> None:
    """Its data and states are rounded to bytes in onnxruntime, here they are not."""
    count = 2 if direction == "bidirectional" else 1
    x = numbers(5, 2, 3, low=-1, high=1)
    w, r = (fixed(numbers(count, size, 16, dtype=np.int8, low=-99, high=99)) for size in (3, 4))
    scale = fixed(np.full((count, 16) if per_gate else count, 0.005, np.float32))
    zero = fixed(np.zeros((count, 16) if per_gate else count), np.int8)
    given = x, w, r, fixed(numbers(count, 32)), None, None, None, None, scale, zero, scale, zero
    agreed(
        "DynamicQuantizeLSTM",
        *given,
        outputs=3,
        hidden_size=4,
        direction=direction,
        tolerance=0.03,
        dynamic=[0, 1],
    )
