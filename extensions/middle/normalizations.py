"""Normalisations spelled out in arithmetic, recognised as one operation."""

from __future__ import annotations

from extensions.ops.arithmetic import Add, Divide, Multiply, Power, SquaredDifference, Subtract
from extensions.ops.common import constant_axes
from extensions.ops.normalization import MVN
from extensions.ops.reduction import ReduceMean, Reduction
from extensions.ops.unary import Sqrt
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.middle.pattern import OpPattern, Pattern, any_value, const, match, number
from mo.middle.rewriter import rewrite

x = any_value("x", where=lambda value: value.dtype.is_float)
epsilon = const("epsilon", size=1)


def _keeps(op: Reduction) -> bool:
    return op.keep_dims


def _mean(value: Pattern, axes: str) -> OpPattern:
    return match(ReduceMean, value, const(axes), where=_keeps)


_centred = match(Subtract, x, _mean(x, "axes"))


def _square_of(centred: OpPattern) -> tuple[OpPattern, ...]:
    return (
        match(Power, centred, const("two", value=2)),
        match(Multiply, centred, centred),
        match(SquaredDifference, x, _mean(x, "axes")),
    )


def _deviation(square: OpPattern) -> OpPattern:
    return match(Sqrt, match(Add, _mean(square, "variance_axes"), epsilon))


def _mvn(
    g: Graph, x: Output, axes: Output, variance_axes: Output, epsilon: Output
) -> Output | None:
    """(x - mean) / sqrt(variance + epsilon)"""
    along = constant_axes(axes, x.rank)
    if along is None or along != constant_axes(variance_axes, x.rank) or epsilon.constant is None:
        return None
    return g.add(MVN(eps=float(epsilon.constant.item())), x, list(along))


# ---- as frameworks with channels last write it: x * scale + (beta - mean * scale)

_variance = _mean(match(SquaredDifference, x, _mean(x, "axes")), "variance_axes")
_inverse = match(Power, match(Add, _variance, epsilon), number(-0.5))


def _scaled_forms(scale: OpPattern) -> tuple[tuple[OpPattern, bool], ...]:
    """(x - mean) * scale, and whether ``beta`` is added to it."""
    scaled = match(Multiply, x, scale)
    shift = match(Multiply, _mean(x, "axes"), scale)
    with_beta = match(Add, scaled, match(Subtract, const("beta"), shift))
    return (
        (match(Multiply, _centred, scale), False),
        (match(Subtract, scaled, shift), False),
        (with_beta, True),
    )


def _mvn_with_gamma(
    g: Graph, x: Output, axes: Output, variance_axes: Output, epsilon: Output, gamma: Output
) -> Output | None:
    value = _mvn(g, x, axes, variance_axes, epsilon)
    return None if value is None else g.add(Multiply(), value, gamma)


def _mvn_with_beta(
    g: Graph, x: Output, axes: Output, variance_axes: Output, epsilon: Output, beta: Output
) -> Output | None:
    value = _mvn(g, x, axes, variance_axes, epsilon)
    return None if value is None else g.add(Add(), value, beta)


def _mvn_with_both(
    g: Graph,
    x: Output,
    axes: Output,
    variance_axes: Output,
    epsilon: Output,
    gamma: Output,
    beta: Output,
) -> Output | None:
    value = _mvn_with_gamma(g, x, axes, variance_axes, epsilon, gamma)
    return None if value is None else g.add(Add(), value, beta)


_WITH_GAMMA = _scaled_forms(match(Multiply, _inverse, const("gamma")))

RULES = (
    *(rewrite(match(Divide, _centred, _deviation(sq)))(_mvn) for sq in _square_of(_centred)),
    *(rewrite(form)(_mvn_with_both if beta else _mvn_with_gamma) for form, beta in _WITH_GAMMA),
    *(rewrite(f)(_mvn_with_beta if beta else _mvn) for f, beta in _scaled_forms(_inverse)),
)
