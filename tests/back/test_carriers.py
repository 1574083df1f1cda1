"""Element types that the IR does not have."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

from extensions.back.carriers import carry
from extensions.ops.arithmetic import Multiply
from extensions.ops.conversion import Convert, Widen
from extensions.ops.movement import Concat
from extensions.ops.shaping import Reshape
from mo.errors import UnsupportedError
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.op import Constant
from mo.graph.show import show

I2, F32 = ElementType.i2, ElementType.f32
INT2 = np.array([-2, -1, 0, 1, 1], ml_dtypes.int2)


@pytest.fixture
def g() -> Graph:
    return Graph()


def constants(g: Graph) -> list[np.ndarray]:
    return [node.outputs[0].value() for node in g.nodes_of(Constant)]


def test_inputs_keep_their_order_and_take_a_wider_type(g: Graph) -> None:
    x, y = g.input("x", (5,), I2), g.input("y", (5,), F32)
    moved = g.add(Reshape(), x, [5])
    g.output(g.add(Multiply(), g.add(Convert(destination_type=F32), moved), y))
    assert carry(g) == 1
    assert show(g, types=True).splitlines()[:3] == [
        "x: Parameter i8[5]",
        "y: Parameter f32[5]",
        "Reshape: Reshape(x, [5]) -> i8[5]",
    ]


@pytest.mark.parametrize("kind", [ElementType.f8e4m3fnuz, ElementType.f8e5m2fnuz])
def test_all_numbers_of_a_float_type_are_kept(g: Graph, kind: ElementType) -> None:
    numbers = np.arange(256, dtype=np.uint8).view(kind.numpy)
    g.output(g.add(Widen(destination_type=F32), g.constant(numbers)))
    carry(g)
    (carried,) = constants(g)
    assert carried.dtype == np.float16
    np.testing.assert_array_equal(carried.astype("f4"), numbers.astype("f4"))


def test_weights_stay_as_small_as_can_be(g: Graph) -> None:
    g.output(g.add(Widen(destination_type=F32), g.constant(INT2)))
    carry(g)
    (carried,) = constants(g)
    assert carried.dtype == ElementType.i4.numpy
    assert carried.astype(int).tolist() == [-2, -1, 0, 1, 1]


def test_but_go_together_with_inputs(g: Graph) -> None:
    joined = g.add(Concat(axis=0), g.constant(INT2), g.input("x", (3,), I2))
    g.output(g.add(Convert(destination_type=F32), joined))
    carry(g)
    assert joined.dtype is ElementType.i8


def test_conversions_to_two_bits(g: Graph) -> None:
    narrow = g.add(Convert(destination_type=I2), g.input("x", (3,), F32))
    g.output(g.add(Convert(destination_type=F32), narrow))
    carry(g)
    assert narrow.dtype is ElementType.i8


def test_what_no_runtime_rounds_to_is_refused(g: Graph) -> None:
    narrow = g.add(Convert(destination_type=ElementType.f8e5m2fnuz), g.input("x", (3,), F32))
    g.output(g.add(Convert(destination_type=F32), narrow))
    with pytest.raises(UnsupportedError, match="rounds to f8e5m2fnuz"):
        carry(g)


def test_an_output_is_refused(g: Graph) -> None:
    g.output(g.input("x", (3,), I2))
    with pytest.raises(UnsupportedError, match="'x' has the element type i2"):
        carry(g)


def test_a_graph_without_such_types_is_left_alone(g: Graph) -> None:
    g.output(g.add(Convert(destination_type=ElementType.i4), g.input("x", (3,), F32)))
    assert carry(g) == 0
