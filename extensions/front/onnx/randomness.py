"""Random numbers. Their values are the runtime's own, only the distribution is kept."""

from __future__ import annotations

from math import pi

import numpy as np

from extensions.front.building import scalar, typed
from extensions.front.onnx.common import converts, needed
from extensions.front.onnx.tensors import element_type
from extensions.ops.arithmetic import (
    Add,
    Divide,
    GreaterEqual,
    Less,
    LogicalOr,
    Multiply,
    Select,
    Subtract,
)
from extensions.ops.generating import Multinomial, RandomUniform
from extensions.ops.shaping import Broadcast, ShapeOf
from extensions.ops.unary import Cos, Log, LogicalNot, Sqrt
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_FLOAT, _I32 = 1, 6


def _kind(node: SourceNode, like: Output | None = None) -> ElementType:
    code = node.get("dtype")
    return like.dtype if code is None and like is not None else element_type(code or _FLOAT)


def _uniform(
    g: Graph, node: SourceNode, shape: Output, kind: ElementType, low: float, high: float, salt: int
) -> Output:
    op = RandomUniform(output_type=kind, global_seed=_seed(node), op_seed=salt)
    return g.add(op, shape, *(g.constant(np.asarray(limit), kind) for limit in (low, high)))


def _seed(node: SourceNode) -> int:
    """The seed of the node, if it has one, makes the numbers the same in every run."""
    seed = node.get("seed")
    return 0 if seed is None else int(seed) & 0x7FFFFFFF or 1


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


@converts("Multinomial")
def multinomial(g: Graph, node: SourceNode, x: Output) -> Output:
    """Classes drawn by the logarithms of what they weigh."""
    op = Multinomial(
        convert_type=element_type(node.get("dtype", _I32)),
        with_replacement=True,
        log_probs=True,
        global_seed=_seed(node),
        op_seed=1,
    )
    return g.add(op, x, g.constant(np.int64(node.get("sample_size", 1))))


@converts("Dropout")
def dropout(g: Graph, node: SourceNode, x: Output) -> tuple[Output, ...]:
    """Does nothing at inference; its mask, if anyone asks for it, lets everything through."""
    kind = ElementType.boolean if node.opset >= 10 else x.dtype
    return _through(g, node, x, kind)


def _through(g: Graph, node: SourceNode, x: Output, kind: ElementType) -> tuple[Output, ...]:
    if not node.has_output(1):
        return (x,)
    return x, g.add(Broadcast(), g.constant(np.asarray(1), kind), g.add(ShapeOf(), x))


@converts("Dropout", since=12)
def dropout_12(
    g: Graph,
    node: SourceNode,
    x: Output,
    ratio: Output | None = None,
    training: Output | None = None,
) -> tuple[Output, ...]:
    """In training mode a share of the elements becomes zero, and the others grow to make up."""
    chance = g.constant(np.asarray(0.5), x.dtype)
    if ratio is not None:
        chance = typed(g, scalar(g, ratio), x.dtype)
    unused, drops_none = (None if v is None else v.value() for v in (training, chance))
    is_idle = training is None or (unused is not None and not unused.any())
    if is_idle or (drops_none is not None and not drops_none.any()):
        return _through(g, node, x, ElementType.boolean)
    assert training is not None
    drawn = _uniform(g, node, g.add(ShapeOf(), x), x.dtype, 0.0, 1.0, 1)
    idle = g.add(LogicalNot(), scalar(g, training))
    mask = g.add(LogicalOr(), g.add(GreaterEqual(), drawn, chance), idle)
    one, zero = (g.constant(np.asarray(n), x.dtype) for n in (1.0, 0.0))
    share = g.add(Select(), idle, one, g.add(Subtract(), one, chance))
    return g.add(Select(), mask, g.add(Divide(), x, share), zero), mask
