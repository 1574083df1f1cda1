"""Element-wise functions of one input: mathematics, rounding, logical and bitwise NOT."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType


class Unary(Op):
    """Keeps shape and element type."""

    def infer(self, data: Output) -> TensorType:
        return data.type


class Predicate(Op):
    """Keeps the shape, gives boolean."""

    def infer(self, data: Output) -> TensorType:
        return TensorType(data.shape, ElementType.boolean)


def _row(
    name: str,
    fold: Callable[..., Any] | None,
    opset: str = "opset1",
    base: type[Op] = Unary,
    partial: bool = False,
) -> type[Op]:
    members = {
        "opset": opset,
        "fold": staticmethod(fold) if fold else None,
        "partial_values": partial,
        "__module__": __name__,
    }
    return type(name, (base,), members)


def _erf(x: np.ndarray) -> np.ndarray:
    return np.vectorize(math.erf, otypes=[x.dtype])(x)


Abs = _row("Abs", np.abs)
Acos = _row("Acos", np.arccos)
Acosh = _row("Acosh", np.arccosh, "opset4")
Asin = _row("Asin", np.arcsin)
Asinh = _row("Asinh", np.arcsinh, "opset4")
Atan = _row("Atan", np.arctan)
Atanh = _row("Atanh", np.arctanh, "opset4")
Ceiling = _row("Ceiling", np.ceil)
Cos = _row("Cos", np.cos)
Cosh = _row("Cosh", np.cosh)
Erf = _row("Erf", _erf)
Exp = _row("Exp", np.exp)
Floor = _row("Floor", np.floor)
Log = _row("Log", np.log)
LogicalNot = _row("LogicalNot", np.logical_not, base=Predicate)
Negative = _row("Negative", np.negative, partial=True)
Sign = _row("Sign", np.sign)
Sin = _row("Sin", np.sin)
Sinh = _row("Sinh", np.sinh)
Sqrt = _row("Sqrt", np.sqrt)
Tan = _row("Tan", np.tan)
BitwiseNot = _row("BitwiseNot", np.invert, "opset13")
IsFinite = _row("IsFinite", np.isfinite, "opset10", Predicate)
IsNaN = _row("IsNaN", np.isnan, "opset10", Predicate)


class IsInf(Predicate):
    """Whether an element is infinite, of the signs asked for."""

    opset = "opset10"
    detect_negative: bool = True
    detect_positive: bool = True

    def fold(self, x: np.ndarray) -> np.ndarray:
        found = np.isposinf(x) & self.detect_positive
        return found | (np.isneginf(x) & self.detect_negative)


class Round(Unary):
    """To the nearest integer, ties as ``mode`` says."""

    opset = "opset5"
    mode: str = "half_to_even"

    def fold(self, x: np.ndarray) -> np.ndarray:
        if self.mode == "half_to_even":
            return np.round(x)
        return np.where(x >= 0, np.floor(x + 0.5), np.ceil(x - 0.5))


class CumSum(Op):
    """Running sum along an axis given by a scalar input."""

    opset = "opset3"
    exclusive: bool = False
    reverse: bool = False

    def infer(self, data: Output, axis: Output) -> TensorType:
        return data.type

    def fold(self, x: np.ndarray, axis: np.ndarray) -> np.ndarray:
        along = int(axis.reshape(-1)[0])
        x = np.flip(x, along) if self.reverse else x
        total = np.cumsum(x, along, dtype=x.dtype)
        total = total - x if self.exclusive else total
        return np.flip(total, along) if self.reverse else total
