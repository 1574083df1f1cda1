"""Arithmetic, comparison, logic, mathematics and element types."""

from __future__ import annotations

from functools import reduce

import numpy as np

from extensions.front.building import divide, typed
from extensions.front.onnx import strings
from extensions.front.onnx.common import converts, maps
from extensions.ops import arithmetic as a
from extensions.ops import unary as u
from extensions.ops.activation import Clamp, ReLU
from extensions.ops.shaping import Unsqueeze
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op

maps(
    {
        "Abs": u.Abs,
        "Acos": u.Acos,
        "Acosh": u.Acosh,
        "Asin": u.Asin,
        "Asinh": u.Asinh,
        "Atan": u.Atan,
        "Atanh": u.Atanh,
        "BitwiseAnd": a.BitwiseAnd,
        "BitwiseNot": u.BitwiseNot,
        "BitwiseOr": a.BitwiseOr,
        "BitwiseXor": a.BitwiseXor,
        "Ceil": u.Ceiling,
        "Cos": u.Cos,
        "Cosh": u.Cosh,
        "Erf": u.Erf,
        "Exp": u.Exp,
        "Floor": u.Floor,
        "IsNaN": u.IsNaN,
        "Log": u.Log,
        "Neg": u.Negative,
        "Not": u.LogicalNot,
        "Round": u.Round,
        "Sign": u.Sign,
        "Sin": u.Sin,
        "Sinh": u.Sinh,
        "Sqrt": u.Sqrt,
        "Tan": u.Tan,
        "Where": a.Select,
    }
)

_BINARY: dict[str, type[Op]] = {
    "Add": a.Add,
    "And": a.LogicalAnd,
    "Equal": a.Equal,
    "Greater": a.Greater,
    "GreaterOrEqual": a.GreaterEqual,
    "Less": a.Less,
    "LessOrEqual": a.LessEqual,
    "Mul": a.Multiply,
    "Or": a.LogicalOr,
    "Sub": a.Subtract,
    "Xor": a.LogicalXor,
}


@converts(*_BINARY)
def binary_1(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    return g.add(_BINARY[node.type](), x, aligned(g, node, x, y))


maps({name: op for name, op in _BINARY.items() if name != "Equal"}, since=7)


@converts("Equal", since=7)
def equal_7(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    return strings.equal(g, x, y) if x.dtype is ElementType.string else g.add(a.Equal(), x, y)


def aligned(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    """Before operation set 7, ``axis`` says where in x the shape of y starts."""
    axis = node.get("axis")
    if not node.get("broadcast") or axis is None or x.rank is None or y.rank is None:
        return y
    behind = x.rank - (axis + x.rank if axis < 0 else axis) - y.rank
    return g.add(Unsqueeze(), y, [y.rank + i for i in range(behind)]) if behind > 0 else y


@converts("Div")
def div_1(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    return divide(g, x, aligned(g, node, x, y))


@converts("Div", since=7)
def div_7(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    return divide(g, x, y)


@converts("Pow")
def pow_1(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    return power(g, x, aligned(g, node, x, y))


@converts("Pow", since=7)
def pow_7(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    return power(g, x, y)


def power(g: Graph, x: Output, y: Output) -> Output:
    """The exponent may have another type since 12; the result has the type of the base."""
    if x.dtype.is_integer and y.dtype.is_float:
        return typed(g, g.add(a.Power(), typed(g, x, y.dtype), y), x.dtype)
    return g.add(a.Power(), x, typed(g, y, x.dtype))


@converts("Mod")
def mod(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    if node.get("fmod"):
        return g.add(a.Mod(), x, y)
    return _floor_mod(g, x, y) if x.dtype.is_float else g.add(a.FloorMod(), x, y)


def _floor_mod(g: Graph, x: Output, y: Output) -> Output:
    """The remainder with the sign of y. An infinite y leaves x, or is it where the signs differ.

    The runtime computes x - floor(x / y) * y, which is not a number there.
    """
    zero = g.constant(np.asarray(0.0), x.dtype)
    signs_differ = g.add(a.Less(), g.add(a.Multiply(), x, g.add(u.Sign(), y)), zero)
    plain = g.add(a.FloorMod(), x, y)
    at_infinity = g.add(a.Select(), signs_differ, y, x)
    is_infinite = g.add(
        a.LogicalAnd(), g.add(u.IsInf(), y), g.add(u.LogicalNot(), g.add(u.IsInf(), x))
    )
    return g.add(a.Select(), is_infinite, at_infinity, plain)


@converts("Sum")
def sum_(g: Graph, node: SourceNode, *xs: Output) -> Output:
    return reduce(lambda x, y: g.add(a.Add(), x, y), xs)


@converts("Max")
def max_(g: Graph, node: SourceNode, *xs: Output) -> Output:
    return reduce(lambda x, y: g.add(a.Maximum(), x, y), xs)


@converts("Min")
def min_(g: Graph, node: SourceNode, *xs: Output) -> Output:
    return reduce(lambda x, y: g.add(a.Minimum(), x, y), xs)


@converts("Mean")
def mean(g: Graph, node: SourceNode, *xs: Output) -> Output:
    return g.add(a.Divide(), sum_(g, node, *xs), float(len(xs)))


@converts("Reciprocal")
def reciprocal(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(a.Divide(), g.constant(np.asarray(1.0), x.dtype), x)


@converts("IsInf")
def is_inf(g: Graph, node: SourceNode, x: Output) -> Output:
    op = u.IsInf(
        detect_negative=bool(node.get("detect_negative", 1)),
        detect_positive=bool(node.get("detect_positive", 1)),
    )
    return g.add(op, x)


@converts("Clip")
def clip_1(g: Graph, node: SourceNode, x: Output) -> Output:
    return clamp(g, x, node.get("min"), node.get("max"))


@converts("Clip", since=11)
def clip_11(
    g: Graph, node: SourceNode, x: Output, low: Output | None = None, high: Output | None = None
) -> Output:
    constant = all(limit is None or limit.is_constant for limit in (low, high))
    if constant and x.dtype.is_float:
        limits = [
            None if v is None or v.constant is None else v.constant.item() for v in (low, high)
        ]
        return clamp(g, x, *limits)
    if low is not None:
        x = g.add(a.Maximum(), x, low)
    return x if high is None else g.add(a.Minimum(), x, high)


def clamp(g: Graph, x: Output, low: float | None, high: float | None) -> Output:
    """Limits of None are open."""
    greatest = float(np.finfo(np.float32).max)
    low = None if low is not None and low <= -greatest else low
    high = None if high is not None and high >= greatest else high
    if low is None and high is None:
        return x
    if high is None and low == 0:
        return g.add(ReLU(), x)
    if low is None or high is None:
        op = a.Minimum() if low is None else a.Maximum()
        return g.add(op, x, float(high if low is None else low))  # type: ignore[arg-type]
    # The upper limit wins where the two contradict each other.
    return g.add(Clamp(min=float(min(low, high)), max=float(high)), x)


@converts("BitShift")
def bit_shift(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    """By as many bits as there are, or by a number below zero, all of them are pushed out."""
    left = node.get("direction") == "LEFT"
    op = a.BitwiseLeftShift() if left else a.BitwiseRightShift()
    known = y.value()
    bits = x.dtype.bits
    if known is not None and ((known >= 0) & (known < bits)).all():
        return g.add(op, x, y)
    width, zero, last = (g.constant(np.asarray(n), x.dtype) for n in (bits, 0, bits - 1))
    inside = g.add(a.Less(), y, width)
    if y.dtype.is_signed:
        inside = g.add(a.LogicalAnd(), inside, g.add(a.GreaterEqual(), y, zero))
    shifted = g.add(op, x, g.add(a.Select(), inside, y, last))
    if not left and x.dtype.is_signed:
        return shifted  # The sign is what comes in.
    return g.add(a.Select(), inside, shifted, zero)
