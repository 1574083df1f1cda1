"""Sigmoids are written so that the runtime uses the parameters that they have."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("openvino")

from extensions.back.workarounds import RULES
from extensions.ops.activation import HardSigmoid
from mo.graph.graph import Graph
from mo.middle.rewriter import apply
from tests.ops import runtime

X = np.linspace(-2, 2, 9, dtype=np.float32)


def built(alpha: float, beta: float) -> Graph:
    g = Graph()
    g.output(g.add(HardSigmoid(), g.input("x", X.shape), alpha, beta))
    return g


@pytest.mark.parametrize(("alpha", "beta"), [(2.0, 0.0), (0.0, 0.3), (0.0, 0.0)])
def test_parameters_that_are_zero(alpha: float, beta: float) -> None:
    g = built(alpha, beta)
    assert apply(g, *RULES) == 1
    (result,) = runtime.run(g, [X])
    np.testing.assert_allclose(result, np.clip(alpha * X + beta, 0, 1), rtol=1e-5)


def test_other_parameters_stay() -> None:
    assert apply(built(0.2, 0.5), *RULES) == 0
