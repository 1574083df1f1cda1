"""Arithmetic, comparison, logic and mathematics of one to many tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from tests.front.comparing import operations
from tests.front.onnx.running import agree
from tests.models.nodes import fixed, numbers

X = numbers(2, 3, 4)

# Operation: operation sets that changed it, numbers it takes.
UNARY: dict[str, tuple[tuple[int, ...], dict[str, float]]] = {
    "Abs": ((6, 13), {}),
    "Acos": ((7, 22), {"low": -1, "high": 1}),
    "Acosh": ((9, 22), {"low": 1, "high": 5}),
    "Asin": ((7, 22), {"low": -1, "high": 1}),
    "Asinh": ((9, 22), {}),
    "Atan": ((7, 22), {}),
    "Atanh": ((9, 22), {"low": -0.9, "high": 0.9}),
    "Ceil": ((6, 13), {}),
    "Cos": ((7, 22), {}),
    "Cosh": ((9, 22), {}),
    "Erf": ((9, 13), {}),
    "Exp": ((6, 13), {}),
    "Floor": ((6, 13), {}),
    "Identity": ((1, 13, 14, 16, 19), {}),
    "Log": ((6, 13), {"low": 0.1}),
    "Neg": ((6, 13), {}),
    "Reciprocal": ((6, 13), {"low": 0.5}),
    "Round": ((11, 22), {"low": -9, "high": 9}),
    "Sign": ((9, 13), {}),
    "Sin": ((7, 22), {}),
    "Sinh": ((9, 22), {}),
    "Sqrt": ((6, 13), {"low": 0}),
    "Tan": ((7, 22), {"low": -1, "high": 1}),
}


@pytest.mark.parametrize(("op", "opset"), [(op, v) for op, row in UNARY.items() for v in row[0]])
def test_unary(op: str, opset: int) -> None:
    agree(op, numbers(2, 3, 4, **UNARY[op][1]), opset=opset)


@pytest.mark.parametrize("op", ["Abs", "Ceil", "Exp", "Floor", "Neg", "Reciprocal", "Sqrt"])
def test_unary_of_operation_set_1_has_an_attribute_without_meaning(op: str) -> None:
    x = numbers(2, 3, low=0.5)
    functions: dict[str, Any] = {
        "Abs": np.abs,
        "Ceil": np.ceil,
        "Exp": np.exp,
        "Floor": np.floor,
        "Neg": np.negative,
        "Reciprocal": np.reciprocal,
        "Sqrt": np.sqrt,
    }
    agree(op, x, opset=1, consumed_inputs=[0], expected=functions[op](x))


def test_round_takes_halves_to_even() -> None:
    agree("Round", np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5], np.float32))


@pytest.mark.parametrize("op", ["Abs", "Neg", "Sign"])
@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64, np.float64])
def test_unary_of_other_types(op: str, dtype: Any) -> None:
    agree(op, np.array([[-3, -1, 0], [1, 2, 7]], dtype))


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
@pytest.mark.parametrize("op", ["Exp", "Floor", "Reciprocal", "Sqrt"])
def test_unary_of_other_floats(op: str, dtype: Any) -> None:
    agree(op, numbers(2, 3, dtype=dtype, low=0.5))


def test_is_nan() -> None:
    agree("IsNaN", np.array([np.nan, 1, np.inf], np.float32))


@pytest.mark.parametrize("negative", [None, 0, 1])
@pytest.mark.parametrize("positive", [None, 0, 1])
def test_is_inf(negative: int | None, positive: int | None) -> None:
    x = np.array([np.nan, 1, np.inf, -np.inf], np.float32)
    agree("IsInf", x, detect_negative=negative, detect_positive=positive)


# ---- two inputs

SHAPES = [((2, 3, 4), (2, 3, 4)), ((2, 3, 4), (4,)), ((3, 1), (2, 1, 4)), ((2, 3), ()), ((), ())]


@pytest.mark.parametrize("opset", [7, 13, 14])
@pytest.mark.parametrize("op", ["Add", "Sub", "Mul", "Div"])
def test_arithmetic_broadcasts_both_ways(op: str, opset: int) -> None:
    for a, b in SHAPES:
        agree(op, numbers(*a), numbers(*b, low=1), opset=opset)


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.float16, np.float64])
@pytest.mark.parametrize("op", ["Add", "Sub", "Mul", "Div"])
def test_arithmetic_of_other_types(op: str, dtype: Any) -> None:
    agree(op, np.array([-7, 7, 8, -9], dtype), np.array([2, -2, 3, -3], dtype))


@pytest.mark.parametrize("dtype", [np.uint8, np.int8])
@pytest.mark.parametrize("op", ["Add", "Sub", "Mul", "Div"])
def test_arithmetic_of_bytes(op: str, dtype: Any) -> None:
    agree(op, np.array([7, 7, 8, 9], dtype), np.array([2, 2, 3, 3], dtype), opset=14)


@pytest.mark.parametrize("op", ["Add", "Sub", "Mul", "Div"])
def test_arithmetic_with_an_initializer(op: str) -> None:
    agree(op, X, fixed(numbers(3, 1, low=1)))
    agree(op, fixed(numbers(3, 1, low=1)), numbers(2, 3, 4, low=1))


LEGACY: dict[str, Any] = {"Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide}


@pytest.mark.parametrize("opset", [1, 6])
@pytest.mark.parametrize("op", LEGACY)
def test_legacy_broadcast_lays_the_second_input_along_an_axis(op: str, opset: int) -> None:
    x = numbers(2, 3, 4, 5)
    for shape, axis, aligned in [
        ((), None, ()),
        ((1,), None, (1,)),
        ((5,), None, (5,)),
        ((4, 5), None, (4, 5)),
        ((3, 4), 1, (3, 4, 1)),
        ((2,), 0, (2, 1, 1, 1)),
        ((3, 4), -3, (3, 4, 1)),
        ((2, 3, 4, 5), None, (2, 3, 4, 5)),
    ]:
        y = numbers(*shape, low=1)
        wanted = LEGACY[op](x, y.reshape(aligned))
        agree(op, x, y, opset=opset, broadcast=1, axis=axis, expected=wanted)
    agree(op, x, x + 3, opset=opset, expected=LEGACY[op](x, x + 3))


COMPARISONS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "Equal": (np.equal, (7, 11, 13, 19)),
    "Greater": (np.greater, (7, 9, 13)),
    "GreaterOrEqual": (np.greater_equal, (12, 16)),
    "Less": (np.less, (7, 9, 13)),
    "LessOrEqual": (np.less_equal, (12, 16)),
}


@pytest.mark.parametrize(
    ("op", "opset"), [(op, v) for op, row in COMPARISONS.items() for v in row[1]]
)
def test_comparison(op: str, opset: int) -> None:
    dtype = np.int32 if op == "Equal" and opset < 11 else np.float32
    a, b = numbers(2, 3, dtype=dtype), numbers(3, dtype=dtype)
    b[0] = a[0, 0]
    agree(op, a, b, opset=opset)


@pytest.mark.parametrize("op", COMPARISONS)
@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.float64])
def test_comparison_of_other_types(op: str, dtype: Any) -> None:
    agree(op, np.array([1, 2, 3], dtype), np.array([1, 3, 2], dtype))


def test_booleans_can_be_equal() -> None:
    agree("Equal", np.array([True, False, True]), np.array([True, True, False]))


@pytest.mark.parametrize("op", ["Equal", "Greater", "Less"])
def test_legacy_broadcast_of_comparisons(op: str) -> None:
    dtype = np.int32 if op == "Equal" else np.float32
    x, y = numbers(2, 3, 4, dtype=dtype), numbers(3, dtype=dtype)
    wanted = COMPARISONS[op][0](x, y[:, None])
    agree(op, x, y, opset=1, broadcast=1, axis=1, expected=wanted)


LOGIC: dict[str, Any] = {"And": np.logical_and, "Or": np.logical_or, "Xor": np.logical_xor}


@pytest.mark.parametrize("op", LOGIC)
def test_logic(op: str) -> None:
    a, b = numbers(2, 3, dtype=bool), np.array([True, False, True])
    agree(op, a, b, opset=7)
    wanted = LOGIC[op](a, np.array([[True], [False]]))
    agree(op, a, b[:2], opset=1, broadcast=1, axis=0, expected=wanted)


def test_not() -> None:
    agree("Not", numbers(2, 3, dtype=bool), opset=1)


@pytest.mark.parametrize("op", ["BitwiseAnd", "BitwiseOr", "BitwiseXor"])
@pytest.mark.parametrize("dtype", [np.int32, np.uint8])
def test_bitwise(op: str, dtype: Any) -> None:
    agree(op, np.array([[1, 6, 12]], dtype), np.array([[3], [10]], dtype), opset=18)


def test_bitwise_not() -> None:
    agree("BitwiseNot", np.array([0, 1, -7], np.int32), opset=18)


@pytest.mark.parametrize("direction", ["LEFT", "RIGHT"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint32])
def test_bit_shift(direction: str, dtype: Any) -> None:
    x, y = np.array([16, 4, 1], dtype), np.array([1, 2, 3], dtype)
    agree("BitShift", x, y, direction=direction, opset=11)


@pytest.mark.parametrize("direction", ["LEFT", "RIGHT"])
@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int32, np.uint64])
def test_bits_may_all_be_pushed_out(direction: str, dtype: Any) -> None:
    """By the width of the type and more, and by numbers below zero; to the right the sign stays."""
    bits, signed = np.dtype(dtype).itemsize * 8, np.dtype(dtype).kind == "i"
    x = np.array([-8 if signed else 8, 4, 100, 4], dtype)
    y = np.array([bits, bits + 1, 2, -1 if signed else 99], dtype)
    expected = [0, 0, int(np.array(400).astype(dtype)), 0]
    if direction == "RIGHT":
        expected = [-1 if signed else 0, 0, 25, 0]
    agree("BitShift", x, y, direction=direction, opset=11, expected=np.array(expected, dtype))


# ---- powers and remainders


@pytest.mark.parametrize("opset", [7, 12, 13, 15])
def test_power_broadcasts(opset: int) -> None:
    agree("Pow", numbers(2, 3, low=0.5), numbers(3), opset=opset)
    agree("Pow", numbers(2, 3), fixed(2.0), opset=opset)


def test_legacy_broadcast_of_powers() -> None:
    x, y = numbers(2, 3, 4, low=0.5), numbers(3)
    agree("Pow", x, y, opset=1, broadcast=1, axis=1, expected=np.power(x, y[:, None]))


@pytest.mark.parametrize("base", [np.float32, np.int32, np.int64])
@pytest.mark.parametrize("exponent", [np.float32, np.int32, np.int64])
def test_power_has_the_type_of_the_base(base: Any, exponent: Any) -> None:
    agree("Pow", np.array([1, 2, 3], base), np.array([3, 2, 1], exponent))
    agree("Pow", np.array([1, 2, 3], base), fixed(2, exponent))


def test_power_of_integers_with_a_broken_exponent() -> None:
    agree("Pow", np.array([1, 4, 9], np.int32), np.array(0.5, np.float32))


@pytest.mark.parametrize("opset", [10, 13])
@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.int8])
def test_remainder_of_integers_has_the_sign_of_the_divisor(opset: int, dtype: Any) -> None:
    x, y = np.array([-4, 7, 5, 4, -7, 8], dtype), np.array([2, -3, 8, -2, 3, 5], dtype)
    agree("Mod", x, y, opset=opset)


@pytest.mark.parametrize("dtype", [np.float32, np.int32, np.int64])
def test_fmod_has_the_sign_of_the_dividend(dtype: Any) -> None:
    x, y = np.array([-4, 7, 5, 4, -7, 8], dtype), np.array([2, -3, 8, -2, 3, 5], dtype)
    agree("Mod", x, y, fmod=1)


def test_fmod_of_fractions() -> None:
    x, y = np.array([-4.3, 7.2, 5.0], np.float32), np.array([2.1, -3.4, 8.0], np.float32)
    agree("Mod", x, y, fmod=1)


def test_floored_remainders_of_floats() -> None:
    """Allowed since operation set 28, which onnxruntime does not know."""
    infinite = np.float32(np.inf)
    x = np.array([-4.3, 7.2, 5.0, -3, 3, infinite, 1, np.nan], np.float32)
    y = np.array([2.1, -3.4, 8.0, infinite, infinite, 2, 0, 2], np.float32)
    with np.errstate(all="ignore"):
        expected = np.mod(x, y)
    agree("Mod", x, y, expected=expected)


# ---- any number of inputs


@pytest.mark.parametrize("op", ["Sum", "Mean", "Max", "Min"])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_variadic(op: str, count: int) -> None:
    xs = [numbers(2, 3, low=-k, high=k + 1) for k in range(count)]
    for opset in (6, 8, 13):
        agree(op, *xs, opset=opset)


@pytest.mark.parametrize("op", ["Sum", "Mean", "Max", "Min"])
def test_variadic_broadcasts_since_8(op: str) -> None:
    agree(op, numbers(2, 3), numbers(3), numbers(4, 1, 1), opset=8)
    agree(op, numbers(2, 3), fixed(numbers(3)), numbers(1), opset=13)


@pytest.mark.parametrize("op", ["Sum", "Mean", "Max", "Min"])
def test_variadic_of_operation_set_1(op: str) -> None:
    a, b = numbers(2, 3), numbers(2, 3, high=1)
    functions: dict[str, Any] = {
        "Sum": np.add,
        "Mean": lambda x, y: (x + y) / 2,
        "Max": np.maximum,
        "Min": np.minimum,
    }
    agree(op, a, b, opset=1, consumed_inputs=[0, 0], expected=functions[op](a, b))


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint8, np.float64, np.float16])
@pytest.mark.parametrize("op", ["Max", "Min"])
def test_extremes_of_other_types(op: str, dtype: Any) -> None:
    opset = 8 if np.dtype(dtype) == np.float64 else 13
    agree(op, np.array([1, 5, 3], dtype), np.array([4, 2, 3], dtype), opset=opset)


@pytest.mark.parametrize("opset", [9, 16])
@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.uint8])
def test_where_broadcasts_all_three(opset: int, dtype: Any) -> None:
    condition = np.array([[True], [False]])
    agree("Where", condition, numbers(2, 3, dtype=dtype), numbers(3, dtype=dtype), opset=opset)
    agree("Where", numbers(4, 2, 3, dtype=bool), numbers(1, dtype=dtype), fixed(1, dtype))


# ---- limits


@pytest.mark.parametrize("low", [None, -0.5, 0.0])
@pytest.mark.parametrize("high", [None, 1.0, 6.0])
def test_clip_with_attributes(low: float | None, high: float | None) -> None:
    agree("Clip", numbers(2, 3, high=8), opset=6, min=low, max=high)
    wanted = np.clip(numbers(2, 3, high=8), low, high) if (low, high) != (None, None) else None
    if wanted is not None:
        agree("Clip", numbers(2, 3, high=8), opset=1, min=low, max=high, expected=wanted)


@pytest.mark.parametrize("low", [None, -0.5, 0.0])
@pytest.mark.parametrize("high", [None, 1.0, 6.0])
@pytest.mark.parametrize("opset", [11, 12, 13])
def test_clip_with_inputs(low: float | None, high: float | None, opset: int) -> None:
    limits = [None if limit is None else fixed(limit) for limit in (low, high)]
    agree("Clip", numbers(2, 3, high=8), *limits, opset=opset)


def test_clip_with_computed_limits() -> None:
    agree("Clip", X, np.array(-1, np.float32), np.array(1, np.float32))
    agree("Clip", X, None, np.array(1, np.float32))
    agree("Clip", X, fixed(-1.0), np.array(1, np.float32))


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint8, np.int8, np.float64])
def test_clip_of_other_types(dtype: Any) -> None:
    x = np.array([[1, 5, 9], [0, 3, 100]], dtype)
    agree("Clip", x, fixed(2, dtype), fixed(6, dtype))
    agree("Clip", x, fixed(2, dtype))
    agree("Clip", x, None, fixed(6, dtype))
    agree("Clip", x)


def test_clip_keeps_the_limits_of_the_type_apart() -> None:
    """Limits as exporters write them where there is none."""
    x = np.array([-1e30, 5, 1e30], np.float32)
    greatest = float(np.finfo(np.float32).max)
    agree("Clip", x, fixed(0.0), fixed(greatest))
    agree("Clip", x, fixed(-greatest), fixed(6.0))


def test_clip_at_zero_is_relu() -> None:
    assert operations(agree("Clip", X, fixed(0.0))) == ["ReLU"]


def test_clip_whose_low_limit_is_above_the_high_one() -> None:
    agree("Clip", X, fixed(1.0), fixed(-1.0), opset=13)
