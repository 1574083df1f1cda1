"""--mean_values, --scale_values, --scale, --reverse_input_channels and input types."""

from __future__ import annotations

import numpy as np
import pytest

import mo
from mo.errors import ConversionError
from tests.models.networks import WEIGHTS, conv_relu, image_model


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(conv_relu())
    return path


def shown(model, **flags) -> list[str]:
    return [line.split(" -> ")[0] for line in str(mo.convert_model(model, **flags)).splitlines()]


def test_mean_and_scale_come_behind_the_input_in_this_order(model):
    lines = shown(model, mean_values="[1,2,3]", scale_values="[4,5,6]", disable_fusing=True)
    assert lines[1:3] == ["x/mean: Add(x, [[[[-1.0]], [[-2.0]], [[-3.0]]]])", lines[2]]
    assert lines[2].startswith("x/scale: Multiply(x/mean, ")


def test_scale_goes_into_the_first_convolution(model):
    converted = mo.convert_model(model, scale_values="[2,4,5]")
    (conv,) = [node for node in converted.graph.topological() if node.type == "Convolution"]
    expected = WEIGHTS / np.float32([2, 4, 5]).reshape(1, 3, 1, 1)
    np.testing.assert_allclose(conv.inputs[1].value(), expected, rtol=1e-6)
    assert conv.inputs[0].node.name == "x"


def test_mean_goes_into_the_bias_of_a_convolution_without_padding(model):
    converted = mo.convert_model(model, mean_values="x[1,2,3]")
    assert [n.type for n in converted.graph.topological() if n.type != "Const"] == [
        "Parameter",
        "Convolution",
        "Add",
        "ReLU",
        "Result",
    ]


def test_neutral_numbers_insert_nothing(model):
    plain = shown(model)
    assert shown(model, mean_values="[0,0,0]", scale_values="[1,1,1]") == plain


def test_one_number_serves_all_channels(model):
    assert "Add(x, [[[[-127.5]]]])" in shown(model, mean_values="[127.5]", disable_fusing=True)[1]


def test_reversed_channels_go_into_the_weights(model):
    converted = mo.convert_model(model, reverse_input_channels=True)
    (conv,) = [node for node in converted.graph.topological() if node.type == "Convolution"]
    np.testing.assert_array_equal(conv.inputs[1].value(), WEIGHTS[:, ::-1])
    assert not any("Gather" in line for line in str(converted).splitlines())


def test_reversed_channels_pass_mean_and_scale(model):
    """The numbers are in the order of the model, the data comes the other way round."""
    flags = {"mean_values": "[1,2,3]", "reverse_input_channels": True, "disable_fusing": True}
    assert "x/mean: Add(x, [[[[-3.0]], [[-2.0]], [[-1.0]]]])" in shown(model, **flags)


def test_bytes_are_made_floats_before_anything_is_subtracted(model):
    lines = shown(model, input="x{u8}", mean_values="[1,2,3]", disable_fusing=True)
    assert lines[0] == "x: Parameter u8[1,3,8,8]"
    assert lines[1].endswith(": Convert(x) destination_type=f32")
    assert lines[2].startswith("x/mean: Add(x/Convert, ")


def test_channels_may_come_last(tmp_path):
    path = tmp_path / "nhwc.onnx"
    path.write_bytes(image_model((1, 8, 8, 3)))
    assert "Add(x, [[[[-1.0, -2.0, -3.0]]]])" in shown(path, mean_values="[1,2,3]")[1]


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        ({"mean_values": "[1,2]"}, "2 numbers for the 3 channels of input 'x'"),
        ({"scale_values": "y[1,2,3]"}, "no input 'y'"),
        ({"mean_values": "[1,2,3],[4,5,6]"}, "2 lists of numbers for 1 input"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(model, flags, reason):
    with pytest.raises(ConversionError) as caught:
        mo.convert_model(model, **flags)
    assert reason in str(caught.value)


def test_an_input_without_three_channels_is_left_alone_with_a_warning(tmp_path, caplog):
    path = tmp_path / "gray.onnx"
    path.write_bytes(image_model((1, 1, 8, 8)))
    mo.convert_model(path, reverse_input_channels=True)
    assert "no image of three channels" in caplog.text


@pytest.mark.parametrize("reverse", [False, True])
def test_the_numbers_are_those_of_preparing_by_hand(model, tmp_path, reverse):
    ov = pytest.importorskip("openvino")
    flags = {"mean_values": "[10,20,30]", "scale_values": "[2,4,5]"}
    plain, prepared = tmp_path / "plain.xml", tmp_path / "prepared.xml"
    mo.convert_model(model).save(plain)
    mo.convert_model(model, reverse_input_channels=reverse, **flags).save(prepared)
    x = np.random.default_rng(0).uniform(0, 255, (1, 3, 8, 8)).astype(np.float32)
    ready = x[:, ::-1] if reverse else x
    ready = (ready - np.float32([10, 20, 30]).reshape(3, 1, 1)) / np.float32([2, 4, 5]).reshape(
        3, 1, 1
    )
    core = ov.Core()
    precise = {"INFERENCE_PRECISION_HINT": "f32"}
    expected = core.compile_model(plain, "CPU", precise)([np.ascontiguousarray(ready)])[0]
    found = core.compile_model(prepared, "CPU", precise)([x])[0]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-3)
