"""Normalisations, embeddings and products of the domain com.microsoft.

Where onnxruntime has no kernel for the CPU, the definition is spelled out here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.comparing import operations
from tests.front.onnx.microsoft import agreed
from tests.front.onnx.running import agree, reference
from tests.models.nodes import fixed, numbers, single

X, SKIP = numbers(2, 3, 8), numbers(2, 3, 8, high=1)
SCALE, SHIFT, BIAS = fixed(numbers(8)), fixed(numbers(8, high=1)), fixed(numbers(8, low=0))
NAMED = ["y", "", "", "total"]


@pytest.mark.parametrize("skip", [SKIP, SKIP[:1], SKIP[0]], ids=["same", "one sample", "matrix"])
def test_skip_layer_normalization(skip: np.ndarray) -> None:
    graph = agreed("SkipLayerNormalization", X, skip, SCALE)
    assert "MVN" in operations(graph)
    agreed("SkipLayerNormalization", X, skip, SCALE, SHIFT, BIAS, epsilon=1e-3, outputs=NAMED)


def test_skip_rms_normalization() -> None:
    agreed("SkipSimplifiedLayerNormalization", X, SKIP, SCALE)
    rest = (SCALE, BIAS)
    agreed("SkipSimplifiedLayerNormalization", X, SKIP, *rest, epsilon=1e-3, outputs=NAMED)


@pytest.mark.parametrize("axis", [None, -1, 2, 1])
def test_rms_normalization(axis: int | None) -> None:
    scale = fixed(numbers(3, 8)) if axis == 1 else SCALE
    agree("SimplifiedLayerNormalization", X, scale, opset=17, axis=axis, epsilon=1e-3)


def test_gated_rms_normalization() -> None:
    for activation in (None, "sigmoid"):
        agreed("GatedRMSNorm", X, SCALE, SKIP, activation=activation)
        agreed("GatedRMSNorm", X, fixed(numbers(4)), SKIP, activation=activation)


# ---- groups of channels


def grouped(x: np.ndarray, groups: int, activation: int) -> np.ndarray:
    """The normalisation of an image with its channels last."""
    cut = x.reshape(*x.shape[:3], groups, -1)
    centred = cut - cut.mean((1, 2, 4), keepdims=True)
    y = centred / np.sqrt((centred**2).mean((1, 2, 4), keepdims=True) + np.float32(1e-5))
    y = y.reshape(x.shape) * SCALE.array + SHIFT.array
    return y / (1 + np.exp(-y)) if activation else y


IMAGE = numbers(2, 4, 5, 8)


@pytest.mark.parametrize("activation", [0, 1])
@pytest.mark.parametrize("last", [0, 1])
def test_group_norm(activation: int, last: int) -> None:
    expected = grouped(IMAGE, 2, activation)
    options: dict[str, Any] = {"groups": 2, "activation": activation, "channels_last": last}
    x = IMAGE
    if not last:
        x, expected = (a.transpose(0, 3, 1, 2).copy() for a in (x, expected))
    agreed("GroupNorm", x, SCALE, SHIFT, expected=expected, **options)


@pytest.mark.parametrize("shape", [(2, 4, 5, 8), (2, 1, 1, 8), (2, 8)])
@pytest.mark.parametrize("last", [0, 1])
def test_skip_group_norm(shape: tuple[int, ...], last: int) -> None:
    skip = numbers(*shape)
    total = IMAGE + (skip if skip.ndim == 4 else skip[:, None, None]) + BIAS.array
    arrays = [IMAGE, skip, grouped(total, 2, 1), total]
    if not last:
        arrays = [a.transpose(0, 3, 1, 2).copy() if a.ndim == 4 else a for a in arrays]
    x, skip, *expected = arrays
    options = {"groups": 2, "activation": 1, "channels_last": last, "outputs": 2}
    agreed("SkipGroupNorm", x, SCALE, SHIFT, skip, BIAS, expected=expected, **options)


# ---- embeddings

IDS = np.array([[1, 2, 3], [0, 1, 2]], np.int32)
TABLES = fixed(numbers(5, 8)), fixed(numbers(7, 8)), fixed(numbers(4, 8))


def test_embeddings() -> None:
    words, places, segments = TABLES
    mask = np.array([[1, 0, 1], [1, 1, 1]], np.int32)
    op = "EmbedLayerNormalization"
    agreed(op, IDS, None, words, places, None, SCALE, SHIFT, outputs=2)
    agreed(op, IDS, IDS, words, places, segments, SCALE, SHIFT, mask, epsilon=1e-3, outputs=3)
    agreed(op, IDS, IDS, words, places, segments, SCALE, SHIFT, None, IDS, outputs=2)


@pytest.mark.parametrize("segments", [True, False])
def test_quantised_embeddings(segments: bool) -> None:
    tables = [fixed(numbers(n, 8, dtype=np.uint8, high=255)) for n in (5, 7, 4)]
    vectors = [fixed(numbers(8, dtype=np.uint8, high=255)), fixed(np.arange(8, dtype=np.uint8))]
    scales: list[Any] = [fixed(scale) for scale in (0.02, 0.03, 0.04, 0.05, 0.06)]
    zeros: list[Any] = [fixed(zero, np.uint8) for zero in (120, 110, 100, 3, 4)]
    integers: list[Any] = [*tables, *vectors]
    if not segments:
        integers[2] = scales[2] = zeros[2] = None
    ids, mask = IDS if segments else None, np.array([[1, 1, 0], [1, 1, 1]], np.int32)
    given = (IDS, ids, *integers, mask, *scales, *zeros)
    agreed("QEmbedLayerNormalization", *given, outputs=2)


# ---- products and activations

PRODUCTS = [
    ((3, 2, 4), (2, 4, 5), {"transBatchA": 1}),
    ((2, 3, 4), (4, 2, 5), {"transBatchB": 1}),
    ((4, 2, 3), (2, 4, 5), {"transBatchA": 1, "transA": 1}),
    ((4, 2, 6, 3), (5, 2, 6, 4), {"transBatchA": 1, "transA": 1, "transBatchB": 1, "transB": 1}),
]


@pytest.mark.parametrize(("a", "b", "options"), PRODUCTS, ids=str)
def test_products_of_transposed_batches(a: Any, b: Any, options: dict[str, int]) -> None:
    agreed("FusedMatMul", numbers(*a), numbers(*b), alpha=0.5, **options)


def test_other_names_of_products() -> None:
    a, b = numbers(2, 4, 3), numbers(2, 4, 5)
    agreed("TransposeMatMul", a, b, transA=1, alpha=0.5)
    expected = np.maximum(a.swapaxes(1, 2) @ b, 0)
    given: dict[str, Any] = {"transA": 1, "activation": "Relu", "expected": expected}
    agreed("FusedMatMulActivation", a, b, **given)
    short = [numbers(2, 3, 4, dtype=np.int16), numbers(4, 5, dtype=np.int16)]
    agreed("MatMulInteger16", *short)


def fast_gelu(x: np.ndarray) -> np.ndarray:
    inner = np.float32(np.sqrt(2 / np.pi)) * (x + np.float32(0.044715) * x**3)
    return x * (1 + np.tanh(inner)) / 2


def test_sums_and_activations_without_a_kernel() -> None:
    """Functions of two or three tensors that only other devices have."""
    w = fixed(numbers(8, 6))
    agreed("GemmFastGelu", X, w, expected=fast_gelu(X @ w.array), tolerance=1e-3)
    agreed("BiasAdd", X, BIAS, SKIP, expected=X + BIAS.array + SKIP)
    left, right = np.split(X + BIAS.array, 2, -1)
    gelu = reference(single("Gelu", (right,), opset=20), (right,))[0]
    agreed("BiasSplitGelu", X, BIAS, expected=left * gelu)
