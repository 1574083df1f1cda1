"""Hyper-connections, and what searches and training graphs hold, of the domain com.microsoft."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.microsoft import MICROSOFT, agreed
from tests.front.onnx.running import refused
from tests.models.nodes import fixed, numbers

STREAMS, BLOCK = numbers(2, 3, 4, 8), numbers(2, 3, 8)
FLAT = STREAMS.reshape(2, 3, 32)
GATES = [numbers(2, 3, 4), numbers(2, 3, 4, 1), numbers(2, 3, 4, 8, high=1)]


@pytest.mark.parametrize("gates", GATES, ids=lambda gates: str(gates.shape))
def test_streams_reduced(gates: np.ndarray) -> None:
    agreed("HyperConnectionPreMix", STREAMS, gates, reduction_scale=0.5)
    agreed("HyperConnectionPreMix", FLAT, gates, num_branches=4, dynamic=[0, 1])
    if gates.ndim == 4 and gates.shape[3] == 8:
        flat = gates.reshape(2, 3, 32)
        agreed("HyperConnectionPreMix", FLAT, flat, num_branches=4, dynamic=[0, 1])


@pytest.mark.parametrize("gates", GATES, ids=lambda gates: str(gates.shape))
@pytest.mark.parametrize("mix", [None, numbers(2, 3, 4, 4)])
def test_streams_mixed(gates: np.ndarray, mix: Any) -> None:
    agreed("HyperConnectionPostMix", STREAMS, BLOCK, gates, mix)
    agreed("HyperConnectionPostMix", FLAT, BLOCK, gates, mix, num_branches=4, dynamic=[0, 1])


@pytest.mark.parametrize("shape", [None, (8,), (4, 8), (32,)])
def test_streams_normalised(shape: Any) -> None:
    scale = None if shape is None else fixed(numbers(*shape))
    agreed("BranchwiseRMSNorm", STREAMS, scale, epsilon=1e-3)
    agreed("BranchwiseRMSNorm", FLAT, scale, num_branches=4)


def test_engram_gate() -> None:
    query, scales = numbers(2, 3, 4, 8, high=1), [fixed(numbers(4, 8, high=n)) for n in (1, 2, 3)]
    given = STREAMS, query, BLOCK, *scales
    agreed("EngramGate", *given[:-1])
    agreed("EngramGate", *given, outputs=2, epsilon=1e-3)


# ---- searches

IDS = np.array([[1, 2, 3, 1, 2], [4, 4, 4, 4, 4], [5, 1, 5, 2, 5]])


@pytest.mark.parametrize("size", [1, 2, 3, 4, 6])
def test_tokens_that_would_repeat_a_run(size: int) -> None:
    agreed("NGramRepeatBlock", IDS, numbers(3, 7), ngram_size=size)


TEXTS = ([12, 13], [10, 11], [14, 10, 11], [99], [20], [11, 20], [13, 14, 10, 11])


@pytest.mark.parametrize("sizes", [(1, 3), (1, 2), (2, 3), (3, 6)])
def test_where_a_text_goes_on_in_its_source(sizes: tuple[int, int]) -> None:
    source = np.array([10, 11, 12, 13, 14, 10, 11, 20])
    given: dict[str, Any] = {"min_ngram_size": sizes[0], "max_ngram_size": sizes[1], "outputs": 2}
    for text in TEXTS:
        agreed("BifurcationDetector", source, np.array(text), np.array(0), **given)


@pytest.mark.parametrize("wrong", [0, 2, 4, 5])
def test_predictions_up_to_the_first_wrong_one(wrong: int) -> None:
    source = np.array([10, 11, 12, 13, 14, 10, 11, 20])
    predicted = np.append(source[3:], 5)
    predicted[wrong] = 99
    agreed("BifurcationDetector", source, np.array([1, 2]), np.array(3), predicted, outputs=2)


# ---- training


@pytest.mark.parametrize("op", ["BiasDropout", "BitmaskBiasDropout"])
def test_dropouts_do_nothing(op: str) -> None:
    x, bias, residual = numbers(2, 3, 8), fixed(numbers(8)), numbers(2, 3, 8, high=1)
    agreed(op, x, bias, expected=x + bias.array)
    agreed(op, x, bias, residual, fixed(0.3), expected=x + bias.array + residual)
    agreed("BitmaskDropout", x, fixed(0.3), expected=x)


@pytest.mark.parametrize(("axis", "shape"), [(3, (2, 1, 1, 5)), (2, (2, 3, 4, 5)), (-1, (4, 5))])
def test_softmax_with_a_bias(axis: int, shape: tuple[int, ...]) -> None:
    x, bias = numbers(2, 3, 4, 5), numbers(*shape)
    grown = np.exp(x + bias)
    over = (2, 3) if axis == 2 else 3
    expected = grown / grown.sum(over, keepdims=True)
    agreed("BiasSoftmax", x, bias, axis=axis, is_inner_broadcast=0, expected=expected)
    if len(shape) < 4:
        match = "fewer axes"
        refused("BiasSoftmax", x, bias, match=match, domain=MICROSOFT, is_inner_broadcast=1)


def test_whether_all_numbers_are_finite() -> None:
    for x, options, fine in (
        (np.ones(3), {}, True),
        (np.array([1, np.nan]), {}, False),
        (np.array([1, -np.inf]), {}, False),
        (np.array([1, -np.inf]), {"isnan_only": 1}, True),
        (np.array([1, np.nan]), {"isinf_only": 1}, True),
        (np.array([1, -np.inf]), {"isinf_only": 1}, False),
    ):
        both = numbers(2, 2), x.astype(np.float32)
        agreed("IsAllFinite", *both, expected=np.array(fine), **options)
