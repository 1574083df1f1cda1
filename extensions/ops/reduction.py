"""Reductions over axes given by the second input."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from extensions.ops.arithmetic import greater_of, less_of
from extensions.ops.common import BOOLEANS, NUMBERS, constant_axes, expect, length, unknown
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Shape


class Reduction(Op):
    keep_dims: bool = False

    def infer(self, data: Output, axes: Output) -> TensorType:
        return TensorType(self._reduced(data, axes), expect(data.dtype, NUMBERS, "a number"))

    def _reduced(self, data: Output, axes: Output) -> Shape:
        if data.shape is None:
            return None
        known = constant_axes(axes, len(data.shape))
        if known is None:
            if self.keep_dims:
                return unknown(len(data.shape))
            count = length(axes)
            return unknown(None if count is None else len(data.shape) - count)
        if self.keep_dims:
            return tuple(1 if i in known else dim for i, dim in enumerate(data.shape))
        return tuple(dim for i, dim in enumerate(data.shape) if i not in known)


def _row(
    name: str,
    function: Callable[..., Any],
    opset: str = "opset1",
    partial: bool = False,
    base: type[Reduction] = Reduction,
) -> type[Reduction]:
    def fold(self: Reduction, x: np.ndarray, axes: np.ndarray) -> np.ndarray:
        along = tuple(int(axis) for axis in axes.reshape(-1))
        wide = x.astype(np.float32) if x.dtype == np.float16 else x
        return np.asarray(function(wide, axis=along, keepdims=self.keep_dims))

    members = {
        "opset": opset,
        "fold": fold,
        "partial_values": partial,
        "__module__": __name__,
    }
    return type(name, (base,), members)


def _mean(x: np.ndarray, axis: tuple[int, ...], keepdims: bool) -> np.ndarray:
    """Of integers rounded towards zero."""
    if x.dtype.kind in "iu":
        total = np.sum(x, axis=axis, keepdims=keepdims)
        count = x.size // max(total.size, 1)
        return np.sign(total) * (np.abs(total) // max(count, 1))
    return np.mean(x, axis=axis, keepdims=keepdims)


def _norm(x: np.ndarray, axis: tuple[int, ...], keepdims: bool) -> np.ndarray:
    total = np.sum(x * x, axis=axis, keepdims=keepdims)
    return np.rint(np.sqrt(total)) if x.dtype.kind in "iu" else np.sqrt(total)


def _extreme(known: Callable[..., Any], of_two: Callable[..., Any]) -> Callable[..., Any]:
    """``known`` for numbers; for vectors with unknowns, what is known of the extreme."""

    def function(x: np.ndarray, axis: tuple[int, ...], keepdims: bool) -> np.ndarray:
        if x.dtype.kind != "O":
            return np.asarray(known(x, axis=axis, keepdims=keepdims))
        if x.ndim != 1 or not axis or not x.size:
            raise ValueError("no vector of sizes")
        array = np.empty((1,) if keepdims else (), object)
        array[...] = reduce(of_two, x.tolist())
        return array

    return function


ReduceSum = _row("ReduceSum", np.sum, partial=True)
ReduceProd = _row("ReduceProd", np.prod, partial=True)
ReduceMean = _row("ReduceMean", _mean)
ReduceMax = _row("ReduceMax", _extreme(np.max, greater_of), partial=True)
ReduceMin = _row("ReduceMin", _extreme(np.min, less_of), partial=True)
ReduceL1 = _row("ReduceL1", lambda x, **k: np.sum(np.abs(x), **k), "opset4")
ReduceL2 = _row("ReduceL2", _norm, "opset4")


class _LogicalReduction(Reduction):
    def infer(self, data: Output, axes: Output) -> TensorType:
        expect(data.dtype, BOOLEANS, "a boolean")
        return TensorType(self._reduced(data, axes), ElementType.boolean)


ReduceLogicalAnd = _row("ReduceLogicalAnd", np.all, base=_LogicalReduction)
ReduceLogicalOr = _row("ReduceLogicalOr", np.any, base=_LogicalReduction)
