"""Arithmetic, comparison, logic, mathematics, activation functions, element types."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("tensorflow")
pytest.importorskip("openvino")

import tensorflow as tf

from tests.front.tf.running import agree
from tests.models.nodes import numbers

R = tf.raw_ops
X = numbers(2, 3, 4)
UNIT = numbers(2, 3, low=-0.9, high=0.9)
ABOVE = numbers(2, 3, low=1.1, high=4)
ROW = numbers(4, low=0.5)


@pytest.mark.parametrize(
    ("ops", "x"),
    [
        ("Abs Neg Sign Square Exp Expm1 Sin Cos Sinh Cosh Tanh Sigmoid Softplus Softsign", X),
        ("Relu Relu6 Elu Selu Erf Erfc Floor Ceil Rint Round Atan Asinh", 3 * X),
        ("Acos Asin Atanh Tan", UNIT),
        ("Acosh Log Log1p Rsqrt Sqrt Reciprocal Inv", ABOVE),
        ("Softmax LogSoftmax", numbers(3, 5)),
        ("ZerosLike OnesLike Identity StopGradient Snapshot", X),
        ("Abs Neg Square Sign", numbers(2, 3, dtype=np.int32)),
    ],
)
def test_functions_of_one_tensor(ops: str, x: np.ndarray) -> None:
    def all_of_them(x: Any) -> list[Any]:
        results = []
        for op in ops.split():
            argument = {"Softplus": "features", "Softsign": "features", "Relu": "features"}
            name = argument.get(op, "x")
            if op in ("Relu6", "Elu", "Selu"):
                name = "features"
            if op in ("Softmax", "LogSoftmax"):
                name = "logits"
            if op in ("Identity", "StopGradient", "Snapshot"):
                name = "input"
            results.append(getattr(R, op)(**{name: x}))
        return results

    agree(all_of_them, x)


def test_rounding_takes_halves_to_the_even_neighbour() -> None:
    agree(lambda x: [R.Round(x=x), R.Rint(x=x)], np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5], "f"))


def test_logarithms_near_zero() -> None:
    agree(lambda x: [R.Log1p(x=x), R.Expm1(x=x)], np.array([0.01, 0.1, 1], np.float32))


@pytest.mark.parametrize(
    "ops",
    [
        "Add AddV2 Sub Mul Maximum Minimum SquaredDifference",
        "Less LessEqual Greater GreaterEqual Equal NotEqual",
        "RealDiv Div DivNoNan FloorDiv FloorMod",
    ],
)
def test_functions_of_two_tensors(ops: str) -> None:
    agree(lambda x, y: [getattr(R, op)(x=x, y=y) for op in ops.split()], X, ROW)


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.int8, np.int16, np.uint8])
def test_whole_numbers_divided(dtype: Any) -> None:
    signed = np.dtype(dtype).kind == "i"
    x = np.array([7, -7, 8, -8, 0, 1] if signed else [7, 8, 9, 200, 0, 1], dtype)
    y = np.array([2, 2, -3, -3, 5, 3] if signed else [2, 3, 4, 3, 5, 3], dtype)
    ops = ["Div", "FloorDiv", "TruncateDiv"]
    agree(lambda x, y: [getattr(R, op)(x=x, y=y) for op in ops], x, y)


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.float32])
def test_remainders(dtype: Any) -> None:
    x, y = np.array([7, -7, 8, -8], dtype), np.array([3, 3, -3, -3], dtype)
    ops = ["FloorMod", "Mod", "TruncateMod"] if dtype is np.int32 else ["FloorMod", "TruncateMod"]
    agree(lambda x, y: [getattr(R, op)(x=x, y=y) for op in ops], x, y)


def test_powers() -> None:
    agree(lambda x, y: R.Pow(x=x, y=y), ABOVE, UNIT)
    agree(lambda x, y: R.Pow(x=x, y=y), np.array([2, 3], np.int32), np.array([3, 2], np.int32))


def test_sum_of_many() -> None:
    agree(lambda x, y, z: R.AddN(inputs=[x, y, z]), X, X + 1, X * 2)


def test_logic() -> None:
    p, q = np.array([True, True, False, False]), np.array([True, False, True, False])
    agree(
        lambda p, q: [
            R.LogicalAnd(x=p, y=q),
            R.LogicalOr(x=p, y=q),
            R.NotEqual(x=p, y=q),
            R.LogicalNot(x=p),
            tf.math.logical_xor(p, q),
        ],
        p,
        q,
    )


@pytest.mark.parametrize("dtype", [np.int32, np.uint8, np.int64])
def test_bits(dtype: Any) -> None:
    x, y = np.array([1, 6, 12, 100], dtype), np.array([1, 2, 3, 1], dtype)
    ops = ["BitwiseAnd", "BitwiseOr", "BitwiseXor", "LeftShift", "RightShift"]
    agree(lambda x, y: [getattr(R, op)(x=x, y=y) for op in ops] + [R.Invert(x=x)], x, y)


def test_special_numbers() -> None:
    x = np.array([0, 1, np.inf, -np.inf, np.nan], np.float32)
    agree(lambda x: [R.IsInf(x=x), R.IsNan(x=x), R.IsFinite(x=x)], x)


def test_products_that_forgive_zero() -> None:
    x, y = np.array([0, 0, 2, 3], np.float32), np.array([0, 5, 0.5, 2], np.float32)
    agree(lambda x, y: [R.Xdivy(x=x, y=y), R.Xlog1py(x=x, y=y), R.DivNoNan(x=x, y=y)], x, y)
    agree(lambda x, y: [R.Xlogy(x=x, y=y), R.MulNoNan(x=x, y=y)], x, np.maximum(y, 0.1))


def test_angle_of_a_point() -> None:
    y = np.array([1, 1, -1, -1, 0, 0, 2, -2, 0], np.float32)
    x = np.array([1, -1, 1, -1, 2, -2, 0, 0, 0], np.float32)
    agree(lambda y, x: R.Atan2(y=y, x=x), y, x)


def test_about_equal() -> None:
    x = np.array([1, 1.00001, 1.1], np.float32)
    agree(lambda x: R.ApproximateEqual(x=x, y=tf.ones(3), tolerance=1e-3), x)


def test_clipping() -> None:
    agree(
        lambda x: (
            R._clip_by_value(t=x, clip_value_min=-1.0, clip_value_max=0.5)
            if hasattr(R, "_clip_by_value")
            else tf.clip_by_value(x, -1.0, 0.5)
        ),
        X,
    )


def test_leaky_relu() -> None:
    agree(lambda x: [tf.nn.leaky_relu(x), R.LeakyRelu(features=x, alpha=0.05)], X)


def test_swish_and_gelu() -> None:
    agree(lambda x: [tf.nn.silu(x), tf.nn.gelu(x), tf.nn.gelu(x, approximate=True)], X)


@pytest.mark.parametrize("layout", ["NHWC", "NCHW"])
def test_bias(layout: str) -> None:
    channels = 4 if layout == "NHWC" else 3
    agree(
        lambda x, b: R.BiasAdd(value=x, bias=b, data_format=layout),
        numbers(2, 3, 5, 4),
        numbers(channels),
    )


@pytest.mark.parametrize("source", [np.float32, np.int32, np.int64, np.uint8, np.bool_])
def test_casts(source: Any) -> None:
    x = np.array([0, 1, 2, 3.7], np.float32).astype(source)
    kinds = [tf.float32, tf.int32, tf.int64, tf.uint8, tf.bool, tf.float64]
    agree(lambda x: [tf.cast(x, kind) for kind in kinds], x)


def test_cast_cuts_towards_zero() -> None:
    agree(lambda x: tf.cast(x, tf.int32), np.array([-2.7, -0.5, 0.5, 2.7], np.float32))


def test_choice() -> None:
    p = np.array([True, False])
    agree(lambda p, x, y: R.Select(condition=p, x=x, y=y), p, X, -X)
    agree(lambda p, x, y: R.SelectV2(condition=p, t=x, e=y), X > 0, X, ROW)
