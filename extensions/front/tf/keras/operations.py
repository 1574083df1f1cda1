"""Functions of keras.ops in functional models: one row or one short function for each.

Source of semantics: keras.io, "Keras ops API". The settings of a function are those of its node,
the tensors its arguments. These compute element by element.
"""

from __future__ import annotations

import numpy as np

from extensions.front.building import rank_of, typed
from extensions.front.tf.common import refuse
from extensions.front.tf.keras.activation import activated
from extensions.front.tf.keras.common import Layer, layer
from extensions.front.tf.keras.operands import (
    BOOL,
    data_of,
    floats,
    function_of,
    in_common,
    operand,
    pair_of,
    truth,
    types_of,
)
from extensions.ops import activation as act
from extensions.ops import arithmetic as two
from extensions.ops import unary as one
from extensions.ops.shaping import Broadcast, ShapeOf
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op
from mo.graph.shape import normalize_axis

# ---- element by element

_UNARY: dict[str, type[Op]] = {
    "Abs": one.Abs,
    "Absolute": one.Abs,
    "Ceil": one.Ceiling,
    "Floor": one.Floor,
    "Negative": one.Negative,
    "Sign": one.Sign,
}
# Of whole numbers they are computed as floats.
_REAL: dict[str, type[Op]] = {
    "Arccos": one.Acos,
    "Arccosh": one.Acosh,
    "Arcsin": one.Asin,
    "Arcsinh": one.Asinh,
    "Arctan": one.Atan,
    "Arctanh": one.Atanh,
    "Cos": one.Cos,
    "Cosh": one.Cosh,
    "Erf": one.Erf,
    "Exp": one.Exp,
    "Log": one.Log,
    "Sin": one.Sin,
    "Sinh": one.Sinh,
    "Sqrt": one.Sqrt,
    "Tan": one.Tan,
    "Tanh": act.Tanh,
}
_ACTIVATIONS = {
    "HardSigmoid": "hard_sigmoid",
    "HardSilu": "hard_silu",
    "Relu": "relu",
    "Relu6": "relu6",
    "Selu": "selu",
    "Sigmoid": "sigmoid",
    "Silu": "silu",
    "Softplus": "softplus",
    "Softsign": "softsign",
}
_BINARY: dict[str, type[Op]] = {
    "Add": two.Add,
    "Maximum": two.Maximum,
    "Minimum": two.Minimum,
    "Mod": two.FloorMod,
    "Multiply": two.Multiply,
    "Power": two.Power,
    "Subtract": two.Subtract,
    "Equal": two.Equal,
    "Greater": two.Greater,
    "GreaterEqual": two.GreaterEqual,
    "Less": two.Less,
    "LessEqual": two.LessEqual,
    "NotEqual": two.NotEqual,
}
_LOGICAL: dict[str, type[Op]] = {
    "LogicalAnd": two.LogicalAnd,
    "LogicalOr": two.LogicalOr,
    "LogicalXor": two.LogicalXor,
}


@layer(*types_of(_UNARY))
def unary(layer: Layer, *data: Output) -> Output:
    return layer.g.add(_UNARY[function_of(layer)](), data_of(layer))


@layer(*types_of(_REAL))
def real(layer: Layer, *data: Output) -> Output:
    return layer.g.add(_REAL[function_of(layer)](), floats(layer))


@layer(*types_of(_ACTIVATIONS))
def function(layer: Layer, *data: Output) -> Output:
    return activated(layer, floats(layer), _ACTIVATIONS[function_of(layer)])


@layer(*types_of(_BINARY))
def binary(layer: Layer, *data: Output) -> Output:
    pair = pair_of(layer)
    a, b = in_common(layer, pair)
    if a.dtype is BOOL and function_of(layer) in ("Add", "Maximum", "Minimum", "Multiply"):
        joins = function_of(layer) in ("Add", "Maximum")
        return layer.g.add(two.LogicalOr() if joins else two.LogicalAnd(), a, b)
    return layer.g.add(_BINARY[function_of(layer)](), a, b)


@layer(*types_of(("Divide", "TrueDivide")))
def divide(layer: Layer, *data: Output) -> Output:
    pair = pair_of(layer)
    return layer.g.add(two.Divide(), *in_common(layer, pair, real=True))


@layer("ops.FloorDivide")
def floor_divide(layer: Layer, *data: Output) -> Output:
    pair = pair_of(layer)
    a, b = in_common(layer, pair)
    quotient = layer.g.add(two.Divide(), a, b)
    return layer.g.add(one.Floor(), quotient) if a.dtype.is_float else quotient


@layer(*types_of(_LOGICAL))
def logical(layer: Layer, *data: Output) -> Output:
    pair = pair_of(layer)
    return layer.g.add(_LOGICAL[function_of(layer)](), *(truth(layer, v) for v in pair))


@layer("ops.LogicalNot")
def logical_not(layer: Layer, *data: Output) -> Output:
    return layer.g.add(one.LogicalNot(), truth(layer, data_of(layer)))


@layer("ops.Square")
def square(layer: Layer, *data: Output) -> Output:
    x = data_of(layer)
    return layer.g.add(two.Multiply(), x, x)


@layer("ops.Rsqrt")
def rsqrt(layer: Layer, *data: Output) -> Output:
    return layer.g.add(two.Power(), floats(layer), -0.5)


@layer("ops.Reciprocal")
def reciprocal(layer: Layer, *data: Output) -> Output:
    return layer.g.add(two.Power(), floats(layer), -1.0)


@layer("ops.Log1p")
def log1p(layer: Layer, *data: Output) -> Output:
    return layer.g.add(one.Log(), layer.g.add(two.Add(), floats(layer), 1.0))


@layer("ops.Clip")
def clip(layer: Layer, *data: Output) -> Output:
    low, high = layer.needed("x_min"), layer.needed("x_max")
    x, least, most = in_common(layer, [data_of(layer), low, high])
    return layer.g.add(two.Minimum(), layer.g.add(two.Maximum(), x, least), most)


@layer("ops.Gelu")
def gelu(layer: Layer, *data: Output) -> Output:
    mode = "TANH" if layer.get("approximate", True) else "ERF"
    return layer.g.add(act.Gelu(approximation_mode=mode), floats(layer))


@layer("ops.Elu")
def elu(layer: Layer, *data: Output) -> Output:
    return layer.g.add(act.Elu(alpha=float(layer.get("alpha", 1.0))), floats(layer))


@layer("ops.LeakyRelu")
def leaky_relu(layer: Layer, *data: Output) -> Output:
    return layer.g.add(act.PReLU(), floats(layer), float(layer.get("negative_slope", 0.2)))


@layer("ops.Softmax", "ops.LogSoftmax")
def softmax(layer: Layer, *data: Output) -> Output:
    x, op = floats(layer), act.LogSoftmax if "Log" in layer.node.type else act.Softmax
    axis = layer.get("axis", -1)
    if not isinstance(axis, int):
        raise refuse(f"a softmax over the axes {axis}")
    return layer.g.add(op(axis=normalize_axis(axis, rank_of(x))), x)


@layer("ops.Cast")
def cast(layer: Layer, *data: Output) -> Output:
    return _as(layer, data_of(layer), str(layer.needed("dtype")))


def _as(layer: Layer, x: Output, name: str) -> Output:
    kind = ElementType.of(np.dtype(name))
    return truth(layer, x) if kind is BOOL else typed(layer.g, x, kind)


@layer("ops.ConvertToTensor", "ops.Copy", "ops.StopGradient")
def same(layer: Layer, *data: Output) -> Output:
    """A tensor, perhaps of another type."""
    x, dtype = data_of(layer), layer.get("dtype")
    return x if dtype is None else _as(layer, x, str(dtype))


@layer("ops.Where")
def where(layer: Layer, *data: Output) -> Output:
    chosen = [layer.argument(place, name) for place, name in ((1, "x1"), (2, "x2"))]
    if any(choice is None for choice in chosen):
        raise refuse("where of a condition alone")
    condition = truth(layer, operand(layer, 0, "condition"))
    return layer.g.add(two.Select(), condition, *in_common(layer, chosen))


@layer("ops.ZerosLike", "ops.OnesLike", "ops.FullLike")
def like(layer: Layer, *data: Output) -> Output:
    g, x = layer.g, data_of(layer)
    number = {"ZerosLike": 0, "OnesLike": 1}.get(function_of(layer))
    value = layer.argument(1, "fill_value") if number is None else number
    if isinstance(value, Output):
        raise refuse("full_like of a computed number")
    dtype = layer.argument(2 if number is None else 1, "dtype")
    kind = x.dtype if dtype is None else ElementType.of(np.dtype(str(dtype)))
    return g.add(Broadcast(), g.constant(np.asarray(value), kind), g.add(ShapeOf(), x))
