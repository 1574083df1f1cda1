"""An extension, a model that it is for, and the numbers that the model then has."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import onnx

from tests.classic.conftest import Workshop

X = np.array([[1, -2, 3], [4, 5, -6]], np.float32)


class Case(NamedTuple):
    """``expected`` computes the outputs from X (or from ``given``)."""

    name: str
    source: str
    model: onnx.ModelProto
    expected: Callable[[np.ndarray], np.ndarray | list[np.ndarray]]
    given: np.ndarray = X

    def __str__(self) -> str:
        return self.name

    def check(self, workshop: Workshop, place: str, head: str) -> None:
        """Convert with the extension as the file ``place``, and compare in the runtime."""
        workshop.write(**{place: head + self.source})
        results = workshop.outputs(self.model, self.given)
        expected = self.expected(self.given)
        expected = expected if isinstance(expected, list) else [expected]
        assert len(results) == len(expected)
        for result, wanted in zip(results, expected):
            np.testing.assert_allclose(result, wanted, rtol=1e-5, atol=1e-6)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def softmax(x: np.ndarray) -> np.ndarray:
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)
