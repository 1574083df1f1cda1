"""The text format of protobuf: values of all kinds, and mistakes with their lines."""

from __future__ import annotations

import math
import tracemalloc

import pytest

from mo.errors import ModelFileError
from mo.front.protobuf import (
    Schema,
    boolean,
    data,
    enum,
    float32,
    int32,
    many,
    message,
    one,
    recursive,
    span_of,
    text,
    uint32,
)
from mo.front.prototext import TextError, TextMessage, Unknown, decoded, parse_text

INNER: Schema = {
    1: one("name", text),
    2: many("size", uint32),
    3: one("rate", float32),
    4: one("on", boolean),
    5: one("kind", enum(NEAR=1, FAR=7)),
    6: one("raw", data),
    7: many("numbers", span_of(float32)),
    8: one("shift", int32),
}
SCHEMA: Schema = {
    1: many("item", message(INNER)),
    2: one("title", text),
    3: one("self", recursive(lambda: SCHEMA)),
}


def item(content: str) -> dict[str, object]:
    return dict(parse_text(f"item {{ {content} }}", SCHEMA)["item"][0])


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("name: 'a' \"b\"", {"name": "ab"}),
        (r"name: 'a\x41\101\n\"\u00e9'", {"name": 'aAA\n"é'}),
        (r"raw: '\377\000'", {"raw": b"\xff\x00"}),
        ("size: 1 size: 2", {"size": [1, 2]}),
        ("size: [1, 2, 0x10, 010]", {"size": [1, 2, 16, 8]}),
        ("size: []", {"size": []}),
        ("rate: 1", {"rate": 1.0}),
        ("rate: .5", {"rate": 0.5}),
        ("rate: 1.5e-3f", {"rate": 0.0015}),
        ("rate: -inf", {"rate": -math.inf}),
        ("rate: - inf", {"rate": -math.inf}),
        ("shift: -3", {"shift": -3}),
        ("on: true", {"on": 1}),
        ("on: 0", {"on": 0}),
        ("kind: FAR", {"kind": 7}),
        ("kind: 7", {"kind": 7}),
        ("numbers: [1, 2.5]", {"numbers": [1.0, 2.5]}),
        ("name: 'x'; size: 1, rate: 2", {"name": "x", "size": [1], "rate": 2.0}),
        ("[some.extension]: 5 name: 'x'", {"name": "x"}),
    ],
)
def test_values(content: str, value: dict[str, object]) -> None:
    assert item(content) == value


def test_messages_in_braces_and_angles_with_and_without_colon() -> None:
    parsed = parse_text("item { } item: { } item < > # comment\nself { title: 't' }", SCHEMA)
    assert parsed == {"item": [{}, {}, {}], "self": {"title": "t"}}


def test_messages_know_their_line() -> None:
    parsed = parse_text("# one\ntitle: 'x'\nitem {\n name: 'a'\n}\n", SCHEMA)
    found = parsed["item"][0]
    assert isinstance(found, TextMessage)
    assert found.line == 4


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("item {\n  nam: 'x'\n}", 2, "no field 'nam'"),
        ("item {\n  size: -1\n}", 2, "'size' is -1"),
        ("item {\n  size: 1.5\n}", 2, "takes a whole number, not 1.5"),
        ("item { size: 5000000000 }", 1, "not from 0 to 4294967295"),
        ("\nitem { kind: NEXT }", 2, "cannot be NEXT"),
        ("item { on: maybe }", 1, "cannot be maybe"),
        ("item { rate: fast }", 1, "takes a number, not fast"),
        ("item { name: x }", 1, "takes a text in quotes"),
        ("item { name: 'x }", 1, "no closing quote"),
        ("item {\n\n", 3, "a '}' is missing for what began in line 3"),
        ("item { } }", 1, "nothing open for this '}'"),
        ("item: 3", 1, "is a message"),
        ("title { }", 1, "is no message"),
        ("title 'x'", 1, "no ':' or '{'"),
        ("title: 'a'\ntitle: 'b'", 2, "more than once"),
        ("item { size: [1 2] }", 1, "',' or ']' is missing"),
        ("\n\n@", 3, "has no meaning here"),
        ("= 3", 1, "has no meaning"),
        ("{ }", 1, "where a field should begin"),
        ("title:", 1, "the value of 'title' is missing"),
        ("[a.b", 1, "']' is missing"),
    ],
)
def test_mistakes(content: str, line: int, words: str) -> None:
    with pytest.raises(TextError) as caught:
        parse_text(content, SCHEMA)
    assert caught.value.line == line
    assert words in caught.value.message


def test_a_field_like_one_that_exists_is_suggested() -> None:
    with pytest.raises(TextError) as caught:
        parse_text("item { nmae: 'x' }", SCHEMA)
    assert caught.value.hint == "Did you mean 'name'?"


def test_unknown_fields_are_kept_where_they_may_be() -> None:
    parsed = parse_text(
        "title: 'x' more { a: 1 b { c: word } } more: 2.5 list: [1, 'y']", SCHEMA, (SCHEMA,)
    )
    inner = {"a": Unknown([1]), "b": Unknown([{"c": Unknown(["word"])}])}
    assert parsed["more"] == Unknown([inner, 2.5])
    assert parsed["list"] == Unknown([1, "y"], is_list=True)


def test_weights_as_text_take_no_more_memory_than_their_bytes() -> None:
    """Each of their bytes is an escape here: a regular expression takes 150 times as much."""
    content = r"raw: '" + r"\'\"\\\377" * (1 << 14) + "'"
    tracemalloc.start()
    assert item(content) == {"raw": b"'\"\\\xff" * (1 << 14)}
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


def test_nesting_is_bounded() -> None:
    with pytest.raises(TextError, match="nested deeper"):
        parse_text("self {" * 5000, SCHEMA)


def test_bytes_that_are_no_text() -> None:
    assert decoded("\ufefftitle".encode()) == "title"
    assert decoded(b"caf\xe9") == "café"
    with pytest.raises(ModelFileError, match="no text file"):
        decoded(b"\xff\0\1")
