"""Steps of optimisers, which some models carry (domain ai.onnx.preview.training)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from extensions.front.building import invalid, scalar, typed
from extensions.front.onnx.common import converts, needed
from extensions.ops.arithmetic import Add, Divide, Greater, Multiply, Power, Select, Subtract
from extensions.ops.unary import Sqrt
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output

_DOMAIN = "ai.onnx.preview.training"
# (graph, node, rate, updates so far, X, its gradient, its other values) -> their new values.
_Step = Callable[..., tuple[Output, ...]]


def _regularized(g: Graph, node: SourceNode, x: Output, gradient: Output) -> Output:
    norm = float(node.get("norm_coefficient", 0.0))
    return g.add(Add(), g.add(Multiply(), x, norm), gradient) if norm else gradient


def _blend(g: Graph, share: float, before: Output, new: Output) -> Output:
    """share * before + (1 - share) * new"""
    kept = g.add(Multiply(), before, share)
    return g.add(Add(), kept, g.add(Multiply(), new, 1 - share))


def _adagrad(
    g: Graph, node: SourceNode, rate: Output, count: Output, x: Output, gradient: Output, h: Output
) -> tuple[Output, ...]:
    slowed = g.add(Multiply(), count, float(node.get("decay_factor", 0.0)))
    rate = g.add(Divide(), rate, g.add(Add(), slowed, 1.0))
    gradient = _regularized(g, node, x, gradient)
    h = g.add(Add(), h, g.add(Multiply(), gradient, gradient))
    root = g.add(Add(), g.add(Sqrt(), h), float(node.get("epsilon", 1e-6)))
    change = g.add(Divide(), g.add(Multiply(), gradient, rate), root)
    return g.add(Subtract(), x, change), h


def _adam(
    g: Graph,
    node: SourceNode,
    rate: Output,
    count: Output,
    x: Output,
    gradient: Output,
    v: Output,
    h: Output,
) -> tuple[Output, ...]:
    alpha, beta = float(node.get("alpha", 0.9)), float(node.get("beta", 0.999))
    gradient = _regularized(g, node, x, gradient)
    v = _blend(g, alpha, v, gradient)
    h = _blend(g, beta, h, g.add(Multiply(), gradient, gradient))
    root = g.add(Add(), g.add(Sqrt(), h), float(node.get("epsilon", 1e-6)))
    one = g.constant(np.asarray(1.0), rate.dtype)
    first, second = (
        g.add(Subtract(), one, g.add(Power(), g.constant(np.asarray(share), rate.dtype), count))
        for share in (alpha, beta)
    )
    adjusted = g.add(Divide(), g.add(Multiply(), rate, g.add(Sqrt(), second)), first)
    rate = g.add(Select(), _has_begun(g, count), adjusted, rate)
    change = g.add(Divide(), g.add(Multiply(), v, rate), root)
    kept = 1 - float(node.get("norm_coefficient_post", 0.0))
    return g.add(Multiply(), g.add(Subtract(), x, change), kept), v, h


def _momentum(
    g: Graph, node: SourceNode, rate: Output, count: Output, x: Output, gradient: Output, v: Output
) -> tuple[Output, ...]:
    alpha = float(needed(node, "alpha"))
    gradient = _regularized(g, node, x, gradient)
    beta, one = (g.constant(np.asarray(n), x.dtype) for n in (float(needed(node, "beta")), 1.0))
    share = g.add(Select(), _has_begun(g, count), beta, one)
    v = g.add(Add(), g.add(Multiply(), v, alpha), g.add(Multiply(), gradient, share))
    way = v
    if node.get("mode") == "nesterov":
        way = g.add(Add(), g.add(Multiply(), v, alpha), gradient)
    return g.add(Subtract(), x, g.add(Multiply(), way, rate)), v


def _has_begun(g: Graph, count: Output) -> Output:
    return g.add(Greater(), count, 0.0)


# The number of tensors that belong to each optimised one, itself among them.
_STEPS: dict[str, tuple[_Step, int]] = {
    "Adagrad": (_adagrad, 3),
    "Adam": (_adam, 4),
    "Momentum": (_momentum, 3),
}


@converts(*_STEPS, domain=_DOMAIN)
def optimiser(
    g: Graph, node: SourceNode, rate: Output, count: Output, *xs: Output
) -> tuple[Output, ...]:
    """The step for every tensor; what belongs to one lies as far apart as there are tensors."""
    step, values = _STEPS[node.type]
    if not xs or len(xs) % values:
        raise invalid(f"{len(xs)} tensors do not make groups of {values}")
    tensors = len(xs) // values
    rate = scalar(g, rate)
    count = typed(g, scalar(g, count), rate.dtype)
    results = [step(g, node, rate, count, *xs[i::tensors]) for i in range(tensors)]
    return tuple(value for row in zip(*results) for value in row)
