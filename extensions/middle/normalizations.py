"""Normalisations spelled out in arithmetic, recognised as one operation."""

from __future__ import annotations

from extensions.ops.arithmetic import Add, Divide, Multiply, Power, SquaredDifference, Subtract
from extensions.ops.common import constant_axes
from extensions.ops.normalization import MVN
from extensions.ops.reduction import ReduceMean, Reduction
from extensions.ops.unary import Sqrt
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.middle.pattern import OpPattern, Pattern, any_value, const, match
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
    """(x - mean) / sqrt(mean((x - mean)^2) + epsilon)"""
    along = constant_axes(axes, x.rank)
    if along is None or along != constant_axes(variance_axes, x.rank) or epsilon.constant is None:
        return None
    return g.add(MVN(eps=float(epsilon.constant.item())), x, list(along))


RULES = tuple(
    rewrite(match(Divide, _centred, _deviation(square)))(_mvn) for square in _square_of(_centred)
)
