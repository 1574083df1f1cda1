"""Mask R-CNN: regions and boxes by Detectron's operations, beside the formulas."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

import mo
from mo.errors import ConversionError
from tests.classic.networks.boxes import suppressed
from tests.classic.networks.conftest import Zoo
from tests.classic.networks.rcnn import (
    CLASSES,
    CONFIGURATION,
    HEADS,
    IMAGE,
    Network,
    mask_rcnn,
    proposals,
)

IMAGES = np.random.default_rng(1).uniform(-2, 2, (1, 3, IMAGE, IMAGE)).astype(np.float32)


def original(*names: str, detections: np.ndarray | None = None) -> list[np.ndarray]:
    model = mask_rcnn(*names, detections=detections).SerializeToString()
    return onnxruntime.InferenceSession(model).run(list(names), {"0": IMAGES})


def decoded(deltas: np.ndarray) -> np.ndarray:
    """Corners [regions, classes, 4] of the proposals, weights 10, 10, 5, 5, within the image."""
    boxes = proposals()[:, None]
    moves = deltas.reshape(len(boxes), CLASSES, 4) / np.float32([10, 10, 5, 5])
    size = boxes[..., 2:] - boxes[..., :2] + 1
    centre = boxes[..., :2] + size / 2 + moves[..., :2] * size
    half = np.exp(np.minimum(moves[..., 2:], 4.135166645050049)) * size / 2
    return np.clip(np.concatenate([centre - half, centre + half - 1], -1), 0, IMAGE - 1)


def expected() -> np.ndarray:
    """Rows (label, score, corners), class by class, best first; class 0 is the background."""
    scores, deltas = original("702", "703")
    boxes, rows = decoded(deltas), []
    for label in range(1, CLASSES):
        (places,) = np.nonzero(scores[:, label] > 0.05)
        for place in places[suppressed(boxes[places, label], scores[places, label], 0.5)]:
            rows.append([label, scores[place, label], *boxes[place, label]])
    return np.array(rows)


OWN = json.dumps([CONFIGURATION])
DOCUMENTED = {"input_shape": [1, 3, IMAGE, IMAGE], "input": "0:2"}


def configuration(zoo: Zoo, content: str | None, name: str) -> Path | str:
    """A file of the user, or the name of the one that comes along."""
    if content is None:
        return name
    path = zoo.folder / name
    path.write_text(content)
    return path


@pytest.mark.parametrize("computed", [False, True], ids=["levels listed", "levels computed"])
@pytest.mark.parametrize("content", [OWN, None], ids=["nodes named", "nodes found"])
@pytest.mark.parametrize("flags", [DOCUMENTED, {}], ids=["documented flags", "no flags"])
def test_the_same_boxes(zoo: Zoo, flags: dict[str, object], content: str | None, computed: bool):
    onnx.save(mask_rcnn(computed=computed), zoo.folder / "mask_rcnn.onnx")
    converted = mo.convert_model(
        zoo.folder / "mask_rcnn.onnx",
        transformations_config=configuration(zoo, content, "mask_rcnn.json"),
        **flags,
    )
    assert list(converted.inputs.values()) == [f"f32[1,3,{IMAGE},{IMAGE}]", "f32[1,3]"]
    assert list(converted.outputs)[3] == "6849"
    assert not any(node.type == "ROIAlign" for node in converted.graph.all_nodes())
    size = np.float32([[IMAGE, IMAGE, 1]])
    found = list(zoo.run(converted, IMAGES, size).values())
    rows = expected()
    boxes, labels, scores, masks = found
    assert (labels.dtype, masks.shape) == (np.int64, (100, 2, 14, 14))
    count = len(rows)
    assert count > 20
    np.testing.assert_array_equal(labels[:count], rows[:, 0])
    assert not scores[count:].any()
    np.testing.assert_allclose(scores[:count], rows[:, 1], rtol=1e-4)
    np.testing.assert_allclose(boxes[:count], rows[:, 2:], rtol=1e-3, atol=1e-2)
    (wanted,) = original("6849", detections=boxes[:count])
    np.testing.assert_allclose(masks[:count], wanted, rtol=1e-3, atol=1e-4)


def without_masks() -> str:
    attributes = dict(CONFIGURATION["custom_attributes"])
    del attributes["ROIFeatureExtractor1_output"]
    return json.dumps([{**CONFIGURATION, "custom_attributes": attributes}])


@pytest.mark.parametrize("content", [without_masks(), None], ids=["nodes named", "nodes found"])
def test_faster_rcnn_has_no_masks(zoo: Zoo, content: str | None):
    onnx.save(mask_rcnn("900", "901", "902", computed=True), zoo.folder / "faster_rcnn.onnx")
    converted = mo.convert_model(
        zoo.folder / "faster_rcnn.onnx",
        transformations_config=configuration(zoo, content, "faster_rcnn.json"),
    )
    boxes, labels, scores = zoo.run(converted, IMAGES, np.float32([[IMAGE, IMAGE, 1]])).values()
    rows = expected()
    np.testing.assert_array_equal(labels[: len(rows)], rows[:, 0])
    np.testing.assert_allclose(scores[: len(rows)], rows[:, 1], rtol=1e-4)
    np.testing.assert_allclose(boxes[: len(rows)], rows[:, 2:], rtol=1e-3, atol=1e-2)


CROSSROAD = {
    "id": "ONNXPersonDetectionCrossroadReplacement",
    "match_kind": "general",
    "custom_attributes": {
        "fpn_heads": HEADS,
        "ROI_feature_extractor_inputs": ["500"],
        "ROI_feature_extractor_outputs": ["600"],
    },
}


@pytest.mark.parametrize("computed", [False, True], ids=["levels listed", "levels computed"])
@pytest.mark.parametrize(
    "content", [json.dumps([CROSSROAD]), None], ids=["nodes named", "nodes found"]
)
def test_features_alone(zoo: Zoo, content: str | None, computed: bool):
    """In person-detection-crossroad nothing but the features changes."""
    onnx.save(mask_rcnn("702", "703", computed=computed), zoo.folder / "person.onnx")
    converted = mo.convert_model(
        zoo.folder / "person.onnx",
        transformations_config=configuration(zoo, content, "person_detection_crossroad.json"),
    )
    assert not any(node.type == "ROIAlign" for node in converted.graph.all_nodes())
    found = zoo.run(converted, IMAGES).values()
    for mine, wanted in zip(found, original("702", "703")):
        np.testing.assert_allclose(mine, wanted, rtol=1e-3, atol=1e-5)


def changed(change: Callable[[onnx.GraphProto], object]) -> onnx.ModelProto:
    model = mask_rcnn()
    change(model.graph)
    return model


def node(graph: onnx.GraphProto, name: str) -> onnx.NodeProto:
    return next(node for node in graph.node if node.name == name)


OTHER_STRUCTURES = {
    "'600.level_0' is not part of an R-CNN as expected: the levels of its pyramid are not": (
        lambda graph: (
            node(graph, "600.level_0")
            .attribute[-1]
            .CopyFrom(helper.make_attribute("spatial_scale", 0.5))
        )
    ),
    "the features of the levels are not put in order": (
        lambda graph: node(graph, "700").input.__setitem__(0, "600.concat")
    ),
    "no Softmax gives classes": (
        lambda graph: setattr(node(graph, "702"), "op_type", "LogSoftmax")
    ),
    "no product beside the one of its classes moves boxes": (
        lambda graph: node(graph, "703").input.__setitem__(0, "700")
    ),
}


@pytest.mark.parametrize("message", OTHER_STRUCTURES)
def test_other_structures_are_refused(zoo: Zoo, message: str):
    onnx.save(changed(OTHER_STRUCTURES[message]), zoo.folder / "rcnn.onnx")
    with pytest.raises(ConversionError, match=re.escape(message)):
        mo.convert_model(zoo.folder / "rcnn.onnx", transformations_config="mask_rcnn.json")


@pytest.mark.parametrize("name", ["mask_rcnn.json", "person_detection_crossroad.json"])
def test_a_model_without_regions_is_converted_as_it_is(
    zoo: Zoo, caplog: pytest.LogCaptureFixture, name: str
):
    net = Network()
    net.op("Relu", "1", "0")
    onnx.save(net.model({"1": 1}, **{"0": (1, 3, 8, 8)}), zoo.folder / "plain.onnx")
    converted = mo.convert_model(zoo.folder / "plain.onnx", transformations_config=name)
    assert "(no RoiAlign), so it is converted as it is" in caplog.text
    assert list(converted.outputs) == ["1"]
