"""Lists of sizes in few operations; products and squeezes around which nothing is transposed."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

pytest.importorskip("openvino")

from extensions.middle import products, shapes, sizes
from extensions.ops.arithmetic import Multiply
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Transpose
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Unsqueeze
from extensions.ops.unary import Abs
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dim
from mo.middle.rewriter import apply
from tests.ops import runtime

ZERO = np.int64(0)
DATA = np.arange(2 * 6 * 4 * 5, dtype=np.float32).reshape(2, 6, 4, 5)


def image(g: Graph, name: str = "x") -> Output:
    return g.input(name, (Dim(), 6, Dim(1), Dim(1)))


def one(g: Graph, x: Output, axis: int, kind: ElementType = ElementType.i64) -> Output:
    """The size of an axis, as exporters spell it."""
    size = g.add(Gather(), g.add(ShapeOf(output_type=kind), x), np.int64(axis), ZERO)
    return g.add(Unsqueeze(), size, [0])


def count(g: Graph) -> Counter[str]:
    g.prune()
    return Counter(node.op.type for node in g.topological() if node.op.type != "Const")


def test_neighbouring_sizes_are_gathered_at_once() -> None:
    g = Graph()
    x = image(g)
    g.output(g.add(Concat(axis=0), one(g, x, 2), one(g, x, 3)), "y")
    assert apply(g, *sizes.RULES)
    assert count(g) == {"Parameter": 1, "ShapeOf": 1, "Gather": 1, "Result": 1}
    assert runtime.run(g, [DATA])[0].tolist() == [4, 5]


def test_sizes_of_32_bits_stay_so() -> None:
    g = Graph()
    x = image(g)
    kind = ElementType.i32
    parts = [one(g, x, 2, kind), one(g, x, 3, kind), g.constant([7], kind)]
    g.output(g.add(Concat(axis=0), *parts), "y")
    assert apply(g, *sizes.RULES)
    assert count(g) == {"Parameter": 1, "ShapeOf": 1, "Gather": 1, "Concat": 1, "Result": 1}
    assert g.results()[0].inputs[0].dtype is kind
    assert runtime.run(g, [DATA])[0].tolist() == [4, 5, 7]


def test_a_size_that_several_lists_need_is_read_by_each_from_the_shape() -> None:
    """Else the first list to be shortened would leave the others a longer way."""
    g = Graph()
    x = image(g)
    shape = g.add(ShapeOf(), x)
    as_list = g.add(Unsqueeze(), g.add(Gather(), shape, np.int64(2), ZERO), [0])
    g.output(g.add(Concat(axis=0), as_list, g.add(Gather(), shape, [3], ZERO)), "y")
    g.output(g.add(Concat(axis=0), g.constant([-1]), as_list), "z")
    apply(g, *sizes.RULES)
    assert count(g) == {"Parameter": 1, "ShapeOf": 1, "Gather": 2, "Concat": 1, "Result": 2}
    assert [found.tolist() for found in runtime.run(g, [DATA])] == [[4, 5], [-1, 4]]


def test_all_sizes_are_the_shape() -> None:
    g = Graph()
    x = image(g)
    parts = [one(g, x, 0), g.constant([6]), one(g, x, 2), one(g, x, 3)]
    g.output(g.add(Concat(axis=0), *parts), "y")
    assert apply(g, *sizes.RULES)
    assert count(g) == {"Parameter": 1, "ShapeOf": 1, "Result": 1}
    assert runtime.run(g, [DATA])[0].tolist() == [2, 6, 4, 5]


def test_sizes_of_two_tensors_stay_two_pieces() -> None:
    g = Graph()
    x, z = image(g), image(g, "z")
    parts = [one(g, x, 3), one(g, x, 2), g.constant([7]), one(g, z, 0)]
    g.output(g.add(Concat(axis=0), *parts), "y")
    assert apply(g, *sizes.RULES)
    assert count(g)["Gather"] == 2
    assert runtime.run(g, [DATA, DATA[:1]])[0].tolist() == [5, 4, 7, 1]


def test_what_is_as_short_as_can_be_stays() -> None:
    g = Graph()
    x = image(g)
    g.output(g.add(Gather(), g.add(ShapeOf(), x), [2, 3], ZERO), "y")
    g.output(g.add(Gather(), g.add(ShapeOf(), x), np.int64(2), ZERO), "z")
    assert apply(g, *sizes.RULES) == 0


def test_numbers_computed_of_sizes_stay() -> None:
    g = Graph()
    x = image(g)
    twice = g.add(Multiply(), one(g, x, 2), g.constant([2]))
    g.output(g.add(Concat(axis=0), twice, one(g, x, 3)), "y")
    apply(g, *sizes.RULES)
    assert count(g)["Multiply"] == 1
    assert runtime.run(g, [DATA])[0].tolist() == [8, 5]


def test_target_copies_what_stays_in_place_and_leaves_one_open() -> None:
    g = Graph()
    x = image(g)
    parts = [one(g, x, 0), g.constant([2, 3]), one(g, x, 2), one(g, x, 3)]
    g.output(g.add(Reshape(), x, g.add(Concat(axis=0), *parts)), "y")
    assert apply(g, *sizes.RULES)
    assert count(g) == {
        "Parameter": 1,
        "ShapeOf": 1,
        "Gather": 1,
        "Concat": 1,
        "Reshape": 1,
        "Result": 1,
    }
    np.testing.assert_array_equal(runtime.run(g, [DATA])[0], DATA.reshape(2, 2, 3, 4, 5))


def test_target_with_a_size_that_may_be_nothing_is_told_in_full() -> None:
    """Where 0 means to copy, a computed 0 would copy, too."""
    g = Graph()
    x = g.input("x", (Dim(), 6, Dim(), Dim()))
    parts = [one(g, x, 0), g.constant([2, 3]), one(g, x, 2), one(g, x, 3)]
    g.output(g.add(Reshape(), x, g.add(Concat(axis=0), *parts)), "y")
    apply(g, *sizes.RULES)
    reshape = next(iter(g.nodes_of(Reshape)))
    assert not reshape.op.attributes()["special_zero"]
    np.testing.assert_array_equal(runtime.run(g, [DATA])[0], DATA.reshape(2, 2, 3, 4, 5))


def test_sizes_are_read_from_the_first_shape_that_has_them() -> None:
    g = Graph()
    x = image(g)
    turned = g.add(Transpose(), g.add(Abs(), x), [0, 2, 3, 1])
    first, second = one(g, x, 3), one(g, turned, 2)
    rows = g.add(
        Range(output_type=ElementType.i64), ZERO, g.add(Squeeze(), second, [0]), np.int64(1)
    )
    grid = g.add(
        Broadcast(), rows, g.add(Concat(axis=0), one(g, turned, 1), g.add(ShapeOf(), rows))
    )
    g.output(g.add(Concat(axis=0), first, second), "y")
    g.output(grid, "grid")
    assert sizes.share_sizes(g)
    apply(g, *sizes.RULES)
    assert count(g)["ShapeOf"] == 1
    y, found = runtime.run(g, [DATA])
    assert y.tolist() == [5, 5]
    np.testing.assert_array_equal(found, np.tile(np.arange(5), (4, 1)))


# ---- what need not be transposed


@pytest.mark.parametrize("is_read", [False, True])
def test_nothing_is_computed_to_ask_for_its_shape(is_read: bool) -> None:
    """As zeros like what a first step would give, which Keras runs for them."""
    g = Graph()
    x = image(g)
    g.output(g.add(ShapeOf(output_type=ElementType.i32), x))
    y = g.add(MatMul(), g.add(Abs(), x), np.ones((5, 3), np.float32))
    g.output(g.add(ShapeOf(), y))
    if is_read:
        g.output(y)
    assert sizes.share_sizes(g) == (not is_read)
    assert ("MatMul" in count(g)) == is_read
    shape = runtime.run(g, [DATA])[1]
    assert shape.tolist() == [2, 6, 4, 3]
    assert shape.dtype == np.int64


def test_transposes_around_a_squeeze() -> None:
    g = Graph()
    x = g.input("x", (Dim(), 1, Dim(), 5))
    inner = g.add(Squeeze(), g.add(Transpose(), x, [2, 1, 0, 3]), [1])
    g.output(g.add(Transpose(), inner, [1, 0, 2]), "y")
    assert apply(g, *shapes.RULES)
    assert count(g)["Transpose"] == 0
    data = DATA.reshape(6, 1, 8, 5)
    np.testing.assert_array_equal(runtime.run(g, [data])[0], data[:, 0])


def test_transposes_around_a_squeeze_that_do_not_cancel() -> None:
    g = Graph()
    x = g.input("x", (Dim(), 1, Dim(), 5))
    inner = g.add(Squeeze(), g.add(Transpose(), x, [3, 1, 0, 2]), [1])
    g.output(g.add(Transpose(), inner, [2, 0, 1]), "y")
    assert apply(g, *shapes.RULES)
    assert count(g)["Transpose"] == 1
    data = DATA.reshape(6, 1, 8, 5)
    expected = data.transpose(3, 1, 0, 2)[:, 0].transpose(2, 0, 1)
    np.testing.assert_array_equal(runtime.run(g, [data])[0], expected)


@pytest.mark.parametrize("second", [False, True])
@pytest.mark.parametrize("flag", [False, True])
def test_products_transpose_their_factors(second: bool, flag: bool) -> None:
    g = Graph()
    x, w = image(g), image(g, "w")
    turned = g.add(Transpose(), w if second else x, [0, 1, 3, 2])
    op = MatMul(transpose_a=flag, transpose_b=flag)
    g.output(g.add(op, *((x, turned) if second else (turned, w))), "y")
    before = runtime.run(g, [DATA, DATA])
    assert apply(g, *products.TRANSPOSED) == 1
    assert count(g)["Transpose"] == 0
    np.testing.assert_allclose(runtime.run(g, [DATA, DATA])[0], before[0], rtol=1e-6)
