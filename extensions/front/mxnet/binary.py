"""Arithmetic, comparison and logic of two tensors, or of a tensor and a number.

The older operations answer in the element type of the question; those of the numpy interface
(_npi_...) promote types and compare to booleans. A number beside a tensor takes its type.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from itertools import product

import numpy as np

from extensions.front.building import divide, invalid, typed
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import alike, as_floats, converts, truth
from extensions.ops import arithmetic as a
from extensions.ops import unary as u
from extensions.ops.shaping import Unsqueeze
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op

Combine = Callable[[Graph, Output, Output], Output]


def _by(op: type[Op]) -> Combine:
    return lambda g, x, y: g.add(op(), x, y)


def _true_divided(g: Graph, x: Output, y: Output) -> Output:
    x, y = (typed(g, value, ElementType.f32) for value in (x, y))
    return g.add(a.Divide(), x, y)


def _remainder(g: Graph, x: Output, y: Output) -> Output:
    """With the sign of the divisor, and 0 where that is 0."""
    known = y.value()
    if known is not None and (known != 0).all():
        return g.add(a.FloorMod(), x, y)
    zero, one = (g.constant(np.asarray(number), y.dtype) for number in (0, 1))
    is_zero = g.add(a.Equal(), y, zero)
    found = g.add(a.FloorMod(), x, g.add(a.Select(), is_zero, one, y))
    return g.add(a.Select(), is_zero, zero, found)


def _hypotenuse(g: Graph, x: Output, y: Output) -> Output:
    squares = [g.add(a.Multiply(), value, value) for value in (x, y)]
    return g.add(u.Sqrt(), g.add(a.Add(), *squares))


def _angle(g: Graph, y: Output, x: Output) -> Output:
    """The angle of a point: that of y / x, half a turn further where x is negative."""
    angle = g.add(u.Atan(), g.add(a.Divide(), y, x))
    below = g.add(a.Less(), y, 0.0)
    half_turn = g.add(
        a.Select(), below, g.constant(-math.pi, x.dtype), g.constant(math.pi, x.dtype)
    )
    return g.add(a.Select(), g.add(a.Less(), x, 0.0), g.add(a.Add(), angle, half_turn), angle)


def _with_sign(g: Graph, x: Output, y: Output) -> Output:
    size = g.add(u.Abs(), x)
    return g.add(a.Select(), g.add(a.Less(), y, 0.0), g.add(u.Negative(), size), size)


def _scaled_by_power(g: Graph, x: Output, y: Output) -> Output:
    return g.add(a.Multiply(), x, g.add(a.Power(), g.constant(2.0, x.dtype), y))


def _of_floats(combine: Combine) -> Combine:
    return lambda g, x, y: as_floats(g, combine, x, y)


_ARITHMETIC: dict[str, Combine] = {
    "add": _by(a.Add),
    "arctan2": _of_floats(_angle),
    "bitwise_and": _by(a.BitwiseAnd),
    "bitwise_or": _by(a.BitwiseOr),
    "bitwise_xor": _by(a.BitwiseXor),
    "copysign": _with_sign,
    "div": divide,
    "hypot": _of_floats(_hypotenuse),
    "ldexp": _of_floats(_scaled_by_power),
    "maximum": _by(a.Maximum),
    "minimum": _by(a.Minimum),
    "mod": _remainder,
    "mul": _by(a.Multiply),
    "power": _by(a.Power),
    "sub": _by(a.Subtract),
    "true_divide": _true_divided,
}
_COMPARISONS: dict[str, Combine] = {
    "equal": _by(a.Equal),
    "greater": _by(a.Greater),
    "greater_equal": _by(a.GreaterEqual),
    "lesser": _by(a.Less),
    "lesser_equal": _by(a.LessEqual),
    "not_equal": _by(a.NotEqual),
}
_LOGIC: dict[str, Combine] = {
    "logical_and": lambda g, x, y: g.add(a.LogicalAnd(), truth(g, x), truth(g, y)),
    "logical_or": lambda g, x, y: g.add(a.LogicalOr(), truth(g, x), truth(g, y)),
    "logical_xor": lambda g, x, y: g.add(a.LogicalXor(), truth(g, x), truth(g, y)),
}
_COMBINATIONS = {**_ARITHMETIC, **_COMPARISONS, **_LOGIC}
# The numpy interface has some names of its own.
_NUMPY_NAMES = {
    "div": "divide",
    "lesser": "less",
    "lesser_equal": "less_equal",
    "mul": "multiply",
    "sub": "subtract",
}
# With the two sides exchanged.
_REVERSED = {
    "rarctan2": "arctan2",
    "rcopysign": "copysign",
    "rdiv": "div",
    "rldexp": "ldexp",
    "rminus": "sub",
    "rmod": "mod",
    "rpower": "power",
    "rsubtract": "sub",
    "rtrue_divide": "true_divide",
}
_SCALAR_NAMES = {"add": "plus", "sub": "minus"}


def _pair_rows() -> dict[str, tuple[str, bool]]:
    """Operation to what it combines by, and whether it belongs to the numpy interface."""
    rows = {}
    for prefix, name in product(
        ("elemwise_", "broadcast_", "_", "_scatter_elemwise_"), _COMBINATIONS
    ):
        rows[prefix + name] = (name, False)
    for name in _COMBINATIONS:
        rows[f"_npi_{_NUMPY_NAMES.get(name, name)}"] = (name, True)
    return rows


def _scalar_rows() -> dict[str, tuple[str, bool, bool]]:
    """As above, and whether the number stands first."""
    rows = {}
    for name in _COMBINATIONS:
        for prefix in ("_", "_scatter_"):
            rows[f"{prefix}{_SCALAR_NAMES.get(name, name)}_scalar"] = (name, False, False)
        rows[f"_npi_{_NUMPY_NAMES.get(name, name)}_scalar"] = (name, True, False)
    for other, name in _REVERSED.items():
        rows[f"_{other}_scalar"] = (name, False, True)
        rows[f"_npi_{other}_scalar"] = (name, True, True)
    return rows


_PAIRS = _pair_rows()
_SCALARS = _scalar_rows()


def _combined(g: Graph, name: str, x: Output, y: Output, is_numpy: bool) -> Output:
    result = _COMBINATIONS[name](g, x, y)
    return result if is_numpy or name in _ARITHMETIC else typed(g, result, x.dtype)


@converts(*_PAIRS)
def pair(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    name, is_numpy = _PAIRS[node.type]
    x, y = alike(g, x, y)
    return _combined(g, name, x, y, is_numpy)


@converts(*_SCALARS)
def with_scalar(g: Graph, node: SourceNode, x: Output) -> Output:
    name, is_numpy, is_first = _SCALARS[node.type]
    value = at.number(node, "scalar", 1.0)
    if not x.dtype.is_float and not name.startswith("bitwise"):
        if not at.flag(node, "is_int", True):
            x = typed(g, x, ElementType.f32)
        elif x.dtype is ElementType.boolean:
            x = typed(g, x, ElementType.i64)
    # Beside whole numbers a number loses its fraction, and wraps around as they do.
    if x.dtype.is_float or name == "true_divide":
        y = g.constant(value, ElementType.f32)
    elif not abs(value) < 1 << 62:
        raise invalid(f"it has {value} beside whole numbers")
    else:
        y = g.constant(np.int64(value).astype(x.dtype.numpy), x.dtype)
    return _combined(g, name, y if is_first else x, x if is_first else y, is_numpy)


@converts("add_n")
def add_n(g: Graph, node: SourceNode, *xs: Output) -> Output:
    return reduce(lambda x, y: g.add(a.Add(), x, y), alike(g, *xs))


@converts("where")
def where(g: Graph, node: SourceNode, condition: Output, x: Output, y: Output) -> Output:
    """The condition may be a vector that chooses whole rows."""
    if condition.rank == 1 and x.rank is not None and x.rank > 1:
        condition = g.add(Unsqueeze(), condition, list(range(1, x.rank)))
    return g.add(a.Select(), truth(g, condition), *alike(g, x, y))
