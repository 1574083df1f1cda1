"""Activation functions."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.comparing import operations
from tests.front.onnx.running import agree
from tests.models.nodes import fixed, numbers

X = numbers(2, 3, 4, low=-4, high=4)


@pytest.mark.parametrize("opset", [6, 13, 14])
@pytest.mark.parametrize("op", ["Relu", "Sigmoid", "Tanh"])
def test_plain(op: str, opset: int) -> None:
    agree(op, X, opset=opset)


@pytest.mark.parametrize("dtype", [np.int8, np.int32])
def test_relu_of_integers(dtype: type) -> None:
    agree("Relu", np.array([-3, 0, 5], dtype), opset=14)


@pytest.mark.parametrize("opset", [1, 22])
@pytest.mark.parametrize("op", ["Softplus", "Softsign"])
def test_plain_since_1(op: str, opset: int) -> None:
    agree(op, X, opset=opset)


@pytest.mark.parametrize(("op", "opset"), [("HardSwish", 14), ("Mish", 18), ("HardSwish", 22)])
def test_plain_newer(op: str, opset: int) -> None:
    agree(op, X, opset=opset)


@pytest.mark.parametrize("alpha", [None, 0.5, 2.0])
@pytest.mark.parametrize(
    ("op", "opsets"),
    [
        ("Elu", (6, 22)),
        ("Celu", (12,)),
        ("LeakyRelu", (6, 16)),
        ("ThresholdedRelu", (10, 22)),
        ("Swish", (24,)),
    ],
)
def test_with_alpha(op: str, opsets: tuple[int, ...], alpha: float | None) -> None:
    for opset in opsets:
        agree(op, X, opset=opset, alpha=alpha)


def test_thresholded_relu_at_the_threshold_is_zero() -> None:
    agree("ThresholdedRelu", np.array([0.5, 1.0, 1.5], np.float32))


@pytest.mark.parametrize("opset", [6, 22])
@pytest.mark.parametrize(("alpha", "gamma"), [(None, None), (2.0, None), (1.5, 3.0)])
def test_selu(opset: int, alpha: float | None, gamma: float | None) -> None:
    agree("Selu", X, opset=opset, alpha=alpha, gamma=gamma)


@pytest.mark.parametrize("opset", [6, 22])
@pytest.mark.parametrize(("alpha", "beta"), [(None, None), (1 / 6, 0.5), (0.5, 0.25), (1 / 6, 0.4)])
def test_hard_sigmoid(opset: int, alpha: float | None, beta: float | None) -> None:
    agree("HardSigmoid", X, opset=opset, alpha=alpha, beta=beta)


def test_hard_sigmoid_of_a_sixth_has_an_operation_of_its_own() -> None:
    assert operations(agree("HardSigmoid", X, alpha=1 / 6, beta=0.5)) == ["HSigmoid"]


@pytest.mark.parametrize("approximate", [None, "none", "tanh"])
def test_gelu(approximate: str | None) -> None:
    agree("Gelu", X, opset=20, approximate=approximate)


@pytest.mark.parametrize(("bias", "lambd"), [(None, None), (0.5, None), (None, 1.0), (0.25, 1.5)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shrink(bias: float | None, lambd: float | None, dtype: type) -> None:
    agree("Shrink", X.astype(dtype), opset=9, bias=bias, lambd=lambd)


def test_shrink_of_integers() -> None:
    agree("Shrink", np.array([-3, -1, 0, 1, 3], np.int32), opset=9, bias=1.0, lambd=1.5)


# ---- slopes


@pytest.mark.parametrize("opset", [7, 9, 16])
@pytest.mark.parametrize("slope", [(1,), (4,), (3, 1), (3, 4), (2, 1, 1), (2, 3, 4), ()])
def test_prelu_broadcasts_its_slope_to_the_data(opset: int, slope: tuple[int, ...]) -> None:
    agree("PRelu", X, numbers(*slope), opset=opset)
    agree("PRelu", X, fixed(numbers(*slope)), opset=opset)


@pytest.mark.parametrize("shape", [(2,), (2, 3), (2, 3, 4, 5)])
def test_prelu_with_a_slope_per_channel(shape: tuple[int, ...]) -> None:
    channels = shape[1] if len(shape) > 1 else shape[0]
    slope = numbers(channels).reshape(-1, *[1] * (len(shape) - 2))
    agree("PRelu", numbers(*shape), fixed(slope))


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4), (2, 3, 4, 5)])
def test_prelu_before_7_has_one_slope_or_one_per_channel(shape: tuple[int, ...]) -> None:
    x = numbers(*shape)
    for slope in (numbers(1), numbers(3)):
        laid = slope.reshape(-1, *[1] * (len(shape) - 2))
        agree("PRelu", x, fixed(slope), opset=6, expected=np.where(x > 0, x, x * laid))
        agree("PRelu", x, slope, opset=1, expected=np.where(x > 0, x, x * laid))


# ---- along an axis


@pytest.mark.parametrize("op", ["Softmax", "LogSoftmax", "Hardmax"])
@pytest.mark.parametrize("opset", [1, 11])
def test_before_13_all_axes_from_one_on_are_one(op: str, opset: int) -> None:
    for shape in [(3,), (2, 3), (2, 3, 4), (2, 3, 4, 5)]:
        lowest = -len(shape) if opset == 11 else 0
        for axis in (None, *range(lowest, len(shape))):
            if len(shape) > 1 or axis is not None:
                agree(op, numbers(*shape), opset=opset, axis=axis)


@pytest.mark.parametrize("op", ["Softmax", "LogSoftmax", "Hardmax"])
def test_since_13_there_is_one_axis(op: str) -> None:
    for shape in [(3,), (2, 3), (2, 3, 4), (2, 3, 4, 5)]:
        for axis in (None, *range(-len(shape), len(shape))):
            agree(op, numbers(*shape), opset=13, axis=axis)


@pytest.mark.parametrize("op", ["Softmax", "LogSoftmax"])
def test_axes_of_size_1_behind_the_axis_cost_nothing(op: str) -> None:
    graph = agree(op, numbers(2, 3, 1, 1), opset=11, axis=1)
    assert len(operations(graph)) == 1


def test_hardmax_takes_the_first_of_equal_maxima() -> None:
    agree("Hardmax", np.array([[1, 3, 3, 2]], np.float32), opset=13)
