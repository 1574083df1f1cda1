"""Attention."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.running import agree, operations, refused
from tests.models.nodes import numbers

# Batch, and number of queries or keys; how many heads there are and how large is known.
OPEN = (0, 2)
Q, K, V = numbers(2, 4, 5, 8), numbers(2, 4, 6, 8, high=1), numbers(2, 4, 6, 3)


def agreed(*inputs: Any, **options: Any) -> Any:
    return agree("Attention", *inputs, **{"opset": 23, "dynamic": OPEN, **options})


@pytest.mark.parametrize("opset", [23, 24])
@pytest.mark.parametrize("scale", [None, 0.3])
def test_heads_as_an_axis(opset: int, scale: float | None) -> None:
    agreed(Q, K, V, opset=opset, scale=scale)


def test_heads_side_by_side() -> None:
    q, k, v = numbers(2, 5, 32), numbers(2, 6, 32, high=1), numbers(2, 6, 12)
    agreed(q, k, v, q_num_heads=4, kv_num_heads=4, dynamic=(0, 1))


@pytest.mark.parametrize("heads", [1, 2])
def test_keys_shared_by_several_heads(heads: int) -> None:
    agreed(Q, K[:, :heads], V[:, :heads])
    q, k, v = numbers(2, 5, 32), numbers(2, 6, 8 * heads, high=1), numbers(2, 6, 3 * heads)
    agreed(q, k, v, q_num_heads=4, kv_num_heads=heads, dynamic=(0, 1))


@pytest.mark.parametrize("shape", [(5, 6), (4, 5, 6), (2, 1, 5, 6)])
@pytest.mark.parametrize("scale", [None, 0.3])
def test_masks(shape: tuple[int, ...], scale: float | None) -> None:
    dynamic = OPEN if len(shape) == 4 else False
    agreed(Q, K, V, numbers(*shape), scale=scale, dynamic=dynamic)
    allowed = numbers(*shape) > -1
    allowed[..., 0] = True
    agreed(Q, K, V, allowed, scale=scale, dynamic=dynamic)


@pytest.mark.parametrize("scale", [None, 0.3])
def test_what_comes_later_is_not_seen(scale: float | None) -> None:
    agreed(Q, K[:, :, :5], V[:, :, :5], is_causal=1, scale=scale)


def test_past_keys_and_values() -> None:
    past_key, past_value = numbers(2, 4, 3, 8), numbers(2, 4, 3, 3)
    agreed(Q, K, V, None, past_key, past_value, outputs=3)
    agreed(Q, K, V, numbers(5, 9), past_key, past_value, outputs=3, dynamic=False)


def test_attention_is_one_operation() -> None:
    assert operations(agreed(Q, K, V)) == ["ScaledDotProductAttention"]


def test_what_has_no_form_is_refused() -> None:
    given: dict[str, Any] = {"opset": 23}
    flat = [np.ascontiguousarray(x.reshape(2, -1, 8)) for x in (Q, K, K)]
    refused("Attention", *flat, match="'q_num_heads' is missing", **given)
