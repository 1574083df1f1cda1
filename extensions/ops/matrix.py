"""Matrix products."""

from __future__ import annotations

import numpy as np

from extensions.ops.common import FLOATS, expect, joined, tied
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, Dimension, Shape, broadcast, broadcast_dim, merge, text


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
    """Einstein summation, e.g. ``"bij,bjk->bik"`` or ``"...ij,...jk"``; sizes of 1 broadcast."""

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
                fitting = broadcast_dim(sizes.get(label, dim), dim)
                if fitting is None:
                    raise ValueError(f"'{label}' is {sizes[label]} and {dim}")
                sizes[label] = fitting
        before, ellipsis, after = right.partition("...")
        if ellipsis and rest is None:
            return TensorType(None, kind)
        outer = rest if ellipsis and rest else ()
        named = tuple(sizes.get(label) or Dim() for label in before + after)
        return TensorType((*named[: len(before)], *outer, *named[len(before) :]), kind)

    def fold(self, *arrays: np.ndarray) -> np.ndarray:
        return np.einsum(self.equation, *arrays)


def _implicit(terms: list[str]) -> str:
    """The result term of an equation without one: what is free, then labels used once."""
    labels = "".join(terms).replace("...", "")
    once = sorted(label for label in set(labels) if labels.count(label) == 1)
    return ("..." if any("..." in term for term in terms) else "") + "".join(once)


class Inverse(Op):
    """The inverses (or adjugates) of the square matrices in the last two axes."""

    opset = "opset14"
    adjoint: bool = False

    def infer(self, data: Output) -> TensorType:
        expect(data.dtype, FLOATS, "a float")
        if data.shape is not None:
            if len(data.shape) < 2:
                raise ValueError(f"data {text(data.shape)} holds no matrix")
            joined("rows and columns", data.shape[-2], data.shape[-1])
        return TensorType(data.shape, data.dtype)


class ScaledDotProductAttention(Op):
    """softmax(Q * K^T * scale + mask) * V.

    Q is [..., L, E], K [..., S, E], V [..., S, D], the mask [..., L, S]; the result [..., L, D].
    """

    opset = "opset13"
    causal: bool = False

    def infer(
        self,
        query: Output,
        key: Output,
        value: Output,
        mask: Output | None = None,
        scale: Output | None = None,
        sink: Output | None = None,
    ) -> TensorType:
        kind = expect(tied(query, key, value, scale, sink), FLOATS, "a float")
        shapes = [tensor.shape for tensor in (query, key, value)]
        if any(shape is not None and len(shape) < 3 for shape in shapes):
            raise ValueError(f"shapes {', '.join(map(text, shapes))} hold no batch of matrices")
        q, k, v = (shape or (Dim(), Dim()) for shape in shapes)
        joined("sizes of a query and a key", q[-1], k[-1])
        keys = joined("numbers of keys and values", k[-2], v[-2])
        if mask is not None and mask.shape and len(mask.shape) < 2 and not self.causal:
            raise ValueError(f"mask {text(mask.shape)} is no matrix")
        if query.shape is None:
            return TensorType(None, kind)
        outer = broadcast(broadcast(q[:-2], k[:-2]), v[:-2]) or ()
        queries = q[-2]
        if mask is not None and mask.shape and not self.causal:
            fitting = broadcast(mask.shape, (*outer, queries, keys)) or ()
            outer, queries = fitting[:-2], fitting[-2]
        return TensorType((*outer, queries, v[-1]), kind)


class GroupedMatMul(Op):
    """A matrix product for each group: [G, M, K] x [G, N, K], or rows [T, K] cut by offsets."""

    opset = "opset17"

    def infer(self, a: Output, b: Output, offsets: Output | None = None) -> TensorType:
        kind = tied(a, b)
        if a.shape is None or b.shape is None:
            return TensorType(None, kind)
        if len(a.shape) == len(b.shape) == 3:
            groups = joined("numbers of groups", a.shape[0], b.shape[0])
            joined("columns", a.shape[2], b.shape[2])
            return TensorType((groups, a.shape[1], b.shape[1]), kind)
        if len(a.shape) == 2 and len(b.shape) == 3 and offsets is not None:
            joined("columns", a.shape[1], b.shape[2])
            return TensorType((a.shape[0], b.shape[1]), kind)
        raise ValueError(f"shapes {text(a.shape)} and {text(b.shape)} do not multiply in groups")
