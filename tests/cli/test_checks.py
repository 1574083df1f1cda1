"""What flags may not say together."""

from __future__ import annotations

import pytest

from mo.cli.config import InputRequest, PortName
from mo.cli.parser import parse_arguments
from tests.cli.refusals import refusal


def parse(*arguments):
    return parse_arguments(arguments, None, "mo.py")


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (
            "--batch 2 --input_shape [1,3]",
            "--batch and --input_shape cannot be given together",
            "Make the batch the first size of the shapes.",
        ),
        (
            "--batch 2 --input a[1,3],b,c[2]",
            "--batch and --input both give shapes: --input has one for 'a', 'c'",
            "Write all shapes into --input, with the batch as their first size.",
        ),
        (
            "--input_shape [1],[2] --input a[1,3],b",
            "--input_shape and --input both give shapes: --input has one for 'a'",
            "Write all shapes into --input, with the batch as their first size.",
        ),
        (
            "--scale 2 --scale_values [2]",
            "--scale and --scale_values cannot be given together",
            "Keep one of them.",
        ),
        (
            "--compress_to_fp16 --data_type FP16",
            "--compress_to_fp16 and --data_type cannot be given together",
            "--data_type is the older of the two; leave it out.",
        ),
        (
            "--compress_to_fp16=False --data_type FP16",
            "--compress_to_fp16 and --data_type cannot be given together",
            "--data_type is the older of the two; leave it out.",
        ),
        (
            "--layout nc --target_layout nc",
            "--layout and --target_layout cannot be given together",
            "--layout source->target says both.",
        ),
        (
            "--input_model a.pb --saved_model_dir b",
            "--input_model and --saved_model_dir cannot be given together",
            "Keep the one that names your model.",
        ),
        (
            "--mean_file a --mean_values [1]",
            "--mean_file and --mean_values cannot be given together",
            "Keep one of them.",
        ),
        (
            "--use_new_frontend --use_legacy_frontend",
            "--use_new_frontend and --use_legacy_frontend cannot be given together",
            "Leave both out: neither has an effect.",
        ),
        (
            "--input_symbol a --nd_prefix_name b",
            "--pretrained_model_name is missing beside --input_symbol, --nd_prefix_name",
            "Parameters are merged from .nd files with all three flags, or none of them.",
        ),
        (
            "--input a,b --input_shape [1],[2],[3]",
            "--input_shape: 3 shapes for 2 inputs: 'a', 'b'",
            'Give one for each, or write them into --input: "name[1,3,224,224]"',
        ),
        (
            "--input a,b --mean_values [1]",
            "--mean_values: 1 list of numbers for 2 inputs: 'a', 'b'",
            'Give one for each, or name them: --mean_values "a[1,2,3],b[1,2,3]"',
        ),
        (
            "--input a --scale_values [1],[2]",
            "--scale_values: 2 lists of numbers for 1 input: 'a'",
            'Give one for each, or name them: --scale_values "a[1,2,3]"',
        ),
        (
            "--input a->1,b --freeze_placeholder_with_value a->2",
            "'a' is frozen to 1 by --input and to 2 by --freeze_placeholder_with_value",
            "Keep one of them.",
        ),
    ],
)
def test_contradictions(arguments, message, hint):
    assert refusal(parse, *arguments.split()) == f"{message}\n{hint}"


@pytest.mark.parametrize(
    "arguments",
    [
        "--batch 2 --input a,b",
        "--batch 2 --static_shape",
        "--scale 2 --mean_values [1]",
        "--input_shape [1],[2]",
        "--mean_values [1],[2]",
        "--input a,b --mean_values b[1]",
        "--input a[1,3] --mean_values a[1]",
        "--input a,b->1 --mean_values [1]",
        "--input a,b --freeze_placeholder_with_value b->1 --mean_values [1]",
        "--mean_values [1,2,3] --scale_values [1]",
    ],
)
def test_what_goes_well_together(arguments):
    assert parse(*arguments.split()).given


def shapes_of(*arguments):
    config = parse(*arguments)
    assert config.input_shapes == ()
    return {str(item.port): item.shape for item in config.inputs}


def test_named_inputs_take_the_shapes_in_their_order():
    assert shapes_of("--input", "b,0:a", "--input_shape", "[1,2],[3]") == {"b": (1, 2), "0:a": (3,)}


def test_frozen_inputs_may_go_without_a_shape():
    assert shapes_of("--input", "f->1,a", "--input_shape", "[3]") == {"f": None, "a": (3,)}
    assert shapes_of("--input", "f->1,a", "--input_shape", "[1],[3]") == {"f": (1,), "a": (3,)}


def test_a_frozen_value_must_fit_its_shape():
    error = refusal(parse, "--input", "f->1,a", "--input_shape", "[2],[3]")
    assert error == "--input_shape: the value of 'f' has 1 elements, the shape has 2"


def test_shapes_without_names_wait_for_the_model():
    assert parse("--input_shape", "[1,2],[3]").input_shapes == ((1, 2), (3,))


def test_an_input_frozen_twice_to_one_value_is_frozen_once():
    config = parse("--input", "a,f->1.0", "--freeze_placeholder_with_value", "f->1,g->2")
    frozen = InputRequest(PortName("f", "f"), value=1.0, is_frozen=True)
    assert config.inputs == (InputRequest(PortName("a", "a")), frozen)
    assert [str(item.port) for item in config.freeze] == ["g"]
