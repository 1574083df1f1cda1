"""Element-wise operations of two inputs with numpy broadcasting, and Select, FakeQuantize."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from extensions.ops.common import tied
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import broadcast, merge, text


class Binary(Op):
    """Two inputs of one type, broadcast against each other (``auto_broadcast="numpy"``)."""

    auto_broadcast: str = "numpy"

    def infer(self, a: Output, b: Output) -> TensorType:
        if self.auto_broadcast == "none":
            return TensorType(_equal(a, b), tied(a, b))
        return TensorType(broadcast(a.shape, b.shape), tied(a, b))


class Comparison(Binary):
    """As Binary, with a boolean result."""

    def infer(self, a: Output, b: Output) -> TensorType:
        return TensorType(super().infer(a, b).shape, ElementType.boolean)


def _equal(a: Output, b: Output) -> Any:
    if a.shape is None or b.shape is None:
        return a.shape or b.shape
    dims = [merge(x, y) for x, y in zip(a.shape, b.shape)]
    if len(a.shape) != len(b.shape) or None in dims:
        raise ValueError(f"shapes {text(a.shape)} and {text(b.shape)} differ")
    return tuple(dims)


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


def _truncated_remainder(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.fmod(a, b)


def _power(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.power(a, b, dtype=a.dtype)


Add = _row("Add", np.add, commutative=True, partial=True)
Multiply = _row("Multiply", np.multiply, commutative=True, partial=True)
Subtract = _row("Subtract", np.subtract, partial=True)
Maximum = _row("Maximum", np.maximum, commutative=True)
Minimum = _row("Minimum", np.minimum, commutative=True)
Power = _row("Power", _power)
Mod = _row("Mod", _truncated_remainder)
FloorMod = _row("FloorMod", np.mod)
SquaredDifference = _row("SquaredDifference", lambda a, b: (a - b) ** 2, commutative=True)

Equal = _row("Equal", np.equal, commutative=True, base=Comparison)
NotEqual = _row("NotEqual", np.not_equal, commutative=True, base=Comparison)
Greater = _row("Greater", np.greater, base=Comparison)
GreaterEqual = _row("GreaterEqual", np.greater_equal, base=Comparison)
Less = _row("Less", np.less, base=Comparison)
LessEqual = _row("LessEqual", np.less_equal, base=Comparison)

LogicalAnd = _row("LogicalAnd", np.logical_and, commutative=True, base=Comparison)
LogicalOr = _row("LogicalOr", np.logical_or, commutative=True, base=Comparison)
LogicalXor = _row("LogicalXor", np.logical_xor, commutative=True, opset="opset2", base=Comparison)

BitwiseAnd = _row("BitwiseAnd", np.bitwise_and, commutative=True, opset="opset13")
BitwiseOr = _row("BitwiseOr", np.bitwise_or, commutative=True, opset="opset13")
BitwiseXor = _row("BitwiseXor", np.bitwise_xor, commutative=True, opset="opset13")
BitwiseLeftShift = _row("BitwiseLeftShift", np.left_shift, opset="opset15")
BitwiseRightShift = _row("BitwiseRightShift", np.right_shift, opset="opset15")


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
            return a // b
        return np.divide(a, b)


class Select(Op):
    """``then`` where ``condition`` holds, else ``otherwise``; all three broadcast."""

    auto_broadcast: str = "numpy"

    def infer(self, condition: Output, then: Output, otherwise: Output) -> TensorType:
        shape = broadcast(condition.shape, broadcast(then.shape, otherwise.shape))
        return TensorType(shape, tied(then, otherwise))

    def fold(self, condition: np.ndarray, then: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
        return np.where(condition, then, otherwise)


class FakeQuantize(Op):
    """Rounds to ``levels`` steps between the input limits and maps them to the output limits."""

    levels: int
    auto_broadcast: str = "numpy"

    def infer(self, data: Output, *limits: Output) -> TensorType:
        shape = data.shape
        for limit in limits:
            shape = broadcast(shape, limit.shape)
        return TensorType(shape, data.dtype)
