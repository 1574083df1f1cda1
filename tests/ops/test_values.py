"""Folding: what we compute from constants against what the runtime computes.

Two judges: the runtime's reference implementation, which folds constants in any element type,
and the CPU device. Where one of them is off, the table below says so.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

pytest.importorskip("openvino")

from hypothesis import given, settings
from hypothesis import strategies as st

from extensions.ops import activation as act
from extensions.ops import arithmetic as a
from extensions.ops import conversion
from extensions.ops import unary as u
from extensions.ops.generating import Range
from mo.errors import InferenceError
from mo.graph.element_type import ElementType
from mo.graph.op import Op, TensorType, infer_outputs
from tests.ops import test_detection, test_elementwise, test_movement, test_reduction, test_shaping
from tests.ops.runtime import (
    Case,
    RawGraph,
    Rejected,
    assert_same,
    evaluate,
    folded,
    on_cpu,
    place,
    run,
)
from tests.ops.strategies import Fed

FLOATS = np.array([-3.7, -2.5, -1.5, -1, -0.5, -0.375, -0.0, 0, 0.375, 0.5, 1, 1.5, 2.5, 3.7])
SPECIAL = np.array([-np.inf, -1.5, 0, 2.5, np.inf, np.nan])
INTEGERS = np.array([-7, -4, -3, -2, -1, 0, 1, 2, 3, 4, 7])
TYPES = ["float32", "float16", "float64", "int32", "int64", "int8", "uint8", "bool"]


def numbers(dtype: str) -> np.ndarray:
    if dtype == "bool":
        return np.array([True, False])
    if dtype.startswith("float"):
        return FLOATS.astype(dtype)
    return np.abs(INTEGERS[:-1]).astype(dtype) if dtype == "uint8" else INTEGERS.astype(dtype)


UNARY = [kind() for kind in test_elementwise.UNARY if kind.fold is not None]
UNARY += [op for op in test_elementwise.ACTIVATIONS if op.fold is not None]
UNARY += [u.Round(mode="half_away_from_zero"), act.Clamp(min=-1.5, max=2.5)]
UNARY += [u.IsInf(detect_negative=False), act.Clamp(min=-1e30, max=1e30)]


def domain(op: Op, dtype: str) -> np.ndarray:
    """Numbers for which the function is defined, and its value one of the element type."""
    x = numbers(dtype)
    if x.dtype.kind == "f":
        return x
    if op.type in ("Log", "Sqrt", "Acosh"):
        return x[x > 0]
    if op.type in ("Acos", "Asin", "Atanh"):
        return x[np.abs(x.astype(int)) < (1 if op.type == "Atanh" else 2)]
    if op.type in ("Cos", "Sin", "Tan", "Cosh", "Sinh", "Exp"):
        return x[(x >= 0) & (x < 2)]
    return x


def judged(ops: Sequence[Op], arrays: Sequence[Sequence[np.ndarray]]) -> None:
    """Compare our values with the reference's, and with those of one CPU model of all."""
    kept = []
    for op, given_arrays in zip(ops, arrays):
        mine = folded(op, given_arrays)
        assert mine is not None
        reference = evaluate(op, given_arrays)
        if reference is not None and (op.type, given_arrays[0].dtype.kind) not in ROUNDED_DOWN:
            assert_same(mine[0], reference[0], f"{op!r} of {given_arrays[0].dtype}")
        key = (op.type, given_arrays[0].dtype.kind)
        # Doubles are single floats on the CPU device.
        if key not in CPU_DIFFERS and given_arrays[0].dtype != np.float64:
            kept.append((op, given_arrays, mine[0]))
    if not kept:
        return
    graph = RawGraph()
    for op, given_arrays, _ in kept:
        kinds = [TensorType(x.shape, ElementType.of(x.dtype)) for x in given_arrays]
        graph.output(graph.add(op, *place(graph, kinds)))
    results = run(graph, [array for _, given_arrays, _ in kept for array in given_arrays])
    for (op, given_arrays, mine_0), result in zip(kept, results):
        assert_same(mine_0, result, f"{op!r} of {given_arrays[0].dtype} on the CPU")


# The reference cuts these off where the CPU device, and the reference for all others, rounds.
ROUNDED_DOWN = {(name, kind) for name in ("Asin", "Exp", "Log", "Sin") for kind in "iu"}
# The CPU device rounds integer quotients towards zero whatever m_pythondiv says, and computes
# differences of small unsigned integers, and squares of small integers, wrongly.
CPU_DIFFERS = {("Divide", "i"), ("SquaredDifference", "i"), ("SquaredDifference", "u")}
CPU_DIFFERS |= {("Subtract", "u"), ("Power", "i"), ("Negative", "u")}


@pytest.mark.parametrize("dtype", TYPES)
def test_unary(dtype: str) -> None:
    kind = ElementType.of(np.dtype(dtype))
    ops = [op for op in UNARY if kind in op.accepted]
    judged(ops, [[domain(op, dtype)] for op in ops])


@pytest.mark.parametrize("dtype", TYPES)
def test_binary(dtype: str) -> None:
    x = numbers(dtype)
    kinds = [*test_elementwise.COMPARISONS]
    if dtype == "bool":
        kinds += [*test_elementwise.LOGICAL, *test_elementwise.BITWISE[:3]]
    else:
        kinds += test_elementwise.BINARY
        kinds += test_elementwise.BITWISE if x.dtype.kind in "iu" else []
    ops: list[Op] = [kind() for kind in kinds]
    if dtype != "bool":
        ops.append(a.Divide(m_pythondiv=False))
    arrays = []
    for op in ops:
        y = x
        if op.type in ("Divide", "Mod", "FloorMod"):
            y = x[x != 0]
        elif op.type == "Power" or "Shift" in op.type:
            y = np.array([0, 1, 2], dtype)
        arrays.append([x[:, None], y[None, :]])
    judged(ops, arrays)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_infinities_and_nan(dtype: str) -> None:
    # Of a NaN and a number, the runtime's Maximum and Minimum take the first or the second as it
    # happens, and its comparisons on the CPU are true; we pass NaN on, as the frameworks do.
    ops: list[Op] = [u.Abs(), u.Negative(), u.Sign(), u.Floor(), u.Ceiling(), u.Round()]
    ops += [u.Round(mode="half_away_from_zero"), u.IsNaN(), u.IsInf(), u.IsFinite(), u.Sqrt()]
    x = SPECIAL.astype(dtype)
    judged(ops, [[x]] * len(ops))
    finite = x[:-1]
    pairs = [a.Maximum(), a.Minimum(), a.Add(), a.Less(), a.GreaterEqual(), a.Equal()]
    judged(pairs, [[finite[:, None], finite[None, :]]] * len(pairs))
    for op in (a.Maximum(), a.Minimum()):
        assert np.isnan(folded(op, [x, x[::-1]])[0][[0, -1]]).all()  # type: ignore[index]


def test_rounding_near_a_half() -> None:
    """The greatest number below 0.5 is not rounded up (the CPU device does it)."""
    below = np.nextafter(np.float32(0.5), np.float32(0))
    mine = folded(u.Round(mode="half_away_from_zero"), [np.array([below, -below, 0.5])])
    assert mine is not None
    assert mine[0].tolist() == [0, 0, 1]


@pytest.mark.parametrize("source", [*TYPES, "int16", "uint16", "uint32", "uint64"])
def test_convert(source: str) -> None:
    for target in [*TYPES, "int16", "uint16", "uint32", "uint64"]:
        kind = np.dtype(target)
        x = numbers(source)
        if x.dtype.kind == "f":
            x = np.append(x, [0.99, -0.99, 100.6]).astype(source)
        if kind.kind == "u":
            x = x[x > -1] if x.dtype.kind == "f" else x[x >= 0]
        if x.dtype.kind in "iu" and kind.kind in "iu":
            # Integers that do not fit wrap around.
            limits = np.iinfo(source)
            x = np.append(x, [limits.max, limits.max - 5]).astype(source)
        op = conversion.Convert(destination_type=ElementType.of(kind))
        mine, reference = folded(op, [x]), evaluate(op, [x])
        assert mine is not None
        assert reference is not None
        assert_same(mine[0], reference[0], f"{source} to {target}")


FOLDING = [
    *test_elementwise.CASES[:5],
    *test_elementwise.CASES[7:],
    *test_shaping.CASES,
    *test_movement.CASES,
    *test_reduction.CASES[:3],
    *test_detection.CASES[-1:],
]


@pytest.mark.parametrize("cases", FOLDING, ids=str)
@settings(max_examples=30)
@given(st.data())
def test_structure(cases: st.SearchStrategy[Case], drawn: st.DataObject) -> None:
    """The elements end up where the runtime puts them."""
    case = drawn.draw(cases)
    if case.op.fold is None:
        return
    arrays = [value.array if isinstance(value, Fed) else value for value in case.inputs]
    try:
        infer_outputs(case.op, place(RawGraph(), arrays))
    except InferenceError:
        return
    if case.op.type in ("Divide", "Mod", "FloorMod") and not arrays[1].all():
        return
    mine = folded(case.op, arrays)
    if mine is None:
        return
    # The reference leaves part of the result of NonZero as it finds the memory.
    theirs = None if case.op.type == "NonZero" else evaluate(case.op, arrays)
    if theirs is None:
        try:
            theirs = on_cpu(case.op, arrays)
        except Rejected:
            return
    for index, (one, other) in enumerate(zip(mine, theirs)):
        assert_same(one, other, f"{case}, output {index}")


def test_range_of_floats() -> None:
    for first, last, step in ((0.0, 1.0, 0.1), (1.0, -1.0, -0.25), (0.0, 5.0, 1.7)):
        arrays = [np.float32(first), np.float32(last), np.float32(step)]
        op = Range(output_type=ElementType.f32)
        mine, theirs = folded(op, arrays), evaluate(op, arrays)
        assert mine is not None
        assert theirs is not None
        assert_same(mine[0], theirs[0], f"range({first}, {last}, {step})")
