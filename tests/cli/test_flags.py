"""The table of flags: each launcher's, and what becomes of them (facts sheet 1)."""

from __future__ import annotations

import logging

import pytest

from mo.cli.config import Config
from mo.cli.flag import FRAMEWORKS, Status
from mo.cli.flags import FLAGS, known_to
from mo.cli.parser import parse_arguments


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
        saved_model_signature
        disable_nhwc_to_nchw tensorflow_custom_layer_libraries tensorboard_logdir
        tensorflow_use_custom_operations_config tensorflow_custom_operations_config_update
        tensorflow_object_detection_api_pipeline_config
    """),
    "tflite": [],
    "onnx": [],
    "caffe": words("""
        input_proto caffe_parser_path k mean_file mean_file_offsets disable_omitting_optional
        enable_flattening_nested_params
    """),
    "mxnet": words("""
        input_symbol nd_prefix_name pretrained_model_name save_params_from_nd legacy_mxnet_model
        enable_ssd_gluoncv
    """),
    "kaldi": ["counts", "remove_output_softmax", "remove_memory", "kaldi_chunk"],
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
        if flag.status is Status.WORKS and flag.name not in ("help", "version"):
            assert flag.target in fields


def test_help_texts_are_sentences():
    for flag in FLAGS.values():
        lower = flag.status in (Status.WARNED, Status.IGNORED)
        assert flag.help[0].islower() == lower, flag.name
        assert "  " not in flag.help


def test_flags_of_another_framework_have_no_effect(caplog):
    with caplog.at_level(logging.WARNING, "mo.cli"):
        config = parse("--framework", "onnx", "--remove_memory", "--counts", "")
    assert config.options == {}
    assert caplog.messages == ["--counts, --remove_memory mean nothing to ONNX models"]


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


def test_frameworks_have_titles():
    assert set(FRAMEWORKS) == set(OF_FRAMEWORK)
