"""Values of a loop's body as sums of products of vectors with matrices of the graph around."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from extensions.ops.arithmetic import Add
from extensions.ops.gathering import Gather
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Split, Transpose, VariadicSplit
from extensions.ops.shaping import Broadcast, Reshape, Squeeze
from extensions.ops.slicing import StridedSlice
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import same

# What takes some columns of a matrix.
_PARTS = (Split, VariadicSplit, StridedSlice)
# Longer sums are no gates of a cell.
_DEPTH_LIMIT = 32


class NoMatch(Exception):
    """What is looked for is not there."""


@dataclass
class Affine:
    """Vectors of the body, each times a matrix [inputs, outputs] (None: as it is), and a bias."""

    terms: dict[Output, Output | None]
    bias: Output | None = None


# For a vector that is a product itself: the vector before, the matrix and the bias.
Unfolding = Callable[[Output], "tuple[Output, Output, Output | None] | None"]


class Affines:
    """The sums in one body. ``fixed``: its parameters that are the same in all iterations.

    ``is_vector`` tells which values are not looked into.
    """

    def __init__(
        self,
        g: Graph,
        fixed: Mapping[Output, Output],
        is_vector: Callable[[Output], bool],
        unfolding: Unfolding,
    ) -> None:
        self.g = g
        self.fixed = fixed
        self.is_vector = is_vector
        self.unfolding = unfolding

    def of(self, value: Output | None, depth: int = 0) -> Affine:
        """The sum that a value is; one term if it is none."""
        if value is None:
            raise NoMatch
        op = value.node.op
        if not self.is_vector(value) and depth < _DEPTH_LIMIT:
            if isinstance(op, Add):
                return self._sum(value, depth + 1)
            if isinstance(op, MatMul) and not op.transpose_a:
                return self._product(value, op.transpose_b, depth + 1)
            if isinstance(op, _PARTS):
                return self.columns(value, value.node.inputs[0], depth + 1)
            if isinstance(op, (Reshape, Squeeze)) and _is_only_row(value):
                return self.of(value.node.inputs[0], depth + 1)
        return Affine({value: None})

    def outside(self, value: Output | None) -> Output | None:
        """A value of the body that does not change, as one of the graph around."""
        if value is not None and value.constant is not None:
            return self.g.constant(value.constant)
        return None if value is None else self.fixed.get(value)

    def _sum(self, value: Output, depth: int) -> Affine:
        one, other = value.node.inputs
        for addend, rest in ((one, other), (other, one)):
            bias = self.outside(addend)
            if bias is not None and _is_row(bias):
                return self._added(self.of(rest, depth), Affine({}, bias))
        return self._added(self.of(one, depth), self.of(other, depth))

    def _added(self, one: Affine, other: Affine) -> Affine:
        terms = dict(one.terms)
        for vector, matrix in other.terms.items():
            if vector in terms:
                before = terms[vector]
                if before is None or matrix is None:
                    raise NoMatch
                matrix = self.g.add(Add(), before, matrix)
            terms[vector] = matrix
        biases = [bias for bias in (one.bias, other.bias) if bias is not None]
        if len(biases) == 2:
            biases = [self.g.add(Add(), *biases)]
        return Affine(terms, biases[0] if biases else None)

    def _product(self, value: Output, transposed: bool, depth: int) -> Affine:
        vector, weights = value.node.inputs
        matrix = self.outside(weights)
        if vector is None or matrix is None or matrix.rank != 2 or vector.rank != 2:
            return Affine({value: None})
        if transposed:
            matrix = self.g.add(Transpose(), matrix, [1, 0])
        if isinstance(vector.node.op, Concat) and vector.node.op.axis in (1, -1):
            return self._product_of_parts(vector.node.inputs, matrix, depth)
        return self._times(self.of(vector, depth), matrix)

    def _product_of_parts(
        self, parts: Sequence[Output | None], matrix: Output, depth: int
    ) -> Affine:
        sizes = [part.shape[1] if part and part.shape else None for part in parts]
        if sum(not isinstance(size, int) for size in sizes) > 1:
            raise NoMatch
        # One that is not known is what is left.
        sizes = [size if isinstance(size, int) else -1 for size in sizes]
        axis = self.g.constant(np.int64(0))
        rows = self.g.add_multi(VariadicSplit(parts=len(parts)), matrix, axis, sizes)
        total = Affine({})
        for part, block in zip(parts, rows):
            total = self._added(total, self._times(self.of(part, depth), block))
        return total

    def _times(self, form: Affine, matrix: Output) -> Affine:
        terms: dict[Output, Output | None] = {
            vector: matrix if before is None else self.g.add(MatMul(), before, matrix)
            for vector, before in form.terms.items()
        }
        if form.bias is None:
            return Affine(terms)
        size = None if matrix.shape is None else matrix.shape[0]
        bias = self.g.add(MatMul(), self.bias(form, size), matrix)
        return Affine(terms, bias)

    def columns(self, value: Output, data: Output | None, depth: int = 0) -> Affine:
        """One of the parts of ``data`` into which the gates of all are split."""
        places = _selected(value)
        if data is None or places is None:
            return Affine({value: None})
        form = self.of(data, depth)
        self.complete(form, set())
        terms: dict[Output, Output | None] = {
            vector: self.g.add(Gather(), matrix, places, self.g.constant(np.int64(1)))
            for vector, matrix in form.terms.items()
            if matrix is not None
        }
        if form.bias is None:
            return Affine(terms)
        assert data.shape is not None
        bias = self.bias(form, data.shape[1])
        return Affine(terms, self.g.add(Gather(), bias, places, self.g.constant(np.int64(0))))

    def complete(self, form: Affine, spared: set[Output]) -> None:
        """Give each term its matrix: what stands for a product itself is taken apart."""
        for vector in [v for v, matrix in form.terms.items() if matrix is None]:
            if vector in spared:
                continue
            found = self.unfolding(vector)
            if found is None:
                raise NoMatch
            before, matrix, bias = found
            del form.terms[vector]
            whole = self._added(form, Affine({before: matrix}, bias))
            form.terms, form.bias = whole.terms, whole.bias

    def bias(self, form: Affine, size: object) -> Output:
        """The bias as a vector of this size, zeros if there is none."""
        if not isinstance(size, int):
            raise NoMatch
        if form.bias is None:
            kind = next(matrix.dtype for matrix in form.terms.values() if matrix is not None)
            return self.g.constant(np.zeros(size, kind.numpy), kind)
        return self.g.add(Broadcast(), self.g.add(Reshape(), form.bias, [-1]), [size])


def _selected(value: Output) -> np.ndarray | None:
    """Which columns of a matrix [batch, n] a part of it has; None if it is no part of each row."""
    data, *others = value.node.inputs
    known = [None if item is None else item.value() for item in others]
    if data is None or data.rank != 2 or value.rank != 2 or any(item is None for item in known):
        return None
    (batch, size), (rows, _) = data.shape or (0, 0), value.shape or (0, 0)
    if not isinstance(size, int) or not same(batch, rows):
        return None
    fold = value.node.op.fold
    assert fold is not None
    found = fold(np.arange(2 * size).reshape(2, size), *known)
    part = found[value.index] if isinstance(found, tuple) else found
    if not part.size or part[0].max() >= size:
        return None
    return part[0].astype(np.int64)


def _is_only_row(value: Output) -> bool:
    """Whether a value is that of a batch of one, without the axis of the batch."""
    before, shape = value.node.inputs[0], value.shape
    return before is not None and shape is not None and before.shape == (1, *shape)


def _is_row(value: Output) -> bool:
    """Whether a value is the same for the whole batch."""
    shape = value.shape
    return shape is not None and len(shape) < 3 and (len(shape) < 2 or shape[0] == 1)
