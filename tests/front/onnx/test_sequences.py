"""Sequences of tensors and optional values, which the IR does not have."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

from mo.errors import ConversionError
from tests.front.onnx.running import agree_model, convert
from tests.models.nodes import numbers

X, Y = numbers(3, 4), numbers(3, 4)
HEAD = '<ir_version: 8, opset_import: ["" : 17]> net'


def check(
    body: str, *arrays: np.ndarray, result: str = "float[n,m] r", dynamic: bool = True
) -> None:
    """The nodes, for inputs x, y, ..., compute ``result`` as onnxruntime does."""
    kinds = {np.dtype(np.float32): "float", np.dtype(np.int64): "int64", np.dtype(bool): "bool"}
    inputs = ", ".join(
        f"{kinds[array.dtype]}[{','.join(map(str, array.shape))}] {name}"
        for name, array in zip("xyzw", arrays)
    ).replace("[]", "")
    model = onnx.parser.parse_model(f"{HEAD} ({inputs}) => ({result}) {{ {body} }}")
    agree_model(model, list(arrays), dynamic=dynamic)


def refused(text: str, match: str) -> None:
    with pytest.raises(ConversionError, match=match):
        convert(onnx.parser.parse_model(f"{HEAD} {text}"))


NUMBERS = """
    zero = Constant <value_int: int = 0> ()
    one = Constant <value_int: int = 1> ()
    last = Constant <value_int: int = -1> ()
"""


@pytest.mark.parametrize("place", ["zero", "one", "last"])
def test_a_tensor_at_a_known_position(place: str) -> None:
    check(f"{NUMBERS} s = SequenceConstruct (x, y) r = SequenceAt (s, {place})", X, Y)


def test_a_tensor_at_a_position_computed_at_run_time() -> None:
    body = "s = SequenceConstruct (x, y, x) r = SequenceAt (s, z)"
    for place in (1, -1):
        check(body, X, Y, np.array(place), dynamic=False)


@pytest.mark.parametrize("place", ["", ", zero", ", one", ", last"])
def test_insertion(place: str) -> None:
    body = f"s = SequenceConstruct (x, x) t = SequenceInsert (s, y{place})"
    check(f"{NUMBERS} {body} r = ConcatFromSequence <axis = 0> (t)", X, Y)


@pytest.mark.parametrize("place", ["", ", zero", ", last"])
def test_removal_and_length(place: str) -> None:
    body = f"""{NUMBERS} e = SequenceEmpty () a = SequenceInsert (e, x) b = SequenceInsert (a, y)
    s = SequenceErase (b{place}) n = SequenceLength (s) f = CastLike (n, x)
    t = SequenceAt (s, zero) r = Add (t, f)"""
    check(body, X, Y)


@pytest.mark.parametrize(("axis", "new"), [(0, 0), (1, 0), (-1, 0), (0, 1), (2, 1), (-1, 1)])
def test_joining(axis: int, new: int) -> None:
    body = f"s = SequenceConstruct (x, y) r = ConcatFromSequence <axis = {axis}, new_axis = {new}>"
    rank = "float[n,m,k] r" if new else "float[n,m] r"
    check(f"{body} (s)", X, Y, result=rank)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("split", ["", "<value_int: int = 2>", "<value_ints: ints = [1, 2]>"])
def test_splitting(axis: int, split: str) -> None:
    parts = f"p = Constant {split} ()" if split else ""
    body = f"{parts} s = SplitToSequence <axis = {axis}> (x{', p' if split else ''})"
    body = f"{NUMBERS} {body} r = SequenceAt (s, one)"
    check(body, numbers(3, 3), dynamic=split.startswith("<value_ints"))


@pytest.mark.parametrize("lengths", [[1, 3], [0, 4]])
def test_splitting_into_lengths_computed_at_run_time(lengths: list[int]) -> None:
    body = f"{NUMBERS} s = SplitToSequence <axis = 1> (x, y) r = SequenceAt (s, one)"
    check(body, numbers(3, 4), np.array(lengths), dynamic=False)


@pytest.mark.parametrize("keep", [0, 1])
@pytest.mark.parametrize("axis", [0, 1])
def test_splitting_into_slices(axis: int, keep: int) -> None:
    """Of an unknown size, too: the slices have one shape."""
    body = f"{NUMBERS} s = SplitToSequence <axis = {axis}, keepdims = {keep}> (x)"
    result = "float[n,m] r" if keep else "float[n] r"
    check(f"{body} r = SequenceAt (s, last)", numbers(3, 4), result=result)
    body = f"{body} r = ConcatFromSequence <axis = 1, new_axis = {1 - keep}> (s)"
    check(body, numbers(3, 4))


def test_a_map_over_sequences() -> None:
    body = """s = SequenceConstruct (x, y)
    t = SequenceMap <body = add (float[n,m] a, float[n,m] b) => (float[n,m] c) { c = Add (a, b) }>
        (s, x)
    r = ConcatFromSequence <axis = 0> (t)"""
    check(body, X, Y)


def test_branches_that_give_sequences() -> None:
    body = """s = If (z) <
        then_branch = t () => (seq(float[n,m]) a) { a = SequenceConstruct (x, y) },
        else_branch = e () => (seq(float[n,m]) b) { b = SequenceConstruct (y, x) }>
    r = ConcatFromSequence <axis = 0> (s)"""
    for condition in (True, False):
        check(body, X, Y, np.array(condition))


def test_a_sequence_from_outside_a_branch() -> None:
    body = f"""{NUMBERS} s = SequenceConstruct (x, y)
    r = If (z) <then_branch = t () => (float[n,m] a) {{ a = SequenceAt (s, zero) }},
                else_branch = e () => (float[n,m] b) {{ b = SequenceAt (s, one) }}>"""
    for condition in (True, False):
        check(body, X, Y, np.array(condition))


LIST_LOOP = """
    n, s = Loop (z, , x, {start}) <body = step
        (int64 i, bool go, float[3,4] h, seq(float[3,4]) list)
        => (bool going, float[3,4] next, seq(float[3,4]) longer) {{
            going = Identity (go)
            next = Mul (h, y)
            longer = SequenceInsert (list, next)
        }}>
"""


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("start", ["SequenceEmpty ()", "SequenceConstruct (x, y)"])
def test_a_list_that_grows_in_a_loop(start: str, count: int) -> None:
    """The way in which scripts export ``outputs.append(...)``; the number of turns is an input."""
    body = f"e = {start}" + LIST_LOOP.format(start="e")
    times = np.array(count)
    join = "r = ConcatFromSequence <axis = 1, new_axis = 1> (s)"
    check(body + join, X, Y, times, result="float[a,b,c] r", dynamic=False)
    check(f"{NUMBERS} {body} r = SequenceAt (s, last)", X, Y, times, dynamic=False)
    length = "k = SequenceLength (s) f = CastLike (k, x) r = Add (n, f)"
    check(body + length, X, Y, times, dynamic=False)


def test_a_list_of_tensors_that_grow_is_refused() -> None:
    text = """(float[4] x, int64 n) => (float[m] r) {
        e = SequenceEmpty ()
        s = Loop (n, , e) <body = step (int64 i, bool go, seq(float[m]) list)
            => (bool going, seq(float[m]) longer) {
            going = Identity (go)
            one = Constant <value_ints: ints = [1]> ()
            end = Reshape (i, one)
            zero = Constant <value_ints: ints = [0]> ()
            part = Slice (x, zero, end)
            longer = SequenceInsert (list, part)
        }>
        r = ConcatFromSequence <axis = 0> (s) }"""
    refused(text, "tensors may differ in shape")


def test_an_output_that_is_a_sequence_is_one_output_for_each_of_its_tensors() -> None:
    text = "(float[3,4] x, float[3] y) => (seq(float[n]) s) { s = SequenceConstruct (x, y) }"
    graph = convert(onnx.parser.parse_model(f"{HEAD} {text}"))
    values = [node.inputs[0] for node in graph.results()]
    assert [value.shape for value in values if value is not None] == [(3, 4), (3,)]


def test_an_input_that_is_a_sequence_has_one_tensor() -> None:
    text = """(seq(float[3,4]) x, float[3,4] y) => (float[n,m] r) {
        s = SequenceInsert (x, y) r = ConcatFromSequence <axis = 0> (s) }"""
    model = onnx.parser.parse_model(f"{HEAD} {text}")
    agree_model(model, [X, Y], dynamic=False, expected=np.concatenate([X, Y]))


def test_optional_values() -> None:
    body = "o = Optional (x) h = OptionalHasElement (o) v = OptionalGetElement (o)"
    check(f"{body} r = Where (h, v, y)", X, Y)


def test_an_optional_input_is_a_tensor() -> None:
    text = "(optional(float[3,4]) x) => (float[n,m] r) { r = OptionalGetElement (x) }"
    model = onnx.parser.parse_model(f"{HEAD} {text}")
    agree_model(model, [X], dynamic=False, expected=X)
