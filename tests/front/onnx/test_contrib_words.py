"""Words by their characters, and hashes."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.onnx.microsoft import MICROSOFT, agreed
from tests.front.onnx.running import refused
from tests.models.nodes import fixed, numbers


@pytest.mark.parametrize("window", [1, 2, 3])
def test_words_of_characters(window: int) -> None:
    """A word of no characters has no defined result."""
    words = [[1, 2, 3, 4, 5, 6], [1, 2, 3, 0, 0, 0], [6, 0, 0, 0, 0, 0], [1, 2, 0, 3, 4, 0]]
    weights, table = numbers(4, 1, window, 3), numbers(7, 3)
    given = np.array(words, np.int32), fixed(weights), fixed(numbers(4)), fixed(table)
    agreed("WordConvEmbedding", *given)
    agreed("WordConvEmbedding", *given, embedding_size=4, conv_window_size=window)


NUMBERS = np.array([[0, 1, -1], [2**31 - 1, -(2**31), 123456789]], np.int32)


@pytest.mark.parametrize("seed", [0, 42, 2**32 - 1])
def test_hashes_of_numbers(seed: int) -> None:
    for keys in (NUMBERS, NUMBERS[:, 0], np.resize(NUMBERS, 37), numbers(3, 5)):
        agreed("MurmurHash3", keys, positive=0, seed=seed)
    agreed("MurmurHash3", fixed(NUMBERS), positive=0, seed=seed)


def test_hashes_whose_bits_runtimes_do_not_keep_are_refused() -> None:
    refused("MurmurHash3", NUMBERS, domain=MICROSOFT, match="keeps 31 bits")
    for kind in (np.int64, np.uint32):
        refused("MurmurHash3", NUMBERS.astype(kind), positive=0, domain=MICROSOFT, match="not keep")


def test_an_example_of_an_operation() -> None:
    agreed("SampleOp", numbers(2, 3))
