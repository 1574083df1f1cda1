"""Rewrites of convolutions among each other: groups, strides, weights as bytes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

pytest.importorskip("openvino")

import extensions.pipeline
from extensions.middle import packed_weights, parallel_convolutions
from extensions.middle.strides import raise_strides
from extensions.ops.activation import PReLU, ReLU, Sigmoid
from extensions.ops.arithmetic import Add, FakeQuantize, Multiply
from extensions.ops.convolution import Convolution, GroupConvolution
from extensions.ops.movement import Concat, Split
from extensions.ops.pooling import MaxPool
from mo.cli.config import Config
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dim, Shape
from mo.middle.rewriter import apply
from mo.pipeline.passes import run_passes
from tests.ops import runtime

PLAIN = {"strides": (1, 1), "pads_begin": (0, 0), "pads_end": (0, 0), "dilations": (1, 1)}
PADDED = {**PLAIN, "pads_begin": (1, 1), "pads_end": (1, 1)}
STRIDED = {**PLAIN, "strides": (2, 2)}
SIZES = (2, 4, 9, 8)
FEED = [np.random.default_rng(5).normal(size=SIZES).astype(np.float32)]


def numbers(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


def kinds(g: Graph) -> list[str]:
    return [n.type for n in g.topological() if n.inputs and n.type != "Result"]


def same_numbers(build: Callable[[], Graph], change: Callable[[Graph], object]) -> Graph:
    """Assert that a change of the graph leaves its results."""
    graph = build()
    change(graph)
    for result, expected in zip(runtime.run(graph, FEED), runtime.run(build(), FEED)):
        np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-5)
    return graph


# ---- groups


def parallel(order: list[int], biased: list[bool], kernel: list[int], axis: int = 1) -> Graph:
    g = Graph()
    parts = g.add_multi(Split(num_splits=2), g.input("x", SIZES), np.int64(axis))
    branches = []
    for index, has_bias, size in zip(order, biased, kernel):
        weights = numbers(3, parts[index].shape[1], size, size) + index
        y = g.add(Convolution(**PLAIN), parts[index], weights)
        branches.append(g.add(Add(), y, numbers(1, 3, 1, 1) + index) if has_bias else y)
    g.output(g.add(Concat(axis=axis), *branches), "y")
    return g


@pytest.mark.parametrize("bias", [False, True])
def test_convolutions_of_all_parts_become_a_group_convolution(bias):
    graph = same_numbers(
        lambda: parallel([0, 1], [bias, bias], [3, 3]),
        lambda g: apply(g, *parallel_convolutions.rules()),
    )
    assert kinds(graph) == ["GroupConvolution", "Add"][: 1 + bias]


@pytest.mark.parametrize(
    "model",
    [
        ([1, 0], [True, True], [3, 3]),
        ([0, 0], [True, True], [3, 3]),
        ([0, 1], [True, False], [3, 3]),
        ([0, 1], [True, True], [3, 3], 0),
    ],
    ids=["other order", "one part twice", "one bias", "along the batch"],
)
def test_what_is_no_group_convolution_stays(model):
    assert apply(parallel(*model), *parallel_convolutions.rules()) == 0


def test_disable_gfusing_leaves_them_apart():
    def groups(**settings: bool) -> int:
        graph = parallel([0, 1], [True, True], [3, 3])
        run_passes(graph, extensions.pipeline.passes(Config(**settings)))
        return len(graph.nodes_of(GroupConvolution))

    assert (groups(), groups(disable_gfusing=True), groups(disable_fusing=True)) == (1, 0, 0)


def test_finegrain_fusing_spares_a_convolution_by_its_name():
    def groups(*patterns: str) -> int:
        graph = parallel([0, 1], [True, True], [3, 3])
        run_passes(graph, extensions.pipeline.passes(Config(finegrain_fusing=patterns)))
        return len(graph.nodes_of(GroupConvolution))

    assert (groups("^Nothing$"), groups("^Convolution_1$")) == (1, 0)


# ---- strides


def block(way: Callable[[Graph, Output, Output], Output], shape: Shape = SIZES) -> Graph:
    """Two 1x1 convolutions with strides on something made of a 3x3 convolution and of x."""
    g = Graph()
    x = g.input("x", shape)
    data = way(g, g.add(Convolution(**PADDED), x, numbers(4, 4, 3, 3)), x)
    for channels in (2, 5):
        g.output(g.add(Convolution(**STRIDED), data, numbers(channels, 4, 1, 1)), f"y{channels}")
    return g


WAYS = {
    "directly": lambda g, y, x: y,
    "activation": lambda g, y, x: g.add(ReLU(), y),
    "bias": lambda g, y, x: g.add(Sigmoid(), g.add(Add(), y, numbers(1, 4, 1, 1))),
    "slope": lambda g, y, x: g.add(PReLU(), y, numbers(4)),
    "grouped": lambda g, y, x: g.add(GroupConvolution(**PADDED), y, numbers(4, 1, 1, 3, 3)),
}


@pytest.mark.parametrize("shape", [SIZES, (Dim(), 4, Dim(), Dim())], ids=["static", "open"])
@pytest.mark.parametrize("way", WAYS)
def test_strides_go_to_the_convolution_that_is_read(way, shape):
    graph = same_numbers(lambda: block(WAYS[way], shape), raise_strides)
    strides = [n.op.strides for n in graph.nodes_of(Convolution) if n.inputs[1].shape[-1] == 1]
    assert strides == [(1, 1), (1, 1)]
    assert not graph.nodes_of(MaxPool)


def test_a_shortcut_is_picked_where_it_is_read():
    graph = same_numbers(lambda: block(lambda g, y, x: g.add(Add(), y, x)), raise_strides)
    (picked,) = graph.nodes_of(MaxPool)
    assert (picked.op.kernel, picked.op.strides) == ((1, 1), (2, 2))


def test_strides_rise_through_several_convolutions():
    def build() -> Graph:
        return block(
            lambda g, y, x: g.add(ReLU(), g.add(Convolution(**PLAIN), y, numbers(4, 4, 1, 1)))
        )

    graph = same_numbers(build, raise_strides)
    assert next(n.op.strides for n in graph.topological() if n.type == "Convolution") == (2, 2)


STAYING = {
    "no convolution": lambda g, y, x: g.add(ReLU(), x),
    "image": lambda g, y, x: g.add(Multiply(), y, numbers(1, 1, 9, 8)),
    "output": lambda g, y, x: g.output(y, "raw").inputs[0],
}


@pytest.mark.parametrize("way", STAYING)
def test_what_others_need_whole_stays(way):
    assert raise_strides(block(STAYING[way])) == 0


def test_disable_resnet_optimization_leaves_the_strides():
    graph = block(WAYS["directly"])
    run_passes(graph, extensions.pipeline.passes(Config(disable_resnet_optimization=True)))
    assert {n.op.strides for n in graph.nodes_of(Convolution)} == {(1, 1), (2, 2)}


# ---- weights as bytes


def quantized(low: float, high: float, levels: int, *layout: int) -> Graph:
    """A convolution by weights whose limits grow from channel to channel, if laid out so."""
    g = Graph()
    growth = np.arange(1, 1 + np.prod(layout, dtype=int), dtype=np.float32).reshape(layout)
    limits = low * growth, high * growth
    weights = g.add(FakeQuantize(levels=levels), numbers(3, 4, 3, 3), *limits, *limits)
    g.output(g.add(Convolution(**PADDED), g.input("x", SIZES), weights), "y")
    return g


@pytest.mark.parametrize(
    ("limits", "operations"),
    [
        ((-1.27, 1.27, 255), ["Convert", "Multiply", "Convolution"]),
        ((-1.27, 1.27, 255, 3, 1, 1, 1), ["Convert", "Multiply", "Convolution"]),
        ((-1.28, 1.27, 256), ["Convert", "Multiply", "Convolution"]),
        ((-0.5, 2.0, 256), ["Convert", "Subtract", "Multiply", "Convolution"]),
        ((0.0, 1.0, 16, 3, 1, 1, 1), ["Convert", "Subtract", "Multiply", "Convolution"]),
    ],
    ids=str,
)
def test_quantized_weights_become_bytes(limits, operations):
    graph = same_numbers(lambda: quantized(*limits), lambda g: apply(g, *packed_weights.RULES))
    assert kinds(graph) == operations
    (widened,) = (n for n in graph.all_nodes() if n.type == "Convert")
    assert widened.inputs[0].dtype is ElementType.i8


def test_finer_weights_and_limits_that_meet_stay():
    for limits in ((-1.0, 1.0, 1024), (1.0, 1.0, 256)):
        assert apply(quantized(*limits), *packed_weights.RULES) == 0


def test_disable_weights_compression_leaves_floats():
    graph = quantized(-1.27, 1.27, 255)
    run_passes(graph, extensions.pipeline.passes(Config(disable_weights_compression=True)))
    assert graph.nodes_of(FakeQuantize)
