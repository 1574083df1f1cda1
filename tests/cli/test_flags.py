"""The table of flags: each launcher's, their state, their values (facts sheet 1)."""

from __future__ import annotations

import logging

import pytest

from mo.cli.config import Config
from mo.cli.flag import FRAMEWORKS, Status
from mo.cli.flags import FLAGS, known_to
from mo.cli.parser import parse_arguments
from mo.errors import ModelFileError
from tests.cli.refusals import refusal


def words(text: str) -> list[str]:
    return text.split()


COMMON = words("""
    help version framework input_model model_name output_dir input output input_shape batch
    freeze_placeholder_with_value static_shape mean_values scale_values scale
    reverse_input_channels layout source_layout target_layout compress_to_fp16 data_type ir_version
    opset transform disable_fusing disable_gfusing finegrain_fusing disable_resnet_optimization
    disable_weights_compression transformations_config extensions log_level silent progress
    stream_output move_to_preprocess keep_shape_ops enable_concat_optimization
    generate_deprecated_IR_V7 generate_deprecated_IR_V2 generate_experimental_IR_V10
    legacy_ir_generation keep_quantize_ops_in_IR blobs_as_inputs use_new_frontend
    use_legacy_frontend
""")
OF_FRAMEWORK = {
    "tf": words("""
        input_model_is_text input_checkpoint input_meta_graph saved_model_dir saved_model_tags
        disable_nhwc_to_nchw tensorflow_custom_layer_libraries tensorboard_logdir
        tensorflow_use_custom_operations_config tensorflow_custom_operations_config_update
        tensorflow_object_detection_api_pipeline_config
    """),
    "onnx": [],
    "caffe": words("""
        input_proto caffe_parser_path k mean_file mean_file_offsets disable_omitting_optional
        enable_flattening_nested_params
    """),
    "mxnet": words("""
        input_symbol nd_prefix_name pretrained_model_name save_params_from_nd legacy_mxnet_model
        enable_ssd_gluoncv
    """),
    "kaldi": ["counts", "remove_output_softmax", "remove_memory"],
}
ALIASES = {
    "help": ["-h"],
    "input_model": ["-m", "-w"],
    "model_name": ["-n"],
    "output_dir": ["-o"],
    "batch": ["-b"],
    "mean_values": ["-ms"],
    "scale": ["-s"],
    "input_proto": ["-d"],
    "mean_file": ["-mf"],
    "mean_file_offsets": ["-mo"],
}


def parse(*arguments: str, framework: str | None = None) -> Config:
    return parse_arguments(arguments, framework, "mo.py")


def test_the_launcher_of_all_frameworks_knows_all_flags():
    expected = COMMON + [name for names in OF_FRAMEWORK.values() for name in names]
    assert sorted(flag.name for flag in known_to(None)) == sorted(expected)
    assert sorted(FLAGS) == sorted(expected)


@pytest.mark.parametrize("framework", OF_FRAMEWORK)
def test_the_launcher_of_one_framework_knows_its_flags_but_no_framework_flag(framework):
    expected = [name for name in COMMON if name != "framework"] + OF_FRAMEWORK[framework]
    assert sorted(flag.name for flag in known_to(framework)) == sorted(expected)


def test_short_names():
    assert {flag.name: list(flag.aliases) for flag in FLAGS.values() if flag.aliases} == ALIASES


def test_every_value_has_a_place_in_the_configuration():
    fields = Config.__dataclass_fields__
    for flag in FLAGS.values():
        if flag.status in (Status.WORKS, Status.NOT_YET) and flag.name not in ("help", "version"):
            assert flag.target in fields


def test_help_texts_are_sentences():
    for flag in FLAGS.values():
        lower = flag.status in (Status.WARNED, Status.IGNORED)
        assert flag.help[0].islower() == lower, flag.name
        assert "  " not in flag.help


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
        (["--framework", "keras"], "--framework: 'keras' is none of tf, onnx, caffe, mxnet, kaldi"),
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
        (["--opset", "0"], "--opset: '0' is no whole number from 1 up"),
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


@pytest.mark.parametrize("name", [f.name for f in FLAGS.values() if f.status is Status.NOT_YET])
def test_flags_that_are_not_there_yet_are_refused(name, tmp_path):
    samples = {
        "layout": "nhwc",
        "source_layout": "nhwc",
        "target_layout": "nhwc",
        "transform": "LowLatency2",
        "mean_file_offsets": "(1,2)",
    }
    flag = FLAGS[name]
    arguments = [flag.option]
    if flag.kind.action == "store":
        arguments.append(samples.get(name, "there-is-no-such-file"))
    if name in ("nd_prefix_name", "pretrained_model_name"):
        arguments += ["--input_symbol=x", "--nd_prefix_name=x", "--pretrained_model_name=x"]
    error = refusal(parse, *arguments)
    assert flag.option in error
    assert "not supported yet" in error.splitlines()[0]


def test_several_flags_that_are_not_there_yet_are_refused_at_once():
    error = refusal(parse, "--remove_memory", "--layout", "nchw")
    assert error.splitlines()[0] == "--layout, --remove_memory are not supported yet"


def test_a_broken_value_is_said_before_the_flag_is_refused():
    assert "'n..c' is no layout" in refusal(parse, "--layout", "n..c")


def test_flags_of_another_framework_have_no_effect(caplog):
    with caplog.at_level(logging.WARNING, "mo.cli"):
        config = parse("--framework", "onnx", "--remove_memory", "--counts", "")
    assert config.options == {}
    assert caplog.messages == ["'--counts', '--remove_memory' mean nothing to ONNX models"]


@pytest.mark.parametrize("name", [f.name for f in FLAGS.values() if f.status is Status.WARNED])
def test_flags_without_effect_are_accepted_with_one_line(name, caplog):
    flag = FLAGS[name]
    value = ["x"] if flag.kind.action == "store" else []
    with caplog.at_level(logging.WARNING, "mo.cli"):
        config = parse(flag.option, *value)
    assert caplog.messages == [f"--{name} has no effect: {flag.help}"]
    assert list(config.given) == [name]


@pytest.mark.parametrize("name", [f.name for f in FLAGS.values() if f.status is Status.IGNORED])
def test_some_flags_are_accepted_in_silence(name, caplog):
    assert list(parse(f"--{name}").given) == [name]
    assert not caplog.messages


@pytest.mark.parametrize("quiet", [["--silent"], ["--log_level", "error"]])
def test_who_wants_errors_only_gets_no_warnings(quiet, caplog):
    parse("--keep_shape_ops", *quiet)
    assert not caplog.messages


def test_a_scale_below_one_is_doubtful(caplog):
    parse("--scale", "0.5")
    assert caplog.messages == ["--scale 0.5: inputs are divided by it, so they grow"]


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


def test_frameworks_have_titles():
    assert set(FRAMEWORKS) == set(OF_FRAMEWORK)
