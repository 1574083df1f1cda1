"""Activation functions spelled out in arithmetic, recognised as one operation."""

from __future__ import annotations

from math import pi, sqrt

from extensions.ops.activation import (
    Clamp,
    Gelu,
    HSigmoid,
    HSwish,
    Mish,
    PReLU,
    Sigmoid,
    SoftPlus,
    Swish,
    Tanh,
)
from extensions.ops.arithmetic import Add, Divide, Maximum, Minimum, Multiply, Power, Subtract
from extensions.ops.unary import Erf, Exp, Log
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.middle.pattern import OpPattern, any_value, const, match, number
from mo.middle.rewriter import rewrite


def _float(value: Output) -> bool:
    return value.dtype.is_float


x = any_value("x", where=_float)


@rewrite(match(Multiply, x, match(Sigmoid, x)))
def swish(g: Graph, x: Output) -> Output:
    """x * sigmoid(x)"""
    return g.add(Swish(), x)


@rewrite(match(Multiply, x, match(Sigmoid, match(Multiply, x, const("beta", size=1)))))
def swish_with_beta(g: Graph, x: Output, beta: Output) -> Output:
    """x * sigmoid(beta * x)"""
    assert beta.constant is not None
    return g.add(Swish(), x, float(beta.constant.item()))


_clipped = match(Clamp, match(Add, x, number(3)), where=lambda op: (op.min, op.max) == (0.0, 6.0))
_hard = (match(Divide, _clipped, number(6)), match(Multiply, _clipped, number(1 / 6)))


def _hsigmoid(g: Graph, x: Output) -> Output:
    return g.add(HSigmoid(), x)


def _hswish(g: Graph, x: Output) -> Output:
    return g.add(HSwish(), x)


HARD = (
    *(rewrite(pattern)(_hsigmoid) for pattern in _hard),
    rewrite(match(Multiply, x, match(HSigmoid, x)))(_hswish),
    rewrite(match(Divide, match(Multiply, x, _clipped), number(6)))(_hswish),
    rewrite(match(Multiply, match(Multiply, x, _clipped), number(1 / 6)))(_hswish),
)


def _gelu_forms(one_plus: OpPattern) -> tuple[OpPattern, ...]:
    """0.5 * x * (1 + inner) in the groupings that exporters write."""
    half_of = (match(Multiply, x, number(0.5)), match(Divide, x, number(2)))
    return (
        *(match(Multiply, half, one_plus) for half in half_of),
        match(Multiply, match(Multiply, x, one_plus), number(0.5)),
        match(Divide, match(Multiply, x, one_plus), number(2)),
        match(Multiply, x, match(Multiply, one_plus, number(0.5))),
    )


_erf = (
    match(Erf, match(Divide, x, number(sqrt(2)))),
    match(Erf, match(Multiply, x, number(1 / sqrt(2)))),
)
# The complement of the error function of -x / sqrt(2).
_erfc = match(Subtract, number(1), match(Erf, match(Multiply, x, number(-1 / sqrt(2)))))
_cube = (
    match(Power, x, number(3)),
    match(Multiply, x, match(Multiply, x, x)),
)


def _tanh(cube: OpPattern) -> OpPattern:
    total = match(Add, x, match(Multiply, cube, number(0.044715)))
    return match(Tanh, match(Multiply, total, number(sqrt(2 / pi))))


def _one_plus(inner: OpPattern) -> OpPattern:
    return match(Add, inner, number(1))


def _gelu_erf(g: Graph, x: Output) -> Output:
    return g.add(Gelu(approximation_mode="ERF"), x)


def _gelu_tanh(g: Graph, x: Output) -> Output:
    return g.add(Gelu(approximation_mode="TANH"), x)


GELU = (
    *(
        rewrite(form)(_gelu_erf)
        for one_plus in (*map(_one_plus, _erf), _erfc)
        for form in _gelu_forms(one_plus)
    ),
    *(rewrite(form)(_gelu_tanh) for cube in _cube for form in _gelu_forms(_one_plus(_tanh(cube)))),
)


@rewrite(match(Log, match(Add, match(Exp, x), number(1))))
def softplus(g: Graph, x: Output) -> Output:
    """log(exp(x) + 1)"""
    return g.add(SoftPlus(), x)


@rewrite(match(Multiply, x, match(Tanh, match(SoftPlus, x))))
def mish(g: Graph, x: Output) -> Output:
    """x * tanh(softplus(x))"""
    return g.add(Mish(), x)


@rewrite(match(Maximum, x, match(Multiply, x, const("slope", size=1))))
def leaky_relu(g: Graph, x: Output, slope: Output) -> Output | None:
    """max(x, x * slope), for a slope of at most 1."""
    assert slope.constant is not None
    value = slope.constant.item()
    return g.add(PReLU(), x, float(value)) if value <= 1 else None


@rewrite(match(Minimum, match(Maximum, x, const("low", size=1)), const("high", size=1)))
def clamp_from_limits(g: Graph, x: Output, low: Output, high: Output) -> Output | None:
    return _clamp(g, x, low, high)


@rewrite(match(Maximum, match(Minimum, x, const("high", size=1)), const("low", size=1)))
def clamp_to_limits(g: Graph, x: Output, low: Output, high: Output) -> Output | None:
    return _clamp(g, x, low, high)


def _clamp(g: Graph, x: Output, low: Output, high: Output) -> Output | None:
    assert low.constant is not None
    assert high.constant is not None
    if low.rank or high.rank or low.constant.item() > high.constant.item():
        return None
    return g.add(Clamp(min=float(low.constant.item()), max=float(high.constant.item())), x)


RULES = (
    swish,
    swish_with_beta,
    *HARD,
    *GELU,
    softplus,
    mish,
    leaky_relu,
    clamp_from_limits,
    clamp_to_limits,
)
