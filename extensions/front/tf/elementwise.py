"""Arithmetic, comparison, logic, mathematics and element types."""

from __future__ import annotations

from functools import reduce

import numpy as np

from extensions.front.building import channelwise, divide, is_shape, lift, rank_of, typed
from extensions.front.tf.common import converts, layout_of, maps, number, refuse, type_attribute
from extensions.ops import arithmetic as a
from extensions.ops import unary as u
from extensions.ops.shaping import Broadcast, ShapeOf
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

maps(
    {
        "Abs": u.Abs,
        "Acos": u.Acos,
        "Acosh": u.Acosh,
        "Add": a.Add,
        "AddV2": a.Add,
        "Asin": u.Asin,
        "Asinh": u.Asinh,
        "Atan": u.Atan,
        "Atanh": u.Atanh,
        "BitwiseAnd": a.BitwiseAnd,
        "BitwiseOr": a.BitwiseOr,
        "BitwiseXor": a.BitwiseXor,
        "Ceil": u.Ceiling,
        "Cos": u.Cos,
        "Cosh": u.Cosh,
        "Equal": a.Equal,
        "Erf": u.Erf,
        "Exp": u.Exp,
        "Floor": u.Floor,
        "Greater": a.Greater,
        "GreaterEqual": a.GreaterEqual,
        "Invert": u.BitwiseNot,
        "IsFinite": u.IsFinite,
        "IsInf": u.IsInf,
        "IsNan": u.IsNaN,
        "LeftShift": a.BitwiseLeftShift,
        "Less": a.Less,
        "LessEqual": a.LessEqual,
        "Log": u.Log,
        "LogicalAnd": a.LogicalAnd,
        "LogicalNot": u.LogicalNot,
        "LogicalOr": a.LogicalOr,
        "LogicalXor": a.LogicalXor,
        "Maximum": a.Maximum,
        "Minimum": a.Minimum,
        "Mod": a.Mod,
        "Mul": a.Multiply,
        "Neg": u.Negative,
        "NotEqual": a.NotEqual,
        "Pow": a.Power,
        "RightShift": a.BitwiseRightShift,
        "SelectV2": a.Select,
        "Sign": u.Sign,
        "Sin": u.Sin,
        "Sinh": u.Sinh,
        "Sqrt": u.Sqrt,
        "SquaredDifference": a.SquaredDifference,
        "Sub": a.Subtract,
        "Tan": u.Tan,
        "TruncateMod": a.Mod,
    }
)


@converts("Rint", "Round")
def round_(g: Graph, node: SourceNode, x: Output) -> Output:
    """Halves to the even neighbour; whole numbers stay."""
    return g.add(u.Round(), x) if x.dtype.is_float else x


@converts("AddN")
def add_n(g: Graph, node: SourceNode, *xs: Output) -> Output:
    return reduce(lambda x, y: g.add(a.Add(), x, y), xs)


@converts("BiasAdd", "BiasAddV1")
def bias_add(g: Graph, node: SourceNode, x: Output, bias: Output) -> Output:
    """Along the last axis, or with data_format NCHW along the second one."""
    if layout_of(node, 2).channels_last:
        return g.add(a.Add(), x, bias)
    return g.add(a.Add(), x, channelwise(g, bias, rank_of(x)))


@converts("Div", "RealDiv", "TruncateDiv")
def div(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    return divide(g, x, y)


@converts("FloorDiv")
def floor_div(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    """Rounded down, for integers too: the CPU runtime itself cuts their quotients off."""
    if x.dtype.is_float:
        return g.add(u.Floor(), g.add(a.Divide(), x, y))
    if not x.dtype.is_signed or is_shape(x):
        return divide(g, x, y)
    return divide(g, g.add(a.Subtract(), x, g.add(a.FloorMod(), x, y)), y)


@converts("FloorMod")
def floor_mod(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    return g.add(a.FloorMod(), x, y)


@converts("Square")
def square(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(a.Multiply(), x, x)


@converts("Rsqrt")
def rsqrt(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(a.Power(), x, -0.5)


@converts("Inv", "Reciprocal")
def reciprocal(g: Graph, node: SourceNode, x: Output) -> Output:
    return divide(g, number(g, 1, x.dtype), x)


@converts("Log1p")
def log1p(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(u.Log(), g.add(a.Add(), x, 1.0))


@converts("Expm1")
def expm1(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(a.Subtract(), g.add(u.Exp(), x), 1.0)


@converts("Erfc")
def erfc(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(a.Subtract(), number(g, 1.0, x.dtype), g.add(u.Erf(), x))


@converts("Atan2")
def atan2(g: Graph, node: SourceNode, y: Output, x: Output) -> Output:
    """The angle of a point, from -pi to pi; 0 at the origin."""
    zero = number(g, 0.0, x.dtype)
    is_left = g.add(a.Less(), x, zero)
    is_below = g.add(a.Less(), y, zero)
    is_above = g.add(a.Greater(), x, zero)
    turn = g.add(a.Select(), is_below, number(g, -np.pi, x.dtype), number(g, np.pi, x.dtype))
    slope = g.add(u.Atan(), g.add(a.Divide(), y, x))
    beside = g.add(a.Select(), is_left, g.add(a.Add(), slope, turn), slope)
    # On the vertical axis only the sign of y counts.
    upright = g.add(a.Multiply(), g.add(u.Sign(), y), number(g, np.pi / 2, x.dtype))
    return g.add(a.Select(), g.add(a.LogicalOr(), is_left, is_above), beside, upright)


@converts("DivNoNan")
def div_no_nan(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    """0 where the divisor is 0."""
    zero = number(g, 0.0, x.dtype)
    return g.add(a.Select(), g.add(a.Equal(), y, zero), zero, g.add(a.Divide(), x, y))


@converts("MulNoNan")
def mul_no_nan(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    """0 where the second factor is 0, even if the first is infinite."""
    zero = number(g, 0.0, x.dtype)
    return g.add(a.Select(), g.add(a.Equal(), y, zero), zero, g.add(a.Multiply(), x, y))


@converts("Xdivy", "Xlogy", "Xlog1py")
def x_times_function(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    """x / y, x log(y), x log(1 + y), but 0 where x is 0."""
    zero = number(g, 0.0, x.dtype)
    if node.type == "Xdivy":
        product = g.add(a.Divide(), x, y)
    else:
        logarithm = log1p(g, node, y) if node.type == "Xlog1py" else g.add(u.Log(), y)
        product = g.add(a.Multiply(), x, logarithm)
    return g.add(a.Select(), g.add(a.Equal(), x, zero), zero, product)


@converts("ApproximateEqual")
def approximate_equal(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    distance = g.add(u.Abs(), g.add(a.Subtract(), x, y))
    return g.add(a.Less(), distance, float(node.get("tolerance", 1e-5)))


@converts("ClipByValue")
def clip_by_value(g: Graph, node: SourceNode, x: Output, low: Output, high: Output) -> Output:
    return g.add(a.Maximum(), g.add(a.Minimum(), x, high), low)


@converts("Cast")
def cast(g: Graph, node: SourceNode, x: Output) -> Output:
    kind = type_attribute(node, "DstT")
    if kind is ElementType.string or x.dtype is ElementType.string:
        raise refuse("a cast from or to strings")
    return typed(g, x, kind)


@converts("ToBool")
def to_bool(g: Graph, node: SourceNode, x: Output) -> Output:
    """Whether a number is not 0."""
    if x.dtype is ElementType.boolean:
        return x
    return g.add(a.NotEqual(), x, number(g, 0, x.dtype))


@converts("Select")
def select(g: Graph, node: SourceNode, condition: Output, x: Output, y: Output) -> Output:
    """A condition of rank 1 chooses whole slices along the first axis."""
    if condition.rank == 1 and rank_of(x) > 1:
        condition = lift(g, condition, range(1, rank_of(x)))
    return g.add(a.Select(), condition, x, y)


@converts("ZerosLike", "OnesLike")
def constant_like(g: Graph, node: SourceNode, x: Output) -> Output:
    value = number(g, node.type == "OnesLike", x.dtype)
    return value if x.shape == () else g.add(Broadcast(), value, g.add(ShapeOf(), x))
