"""Framework and name of a model (facts sheet 2)."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from mo.cli.config import Config
from mo.cli.deduce import deduce_framework, deduce_name
from mo.errors import ModelFileError, UsageError
from tests.cli.contents import CONTENTS, GRAPH_DEF, ONNX


def framework_of(path: Path, **more) -> str:
    return deduce_framework(Config(input_model=path, **more))


@pytest.mark.parametrize(
    ("name", "framework"),
    [
        ("net.onnx", "onnx"),
        ("net.ONNX", "onnx"),
        ("net.pb", "tf"),
        ("net.pbtxt", "tf"),
        ("net.caffemodel", "caffe"),
        ("net-0000.params", "mxnet"),
        ("net.nnet", "kaldi"),
        ("net.tflite", "tflite"),
        ("final.mdl", "kaldi"),
        ("final.mdl.7", "kaldi"),
    ],
)
def test_extensions_tell_the_framework(make, name, framework):
    assert framework_of(make(name)) == framework


@pytest.mark.parametrize("name", ["model", "model.raw", "model.txt", "model.pb", "model.bin"])
@pytest.mark.parametrize(("content", "framework"), [row for row in CONTENTS if row[1]])
def test_other_extensions_leave_it_to_the_content(make, name, content, framework):
    assert framework_of(make(name, content)) == framework


@pytest.mark.parametrize("name", ["net.pbtxt", "net.prototxt", "net.textproto", "net.onnxtxt"])
def test_protobuf_text_is_known_by_its_content(make, name):
    assert framework_of(make(name, b"ir_version: 8\n")) == "onnx"


@pytest.mark.parametrize("name", ["net.json", "net.onnxjson"])
def test_json_is_known_by_its_content(make, name):
    assert framework_of(make(name, b'{"irVersion": "8"}')) == "onnx"


def test_a_folder_may_be_a_saved_model(make):
    assert framework_of(make("net/saved_model.pb").parent) == "tf"


@pytest.mark.parametrize(
    ("source", "framework"),
    [
        ("saved_model_dir", "tf"),
        ("input_meta_graph", "tf"),
        ("input_symbol", "mxnet"),
        ("pretrained_model_name", "mxnet"),
        ("input_proto", "caffe"),
    ],
)
def test_flags_tell_the_framework(make, source, framework):
    sources = {source: make("x")}
    assert deduce_framework(Config(sources=sources)) == framework
    assert framework_of(make("net.onnx"), sources=sources) == framework


def test_a_given_framework_goes_before_all(make):
    assert framework_of(make("net.onnx", ONNX), framework="tf") == "tf"
    assert framework_of(make("model.bin"), framework="kaldi") == "kaldi"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            Config(),
            "No model is given\nGive it with --input_model or --saved_model_dir or "
            "--input_meta_graph or --input_symbol or --pretrained_model_name or --input_proto.",
        ),
        (Config(framework="onnx"), "No ONNX model is given\nGive it with --input_model."),
        (
            Config(framework="tf"),
            "No TensorFlow model is given\n"
            "Give it with --input_model or --saved_model_dir or --input_meta_graph.",
        ),
        (
            Config(framework="kaldi", sources={"input_proto": Path("x")}),
            "No Kaldi model is given\nGive it with --input_model.",
        ),
    ],
)
def test_a_model_must_be_given(config, message):
    with pytest.raises(UsageError) as caught:
        deduce_framework(config)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("name", "content", "what", "advice"),
    [
        ("net.pt", b"PK\x03\x04", "a PyTorch model", "torch.onnx.export"),
        ("net.PTH", b"\x80\x02", "a PyTorch model", "torch.onnx.export"),
        ("pytorch_model.bin", b"PK\x03\x04", "a PyTorch model", "torch.onnx.export"),
        ("net.pdmodel", b"\xff", "a PaddlePaddle model", "paddle2onnx"),
        ("net.safetensors", b"\xff", "a file of weights without a model", "Export"),
        ("net.gguf", b"GGUF", "a file of weights without a model", "Export"),
        ("net.mlmodel", b"\xff", "a Core ML model", "made of"),
        ("net.engine", b"\xff", "a TensorRT model", "made of"),
        ("net.xml", b"<?xml", "part of an OpenVINO IR", "made of"),
        ("net.pkl", b"\x80\x04", "a pickled Python object", "skl2onnx"),
        ("yolo.weights", b"\xff", "a Darknet model", "ONNX"),
        ("net.onnx.zip", b"PK\x03\x04", "an archive", "Unpack"),
        ("net.pb.gz", b"\x1f\x8b", "an archive", "Unpack"),
        ("net.onnx_data", b"\xff", "the external data of an ONNX model", ".onnx"),
        ("net.prototxt", b"layer {", "the topology of a Caffe model", "{stem}.caffemodel"),
        ("net-symbol.json", b'{"nodes":[', "the topology of an MXNet model", "--input_symbol"),
        ("m.ckpt.meta", b"\xff", "a TensorFlow meta graph", "--input_meta_graph {file}"),
        ("m.ckpt", b"\xff", "a TensorFlow checkpoint", "--input_checkpoint {stem}"),
        ("m.ckpt.index", b"\xff", "a TensorFlow checkpoint", "--input_meta_graph {stem}.meta"),
        ("m.data-00000-of-00001", b"\xff", "a TensorFlow checkpoint", "--input_checkpoint {stem}"),
    ],
)
def test_near_misses_are_named(make, name, content, what, advice):
    path = make(name, content)
    with pytest.raises(UsageError) as caught:
        framework_of(path)
    assert caught.value.message.startswith(f"'{path}' is {what}")
    assert advice.format(file=path, stem=path.with_suffix("")) in caught.value.hint


@pytest.mark.parametrize(
    ("framework", "name"), [("tf", "m.meta"), ("tf", "m.ckpt"), ("caffe", "net.prototxt")]
)
def test_parts_of_a_model_are_named_even_if_the_framework_is_given(make, framework, name):
    with pytest.raises(UsageError, match=r"is (a TensorFlow|the topology)"):
        framework_of(make(name), framework=framework)


def test_a_frozen_graph_may_be_called_checkpoint(make):
    assert framework_of(make("m.ckpt", GRAPH_DEF), framework="tf") == "tf"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("model.xyz", "is of an unknown framework: neither '.xyz' nor the content tells it"),
        ("model", "is of an unknown framework: neither '' nor the content tells it"),
    ],
)
def test_an_unknown_framework_must_be_chosen(make, name, problem):
    path = make(name)
    with pytest.raises(UsageError) as caught:
        framework_of(path)
    assert str(caught.value) == (
        f"'{path}' {problem}\nChoose one of --framework tf|tflite|onnx|caffe|mxnet|kaldi"
    )


def test_a_folder_of_something_else_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"is a folder without saved_model\.pb"):
        framework_of(tmp_path)


@pytest.mark.parametrize("framework", [None, "onnx"])
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\n", "is a Git LFS pointer, not the model"),
        (b"\n<!DOCTYPE html><html>", "is a web page, not a model"),
        (b"<html lang=en>", "is a web page, not a model"),
    ],
)
def test_what_is_no_model_at_all_is_refused(make, framework, content, problem):
    path = make("net.onnx", content)
    with pytest.raises(ModelFileError) as caught:
        framework_of(path, framework=framework)
    assert caught.value.message == f"'{path}' {problem}"
    assert caught.value.hint


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ModelFileError, match="does not exist"):
        framework_of(tmp_path / "net.onnx")


def test_flags_of_other_frameworks_are_said_to_be_useless(make, caplog):
    given = {"input_model": "net.onnx", "remove_memory": "True", "extra": "?"}
    with caplog.at_level(logging.WARNING, "mo.cli"):
        framework_of(make("net.onnx"), given=given)
    assert caplog.messages == ["--remove_memory means nothing to ONNX models"]


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (Config(model_name="given", input_model=Path("/p/net.onnx")), "given"),
        (Config(input_model=Path("/p/a.b.onnx")), "a.b"),
        (Config(input_model=Path("/p/net")), "net"),
        (Config(input_model=Path("/p/.onnx")), "model"),
        (Config(input_model=Path("/p/.hidden.onnx")), "model"),
        (Config(sources={"saved_model_dir": Path("/p/net")}), "saved_model"),
        (Config(sources={"input_meta_graph": Path("/p/m.ckpt.meta")}), "m.ckpt"),
        (Config(sources={"input_symbol": Path("/p/net-symbol.json")}), "net-symbol"),
        (Config(sources={"input_proto": Path("/p/deploy.prototxt")}), "deploy"),
        (
            Config(input_model=Path("/p/n.caffemodel"), sources={"input_proto": Path("/p/d.x")}),
            "n",
        ),
    ],
)
def test_names(config, name):
    assert deduce_name(config) == name


def test_a_saved_model_given_as_model_is_called_so(tmp_path):
    assert deduce_name(Config(input_model=tmp_path)) == "saved_model"


def test_nothing_has_no_name():
    with pytest.raises(UsageError, match="No model is given"):
        deduce_name(Config())
