"""Matrix products."""

from __future__ import annotations

import numpy as np

from extensions.ops.common import joined, tied
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, Dimension, Shape, broadcast, merge, text


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
    """Einstein summation, e.g. ``"bij,bjk->bik"`` or ``"...ij,...jk"``."""

    opset = "opset7"
    equation: str

    def infer(self, *inputs: Output) -> TensorType:
        kind = tied(*inputs)
        left, arrow, right = self.equation.replace(" ", "").partition("->")
        terms = left.split(",")
        if len(terms) != len(inputs):
            raise ValueError(f"'{self.equation}' has {len(terms)} terms for {len(inputs)} inputs")
        if not arrow:
            right = _implicit(terms)
        sizes: dict[str, Dimension] = {}
        rest: Shape = ()
        for term, value in zip(terms, inputs):
            if value.shape is None:
                if "..." in term:
                    rest = None
                continue
            before, ellipsis, after = term.partition("...")
            free = len(value.shape) - len(before) - len(after)
            if free < 0 or (free and not ellipsis):
                raise ValueError(f"term '{term}' does not fit shape {text(value.shape)}")
            rest = broadcast(rest, value.shape[len(before) : len(before) + free])
            named = (*value.shape[: len(before)], *value.shape[len(before) + free :])
            for label, dim in zip(before + after, named):
                sizes[label] = joined(f"'{label}' is", sizes.get(label, dim), dim)
        before, ellipsis, after = right.partition("...")
        if ellipsis and rest is None:
            return TensorType(None, kind)
        outer = rest if ellipsis and rest else ()
        named = tuple(sizes.get(label) or Dim() for label in before + after)
        return TensorType((*named[: len(before)], *outer, *named[len(before) :]), kind)

    def fold(self, *arrays: np.ndarray) -> np.ndarray:
        return np.einsum(self.equation, *arrays)  # type: ignore[no-any-return]


def _implicit(terms: list[str]) -> str:
    """The result term of an equation without one: what is free, then labels used once."""
    labels = "".join(terms).replace("...", "")
    once = sorted(label for label in set(labels) if labels.count(label) == 1)
    return ("..." if any("..." in term for term in terms) else "") + "".join(once)
