"""Mathematics on single elements.

An operation of the numpy interface is called like the older one with _npi_ in front.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

from extensions.front.building import typed
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import as_floats, converts, maps, refused, truth
from extensions.ops import arithmetic as a
from extensions.ops import unary as u
from extensions.ops.activation import Clamp, HardSigmoid, ReLU, Sigmoid, SoftSign, Tanh
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op

_PREFIXES = ("", "_npi_", "_sparse_")

# Of whole numbers they make whole ones.
_WHOLE: dict[str, type[Op]] = {
    "abs": u.Abs,
    "absolute": u.Abs,
    "bitwise_not": u.BitwiseNot,
    "ceil": u.Ceiling,
    "floor": u.Floor,
    "relu": ReLU,
    "sign": u.Sign,
}
_TESTS: dict[str, type[Op]] = {"isfinite": u.IsFinite, "isinf": u.IsInf, "isnan": u.IsNaN}
_REAL: dict[str, type[Op]] = {
    "arccos": u.Acos,
    "arccosh": u.Acosh,
    "arcsin": u.Asin,
    "arcsinh": u.Asinh,
    "arctan": u.Atan,
    "arctanh": u.Atanh,
    "cos": u.Cos,
    "cosh": u.Cosh,
    "erf": u.Erf,
    "erfinv": u.ErfInv,
    "exp": u.Exp,
    "log": u.Log,
    "sigmoid": Sigmoid,
    "sin": u.Sin,
    "sinh": u.Sinh,
    "softsign": SoftSign,
    "sqrt": u.Sqrt,
    "tan": u.Tan,
    "tanh": Tanh,
}
maps({prefix + name: op for name, op in _WHOLE.items() for prefix in _PREFIXES})


def _spelled(names: Iterable[str]) -> Iterator[str]:
    return (prefix + name for name in names for prefix in _PREFIXES)


def _plain(node: SourceNode) -> str:
    """The name of an operation without the interface that it belongs to."""
    return node.type.removeprefix("_npi_").removeprefix("_sparse_")


@converts(*_spelled(_REAL))
def real_function(g: Graph, node: SourceNode, x: Output) -> Output:
    op = _REAL[_plain(node)]
    return as_floats(g, lambda g, x: g.add(op(), x), x)


@converts(*_spelled(["negative"]))
def negative(g: Graph, node: SourceNode, x: Output) -> Output:
    if not x.dtype.is_signed:
        raise refused(f"what is less than nothing in {x.dtype.name}")
    return g.add(u.Negative(), x)


@converts(*_spelled(_TESTS))
def test_of_numbers(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(_TESTS[_plain(node)](), x if x.dtype.is_float else typed(g, x, ElementType.f32))


def _power(exponent: float) -> Callable[[Graph, Output], Output]:
    return lambda g, x: g.add(a.Power(), x, exponent)


def _times(factor: float) -> Callable[[Graph, Output], Output]:
    return lambda g, x: g.add(a.Multiply(), x, factor)


def _logarithm(base: float) -> Callable[[Graph, Output], Output]:
    return lambda g, x: g.add(a.Multiply(), g.add(u.Log(), x), 1 / math.log(base))


def _cubic_root(g: Graph, x: Output) -> Output:
    return g.add(a.Multiply(), g.add(u.Sign(), x), _power(1 / 3)(g, g.add(u.Abs(), x)))


def _exponential_less_one(g: Graph, x: Output) -> Output:
    """tanh(x / 2) * (exp(x) + 1), which is exact near zero as well."""
    half = g.add(Tanh(), g.add(a.Multiply(), x, 0.5))
    return g.add(a.Multiply(), half, g.add(a.Add(), g.add(u.Exp(), x), 1.0))


def _cut_off(g: Graph, x: Output) -> Output:
    """Rounded towards zero."""
    return g.add(a.Multiply(), g.add(u.Sign(), x), g.add(u.Floor(), g.add(u.Abs(), x)))


def _rounded_down_from_half(g: Graph, x: Output) -> Output:
    return g.add(u.Ceiling(), g.add(a.Subtract(), x, 0.5))


_WHOLE_FORMULAS: dict[str, Callable[[Graph, Output], Output]] = {
    "fix": _cut_off,
    "logical_not": lambda g, x: typed(g, g.add(u.LogicalNot(), truth(g, x)), x.dtype),
    "rint": _rounded_down_from_half,
    "round": lambda g, x: g.add(u.Round(mode="half_away_from_zero"), x),
    "square": lambda g, x: g.add(a.Multiply(), x, x),
    "trunc": _cut_off,
}
_REAL_FORMULAS: dict[str, Callable[[Graph, Output], Output]] = {
    "cbrt": _cubic_root,
    "degrees": _times(180 / math.pi),
    "expm1": _exponential_less_one,
    "log10": _logarithm(10),
    "log1p": lambda g, x: g.add(u.Log(), g.add(a.Add(), x, 1.0)),
    "log2": _logarithm(2),
    "radians": _times(math.pi / 180),
    "rcbrt": lambda g, x: g.add(a.Divide(), 1.0, _cubic_root(g, x)),
    "reciprocal": _power(-1.0),
    "rsqrt": _power(-0.5),
}


@converts(*_spelled(_REAL_FORMULAS))
def real_formula(g: Graph, node: SourceNode, x: Output) -> Output:
    return as_floats(g, _REAL_FORMULAS[_plain(node)], x)


@converts(*_spelled(_WHOLE_FORMULAS))
def formula(g: Graph, node: SourceNode, x: Output) -> Output:
    result = _WHOLE_FORMULAS[_plain(node)](g, x)
    if node.type == "_npi_logical_not":
        return typed(g, result, ElementType.boolean)
    return result


@converts("_npi_around")
def around(g: Graph, node: SourceNode, x: Output) -> Output:
    if not x.dtype.is_float:
        return x
    shift = 10.0 ** at.integer(node, "decimals", 0)
    whole = g.add(u.Round(mode="half_to_even"), g.add(a.Multiply(), x, shift))
    return g.add(a.Divide(), whole, shift)


@converts("clip")
def clip(g: Graph, node: SourceNode, x: Output) -> Output:
    low, high = at.optional_number(node, "a_min"), at.optional_number(node, "a_max")
    return g.add(
        Clamp(min=-math.inf if low is None else low, max=math.inf if high is None else high), x
    )


@converts("hard_sigmoid")
def hard_sigmoid(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(HardSigmoid(), x, at.number(node, "alpha", 0.2), at.number(node, "beta", 0.5))


@converts("smooth_l1")
def smooth_l1(g: Graph, node: SourceNode, x: Output) -> Output:
    """(s x)^2 / 2 where |x| is below 1 / s^2, |x| - 1 / (2 s^2) elsewhere."""
    square = at.number(node, "scalar", 1.0) ** 2
    return as_floats(g, lambda g, x: _smooth(g, x, square), x)


def _smooth(g: Graph, x: Output, square: float) -> Output:
    if not square:
        return g.add(a.Multiply(), x, 0.0)
    size = g.add(u.Abs(), x)
    near = g.add(a.Multiply(), g.add(a.Multiply(), x, x), square / 2)
    far = g.add(a.Subtract(), size, 0.5 / square)
    return g.add(a.Select(), g.add(a.Less(), size, 1 / square), near, far)


@converts("_contrib_quadratic")
def quadratic(g: Graph, node: SourceNode, x: Output) -> Output:
    y = g.add(a.Multiply(), x, at.number(node, "a", 0.0))
    y = g.add(a.Multiply(), g.add(a.Add(), y, at.number(node, "b", 0.0)), x)
    return g.add(a.Add(), y, at.number(node, "c", 0.0))


# Identities in inference: gradients, training, devices and storage are all they are about.
@converts(
    "BlockGrad",
    "IdentityAttachKLSparseReg",
    "LinearRegressionOutput",
    "MAERegressionOutput",
    "SVMOutput",
    "_CrossDeviceCopy",
    "_contrib_gradientmultiplier",
    "_copy",
    "_identity_with_attr_like_rhs",
    "_npx_constraint_check",
    "cast_storage",
    "make_loss",
)
def unchanged(g: Graph, node: SourceNode, x: Output, *_: Output) -> Output:
    return x


@converts("Dropout")
def dropout(g: Graph, node: SourceNode, x: Output) -> Output:
    if at.word(node, "mode", "training") == "always":
        raise refused("Dropout in inference (mode 'always')")
    return x


@converts("LogisticRegressionOutput")
def logistic_output(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Sigmoid(), x)


@converts("amp_cast")
def cast_of_floats(g: Graph, node: SourceNode, x: Output) -> Output:
    kind = at.element_type(node)
    if not kind.is_float:
        raise refused(f"amp_cast to {kind.name}")
    return typed(g, x, kind) if x.dtype.is_float else x


@converts("Cast")
def cast(g: Graph, node: SourceNode, x: Output) -> Output:
    return typed(g, x, at.element_type(node))


@converts("amp_multicast")
def multicast(g: Graph, node: SourceNode, *xs: Output) -> tuple[Output, ...]:
    """All floats are of one type here anyway."""
    return xs
