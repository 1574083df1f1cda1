"""Places of tokens, and sparse attention, of the domain com.microsoft."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.microsoft import MICROSOFT, agreed
from tests.front.onnx.running import refused
from tests.models.nodes import fixed, numbers

TABLES = fixed(numbers(9, 6)), fixed(numbers(9, 6, high=1))
PLACES = np.random.default_rng(1).integers(0, 9, (3, 2, 4))


@pytest.mark.parametrize("interleaved", [0, 1])
@pytest.mark.parametrize("layout", [0, 1])
def test_places_in_time_height_and_width(interleaved: int, layout: int) -> None:
    given: dict[str, Any] = {"interleaved": interleaved, "mrope_layout": layout}
    given["mrope_section"] = [2, 3, 1] if layout == 0 else [2, 2, 2]
    agreed("MRotaryEmbedding", numbers(2, 3, 4, 12), PLACES, *TABLES, **given)
    part = {"num_heads": 2, "rotary_embedding_dim": 12}
    agreed("MRotaryEmbedding", numbers(2, 4, 32), PLACES, *TABLES, **given, **part)


def test_places_that_are_refused() -> None:
    given = numbers(2, 3, 4, 12), PLACES, *TABLES
    options: dict[str, Any] = {"mrope_section": [2, 2, 2], "domain": MICROSOFT}
    refused("MRotaryEmbedding", *given, match="packed batching", is_packed_batching=1, **options)
    refused("MRotaryEmbedding", *given, match="scale 2.0", scale=2.0, **options)
    options["mrope_section"] = [6]
    refused("MRotaryEmbedding", *given, match="time, height and width", **options)


def test_angles_of_gemma() -> None:
    angles = numbers(2, 3, 4)
    q, r, k, s = (numbers(2, heads, 3, 4, high=high) for heads in (3, 1) for high in (1, 2))
    sines, cosines = np.sin(angles)[:, None], np.cos(angles)[:, None]
    expected = [q * cosines + r * sines, k * cosines + s * sines]
    agreed("GemmaRotaryEmbedding", angles, q, r, k, s, outputs=2, expected=expected)


def test_gated_bias_by_distance() -> None:
    """WavLM (Chen et al.), equations 2 to 4."""
    x, bias, distances = numbers(2, 5, 12), fixed(numbers(12)), numbers(1, 3, 5, 5)
    weight, shift, scale = fixed(numbers(4, 8)), fixed(numbers(8)), fixed(numbers(1, 3, 1, 1))
    queries = (x + bias.array).reshape(2, 5, 3, 4).transpose(0, 2, 1, 3)
    sums = (queries @ weight.array + shift.array).reshape(2, 3, 5, 2, 4).sum(-1)
    one, other = np.split(1 / (1 + np.exp(-sums)), 2, -1)
    expected = (one * (other * scale.array - 1) + 2) * distances
    given = (x, bias, distances, weight, shift, scale)
    agreed("GatedRelativePositionBias", *given, num_heads=3, expected=expected)


# ---- blocks of keys

BLOCK, HEADS, SHARED, SIZE = 16, 4, 2, 8
ENDS = fixed(np.array([[0, 1, 3, 5], [0, 1, 2, 5]], np.int32))
COLUMNS = fixed(np.array([[0, 0, 1, 1, 2], [0, 1, 0, 1, 2]], np.int32))
SEEN = np.array(
    [[[1, 0, 0], [1, 1, 0], [0, 1, 1]], [[1, 0, 0], [0, 1, 0], [1, 1, 1]]],
    bool,
)


def attended(
    q: np.ndarray, cache: list[np.ndarray], new: list[np.ndarray], lengths: list[int]
) -> list[np.ndarray]:
    """Sample by sample, head by head."""
    tokens = q.shape[1]
    keys, values = (old.copy() for old in cache)
    y = np.zeros(q.shape, np.float32)
    for n, length in enumerate(lengths):
        start = length - tokens
        for into, part in zip((keys, values), new):
            into[n, :, start:length] = part[n].reshape(tokens, SHARED, SIZE).transpose(1, 0, 2)
        for head in range(HEADS):
            at = slice(head * SIZE, (head + 1) * SIZE)
            for row in range(tokens):
                place = start + row
                columns = np.arange(place + 1)
                columns = columns[SEEN[head % 2, place // BLOCK, columns // BLOCK]]
                k, v = (x[n, head // (HEADS // SHARED), columns] for x in (keys, values))
                shares = np.exp(k @ q[n, row, at] / np.sqrt(SIZE))
                y[n, row, at] = shares / shares.sum() @ v
    return [y, keys, values]


@pytest.mark.parametrize(("tokens", "lengths"), [(40, [40, 40]), (1, [45, 20])])
def test_sparse_attention(tokens: int, lengths: list[int]) -> None:
    """A prompt, and one more token."""
    q = numbers(2, tokens, HEADS * SIZE, high=1)
    new = [numbers(2, tokens, SHARED * SIZE, high=high) for high in (1, 2)]
    cache = [numbers(2, SHARED, 48, SIZE, high=high) for high in (1, 2)]
    expected = attended(q, cache, new, lengths)
    total = np.array(max(lengths), np.int32)
    inputs = (q, *new, *cache, ENDS, COLUMNS, total, np.array(lengths, np.int32))
    given: dict[str, Any] = {"num_heads": HEADS, "kv_num_heads": SHARED}
    given["sparse_block_size"] = BLOCK
    agreed("SparseAttention", *inputs, outputs=3, expected=expected, **given)


def test_sparse_attention_with_rotary_embedding_is_that_of_turned_queries() -> None:
    tables = fixed(numbers(48, 4)), fixed(numbers(48, 4, high=1))
    q, k, v = numbers(1, 40, 32, high=1), numbers(1, 40, 16, high=1), numbers(1, 40, 16)

    def turned(x: np.ndarray) -> np.ndarray:
        a, b = np.split(x.reshape(1, 40, -1, SIZE), 2, -1)
        cosines, sines = (table.array[None, :40, None] for table in tables)
        return np.concatenate([a * cosines - b * sines, a * sines + b * cosines], -1).reshape(
            x.shape
        )

    cache = [np.zeros((1, SHARED, 48, SIZE), np.float32)] * 2
    expected = attended(turned(q), cache, [turned(k), v], [40])
    counts = np.array(40, np.int32), np.array([40], np.int32)
    inputs = (q, k, v, *cache, ENDS, COLUMNS, *counts, *tables)
    given: dict[str, Any] = {"num_heads": HEADS, "kv_num_heads": SHARED, "do_rotary": 1}
    given["sparse_block_size"] = BLOCK
    agreed("SparseAttention", *inputs, outputs=3, expected=expected, **given)
    refused("SparseAttention", *inputs[:-2], match="tables", domain=MICROSOFT, outputs=3, **given)
    refused(
        "SparseAttention",
        *inputs[:6],
        fixed(COLUMNS.array + 2),
        *inputs[7:],
        match="a block that is not there",
        domain=MICROSOFT,
        outputs=3,
        **given,
    )
