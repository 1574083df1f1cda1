"""Partial shapes: intervals, identity of unknowns, broadcasting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mo.graph.shape import (
    INFINITY,
    Dim,
    agreed,
    bounds,
    broadcast,
    broadcast_dim,
    merge,
    same,
    text,
)

sizes = st.integers(0, 12)


@st.composite
def dims(draw: st.DrawFn) -> tuple[int | Dim, int]:
    """A dimension and a size it may have at run time."""
    value = draw(sizes)
    if draw(st.booleans()):
        return value, value
    low = draw(st.integers(0, value))
    high = draw(st.one_of(st.integers(value, 20), st.just(INFINITY)))
    return Dim(low, high), value


def holds(dim: int | Dim, value: int) -> bool:
    low, high = bounds(dim)
    return low <= value <= high


@given(dims(), dims())
def test_arithmetic_contains_every_possible_result(a, b):
    (x, i), (y, j) = a, b
    assert holds(x + y, i + j)
    assert holds(x - y, i - j)
    assert holds(x * y, i * j)
    if j:
        assert holds(x // y, i // j)


@given(dims(), dims())
def test_broadcasting_contains_numpys_result(a, b):
    (x, i), (y, j) = a, b
    try:
        (expected,) = np.broadcast_shapes((i,), (j,))
    except ValueError:
        return
    result = broadcast_dim(x, y)
    assert result is not None
    assert holds(result, expected)


def test_an_unknown_is_itself_through_neutral_arithmetic():
    n = Dim()
    assert n + 0 is n
    assert n * 1 is n
    assert n // 1 is n
    assert n - n == 0


def test_two_unknowns_are_not_the_same_number():
    assert not same(Dim(), Dim())
    n = Dim(2, 5)
    assert same(n, n)


def test_bounds_that_meet_become_an_int():
    assert merge(Dim(0, 4), Dim(4, 9)) == 4
    assert merge(Dim(0, 3), Dim(4, 9)) is None


def test_broadcasting_keeps_the_unknown_that_wins():
    n = Dim()
    assert broadcast((n, 1, 3), (4, 1)) is not None
    assert broadcast((n, 3), (1, 3))[0] is n
    with pytest.raises(ValueError, match=r"\[2,3\] and \[4,3\] do not broadcast"):
        broadcast((2, 3), (4, 3))


def test_two_shapes_of_one_tensor_agree_on_what_is_known():
    n, m = Dim(), Dim()
    assert agreed((n, 3), (m, 3)) == ((n, 3), False)
    assert agreed((n, 3), (7, 3)) == ((7, 3), True)
    assert agreed(None, (7, 3)) == ((7, 3), True)
    assert agreed((7, 3), None) == ((7, 3), False)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((1, 3), "[1,3]"),
        ((Dim(), Dim(1, 10), Dim(2), Dim(0, 4)), "[?,1..10,2..,..4]"),
        ((), "[]"),
        (None, "[...]"),
    ],
)
def test_shapes_are_written_as_the_ir_writes_them(shape, expected):
    assert text(shape) == expected
