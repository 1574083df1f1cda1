"""Rounding of weights to half precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from extensions.back.precision import Decompress, compress_weights, round_filters
from extensions.ops.convolution import Convolution, GroupConvolution
from extensions.ops.matrix import MatMul
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.op import Constant

MATRICES = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 5), st.integers(1, 400)),
    elements=st.floats(-100, 100, width=32),
)

PLAIN: Any = {"strides": (1, 1), "dilations": (1, 1), "pads_begin": (0, 0), "pads_end": (0, 0)}


@given(MATRICES, st.sampled_from([0, 1]))
def test_every_number_becomes_one_of_its_two_neighbours(weights: np.ndarray, axis: int) -> None:
    half = round_filters(weights, axis)
    nearest = weights.astype(np.float16)
    beside = np.where(weights > nearest, np.float16(np.inf), np.float16(-np.inf))
    other = np.where(weights == nearest, nearest, np.nextafter(nearest, beside))
    assert np.all((half == nearest) | (half == other))


@given(MATRICES, st.sampled_from([0, 1]))
def test_sums_are_no_farther_off_than_those_of_the_nearest(weights: np.ndarray, axis: int) -> None:
    def off(half: np.ndarray) -> np.ndarray:
        return np.abs((weights.astype(np.float64) - half).sum(axis))

    nearest = off(weights.astype(np.float16))
    assert np.all(off(round_filters(weights, axis)) <= nearest * 1.001 + 1e-12)


@pytest.mark.parametrize("axis", [0, 1])
def test_sums_of_filters_are_kept_many_times_better(axis: int) -> None:
    weights = np.random.default_rng(0).normal(0, 0.05, (576, 576)).astype(np.float32)
    off = [
        np.abs((weights.astype(np.float64) - half).sum(axis)).mean()
        for half in (weights.astype(np.float16), round_filters(weights, axis))
    ]
    assert off[1] < off[0] / 10


def test_what_is_no_number_or_at_the_limit_stays_so() -> None:
    weights = np.array([[65504.0, 65504.0, 0.1, np.nan], [np.inf, 1.00049, 1.0, 0.0]], np.float32)
    half = round_filters(weights, 1)
    assert np.array_equal(half, weights.astype(np.float16), equal_nan=True)


def stored(weights: np.ndarray, graph: Graph) -> np.ndarray:
    """The compressed weights of a graph; it has one constant of this size."""
    compress_weights(graph)
    (found,) = [
        node.outputs[0].constant
        for node in graph.nodes_of(Constant)
        if node.outputs[0].shape == weights.shape
    ]
    assert found is not None
    return found.array


def test_weights_of_a_convolution() -> None:
    weights = np.random.default_rng(1).normal(0, 0.05, (8, 16, 3, 3)).astype(np.float32)
    graph = Graph()
    x = graph.input("x", (1, 16, 9, 9))
    graph.output(graph.add(Convolution(**PLAIN), x, graph.constant(weights)))
    expected = round_filters(weights.reshape(8, -1), 1).reshape(weights.shape)
    assert np.array_equal(stored(weights, graph), expected)
    assert len(graph.nodes_of(Decompress)) == 1


@pytest.mark.parametrize("transposed", [False, True])
def test_weights_of_a_product(transposed: bool) -> None:
    weights = np.random.default_rng(2).normal(0, 0.05, (32, 48)).astype(np.float32)
    graph = Graph()
    x = graph.input("x", (1, 48 if transposed else 32))
    graph.output(graph.add(MatMul(transpose_b=transposed), x, graph.constant(weights)))
    assert np.array_equal(stored(weights, graph), round_filters(weights, int(transposed)))


def test_depthwise_filters_stay_whole() -> None:
    weights = np.random.default_rng(3).normal(0, 0.05, (16, 1, 1, 3, 3)).astype(np.float32)
    graph = Graph()
    x = graph.input("x", (1, 16, 9, 9))
    graph.output(graph.add(GroupConvolution(**PLAIN), x, graph.constant(weights)))
    assert stored(weights, graph).dtype == ElementType.f32.numpy
