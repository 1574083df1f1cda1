"""Matrix products."""

from __future__ import annotations

import numpy as np

from extensions.ops.common import tied
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dimension, Shape, broadcast, merge, text


class MatMul(Op):
    """Product of the last two axes, the others broadcast; vectors as in numpy."""

    transpose_a: bool = False
    transpose_b: bool = False

    def infer(self, a: Output, b: Output) -> TensorType:
        return TensorType(self._shape(a.shape, b.shape), tied(a, b))

    def _shape(self, a: Shape, b: Shape) -> Shape:
        if a is None or b is None:
            return None
        if not a or not b:
            raise ValueError("an operand is a scalar")
        left = _swapped(a, self.transpose_a) if len(a) > 1 else (1, *a)
        right = _swapped(b, self.transpose_b) if len(b) > 1 else (*b, 1)
        if merge(left[-1], right[-2]) is None:
            raise ValueError(f"shapes {text(a)} and {text(b)} do not multiply")
        batch = broadcast(left[:-2], right[:-2]) or ()
        rows = (left[-2],) if len(a) > 1 else ()
        columns = (right[-1],) if len(b) > 1 else ()
        return (*batch, *rows, *columns)

    def fold(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        if self.transpose_a and a.ndim > 1:
            a = a.swapaxes(-1, -2)
        if self.transpose_b and b.ndim > 1:
            b = b.swapaxes(-1, -2)
        return np.matmul(a, b)


def _swapped(shape: tuple[Dimension, ...], transposed: bool) -> tuple[Dimension, ...]:
    return (*shape[:-2], shape[-1], shape[-2]) if transposed else shape


class Einsum(Op):
    """Einstein summation in explicit form, e.g. ``"bij,bjk->bik"``, without ellipsis."""

    opset = "opset7"
    equation: str

    def infer(self, *inputs: Output) -> TensorType:
        left, _, right = self.equation.replace(" ", "").partition("->")
        sizes: dict[str, Dimension] = {}
        terms = left.split(",")
        if len(terms) != len(inputs):
            raise ValueError(f"'{self.equation}' has {len(terms)} terms for {len(inputs)} inputs")
        for term, value in zip(terms, inputs):
            if value.shape is None:
                return TensorType(None, tied(*inputs))
            if len(term) != len(value.shape):
                raise ValueError(f"term '{term}' does not fit shape {text(value.shape)}")
            for label, dim in zip(term, value.shape):
                fitting = merge(sizes.get(label, dim), dim)
                if fitting is None:
                    raise ValueError(f"label '{label}' stands for {sizes[label]} and {dim}")
                sizes[label] = fitting
        return TensorType(tuple(sizes[label] for label in right), tied(*inputs))
