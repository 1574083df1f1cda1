"""Random numbers. Their values are the runtime's own, only the distribution is kept."""

from __future__ import annotations

from math import pi

import numpy as np

from extensions.front.onnx.common import converts, needed, typed
from extensions.front.onnx.tensors import element_type
from extensions.ops.arithmetic import Add, Less, Multiply, Subtract
from extensions.ops.generating import RandomUniform
from extensions.ops.shaping import ShapeOf
from extensions.ops.unary import Cos, Log, Sqrt
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_FLOAT = 1


def _kind(node: SourceNode, like: Output | None = None) -> ElementType:
    code = node.get("dtype")
    return like.dtype if code is None and like is not None else element_type(code or _FLOAT)


def _uniform(
    g: Graph, node: SourceNode, shape: Output, kind: ElementType, low: float, high: float, salt: int
) -> Output:
    """The seed of the node, if it has one, makes the numbers the same in every run."""
    seed = node.get("seed")
    op = RandomUniform(
        output_type=kind,
        global_seed=0 if seed is None else int(seed) & 0x7FFFFFFF or 1,
        op_seed=salt,
    )
    return g.add(op, shape, *(g.constant(np.asarray(limit), kind) for limit in (low, high)))


def uniform(g: Graph, node: SourceNode, shape: Output, kind: ElementType) -> Output:
    low, high = float(node.get("low", 0.0)), float(node.get("high", 1.0))
    return _uniform(g, node, shape, kind, low, high, 1)


def normal(g: Graph, node: SourceNode, shape: Output, kind: ElementType) -> Output:
    """sqrt(-2 log u) * cos(2 pi v) of two uniform numbers (Box and Muller)."""
    mean, scale = float(node.get("mean", 0.0)), float(node.get("scale", 1.0))
    # One minus what may be zero: its logarithm is finite.
    first = g.add(
        Subtract(), g.constant(np.asarray(1.0), kind), _uniform(g, node, shape, kind, 0, 1, 1)
    )
    second = _uniform(g, node, shape, kind, 0.0, 2 * pi, 2)
    radius = g.add(Sqrt(), g.add(Multiply(), g.add(Log(), first), -2.0))
    return g.add(
        Add(), g.add(Multiply(), g.add(Multiply(), radius, g.add(Cos(), second)), scale), mean
    )


_DISTRIBUTIONS = {"RandomUniform": uniform, "RandomNormal": normal}


@converts(*_DISTRIBUTIONS)
def random(g: Graph, node: SourceNode) -> Output:
    shape = g.constant(np.array(needed(node, "shape"), np.int64))
    return _DISTRIBUTIONS[node.type](g, node, shape, _kind(node))


@converts(*(f"{name}Like" for name in _DISTRIBUTIONS))
def random_like(g: Graph, node: SourceNode, x: Output) -> Output:
    distribution = _DISTRIBUTIONS[node.type.removesuffix("Like")]
    return distribution(g, node, g.add(ShapeOf(), x), _kind(node, x))


@converts("Bernoulli")
def bernoulli(g: Graph, node: SourceNode, x: Output) -> Output:
    """One with the probability x, else zero."""
    drawn = _uniform(g, node, g.add(ShapeOf(), x), x.dtype, 0.0, 1.0, 1)
    return typed(g, g.add(Less(), drawn, x), _kind(node, x))
