"""Files of all generations, phases, inputs, shared weights, and what users get wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from extensions.front.caffe import TRANSLATIONS, read
from mo.cli.config import Config
from mo.cli.parser import config_from_keywords
from mo.errors import ConversionError, InferenceError, ModelFileError, UsageError
from mo.front.cut import cut
from mo.front.model import Model
from mo.front.translate import translate
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.show import show
from tests.models.caffe import caffemodel
from tests.models.wire import field, varint

WEIGHTS = {"conv": [np.ones((4, 3, 3, 3), np.float32), np.arange(4, dtype=np.float32)]}
CONV = """
layer {
  name: "conv"
  type: "Convolution"
  bottom: "data"
  top: "conv"
  convolution_param { num_output: 4 kernel_size: 3 }
}"""
RELU = """
layer {
  name: "relu"
  type: "ReLU"
  bottom: "conv"
  top: "conv"
}"""
INPUT = 'input: "data"\ninput_shape { dim: 1 dim: 3 dim: 8 dim: 8 }'
NET = INPUT + CONV + RELU


def load(tmp_path: Path, text: str, weights: Any = None) -> Model:
    """The model in these files; weights as bytes, or by layer."""
    content = weights if isinstance(weights, bytes) else caffemodel(weights or WEIGHTS)
    path = tmp_path / "net.caffemodel"
    path.write_bytes(content)
    path.with_suffix(".prototxt").write_text(text)
    return read(Config(input_model=path))


def graph(tmp_path: Path, text: str, weights: Any = None) -> Graph:
    return translate(load(tmp_path, text, weights), TRANSLATIONS)


def refusal(tmp_path: Path, text: str, weights: Any = None) -> ConversionError:
    with pytest.raises(ConversionError) as caught:
        graph(tmp_path, text, weights)
    return caught.value


# ---- generations


def same_graph(tmp_path: Path, text: str, weights: Any = None) -> None:
    shown = show(graph(tmp_path, NET), types=True)
    assert show(graph(tmp_path, text, weights), types=True) == shown


V1 = """
input: "data" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8
layers { name: "conv" type: CONVOLUTION bottom: "data" top: "conv" blobs_lr: 1 weight_decay: 0
         convolution_param { num_output: 4 kernel_size: 3 } }
layers { name: "relu" type: RELU bottom: "conv" top: "conv" }
"""
V0 = """
input: "data" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8
layers { layer { name: "conv" type: "conv" num_output: 4 kernelsize: 3 }
         bottom: "data" top: "conv" }
layers { layer { name: "relu" type: "relu" } bottom: "conv" top: "conv" }
"""


@pytest.mark.parametrize("generation", [1, 2])
@pytest.mark.parametrize("text", [NET, V1, V0], ids=["current", "V1", "V0"])
def test_texts_and_weights_of_different_generations(
    tmp_path: Path, text: str, generation: int
) -> None:
    same_graph(tmp_path, text, caffemodel(WEIGHTS, generation))


def test_weights_as_text(tmp_path: Path) -> None:
    numbers = " ".join(["data: 1"] * 108)
    blobs = f"blobs {{ num: 4 channels: 3 height: 3 width: 3 {numbers} }}"
    blobs += " blobs { shape { dim: 4 } data: [0, 1, 2, 3] }"
    same_graph(tmp_path, NET, f'layer {{ name: "conv" {blobs} }}'.encode())


def test_padding_was_a_layer_once(tmp_path: Path) -> None:
    text = """
    input: "data" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8
    layers { layer { name: "pad" type: "padding" pad: 2 } bottom: "data" top: "pad" }
    layers { layer { name: "conv" type: "conv" num_output: 4 kernelsize: 3 }
             bottom: "pad" top: "c" }
    """
    assert "f32[1,4,10,10]" in show(graph(tmp_path, text), types=True)


def test_doubles_and_several_pieces_of_a_blob(tmp_path: Path) -> None:
    shape = field(7, field(1, varint(4) + varint(3) + varint(3) + varint(3)))
    halves = [np.ones(54, "<f8").tobytes(), np.ones(54, "<f8").tobytes()]
    weights = shape + b"".join(field(8, half) for half in halves)
    bias = field(7, field(1, varint(4))) + field(8, np.arange(4, dtype="<f8").tobytes())
    layer = field(1, b"conv") + field(7, weights) + field(7, bias)
    found = load(tmp_path, NET, field(100, layer))
    np.testing.assert_array_equal(found.constants["conv/blobs:1"].array, [0, 1, 2, 3])
    assert found.constants["conv/blobs:0"].array.dtype == np.float32


def test_both_generations_at_once_are_refused(tmp_path: Path) -> None:
    old = V1[V1.index("layers") :]
    assert "both 'layer' and 'layers'" in refusal(tmp_path, NET + old).message


# ---- inputs and outputs


@pytest.mark.parametrize(
    ("text", "name", "shape"),
    [
        ('input: "data" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8', "data", "[1,3,8,8]"),
        ('input: "data"', "data", "[...]"),
        (
            'layer { name: "image" type: "Input" top: "data" input_param { shape { dim: 2 dim: 3 '
            "dim: 8 dim: 8 } } }",
            "image",
            "[2,3,8,8]",
        ),
        (
            'layer { name: "data" type: "Data" top: "data" top: "label" transform_param '
            "{ crop_size: 9 } data_param { batch_size: 5 } }",
            "data",
            "[5,?,9,9]",
        ),
        (
            'layer { name: "data" type: "ImageData" top: "data" top: "label" image_data_param '
            "{ new_height: 8 new_width: 9 batch_size: 5 } }",
            "data",
            "[5,3,8,9]",
        ),
        (
            'layer { name: "data" type: "MemoryData" top: "data" top: "label" memory_data_param '
            "{ batch_size: 1 channels: 3 height: 8 width: 9 } }",
            "data",
            "[1,3,8,9]",
        ),
        (
            'layer { name: "data" type: "DummyData" top: "data" dummy_data_param '
            "{ shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }",
            "data",
            "[1,3,8,8]",
        ),
        (
            'layer { name: "data" type: "DummyData" top: "data" dummy_data_param '
            "{ num: 1 channels: 3 height: 8 width: 8 } }",
            "data",
            "[1,3,8,8]",
        ),
        ('layer { name: "data" type: "HDF5Data" top: "data" }', "data", "[...]"),
    ],
)
def test_inputs(tmp_path: Path, text: str, name: str, shape: str) -> None:
    model = load(tmp_path, text + CONV)
    assert [(item.name, _text(item.shape)) for item in model.inputs] == [(name, shape)]


def _text(shape: Any) -> str:
    return "[...]" if shape is None else "[" + ",".join(map(str, shape)) + "]"


def test_outputs_are_what_nobody_reads(tmp_path: Path) -> None:
    judged = (
        NET
        + """
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "conv" bottom: "conv" top: "loss" }
    layer { name: "more" type: "AbsVal" bottom: "data" top: "more" }
    layer { name: "quiet" type: "Silence" bottom: "more" }
    """
    )
    assert load(tmp_path, judged).outputs == ["conv"]


def test_layers_of_training_are_left_out(tmp_path: Path) -> None:
    rules = """
    layer { name: "a" type: "Power" bottom: "conv" top: "conv" include { phase: TRAIN } }
    layer { name: "b" type: "AbsVal" bottom: "conv" top: "conv" include { phase: TEST } }
    layer { name: "c" type: "BNLL" bottom: "conv" top: "conv" exclude { phase: TEST } }
    layer { name: "d" type: "ELU" bottom: "conv" top: "conv" include { stage: "deploy" } }
    layer { name: "e" type: "TanH" bottom: "conv" top: "conv" include { not_stage: "deploy" } }
    layer { name: "f" type: "Sigmoid" bottom: "conv" top: "conv" include { min_level: 1 } }
    """
    assert [node.name for node in load(tmp_path, NET + rules).nodes] == ["conv", "relu", "b", "e"]
    staged = 'state { stage: "deploy" level: 1 } ' + NET + rules
    assert [node.name for node in load(tmp_path, staged).nodes][2:] == ["b", "d", "f"]


def test_a_blob_that_changes_in_place(tmp_path: Path) -> None:
    """--output names the layer; the blob's own name is that of its last state."""
    model = load(tmp_path, NET)
    assert model.outputs == ["conv"]
    assert [node.outputs for node in model.nodes] == [["conv/conv"], ["conv"]]
    for layer, expected in (("conv", "Add"), ("relu", "ReLU")):
        config = config_from_keywords(output=layer)
        part = translate(cut(load(tmp_path, NET), config, TRANSLATIONS), TRANSLATIONS)
        (result,) = part.results()
        assert isinstance(result.inputs[0], Output)
        assert result.inputs[0].node.type == expected
        assert layer in result.name


def test_weights_shared_by_name(tmp_path: Path) -> None:
    shared = 'param { name: "w" } param { name: "b" } convolution_param'
    text = NET.replace("convolution_param", shared)
    again = CONV.replace('name: "conv"', 'name: "twin"').replace('top: "conv"', 'top: "twin"')
    again = again.replace("convolution_param", shared)
    model = load(tmp_path, text + again)
    twin = model.nodes[-1]
    assert model.constants[twin.inputs[1]] is model.constants["conv/blobs:0"]
    assert model.constants[twin.inputs[2]] is model.constants["conv/blobs:1"]


def test_trained_numbers_as_a_blob_and_weights_that_are_a_bottom(tmp_path: Path) -> None:
    text = (
        INPUT
        + """
    input: "kernel" input_shape { dim: 4 dim: 3 dim: 3 dim: 3 }
    layer { name: "own" type: "Parameter" top: "own" parameter_param { shape { dim: 4 } } }
    layer { name: "conv" type: "Convolution" bottom: "data" bottom: "kernel" top: "conv"
            convolution_param { num_output: 4 kernel_size: 3 bias_term: false } }
    layer { name: "sum" type: "Bias" bottom: "conv" bottom: "own" top: "sum" }"""
    )
    shown = show(graph(tmp_path, text, {"own": [np.arange(4, dtype=np.float32)]}))
    assert "Convolution(data, kernel)" in shown
    assert "sum: Add(conv, [[[0.0]], [[1.0]], [[2.0]], [[3.0]]])" in shown


def test_weights_stay_in_the_file(tmp_path: Path) -> None:
    assert all(tensor.extent is not None for tensor in load(tmp_path, NET).constants.values())


def test_types_are_known_in_any_capitals(tmp_path: Path) -> None:
    assert load(tmp_path, NET.replace('"ReLU"', '"relu"')).nodes[1].type == "ReLU"


# ---- mistakes

_EDITS: dict[str, tuple[tuple[str, str], str, str]] = {
    "unknown field": (
        ("kernel_size", "kernal_size"),
        "line 8, layer 'conv': there is no field",
        "kernel_size",
    ),
    "missing bottom": (('bottom: "conv"', 'bottom: "cnov"'), "line 11: layer 'relu'", "'conv'"),
    "two makers": (('top: "conv"\n}', 'top: "data"\n}'), "made by layer 'data' already", "another"),
    "open brace": (("size: 3 }", "size: 3"), "layer 'conv': a '}' is missing", "Correct the text"),
    "negative size": (("dim: 3", "dim: -3"), "line 2: input 'data' has a dimension -3", "positive"),
    "negative kernel": (
        ("kernel_size: 3", "kernel_size: -3"),
        "line 8, layer 'conv': 'kernel_size'",
        "text",
    ),
    "no kernel": (("kernel_size: 3", ""), "its 'kernel_size' is missing", "Correct the layer"),
    "other width": (("num_output: 4", "num_output: 5"), "[4,3,3,3] in the .caffemodel", "another"),
    "unquoted": (
        ('"ReLU"', "ReLU"),
        "line 12, layer 'relu': 'type' takes a text in quotes",
        "text",
    ),
    "no type": (('type: "ReLU"', ""), "it has no type", 'type: "ReLU"'),
    "other section": (
        ('type: "ReLU"', 'type: "ReLU" relu_parm { negative_slope: 1 }'),
        "no field 'relu_parm' in a layer ReLU",
        "relu_param",
    ),
    "unknown type": (
        ('type: "ReLU"', 'type: "Warp" warp_param { by: 3 }'),
        "Warp, 1 node: 'relu', with warp_param { by: 3 }, in 'net.prototxt', line 11",
        "--extensions",
    ),
    "both rules": (
        ('type: "ReLU"', 'type: "ReLU" include { phase: TEST } exclude { phase: TRAIN }'),
        "both 'include' and 'exclude'",
        "one kind",
    ),
    "input twice": (
        ('input: "data"', 'input: "data" input: "data"'),
        "1 input_shape for 2",
        "each",
    ),
    "data of training": (
        (INPUT, 'layer { name: "d" type: "Data" top: "data" include { phase: TRAIN } }'),
        "no layer before it makes its bottom 'data'",
        "only while the net is trained",
    ),
    "web page": (("input", "<!DOCTYPE html>"), "it is a web page", "Download"),
}


@pytest.mark.parametrize("mistake", _EDITS)
def test_mistakes_say_where_and_what_to_do(tmp_path: Path, mistake: str) -> None:
    (before, after), words, advice = _EDITS[mistake]
    assert before in NET
    error = refusal(tmp_path, NET.replace(before, after, 1))
    assert words in error.message
    assert "net.prototxt" in error.message
    assert advice in error.hint


def test_weights_of_another_net(tmp_path: Path) -> None:
    error = refusal(tmp_path, NET, {"other": WEIGHTS["conv"]})
    assert isinstance(error, ModelFileError)
    assert "no layer of 'net.prototxt' is among those of 'net.caffemodel'" in error.message


@pytest.mark.parametrize(
    ("blobs", "what"), [([], "weights"), (WEIGHTS["conv"][:1], "biases")], ids=["none", "one"]
)
def test_missing_weights(tmp_path: Path, blobs: Any, what: str) -> None:
    error = refusal(tmp_path, NET, {"conv": blobs, "x": WEIGHTS["conv"]})
    assert f"the .caffemodel has no {what} for it" in error.message
    assert "'net.prototxt', line" in error.message


@pytest.mark.parametrize(
    "content", [b"\xff\xff\xff", field(100, b"\x0a\xff"), field(1, b"net"), b"\x80" * 50]
)
def test_damaged_weights(tmp_path: Path, content: bytes) -> None:
    assert "Cannot read 'net.caffemodel'" in refusal(tmp_path, NET, content).message


def test_a_blob_that_claims_more_than_it_has(tmp_path: Path) -> None:
    blob = field(7, field(1, varint(1 << 40) + varint(1 << 20))) + field(5, b"\0" * 8)
    layer = field(1, b"conv") + field(7, blob)
    assert "holds 2 numbers" in refusal(tmp_path, NET, field(100, layer)).message


def test_weights_in_the_form_of_nvcaffe(tmp_path: Path) -> None:
    blob = field(7, field(1, varint(4))) + field(12, b"\0" * 8)
    error = refusal(tmp_path, NET, field(100, field(1, b"conv") + field(7, blob)))
    assert "NVCaffe" in error.message


def test_a_topology_alone(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(NET)
    with pytest.raises(UsageError, match=r"without its weights: 'net.prototxt'"):
        read(Config(sources={"input_proto": path}))
    weights = tmp_path / "other.caffemodel"
    weights.write_bytes(caffemodel(WEIGHTS))
    with pytest.raises(UsageError, match=r"no 'other.prototxt' beside"):
        read(Config(input_model=weights))
    assert read(Config(input_model=weights, sources={"input_proto": path})).outputs == ["conv"]


def test_windows_larger_than_the_image(tmp_path: Path) -> None:
    error = refusal(tmp_path, NET.replace("dim: 8", "dim: 2"))
    assert isinstance(error, InferenceError)
