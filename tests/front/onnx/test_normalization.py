"""Normalisations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.comparing import operations
from tests.front.onnx.running import agree, refused
from tests.models.nodes import fixed, numbers

X = numbers(2, 4, 5, 6)
SHAPES = [(2, 4), (2, 4, 5), (2, 4, 5, 6), (1, 4, 3, 2, 5)]


def vectors(count: int = 4) -> list[Any]:
    """Scale, bias, mean, variance."""
    rows = [numbers(count), numbers(count, 1)[:, 0], numbers(count, 2)[:, 0]]
    return [fixed(row) for row in (*rows, np.abs(numbers(count, 3)[:, 0]) + 0.5)]


# ---- batch


@pytest.mark.parametrize("opset", [7, 9, 14, 15])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("epsilon", [None, 0.1])
def test_batch_norm(opset: int, shape: tuple[int, ...], epsilon: float | None) -> None:
    agree("BatchNormalization", numbers(*shape), *vectors(), opset=opset, epsilon=epsilon)


@pytest.mark.parametrize("opset", [1, 6])
def test_batch_norm_of_old_sets(opset: int) -> None:
    """They have attributes for training, and with ``is_test`` none of it happens."""
    scale, bias, mean, variance = (v.array.reshape(1, 4, 1, 1) for v in vectors())
    expected = (X - mean) / np.sqrt(variance + 1e-5) * scale + bias
    consumed = {"consumed_inputs": [0, 0, 0, 1, 1]} if opset == 1 else {}
    agree(
        "BatchNormalization",
        X,
        *vectors(),
        opset=opset,
        is_test=1,
        spatial=1,
        momentum=0.9,
        expected=expected,
        **consumed,
    )


def test_batch_norm_of_computed_statistics() -> None:
    arrays = [value.array for value in vectors()]
    agree("BatchNormalization", X, *arrays)


def test_batch_norm_with_wider_statistics() -> None:
    """Since 15 data may be half floats beside statistics in full precision."""
    x = X.astype(np.float16)
    scale, bias, mean, variance = (value.array for value in vectors())
    halves = [fixed(scale.astype(np.float16)), fixed(bias.astype(np.float16))]
    lay = (1, 4, 1, 1)
    expected = (X - mean.reshape(lay)) / np.sqrt(variance.reshape(lay) + 1e-5)
    expected = (expected * scale.reshape(lay) + bias.reshape(lay)).astype(np.float16)
    agree(
        "BatchNormalization",
        x,
        *halves,
        fixed(mean),
        fixed(variance),
        expected=expected,
        tolerance=2e-2,
    )


@pytest.mark.parametrize("opset", [14, 15])
@pytest.mark.parametrize("momentum", [None, 0.7])
def test_batch_norm_in_training(opset: int, momentum: float | None) -> None:
    """By the batch's own statistics; of the running ones it keeps a share."""
    scale, bias, mean, variance = (value.array for value in vectors())
    lay, share = (1, 4, 1, 1), momentum or 0.9
    now, spread = X.mean((0, 2, 3)), X.var((0, 2, 3))
    y = (X - now.reshape(lay)) / np.sqrt(spread.reshape(lay) + 1e-5)
    expected = [
        y * scale.reshape(lay) + bias.reshape(lay),
        mean * share + now * (1 - share),
        variance * share + spread * (1 - share),
    ]
    given: dict[str, Any] = {"opset": opset, "training_mode": 1, "momentum": momentum}
    agree("BatchNormalization", X, *vectors(), outputs=3, expected=expected, **given)


def test_batch_norm_of_each_element() -> None:
    rows = [fixed(numbers(4, 5, 6)) for _ in range(3)] + [fixed(np.abs(numbers(4, 5, 6)) + 0.5)]
    agree("BatchNormalization", X, *rows, opset=7, spatial=0)


def test_batch_norm_does_not_give_statistics() -> None:
    refused("BatchNormalization", X, *vectors(), opset=9, outputs=3, match="output 1")


# ---- instance, layer, group


@pytest.mark.parametrize("opset", [6, 22])
@pytest.mark.parametrize("shape", SHAPES[1:])
@pytest.mark.parametrize("epsilon", [None, 0.1])
def test_instance_norm(opset: int, shape: tuple[int, ...], epsilon: float | None) -> None:
    scale, bias, *_ = vectors()
    agree("InstanceNormalization", numbers(*shape), scale, bias, opset=opset, epsilon=epsilon)


@pytest.mark.parametrize("axis", [None, -1, -2, 1, 2, 0])
@pytest.mark.parametrize("epsilon", [None, 0.1])
def test_layer_norm(axis: int | None, epsilon: float | None) -> None:
    x = numbers(2, 4, 5)
    shape = x.shape[-1 if axis is None else axis :]
    scale, bias = fixed(numbers(*shape)), fixed(numbers(*shape, 1)[..., 0])
    agree("LayerNormalization", x, scale, bias, axis=axis, epsilon=epsilon, opset=17)
    agree("LayerNormalization", x, scale, axis=axis, epsilon=epsilon, opset=17)


def test_layer_norm_tells_its_statistics() -> None:
    scale, bias = fixed(numbers(6)), fixed(numbers(6, 1)[:, 0])
    for outputs in (2, 3, ["y", "", "deviation"]):
        agree("LayerNormalization", X, scale, bias, outputs=outputs, opset=17, axis=-1)


@pytest.mark.parametrize("axis", [None, -2])
def test_rms_norm(axis: int | None) -> None:
    x = numbers(2, 4, 5)
    scale = numbers(*x.shape[-1 if axis is None else axis :])
    axes = tuple(range(3))[-1 if axis is None else axis :]
    expected = x / np.sqrt((x * x).mean(axes, keepdims=True) + 1e-5) * scale
    agree("RMSNormalization", x, fixed(scale), axis=axis, opset=23, expected=expected)


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("shape", SHAPES[1:])
def test_group_norm(groups: int, shape: tuple[int, ...]) -> None:
    x = numbers(*shape)
    per_channel, per_group = vectors()[:2], vectors(groups)[:2]
    agree("GroupNormalization", x, *per_channel, num_groups=groups, opset=21, epsilon=0.1)
    agree("GroupNormalization", x, *per_group, num_groups=groups, opset=18)


def test_group_norm_needs_a_number_of_groups() -> None:
    refused("GroupNormalization", X, *vectors()[:2], opset=21, match="'num_groups' is missing")
    refused("GroupNormalization", X, *vectors(3)[:2], opset=18, num_groups=3, match="3 groups")
    refused("GroupNormalization", X, *vectors()[:2], opset=21, num_groups=3, match="3 groups")


# ---- local response, lp, mean and variance


@pytest.mark.parametrize("opset", [1, 13])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_local_response_norm(opset: int, size: int) -> None:
    """Of an even window onnxruntime knows nothing; its longer half lies behind the channel."""
    x = numbers(2, 7, 3, 3)
    check_local_response(x, opset, size, 1e-4, 0.75, 1.0)
    check_local_response(x, opset, size, 0.5, 0.6, 2.0)


def check_local_response(
    x: np.ndarray, opset: int, size: int, alpha: float, beta: float, bias: float
) -> None:
    padded = np.pad(x * x, [(0, 0), ((size - 1) // 2, size // 2), (0, 0), (0, 0)])
    sums = sum(padded[:, i : i + x.shape[1]] for i in range(size))
    agree(
        "LRN",
        x,
        opset=opset,
        size=size,
        alpha=alpha,
        beta=beta,
        bias=bias,
        expected=x / (bias + alpha / size * sums) ** beta,
    )


def test_local_response_norm_needs_a_size() -> None:
    refused("LRN", X, match="'size' is missing")


@pytest.mark.parametrize("opset", [1, 22])
@pytest.mark.parametrize("p", [None, 1, 2])
@pytest.mark.parametrize("axis", [None, 0, 1, -2])
def test_lp_norm(opset: int, p: int | None, axis: int | None) -> None:
    agree("LpNormalization", X, opset=opset, p=p, axis=axis)


def test_lp_norm_of_zeros_is_zero() -> None:
    x = X.copy()
    x[0, 0, 0] = 0
    agree("LpNormalization", x)
    agree("LpNormalization", x, p=1)


@pytest.mark.parametrize("opset", [9, 13])
@pytest.mark.parametrize("axes", [None, [1], [2, 3], [-1]])
def test_mean_variance_norm(opset: int, axes: list[int] | None) -> None:
    agree("MeanVarianceNormalization", X, opset=opset, axes=axes)


def test_norms_keep_to_one_operation_and_its_scale() -> None:
    graph = agree("InstanceNormalization", X, *vectors()[:2])
    assert operations(graph) == ["MVN", "Multiply", "Add"]


def test_the_usual_axes_of_a_norm_must_be_there() -> None:
    refused("MeanVarianceNormalization", numbers(2, 3, 4), match="axis 3 is out of range")
