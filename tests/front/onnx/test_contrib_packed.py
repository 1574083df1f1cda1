"""Tokens without padding: no runtime at hand has them, so padded attention is the reference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.microsoft import MICROSOFT, agreed
from tests.front.onnx.running import reference
from tests.models.nodes import fixed, numbers, single

COUNTS = np.array([1, 4, 2], np.int32)
OFFSETS = np.array([[0, 4, 5, 6], [7, 8, 9, 1], [2, 3, 10, 11]], np.int32)
ENDS = np.array([0, 1, 5, 7], np.int32)
KEPT = OFFSETS.reshape(-1)[:7]
PADDED = numbers(3, 4, 8)
TOKENS = PADDED.reshape(12, 8)[KEPT]


def test_padding_taken_out_and_put_back() -> None:
    longest = np.array([4], np.int32)
    expected = [TOKENS, OFFSETS, ENDS, longest]
    agreed("RemovePadding", PADDED, COUNTS, outputs=4, expected=expected)
    counted = np.arange(4) < COUNTS[:, None]
    agreed("RestorePadding", TOKENS, OFFSETS, expected=PADDED * counted[..., None])


def of_padded(op: str, *inputs: Any, **attributes: Any) -> np.ndarray:
    """The tokens that count of an operation on padded ones."""
    model = single(op, inputs, opset=17, domain=MICROSOFT, attributes=attributes)
    y = reference(model, [value for value in inputs if isinstance(value, np.ndarray)])[0]
    return y.reshape(12, -1)[KEPT]


@pytest.mark.parametrize("bias", [None, numbers(1, 2, 4, 4), numbers(3, 1, 4, 4)])
def test_packed_attention(bias: Any) -> None:
    w, b = fixed(numbers(8, 22)), fixed(numbers(22))
    given: dict[str, Any] = {"num_heads": 2, "qkv_hidden_sizes": [8, 8, 6]}
    wide = None if bias is None else np.broadcast_to(bias, (3, 2, 4, 4)).copy()
    expected = of_padded("Attention", PADDED, w, b, COUNTS, None, wide, **given)
    inputs = TOKENS, w, b, OFFSETS, ENDS, bias
    agreed("PackedAttention", *inputs, expected=expected, tolerance=5e-4, **given)


@pytest.mark.parametrize("biased", [False, True])
def test_packed_multi_head_attention(biased: bool) -> None:
    q, k, v = PADDED, PADDED[..., ::-1].copy(), numbers(3, 4, 8, high=1)
    b = fixed(numbers(24)) if biased else None
    given: dict[str, Any] = {"num_heads": 2, "scale": 0.4}
    expected = of_padded("MultiHeadAttention", q, k, v, b, COUNTS, **given)
    tokens = [x.reshape(12, 8)[KEPT] for x in (q, k, v)]
    given.update(expected=expected, tolerance=5e-4)
    agreed("PackedMultiHeadAttention", *tokens, b, OFFSETS, ENDS, **given)
    together = np.stack([x.reshape(7, 2, 4) for x in tokens], 2)
    agreed("PackedMultiHeadAttention", together, None, None, b, OFFSETS, ENDS, **given)
