"""What each standard pass does, as text before and after, and what it leaves alone."""

from __future__ import annotations

import numpy as np
import pytest

from extensions.middle import (
    activations,
    blocks,
    identities,
    infinities,
    negations,
    normalizations,
    products,
    shapes,
)
from extensions.middle.sharing import share_computations, share_constants
from extensions.ops import activation as act
from extensions.ops.arithmetic import (
    Add,
    Divide,
    Equal,
    Maximum,
    Minimum,
    Multiply,
    Power,
    SquaredDifference,
    Subtract,
)
from extensions.ops.conversion import Convert
from extensions.ops.gathering import Gather
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Pad, Transpose
from extensions.ops.reduction import ReduceMax, ReduceMean, ReduceMin
from extensions.ops.shaping import Reshape, ShapeOf, Squeeze, Unsqueeze
from extensions.ops.slicing import Slice, StridedSlice
from extensions.ops.unary import Erf, Exp, Log, Negative, Sqrt
from mo.graph.element_type import ElementType
from mo.graph.op import Constant
from mo.graph.shape import Dim
from mo.graph.show import show
from tests.middle.cases import Case, weights

random = np.random.default_rng(0)


# ---- identities


@pytest.mark.parametrize(
    "build",
    [
        lambda g, x: g.add(Reshape(), x, [2, 3]),
        lambda g, x: g.add(Reshape(special_zero=True), x, [0, -1]),
        lambda g, x: g.add(Transpose(), x, [0, 1]),
        lambda g, x: g.add(Convert(destination_type=ElementType.f32), x),
        lambda g, x: g.add(Pad(), x, [0, 0], [0, 0], 0.0),
        lambda g, x: g.add(StridedSlice(begin_mask=(1, 1), end_mask=(1, 1)), x, [0, 0], [0, 0]),
        lambda g, x: g.add(Concat(axis=0), x),
        lambda g, x: g.add(Multiply(), x, 1.0),
        lambda g, x: g.add(Add(), x, np.zeros((2, 3), np.float32)),
        lambda g, x: g.add(Divide(), x, 1.0),
        lambda g, x: g.add(Power(), x, 1.0),
        lambda g, x: g.add(Unsqueeze(), g.add(Squeeze(), g.add(Unsqueeze(), x, [0]), [0]), []),
    ],
)
def test_an_operation_that_changes_nothing_goes(build):
    case = Case(2, 3)
    y = case.g.add(act.ReLU(), build(case.g, case.x), name="relu")
    assert case.after(y, *identities.RULES, *shapes.RULES) == ["relu: ReLU(x)"]


@pytest.mark.parametrize(
    "build",
    [
        lambda g, x: g.add(Multiply(), x, np.ones((4, 1, 1), np.float32)),
        lambda g, x: g.add(Add(), x, np.float32([0, 1e-8, 0])),
        lambda g, x: g.add(Transpose(), x, [1, 0]),
        lambda g, x: g.add(
            StridedSlice(begin_mask=(1, 1), end_mask=(1, 1)), x, [0, 0], [0, 0], [1, -1]
        ),
        lambda g, x: g.add(Convert(destination_type=ElementType.f16), x),
    ],
)
def test_an_operation_that_changes_something_stays(build):
    case = Case(2, 3)
    assert case.unchanged(build(case.g, case.x), *identities.RULES)


def test_concats_of_one_axis_are_one():
    case = Case(2, 3)
    g, x = case.g, case.x
    inner = g.add(Concat(axis=1), x, x)
    y = g.add(Concat(axis=1), inner, x, g.add(Concat(axis=1), x, x), name="y")
    assert case.after(y, *identities.RULES) == ["y: Concat(x, x, x, x, x) axis=1"]


def test_concats_of_two_axes_or_with_other_readers_stay():
    case = Case(2, 2)
    g, x = case.g, case.x
    shared = g.add(Concat(axis=0), x, x)
    g.output(g.add(act.ReLU(), shared))
    wide = g.add(Concat(axis=1), shared, shared)
    y = g.add(Concat(axis=0), wide, g.add(Concat(axis=1), x, x))
    assert case.unchanged(y, *identities.RULES)


def test_a_detour_through_a_narrower_type_stays():
    case = Case(2, dtype=ElementType.i64)
    narrow = case.g.add(Convert(destination_type=ElementType.i32), case.x)
    back = case.g.add(Convert(destination_type=ElementType.i64), narrow)
    assert case.unchanged(back, *identities.RULES)


# ---- shapes


def test_a_computed_target_becomes_a_pattern():
    case = Case(Dim(), 8, 2, 2)
    g, x = case.g, case.x
    batch = g.add(Gather(), g.add(ShapeOf(), x), [0], g.constant(np.int64(0)))
    y = g.add(Reshape(), x, g.add(Concat(axis=0), batch, [4, -1]), name="y")
    assert case.after(y, *shapes.RULES) == ["y: Reshape(x, [0, 4, 8]) special_zero=true"]


def test_only_the_last_of_several_reshapes_counts():
    case = Case(2, 3, 4)
    y = case.g.add(Reshape(), case.g.add(Reshape(), case.x, [6, 4]), [4, 6], name="y")
    assert case.after(y, *shapes.RULES) == ["y: Reshape(x, [4, 6])"]


def test_transposes_are_joined_and_vanish_if_they_undo_each_other():
    case = Case(2, 3, 4)
    first = case.g.add(Transpose(), case.x, [1, 2, 0])
    y = case.g.add(act.ReLU(), case.g.add(Transpose(), first, [2, 0, 1]), name="relu")
    assert case.after(y, *shapes.RULES, *identities.RULES) == ["relu: ReLU(x)"]


def test_moving_an_axis_of_one_is_a_reshape():
    case = Case(Dim(), 8, 1, 1)
    y = case.g.add(Transpose(), case.x, [0, 2, 3, 1], name="y")
    assert case.after(y, *shapes.RULES) == ["y: Reshape(x, [0, 1, 1, 8]) special_zero=true"]


def test_an_index_drops_its_axis_itself():
    case = Case(4, Dim())
    picked = case.g.add(Gather(), case.x, [2], np.int64(1))
    y = case.g.add(Squeeze(), picked, [-1], name="y")
    assert case.after(y, *shapes.RULES) == ["y: Gather(x, 2, 1)"]


def test_an_index_keeps_its_axis_itself():
    case = Case(4, Dim())
    picked = case.g.add(Gather(), case.x, np.int64(2), np.int64(0))
    y = case.g.add(Unsqueeze(), picked, [0], name="y")
    assert case.after(y, *shapes.RULES) == ["y: Gather(x, [2], 0)"]


@pytest.mark.parametrize(("indices", "axes"), [([2], [0]), ([2, 0], [2])])
def test_an_index_of_another_axis_stays(indices, axes):
    case = Case(1, Dim(), 1)
    y = case.g.add(Squeeze(), case.g.add(Gather(), case.x, indices, np.int64(1)), axes)
    assert case.unchanged(y, *shapes.RULES)


# ---- sharing


def test_equal_constants_and_computations_become_one():
    case = Case(2)
    g = case.g
    halves = [g.add(Multiply(), case.x, np.float32([0.5, 0.25])) for _ in range(2)]
    g.output(g.add(Add(), *halves, name="sum"), "y")
    share_constants(g)
    share_computations(g)
    assert show(g).splitlines()[1:] == [
        "Multiply: Multiply(x, [0.5, 0.25])",
        "sum: Add(Multiply, Multiply)",
    ]
    assert len(g.nodes_of(Constant)) == 1


def test_equal_bytes_of_another_type_or_shape_are_not_shared():
    case = Case(2)
    values = [np.zeros(2, np.float32), np.zeros((2, 1), np.float32), np.zeros(1, np.int64)]
    for value in values:
        case.g.constant(value)
    assert share_constants(case.g) == 0


# ---- activations


def gelu(g, x, inner):
    return g.add(Multiply(), g.add(Multiply(), x, 0.5), g.add(Add(), inner, 1.0), name="y")


def tanh_inner(g, x):
    cube = g.add(Multiply(), g.add(Power(), x, 3.0), 0.044715)
    return g.add(act.Tanh(), g.add(Multiply(), g.add(Add(), x, cube), 0.7978845608))


SPELLED_OUT = {
    "Swish(x)": lambda g, x: g.add(Multiply(), x, g.add(act.Sigmoid(), x), name="y"),
    "Swish(x, 1.7020000219345093)": lambda g, x: g.add(
        Multiply(), x, g.add(act.Sigmoid(), g.add(Multiply(), x, 1.702)), name="y"
    ),
    "HSigmoid(x)": lambda g, x: g.add(
        Divide(), g.add(act.Clamp(min=0.0, max=6.0), g.add(Add(), x, 3.0)), 6.0, name="y"
    ),
    "HSwish(x)": lambda g, x: g.add(
        Divide(),
        g.add(Multiply(), x, g.add(act.Clamp(min=0.0, max=6.0), g.add(Add(), x, 3.0))),
        6.0,
        name="y",
    ),
    "Gelu(x)": lambda g, x: gelu(g, x, g.add(Erf(), g.add(Divide(), x, 2**0.5))),
    "Gelu(x) approximation_mode=TANH": lambda g, x: gelu(g, x, tanh_inner(g, x)),
    "SoftPlus(x)": lambda g, x: g.add(Log(), g.add(Add(), g.add(Exp(), x), 1.0), name="y"),
    "Mish(x)": lambda g, x: g.add(
        Multiply(), x, g.add(act.Tanh(), g.add(act.SoftPlus(), x)), name="y"
    ),
    "PReLU(x, 0.25)": lambda g, x: g.add(Maximum(), x, g.add(Multiply(), x, 0.25), name="y"),
    "Clamp(x) min=0 max=6": lambda g, x: g.add(Minimum(), g.add(Maximum(), x, 0.0), 6.0, name="y"),
}


@pytest.mark.parametrize("expected", SPELLED_OUT)
def test_an_activation_spelled_out_becomes_one_operation(expected):
    case = Case(2, 3)
    y = SPELLED_OUT[expected](case.g, case.x)
    assert case.after(y, *activations.RULES) == [f"y: {expected}"]


@pytest.mark.parametrize(
    "build",
    [
        lambda g, x: g.add(Maximum(), x, g.add(Multiply(), x, 1.5)),
        lambda g, x: g.add(Minimum(), g.add(Maximum(), x, 6.0), 0.0),
        lambda g, x: gelu(g, x, g.add(Erf(), g.add(Divide(), x, 1.5))),
        lambda g, x: g.add(Divide(), g.add(act.Clamp(min=0.0, max=6.0), g.add(Add(), x, 2.0)), 6.0),
    ],
)
def test_what_only_looks_like_an_activation_stays(build):
    case = Case(2, 3)
    assert case.unchanged(build(case.g, case.x), *activations.RULES)


# ---- normalisations and blocks


@pytest.mark.parametrize("square", ["power", "product"])
def test_a_layer_norm_spelled_out_becomes_mvn(square):
    case = Case(2, 7, 16)
    g, x = case.g, case.x
    axes = g.constant(np.int64([-1]))
    centred = g.add(Subtract(), x, g.add(ReduceMean(keep_dims=True), x, axes))
    squared = (
        g.add(Power(), centred, 2.0) if square == "power" else g.add(Multiply(), centred, centred)
    )
    variance = g.add(ReduceMean(keep_dims=True), squared, axes)
    y = g.add(Divide(), centred, g.add(Sqrt(), g.add(Add(), variance, 1e-5)), name="y")
    (line,) = case.after(y, *normalizations.RULES)
    assert line.startswith("y: MVN(x, [2]) eps=")


@pytest.mark.parametrize("batch", [1, Dim()])
def test_a_channel_shuffle_becomes_one_operation(batch):
    case = Case(batch, 6, 4, 4)
    g = case.g
    split = g.add(Reshape(special_zero=True), case.x, [0, 3, 2, 4, 4])
    moved = g.add(Transpose(), split, [0, 2, 1, 3, 4])
    y = g.add(Reshape(special_zero=True), moved, [0, 6, 4, 4], name="y")
    assert case.after(y, *blocks.RULES) == ["y: ShuffleChannels(x) group=3"]


def test_another_transposition_is_no_shuffle():
    case = Case(1, 6, 4, 4)
    g = case.g
    split = g.add(Reshape(), case.x, [1, 3, 2, 4, 4])
    moved = g.add(Transpose(), split, [0, 2, 1, 4, 3])
    assert case.unchanged(g.add(Reshape(), moved, [1, 6, 4, 4]), *blocks.RULES)


# ---- infinities


@pytest.mark.parametrize(("op", "infinity"), [(ReduceMax, -np.inf), (ReduceMin, np.inf)])
def test_an_extreme_is_infinite_if_every_element_is(op, infinity):
    case = Case(2, 3)
    extreme = case.g.add(op(keep_dims=True), case.x, [1])
    (line,) = case.after(case.g.add(Equal(), extreme, infinity, name="y"), *infinities.RULES)[1:]
    assert line.startswith("y: ReduceLogicalAnd(y/Equal, [1]) keep_dims=true")


def test_other_comparisons_of_extremes_stay():
    for op, number in ((ReduceMax, np.inf), (ReduceMax, 0.0), (ReduceMin, -np.inf)):
        case = Case(2, 3)
        extreme = case.g.add(op(keep_dims=True), case.x, [1])
        assert case.unchanged(case.g.add(Equal(), extreme, number), *infinities.RULES)
    case = Case(2, 3)
    wider = case.g.constant(np.full((1, 1, 1), -np.inf, np.float32))
    extreme = case.g.add(ReduceMax(keep_dims=True), case.x, [1])
    assert case.unchanged(case.g.add(Equal(), extreme, wider), *infinities.RULES)


# ---- products, negations, normalisations of frameworks with channels last


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("sizes", [(2, 5), (Dim(), 5), (Dim(), Dim())], ids=str)
def test_axes_joined_for_a_product_of_matrices_stay_apart(sizes, bias):
    case = Case(*sizes, 4)
    g = case.g
    y = g.add(MatMul(), g.add(Reshape(), case.x, [-1, 4]), weights(4, 6))
    if bias:
        y = g.add(Add(), y, weights(6))
    parted = g.add(Concat(axis=0), g.add(Slice(), g.add(ShapeOf(), case.x), [0], [2], [1]), [6])
    y = g.add(Reshape(), y, parted, name="y")
    lines = case.after(y, *products.RULES)
    assert [line.split(": ")[1].split("(")[0] for line in lines] == ["MatMul", "Add"][: 1 + bias]


def test_a_product_of_rows_that_ends_in_other_columns_stays():
    case = Case(2, 5, 4)
    y = case.g.add(MatMul(), case.g.add(Reshape(), case.x, [-1, 4]), weights(4, 6))
    assert case.unchanged(case.g.add(Reshape(), y, [2, 10, 3]), *products.RULES)


@pytest.mark.parametrize(
    ("build", "wanted"),
    [
        (lambda g, x, n: g.add(Multiply(), n, 3.0), "Multiply(x, -3.0)"),
        (lambda g, x, n: g.add(Add(), x, n), "Subtract(x, x)"),
        (lambda g, x, n: g.add(Subtract(), x, n), "Add(x, x)"),
    ],
)
def test_a_negative_is_taken_in(build, wanted):
    case = Case(2, 3)
    y = build(case.g, case.x, case.g.add(Negative(), case.x))
    assert case.after(y, *negations.RULES)[-1].split(": ")[1] == wanted


def test_a_negative_integer_stays():
    case = Case(2, 3, dtype=ElementType.i32)
    assert case.unchanged(
        case.g.add(Add(), case.x, case.g.add(Negative(), case.x)), *negations.RULES
    )


@pytest.mark.parametrize("gamma", [None, random.random((1, 4, 1, 1), np.float32)])
@pytest.mark.parametrize("beta", [None, random.random((1, 4, 1, 1), np.float32)])
@pytest.mark.parametrize("centred", [False, True])
def test_layer_normalization_in_moments(gamma, beta, centred):
    case = Case(2, 4, 3, 3)
    g, x = case.g, case.x
    mean = g.add(ReduceMean(keep_dims=True), x, [1])
    variance = g.add(ReduceMean(keep_dims=True), g.add(SquaredDifference(), x, mean), [1])
    scale = g.add(Power(), g.add(Add(), variance, 1e-3), -0.5)
    scale = scale if gamma is None else g.add(Multiply(), scale, g.constant(gamma))
    if centred:
        y = g.add(Multiply(), g.add(Subtract(), x, mean), scale)
        beta = None
    else:
        shift = g.add(Multiply(), mean, scale)
        scaled = g.add(Multiply(), x, scale)
        if beta is None:
            y = g.add(Subtract(), scaled, shift)
        else:
            y = g.add(Add(), scaled, g.add(Subtract(), g.constant(beta), shift))
    kinds = [line.split(": ")[1].split("(")[0] for line in case.after(y, *normalizations.RULES)]
    assert kinds == ["MVN", *["Multiply"] * (gamma is not None), *["Add"] * (beta is not None)]


def test_moments_over_other_axes_are_no_normalization():
    case = Case(2, 4, 3, 3)
    g, x = case.g, case.x
    mean = g.add(ReduceMean(keep_dims=True), x, [1])
    variance = g.add(ReduceMean(keep_dims=True), g.add(SquaredDifference(), x, mean), [2])
    scale = g.add(Power(), g.add(Add(), variance, 1e-3), -0.5)
    y = g.add(Multiply(), g.add(Subtract(), x, mean), scale)
    assert case.unchanged(y, *normalizations.RULES)


def test_gelu_by_the_complement_of_the_error_function():
    case = Case(2, 3)
    g, x = case.g, case.x
    inner = g.add(Erf(), g.add(Multiply(), x, -(0.5**0.5)))
    y = g.add(Multiply(), g.add(Multiply(), x, 0.5), g.add(Subtract(), 1.0, inner), name="y")
    assert case.after(y, *activations.RULES) == ["y: Gelu(x)"]
