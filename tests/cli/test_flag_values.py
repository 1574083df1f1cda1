"""Values of flags on their way into the configuration (facts sheet 1)."""

from __future__ import annotations

import pytest

from mo.cli.config import Config
from mo.cli.parser import parse_arguments
from mo.errors import ModelFileError
from tests.cli.refusals import refusal


def parse(*arguments: str, framework: str | None = None) -> Config:
    return parse_arguments(arguments, framework, "mo.py")


def test_defaults():
    assert parse() == Config(given={})


@pytest.mark.parametrize(
    ("arguments", "field", "value"),
    [
        (["--framework", "caffe"], "framework", "caffe"),
        (["--framework=TensorFlow"], "framework", "tf"),
        (["--model_name", "a.b"], "model_name", "a.b"),
        (["-n", "net"], "model_name", "net"),
        (["--batch", "4"], "batch", 4),
        (["-b=4"], "batch", 4),
        (["-b4"], "batch", 4),
        (["--static_shape"], "static_shape", True),
        (["--scale", "255"], "scale", 255.0),
        (["-s", "-100"], "scale", -100.0),
        (["--scale=-1e2"], "scale", -100.0),
        (["--reverse_input_channels"], "reverse_input_channels", True),
        (["--data_type", "FP32"], "data_type", "FP32"),
        (["--data_type", "float"], "data_type", "FP32"),
        (["--data_type", "FP16"], "data_type", "FP16"),
        (["--data_type", "half"], "data_type", "FP16"),
        (["--data_type", "fp16"], "data_type", "FP16"),
        (["--compress_to_fp16"], "compress_to_fp16", True),
        (["--compress_to_fp16=True"], "compress_to_fp16", True),
        (["--compress_to_fp16=false"], "compress_to_fp16", False),
        (["--compress_to_fp16", "False"], "compress_to_fp16", False),
        (["--ir_version", "10"], "ir_version", 10),
        (["--opset", "8"], "opset", 8),
        (["--disable_fusing"], "disable_fusing", True),
        (["--disable_gfusing"], "disable_gfusing", True),
        (["--disable_resnet_optimization"], "disable_resnet_optimization", True),
        (["--disable_weights_compression"], "disable_weights_compression", True),
        (["--finegrain_fusing", "conv.*,add"], "finegrain_fusing", ("conv.*", "add")),
        (
            ["--finegrain_fusing", "a{1,2},[,]b,c\\,d"],
            "finegrain_fusing",
            ("a{1,2}", "[,]b", "c\\,d"),
        ),
        (["--finegrain_fusing", ""], "finegrain_fusing", ()),
        (["--log_level", "debug"], "log_level", "DEBUG"),
        (["--log_level=WARN"], "log_level", "WARNING"),
        (["--silent"], "silent", True),
        (["--progress"], "progress", True),
        (["--stream_output"], "stream_output", True),
        (["--input", ""], "inputs", ()),
        (["--output", " "], "outputs", ()),
        (["--input_shape", ""], "input_shapes", ()),
        (["--mean_values="], "mean_values", ()),
        (["--extensions", ""], "extensions", ()),
        (["--transform="], "transforms", ()),
        (["--layout", ""], "layouts", ()),
        (["--data", "FP16"], "data_type", "FP16"),
        (["--batch", "1", "--batch", "2"], "batch", 2),
    ],
)
def test_values_arrive_in_the_configuration(arguments, field, value):
    config = parse(*arguments)
    assert getattr(config, field) == value


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--framework", "keras"],
            "--framework: 'keras' is none of tf, tflite, onnx, caffe, mxnet, kaldi",
        ),
        (["--batch", "0"], "--batch: '0' is no whole number from 1 up"),
        (["--batch", "-1"], "--batch: '-1' is no whole number from 1 up"),
        (["--batch", "two"], "--batch: 'two' is no whole number from 1 up"),
        (["--batch="], "--batch: '' is no whole number from 1 up"),
        (["--batch", "9" * 30], "is no whole number from 1 up"),
        (["--scale", "0"], "--scale: '0' is no scale: inputs are divided by it"),
        (["--scale", "big"], "--scale: 'big' is no number"),
        (["--data_type", "INT8"], "--data_type: 'INT8' is none of FP32, FP16"),
        (["--compress_to_fp16=maybe"], "--compress_to_fp16: 'maybe' is neither True nor False"),
        (["--ir_version", "7"], "--ir_version: '7' is none of 10, 11"),
        (["--opset", "0"], "--opset: '0' is no whole number from 1 to 17"),
        (["--opset", "99"], "--opset: '99' is no whole number from 1 to 17"),
        (["--log_level", "LOUD"], "--log_level: 'LOUD' is none of CRITICAL, ERROR, WARNING"),
        (["--finegrain_fusing", "ok,(a"], "--finegrain_fusing: '(a' is no regular expression: "),
        (["--model_name", "a/b"], "--model_name: 'a/b' is no file name\nGive the folder with"),
        (["--model_name", "a\\b"], "is no file name"),
        (["--model_name", ".."], "is no file name"),
        (["--model_name", ""], "--model_name: '' is no file name"),
        (["--input_model", ""], "--input_model: the path is missing"),
        (["--mean_file_offsets", "1,2"], "--mean_file_offsets: '1,2' is no pair of offsets"),
        (["--mean_file_offsets", "(1,-2)"], "--mean_file_offsets: '-2' is no offset"),
        (["--mean_file_offsets", "(1,2,3)"], "'(1,2,3)' holds 3 offsets instead of 2"),
        (["--saved_model_tags", "a, b"], "--saved_model_tags: 'a, b' is no list of tags"),
        (["--nd_prefix_name", "x"], "--input_symbol is missing beside --nd_prefix_name"),
    ],
)
def test_other_values_are_refused_by_name(arguments, message):
    assert message in refusal(parse, *arguments)


def test_paths_are_absolute_and_start_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net,v1.onnx").touch()
    config = parse("--input_model", "~/net,v1.onnx", "-o", "a/../b")
    assert config.input_model == tmp_path / "net,v1.onnx"
    assert config.output_dir == tmp_path / "b"
    assert parse("-m", str(tmp_path)).input_model == tmp_path


def test_a_missing_model_is_an_error_of_its_own(tmp_path):
    with pytest.raises(ModelFileError) as caught:
        parse("--input_model", str(tmp_path / "net.onnx"))
    assert str(caught.value) == (
        f"--input_model: '{tmp_path / 'net.onnx'}' does not exist\n"
        "--input_model takes an existing model file or folder."
    )


def test_given_flags_are_remembered_without_folders(tmp_path):
    model = tmp_path / "net.onnx"
    model.touch()
    config = parse("-m", str(model), "-o", str(tmp_path), "--input", " a, b ", "--static_shape")
    assert config.given == {
        "input_model": "net.onnx",
        "output_dir": tmp_path.name,
        "input": " a, b ",
        "static_shape": "True",
    }
