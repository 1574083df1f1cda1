"""--input and --freeze_placeholder_with_value (facts sheet 3.1 and 3.5)."""

from __future__ import annotations

import math

import pytest

from mo.cli.config import InputRequest, PortName
from mo.cli.grammar import frozen_values, inputs
from tests.cli.refusals import marked, refusal

ANY = (None, None)


def named(name, shape=None, element_type=None, *value):
    port = name if isinstance(name, PortName) else PortName(name, name)
    return InputRequest(port, shape, element_type, *value, is_frozen=bool(value))


def output_port(text, name, port):
    return PortName(text, name, output_port=port)


def input_port(text, name, port):
    return PortName(text, name, input_port=port)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("data", [named("data")]),
        ("a,b", [named("a"), named("b")]),
        ("b,a", [named("b"), named("a")]),
        (" a , b ", [named("a"), named("b")]),
        ("data[2 3 8 8]", [named("data", (2, 3, 8, 8))]),
        ("data(2 3 8 8)", [named("data", (2, 3, 8, 8))]),
        ("data[2  3 8 8]", [named("data", (2, 3, 8, 8))]),
        ("data[2,3,8,8]", [named("data", (2, 3, 8, 8))]),
        ("data(2, 3, 8, 8),b", [named("data", (2, 3, 8, 8)), named("b")]),
        ("data [2 3 8 8]", [named("data", (2, 3, 8, 8))]),
        ("data[?,1..3,-1,2..]", [named("data", (ANY, (1, 3), ANY, (2, None)))]),
        ("n[]", [named("n", ())]),
        ("data{f16}[2 3]", [named("data", (2, 3), "f16")]),
        ("data[2 3]{f16}", [named("data", (2, 3), "f16")]),
        ("data [2 3] { f16 }", [named("data", (2, 3), "f16")]),
        ("data{f16}", [named("data", None, "f16")]),
        ("0:conv", [named(input_port("0:conv", "conv", 0))]),
        ("12:conv[1,2]", [named(input_port("12:conv", "conv", 12), (1, 2))]),
        ("split:1", [named(output_port("split:1", "split", 1))]),
        ("in:0", [named(output_port("in:0", "in", 0))]),
        ("scope/in:0[1]{i32}", [named(output_port("scope/in:0", "scope/in", 0), (1,), "i32")]),
        ("7", [named("7")]),
        ("a:b", [named("a:b")]),
        ("a::1", [named(output_port("a::1", "a:", 1))]),
        (":0", [named(":0")]),
        ("0:", [named("0:")]),
        ("x:12345678901", [named("x:12345678901")]),
        ("a b", [named("a b")]),
        ("a(b)", [named("a(b)")]),
        ("MaxPool(x, 2)", [named("MaxPool(x, 2)")]),
        ("a(b):1[2,3]", [named(output_port("a(b):1", "a(b)", 1), (2, 3))]),
        ("a(b)(2 3)", [named("a(b)", (2, 3))]),
        ('"a(1)"', [named("a(1)")]),
        ('"a[2]"[1,2]', [named("a[2]", (1, 2))]),
        (r"a\[2\][1,2]", [named("a[2]", (1, 2))]),
        ('"a,b",c', [named("a,b"), named("c")]),
        ('"in:0"', [named("in:0")]),
        ('"in:0":1', [named(output_port("in:0:1", "in:0", 1))]),
        ('0:"7"', [named(input_port("0:7", "7", 0))]),
        ('"5":0', [named(output_port("5:0", "5", 0))]),
        (r'"say \"hi\" \\"', [named('say "hi" \\')]),
        ('" a "', [named(" a ")]),
        ('"a->b"', [named("a->b")]),
        ("train->False", [named("train", None, None, False)]),
        ("keep->1.0", [named("keep", None, None, 1.0)]),
        ("k->150", [named("k", None, None, 150)]),
        ("a, train -> true ,b", [named("a"), named("train", None, None, True), named("b")]),
        (
            "us:1[4]{f32}->[1 2 3 4]",
            [named(output_port("us:1", "us", 1), (4,), "f32", [1, 2, 3, 4])],
        ),
        ("n[1]->3", [named("n", (1,), None, 3)]),
        ("n[]->3", [named("n", (), None, 3)]),
        ("n[2,2]->[[1,2],[3,4]]", [named("n", (2, 2), None, [[1, 2], [3, 4]])]),
        ("n[2,2]->[1 2 3 4]", [named("n", (2, 2), None, [1, 2, 3, 4])]),
    ],
)
def test_inputs_are_read(text, items):
    assert inputs("--input", text) == tuple(items)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("0", 0),
        ("-5", -5),
        ("+5", 5),
        ("1.", 1.0),
        (".5", 0.5),
        ("-1e-3", -0.001),
        ("2E5", 2e5),
        ("inf", math.inf),
        ("-inf", -math.inf),
        ("18446744073709551615", 2**64 - 1),
        ("1" + "0" * 30, 1e30),
        ("[]", []),
        ("[1]", [1]),
        ("(1 2)", [1, 2]),
        ("[1, 2, 3]", [1, 2, 3]),
        ("[1.5 true]", [1.5, True]),
        ("[[1 2] [3 4]]", [[1, 2], [3, 4]]),
        ("[[1,2],[3,4]]", [[1, 2], [3, 4]]),
        ('"maybe"', "maybe"),
        ('"true"', "true"),
        ('""', ""),
        ('"a,b->c"', "a,b->c"),
        ('["a" "b,c"]', ["a", "b,c"]),
    ],
)
@pytest.mark.parametrize("read", [inputs, frozen_values])
def test_values_are_read_without_being_run(read, text, value):
    (item,) = read("--input", f"x->{text}")
    assert item == named("x", None, None, value)
    assert type(item.value) is type(value)


def test_not_a_number_is_a_value():
    (item,) = inputs("--input", "x->nan")
    assert math.isnan(item.value)


@pytest.mark.parametrize(
    ("written", "element_type"),
    [
        *((name, name) for name in ("f16", "f32", "f64", "bf16", "boolean")),
        *((name, name) for name in ("i4", "i8", "i16", "i32", "i64")),
        *((name, name) for name in ("u1", "u4", "u8", "u16", "u32", "u64")),
        ("fp16", "f16"),
        ("FP32", "f32"),
        ("float16", "f16"),
        ("float32", "f32"),
        ("float64", "f64"),
        ("bfloat16", "bf16"),
        ("int8", "i8"),
        ("int64", "i64"),
        ("uint8", "u8"),
        ("half", "f16"),
        ("float", "f32"),
        ("double", "f64"),
        ("bool", "boolean"),
        ("string", "string"),
    ],
)
def test_element_types_have_other_names(written, element_type):
    assert inputs("--input", f"x{{{written}}}") == (named("x", None, element_type),)


@pytest.mark.parametrize(
    ("text", "problem", "bad_part"),
    [
        ("a,", "the name of an input is missing", " "),
        ("a,,b", "the name of an input is missing", ","),
        ('""', "a name is missing", '""'),
        ("[1,3]", "has no name; shapes alone are given with --input_shape", "[1,3]"),
        ("->3", "a name is missing", "-"),
        ("n[1][2]", "'[2]' is a second shape", "[2]"),
        ("n{f32}{f16}", "'{f16}' is a second element type", "{f16}"),
        ("n->1->2", "'2' is a second value", "2"),
        ("n->", "a value is missing", " "),
        ("a,b,a", "'a' is given twice", "a"),
        ("a:0,a:0[1]", "'a:0[1]' is given twice", "a:0[1]"),
        ("n[1,3,abc]", "'abc' is no size", "abc"),
        ("n[0,3]", "'0' is no size", "0"),
        ("n(1,3,abc)", "'abc' is no size", "abc"),
        ("n[1]x", "'x' stands after the end of an input", "x"),
        ("conv(1)/out", "'/out' stands after the end of an input; quote a name", "/out"),
        ("n{}", "an element type is missing", "}"),
        ("n{fp17}", "'fp17' is no element type", "fp17"),
        ("n{dynamic}", "'dynamic' is no element type", "dynamic"),
        ("0:n:1", "names an input port and an output port", "0:n:1"),
        ("n->maybe", "'maybe' is no number, true, false, list such as [1 2 3]", "maybe"),
        ("n->1e999", "'1e999' is no number", "1e999"),
        ("n->[1,,2]", "a value is missing", ","),
        ("n->[1,2 3]", "'2 3' lacks a comma", "2 3"),
        ("n->[[1 2] [3]]", "'[3]' differs in form from the first value of its list", "[3]"),
        ("n->[1 [2]]", "'[2]' differs in form", "[2]"),
        ('n->[1 "a"]', "'\"a\"' differs in form", '"a"'),
        ("n->{1}", "'{1}' is no number", "{1}"),
        ("n->[1][2]", "'[1][2]' is no number", "[1][2]"),
        ("n->__import__('os')", "is no number", "__import__('os')"),
        ("n[4]->[1 2 3]", "'[1 2 3]' has 3 elements, the shape has 4", "[1 2 3]"),
        ("n[2]->1", "'1' has 1 elements, the shape has 2", "1"),
        ("n[?]->[1 2]", "'[1 2]' needs a shape without unknown sizes", "[1 2]"),
        ("n[1..2]->1", "needs a shape without unknown sizes", "1"),
        ("a(b", "'(' is never closed", "("),
        ('a"b', "the quotation is never closed", '"'),
    ],
)
def test_other_inputs_are_refused_with_a_marker(text, problem, bad_part):
    error = refusal(inputs, "--input", text)
    assert error.startswith("--input: ")
    assert problem in error
    assert marked(error) == bad_part
    assert error.endswith('For example: --input "0:data[1,3,224,224]{f32},train->false"')


def test_commas_separate_inputs_not_digits():
    assert inputs("--input", "n->1,5") == (named("n", None, None, 1), named("5"))


def test_deep_nesting_is_refused_before_it_costs():
    text = "x->" + "[" * 100_000 + "]" * 100_000
    assert "'[' is nested too deeply" in refusal(inputs, "--input", text)


def test_frozen_values_keep_their_order():
    assert frozen_values("--freeze_placeholder_with_value", "n->[1 2 3], train:0->false") == (
        named("n", None, None, [1, 2, 3]),
        named(output_port("train:0", "train", 0), None, None, False),
    )


@pytest.mark.parametrize("text", ["a->1,a->1", "a->1,a->1.0", "a->nan,a->nan", "a->[1],a->[1]"])
def test_a_frozen_value_may_be_repeated(text):
    assert len(frozen_values("--freeze_placeholder_with_value", text)) == 1


@pytest.mark.parametrize(
    ("text", "problem", "bad_part"),
    [
        ("a", "'a' has no value; write name->value", "a"),
        ("a->1,b", "'b' has no value", "b"),
        ("a->1,a->2", "'a->2' contradicts the earlier value 1", "a->2"),
        ("a->1->2", "'2' is a second value", "2"),
        ("a->maybe", "'maybe' is no number", "maybe"),
    ],
)
def test_other_frozen_values_are_refused(text, problem, bad_part):
    flag = "--freeze_placeholder_with_value"
    error = refusal(frozen_values, flag, text)
    assert error.startswith(f"{flag}: ")
    assert problem in error
    assert marked(error) == bad_part
    assert error.endswith(f'For example: {flag} "train->false,size->[224 224]"')
