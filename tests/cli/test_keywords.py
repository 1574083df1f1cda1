"""The flags as keywords of the Python API."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mo.cli.flags import FLAGS
from mo.cli.parser import config_from_keywords, parse_arguments
from tests.cli.refusals import refusal


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("framework", "onnx", "onnx"),
        ("batch", 4, "4"),
        ("batch", np.int64(4), "4"),
        ("batch", "4", "4"),
        ("scale", 255, "255"),
        ("scale", 127.5, "127.5"),
        ("scale", np.float32(0.5), "0.5"),
        ("ir_version", 10, "10"),
        ("opset", 8, "8"),
        ("compress_to_fp16", True, "True"),
        ("compress_to_fp16", False, "False"),
        ("static_shape", "true", "true"),
        ("output_dir", Path("out"), "out"),
        ("output_dir", "out", "out"),
        ("output", "a,b:1", "a,b:1"),
        ("output", ["a", "b:1"], "a,b:1"),
        ("finegrain_fusing", ["a", "b.*"], "a,b.*"),
        ("input_shape", "[1,3]", "[1,3]"),
        ("input_shape", [1, 3, 224, 224], "[1,3,224,224]"),
        ("input_shape", (1, 3), "[1,3]"),
        ("input_shape", [1, None, -1, "2..8", "?"], "[1,?,-1,2..8,?]"),
        ("input_shape", [[1, 3], (2,), []], "[1,3],[2],[]"),
        ("input_shape", ["[1,3]", (2,)], "[1,3],[2]"),
        ("input_shape", np.array([1, 3]), "[1,3]"),
        ("input", "a[1]{f16}", "a[1]{f16}"),
        ("input", ["a", "b:1"], "a,b:1"),
        ("input", ["a", ("b", [1, 3]), ("c", [], "f16")], "a,b[1,3],c[]{f16}"),
        ("input", ("b", [1, 3]), "b[1,3]"),
        ("input", {"a": [1, 3], "b": None, "c": (2, None)}, "a[1,3],b,c[2,?]"),
        (
            "input",
            {"a": "i32", "b": ([1, 3], "f16"), "c": np.float32},
            "a{i32},b[1,3]{f16},c{float32}",
        ),
        ("input", {"a": (1, 3), "b": ((1, 3), np.int8)}, "a[1,3],b[1,3]{int8}"),
        ("input", {"a": np.dtype("int64"), "b": bool}, "a{int64},b{bool}"),
        ("input", {"a[0]": [1]}, r"a\[0\][1]"),
        ("mean_values", [1, 2.5, 3], "[1,2.5,3]"),
        ("mean_values", 127.5, "[127.5]"),
        ("mean_values", [[1, 2], (3, 4)], "[1,2],[3,4]"),
        ("mean_values", {"a": [1, 2], "b": 3}, "a[1,2],b[3]"),
        ("scale_values", np.array([1.0, 2.0]), "[1.0,2.0]"),
        ("scale_values", "a[1]", "a[1]"),
        ("freeze_placeholder_with_value", {"t": False, "n": [1, 2]}, "t->False,n->[1, 2]"),
        ("freeze_placeholder_with_value", {"x": np.zeros((1, 2))}, "x->[[0.0, 0.0]]"),
        ("freeze_placeholder_with_value", {"s": 'a"b,c'}, r's->"a\"b\,c"'),
        ("freeze_placeholder_with_value", "t->1", "t->1"),
    ],
)
def test_values_natural_in_python_equal_texts(name, value, text):
    natural = config_from_keywords(**{name: value})
    written = parse_arguments(
        [f"--{name}={text}"] if name != "static_shape" else [f"--{name}"], None, "mo"
    )
    assert {**natural.__dict__, "given": None} == {**written.__dict__, "given": None}
    assert natural.given == {name: Path(text).name if name == "output_dir" else text}


@pytest.mark.parametrize("value", [None, [], {}, ()])
def test_nothing_is_the_same_as_not_given(value):
    assert config_from_keywords(input=value, batch=None) == config_from_keywords()


@pytest.mark.parametrize("value", [False, "false"])
def test_a_switch_that_is_off_is_not_given(value):
    assert config_from_keywords(static_shape=value, layout=None) == config_from_keywords()


def test_switches_that_are_off_are_not_refused():
    names = [flag.name for flag in FLAGS.values() if flag.kind.action == "store_const"]
    assert config_from_keywords(**dict.fromkeys(names, False)) == config_from_keywords()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"inptu": "a"}, "Unknown argument 'inptu'\nDid you mean input"),
        ({"help": True}, "Unknown argument 'help'"),
        ({"batch": 0}, "--batch: '0' is no whole number from 1 up"),
        ({"batch": True}, "--batch: 'True' is no whole number from 1 up"),
        ({"batch": [1]}, "--batch: a value of type list cannot be understood"),
        ({"static_shape": "maybe"}, "--static_shape: 'maybe' is neither True nor False"),
        ({"input_model": 3}, "--input_model: a value of type int cannot be understood"),
        ({"input_model": "a\0b"}, "--input_model: the path is missing"),
        ({"input_shape": 3}, "--input_shape: a value of type int cannot be understood"),
        ({"input_shape": {"a": [1]}}, "--input_shape: a value of type dict cannot be understood"),
        ({"input_shape": [1, 0]}, "--input_shape: '0' is no size"),
        ({"input": {"a": [[1]]}}, "--input: a value of type dict cannot be understood"),
        ({"input": 5}, "--input: a value of type int cannot be understood"),
        ({"mean_values": {"a": "x"}}, "--mean_values: 'x' is no number"),
        ({"mean_values": object()}, "--mean_values: a value of type object cannot be understood"),
        ({"freeze_placeholder_with_value": {"a": None}}, "a value of type dict cannot be"),
        ({"layout": {"a": "nchw->nhwd!"}}, "'nhwd!' is no layout"),
        ({"extensions": [Path("a,b"), "c"]}, "a,b' does not exist"),
        ({"scale": 2, "scale_values": [2]}, "--scale and --scale_values cannot be given together"),
    ],
)
def test_other_values_are_refused(flags, message):
    assert message in refusal(config_from_keywords, **flags)


def test_paths_are_checked_like_those_of_the_command_line(tmp_path):
    model = tmp_path / "net.onnx"
    model.touch()
    config = config_from_keywords(input_model=model, output_dir=bytes(tmp_path))
    assert (config.input_model, config.output_dir) == (model, tmp_path)
    assert config.given == {"input_model": "net.onnx", "output_dir": tmp_path.name}
