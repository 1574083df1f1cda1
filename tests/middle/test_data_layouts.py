"""--layout, --source_layout, --target_layout, and the inputs and outputs of IR version 10."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mo
from mo.errors import ConversionError
from tests.models.networks import conv_relu, image_model

ov = pytest.importorskip("openvino")

TF_MODEL = Path(__file__).parents[1] / "front/tf/models/frozen.pb"
random = np.random.default_rng(0)
IMAGE = random.uniform(0, 255, (1, 3, 8, 8)).astype(np.float32)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "net.onnx"
    path.write_bytes(conv_relu())
    return path


def result(model: Path, image: np.ndarray, **flags: Any) -> np.ndarray:
    xml, _ = mo.convert_model(model, **flags).save(model.parent / "net.xml")
    compiled = ov.Core().compile_model(xml, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.asarray(compiled([np.ascontiguousarray(image)])[0])


def transposes(model: Path, **flags: Any) -> int:
    return str(mo.convert_model(model, **flags)).count("Transpose(")


def last(array: np.ndarray) -> np.ndarray:
    return np.moveaxis(array, 1, -1)


@pytest.mark.parametrize(
    "flags",
    [
        {"layout": "nchw->nhwc"},
        {"layout": "[n,c,h,w]->[n,h,w,c]"},
        {"layout": "x(nc...->n...c)"},
        {"layout": "n?hw->nhw?"},
        {"source_layout": "x(nchw)", "target_layout": "x(nhwc)"},
        {"target_layout": "nhwc"},
    ],
)
def test_an_input_gets_the_order_that_is_asked_for(model: Path, flags: dict[str, str]) -> None:
    found = result(model, last(IMAGE), **flags)
    np.testing.assert_allclose(found, result(model, IMAGE), rtol=1e-5)


def test_an_output_gets_the_order_that_is_asked_for(model: Path) -> None:
    name = next(iter(mo.convert_model(model).outputs))
    converted = mo.convert_model(model, layout=f"{name}(nchw->nhwc)")
    assert list(converted.outputs) == [name]
    found = result(model, IMAGE, layout=f"{name}(nchw->nhwc)")
    np.testing.assert_allclose(found, last(result(model, IMAGE)), rtol=1e-5)


def test_axes_are_fused(model: Path) -> None:
    name = next(iter(mo.convert_model(model).outputs))
    plain = result(model, IMAGE)
    flags = {"layout": f"x(nchw->[n*c,w,h]),{name}([n,c,...]->[n*c,...])"}
    found = result(model, IMAGE.reshape(3, 8, 8).swapaxes(1, 2), **flags)
    np.testing.assert_allclose(found, plain.reshape(-1, *plain.shape[2:]), rtol=1e-5)


def test_fused_axes_may_be_open_as_long_as_they_can_be_told_apart(model: Path) -> None:
    flags = {"input_shape": "[?,3,?,8]", "layout": "nchw->[n*c,h,w]"}
    np.testing.assert_allclose(
        result(model, IMAGE.reshape(3, 8, 8), **flags), result(model, IMAGE), rtol=1e-5
    )


@pytest.mark.parametrize("order", ["nchw", "nhwc"])
@pytest.mark.parametrize("reverse", [False, True])
def test_mean_and_scale_follow_the_channels(model: Path, order: str, reverse: bool) -> None:
    flags = {"mean_values": "[10,20,30]", "scale_values": "[2,4,5]"}
    flags = {**flags, "reverse_input_channels": reverse}
    image = IMAGE if order == "nchw" else last(IMAGE)
    found = result(model, image, layout=f"nchw->{order}", **flags)
    np.testing.assert_allclose(found, result(model, IMAGE, **flags), rtol=1e-4, atol=1e-3)


def test_channels_are_where_the_layout_says(tmp_path: Path) -> None:
    path = tmp_path / "odd.onnx"
    path.write_bytes(image_model((1, 3, 3, 3)))
    lines = str(mo.convert_model(path, layout="nhwc", mean_values="[1,2,3]")).splitlines()
    assert "Add(x, [[[[-1.0, -2.0, -3.0]]]])" in lines[1]


def test_the_batch_is_where_the_layout_says(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(image_model((8, 1, 8, 3)))
    assert mo.convert_model(path, layout="hnwc", batch=2).inputs == {"x": "f32[8,2,8,3]"}


def test_runtimes_learn_the_layouts(model: Path) -> None:
    name = next(iter(mo.convert_model(model).outputs))
    flags = {"layout": f"x(nchw->nhwc),{name}(nc...)"}
    xml, _ = mo.convert_model(model, **flags).save(model.parent / "net.xml")
    read = ov.Core().read_model(xml)
    assert str(read.get_parameters()[0].get_layout()) == "[N,H,W,C]"
    assert str(read.get_results()[0].get_layout()) == "[N,C,...]"


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        ({"layout": "q(nchw)"}, "no input or output 'q'"),
        ({"layout": "nhc"}, "Layout 'nhc' does not fit 'x'"),
        ({"layout": "nchw->nhwd"}, "do not name the same axes"),
        ({"layout": "nchw->nhw"}, "do not name the same axes"),
        ({"layout": "n??w->n?w?"}, "do not name the same axes"),
        ({"layout": "nchw->[n*c,h,w]", "input_shape": "[?,?,8,8]"}, "sizes of several are open"),
    ],
)
def test_layouts_that_do_not_fit_are_refused(
    tmp_path: Path, flags: dict[str, str], reason: str
) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(image_model((1, 4, 8, 8)))
    with pytest.raises(ConversionError) as caught:
        mo.convert_model(path, **flags)
    assert reason in str(caught.value)


def test_a_source_that_cannot_be_guessed_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(image_model((1, 4, 8, 8)))
    with pytest.raises(ConversionError, match="cannot be told"):
        mo.convert_model(path, target_layout="nhwc")


# ---- IR version 10 of a framework with channels last


def test_images_have_their_channels_first_in_version_10() -> None:
    converted = mo.convert_model(TF_MODEL, ir_version=10, output="Relu")
    assert converted.inputs == {"image": "f32[?,3,6,5]"}
    assert converted.outputs == {"Relu": "f32[?,4,6,5]"}
    assert transposes(TF_MODEL, ir_version=10, output="Relu") == 0


@pytest.mark.parametrize(
    ("flags", "left"),
    [
        ({"disable_nhwc_to_nchw": True}, 2),
        ({"layout": "nhwc->nhwc"}, 1),
        ({"layout": "image(nhwc->nhwc),Relu(nhwc->nhwc)"}, 2),
    ],
)
def test_they_stay_last_on_demand(flags: dict[str, Any], left: int) -> None:
    converted = mo.convert_model(TF_MODEL, ir_version=10, output="Relu", **flags)
    assert converted.inputs == {"image": "f32[?,6,5,3]"}
    assert transposes(TF_MODEL, ir_version=10, output="Relu", **flags) == left


@pytest.mark.parametrize("version", [10, 11])
def test_numbers_for_channels_follow_images_with_channels_last(version: int) -> None:
    flags = {"mean_values": "[1,2,3]", "reverse_input_channels": True, "ir_version": version}
    lines = str(mo.convert_model(TF_MODEL, **flags)).splitlines()
    (mean,) = [line for line in lines if line.startswith("image/mean: Add(")]
    assert "[[[[-3.0]], [[-2.0]], [[-1.0]]]]" in mean


@pytest.mark.parametrize("flags", [{"ir_version": 10}, {"layout": "image(nhwc->nchw)"}])
def test_the_results_are_those_of_the_framework(flags: dict[str, Any], tmp_path: Path) -> None:
    expected = np.load(TF_MODEL.parent / "expected.npz")
    xml, _ = mo.convert_model(TF_MODEL, **flags).save(tmp_path / "net.xml")
    compiled = ov.Core().compile_model(xml, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    found = compiled([np.ascontiguousarray(np.moveaxis(expected["image"], -1, 1))])[0]
    np.testing.assert_allclose(found, expected["mean"], atol=1e-5)
