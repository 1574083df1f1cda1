"""Element-wise functions of one input: mathematics, rounding, logical and bitwise NOT."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from extensions.ops.common import BOOLEANS, FLOATS, INTEGERS, NUMBERS, expect
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import normalize_axis

ANYTHING = frozenset(ElementType)
_NAMES = {NUMBERS: "a number", FLOATS: "a float", BOOLEANS: "a boolean"}


class Unary(Op):
    """Keeps shape and element type."""

    accepted: ClassVar[frozenset[ElementType]] = NUMBERS

    def infer(self, data: Output) -> TensorType:
        if data.dtype not in self.accepted:
            expect(data.dtype, self.accepted, _NAMES.get(self.accepted, "an integer or boolean"))
        return TensorType(data.shape, data.dtype)


class Predicate(Unary):
    """Keeps the shape, gives boolean."""

    def infer(self, data: Output) -> TensorType:
        return TensorType(super().infer(data).shape, ElementType.boolean)


def _row(
    name: str,
    fold: Callable[..., Any] | None,
    opset: str = "opset1",
    base: type[Op] = Unary,
    accepted: frozenset[ElementType] = NUMBERS,
    partial: bool = False,
) -> type[Op]:
    members = {
        "opset": opset,
        "fold": staticmethod(fold) if fold else None,
        "accepted": accepted,
        "partial_values": partial,
        "__module__": __name__,
    }
    return type(name, (base,), members)


def erf(x: np.ndarray) -> np.ndarray:
    """The error function, in double precision."""
    return np.vectorize(math.erf, otypes=[np.float64])(x)


def real(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """A function of real numbers, for integers with its result rounded, for f16 done in f32."""

    def wrapped(*args: Any) -> np.ndarray:
        kind = args[-1].dtype.kind
        if kind in "iu":
            return np.rint(function(*args[:-1], args[-1].astype(np.float64)))
        if args[-1].dtype == np.float16:
            return function(*args[:-1], args[-1].astype(np.float32))
        return function(*args)

    return wrapped


def _whole(function: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """A rounding function, which leaves integers as they are."""
    return lambda x: x if x.dtype.kind in "iu" else function(x)


Abs = _row("Abs", np.abs)
Acos = _row("Acos", real(np.arccos))
Acosh = _row("Acosh", real(np.arccosh), "opset4")
Asin = _row("Asin", real(np.arcsin))
Asinh = _row("Asinh", real(np.arcsinh), "opset4")
Atan = _row("Atan", real(np.arctan))
Atanh = _row("Atanh", real(np.arctanh), "opset4")
Ceiling = _row("Ceiling", _whole(np.ceil))
Cos = _row("Cos", real(np.cos))
Cosh = _row("Cosh", real(np.cosh))
Erf = _row("Erf", real(erf))
ErfInv = _row("ErfInv", None, "opset17", accepted=FLOATS)
Exp = _row("Exp", real(np.exp))
Floor = _row("Floor", _whole(np.floor))
Log = _row("Log", real(np.log))
LogicalNot = _row("LogicalNot", np.logical_not, accepted=BOOLEANS)
Negative = _row("Negative", np.negative, partial=True)
Sign = _row("Sign", np.sign)
Sin = _row("Sin", real(np.sin))
Sinh = _row("Sinh", real(np.sinh))
Sqrt = _row("Sqrt", real(np.sqrt))
Tan = _row("Tan", real(np.tan))
BitwiseNot = _row("BitwiseNot", np.invert, "opset13", accepted=INTEGERS | BOOLEANS)
IsFinite = _row("IsFinite", np.isfinite, "opset10", Predicate, FLOATS)
IsNaN = _row("IsNaN", np.isnan, "opset10", Predicate, FLOATS)


class IsInf(Predicate):
    """Whether an element is infinite, of the signs asked for."""

    opset = "opset10"
    accepted = FLOATS
    detect_negative: bool = True
    detect_positive: bool = True

    def fold(self, x: np.ndarray) -> np.ndarray:
        found = np.isposinf(x) & self.detect_positive
        return found | (np.isneginf(x) & self.detect_negative)


class Round(Unary):
    """To the nearest integer, ties as ``mode`` says."""

    opset = "opset5"
    accepted = ANYTHING
    mode: str = "half_to_even"

    def fold(self, x: np.ndarray) -> np.ndarray:
        if x.dtype.kind not in "fV":
            return x
        if self.mode == "half_to_even":
            return np.rint(x)
        whole = np.trunc(x)
        return np.where(np.abs(x - whole) >= 0.5, whole + np.sign(x), whole)


class CumSum(Op):
    """Running sum along an axis given by a scalar input."""

    opset = "opset3"
    exclusive: bool = False
    reverse: bool = False

    def infer(self, data: Output, axis: Output) -> TensorType:
        along = axis.value()
        if along is not None and data.shape is not None:
            normalize_axis(int(along.reshape(-1)[0]), len(data.shape))
        return TensorType(data.shape, data.dtype)

    def fold(self, x: np.ndarray, axis: np.ndarray) -> np.ndarray:
        along = int(axis.reshape(-1)[0])
        x = np.flip(x, along) if self.reverse else x
        total = np.cumsum(x, along, dtype=x.dtype)
        if self.exclusive:
            total = np.roll(total, 1, along)
            total[(slice(None),) * (along % x.ndim) + (slice(0, 1),)] = 0
        return np.flip(total, along) if self.reverse else total
