"""--mean_values and --scale_values (facts sheet 3.4)."""

from __future__ import annotations

import pytest

from mo.cli.config import ChannelValues
from mo.cli.grammar import mean_values, scale_values
from tests.cli.refusals import marked, refusal


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("[1,2,3]", [(None, (1, 2, 3))]),
        ("(1,2,3)", [(None, (1, 2, 3))]),
        ("[127.5]", [(None, (127.5,))]),
        ("[1 2 3]", [(None, (1, 2, 3))]),
        ("[ 1, 2, 3 ]", [(None, (1, 2, 3))]),
        ("[1,2,]", [(None, (1, 2))]),
        ("[1e2,2,.5]", [(None, (100, 2, 0.5))]),
        ("[-1.5,+2]", [(None, (-1.5, 2))]),
        ("[9,2,3],[4,5,6]", [(None, (9, 2, 3)), (None, (4, 5, 6))]),
        ("data[1,2,3],info[4]", [("data", (1, 2, 3)), ("info", (4,))]),
        ("a[1,2,3], b[4,5,6]", [("a", (1, 2, 3)), ("b", (4, 5, 6))]),
        ("a [1] , b (2)", [("a", (1,)), ("b", (2,))]),
        ("0:add1[1]", [("0:add1", (1,))]),
        ("f(x)[1,2]", [("f(x)", (1, 2))]),
        ('"a[0]"[1]', [("a[0]", (1,))]),
    ],
)
@pytest.mark.parametrize("read", [mean_values, scale_values])
def test_numbers_for_each_channel_are_read(read, text, values):
    assert read("--mean_values", text) == tuple(ChannelValues(*item) for item in values)


@pytest.mark.parametrize(
    ("text", "problem", "bad_part"),
    [
        ("1,2,3", "'1' is no list: numbers stand in brackets, one for each channel", "1"),
        ("data", "'data' is no list", "data"),
        ("{1}", "'{1}' is no list", "{1}"),
        ("a[1,2,3],[4,5,6]", "'[4,5,6]' breaks the rule that all inputs are named", "[4,5,6]"),
        ("[4],a[1]", "'a[1]' breaks the rule that all inputs are named", "a[1]"),
        ("a[1],a[2]", "'a[2]' is given twice", "a[2]"),
        ("[]", "'[]' holds no number", "[]"),
        ("[1,x]", "'x' is no number", "x"),
        ("[1,nan]", "'nan' is no number", "nan"),
        ("[inf]", "'inf' is no number", "inf"),
        ("[1e999]", "'1e999' is no number", "1e999"),
        ("[1,,2]", "a number is missing", ","),
        ("[1,2 3]", "'2 3' lacks a comma", "2 3"),
        ("[[1]]", "'[1]' is no number", "[1]"),
        ("[1],", "a list of numbers is missing", " "),
        ("a[1]b", "'b' stands after the end of a list", "b"),
        ("a[1][2]", "'[1]' is a second list", "[1]"),
        ("[1,2", "'[' is never closed", "["),
        ("[1,2)", "')' does not close '['", ")"),
        ("f(x)", "'x' is no number", "x"),
    ],
)
def test_other_means_are_refused(text, problem, bad_part):
    error = refusal(mean_values, "--mean_values", text)
    assert error.startswith("--mean_values: ")
    assert problem in error
    assert marked(error) == bad_part
    assert error.endswith('For example: --mean_values "data[123.675,116.28,103.53]"')


@pytest.mark.parametrize("zero", ["0", "0.0", "-0", "0e5"])
def test_nothing_is_divided_by_zero(zero):
    error = refusal(scale_values, "--scale_values", f"[1,{zero},3]")
    assert f"'{zero}' is no scale: nothing can be divided by 0" in error
    assert marked(error) == zero
    assert error.endswith('For example: --scale_values "data[58.395,57.12,57.375]"')


def test_a_mean_may_be_zero():
    assert mean_values("--mean_values", "[0,0,0]") == (ChannelValues(None, (0, 0, 0)),)
