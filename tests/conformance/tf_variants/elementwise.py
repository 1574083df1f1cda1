"""Arithmetic, comparison, logic, mathematics, activation functions, element types."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import Each, Fixed, by_hand, composed, op, ops
from tests.models.nodes import numbers

X = numbers(2, 3, 4)
UNIT = numbers(2, 3, low=-0.9, high=0.9)
ABOVE = numbers(2, 3, low=1.1, high=4)
ROW = numbers(4, low=0.5)
WHOLE = numbers(2, 3, dtype=np.int32, low=-9, high=9)
HALVES = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49, -3.7], np.float32)
SPECIAL = np.array([0, 1, np.inf, -np.inf, np.nan], np.float32)
TRUTHS = np.array([[True, True], [False, False]]), np.array([True, False])

ops("Exp Expm1 Sin Cos Sinh Cosh Tanh Sigmoid Atan Asinh Erf Erfc Tan", x=X)
ops("Abs Neg Sign Square", x=Each(X, WHOLE, WHOLE.astype(np.int64)))
ops("Floor Ceil Rint Round", x=Each(3 * X, HALVES))
op("Round", x=WHOLE, formula=lambda x: x)
ops("Acos Asin Atanh", x=UNIT)
ops("Acosh Log Log1p Rsqrt Sqrt Reciprocal Inv", x=ABOVE)
ops("Log1p Expm1", x=np.array([1e-3, 1e-2, 0.1, 1], np.float32), note="near zero", tolerance=1e-3)
ops("Sqrt Exp Tanh Abs Floor", x=Each(X.astype(np.float16) + 3, X.astype(np.float64) + 3))
ops("IsInf IsNan IsFinite", x=SPECIAL)
ops("Softplus Softsign Relu Relu6 Elu Selu", features=Each(3 * X, numbers(5)))
op("Softplus", note="of great numbers", features=np.array([-100, -20, 20, 100], np.float32))
op("Relu", features=WHOLE)
op("LeakyRelu", features=X, alpha=Each(0.2, 0.05, 1.5))
ops("Softmax LogSoftmax", logits=Each(numbers(3, 5), X, numbers(2, 3, 4, 5), numbers(4)))
composed("Swish", "x * Sigmoid", tf.nn.silu, X)
for name in ("Swish", "swish_f32"):
    by_hand(name, "a node", lambda x: x / (1 + np.exp(-x)), X, T=tf.float32)
by_hand("Mish", "a node", lambda x: x * np.tanh(np.log1p(np.exp(x))), X, T=tf.float32)
composed("Erf", "exact gelu", tf.nn.gelu, X)
composed("Tanh", "gelu by Tanh", lambda x: tf.nn.gelu(x, approximate=True), X)

ops("AddV2 Sub Mul Maximum Minimum SquaredDifference", x=X, y=Each(ROW, -X, Fixed(2.0)))
ops("AddV2 Sub Mul Maximum Minimum SquaredDifference", x=WHOLE, y=WHOLE[::-1].copy())
op("Add", x=X, y=Each(ROW, Fixed(2.0)))
op("AddN", note="one", inputs=[X])
op("AddN", note="three", inputs=[X, X + 1, X * 2])
ops("Less LessEqual Greater GreaterEqual", x=Each(X, np.floor(X)), y=np.floor(ROW))
ops("Less LessEqual Greater GreaterEqual", x=WHOLE, y=WHOLE[::-1].copy())
ops("Equal NotEqual", x=Each(X, np.floor(X)), y=np.floor(ROW))
ops("Equal NotEqual", note="of truths", x=TRUTHS[0], y=TRUTHS[1])
op("RealDiv", x=X, y=ROW)
op("Div", x=X, y=ROW)
op("DivNoNan", x=SPECIAL[:2], y=np.array([0, 2], np.float32))
op("DivNoNan", x=np.array([0, 5, 0.5, 2], np.float32), y=np.array([0, 0, 2, 3], np.float32))
ops("FloorDiv FloorMod TruncateMod", x=np.array([7, -7, 8, -8], np.float32), y=Fixed(3.0))
_SIGNED = np.array([7, -7, 8, -8, 0, 1])
_BY = np.array([2, 2, -3, -3, 5, 3])
for kind in (np.int8, np.int16, np.int32, np.int64):
    ops("Div FloorDiv TruncateDiv", x=_SIGNED.astype(kind), y=_BY.astype(kind), note=kind.__name__)
ops("Div FloorDiv TruncateDiv", note="uint8", x=abs(_SIGNED).astype("B"), y=abs(_BY).astype("B"))
for kind in (np.int32, np.int64):
    names = "FloorMod Mod TruncateMod" if kind is np.int32 else "FloorMod TruncateMod"
    ops(names, x=_SIGNED.astype(kind), y=_BY.astype(kind), note=kind.__name__)
op("Pow", x=ABOVE, y=UNIT)
op("Pow", x=np.array([2, 3], np.int32), y=np.array([3, 2], np.int32))
ops("Xdivy Xlogy Xlog1py", x=np.array([0, 0.5, 2], np.float32), y=np.array([0, 3, 2], np.float32))
op("MulNoNan", x=np.array([np.inf, 5, 0.5], np.float32), y=np.array([0, 0, 2], np.float32))
op(
    "Atan2",
    y=np.array([1, 1, -1, -1, 0, 0, 2, -2, 0], np.float32),
    x=np.array([1, -1, 1, -1, 2, -2, 0, 0, 0], np.float32),
)
composed(
    "ApproximateEqual",
    "tolerance=0.001",
    lambda x, y: tf.raw_ops.ApproximateEqual(x=x, y=y, tolerance=1e-3),
    np.array([1, 1.00001, 1.1], np.float32),
    np.ones(3, np.float32),
)
op("ClipByValue", t=X, clip_value_min=-1.0, clip_value_max=0.5)
op("ClipByValue", t=WHOLE, clip_value_min=-3, clip_value_max=4)
ops("LogicalAnd LogicalOr", x=TRUTHS[0], y=TRUTHS[1])
op("LogicalNot", x=TRUTHS[0])
composed("LogicalXor", "by its definition", tf.math.logical_xor, *TRUTHS)
by_hand("LogicalXor", "a node", np.logical_xor, *TRUTHS)
for kind in (np.int32, np.uint8, np.int64):
    left, right = np.array([1, 6, 12, 100], kind), np.array([1, 2, 3, 1], kind)
    ops("BitwiseAnd BitwiseOr BitwiseXor LeftShift RightShift", x=left, y=right, note=kind.__name__)
    op("Invert", x=left, note=kind.__name__)
by_hand("ToBool", "a node", lambda x: x != 0, np.float32([0, 2, -1]), T=tf.float32)

for channels, layout in ((4, "NHWC"), (3, "NCHW")):
    op("BiasAdd", value=numbers(2, 3, 5, 4), bias=numbers(channels), data_format=layout)
op("BiasAdd", value=Each(numbers(2, 4), numbers(2, 3, 4)), bias=numbers(4))
_TYPES = (tf.float32, tf.int32, tf.int64, tf.uint8, tf.bool, tf.float64, tf.float16, tf.int8)
for source in (np.float32, np.int32, np.int64, np.uint8, np.bool_, np.float16, np.float64):
    values = np.array([0, 1, 2, 3.7], np.float32).astype(source)
    op("Cast", x=values, DstT=Each(*_TYPES), note=source.__name__)
op("Cast", note="cuts towards zero", x=np.array([-2.7, -0.5, 0.5, 2.7], "f"), DstT=tf.int32)
op("Cast", x=X, DstT=tf.string)
op("Select", note="of slices", condition=np.array([True, False]), x=X, y=-X)
op("Select", note="of elements", condition=X > 0, x=X, y=-X)
op("Select", note="by one truth", condition=np.array(True), x=X, y=-X)
op("SelectV2", condition=X > 0, t=X, e=Each(ROW, Fixed(1.0)))
ops("ZerosLike OnesLike", x=Each(X, WHOLE, np.array(2.0, np.float32), TRUTHS[0]))
op("Identity", input=Each(X, WHOLE, TRUTHS[0]))
ops("StopGradient Snapshot PreventGradient", input=X)
op("IdentityN", input=[X, WHOLE])
op("CheckNumerics", tensor=X, message="")
op("CheckNumericsV2", tensor=X, message="")
op("EnsureShape", input=X, shape=tf.TensorShape([None, 3, 4]))
op("BiasAddV1", value=X, bias=numbers(4))
op("Bitcast", input=np.array([1, 2], np.int32), type=Each(tf.int32, tf.float32))
