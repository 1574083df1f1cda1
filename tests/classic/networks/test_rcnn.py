"""Mask R-CNN: regions and boxes by Detectron's operations, beside the formulas."""

from __future__ import annotations

import json

import numpy as np
import onnx
import onnxruntime
import pytest

import mo
from tests.classic.networks.boxes import suppressed
from tests.classic.networks.conftest import Zoo
from tests.classic.networks.rcnn import CLASSES, CONFIGURATION, HEADS, IMAGE, mask_rcnn, proposals

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


@pytest.mark.parametrize("flags", [{"input_shape": [1, 3, IMAGE, IMAGE], "input": "0:2"}, {}])
def test_the_same_boxes(zoo: Zoo, flags: dict[str, object]):
    config = zoo.folder / "mask_rcnn.json"
    config.write_text(json.dumps([CONFIGURATION]))
    onnx.save(mask_rcnn(), zoo.folder / "mask_rcnn.onnx")
    converted = mo.convert_model(
        zoo.folder / "mask_rcnn.onnx", transformations_config=config, **flags
    )
    assert list(converted.inputs.values()) == [f"f32[1,3,{IMAGE},{IMAGE}]", "f32[1,3]"]
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


def test_faster_rcnn_has_no_masks(zoo: Zoo):
    attributes = dict(CONFIGURATION["custom_attributes"])
    del attributes["ROIFeatureExtractor1_output"]
    config = zoo.folder / "faster_rcnn.json"
    config.write_text(json.dumps([{**CONFIGURATION, "custom_attributes": attributes}]))
    onnx.save(mask_rcnn("900", "901", "902"), zoo.folder / "faster_rcnn.onnx")
    converted = mo.convert_model(zoo.folder / "faster_rcnn.onnx", transformations_config=config)
    boxes, labels, scores = zoo.run(converted, IMAGES, np.float32([[IMAGE, IMAGE, 1]])).values()
    rows = expected()
    np.testing.assert_array_equal(labels[: len(rows)], rows[:, 0])
    np.testing.assert_allclose(scores[: len(rows)], rows[:, 1], rtol=1e-4)
    np.testing.assert_allclose(boxes[: len(rows)], rows[:, 2:], rtol=1e-3, atol=1e-2)


def test_features_alone(zoo: Zoo):
    """The configuration of person-detection-crossroad names where regions come in and out."""
    attributes = {
        "fpn_heads": HEADS,
        "ROI_feature_extractor_inputs": ["500"],
        "ROI_feature_extractor_outputs": ["600"],
    }
    given = {"match_kind": "general", "custom_attributes": attributes}
    config = zoo.folder / "person_detection_crossroad.json"
    config.write_text(json.dumps([{"id": "ONNXPersonDetectionCrossroadReplacement", **given}]))
    onnx.save(mask_rcnn("702", "703"), zoo.folder / "person.onnx")
    converted = mo.convert_model(zoo.folder / "person.onnx", transformations_config=config)
    assert sum(node.type == "ROIAlign" for node in converted.graph.all_nodes()) == 0
    found = zoo.run(converted, IMAGES).values()
    for mine, wanted in zip(found, original("702", "703")):
        np.testing.assert_allclose(mine, wanted, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", ["mask_rcnn.json", "faster_rcnn.json"])
def test_the_files_that_come_along_leave_the_outputs_as_they_are(
    zoo: Zoo, caplog: pytest.LogCaptureFixture, name: str
):
    onnx.save(mask_rcnn("702", "703"), zoo.folder / "rcnn.onnx")
    converted = mo.convert_model(
        zoo.folder / "rcnn.onnx",
        transformations_config=name,
        input="0:2",
        input_shape=[1, 3, IMAGE, IMAGE],
    )
    assert "it names no nodes, so the model is converted operation by operation" in caplog.text
    for mine, wanted in zip(zoo.run(converted, IMAGES).values(), original("702", "703")):
        np.testing.assert_allclose(mine, wanted, rtol=1e-3, atol=1e-5)
