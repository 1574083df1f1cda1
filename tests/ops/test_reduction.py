"""Reductions, matrix products and normalisations: our types against the runtime's."""

from __future__ import annotations

import pytest

pytest.importorskip("openvino")

from hypothesis import given
from hypothesis import strategies as st

from extensions.ops import normalization as n
from extensions.ops import reduction as r
from extensions.ops.matrix import Einsum, MatMul
from tests.ops.runtime import Case, agree
from tests.ops.strategies import (
    Draw,
    axes_of,
    boolean,
    damaged,
    data,
    floats,
    given_array,
    i32,
    i64,
    numbers,
    sizes,
)

INDEX = st.sampled_from([i32, i64])
REDUCTIONS = [r.ReduceSum, r.ReduceProd, r.ReduceMean, r.ReduceMax, r.ReduceMin, r.ReduceL1]
REDUCTIONS += [r.ReduceL2]


@st.composite
def reduction(draw: Draw) -> Case:
    shape = draw(sizes(1, 4))
    axes = axes_of(draw, len(shape))
    if draw(st.integers(0, 9)) == 9:
        axes = [draw(st.integers(-6, 6))]
    kind, dtype = draw(st.sampled_from(REDUCTIONS)), draw(numbers)
    if draw(st.integers(0, 4)) == 4:
        kind, dtype = draw(st.sampled_from([r.ReduceLogicalAnd, r.ReduceLogicalOr])), boolean
    inputs = [data(draw, shape, dtype), given_array(draw, axes, draw(INDEX))]
    return Case(kind(keep_dims=draw(st.booleans())), inputs)


@st.composite
def matmul(draw: Draw) -> Case:
    batch = draw(sizes(0, 2))
    rows, inner, columns = (draw(st.integers(1, 5)) for _ in range(3))
    transpose_a, transpose_b = draw(st.booleans()), draw(st.booleans())
    one, two = [rows, inner], [inner, columns]
    a = [*batch[draw(st.integers(0, len(batch))) :], *(one[::-1] if transpose_a else one)]
    b = [*batch[draw(st.integers(0, len(batch))) :], *(two[::-1] if transpose_b else two)]
    if draw(st.integers(0, 4)) == 4:
        a = [inner]
    if draw(st.integers(0, 4)) == 4:
        b = [inner]
    dtype = draw(floats)
    op = MatMul(transpose_a=transpose_a, transpose_b=transpose_b)
    return Case(op, [data(draw, damaged(draw, a), dtype), data(draw, damaged(draw, b), dtype)])


@st.composite
def einsum(draw: Draw) -> Case:
    sizes_of = {label: draw(st.integers(1, 5)) for label in "abcde"}
    terms = ["".join(draw(st.permutations("abcde"))[: draw(st.integers(1, 3))]) for _ in range(2)]
    terms = terms[: draw(st.integers(1, 2))]
    used = sorted(set("".join(terms)))
    result = "".join(draw(st.permutations(used))[: draw(st.integers(0, len(used)))])
    equation = ",".join(terms)
    if draw(st.integers(0, 3)):
        equation += "->" + result
    inputs = [data(draw, damaged(draw, [sizes_of[label] for label in term])) for term in terms]
    return Case(Einsum(equation=equation), inputs)


@st.composite
def batch_norm(draw: Draw) -> Case:
    shape, dtype = draw(sizes(2, 4)), draw(floats)
    inputs = [data(draw, shape, dtype)]
    inputs += [data(draw, damaged(draw, shape[1:2]), dtype) for _ in range(4)]
    return Case(n.BatchNormInference(epsilon=1e-3), inputs)


@st.composite
def over_axes(draw: Draw) -> Case:
    shape = draw(sizes(2, 4))
    op = draw(
        st.sampled_from(
            [
                n.MVN(eps=1e-9),
                n.NormalizeL2(eps=1e-9),
                n.LRN(alpha=1e-4, beta=0.75, bias=1.0, size=5),
            ]
        )
    )
    axes = axes_of(draw, len(shape), 1, negative=not isinstance(op, n.LRN))
    return Case(op, [data(draw, shape), given_array(draw, axes, draw(INDEX), loosen=False)])


@st.composite
def grouped(draw: Draw) -> Case:
    shape, groups = draw(sizes(2, 4)), draw(st.integers(1, 3))
    if draw(st.integers(0, 4)) == 4:
        return Case(n.GRN(bias=1.0), [data(draw, shape)])
    shape[1] *= groups
    inputs = [data(draw, damaged(draw, value)) for value in (shape, shape[1:2], shape[1:2])]
    return Case(n.GroupNormalization(num_groups=groups, epsilon=1e-5), inputs)


CASES = [reduction(), matmul(), einsum(), batch_norm(), over_axes(), grouped()]


@pytest.mark.parametrize("cases", CASES, ids=str)
@given(st.data())
def test_types(cases: st.SearchStrategy[Case], drawn: st.DataObject) -> None:
    agree(drawn.draw(cases))
