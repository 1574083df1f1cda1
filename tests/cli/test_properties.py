"""Properties of the grammars: what is written is read, and nothing else than UsageError ends it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mo.cli import natural
from mo.cli.config import InputRequest, PortName
from mo.cli.deduce import looks_like
from mo.cli.flags import FLAGS
from mo.cli.grammar import frozen_values, inputs, mean_values, outputs
from mo.cli.parser import config_from_keywords, parse_arguments
from mo.cli.shapes import input_shapes
from mo.cli.text import escaped
from mo.errors import ConversionError, UsageError
from tests.cli.refusals import REPEATABLE

names = st.text(min_size=1, max_size=12).filter(lambda text: ":" not in text)
blanks = st.sampled_from(["", " ", "  "])
sizes = st.integers(1, 2**63 - 1)
# A dimension as it is written, and as it is understood.
dims = st.one_of(
    sizes.map(lambda size: (str(size), size)),
    st.sampled_from(["?", "-1"]).map(lambda text: (text, (None, None))),
    st.tuples(sizes, st.integers(1, 9)).map(lambda p: (f"{p[0]}..", (p[0], None))),
    st.tuples(st.integers(0, 2**62), st.integers(1, 2**62)).map(
        lambda p: (f"{p[0]}..{p[0] + p[1]}", (p[0] or None, p[0] + p[1]))
    ),
    sizes.map(lambda size: (f"..{size}", (None, size))),
)
numbers = st.floats(allow_nan=False, allow_infinity=False)
scalars = st.booleans() | st.integers(-(2**63), 2**64 - 1) | numbers
types = st.sampled_from(["f32", "f16", "i64", "boolean"])


@st.composite
def shapes(draw):
    """A shape as it is written with some separators and brackets, and as it is understood."""
    pairs = draw(st.lists(dims, max_size=6))
    separator = draw(st.sampled_from([",", ", ", " , ", " "]))
    opening, closing = draw(st.sampled_from(["[]", "()"]))
    inside = separator.join(text for text, _ in pairs)
    if pairs and "," in separator:
        inside += draw(st.sampled_from(["", ","]))
    pad = draw(blanks)
    return f"{pad}{opening}{pad}{inside}{pad}{closing}", tuple(size for _, size in pairs)


@REPEATABLE
@given(st.lists(shapes(), min_size=1, max_size=4))
def test_written_shapes_are_read(pairs):
    text = ",".join(text for text, _ in pairs)
    assert input_shapes("--input_shape", text) == tuple(shape for _, shape in pairs)


@st.composite
def named_inputs(draw, name):
    """An input as it is written, and what must be understood."""
    port = draw(st.sampled_from(["", "in", "out"]))
    shape = draw(st.none() | shapes())
    kind = draw(st.none() | types)
    # A number with a port can be read in two ways unless it is quoted.
    is_quoted = draw(st.booleans()) or name.isdecimal()
    written = f'"{escaped(name)}"' if is_quoted else escaped(name)
    before, after = "3:" * (port == "in"), ":2" * (port == "out")
    parts = [f"{{{kind}}}"] if kind else []
    parts += [shape[0]] if shape else []
    text = draw(blanks).join([before + written + after, *draw(st.permutations(parts))])
    meaning = InputRequest(
        PortName(before + name + after, name, 3 if before else None, 2 if after else None),
        shape[1] if shape else None,
        kind,
    )
    return text, meaning


@REPEATABLE
@given(st.lists(names.flatmap(named_inputs), min_size=1, max_size=4, unique_by=lambda p: p[1].port))
def test_written_inputs_are_read(pairs):
    text = " , ".join(text for text, _ in pairs)
    assert inputs("--input", text) == tuple(meaning for _, meaning in pairs)


@REPEATABLE
@given(st.dictionaries(names, st.lists(numbers, min_size=1, max_size=4), min_size=1, max_size=4))
def test_written_means_are_read(means):
    text = natural.channel_values(means)
    read = mean_values("--mean_values", text)
    assert {item.name: list(item.values) for item in read} == means


@REPEATABLE
@given(st.lists(st.lists(numbers, min_size=1, max_size=4), min_size=1, max_size=4))
def test_means_without_names_keep_their_order(means):
    read = mean_values("--mean_values", natural.channel_values(means))
    assert [list(item.values) for item in read] == means


@REPEATABLE
@given(st.lists(names, min_size=1, max_size=5, unique=True))
def test_written_outputs_are_read(chosen):
    read = outputs("--output", ",".join(f'"{escaped(name)}"' for name in chosen))
    assert [(port.name, port.text) for port in read] == [(name, name) for name in chosen]


@st.composite
def nested(draw):
    """A scalar, or lists of equal lengths in each other."""
    scalar = draw(st.sampled_from([scalars, st.text(max_size=8)]))

    def fill(lengths):
        return [fill(lengths[1:]) for _ in range(lengths[0])] if lengths else draw(scalar)

    return fill(draw(st.lists(st.integers(0, 3), max_size=3)))


@REPEATABLE
@given(names, nested())
def test_frozen_values_of_python_are_read_again(name, value):
    text = natural.frozen_values({name: value})
    (item,) = frozen_values("--freeze_placeholder_with_value", text)
    assert item.value == value
    assert item.port.text == name


# Random texts rarely hold brackets; these parts make them likely.
fragments = st.sampled_from(
    [*"[](){},:;=\"'\\ \t\0?.-*", "->", "..", "...", "0", "1", "-1", "9" * 25, "1e999", "nan"]
    + ["a", "data", "f32", "true", "nchw", "LowLatency2", "param_res_names", "é", "\ud800"]
)
texts = st.lists(fragments, max_size=14).map("".join) | st.text(max_size=20)
grammars = [f for f in FLAGS.values() if f.kind.action == "store" and f.kind.check is None]


@pytest.mark.parametrize("flag", grammars, ids=lambda flag: flag.name)
@settings(REPEATABLE, max_examples=80)
@given(texts)
@example("")
def test_no_text_ends_in_anything_but_a_usage_error(flag, text):
    with contextlib.suppress(UsageError):
        flag.kind.read(flag.option, text)


arguments = st.one_of(
    st.sampled_from([flag.option for flag in FLAGS.values() if flag.kind.action != "help"]),
    st.tuples(st.sampled_from([flag.option for flag in FLAGS.values()]), texts).map("=".join),
    texts,
)


@REPEATABLE
@given(st.lists(arguments, max_size=5), st.sampled_from([None, "tf", "onnx", "caffe"]))
def test_no_arguments_end_in_anything_but_an_error_for_the_user(argv, framework):
    with contextlib.suppress(ConversionError, SystemExit):
        parse_arguments(argv, framework, "mo.py")


objects = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.binary(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(texts, inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(REPEATABLE, max_examples=400)
@given(st.dictionaries(st.sampled_from(list(FLAGS)), objects, max_size=3))
def test_no_keywords_end_in_anything_but_an_error_for_the_user(flags):
    with contextlib.suppress(ConversionError):
        config_from_keywords(**flags)


@REPEATABLE
@given(st.binary(max_size=200))
def test_any_content_can_be_looked_at(tmp_path_factory, content):
    path = Path(tmp_path_factory.getbasetemp()) / "content"
    path.write_bytes(content)
    assert looks_like(path) in (None, "tf", "tflite", "onnx", "caffe", "mxnet", "kaldi")
