"""Cutting by every form of a name (facts sheet 4), on one network of each framework.

relu(conv1(image)) through conv2, plus extra; shapes are written with channels in front.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mo
from tests.flags.networks import IMAGES, MAKERS

WHOLE = {"image": "f32[1,3,8,8]", "extra": "f32[1,4,8,8]"}
BEHIND = {"conv2/placeholder_port_0": "f32[1,6,8,8]", "extra": "f32[1,4,8,8]"}
CHANNELS_LAST = ("tf", "tflite")
ONES = " ".join(["1"] * 256)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {one: MAKERS[one](tmp_path_factory.mktemp(one)) for one in IMAGES}


def laid(text: str, framework: str) -> str:
    """Shapes of images with their channels where the framework has them."""
    if framework not in CHANNELS_LAST:
        return text
    return re.sub(r"\[(\d+),(\d+),(\d+),(\d+)\]", r"[\1,\3,\4,\2]", text)


def tensor(node: str, framework: str) -> str:
    """What the first tensor of a node is called."""
    return f"{node}_output" if framework == "mxnet" else node


@pytest.mark.parametrize(
    ("flags", "inputs", "outputs"),
    [
        pytest.param({}, WHOLE, "sum", id="nothing"),
        pytest.param({"input": "", "output": ""}, WHOLE, "sum", id="nothing is given"),
        pytest.param(
            {"input": "image[2,3,8,8],extra[2,4,8,8]"},
            {"image": "f32[2,3,8,8]", "extra": "f32[2,4,8,8]"},
            "sum",
            id="an input stays and has another shape",
        ),
        pytest.param({"input": "image:0,extra:0"}, WHOLE, "sum", id="port 0 of an input"),
        pytest.param(
            {"input": "extra,image"},
            {"extra": "f32[1,4,8,8]", "image": "f32[1,3,8,8]"},
            "sum",
            id="inputs in the order asked for",
        ),
        pytest.param(
            {"input": "conv2[1,6,8,8],extra"}, BEHIND, "sum", id="node of one input, weights apart"
        ),
        pytest.param({"input": "0:conv2[1,6,8,8],extra"}, BEHIND, "sum", id="input port"),
        pytest.param({"input": "conv2,extra"}, BEHIND, "sum", id="node without shape"),
        pytest.param({"input": "0:conv2,extra"}, BEHIND, "sum", id="input port without shape"),
        pytest.param(
            {"input": "relu:0[1,6,8,8],extra"},
            {"relu:0": "f32[1,6,8,8]", "extra": "f32[1,4,8,8]"},
            "sum",
            id="output port",
        ),
        pytest.param(
            {"input": "relu:0,extra"},
            {"relu:0": "f32[1,6,8,8]", "extra": "f32[1,4,8,8]"},
            "sum",
            id="output port without shape",
        ),
        pytest.param(
            {"input": "1:sum[1,4,8,8],image"},
            {"sum/placeholder_port_1": "f32[1,4,8,8]", "image": "f32[1,3,8,8]"},
            "sum",
            id="second input port",
        ),
        pytest.param(
            {"input": "1:sum,image"},
            {"sum/placeholder_port_1": "f32[1,4,8,8]", "image": "f32[1,3,8,8]"},
            "sum",
            id="second input port without shape",
        ),
        pytest.param(
            {"input": "sum"},
            {
                "sum/placeholder_port_0": "f32[1,4,8,8]",
                "sum/placeholder_port_1": "f32[1,4,8,8]",
            },
            "sum",
            id="node without shape: every input that is not constant",
        ),
        pytest.param(
            {"input": "0:conv2[1,6,8,8]{f16},extra"},
            {"conv2/placeholder_port_0": "f16[1,6,8,8]", "extra": "f32[1,4,8,8]"},
            "sum",
            id="input port of another type",
        ),
        pytest.param(
            {"input": "relu:0{u8},extra"},
            {"relu:0": "u8[1,6,8,8]", "extra": "f32[1,4,8,8]"},
            "sum",
            id="output port of another type",
        ),
        pytest.param(
            {"input": f"image,1:sum[1,4,8,8]->[{ONES}]"},
            {"image": "f32[1,3,8,8]"},
            "sum",
            id="frozen input port",
        ),
        pytest.param(
            {
                "input": "image,1:sum[1,4,8,8]",
                "freeze_placeholder_with_value": f"1:sum->[{ONES}]",
            },
            {"image": "f32[1,3,8,8]"},
            "sum",
            id="input port frozen by the other flag",
        ),
        pytest.param(
            {"output": "relu"}, {"image": "f32[1,3,8,8]"}, "relu", id="output by its node"
        ),
        pytest.param({"output": "relu:0"}, {"image": "f32[1,3,8,8]"}, "relu", id="by its port"),
        pytest.param(
            {"output": "0:conv2"}, {"image": "f32[1,3,8,8]"}, "relu", id="what feeds a port"
        ),
        pytest.param({"output": "sum,relu"}, WHOLE, "sum,relu", id="outputs in the order asked"),
        pytest.param({"output": "relu,sum,relu:0"}, WHOLE, "relu,sum", id="an output named twice"),
    ],
)
@pytest.mark.parametrize("framework", IMAGES)
def test_a_cut(models, framework, flags, inputs, outputs):
    converted = mo.convert_model(
        models[framework], **{name: laid(text, framework) for name, text in flags.items()}
    )
    named = {
        tensor(name[:-2], framework) if name.endswith(":0") else name: laid(kind, framework)
        for name, kind in inputs.items()
    }
    assert list(converted.inputs.items()) == list(named.items())
    assert list(converted.outputs) == [tensor(name, framework) for name in outputs.split(",")]


@pytest.mark.parametrize("framework", IMAGES)
def test_an_input_inside_keeps_the_name_of_its_tensor(models, framework):
    flags = {"input": laid("0:conv2[1,6,8,8],extra", framework)}
    parameter, _ = mo.convert_model(models[framework], **flags).graph.parameters()
    names = list(parameter.outputs[0].names)
    assert names == ["conv2/placeholder_port_0", tensor("relu", framework)]


@pytest.mark.parametrize("framework", IMAGES)
def test_an_input_inside_of_another_type_is_converted(models, framework):
    converted = mo.convert_model(models[framework], input="relu:0{u8},extra")
    assert re.search(r": Convert\(.*\) destination_type=f32", str(converted))


@pytest.mark.parametrize(
    ("name", "inputs"),
    [("affinetransform_1", "affinetransform_1/placeholder_port_0"), ("sigmoid:0", "sigmoid")],
)
def test_a_cut_of_kaldi(tmp_path, name, inputs):
    converted = mo.convert_model(MAKERS["kaldi"](tmp_path), input=f"{name}[1,6]")
    assert converted.inputs == {inputs: "f32[1,6]"}
    assert list(mo.convert_model(tmp_path / "net.nnet", output="sigmoid").outputs) == ["sigmoid"]


def test_an_input_of_kaldi_of_another_type(tmp_path):
    converted = mo.convert_model(MAKERS["kaldi"](tmp_path), input="Parameter{f16}")
    assert converted.inputs == {"Parameter": "f16[1,3]"}


@pytest.mark.parametrize("name", ["relu:0", "0:conv2", "conv2"])
@pytest.mark.parametrize("framework", IMAGES)
def test_other_flags_call_an_input_inside_as_input_does(models, framework, name):
    converted = mo.convert_model(
        models[framework],
        input=laid(f"{name}[1,6,8,8],extra", framework),
        mean_values=f"{name}[1,2,3,4,5,6]",
        layout=f"{name}({'nhwc' if framework in CHANNELS_LAST else 'nchw'})",
        disable_fusing=True,
    )
    assert "/mean: Add(" in str(converted)


@pytest.mark.parametrize("framework", IMAGES)
def test_an_input_may_be_named_with_its_port(models, framework):
    converted = mo.convert_model(models[framework], scale_values="image:0[2,4,8]")
    assert list(converted.inputs) == ["image", "extra"]
