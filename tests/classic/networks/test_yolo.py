"""YOLO: the head as the network computes it, and the region as the formulas have it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mo
from mo.errors import ConversionError
from tests.classic.networks import darkflow, gluon_yolo, yolo_v3
from tests.classic.networks.conftest import Zoo

X = np.random.default_rng(1).uniform(0, 255, (1, 64, 64, 3)).astype(np.float32)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def region(head: np.ndarray, boxes: int, softmax: bool) -> np.ndarray:
    """RegionYolo-1 of the operation set, on [N, H, W, C]; v2 flattens it, v3 does not."""
    n, h, w, c = head.shape
    parts = head.transpose(0, 3, 1, 2).reshape(n, boxes, c // boxes, h, w).copy()
    parts[:, :, :2] = sigmoid(parts[:, :, :2])
    parts[:, :, 4] = sigmoid(parts[:, :, 4])
    if softmax:
        powers = np.exp(parts[:, :, 5:] - parts[:, :, 5:].max(2, keepdims=True))
        parts[:, :, 5:] = powers / powers.sum(2, keepdims=True)
        return parts.reshape(n, -1)
    parts[:, :, 5:] = sigmoid(parts[:, :, 5:])
    return parts.reshape(n, c, h, w)


def agree(
    zoo: Zoo,
    model: bytes,
    config: str,
    heads: dict[str, str],
    boxes: int,
    softmax: bool,
    **flags: Any,
) -> None:
    """``heads``: layers of the original and what they are called with the configuration."""
    converted = zoo.convert(model, transformations_config=config, **flags)
    found = zoo.run(converted, X)
    assert list(found) == list(heads.values())
    original = zoo.run(zoo.convert(model, output=",".join(heads), **flags), X)
    for head, name in zip(original.values(), found):
        expected = region(head, boxes, softmax)
        np.testing.assert_allclose(found[name], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("build", "config", "classes"),
    [
        (darkflow.yolo_v2_tiny, "yolo_v2_tiny.json", 80),
        (darkflow.yolo_v2_tiny, "yolo_v2_tiny_voc.json", 20),
        pytest.param(darkflow.yolo_v2, "yolo_v2.json", 80, marks=pytest.mark.heavy),
        pytest.param(darkflow.yolo_v2, "yolo_v2_voc.json", 20, marks=pytest.mark.heavy),
    ],
)
def test_version_2(zoo: Zoo, build: Callable[[int], bytes], config: str, classes: int):
    heads = {"output": "output/YoloRegion"}
    agree(zoo, build(classes), config, heads, 5, True, scale=255, batch=1)


V3 = {
    f"detector/yolo-v3/Conv_{n}/BiasAdd": f"detector/yolo-v3/Conv_{n}/BiasAdd/YoloRegion"
    for n in (6, 14, 22)
}


@pytest.mark.parametrize(("config", "classes"), [("yolo_v3.json", 80), ("yolo_v3_voc.json", 20)])
@pytest.mark.heavy
def test_version_3(zoo: Zoo, config: str, classes: int):
    agree(zoo, yolo_v3.yolo_v3(classes=classes), config, V3, 3, False, batch=1)


def test_version_3_tiny(zoo: Zoo):
    names = [f"detector/yolo-v3-tiny/Conv_{n}/BiasAdd" for n in (9, 12)]
    heads = {name: f"{name}/YoloRegion" for name in names}
    agree(zoo, yolo_v3.yolo_v3_tiny(), "yolo_v3_tiny.json", heads, 3, False, batch=1)


def test_images_of_any_number_and_size(zoo: Zoo):
    converted = zoo.convert(darkflow.yolo_v2_tiny(), transformations_config="yolo_v2_tiny.json")
    assert converted.inputs == {"input": "f32[?,?,?,3]"}
    images = np.random.default_rng(2).uniform(0, 1, (2, 64, 96, 3)).astype(np.float32)
    (found,) = zoo.run(converted, images).values()
    (head,) = zoo.run(zoo.convert(darkflow.yolo_v2_tiny()), images).values()
    np.testing.assert_allclose(found, region(head, 5, True), rtol=1e-4, atol=1e-5)


def test_version_1_has_nothing_to_activate(zoo: Zoo):
    """Darknet's layer 'detection' without softmax hands on what the network computes."""
    model = darkflow.yolo_v1_tiny()
    flags = {"input_shape": [1, 448, 448, 3], "scale": 255}
    converted = zoo.convert(model, transformations_config="yolo_v1_tiny.json", **flags)
    assert list(converted.outputs.values()) == ["f32[1,1470]"]
    image = np.random.default_rng(3).uniform(0, 255, (1, 448, 448, 3)).astype(np.float32)
    (found,) = zoo.run(converted, image).values()
    (original,) = zoo.run(zoo.convert(model, **flags), image).values()
    np.testing.assert_allclose(found, original, rtol=1e-6)


def test_version_3_of_gluoncv(zoo: Zoo):
    """Images have their channels last, and everything behind them first."""
    path, shape = gluon_yolo.yolo3_voc(zoo.folder), [1, 64, 64, 3]
    config = "yolo_v3_mobilenet1_voc.json"
    found = zoo.run(mo.convert_model(path, input_shape=shape, transformations_config=config), X)
    heads = [f"yolov30_yolooutputv3{number}_conv0_fwd" for number in range(3)]
    assert list(found) == [f"{name}/YoloRegion" for name in heads]
    original = mo.convert_model(path, input_shape=shape, output=",".join(heads))
    for head, mine in zip(zoo.run(original, X).values(), found.values()):
        expected = region(head.transpose(0, 2, 3, 1), 3, False)
        np.testing.assert_allclose(mine, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("config", "flags", "message"),
    [
        (
            "yolo_v3.json",
            {},
            "--transformations_config, 'TFYOLOV3': the model has no node "
            "'detector/yolo-v3/Reshape'",
        ),
        (
            "yolo_v2.json",
            {"output": "output"},
            "--transformations_config, 'TFYOLO': it chooses the outputs, and so does --output",
        ),
    ],
)
def test_what_does_not_fit_is_told(zoo: Zoo, config: str, flags: dict[str, Any], message: str):
    with pytest.raises(ConversionError) as caught:
        zoo.convert(darkflow.yolo_v2_tiny(), transformations_config=config, **flags)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("id", "given", "missing"),
    [
        ("TFYOLO", {"coords": 4, "num": 5, "do_softmax": 1}, "classes"),
        ("TFYOLOV3", {"classes": 80, "coords": 4, "num": 9, "entry_points": ["output"]}, "masks"),
    ],
)
def test_an_incomplete_configuration(zoo: Zoo, id: str, given: dict[str, Any], missing: str):
    config = zoo.folder / "mine.json"
    item = {"id": id, "match_kind": "general", "custom_attributes": given}
    config.write_text(json.dumps([item]))
    with pytest.raises(ConversionError, match=f"'{id}': 'custom_attributes' lacks '{missing}'"):
        zoo.convert(darkflow.yolo_v2_tiny(), transformations_config=config)
