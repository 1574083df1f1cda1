"""Where Transposes between channels last and channels first go, and that numbers stay."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

pytest.importorskip("openvino")

from extensions.middle.layout import sink_transposes
from extensions.ops.activation import PReLU, ReLU
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.blocks import SpaceToBatch
from extensions.ops.convolution import Convolution
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Transpose
from extensions.ops.reduction import ReduceMean
from extensions.ops.shaping import Reshape
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dim
from tests.front.comparing import operations
from tests.ops import runtime

random = np.random.default_rng(0)
IMAGE = random.uniform(-1, 1, (2, 5, 6, 3)).astype(np.float32)


def weights(*shape: int) -> np.ndarray:
    return random.uniform(-1, 1, shape).astype(np.float32)


def convolved(g: Graph, x: Output, channels: int = 4) -> Output:
    """A convolution as front ends with channels last write it."""
    inside = g.add(Transpose(), x, [0, 3, 1, 2])
    size = x.shape[3] if x.shape else None
    assert isinstance(size, int)
    op = Convolution(strides=(1, 1), dilations=(1, 1), pads_begin=(1, 1), pads_end=(1, 1))
    y = g.add(op, inside, g.constant(weights(channels, size, 3, 3)))
    return g.add(Transpose(), y, [0, 2, 3, 1])


def built(build: Callable[[Graph, Output], Output], is_open: bool) -> Graph:
    global random
    random = np.random.default_rng(1)
    g = Graph()
    shape = (Dim(), Dim(), Dim(), 3) if is_open else IMAGE.shape
    g.output(build(g, g.input("x", shape, ElementType.f32)), "y")
    return g


CASES: dict[str, tuple[Callable[[Graph, Output], Output], int]] = {
    "a product of the last axis": (
        lambda g, x: convolved(g, g.add(MatMul(), convolved(g, x), g.constant(weights(4, 7)))),
        2,
    ),
    "a product with transposed weights": (
        lambda g, x: convolved(
            g, g.add(MatMul(transpose_b=True), convolved(g, x), g.constant(weights(7, 4)))
        ),
        2,
    ),
    "a residual around two products": (
        lambda g, x: (
            lambda y: convolved(
                g,
                g.add(
                    Add(),
                    y,
                    g.add(
                        MatMul(),
                        g.add(ReLU(), g.add(MatMul(), y, g.constant(weights(4, 8)))),
                        g.constant(weights(8, 4)),
                    ),
                ),
            )
        )(convolved(g, x)),
        2,
    ),
    "scale and shift per channel": (
        lambda g, x: convolved(
            g,
            g.add(
                Add(),
                g.add(Multiply(), convolved(g, x), g.constant(weights(4))),
                g.constant(weights(4)),
            ),
        ),
        2,
    ),
    "a slope per channel": (
        lambda g, x: convolved(g, g.add(PReLU(), convolved(g, x), g.constant(weights(1, 1, 1, 4)))),
        2,
    ),
    "blocks of places with a border at their end": (
        lambda g, x: convolved(
            g,
            g.add(
                SpaceToBatch(),
                convolved(g, x),
                g.constant(np.int64([1, 2, 3, 1])),
                g.constant(np.int64([0, 1, 0, 0])),
                g.constant(np.int64([0, 0, 3, 0])),
            ),
        ),
        2,
    ),
    "a mean over places": (
        lambda g, x: g.add(ReduceMean(keep_dims=False), convolved(g, x), [1, 2]),
        1,
    ),
}


@pytest.mark.parametrize("is_open", [False, True], ids=["static", "open"])
@pytest.mark.parametrize("name", CASES)
def test_transposes_meet_and_numbers_stay(name: str, is_open: bool) -> None:
    build, left = CASES[name]
    expected = runtime.run(built(build, is_open), [IMAGE])[0]
    graph = built(build, is_open)
    sink_transposes(graph)
    assert operations(graph).count("Transpose") == left
    np.testing.assert_allclose(runtime.run(graph, [IMAGE])[0], expected, atol=1e-5)


def test_a_product_of_two_computed_images_keeps_its_layout() -> None:
    def build(g: Graph, x: Output) -> Output:
        y = convolved(g, x)
        return g.add(MatMul(transpose_b=True), y, y)

    graph = built(build, False)
    sink_transposes(graph)
    expected = runtime.run(built(build, False), [IMAGE])[0]
    np.testing.assert_allclose(runtime.run(graph, [IMAGE])[0], expected, atol=1e-5)


def test_an_image_made_a_row_is_taken_in_by_the_matrix() -> None:
    def build(g: Graph, x: Output) -> Output:
        row = g.add(Reshape(), convolved(g, x), [2, 5 * 6 * 4])
        return g.add(MatMul(), row, g.constant(weights(5 * 6 * 4, 3)))

    graph = built(build, False)
    sink_transposes(graph)
    assert operations(graph).count("Transpose") == 1
    expected = runtime.run(built(build, False), [IMAGE])[0]
    np.testing.assert_allclose(runtime.run(graph, [IMAGE])[0], expected, atol=1e-5)
