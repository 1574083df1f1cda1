"""Counts of n-grams."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.running import agree, refused

ROWS = np.array([[1, 1, 3, 3, 3, 7], [8, 6, 7, 5, 6, 8]], np.int32)
# Two unigrams, three pairs and one triple; the counts change places.
POOL: dict[str, Any] = {
    "ngram_counts": [0, 2, 8],
    "ngram_indexes": [3, 0, 1, 5, 4, 7],
    "pool_int64s": [3, 5, 3, 3, 5, 6, 7, 8, 6, 7, 5],
}
LENGTHS = [(1, 1), (2, 2), (1, 2), (2, 3), (1, 3)]


@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize("skips", [0, 1, 5])
@pytest.mark.parametrize("mode", ["TF", "IDF", "TFIDF"])
def test_counts(lengths: tuple[int, int], skips: int, mode: str) -> None:
    shortest, longest = lengths
    given: dict[str, Any] = {"mode": mode, "max_skip_count": skips, **POOL}
    given |= {"min_gram_length": shortest, "max_gram_length": longest}
    if mode != "TF":
        given["weights"] = [0.5, 2.0, 3.0, 0.25, 1.0, 4.0]
    agree("TfIdfVectorizer", ROWS, **given)
    agree("TfIdfVectorizer", ROWS.astype(np.int64).reshape(-1), **given)


def test_what_has_no_form_is_refused() -> None:
    given: dict[str, Any] = {"mode": "TF", "max_skip_count": 0, "ngram_counts": [0]}
    given |= {"min_gram_length": 1, "max_gram_length": 1}
    twice = {"ngram_indexes": [0, 0], "pool_int64s": [3, 5]}
    refused("TfIdfVectorizer", ROWS, **given, **twice, match="counted together")
    texts = {"ngram_indexes": [0], "pool_strings": ["a"]}
    refused("TfIdfVectorizer", ROWS, **given, **texts, match="strings")
    wrong = {"ngram_indexes": [0], "pool_int64s": [3, 5]}
    refused("TfIdfVectorizer", ROWS, **given, **wrong, match="2 n-grams and 1 places")
