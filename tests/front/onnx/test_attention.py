"""Attention, FlexAttention, rotary embedding, caches.

Where onnxruntime has no kernel or differs from the standard, the evaluator of the package onnx
says what is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.comparing import operations
from tests.front.onnx.microsoft import agreed as agreed_by_microsoft
from tests.front.onnx.running import agree, agree_model, refused
from tests.models.nodes import fixed, numbers, single

# Batch, and number of queries or keys; how many heads there are and how large is known.
OPEN = (0, 2)
Q, K, V = numbers(2, 4, 5, 8), numbers(2, 4, 6, 8, high=1), numbers(2, 4, 6, 3)
PAST_K, PAST_V = numbers(2, 4, 3, 8), numbers(2, 4, 3, 3)


def agreed(*inputs: Any, **options: Any) -> Any:
    return agree("Attention", *inputs, **{"opset": 23, "dynamic": OPEN, **options})


def as_defined(op: str, *inputs: Any, dynamic: Any = True, **options: Any) -> Any:
    """Agreement with the standard's own evaluator."""
    how = {key: options.pop(key) for key in ("opset", "outputs", "domain") if key in options}
    model = single(op, inputs, attributes=options, **how)
    arrays = [value for value in inputs if isinstance(value, np.ndarray)]
    feeds = {item.name: array for item, array in zip(model.graph.input, arrays)}
    expected = ReferenceEvaluator(model).run(None, feeds)
    assert isinstance(expected, Sequence)
    return agree_model(model, arrays, dynamic=dynamic, expected=[np.asarray(e) for e in expected])


@pytest.mark.parametrize("opset", [23, 24])
@pytest.mark.parametrize("scale", [None, 0.3])
def test_heads_as_an_axis(opset: int, scale: float | None) -> None:
    agreed(Q, K, V, opset=opset, scale=scale, dynamic=True)


def test_heads_side_by_side() -> None:
    q, k, v = numbers(2, 5, 32), numbers(2, 6, 32, high=1), numbers(2, 6, 12)
    agreed(q, k, v, q_num_heads=4, kv_num_heads=4, dynamic=True)


@pytest.mark.parametrize("heads", [1, 2])
def test_keys_shared_by_several_heads(heads: int) -> None:
    agreed(Q, K[:, :heads], V[:, :heads], dynamic=True)
    q, k, v = numbers(2, 5, 32), numbers(2, 6, 8 * heads, high=1), numbers(2, 6, 3 * heads)
    agreed(q, k, v, q_num_heads=4, kv_num_heads=heads, dynamic=True)


@pytest.mark.parametrize("shape", [(5, 6), (4, 5, 6), (2, 1, 5, 6)])
@pytest.mark.parametrize("scale", [None, 0.3])
def test_masks(shape: tuple[int, ...], scale: float | None) -> None:
    agreed(Q, K, V, numbers(*shape), scale=scale, dynamic=True)
    allowed = numbers(*shape) > -1
    allowed[..., 0] = True
    agreed(Q, K, V, allowed, scale=scale, dynamic=True)


@pytest.mark.parametrize("shape", [(6,), (1, 6), (2, 1, 1, 6)])
def test_masks_that_hold_for_all_queries(shape: tuple[int, ...]) -> None:
    as_defined("Attention", Q, K, V, numbers(*shape), opset=23)


@pytest.mark.parametrize("kind", [np.bool_, np.float32])
@pytest.mark.parametrize("softcap", [None, 2.0])
def test_queries_that_see_nothing_give_zeros(kind: Any, softcap: float | None) -> None:
    allowed = numbers(2, 1, 5, 6) > 0
    allowed[1, :, 2] = False
    mask = allowed if kind is np.bool_ else np.where(allowed, 0, -np.inf).astype(np.float32)
    for opset in (23, 24, 25):
        as_defined("Attention", Q, K, V, mask, opset=opset, softcap=softcap)


def test_a_constant_mask_that_hides_nothing_needs_no_such_care() -> None:
    allowed = np.tri(5, 6, dtype=bool)
    assert "Select" not in operations(agreed(Q, K, V, fixed(allowed)))


@pytest.mark.parametrize("kind", [np.bool_, np.float32])
def test_a_short_mask_hides_the_keys_behind_it(kind: Any) -> None:
    mask = numbers(5, 4)
    as_defined("Attention", Q, K, V, mask > -1 if kind is np.bool_ else mask, opset=24)


@pytest.mark.parametrize("scale", [None, 0.3])
def test_what_comes_later_is_not_seen(scale: float | None) -> None:
    graph = agreed(Q, K[:, :, :5], V[:, :, :5], is_causal=1, scale=scale, dynamic=True)
    assert operations(graph) == ["ScaledDotProductAttention"]
    agreed(Q, K, V, numbers(5, 6), is_causal=1, scale=scale, dynamic=True)
    as_defined("Attention", Q, K, V, numbers(2, 1, 5, 6) > 0, is_causal=1, scale=scale, opset=23)


def test_past_keys_and_values() -> None:
    past: dict[str, Any] = {"outputs": 3, "dynamic": True}
    agreed(Q, K, V, None, PAST_K, PAST_V, **past)
    agreed(Q, K, V, numbers(5, 9), PAST_K, PAST_V, **past)
    as_defined("Attention", Q, K, V, None, PAST_K, PAST_V, is_causal=1, opset=23, outputs=3)
    shared = (K[:, :2], V[:, :2], None, PAST_K[:, :2], PAST_V[:, :2])
    agreed(Q, *shared, **past)


def test_an_empty_past() -> None:
    agreed(Q, K, V, None, PAST_K[:, :, :0], PAST_V[:, :, :0], outputs=3)


@pytest.mark.parametrize("causal", [0, 1])
def test_a_number_of_valid_keys(causal: int) -> None:
    # The second sample has more queries than keys.
    for valid in ([6, 5], [5, 3]):
        given = (Q, K, V, None, None, None, np.array(valid))
        as_defined("Attention", *given, is_causal=causal, opset=24)


@pytest.mark.parametrize(("left", "right"), [(1, -1), (-1, 0), (2, 1), (0, 0)])
@pytest.mark.parametrize("causal", [0, 1])
def test_windows(left: int, right: int, causal: int) -> None:
    sides = {"left_window_size": left, "right_window_size": right, "is_causal": causal}
    as_defined("Attention", Q, K, V, opset=25, **sides)
    as_defined("Attention", Q, K, V, numbers(2, 1, 5, 6) > 0, opset=25, **sides)
    as_defined("Attention", Q, K, V, None, PAST_K, PAST_V, opset=25, outputs=3, **sides)


@pytest.mark.parametrize("mode", [0, 1, 2, 3])
@pytest.mark.parametrize("softcap", [None, 1.5])
def test_stages_of_the_scores(mode: int, softcap: float | None) -> None:
    mask = numbers(5, 6)
    given: dict[str, Any] = {"qk_matmul_output_mode": mode, "softcap": softcap, "opset": 24}
    agreed(Q, K, V, mask, outputs=["y", "", "", "qk"], **given)


def test_precision_of_the_softmax() -> None:
    half = [x.astype(np.float16) for x in (Q, K, V)]
    as_defined("Attention", *half, opset=24, softmax_precision=TensorProto.FLOAT, softcap=1.5)


def test_attention_is_one_operation() -> None:
    assert operations(agreed(Q, K, V)) == ["ScaledDotProductAttention"]


def test_what_is_not_valid_is_refused() -> None:
    flat = [np.ascontiguousarray(x.reshape(2, -1, 8)) for x in (Q, K, K)]
    refused("Attention", *flat, opset=23, match="'q_num_heads' is missing")
    refused("Attention", Q, K, V, opset=25, left_window_size=-2, match="size below -1")
    odd: dict[str, Any] = {"qk_matmul_output_mode": 4, "outputs": ["y", "", "", "qk"]}
    refused("Attention", Q, K, V, opset=24, match="qk_matmul_output_mode 4", **odd)


# ---- attention with functions in its midst

PREVIEW: dict[str, Any] = {"domain": "ai.onnx.preview", "opset": 26}


def body(op: str, *constants: Any) -> Any:
    """A function of one tensor: an operation of it and of constants."""
    made = [helper.make_node("Constant", [], ["c"], value=_tensor(c)) for c in constants]
    node = helper.make_node(op, ["x", "c"] if constants else ["x"], ["z"])
    sides = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [None] * 4) for n in "xz"]
    return helper.make_graph([*made, node], "body", sides[:1], sides[1:])


def _tensor(array: Any) -> Any:
    from onnx import numpy_helper

    return numpy_helper.from_array(np.asarray(array, np.float32))


@pytest.mark.parametrize("heads", [4, 2])
def test_flexible_attention(heads: int) -> None:
    given = (Q, K[:, :heads], V[:, :heads])
    as_defined("FlexAttention", *given, scale=0.4, **PREVIEW)
    as_defined("FlexAttention", *given, score_mod=body("Tanh"), **PREVIEW)
    after = body("Mul", np.linspace(0, 1, 6))
    as_defined("FlexAttention", *given, score_mod=body("Neg"), prob_mod=after, **PREVIEW)


# ---- rotary embedding


@pytest.mark.parametrize("interleaved", [0, 1])
@pytest.mark.parametrize("size", [None, 4])
def test_rotary_embedding(interleaved: int, size: int | None) -> None:
    half = (size or 8) // 2
    places = np.array([[0, 1, 2, 3, 4], [3, 4, 5, 6, 7]])
    options: dict[str, Any] = {"interleaved": interleaved, "rotary_embedding_dim": size}
    table = numbers(9, half), numbers(9, half, high=1)
    agree("RotaryEmbedding", Q, *table, places, opset=23, **options)
    agree("RotaryEmbedding", Q, *(t[places] for t in table), opset=23, **options)
    flat = numbers(2, 5, 32)
    agree("RotaryEmbedding", flat, *table, places, opset=23, num_heads=4, **options)


# ---- caches


@pytest.mark.parametrize("mode", ["linear", "circular"])
@pytest.mark.parametrize(("shape", "axis"), [((2, 3, 7, 4), None), ((2, 7, 4), 1), ((2, 3, 7), -1)])
def test_writing_into_a_cache(mode: str, shape: tuple[int, ...], axis: int | None) -> None:
    cache = numbers(*shape)
    update = np.ascontiguousarray(np.take(cache, range(3), -2 if axis is None else axis)) + 9
    as_defined("TensorScatter", cache, update, opset=24, mode=mode, axis=axis)
    start = np.array([1, 5 if mode == "circular" else 4])
    as_defined("TensorScatter", cache, update, start, opset=24, mode=mode, axis=axis)


# ---- states carried along a sequence


@pytest.mark.parametrize("size", [3, 1])
@pytest.mark.parametrize("activation", [None, "silu"])
def test_causal_convolution(size: int, activation: str | None) -> None:
    x, w, bias = numbers(2, 3, 5), fixed(numbers(3, 1, size)), fixed(numbers(3))
    given: dict[str, Any] = {"activation": activation, "outputs": 2}
    as_defined("CausalConvWithState", x, w, opset=27, dynamic=(0, 2), **given)
    past = numbers(2, 3, size - 1)
    as_defined("CausalConvWithState", x, w, bias, past, opset=27, dynamic=(0, 2), **given)
    if size > 1:
        agreed_by_microsoft("CausalConvWithState", x, w, bias, past, dynamic=(0, 2), **given)


def test_causal_convolution_that_is_refused() -> None:
    given: dict[str, Any] = {"domain": "com.microsoft", "outputs": 2}
    x, w = numbers(2, 3, 5), fixed(numbers(3, 1, 3))
    refused("CausalConvWithState", x, w, state_window=2, match="state_window 2", **given)
    refused("CausalConvWithState", x, w, activation="best", match="'best'", **given)


@pytest.mark.parametrize("rule", ["linear", "gated", "delta", "gated_delta"])
def test_linear_attention(rule: str) -> None:
    """By the definition of the standard, whose step is a loop."""
    q, k, v = numbers(2, 5, 16), numbers(2, 5, 8) / 3, numbers(2, 5, 6)
    decay = -np.abs(numbers(2, 5, 2)) if "gated" in rule else None
    beta = numbers(2, 5, 2, low=0, high=1) if "delta" in rule else None
    inputs = (q, k, v, numbers(2, 2, 4, 3), decay, beta)
    given: dict[str, Any] = {"q_num_heads": 4, "kv_num_heads": 2, "update_rule": rule, "outputs": 2}
    as_defined("LinearAttention", *inputs, opset=27, dynamic=(0, 1), **given)
    agreed_by_microsoft("LinearAttention", *inputs, dynamic=(0, 1), **given)
