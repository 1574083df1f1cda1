"""Mixtures of experts, against onnxruntime's kernels where there are any."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.microsoft import MICROSOFT, agreed
from tests.front.onnx.running import refused
from tests.front.onnx.test_contrib_integers import packed
from tests.models.nodes import fixed, numbers

EXPERTS, WIDTH, INNER = 4, 32, 16
X, SCORES = numbers(5, WIDTH), numbers(5, EXPERTS)
BIASES = fixed(numbers(EXPERTS, INNER)), fixed(numbers(EXPERTS, WIDTH))


def matrices(outputs: int, inputs: int) -> Any:
    return fixed(numbers(EXPERTS, outputs, inputs, low=-0.5, high=0.5))


@pytest.mark.parametrize("activation", ["relu", "gelu", "silu", "identity"])
@pytest.mark.parametrize("k", [1, 2])
@pytest.mark.parametrize("alone", [0, 1])
def test_mixture_of_experts(activation: str, k: int, alone: int) -> None:
    given = {"k": k, "activation_type": activation, "normalize_routing_weights": alone}
    first, second = matrices(INNER, WIDTH), matrices(WIDTH, INNER)
    agreed("MoE", X, SCORES, first, BIASES[0], second, BIASES[1], **given)
    agreed("MoE", X.reshape(1, 5, WIDTH), SCORES, first, None, second, **given)


@pytest.mark.parametrize("options", [{}, {"activation_alpha": 1.7, "swiglu_limit": 0.5}])
def test_gates_between_the_numbers(options: dict[str, float]) -> None:
    first, second = matrices(2 * INNER, WIDTH), matrices(WIDTH, INNER)
    given = {"k": 2, "activation_type": "swiglu", "swiglu_fusion": 1, **options}
    agreed("MoE", X, SCORES, first, None, second, **given)
    agreed("MoE", X, SCORES, first, None, second, activation_beta=0.9, **given)


def mixed(k: int, inner: np.ndarray, second: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """What the best experts make of the activated first layer, [tokens, E, inner]."""
    each = np.einsum("tei,eoi->teo", inner, second)
    rest = np.argsort(-SCORES, 1)[:, k:]
    np.put_along_axis(shares, rest, 0, 1)
    return (each * shares[..., None]).sum(1)


def softmax(x: np.ndarray) -> np.ndarray:
    grown = np.exp(x - x.max(-1, keepdims=True))
    return grown / grown.sum(-1, keepdims=True)


def test_gates_of_their_own() -> None:
    """There is no kernel for them."""
    first, second, third = matrices(INNER, WIDTH), matrices(WIDTH, INNER), matrices(INNER, WIDTH)
    third = fixed(third.array[:, ::-1].copy())
    a, b = (np.einsum("ti,eoi->teo", X, w.array) for w in (first, third))
    silu = a / (1 + np.exp(-a))
    expected = mixed(2, silu * b, second.array, softmax(SCORES)).astype(np.float32)
    for name in ("silu", "swiglu"):
        given: dict[str, Any] = {"k": 2, "activation_type": name, "expected": expected}
        agreed("MoE", X, SCORES, first, None, second, None, third, **given)
    both = fixed(np.concatenate([first.array, third.array], 1))
    given["swiglu_fusion"] = 2
    agreed("MoE", X, SCORES, both, None, second, **given)


# ---- quantised


def quantised(outputs: int, inputs: int, bits: int, block: int) -> tuple[Any, Any, np.ndarray]:
    """Packed rows, their scales, and what they stand for."""
    random = np.random.default_rng(outputs)
    integers = random.integers(0, 2**bits, (EXPERTS * outputs, inputs))
    scales = random.uniform(0.01, 0.1, (EXPERTS * outputs, inputs // block)).astype(np.float32)
    real = (integers - 2 ** (bits - 1)) * scales.repeat(block, 1)
    rows = fixed(packed(integers, bits).reshape(EXPERTS, outputs, -1))
    shape = (EXPERTS, outputs, -1) if block < inputs else (EXPERTS, outputs)
    return rows, fixed(scales.reshape(shape)), real.reshape(EXPERTS, outputs, inputs)


@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize("block", [16, 0])
def test_quantised_experts(bits: int, block: int) -> None:
    first, first_scale, a = quantised(INNER, WIDTH, bits, block or WIDTH)
    second, second_scale, b = quantised(WIDTH, INNER, bits, INNER)
    if block:
        second_scale = fixed(second_scale.array[..., None])
    inner = np.maximum(np.einsum("ti,eoi->teo", X, a), 0)
    expected = mixed(1, inner, b, np.ones_like(SCORES)).astype(np.float32)
    given: dict[str, Any] = {"k": 1, "expert_weight_bits": bits, "activation_type": "relu"}
    if block:
        given["block_size"] = block
    weights = first, first_scale, None, second, second_scale
    agreed("QMoE", X, SCORES, *weights, expected=expected, **given)
    if bits == 4 and block:
        # The kernels for other widths round the activations, too.
        agreed("QMoE", X, SCORES, *weights, **given)


def test_zero_points_and_mixing_weights() -> None:
    first, first_scale, a = quantised(INNER, WIDTH, 4, 16)
    second, second_scale, b = quantised(WIDTH, INNER, 4, 16)
    second_scale = fixed(second_scale.array[..., None])
    middles = np.random.default_rng(5).integers(0, 16, (EXPERTS * INNER, 2))
    zeros = fixed(packed(middles, 4).reshape(EXPERTS, INNER, 1))
    shifts = (8 - middles).reshape(EXPERTS, INNER, 2) * first_scale.array
    inner = np.maximum(np.einsum("ti,eoi->teo", X, a + shifts.repeat(16, 2)), 0)
    mixing = numbers(5, EXPERTS, low=0.1, high=1)
    rest = np.argsort(-SCORES, 1)[:, 2:]
    chosen = mixing.copy()
    np.put_along_axis(chosen, rest, 0, 1)
    chosen /= chosen.sum(1, keepdims=True)
    given: dict[str, Any] = {"k": 2, "block_size": 16, "normalize_routing_weights": 1}
    weights = first, first_scale, None, second, second_scale, None, None, None, None, zeros
    expected = mixed(2, inner, b, chosen).astype(np.float32)
    agreed("QMoE", X, SCORES, *weights, None, None, mixing, expected=expected, **given)
    agreed("QMoE", X, SCORES, *weights, None, None, mixing, **given)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"use_sparse_mixer": 1}, "sparse mixer"),
        ({"activation_type": "tanh"}, "activation 'tanh'"),
        ({"activation_type": "swiglu"}, "third layer"),
    ],
)
def test_mixtures_that_are_refused(options: dict[str, Any], match: str) -> None:
    given = X, SCORES, matrices(INNER, WIDTH), None, matrices(WIDTH, INNER)
    refused("MoE", *given, match=match, domain=MICROSOFT, **options)


@pytest.mark.parametrize(
    ("options", "match"),
    [({"quant_type": "fp8"}, "quant_type fp8"), ({"weights_prepacked": 1}, "layout of weights")],
)
def test_quantised_mixtures_that_are_refused(options: dict[str, Any], match: str) -> None:
    weights = *quantised(INNER, WIDTH, 4, 16)[:2], None, *quantised(WIDTH, INNER, 4, 8)[:2]
    refused("QMoE", X, SCORES, *weights, match=match, domain=MICROSOFT, block_size=16, **options)
