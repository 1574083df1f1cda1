"""Reshaping, squeezing, broadcasting and generating: our types against the runtime's."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("openvino")

from hypothesis import given
from hypothesis import strategies as st

from extensions.ops import generating as n
from extensions.ops import shaping as s
from tests.ops.runtime import Case, agree
from tests.ops.strategies import (
    Draw,
    axes_of,
    axis_of,
    damaged,
    data,
    dtypes,
    f32,
    given_array,
    i32,
    i64,
    numbers,
    sizes,
)

INDEX = st.sampled_from([i32, i64])


@st.composite
def reshape(draw: Draw) -> Case:
    shape = draw(sizes(0, 4, 1, 4))
    flat = [int(np.prod(shape, dtype=int))]
    target = draw(st.sampled_from([shape[::-1], flat, [1, *shape], [*flat, 1], shape]))
    target = damaged(draw, target)
    special = draw(st.booleans())
    if special and target is not flat:
        for i in range(min(len(target), len(shape))):
            if target[i] == shape[i] and draw(st.booleans()):
                target[i] = 0
    if target and draw(st.booleans()):
        target[draw(st.integers(0, len(target) - 1))] = -1
    if draw(st.integers(0, 19)) == 19:
        target += [draw(st.sampled_from([0, -1, -2]))]
    # Of data of unknown rank, the runtime takes -1 for at least 1: it forgets empty tensors.
    value = data(draw, shape, draw(dtypes), rank=-1 not in target)
    inputs = [value, given_array(draw, target, draw(INDEX))]
    # With zeros, or a shape of length 0 that it does not know, it counts elements when it runs.
    return Case(s.Reshape(special_zero=special), inputs, late=True)


@st.composite
def squeeze(draw: Draw) -> Case:
    shape = [1 if draw(st.booleans()) else size for size in draw(sizes(0, 4))]
    inputs = [data(draw, shape)]
    if shape and draw(st.integers(0, 3)):
        # An axis that is not 1 is an error in the frameworks; the runtime keeps it silently.
        axes = [axis for axis in axes_of(draw, len(shape)) if shape[axis] == 1]
        inputs.append(given_array(draw, axes, draw(INDEX)))
    return Case(s.Squeeze(), inputs)


@st.composite
def unsqueeze(draw: Draw) -> Case:
    shape = draw(sizes(0, 3))
    count = draw(st.integers(1, 3))
    # Of two equal axes the runtime ignores one.
    axes = axes_of(draw, len(shape) + count, least=count)[:count]
    if draw(st.integers(0, 9)) == 9:
        axes[0] = draw(st.sampled_from([-9, 9]))
    scalar = count == 1 and draw(st.booleans())
    axes = axes[0] if scalar else axes  # type: ignore[assignment]
    return Case(s.Unsqueeze(), [data(draw, shape), given_array(draw, axes, draw(INDEX))])


@st.composite
def broadcast(draw: Draw) -> Case:
    full = draw(sizes(0, 4))
    shape = [1 if draw(st.booleans()) else size for size in full][draw(st.integers(0, len(full))) :]
    mode = draw(st.sampled_from(["numpy", "bidirectional"]))
    target = full
    if mode == "bidirectional":
        target = [1 if draw(st.booleans()) else size for size in full]
        target = target[draw(st.integers(0, len(full))) :]
    target = damaged(draw, target, rank=mode == "bidirectional")
    inputs = [data(draw, shape, draw(dtypes)), given_array(draw, target, draw(INDEX))]
    return Case(s.Broadcast(mode=mode), inputs, late=True)


@st.composite
def tile(draw: Draw) -> Case:
    # The runtime crashes if the repeats are an input of length 0.
    repeats = draw(sizes(1, 4, 0, 3))
    return Case(s.Tile(), [data(draw, draw(sizes())), given_array(draw, repeats, draw(INDEX))])


@st.composite
def range_(draw: Draw) -> Case:
    kind, output = draw(st.sampled_from([f32, i32, i64])), draw(st.sampled_from([f32, i32, i64]))
    step = draw(st.sampled_from([1, 2, -1, -3] if output is not f32 else [1, 2, -1, -3, 0.5]))
    step = step if kind is f32 or step != 0.5 else 3
    limits = [draw(st.integers(-10, 20)), draw(st.integers(-10, 20)), step]
    inputs = [given_array(draw, limit, kind) for limit in limits]
    return Case(n.Range(output_type=output), inputs)


@st.composite
def one_hot(draw: Draw) -> Case:
    shape = draw(sizes(0, 3))
    axis = (
        draw(st.integers(-5, 4)) if draw(st.integers(0, 3)) == 3 else axis_of(draw, len(shape) + 1)
    )
    dtype = draw(dtypes)
    inputs = [
        data(draw, shape, draw(INDEX)),
        given_array(draw, draw(st.integers(0, 5)), draw(INDEX)),
    ]
    for value in (1, 0):
        inputs.append(given_array(draw, value, dtype))
    return Case(n.OneHot(axis=axis), inputs)


@st.composite
def eye(draw: Draw) -> Case:
    limits = [draw(st.integers(0, 5)), draw(st.integers(0, 5)), draw(st.integers(-2, 2))]
    kind = draw(INDEX)
    inputs = []
    for limit in limits:
        shaped = limit if draw(st.booleans()) else [limit]
        inputs.append(given_array(draw, shaped, kind))
    if draw(st.booleans()):
        inputs.append(given_array(draw, draw(sizes(0, 2)), kind))
    return Case(n.Eye(output_type=draw(st.sampled_from([f32, i32, i64]))), inputs)


@st.composite
def others(draw: Draw) -> Case:
    which = draw(st.integers(0, 2))
    if which == 0:
        return Case(s.ShapeOf(output_type=draw(INDEX)), [data(draw, draw(sizes()), draw(dtypes))])
    if which == 1:
        return Case(
            n.NonZero(output_type=draw(INDEX)),
            [data(draw, draw(sizes(1, 4)), draw(numbers))],
        )
    kind = draw(st.sampled_from([f32, i32, i64]))
    limits = [np.array(0, kind.numpy), np.array([5], kind.numpy)]
    # The runtime takes the upper bound of the length for the rank.
    shape = given_array(draw, draw(sizes()), draw(INDEX), loosen=False)
    return Case(n.RandomUniform(output_type=kind), [shape, *limits])


CASES = [reshape(), squeeze(), unsqueeze(), broadcast(), tile(), range_(), one_hot(), eye()]
CASES += [others()]


@pytest.mark.parametrize("cases", CASES, ids=str)
@given(st.data())
def test_types(cases: st.SearchStrategy[Case], drawn: st.DataObject) -> None:
    agree(drawn.draw(cases))
