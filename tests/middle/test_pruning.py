"""--transform Pruning: dead channels go, the numbers stay."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("openvino")

from extensions.middle.pruning import prune_channels
from extensions.ops.activation import Clamp, PReLU, ReLU, Sigmoid
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.convolution import Convolution, GroupConvolution
from extensions.ops.movement import Concat
from extensions.ops.pooling import AvgPool, MaxPool
from mo.graph.graph import Graph
from mo.graph.node import Output
from tests.ops import runtime

PLAIN = {"strides": (1, 1), "pads_begin": (0, 0), "pads_end": (0, 0), "dilations": (1, 1)}
PADDED = {**PLAIN, "pads_begin": (1, 1), "pads_end": (1, 1)}
WINDOW = {"kernel": (3, 3), "strides": (1, 1), "pads_begin": (1, 1), "pads_end": (1, 1)}
DEAD = [1, 4]


def kernels(*shape: int, dead: list[int] = DEAD) -> np.ndarray:
    array = np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)
    array[dead] = 0
    return array


def per_channel(dead: float = 0, shape: tuple[int, ...] = (1, 6, 1, 1)) -> np.ndarray:
    array = np.arange(1, 7, dtype=np.float32)
    array[DEAD] = dead
    return array.reshape(shape)


class Network:
    """A convolution of six channels, two of them dead; ``ended`` adds one that reads them."""

    def __init__(self, dead: list[int] = DEAD) -> None:
        self.g = Graph()
        self.x = self.g.input("x", (1, 3, 8, 8))
        self.y = self.g.add(Convolution(**PADDED), self.x, kernels(6, 3, 3, 3, dead=dead))

    def ended(self, value: Output, name: str = "") -> Graph:
        self.g.output(self.g.add(Convolution(**PLAIN), value, kernels(2, 6, 3, 3, dead=[])), name)
        return self.g


ON_THE_WAY = {
    "nothing": lambda g, y: y,
    "bias": lambda g, y: g.add(Add(), y, per_channel()),
    "factor": lambda g, y: g.add(Multiply(), y, per_channel(7, (6, 1, 1))),
    "relu": lambda g, y: g.add(ReLU(), g.add(Add(), per_channel(), y)),
    "prelu": lambda g, y: g.add(PReLU(), y, per_channel(0.5, (6,))),
    "clamp": lambda g, y: g.add(Clamp(min=-1.0, max=1.0), y),
    "max": lambda g, y: g.add(MaxPool(**WINDOW), y),
    "mean": lambda g, y: g.add(AvgPool(**WINDOW), y),
    "depthwise": lambda g, y: g.add(GroupConvolution(**PADDED), y, kernels(6, 1, 1, 3, 3, dead=[])),
}


@pytest.mark.parametrize("way", ON_THE_WAY)
def test_channels_that_stay_zero_are_taken_out(way):
    before, after = (Network() for _ in range(2))
    for network in (before, after):
        network.ended(ON_THE_WAY[way](network.g, network.y))
    assert prune_channels(after.g) == len(DEAD)
    first, second = (node.inputs[1] for node in after.g.nodes_of(Convolution))
    assert (first.shape[0], second.shape[1]) == (4, 4)
    feed = [np.random.default_rng(0).normal(size=(1, 3, 8, 8)).astype(np.float32)]
    expected, results = runtime.run(before.g, feed), runtime.run(after.g, feed)
    np.testing.assert_allclose(results, expected, rtol=1e-5, atol=1e-5)


def test_each_of_two_readers_loses_its_share():
    network = Network()
    network.ended(network.g.add(ReLU(), network.y))
    assert prune_channels(network.ended(network.y)) == len(DEAD)


def test_one_channel_is_left_of_those_that_are_all_dead():
    network = Network(dead=list(range(6)))
    assert prune_channels(network.ended(network.y)) == 5


WAKING = {
    "bias": lambda n: n.ended(n.g.add(Add(), n.y, per_channel(2))),
    "sigmoid": lambda n: n.ended(n.g.add(Sigmoid(), n.y)),
    "clamp": lambda n: n.ended(n.g.add(Clamp(min=1.0, max=2.0), n.y)),
    "sum of two": lambda n: n.ended(
        n.g.add(Add(), n.y, n.g.add(Convolution(**PADDED), n.x, kernels(6, 3, 3, 3)))
    ),
    "concat": lambda n: n.ended(n.g.add(Concat(axis=1), n.g.add(Concat(axis=2), n.y, n.y))),
    "image": lambda n: n.ended(n.g.add(Add(), n.y, np.ones((1, 1, 8, 8), np.float32))),
}


@pytest.mark.parametrize("waking", WAKING)
def test_channels_that_something_else_needs_stay(waking):
    network = Network()
    WAKING[waking](network)
    assert prune_channels(network.g) == 0


def test_channels_of_an_output_stay():
    network = Network()
    network.g.output(network.y, "raw")
    assert prune_channels(network.ended(network.y)) == 0
