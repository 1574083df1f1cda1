"""Reductions are written so that the runtime computes what follows them, too."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("openvino")

from extensions.back.workarounds.reductions import RULES
from extensions.ops.arithmetic import Add, FakeQuantize, Multiply
from extensions.ops.conversion import Convert
from extensions.ops.reduction import ReduceMax, ReduceMean, ReduceSum
from extensions.ops.shaping import Reshape
from mo.graph.element_type import ElementType
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


@pytest.mark.parametrize("axes", [[1], [1, 2]])
@pytest.mark.parametrize("op", [ReduceSum(), ReduceMean(keep_dims=True)])
def test_sums_of_bytes_over_the_middle_axis(op: Op, axes: list[int]) -> None:
    """Each element of a batch has its own, where a FakeQuantize makes the runtime sum bytes."""
    x = np.random.default_rng(1).uniform(0, 6, (6, 5)).astype(np.float32)
    g = Graph()
    ends = [g.constant(np.float32(end)) for end in (0, 6, 0, 255)]
    steps = g.add(FakeQuantize(levels=256), g.input("x", x.shape), *ends)
    integers = g.add(Convert(destination_type=ElementType.u8), steps)
    floats = g.add(Convert(destination_type=ElementType.f32), integers)
    real = g.add(Reshape(), g.add(Multiply(), floats, 6 / 255), [2, 3, 5])
    g.output(g.add(op, real, axes))
    assert apply(g, *RULES) == 1
    (result,) = runtime.run(g, [x])
    exact = (np.rint(x * (255 / 6)) * (6 / 255)).reshape(2, 3, 5)
    function = np.sum if op.type == "ReduceSum" else np.mean
    keeps = op.type == "ReduceMean"
    np.testing.assert_allclose(result, function(exact, axis=tuple(axes), keepdims=keeps), rtol=1e-4)


def test_bytes_that_are_not_summed_so_stay() -> None:
    g = Graph()
    floats = g.add(
        Convert(destination_type=ElementType.f32), g.input("x", (2, 3, 5), ElementType.u8)
    )
    g.output(g.add(ReduceSum(), floats, [0]))


@pytest.mark.parametrize(
    ("shape", "axes", "sizes"),
    [
        ((2, 1, 4, 5), [2], [0, 5, 1]),
        ((2, 3, 1, 5), [0, 1], [5, 1]),
        ((2, 3, 4, 1), [0, 2], [1, 3]),
    ],
)
def test_axes_of_size_one_move_behind_a_reduction(
    shape: tuple[int, ...], axes: list[int], sizes: list[int]
) -> None:
    g = Graph()
    total = g.add(ReduceSum(), g.input("x", shape), axes)
    g.output(g.add(Reshape(special_zero=True), total, sizes))
    assert apply(g, *RULES) == 1
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    (found,) = runtime.run(g, [x])
    expected = x.sum(tuple(axes))
    expected = expected.reshape([size or expected.shape[0] for size in sizes])
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_reshape_of_fewer_axes_stays_behind_a_reduction() -> None:
    g = Graph()
    g.output(g.add(Reshape(), g.add(ReduceSum(), g.input("x", (2, 3, 4, 5)), [1, 2]), [10]))
    assert apply(g, *RULES) == 0
