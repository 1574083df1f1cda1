"""Element-wise operations of two inputs with numpy broadcasting, and Select, FakeQuantize."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from extensions.ops.common import BOOLEANS, INTEGERS, NUMBERS, expect, merge_shapes, tied
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import INFINITY, Dim, Dimension, Shape, bounds, broadcast, interval, text


class Binary(Op):
    """Two inputs of one type, broadcast against each other (``auto_broadcast="numpy"``)."""

    auto_broadcast: str = "numpy"

    def infer(self, a: Output, b: Output) -> TensorType:
        return TensorType(self._shape(a, b), expect(tied(a, b), NUMBERS, "a number"))

    def _shape(self, a: Output, b: Output) -> Shape:
        if self.auto_broadcast == "none":
            return _equal(a.shape, b.shape)
        return broadcast(a.shape, b.shape)


class Comparison(Binary):
    """As Binary, with a boolean result."""

    def infer(self, a: Output, b: Output) -> TensorType:
        tied(a, b)
        return TensorType(self._shape(a, b), ElementType.boolean)


class Logical(Binary):
    """As Binary, for booleans."""

    def infer(self, a: Output, b: Output) -> TensorType:
        expect(tied(a, b), BOOLEANS, "a boolean")
        return TensorType(self._shape(a, b), ElementType.boolean)


class Bitwise(Binary):
    """As Binary, for integers and booleans."""

    def infer(self, a: Output, b: Output) -> TensorType:
        return TensorType(self._shape(a, b), expect(tied(a, b), INTEGERS | BOOLEANS, "an integer"))


class Shift(Binary):
    """As Binary, for integers."""

    def infer(self, a: Output, b: Output) -> TensorType:
        return TensorType(self._shape(a, b), expect(tied(a, b), INTEGERS, "an integer"))


def _equal(a: Shape, b: Shape) -> Shape:
    if a is None or b is None:
        return b if a is None else a
    merged = merge_shapes(a, b)
    if merged is None:
        raise ValueError(f"shapes {text(a)} and {text(b)} differ")
    return merged


def _row(
    name: str,
    fold: Callable[..., Any],
    commutative: bool = False,
    opset: str = "opset1",
    base: type[Op] = Binary,
    partial: bool = False,
) -> type[Op]:
    members = {
        "opset": opset,
        "fold": staticmethod(fold),
        "commutative": commutative,
        "partial_values": partial,
        "__module__": __name__,
    }
    return type(name, (base,), members)


def _power(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    if a.dtype.kind in "iu" and (b < 0).any():
        return np.power(a.astype(np.float64), b)
    return np.power(a, b, dtype=a.dtype)


def _element_wise(function: Callable[[Dimension, Dimension], Any]) -> Callable[..., np.ndarray]:
    """A function of two numbers or intervals for object arrays."""
    return np.frompyfunc(function, 2, 1)


def greater_of(a: Dimension, b: Dimension) -> Dimension:
    (low_a, high_a), (low_b, high_b) = bounds(a), bounds(b)
    if a is b or low_a >= high_b:
        return a
    return b if low_b >= high_a else interval(max(low_a, low_b), max(high_a, high_b))


def less_of(a: Dimension, b: Dimension) -> Dimension:
    (low_a, high_a), (low_b, high_b) = bounds(a), bounds(b)
    if a is b or high_a <= low_b:
        return a
    return b if high_b <= low_a else interval(min(low_a, low_b), min(high_a, high_b))


def _equals(a: Dimension, b: Dimension) -> Any:
    """Whether two numbers are equal; ``Dim(0, 1)`` if that is open."""
    (low_a, high_a), (low_b, high_b) = bounds(a), bounds(b)
    if a is b or (low_a == high_a == low_b == high_b):
        return True
    return False if low_a > high_b or low_b > high_a else Dim(0, 1)


def _is_less(a: Dimension, b: Dimension) -> Any:
    """Whether one number is below the other; ``Dim(0, 1)`` if that is open."""
    (low_a, high_a), (low_b, high_b) = bounds(a), bounds(b)
    if a is b or low_a >= high_b:
        return False
    return True if high_a < low_b else Dim(0, 1)


def _not(value: Any) -> Any:
    return value if isinstance(value, Dim) else not value


def _partial(
    known: Callable[..., Any], function: Callable[[Dimension, Dimension], Any]
) -> Callable[..., Any]:
    """``known`` for numbers, ``function`` for arrays in which intervals stand for unknowns."""
    open_values = _element_wise(function)

    def fold(a: np.ndarray, b: np.ndarray) -> Any:
        return open_values(a, b) if a.dtype.kind == "O" else known(a, b)

    return fold


_maximum = _partial(np.maximum, greater_of)
_minimum = _partial(np.minimum, less_of)
_equal_to = _partial(np.equal, _equals)
_not_equal = _partial(np.not_equal, lambda a, b: _not(_equals(a, b)))
_greater = _partial(np.greater, lambda a, b: _is_less(b, a))
_greater_equal = _partial(np.greater_equal, lambda a, b: _not(_is_less(a, b)))
_less = _partial(np.less, _is_less)
_less_equal = _partial(np.less_equal, lambda a, b: _not(_is_less(b, a)))


def _remainder(a: Dimension, b: Dimension) -> Dimension:
    """Of non-negative numbers."""
    if isinstance(a, int) and isinstance(b, int):
        return a % b
    (low, high), (least, most) = bounds(a), bounds(b)
    if low < 0 or least <= 0:
        raise ValueError("a remainder of unknown sign")
    if least == most and high < INFINITY and low // least == high // least:
        return interval(low % least, high % least)
    return interval(0, min(high, most - 1))


_remainders = _element_wise(_remainder)


def _floor_mod(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    if a.dtype.kind in "iu" and not b.all():
        raise ZeroDivisionError("integer division by zero")
    return _remainders(a, b) if a.dtype.kind == "O" else np.mod(a, b)


def _truncated_mod(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    if a.dtype.kind in "iu" and not b.all():
        raise ZeroDivisionError("integer division by zero")
    return _remainders(a, b) if a.dtype.kind == "O" else np.fmod(a, b)


Add = _row("Add", np.add, commutative=True, partial=True)
Multiply = _row("Multiply", np.multiply, commutative=True, partial=True)
Subtract = _row("Subtract", np.subtract, partial=True)
Maximum = _row("Maximum", _maximum, commutative=True, partial=True)
Minimum = _row("Minimum", _minimum, commutative=True, partial=True)
Power = _row("Power", _power)
Mod = _row("Mod", _truncated_mod, partial=True)
FloorMod = _row("FloorMod", _floor_mod, partial=True)
SquaredDifference = _row("SquaredDifference", lambda a, b: (a - b) ** 2, commutative=True)

Equal = _row("Equal", _equal_to, commutative=True, base=Comparison, partial=True)
NotEqual = _row("NotEqual", _not_equal, commutative=True, base=Comparison, partial=True)
Greater = _row("Greater", _greater, base=Comparison, partial=True)
GreaterEqual = _row("GreaterEqual", _greater_equal, base=Comparison, partial=True)
Less = _row("Less", _less, base=Comparison, partial=True)
LessEqual = _row("LessEqual", _less_equal, base=Comparison, partial=True)

LogicalAnd = _row("LogicalAnd", np.logical_and, commutative=True, base=Logical)
LogicalOr = _row("LogicalOr", np.logical_or, commutative=True, base=Logical)
LogicalXor = _row("LogicalXor", np.logical_xor, commutative=True, base=Logical)

BitwiseAnd = _row("BitwiseAnd", np.bitwise_and, True, "opset13", Bitwise)
BitwiseOr = _row("BitwiseOr", np.bitwise_or, True, "opset13", Bitwise)
BitwiseXor = _row("BitwiseXor", np.bitwise_xor, True, "opset13", Bitwise)
BitwiseLeftShift = _row("BitwiseLeftShift", np.left_shift, False, "opset15", Shift)
BitwiseRightShift = _row("BitwiseRightShift", np.right_shift, False, "opset15", Shift)


class Divide(Binary):
    """Quotient; of integers rounded down, or towards zero with ``m_pythondiv=False``."""

    m_pythondiv: bool = True
    partial_values = True

    def fold(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        if a.dtype.kind in "iu":
            if not b.all():
                raise ZeroDivisionError("integer division by zero")
            quotient = a // b
            if not self.m_pythondiv:
                quotient = quotient + ((a % b != 0) & ((a < 0) != (b < 0)))
            return quotient.astype(a.dtype)
        if a.dtype.kind == "O":
            return a // b if self.m_pythondiv else _truncated_quotients(a, b)
        return np.divide(a, b)


def _truncated_quotient(a: Dimension, b: Dimension) -> Dimension:
    if bounds(a)[0] >= 0 and bounds(b)[0] > 0:
        return a // b
    if isinstance(a, int) and isinstance(b, int):
        return -(-a // b) if (a < 0) != (b < 0) else a // b
    return Dim(-INFINITY)


_truncated_quotients = _element_wise(_truncated_quotient)


class Select(Op):
    """``then`` where ``condition`` holds, else ``otherwise``; all three broadcast."""

    auto_broadcast: str = "numpy"
    partial_values = True

    def infer(self, condition: Output, then: Output, otherwise: Output) -> TensorType:
        expect(condition.dtype, BOOLEANS, "a boolean condition")
        kind = tied(then, otherwise)
        if self.auto_broadcast == "none":
            return TensorType(_equal(condition.shape, _equal(then.shape, otherwise.shape)), kind)
        shape = broadcast(condition.shape, broadcast(then.shape, otherwise.shape))
        return TensorType(shape, kind)

    def fold(self, condition: np.ndarray, then: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
        if condition.dtype.kind == "O":
            return _select(condition, then, otherwise)
        return np.where(condition, then, otherwise)


def _chosen(condition: Any, then: Dimension, otherwise: Dimension) -> Dimension:
    if not isinstance(condition, Dim):
        return then if condition else otherwise
    if then is otherwise:
        return then
    (low_a, high_a), (low_b, high_b) = bounds(then), bounds(otherwise)
    return interval(min(low_a, low_b), max(high_a, high_b))


_select = np.frompyfunc(_chosen, 3, 1)


class FakeQuantize(Op):
    """Rounds to ``levels`` steps between the input limits and maps them to the output limits.

    The limits are broadcast to the data.
    """

    levels: int
    auto_broadcast: str = "numpy"

    def infer(
        self, data: Output, in_low: Output, in_high: Output, out_low: Output, out_high: Output
    ) -> TensorType:
        kind = tied(data, in_low, in_high, out_low, out_high)
        shape = data.shape
        for limit in (in_low, in_high, out_low, out_high):
            together = _equal if self.auto_broadcast == "none" else broadcast
            shape = together(shape, limit.shape)
        return TensorType(data.shape, kind)
