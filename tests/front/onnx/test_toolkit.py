"""Operations of the domain org.openvinotoolkit, which OpenVINO itself reads from ONNX files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

import openvino as ov

from tests.front.onnx.running import agree_model
from tests.models.nodes import fixed, numbers, single
from tests.ops import runtime

IMAGE = numbers(1, 4, 6, 7)


def agreed(op: str, *inputs: Any, outputs: int = 1, **attributes: Any) -> None:
    """The same numbers as from the file itself."""
    model = single(
        op,
        inputs,
        opset=13,
        outputs=outputs,
        domain="org.openvinotoolkit",
        attributes=attributes,
    )
    arrays = [value for value in inputs if isinstance(value, np.ndarray)]
    read = ov.Core().read_model(model.SerializeToString(), b"")
    compiled = runtime.compiled(read)
    expected = [np.array(array) for array in compiled(arrays).to_tuple()]
    agree_model(model, arrays, dynamic=False, expected=expected)


def test_fake_quantize() -> None:
    limits = [fixed(value) for value in (-1.0, 1.0, -2.0, 2.0)]
    agreed("FakeQuantize", IMAGE, *limits, levels=16)


def test_swish() -> None:
    agreed("Swish", IMAGE)
    agreed("Swish", IMAGE, fixed([1.5]))


@pytest.mark.parametrize("op", ["GroupNorm", "ExperimentalDetectronGroupNorm"])
def test_group_norm(op: str) -> None:
    agreed(op, IMAGE, fixed(numbers(4)), fixed(numbers(4)), num_groups=2, eps=1e-3)


@pytest.mark.parametrize("across", [0, 1])
@pytest.mark.parametrize("shared", [0, 1])
def test_normalize(across: int, shared: int) -> None:
    weights = fixed(numbers(1 if shared else 4))
    given = {"across_spatial": across, "channel_shared": shared, "eps": 1e-6}
    agreed("Normalize", IMAGE, weights, **given)


def test_deformable_conv() -> None:
    offset, w = numbers(1, 18, 6, 7), fixed(numbers(3, 4, 3, 3))
    agreed("DeformableConv2D", IMAGE, offset, w, pads=[1, 1, 1, 1], deformable_groups=1, group=1)


def test_prior_box() -> None:
    given: dict[str, Any] = {
        "min_size": [4.0, 8.0],
        "max_size": [6.0, 12.0],
        "aspect_ratio": [2.0, 0.5],
        "flip": 1,
        "clip": 0,
        "step": 4.0,
        "offset": 0.5,
        "variance": [0.1, 0.1, 0.2, 0.2],
    }
    agreed("PriorBox", numbers(1, 3, 2, 3), numbers(1, 3, 8, 12), **given)


def test_clustered_prior_box() -> None:
    given: dict[str, Any] = {
        "width": [4.0, 9.0],
        "height": [3.0, 5.0],
        "step": 4.0,
        "offset": 0.5,
        "variance": [0.1, 0.1, 0.2, 0.2],
    }
    agreed("PriorBoxClustered", numbers(1, 3, 2, 3), numbers(1, 3, 8, 12), **given)


def test_detection_output() -> None:
    priors = np.random.default_rng(0).uniform(0, 1, (1, 2, 5 * 4)).astype(np.float32)
    given: dict[str, Any] = {
        "num_classes": 3,
        "keep_top_k": 4,
        "top_k": 5,
        "nms_threshold": 0.5,
        "confidence_threshold": 0.1,
        "code_type": "caffe.PriorBoxParameter.CENTER_SIZE",
        "share_location": 1,
        "normalized": 1,
    }
    agreed("DetectionOutput", numbers(1, 20), np.abs(numbers(1, 15)), priors, **given)


# ---- Detectron


def boxes(count: int, size: float) -> np.ndarray:
    corners = np.random.default_rng(count).uniform(0, size, (count, 2, 2))
    return np.sort(corners, 1).reshape(count, 4).astype(np.float32)


def test_detectron_detection_output() -> None:
    info = np.array([[40, 40, 1]], np.float32)
    inputs = boxes(6, 40), numbers(6, 3 * 4), np.abs(numbers(6, 3)), info
    given = {"num_classes": 3, "max_detections_per_image": 5, "post_nms_count": 20}
    agreed("ExperimentalDetectronDetectionOutput", *inputs, outputs=3, **given)


def test_detectron_proposals() -> None:
    info, anchors = np.array([32, 32, 1], np.float32), boxes(2 * 3 * 2, 32)
    inputs = info, anchors, numbers(8, 2, 3), np.abs(numbers(2, 2, 3))
    given = {"post_nms_count": 4, "pre_nms_count": 10, "min_size": 0.0, "nms_threshold": 0.7}
    agreed("ExperimentalDetectronGenerateProposalsSingleImage", *inputs, outputs=2, **given)


def test_proposals_of_several_images() -> None:
    sizes = np.array([[32, 32, 1], [24, 30, 1]], np.float32)
    inputs = np.abs(numbers(2, 2, 2, 3)), numbers(2, 8, 2, 3), sizes, boxes(2, 32)
    agreed("GenerateProposals", *inputs, outputs=3)
    given = {"post_nms_topN": 4, "pre_nms_topN": 10, "min_size": 2.0, "nms_thresh": 0.4}
    for plus in (0, 1):
        agreed("GenerateProposals", *inputs, outputs=3, legacy_plus_one=plus, **given)


def test_detectron_prior_grid() -> None:
    inputs = boxes(3, 8), numbers(1, 4, 2, 3), numbers(1, 3, 16, 24)
    agreed("ExperimentalDetectronPriorGridGenerator", *inputs, stride_x=8.0, stride_y=8.0)
    agreed("ExperimentalDetectronPriorGridGenerator", *inputs, flatten=0)


def test_detectron_features() -> None:
    inputs = boxes(4, 60), numbers(1, 2, 16, 16), numbers(1, 2, 8, 8)
    given = {"output_size": 3, "pyramid_scales": [4, 8], "sampling_ratio": 2}
    agreed("ExperimentalDetectronROIFeatureExtractor", *inputs, **given)


def test_detectron_best_regions() -> None:
    agreed("ExperimentalDetectronTopKROIs", boxes(6, 9), np.abs(numbers(6)), max_rois=3)
