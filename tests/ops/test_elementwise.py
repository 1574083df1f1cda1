"""Element-wise operations and activations: our types against the runtime's."""

from __future__ import annotations

import pytest

pytest.importorskip("openvino")

from hypothesis import given
from hypothesis import strategies as st

from extensions.ops import activation as act
from extensions.ops import arithmetic as a
from extensions.ops import conversion
from extensions.ops import unary as u
from mo.graph.op import Op
from tests.ops.runtime import Case, agree
from tests.ops.strategies import (
    Draw,
    axis_of,
    boolean,
    damaged,
    data,
    dtypes,
    f32,
    floats,
    given_array,
    i32,
    i64,
    numbers,
    sizes,
)

BINARY = [a.Add, a.Multiply, a.Subtract, a.Divide, a.Maximum, a.Minimum, a.Power, a.Mod]
BINARY += [a.FloorMod, a.SquaredDifference]
COMPARISONS = [a.Equal, a.NotEqual, a.Greater, a.GreaterEqual, a.Less, a.LessEqual]
LOGICAL = [a.LogicalAnd, a.LogicalOr, a.LogicalXor]
BITWISE = [a.BitwiseAnd, a.BitwiseOr, a.BitwiseXor, a.BitwiseLeftShift, a.BitwiseRightShift]
UNARY = [kind for kind in vars(u).values() if isinstance(kind, type) and issubclass(kind, u.Unary)]
UNARY = [kind for kind in UNARY if kind not in (u.Unary, u.Predicate)]
ACTIVATIONS = [
    act.ReLU(),
    act.Sigmoid(),
    act.Tanh(),
    act.SoftPlus(),
    act.SoftSign(),
    act.HSwish(),
    act.HSigmoid(),
    act.Mish(),
    act.Elu(alpha=0.5),
    act.Clamp(min=0.0, max=6.0),
    act.Gelu(),
    act.Gelu(approximation_mode="TANH"),
]


def broadcasting(draw: Draw, count: int) -> list[list[int]]:
    """Shapes that broadcast against each other."""
    full = draw(sizes())
    shapes = []
    for _ in range(count):
        shape = [1 if draw(st.integers(0, 3)) == 0 else size for size in full]
        shapes.append(damaged(draw, shape[draw(st.integers(0, len(full))) :]))
    return shapes


@st.composite
def binary(draw: Draw, kinds: list[type[Op]] = BINARY) -> Case:
    dtype = draw(dtypes)
    other = draw(dtypes) if draw(st.integers(0, 15)) == 15 else dtype
    mode = "none" if draw(st.integers(0, 5)) == 5 else "numpy"
    one, two = broadcasting(draw, 2)
    if mode == "none" and draw(st.booleans()):
        two = one
    op = draw(st.sampled_from(kinds))(auto_broadcast=mode)
    return Case(op, [data(draw, one, dtype), data(draw, two, other)])


@st.composite
def select(draw: Draw) -> Case:
    one, two, three = broadcasting(draw, 3)
    mode = "none" if draw(st.integers(0, 5)) == 5 else "numpy"
    if mode == "none" and draw(st.booleans()):
        one = two = three
    dtype = draw(dtypes)
    condition = dtype if draw(st.integers(0, 9)) == 9 else boolean
    inputs = [data(draw, one, condition), data(draw, two, dtype), data(draw, three, dtype)]
    return Case(a.Select(auto_broadcast=mode), inputs)


@st.composite
def fake_quantize(draw: Draw) -> Case:
    shapes = broadcasting(draw, 5)
    mode = "none" if draw(st.integers(0, 5)) == 5 else "numpy"
    op = a.FakeQuantize(levels=256, auto_broadcast=mode)
    return Case(op, [data(draw, shape, f32) for shape in shapes])


@st.composite
def unary(draw: Draw) -> Case:
    op = draw(st.sampled_from([*ACTIVATIONS, *(kind() for kind in UNARY)]))
    # The runtime takes LogicalNot of numbers, the specification does not.
    dtype = boolean if isinstance(op, u.LogicalNot) else draw(dtypes)
    return Case(op, [data(draw, draw(sizes()), dtype)])


@st.composite
def softmax(draw: Draw) -> Case:
    shape = draw(sizes(1, 4))
    axis = draw(st.integers(-5, 4)) if draw(st.booleans()) else axis_of(draw, len(shape))
    kind = draw(st.sampled_from([act.Softmax, act.LogSoftmax]))
    # Of unknown rank the runtime checks the axis only when it runs.
    return Case(kind(axis=axis), [data(draw, shape, draw(floats))])


@st.composite
def with_scalars(draw: Draw) -> Case:
    dtype = draw(floats)
    op, count = draw(st.sampled_from([(act.Swish(), 1), (act.HardSigmoid(), 2), (act.Selu(), 2)]))
    scalars = [draw(sizes(0, 1, 1, 1)) if isinstance(op, act.Selu) else [] for _ in range(count)]
    inputs = [data(draw, damaged(draw, shape), dtype) for shape in scalars]
    return Case(op, [data(draw, draw(sizes()), dtype), *inputs])


@st.composite
def prelu(draw: Draw) -> Case:
    shape = draw(sizes(1, 4))
    # The runtime does not check the slope, and reads beyond it if it is too short.
    slope = draw(st.sampled_from([[], [1], [shape[min(1, len(shape) - 1)]], shape]))
    return Case(act.PReLU(), [data(draw, shape), data(draw, slope)])


@st.composite
def cumsum(draw: Draw) -> Case:
    shape = draw(sizes(1, 4))
    axis = given_array(draw, axis_of(draw, len(shape)), draw(st.sampled_from([i32, i64])))
    op = u.CumSum(exclusive=draw(st.booleans()), reverse=draw(st.booleans()))
    return Case(op, [data(draw, shape, draw(numbers)), axis])


@st.composite
def convert(draw: Draw) -> Case:
    value = data(draw, draw(sizes()), draw(dtypes))
    if draw(st.booleans()):
        return Case(conversion.Convert(destination_type=draw(dtypes)), [value])
    return Case(conversion.ConvertLike(), [value, data(draw, draw(sizes()), draw(dtypes))])


CASES = [binary(), binary(COMPARISONS), binary(LOGICAL), binary(BITWISE), select()]
CASES += [fake_quantize(), unary(), softmax(), with_scalars(), prelu(), cumsum(), convert()]


@pytest.mark.parametrize("cases", CASES, ids=str)
@given(st.data())
def test_types(cases: st.SearchStrategy[Case], drawn: st.DataObject) -> None:
    agree(drawn.draw(cases))
