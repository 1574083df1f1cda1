"""--input_shape (facts sheet 3.2)."""

from __future__ import annotations

import pytest

from mo.cli.shapes import input_shapes
from tests.cli.refusals import marked, refusal

ANY = (None, None)


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("[2,3,8,8]", [(2, 3, 8, 8)]),
        ("(2,3,8,8)", [(2, 3, 8, 8)]),
        ("[2, 3, 8, 8]", [(2, 3, 8, 8)]),
        ("[ 2,3,8,8 ]", [(2, 3, 8, 8)]),
        ("[2 3 8 8]", [(2, 3, 8, 8)]),
        ("[2  3\t8 8]", [(2, 3, 8, 8)]),
        ("  [2,3]  ", [(2, 3)]),
        ("[1,2] , [3]", [(1, 2), (3,)]),
        ("[1,2],(3)", [(1, 2), (3,)]),
        ("(2,)", [(2,)]),
        ("[2 , ]", [(2,)]),
        ("[2]", [(2,)]),
        ("[]", [()]),
        ("( )", [()]),
        ("[?,3]", [(ANY, 3)]),
        ("[-1,3,8,8]", [(ANY, 3, 8, 8)]),
        ("[..,3]", [(ANY, 3)]),
        ("[0..,3]", [(ANY, 3)]),
        ("[1..3,3]", [((1, 3), 3)]),
        ("[2..,3]", [((2, None), 3)]),
        ("[..10,3]", [((None, 10), 3)]),
        ("[0..10,3]", [((None, 10), 3)]),
        ("[? 1..3 -1 2.. ..4]", [(ANY, (1, 3), ANY, (2, None), (None, 4))]),
        ("[9223372036854775807]", [(2**63 - 1,)]),
    ],
)
def test_shapes_are_read(text, shapes):
    assert input_shapes("--input_shape", text) == tuple(shapes)


@pytest.mark.parametrize(
    ("text", "problem", "bad_part"),
    [
        ("(2,3,8,8]", "']' does not close '('", "]"),
        ("[2,3", "'[' is never closed", "["),
        ("2,3]", "']' closes nothing", "]"),
        ("2,3,8,8", "'2' is no shape: sizes stand in brackets", "2"),
        ("{2,3}", "'{2,3}' is no shape", "{2,3}"),
        ("data[2,3]", "'data[2,3]' is no shape", "data[2,3]"),
        ("[1,2][3]", "'[3]' stands after the end of a shape", "[3]"),
        ("[1,2] x", "'x' stands after the end of a shape", "x"),
        ("[1,2],", "a shape is missing", " "),
        (",[1,2]", "a shape is missing", ","),
        ("[1,2],,[3]", "a shape is missing", ","),
        ("[1,3,abc]", "'abc' is no size", "abc"),
        ("[1,3.5]", "'3.5' is no size", "3.5"),
        ("[1,3x]", "'3x' is no size", "3x"),
        ("[1,[2]]", "'[2]' is no size", "[2]"),
        ("[1_000]", "'1_000' is no size", "1_000"),
        ("[٣]", "'٣' is no size", "٣"),  # a digit, but not one of ours
        ("[1,,2]", "a size is missing", ","),
        ("[,]", "a size is missing", ","),
        ("[1,2 3]", "'2 3' lacks a comma", "2 3"),
        ("[0,3,8,8]", "'0' is no size: every size is at least 1", "0"),
        ("[-2,3]", "'-2' is no size; write ? or -1 if it is unknown", "-2"),
        ("[3..3]", "'3..3' is no range: its end must be larger than its start", "3..3"),
        ("[5..2]", "'5..2' is no range", "5..2"),
        ("[..0]", "'..0' is no range", "..0"),
        ("[1...3]", "'1...3' is no size", "1...3"),
        ("[-1..3]", "'-1..3' is no size", "-1..3"),
        ("[1 .. 10]", "'..' is ambiguous between blanks: write ? or, as a range, 1..10", ".."),
        ("[9223372036854775808]", "'9223372036854775808' is too large", "9223372036854775808"),
        ("[" + "9" * 99 + "]", "is no size", "9" * 64),
        ('["2"]', "'\"2\"' is no size", '"2"'),
        ('["2]', "the quotation is never closed", '"'),
        ("[" * 40 + "]" * 40, "'[' is nested too deeply", "["),
    ],
)
def test_other_texts_are_refused_with_a_marker(text, problem, bad_part):
    error = refusal(input_shapes, "--input_shape", text)
    assert error.startswith("--input_shape: ")
    assert problem in error
    assert marked(error) == bad_part
    assert error.endswith('For example: --input_shape "[1,3,224,224],[?,1..10]"')


def test_an_error_reads_like_this():
    assert refusal(input_shapes, "--input_shape", "[1,3],[1,3,abc]") == (
        "--input_shape: 'abc' is no size; write a number, ? or a range such as 1..10\n"
        "  [1,3],[1,3,abc]\n"
        "             ^^^\n"
        'For example: --input_shape "[1,3,224,224],[?,1..10]"'
    )


def test_the_marker_of_a_long_text_stays_in_sight():
    error = refusal(input_shapes, "--input_shape", ",".join(["[1,3,224,224]"] * 500) + ",[x]")
    line, marker = error.splitlines()[1:3]
    assert line == "  ...4],[1,3,224,224],[1,3,224,224],[x]"
    assert marker.index("^") == line.index("x")


def test_unprintable_and_wide_characters_do_not_move_the_marker():
    line, marker = refusal(input_shapes, "--input_shape", "[1,\x1b,三,x]").splitlines()[1:3]
    assert (line, marker) == ("  [1,?,三,x]", "     ^")
    line, marker = refusal(input_shapes, "--input_shape", "[三]").splitlines()[1:3]
    assert (line, marker) == ("  [三]", "   ^^")
