"""Reductions are written so that the runtime computes what follows them, too."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("openvino")

from extensions.back.reductions import RULES
from extensions.ops.arithmetic import Add
from extensions.ops.reduction import ReduceMax, ReduceMean, ReduceSum
from mo.graph.graph import Graph
from mo.graph.op import Op
from mo.graph.show import show
from mo.middle.rewriter import apply
from tests.ops import runtime

X = np.random.default_rng(0).normal(size=(5, 3, 8)).astype(np.float32)
BIAS = np.array([[1, 10, 100]], np.float32)


def built(op: Op, axes: list[int]) -> Graph:
    g = Graph()
    x = g.input("x", X.shape)
    g.output(g.add(Add(), g.add(op, x, axes, name="r"), g.constant(BIAS), name="y"))
    return g


@pytest.mark.parametrize("op", [ReduceSum(), ReduceMean(), ReduceMax()])
def test_a_vector_added_behind_a_reduction(op: Op) -> None:
    function = {"ReduceSum": np.sum, "ReduceMean": np.mean, "ReduceMax": np.max}[op.type]
    g = built(op, [-1])
    assert apply(g, *RULES) == 1
    (result,) = runtime.run(g, [X])
    np.testing.assert_allclose(result, function(X, axis=2) + BIAS, rtol=1e-5)


def test_names_stay() -> None:
    g = built(ReduceSum(), [2])
    apply(g, *RULES)
    assert "r: Squeeze" in show(g)


def test_other_reductions_stay() -> None:
    g = Graph()
    x = g.input("x", (2, 3, 4, 5))
    for op, axes in ((ReduceSum(), [3]), (ReduceSum(keep_dims=True), [2]), (ReduceMax(), [1, 2])):
        g.output(g.add(op, x, axes))
    assert apply(g, *RULES) == 0
