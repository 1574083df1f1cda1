"""Operations element by element, and those that pass values on."""

from __future__ import annotations

from math import erf

import numpy as np

from tests.classic.operation_cases import Cases, fixed, numbers, whole

CASES = Cases()
X, Y = numbers(2, 3, 4), numbers(2, 3, 4, seed=2)
POSITIVE = numbers(2, 3, low=0.1, high=3)
SMALL = numbers(2, 3, low=-0.9, high=0.9)
TRUTHS, OTHERS = X > 0, Y > 0


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def softplus(x: np.ndarray) -> np.ndarray:
    return np.log1p(np.exp(x))


def gelu(x: np.ndarray) -> np.ndarray:
    return x * (1 + np.vectorize(erf)(x / np.sqrt(2))) / 2


_activations = "extensions.ops.activation_ops"
for _name, _formula, _x in (
    ("Abs", np.abs, X),
    ("Acos", np.arccos, SMALL),
    ("Acosh", np.arccosh, POSITIVE + 1),
    ("Asin", np.arcsin, SMALL),
    ("Asinh", np.arcsinh, X),
    ("Atan", np.arctan, X),
    ("Atanh", np.arctanh, SMALL),
    ("Ceiling", np.ceil, X),
    ("Cos", np.cos, X),
    ("Cosh", np.cosh, X),
    ("Elu", lambda x: np.where(x > 0, x, np.exp(x) - 1), X),
    ("Erf", np.vectorize(erf), X),
    ("Exp", np.exp, X),
    ("Floor", np.floor, X),
    ("HSigmoid", lambda x: np.clip(x + 3, 0, 6) / 6, 2 * X),
    ("HSwish", lambda x: x * np.clip(x + 3, 0, 6) / 6, 2 * X),
    ("Log", np.log, POSITIVE),
    ("LogicalNot", np.logical_not, TRUTHS),
    ("Mish", lambda x: x * np.tanh(softplus(x)), X),
    ("ReLU", lambda x: np.maximum(x, 0), X),
    ("ReLU6", lambda x: np.clip(x, 0, 6), 5 * X),
    ("Sigmoid", sigmoid, X),
    ("Sign", np.sign, X),
    ("Sin", np.sin, X),
    ("Sinh", np.sinh, X),
    ("SoftPlus", softplus, X),
    ("Tan", np.tan, SMALL),
    ("Tanh", np.tanh, X),
):
    CASES.add(f"{_activations}.{_name}", _x, _formula)
CASES.add(f"{_activations}.Elu", X, lambda x: np.where(x > 0, x, 0.5 * np.exp(x) - 0.5), alpha=0.5)
CASES.add(f"{_activations}.LeakyReLU", X, lambda x: np.where(x > 0, x, x / 5), negative_slope=0.2)
CASES.add(f"{_activations}.Swish", X, lambda x: x * sigmoid(x))
CASES.add(f"{_activations}.Swish", (X, fixed(2.0)), lambda x, beta: x * sigmoid(beta * x))
CASES.add(f"{_activations}.ThresholdedRelu", X, lambda x: np.where(x > 1, x, 0))
CASES.add(f"{_activations}.ThresholdedRelu", X, lambda x: np.where(x > 0.5, x, 0), alpha=0.5)
CASES.add("mo.ops.activation.Activation", X, np.tanh, operation="tanh")
CASES.add(
    "mo.ops.activation.Activation",
    X,
    lambda x: np.maximum(x, np.expm1(np.minimum(x, 0))),
    operation="elu",
)
CASES.add("mo.ops.clamp.AttributedClamp", X, lambda x: np.clip(x, -1, 0.5), min=-1, max=0.5)
CASES.add("mo.ops.clamp.Clamp", (X, fixed(-1.0), fixed(0.5)), np.clip)
CASES.add("extensions.ops.gelu.GeLUOP", X, gelu, approximation_mode="erf")
CASES.add(
    "extensions.ops.hard_sigmoid.HardSigmoid",
    (X, fixed(0.2), fixed(0.5)),
    lambda x, a, b: np.clip(a * x + b, 0, 1),
)
CASES.add(
    "extensions.ops.prelu.PReLU",
    (X, fixed([0.1, 0.2, 0.3])),
    lambda x, slope: np.where(x > 0, x, x * slope[:, None]),
)

_elementwise = "extensions.ops.elementwise"
for _name, _function in (
    ("Add", np.add),
    ("BiasAdd", np.add),
    ("Div", np.divide),
    ("Equal", np.equal),
    ("FloorMod", np.mod),
    ("Greater", np.greater),
    ("GreaterEqual", np.greater_equal),
    ("Less", np.less),
    ("LessEqual", np.less_equal),
    ("Maximum", np.maximum),
    ("Minimum", np.minimum),
    ("Mul", np.multiply),
    ("NotEqual", np.not_equal),
    ("SquaredDifference", lambda x, y: (x - y) ** 2),
    ("Sub", np.subtract),
):
    CASES.add(f"{_elementwise}.{_name}", (X, Y), _function)
for _name, _function in (
    ("LogicalAnd", np.logical_and),
    ("LogicalOr", np.logical_or),
    ("LogicalXor", np.logical_xor),
):
    CASES.add(f"{_elementwise}.{_name}", (TRUTHS, OTHERS), _function)
CASES.add(f"{_elementwise}.Pow", (POSITIVE, fixed(1.5)), np.power)
CASES.add(f"{_elementwise}.Negative", X, np.negative)
CASES.add(f"{_elementwise}.Round", X, np.round)
CASES.add(
    f"{_elementwise}.Round",
    np.array([[0.5, 1.5, -0.5, -2.5]], np.float32),
    lambda x: np.sign(x) * np.floor(np.abs(x) + 0.5),
    mode="half_away_from_zero",
)
CASES.add(f"{_elementwise}.Add", (X, fixed(whole(3, 1), np.float32)), np.add)

for _name, _word, _function in (
    ("EltwiseNAdd", None, np.add),
    ("EltwiseNMul", None, np.multiply),
    ("EltwiseNMax", None, np.maximum),
    ("EltwiseNMin", None, np.minimum),
    ("EltwiseN", "max", np.maximum),
):
    CASES.add(
        f"mo.ops.eltwise_n.{_name}",
        (X, Y, fixed(numbers(2, 3, 4, seed=3))),
        lambda *all, f=_function: f(f(all[0], all[1]), all[2]),
        **({"operation": _word} if _word else {}),
    )
CASES.add("mo.ops.eltwise.Eltwise", (X, Y), np.multiply, operation="mul")
CASES.add("mo.ops.eltwise.Eltwise", (X, Y), np.subtract, operation="sub")
CASES.add(
    "mo.ops.eltwise_ninputs_in_1.EltwiseNin1",
    numbers(2, 6),
    lambda x: x[:, :2] * x[:, 2:4] * x[:, 4:],
    operation="mul",
    num_inputs=3,
)
CASES.add(
    "mo.ops.power.AttributedPower",
    POSITIVE,
    lambda x: (2 * x + 1) ** 1.5,
    power=1.5,
    scale=2,
    shift=1,
)
CASES.add(
    "mo.ops.scale_shift.ScaleShiftOp",
    (X, fixed([1.0, 2.0, 3.0]), fixed([4.0, 5.0, 6.0])),
    lambda x, scale, shift: x * scale[:, None] + shift[:, None],
)
CASES.add(
    "extensions.ops.axpy.AxpyOp",
    (numbers(2, 3), numbers(2, 3, 4, 5), numbers(2, 3, 4, 5, seed=3)),
    lambda a, x, y: a[:, :, None, None] * x + y,
)
CASES.add("extensions.ops.select.Select", (TRUTHS, X, Y), np.where)
CASES.add("extensions.ops.Cast.Cast", 5 * X, lambda x: x.astype(np.int32), dst_type=np.int32)
CASES.add(
    "extensions.ops.ConvertLike.ConvertLike",
    (5 * X, fixed(np.int64(0))),
    lambda x, like: x.astype(like.dtype),
)
for _path in (
    "identity.Identity",
    "stop_gradient.StopGradientOp",
    "copyop.CopyOp",
    "fake_output.FakeOutput",
):
    CASES.add(f"extensions.ops.{_path}", X, lambda x: x)
CASES.add("extensions.ops.assert_op.Assert", X, lambda x: x)
CASES.add("extensions.ops.identity.IdentityN", (X, POSITIVE), lambda x, y: (x, y), outputs=(0, 1))
CASES.add("mo.ops.const.Const", (), lambda: np.float32([[1, 2]]), value=np.float64([[1, 2]]))
CASES.add("mo.ops.const.Const", (), lambda: np.int64([3, 4]), value=[3, 4])

_levels = (fixed(-1.0), fixed(1.0), fixed(-1.0), fixed(1.0))
CASES.add(
    "extensions.ops.fakequantize.FakeQuantize",
    (X, *_levels),
    lambda x, *_: np.round((np.clip(x, -1, 1) + 1) / 2 * 4) / 4 * 2 - 1,
    levels=5,
)
CASES.add(
    "extensions.ops.quantize_linear.QuantizeLinear",
    (X, fixed(0.1), fixed(3, np.uint8)),
    lambda x, scale, zero: np.clip(np.round(x / np.float32(0.1)) + 3, 0, 255),
)
CASES.add(
    "extensions.ops.dequantize_linear.DequantizeLinear",
    (whole(2, 3, kind=np.int32), fixed(0.5), fixed(3, np.int32)),
    lambda x, scale, zero: (x - zero) * scale,
)
