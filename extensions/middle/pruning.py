"""Channels that are always zero are taken out, from where they are made to where they are read.

Filter pruning in training leaves kernels that are all zero. Their channel stays zero behind a bias
of zero, behind what maps zero to zero, and behind pooling; the kernels that read it can do
without its slice. A channel that reaches anything else stays.
"""

from __future__ import annotations

import numpy as np

from extensions.middle.linear import channel_factor
from extensions.ops.activation import (
    Clamp,
    Elu,
    Gelu,
    HSwish,
    Mish,
    PReLU,
    ReLU,
    SoftSign,
    Swish,
    Tanh,
)
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.convolution import Convolution, GroupConvolution
from extensions.ops.gathering import Gather
from extensions.ops.pooling import AvgPool, MaxPool
from mo.graph.graph import Graph
from mo.graph.node import Node, Output

# What maps zero to zero and no channel to another.
_KEEPS_ZERO = (
    *(ReLU, PReLU, Clamp, Elu, Gelu, HSwish, Mish, SoftSign, Swish, Tanh),
    *(Add, Multiply, MaxPool, AvgPool),
)


def prune_channels(graph: Graph) -> int:
    """Rebuild every convolution whose dead channels only reach convolutions, without them."""
    return sum(_prune(graph, node) for node in graph.nodes_of(Convolution) if node.id in graph)


def _prune(graph: Graph, node: Node) -> int:
    kernels = _array(node, 1)
    if kernels is None:
        return 0
    way = _Way(node, np.logical_not(kernels.reshape(len(kernels), -1).any(axis=1)))
    if not way.follow():
        return 0
    way.rebuild(graph)
    return int(way.dead.sum())


def _array(node: Node, index: int) -> np.ndarray | None:
    """A constant input."""
    value = node.inputs[index]
    return None if value is None or value.constant is None else value.constant.array


class _Way:
    """What the channels of a convolution go through, up to the convolutions that read them."""

    def __init__(self, start: Node, dead: np.ndarray) -> None:
        # Which channels are zero all the way.
        self.dead = dead
        # The nodes in order, with the axes along which their constants lie by channel.
        self.steps: list[tuple[Node, dict[int, int]]] = [(start, {1: 0})]

    def follow(self) -> bool:
        """Find all readers; whether there are channels that each of them can do without."""
        values = [self.steps[0][0].outputs[0]]
        for value in values:
            for node, index in value.users:
                axes = self._axes(node, index)
                if axes is None or any(output.users for output in node.outputs[1:]):
                    return False
                self.steps.append((node, axes))
                if not isinstance(node.op, Convolution):
                    values.append(node.outputs[0])
            if not value.users:
                return False
        # A convolution without any channels cannot be said.
        self.dead[0] &= not self.dead.all()
        return bool(self.dead.any())

    def _axes(self, node: Node, index: int) -> dict[int, int] | None:
        """Where the channels lie in the constants of a reader; None if it needs dead ones too."""
        op, count = node.op, len(self.dead)
        if isinstance(op, (Convolution, GroupConvolution)):
            kernels = _array(node, 1)
            if index != 0 or kernels is None:
                return None
            if isinstance(op, Convolution):
                return {1: 1}
            return {1: 0} if kernels.shape[:2] == (count, 1) else None
        if not isinstance(op, _KEEPS_ZERO) or (isinstance(op, Clamp) and not op.min <= 0 <= op.max):
            return None
        axes = {}
        for other, value in enumerate(node.inputs):
            if other == index or value is None:
                continue
            axis, numbers = self._axis(node, value), _array(node, other)
            if axis is None or numbers is None:
                return None
            if isinstance(op, Add):
                self.dead &= numbers.reshape(-1) == 0
            if value.shape and value.shape[axis] == count:
                axes[other] = axis
        return axes

    def _axis(self, node: Node, value: Output) -> int | None:
        """The axis of an operand that lies along the channels, if it is one number for each."""
        rank, own = node.outputs[0].rank, value.rank
        if rank is None or own is None:
            return None
        if isinstance(node.op, PReLU) and own == 1:
            return 0
        channels = channel_factor(value, rank, 1)
        return max(own - rank + 1, 0) if channels in (1, len(self.dead)) else None

    def rebuild(self, graph: Graph) -> None:
        """The same nodes with what concerns the living channels only."""
        living = np.flatnonzero(~self.dead)
        anew: dict[Output, Output] = {}
        for node, axes in self.steps:
            inputs = [None if value is None else anew.get(value, value) for value in node.inputs]
            for index, axis in axes.items():
                inputs[index] = graph.add(Gather(), inputs[index], living, np.int64(axis))
            old, new = node.outputs[0], graph.add(node.op, *inputs)
            anew[old] = new
            new.names.update(old.names)
            graph.rename(new.node, node.name)
            if new.shape == old.shape:
                graph.replace(old, new)
        for node, _ in reversed(self.steps):
            graph.discard(node)
