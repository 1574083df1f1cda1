"""Convolutions are written so that the runtime computes them whatever comes before."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("openvino")

from extensions.back.workarounds import RULES
from extensions.ops.convolution import Convolution
from extensions.ops.unary import Sin
from mo.graph.graph import Graph
from mo.middle.rewriter import apply
from tests.ops import runtime

X = np.random.default_rng(0).normal(size=(2, 3, 6, 5)).astype(np.float32)
WEIGHTS = np.random.default_rng(1).normal(size=(4, 3, 1, 1)).astype(np.float32)


def built(weights: np.ndarray, strides: tuple[int, int], begin: int, end: int) -> Graph:
    op = Convolution(
        strides=strides, dilations=(1, 1), pads_begin=(begin, begin), pads_end=(end, end)
    )
    g = Graph()
    g.output(g.add(op, g.add(Sin(), g.input("x", X.shape)), g.constant(weights), name="y"))
    return g


@pytest.mark.parametrize(("begin", "end"), [(1, 1), (0, 1), (2, 0)])
@pytest.mark.parametrize("strides", [(2, 2), (1, 3)])
def test_points_of_padded_data(strides: tuple[int, int], begin: int, end: int) -> None:
    g = built(WEIGHTS, strides, begin, end)
    assert apply(g, *RULES) == 1
    (result,) = runtime.run(g, [X])
    padded = np.pad(np.sin(X), ((0, 0), (0, 0), (begin, end), (begin, end)))
    points = padded[:, :, :: strides[0], :: strides[1]]
    wanted = np.einsum("nchw,oc->nohw", points, WEIGHTS[:, :, 0, 0])
    np.testing.assert_allclose(result, wanted, rtol=1e-4, atol=1e-5)


def test_other_convolutions_stay() -> None:
    wide = np.ones((4, 3, 1, 3), np.float32)
    for graph in (
        built(WEIGHTS, (2, 2), 0, 0),
        built(WEIGHTS, (1, 1), 1, 1),
        built(wide, (2, 2), 1, 1),
    ):
        assert apply(graph, *RULES) == 0
