"""Attention of the domain com.microsoft, against the kernels of onnxruntime."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.comparing import operations
from tests.front.onnx.microsoft import MICROSOFT, agreed
from tests.front.onnx.running import reference, refused
from tests.models.nodes import fixed, numbers, single

# ---- Attention: projections inside

X, W, B = numbers(2, 4, 8), fixed(numbers(8, 24)), fixed(numbers(24))
PAST = numbers(2, 2, 2, 3, 4)


def some(*shape: int) -> np.ndarray:
    """A mask of zeros and ones."""
    return (numbers(*shape) > 0).astype(np.int32)


MASKS: dict[str, Any] = {
    "none": None,
    "lengths": np.array([2, 4], np.int32),
    "limits": np.array([3, 4, 1, 2], np.int32),
    "keys": some(2, 4),
    "matrix": some(2, 4, 4),
}


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("causal", [0, 1])
def test_attention_with_its_projections(mask: str, causal: int) -> None:
    given = {"num_heads": 2, "unidirectional": causal, "tolerance": 5e-4}
    graph = agreed("Attention", X, W, B, MASKS[mask], **given)
    assert "ScaledDotProductAttention" in operations(graph)
    agreed("Attention", X, W, B, MASKS[mask], None, numbers(2, 2, 4, 4), **given)


@pytest.mark.parametrize("mask", [None, some(2, 7), some(2, 4, 7)])
@pytest.mark.parametrize("causal", [0, 1])
def test_attention_with_a_past(mask: Any, causal: int) -> None:
    given = {"num_heads": 2, "unidirectional": causal, "outputs": 2, "tolerance": 5e-4}
    agreed("Attention", X, W, B, mask, PAST, **given)
    agreed("Attention", X, W, B, None, PAST[:, :, :, :0], **given)


def test_values_of_another_size() -> None:
    w, b = fixed(numbers(8, 22)), fixed(numbers(22))
    given = {"num_heads": 2, "scale": 0.4, "mask_filter_value": -50.0}
    agreed("Attention", X, w, b, some(2, 4), qkv_hidden_sizes=[8, 8, 6], **given)


def test_a_mask_for_the_longest_sequence() -> None:
    """There is no kernel for it."""
    mask = some(2, 1, 9, 9)
    mask[:, :, :, 0] = 1
    q, k, v = (
        part.reshape(2, 4, 2, 4).transpose(0, 2, 1, 3)
        for part in np.split(X @ W.array + B.array, 3, -1)
    )
    k, v = (np.concatenate([old, new], 2) for old, new in zip(PAST, (k, v)))
    scores = q @ k.swapaxes(2, 3) / 2 + np.where(mask[:, :, 3:7, :7] > 0, 0, -10000.0)
    shares = np.exp(scores - scores.max(-1, keepdims=True))
    y = shares / shares.sum(-1, keepdims=True) @ v
    expected = y.transpose(0, 2, 1, 3).reshape(2, 4, 8).astype(np.float32)
    agreed("Attention", X, W, B, mask, PAST, num_heads=2, expected=expected)


def test_attention_that_is_refused() -> None:
    given: dict[str, Any] = {"domain": MICROSOFT, "num_heads": 2}
    refused("Attention", X, W, B, do_rotary=1, match="do_rotary 1", **given)
    packed = np.zeros(8, np.int32)
    refused("Attention", X, W, B, packed, match="8 numbers for 2 samples", **given)


# ---- MultiHeadAttention: projections outside

Q, K, V = numbers(2, 3, 8), numbers(2, 4, 8, high=1), numbers(2, 4, 8) * np.float32(0.7)
BIAS = fixed(numbers(24))
TWO = {"num_heads": 2}


@pytest.mark.parametrize("mask", ["none", "lengths", "keys", "matrix"])
def test_queries_keys_and_values_apart(mask: str) -> None:
    given = MASKS[mask] if mask != "matrix" else some(2, 3, 4)
    agreed("MultiHeadAttention", Q, K, V, BIAS, given, num_heads=2)
    agreed("MultiHeadAttention", Q, K, V, None, given, numbers(1, 2, 3, 4), num_heads=2, scale=0.3)


@pytest.mark.parametrize("causal", [0, 1])
def test_past_keys_and_values(causal: int) -> None:
    past = numbers(2, 2, 3, 4), numbers(2, 2, 3, 4, high=1)
    new = Q, Q + np.float32(1), Q * np.float32(0.5)
    given = {"num_heads": 2, "unidirectional": causal, "outputs": 3}
    agreed("MultiHeadAttention", *new, BIAS, None, None, *past, **given)
    agreed("MultiHeadAttention", *new, None, some(2, 6), numbers(1, 2, 3, 6), *past, **given)


def test_keys_and_values_of_an_encoder() -> None:
    cached = numbers(2, 2, 4, 4), numbers(2, 2, 4, 4, high=1)
    agreed("MultiHeadAttention", Q, *cached, num_heads=2)
    agreed("MultiHeadAttention", Q, *cached, BIAS, num_heads=2)


def test_the_bare_scores() -> None:
    named = ["y", "", "", "scores"]
    agreed("MultiHeadAttention", Q, K, V, BIAS, some(2, 4), num_heads=2, outputs=named)


def test_packed_queries_keys_and_values() -> None:
    """There is no kernel for them: the same, apart, must give the same."""
    together = np.stack(
        [Q.reshape(2, 3, 2, 4), Q.reshape(2, 3, 2, 4) + 1, Q.reshape(2, 3, 2, 4)], 3
    )
    apart = single(
        "MultiHeadAttention",
        (Q, Q + np.float32(1), Q),
        opset=17,
        domain=MICROSOFT,
        attributes={"num_heads": 2},
    )
    expected = reference(apart, (Q, Q + np.float32(1), Q))
    agreed("MultiHeadAttention", together, num_heads=2, expected=expected)


@pytest.mark.parametrize("mask", [None, some(2, 4)])
def test_one_query_of_a_decoder_whose_cache_is_written_in_place(mask: Any) -> None:
    """Of the cache [N, H, longest, E] three places are filled."""
    past = numbers(2, 2, 9, 4), numbers(2, 2, 9, 4, high=1)
    new = Q[:, :1], Q[:, 1:2], Q[:, 2:]
    given = (*new, mask, None, *past, fixed([3], np.int32))
    options = {"num_heads": 2, "outputs": 3, "past_present_share_buffer": 1}
    agreed("DecoderMaskedMultiHeadAttention", *given, **options)
    agreed("DecoderMaskedMultiHeadAttention", *given, None, None, BIAS, **options)


def test_one_query_of_a_decoder_for_an_encoder() -> None:
    """The kernel does not know it, but that for any number of queries does."""
    given = Q[:, :1], numbers(2, 2, 4, 4), numbers(2, 2, 4, 4, high=1)
    model = single("MultiHeadAttention", given, opset=17, domain=MICROSOFT, attributes=TWO)
    agreed("DecoderMaskedMultiHeadAttention", *given, **TWO, expected=reference(model, given))


def test_a_cache_shared_by_beams_is_refused() -> None:
    cache, length, beams = numbers(2, 2, 4, 4), fixed([3], np.int32), np.zeros((2, 1, 4), np.int32)
    given = (Q[:, :1], Q[:, :1], Q[:, :1], None, None, cache, cache, length, None, beams)
    options: dict[str, Any] = {"domain": MICROSOFT, "num_heads": 2, "match": "shared by beams"}
    refused("DecoderMaskedMultiHeadAttention", *given, **options)


# ---- rotary embedding


@pytest.mark.parametrize("interleaved", [0, 1])
@pytest.mark.parametrize("places", [np.array([3]), np.array([[0, 1, 2], [4, 5, 6]])])
def test_rotary_embedding(interleaved: int, places: np.ndarray) -> None:
    tables = fixed(numbers(9, 4)), fixed(numbers(9, 4, high=1))
    agreed("RotaryEmbedding", numbers(2, 2, 3, 8), places, *tables, interleaved=interleaved)
    agreed("RotaryEmbedding", numbers(2, 3, 16), places, *tables, interleaved=interleaved)
    given = {"interleaved": interleaved, "num_heads": 2, "rotary_embedding_dim": 8}
    agreed("RotaryEmbedding", numbers(2, 3, 32), places, *tables, **given)


# ---- GroupQueryAttention

COUNTS = {"num_heads": 4, "kv_num_heads": 2}
TABLES = fixed(numbers(12, 8)), fixed(numbers(12, 8, high=1))


def grouped(tokens: int, past: int, lengths: list[int], *rest: Any, **options: Any) -> Any:
    """New tokens for a cache with ``past`` places; ``lengths``: of the samples, with them."""
    queries = numbers(len(lengths), tokens, 64)
    new = numbers(len(lengths), tokens, 32, high=1), numbers(len(lengths), tokens, 32)
    cache = numbers(len(lengths), 2, past, 16), numbers(len(lengths), 2, past, 16, high=1)
    last = np.array(lengths, np.int32) - 1
    total = np.array(max(lengths), np.int32)
    given = {**COUNTS, "outputs": 3, **options}
    return agreed("GroupQueryAttention", queries, *new, *cache, last, total, *rest, **given)


ROTARY = {"do_rotary": 1}
LENGTHS = [(3, 0, [3, 3]), (3, 0, [2, 3]), (1, 4, [5, 5]), (3, 4, [7])]


@pytest.mark.parametrize(("tokens", "past", "lengths"), LENGTHS)
@pytest.mark.parametrize(("rotary", "window"), [(None, None), (None, 2), (0, 2), (1, None)])
def test_group_query_attention(
    tokens: int, past: int, lengths: list[int], rotary: int | None, window: int | None
) -> None:
    if rotary is None:
        grouped(tokens, past, lengths, local_window_size=window)
        return
    options = {"do_rotary": 1, "rotary_interleaved": rotary, "local_window_size": window}
    grouped(tokens, past, lengths, *TABLES, **options)


MORE = [{"softcap": 2.0}, {"scale": 0.2}, {"causal": 0}, {"smooth_softmax": 1}]


@pytest.mark.parametrize("option", MORE, ids=str)
def test_group_query_attention_with_more(option: dict[str, Any]) -> None:
    grouped(3, 4, [7], **option)


@pytest.mark.parametrize(("tokens", "past", "lengths"), [(3, 0, [2, 3]), (3, 4, [7])])
def test_group_query_attention_with_a_bias_and_a_sink(
    tokens: int, past: int, lengths: list[int]
) -> None:
    bias = numbers(1, 4, tokens, max(lengths))
    grouped(tokens, past, lengths, None, None, None, bias)
    grouped(tokens, past, lengths, None, None, None, None, fixed(numbers(4)))


def test_group_query_attention_of_packed_tensors() -> None:
    packed, last = numbers(2, 3, 64), np.array([2, 2], np.int32)
    cache = numbers(2, 2, 0, 8)
    total = np.array(3, np.int32)
    given = (packed, None, None, cache, cache, last, total)
    agreed("GroupQueryAttention", *given, **COUNTS, outputs=3)


def test_a_cache_longer_than_its_contents() -> None:
    """What lies behind the contents is not defined."""
    queries, new = numbers(2, 1, 64), numbers(2, 1, 32, high=1)
    cache = numbers(2, 2, 8, 16)
    cache[0, :, 2:] = cache[1, :, 4:] = 0
    last, total = np.array([2, 4], np.int32), np.array(5, np.int32)
    given = (queries, new, new, cache, cache, last, total)
    agreed("GroupQueryAttention", *given, outputs=3, **COUNTS)
    agreed("GroupQueryAttention", *given, *TABLES, do_rotary=1, outputs=3, **COUNTS)


def test_norms_of_queries_and_keys() -> None:
    """There is no kernel for them."""

    def normal(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
        cut = x.reshape(*x.shape[:2], -1, 8)
        root = np.sqrt((cut * cut).mean(-1, keepdims=True) + np.float32(1e-6))
        return (cut / root * weight).reshape(x.shape)

    q, k, w = numbers(2, 3, 32), numbers(2, 3, 16, high=1), (numbers(8), numbers(8, high=1))
    rest = (k, numbers(2, 2, 0, 8), numbers(2, 2, 0, 8), np.array([2, 2], np.int32))
    total = np.array(3, np.int32)
    plain = (normal(q, w[0]), normal(k, w[1]), *rest, total)
    model = single("GroupQueryAttention", plain, opset=17, domain=MICROSOFT, attributes=COUNTS)
    nothing = (None,) * 7
    weights = map(fixed, w)
    agreed(
        "GroupQueryAttention",
        q,
        k,
        *rest,
        total,
        *nothing,
        *weights,
        **COUNTS,
        expected=reference(model, plain),
    )


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"k_quant_type": "PER_TENSOR"}, "k_quant_type PER_TENSOR"),
        ({"sliding_window_cache": 1}, "as long as the window"),
        ({"do_rotary": 1}, "tables of its rotary embedding are missing"),
        ({"outputs": ["y", "k", "v", "scores"]}, "output of the scores"),
    ],
)
def test_group_query_attention_that_is_refused(options: dict[str, Any], match: str) -> None:
    q, k, cache = numbers(2, 1, 32), numbers(2, 1, 16), numbers(2, 2, 4, 8)
    lengths = np.array([4, 4], np.int32), np.array(5, np.int32)
    given = (q, k, k, cache, cache, *lengths)
    refused("GroupQueryAttention", *given, domain=MICROSOFT, match=match, **COUNTS, **options)
