"""Quantised computation in the forms that runtimes recognise."""

from __future__ import annotations

import numpy as np
import pytest

from extensions.middle import integer_products, quantization, unsigned_kernels
from extensions.ops.activation import ReLU, Sigmoid
from extensions.ops.arithmetic import Add, FakeQuantize, Multiply, Subtract
from extensions.ops.conversion import Convert, Widen
from extensions.ops.convolution import Convolution
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Transpose
from extensions.ops.pooling import MaxPool
from extensions.ops.shaping import Reshape
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.show import show
from mo.middle.rewriter import apply

PLAIN = Convolution(strides=(1, 1), pads_begin=(0, 0), pads_end=(0, 0), dilations=(1, 1))
U8, I8, I32, F32 = ElementType.u8, ElementType.i8, ElementType.i32, ElementType.f32


def quantized(
    g: Graph, x: Output, step: float = 0.5, zero: float = 100, kind: ElementType = U8
) -> Output:
    low, high = map(float, kind.limits)
    edges = (step * (low - zero), step * (high - zero), low, high)
    return g.add(Convert(destination_type=kind), g.add(FakeQuantize(levels=256), x, *edges))


def dequantized(g: Graph, q: Output, step: float = 0.5, zero: float = 100) -> Output:
    floats = g.add(Convert(destination_type=F32), q)
    return g.add(Multiply(), g.add(Subtract(), floats, float(zero)), float(step))


def after(g: Graph, *results: Output) -> list[str]:
    """The lines of the graph behind its input."""
    for index, result in enumerate(results):
        g.output(result, f"y{index}")
    apply(g, *quantization.RULES, *integer_products.RULES)
    return [line.partition(": ")[2] for line in show(g).splitlines()[1:]]


@pytest.fixture
def g() -> Graph:
    return Graph()


@pytest.fixture
def x(g: Graph) -> Output:
    return g.input("x", (1, 3, 4, 4))


# ---- quantised and dequantised


def test_a_pair_is_one_fake_quantize(g: Graph, x: Output) -> None:
    assert after(g, dequantized(g, quantized(g, x))) == [
        "FakeQuantize(x, -50.0, 77.5, -50.0, 77.5) levels=256"
    ]


def test_signed_integers(g: Graph, x: Output) -> None:
    assert after(g, dequantized(g, quantized(g, x, 0.5, 0, I8), zero=0)) == [
        "FakeQuantize(x, -64.0, 63.5, -64.0, 63.5) levels=256"
    ]


def test_other_scales_than_those_of_the_quantisation(g: Graph, x: Output) -> None:
    lines = after(g, dequantized(g, quantized(g, x), 2, 28))
    assert lines == ["FakeQuantize(x, -50.0, 77.5, -56.0, 454.0) levels=256"]


def test_integers_that_are_read_elsewhere_stay(g: Graph, x: Output) -> None:
    q = quantized(g, x)
    lines = after(g, dequantized(g, q), q)
    assert len(lines) == 3
    assert "Convert(FakeQuantize) destination_type=u8" in lines


def test_scales_of_channels(g: Graph, x: Output) -> None:
    floats = g.add(Convert(destination_type=F32), quantized(g, x))
    steps = g.constant(np.ones((1, 3, 1, 1), np.float32))
    (line,) = after(g, g.add(Multiply(), floats, steps))
    assert line.startswith("FakeQuantize(x, -50.0, 77.5, [[[[0.0]], [[0.0]]")


def test_scales_along_another_axis_stay_outside(g: Graph, x: Output) -> None:
    floats = g.add(Convert(destination_type=F32), quantized(g, x))
    steps = g.constant(np.ones(4, np.float32))
    assert len(after(g, g.add(Multiply(), floats, steps))) == 2


def test_a_factor_that_makes_more_elements_stays_outside(g: Graph) -> None:
    one = g.input("x", (1, 1, 4, 4))
    floats = g.add(Convert(destination_type=F32), quantized(g, one))
    steps = g.constant(np.ones((1, 3, 1, 1), np.float32))
    assert len(after(g, g.add(Multiply(), floats, steps))) == 2


def test_a_huge_scale_stays_outside(g: Graph, x: Output) -> None:
    assert len(after(g, dequantized(g, quantized(g, x, 1e36, 255), 1e36, 255))) == 2


def test_a_conversion_that_changes_numbers_stays(g: Graph, x: Output) -> None:
    """Negative numbers have no place in u8."""
    fake = g.add(FakeQuantize(levels=256), x, -1.0, 1.0, -128.0, 127.0)
    bytes_ = g.add(Convert(destination_type=U8), fake)
    assert len(after(g, g.add(Convert(destination_type=F32), bytes_))) == 3


def test_past_what_moves_elements(g: Graph, x: Output) -> None:
    q = quantized(g, x)
    pool = MaxPool(kernel=(2, 2), strides=(2, 2), pads_begin=(0, 0), pads_end=(0, 0))
    moved = g.add(Reshape(), g.add(Transpose(), g.add(pool, q), [0, 2, 3, 1]), [4, 3])
    lines = after(g, dequantized(g, moved))
    assert [line.partition("(")[0] for line in lines] == [
        "FakeQuantize",
        "MaxPool",
        "Transpose",
        "Reshape",
    ]
    assert lines[0].startswith("FakeQuantize(x, -50.0, 77.5, -50.0, 77.5)")


def test_past_a_concatenation(g: Graph, x: Output) -> None:
    joined = g.add(Concat(axis=1), quantized(g, x), quantized(g, x, 0.25))
    lines = after(g, dequantized(g, joined))
    assert [line.partition("(")[0] for line in lines] == ["FakeQuantize", "FakeQuantize", "Concat"]


def test_integers_of_another_origin_are_not_touched(g: Graph) -> None:
    given = g.input("x", (1, 3), U8)
    assert len(after(g, dequantized(g, g.add(Reshape(), given, [3])))) == 4


# ---- products


def product(g: Graph, weights: np.ndarray, *zeros: Output) -> Output:
    """float((x - a) * (w - b)), all inside in 32 bits"""
    x = g.add(Convert(destination_type=I32), g.input("x", (2, 4), U8))
    w = g.add(Widen(destination_type=I32), g.constant(weights))
    x, w = (g.add(Subtract(), v, z) for v, z in zip((x, w), zeros))
    return g.add(Convert(destination_type=F32), g.add(MatMul(), x, w))


def test_a_product_of_bytes(g: Graph) -> None:
    zero = g.add(Convert(destination_type=I32), g.input("zero", (), U8))
    none = g.constant(np.zeros((), np.int32))
    lines = after(g, product(g, np.ones((4, 3), np.int8), zero, none))[1:]
    assert [line.partition("(")[0] for line in lines] == [
        "Convert",
        "FakeQuantize",
        "Convert",
        "Multiply",
        "MatMul",
        "Convert",
        "Multiply",
        "Subtract",
    ]
    assert "0.0, 255.0, 0.0, 255.0) levels=256" in lines[1]
    assert lines[2] == "Convert(<i8[4, 3]>) destination_type=f32"
    assert "<f32[3]>" in lines[6]


def test_unsigned_weights_become_signed(g: Graph) -> None:
    zero = g.constant(np.int32(3))
    after(g, product(g, np.ones((4, 3), np.uint8), zero, zero))
    assert "<i8[4, 3]>" in show(g)
    assert "<u8[4, 3]>" not in show(g)


def test_a_product_that_stays_integer_is_not_touched(g: Graph) -> None:
    zero = g.constant(np.int32(3))
    y = product(g, np.ones((4, 3), np.uint8), zero, zero)
    integers = y.node.inputs[0]
    assert "FakeQuantize" not in "".join(after(g, integers))


# ---- unsigned weights


def convolution(g: Graph, x: Output, weights: np.ndarray, zero: np.ndarray) -> Output:
    w = g.add(Subtract(), g.add(Widen(destination_type=F32), g.constant(weights)), zero)
    return g.add(PLAIN, x, g.add(Multiply(), w, 0.5))


def test_zero_points_of_weights_go_to_a_sum_over_the_window(g: Graph, x: Output) -> None:
    zero = np.array([130, 120], np.float32).reshape(2, 1, 1, 1)
    y = convolution(g, fake_quantized(g, x), np.ones((2, 3, 1, 1), np.uint8), zero)
    g.output(y, "y")
    assert apply(g, *unsigned_kernels.RULES) == 1
    lines = [line.partition(": ")[2].partition(" strides")[0] for line in show(g).splitlines()]
    assert [line.partition("(")[0] for line in lines[2:]] == [
        "Convert",
        "Multiply",
        "Convolution",
        "Convert",
        "Multiply",
        "Convolution",
        "Multiply",
        "Subtract",
    ]
    assert lines[2].startswith("Convert(<i8[2, 3, 1, 1]>)")
    assert lines[5].startswith("Convert([[[[1]], [[1]], [[1]]]])")
    assert lines[8].endswith("[[[[1.0]], [[-4.0]]]])")


def test_data_that_are_no_bytes_keep_the_weights(g: Graph, x: Output) -> None:
    y = convolution(g, x, np.ones((2, 3, 1, 1), np.uint8), np.array(130, np.float32))
    g.output(y, "y")
    assert apply(g, *unsigned_kernels.RULES) == 0


# ---- rounding in front of other arithmetic


def fake_quantized(g: Graph, x: Output) -> Output:
    return g.add(FakeQuantize(levels=256), x, -50.0, 77.5, -50.0, 77.5)


def spelled_out(g: Graph, *results: Output) -> bool:
    for index, result in enumerate(results):
        g.output(result, f"y{index}")
    return apply(g, *quantization.ROUNDING) > 0


def test_rounding_before_an_addition_is_spelled_out(g: Graph, x: Output) -> None:
    g.output(g.add(Add(), fake_quantized(g, x), x), "y")
    apply(g, *quantization.ROUNDING)
    assert [line.partition(": ")[2] for line in show(g).splitlines()[1:]] == [
        "Multiply(x, 2.0)",
        "Round(FakeQuantize/Multiply)",
        "Clamp(FakeQuantize/Round) min=-100 max=155",
        "Multiply(FakeQuantize/Clamp, 0.5)",
        "Add(FakeQuantize/Multiply_1, x)",
    ]


def test_and_before_an_activation(g: Graph, x: Output) -> None:
    assert spelled_out(g, g.add(Sigmoid(), fake_quantized(g, x)))


def test_and_before_an_activation_whose_result_is_quantised(g: Graph, x: Output) -> None:
    assert spelled_out(g, fake_quantized(g, g.add(ReLU(), fake_quantized(g, x))))


def test_what_a_convolution_reads_stays(g: Graph, x: Output) -> None:
    q = fake_quantized(g, x)
    w = g.constant(np.ones((2, 3, 1, 1), np.float32))
    rectified = g.add(PLAIN, g.add(ReLU(), q), w)
    assert not spelled_out(g, g.add(Add(), q, x), rectified)


def test_what_only_scales_stays(g: Graph, x: Output) -> None:
    assert not spelled_out(g, g.add(Multiply(), fake_quantized(g, x), 2.0))


def test_limits_without_a_zero_stay(g: Graph, x: Output) -> None:
    fake = g.add(FakeQuantize(levels=256), x, 0.3, 77.5, 0.3, 77.5)
    assert not spelled_out(g, g.add(Add(), fake, x))


@pytest.mark.parametrize("limits", [(-np.inf, 1.0), (0.0, np.inf), (0.0, 1e-38), (-3e38, 0.0)])
def test_steps_that_f32_cannot_divide_by_stay(
    g: Graph, x: Output, limits: tuple[float, float]
) -> None:
    fake = g.add(FakeQuantize(levels=256), x, *limits, *limits)
    assert not spelled_out(g, g.add(Add(), fake, x))
