"""Factors and summands that go into the weights beside them, as numbers and as text."""

from __future__ import annotations

import numpy as np
import pytest

from extensions.middle import linear
from extensions.ops.arithmetic import Add, Divide, Multiply
from extensions.ops.convolution import (
    Convolution,
    ConvolutionBackpropData,
    GroupConvolution,
    GroupConvolutionBackpropData,
)
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat
from mo.graph.element_type import ElementType
from mo.graph.shape import Dim
from tests.middle.cases import Case, weights

LAYERS = {
    "plain": (Convolution, (4, 3, 1, 1), 4),
    "grouped": (GroupConvolution, (3, 2, 1, 1, 1), 6),
    "transposed": (ConvolutionBackpropData, (3, 4, 1, 1), 4),
    "grouped transposed": (GroupConvolutionBackpropData, (3, 1, 2, 1, 1), 6),
}
ONE = {"strides": (1, 1), "dilations": (1, 1), "pads_begin": (0, 0), "pads_end": (0, 0)}


@pytest.mark.parametrize("layer", LAYERS)
def test_a_factor_and_a_summand_behind_a_convolution_go_into_it(layer):
    """Batch normalisation comes as these two."""
    op, shape, channels = LAYERS[layer]
    case = Case(1, 3, 5, 5)
    g = case.g
    w, factor = weights(*shape), weights(1, channels, 1, 1)
    y = g.add(op(**ONE), case.x, w, name="conv")
    y = g.add(Add(), y, weights(1, channels, 1, 1))
    y = g.add(Multiply(), y, factor, name="scaled")
    y = g.add(Add(), y, weights(1, channels, 1, 1), name="shifted")
    lines = case.after(y, *linear.RULES)
    assert [line.split("(")[0] for line in lines] == ["shifted/Convolution", "shifted: Add"] or (
        [line.split(": ")[1].split("(")[0] for line in lines] == [op.type, "Add"]
    )
    (conv,) = g.nodes_of(op)
    folded = conv.inputs[1].value()
    per_channel = folded.reshape(-1) / w.reshape(-1)
    assert set(np.unique(per_channel.round(3))) <= set(np.unique(factor.round(3)))


def test_a_factor_behind_a_matrix_product_goes_into_its_columns():
    case = Case(Dim(), 3)
    w, factor = weights(3, 4), weights(4)
    y = case.g.add(MatMul(), case.x, w)
    y = case.g.add(Multiply(), y, factor, name="y")
    case.after(y, *linear.RULES)
    (product,) = case.g.nodes_of(MatMul)
    np.testing.assert_allclose(product.inputs[1].value(), w * factor, rtol=1e-6)


@pytest.mark.parametrize("op", [Multiply(), Divide()])
def test_a_factor_in_front_goes_into_the_input_channels(op):
    case = Case(1, 3, 5, 5)
    w, factor = weights(4, 3, 3, 3), weights(3, 1, 1)
    padded = {**ONE, "pads_begin": (1, 1), "pads_end": (1, 1)}
    y = case.g.add(Convolution(**padded), case.g.add(op, case.x, factor), w, name="y")
    assert case.after(y, *linear.RULES)[0].startswith("y: Convolution(x, ")
    (conv,) = case.g.nodes_of(Convolution)
    np.testing.assert_allclose(conv.inputs[1].value(), op.fold(w, factor), rtol=1e-6)


def test_a_summand_in_front_goes_into_the_bias_only_without_padding():
    for pads, folded in (((0, 0), True), ((1, 1), False)):
        case = Case(1, 3, 5, 5)
        summed = case.g.add(Add(), case.x, weights(3, 1, 1))
        attributes = {**ONE, "pads_begin": pads, "pads_end": pads}
        y = case.g.add(Convolution(**attributes), summed, weights(4, 3, 3, 3))
        assert case.unchanged(y, *linear.RULES) is not folded


def test_a_factor_behind_a_concat_of_convolutions_goes_into_each():
    case = Case(1, 3, 5, 5)
    convs = [case.g.add(Convolution(**ONE), case.x, weights(n, 3, 1, 1)) for n in (2, 4)]
    joined = case.g.add(Concat(axis=1), *convs)
    y = case.g.add(Multiply(), joined, weights(6, 1, 1), name="y")
    assert case.after(y, *linear.RULES)[-1].startswith("y: Concat(")
    assert case.g.nodes_of(Multiply) == []


@pytest.mark.parametrize("shape", [(5,), (5, 1), (1, 4, 5, 5), (2, 4, 1, 1)])
def test_a_factor_that_is_not_per_channel_stays(shape):
    case = Case(1, 3, 5, 5)
    y = case.g.add(Convolution(**ONE), case.x, weights(4, 3, 1, 1))
    assert case.unchanged(case.g.add(Multiply(), y, weights(*shape)), *linear.RULES)


def test_weights_of_a_convolution_that_is_read_elsewhere_stay():
    case = Case(1, 3, 5, 5)
    y = case.g.add(Convolution(**ONE), case.x, weights(4, 3, 1, 1))
    case.g.output(y, "raw")
    assert case.unchanged(case.g.add(Multiply(), y, 2.0), *linear.RULES)


@pytest.mark.parametrize(
    ("first", "second", "joint"),
    [
        (Multiply, Multiply, Multiply),
        (Multiply, Divide, Multiply),
        (Divide, Multiply, Multiply),
        (Divide, Divide, Divide),
    ],
)
def test_factors_and_divisors_in_a_row_become_one(first, second, joint):
    case = Case(Dim(), 3)
    a, b = weights(3), weights(3)
    y = case.g.add(second(), case.g.add(first(), case.x, a), b, name="y")
    case.after(y, *linear.RULES)
    (last,) = case.g.nodes_of(Multiply, Divide)
    assert isinstance(last.op, joint)
    scale = (a if first is Multiply else 1 / a) * (b if second is Multiply else 1 / b)
    folded = last.inputs[1].value()
    np.testing.assert_allclose(folded if joint is Multiply else 1 / folded, scale, rtol=1e-6)


def test_factors_that_leave_the_range_together_stay():
    case = Case(2)
    y = case.g.add(Divide(), case.g.add(Multiply(), case.x, 1e-20), 1e-20)
    assert case.unchanged(y, *linear.RULES)


def test_a_sum_of_two_biased_convolutions_has_one_bias():
    case = Case(1, 3, 5, 5)
    a, b = weights(1, 4, 1, 1), weights(1, 4, 1, 1)
    convolutions = [case.g.add(Convolution(**ONE), case.x, weights(4, 3, 1, 1)) for _ in "ab"]
    sums = [case.g.add(Add(), *pair) for pair in zip(convolutions, (a, b))]
    case.after(case.g.add(Add(), *sums, name="y"), *linear.RULES)
    assert len(case.g.nodes_of(Add)) == 2
    (bias,) = (v.value() for n in case.g.nodes_of(Add) for v in n.inputs if v.is_constant)
    np.testing.assert_allclose(bias, a + b, rtol=1e-6)


def test_a_biased_summand_that_is_read_elsewhere_stays():
    case = Case(1, 3, 5, 5)
    sums = [case.g.add(Add(), case.x, weights(1, 3, 1, 1)) for _ in "ab"]
    case.g.output(sums[0], "first")
    assert case.unchanged(case.g.add(Add(), *sums), *linear.RULES)


def test_integer_sums_are_left_alone():
    case = Case(2, dtype=ElementType.i32)
    y = case.g.add(Add(), case.x, np.int32([2**31 - 1, 0]))
    assert case.unchanged(case.g.add(Add(), y, np.int32([1, 0])), *linear.RULES)
