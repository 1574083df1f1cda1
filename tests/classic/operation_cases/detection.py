"""Boxes and regions. Their formula is the operation of the runtime itself, made by its own API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import openvino as ov
from onnx import TensorProto, helper
from openvino import opset8 as ops

from tests.classic.operation_cases import Cases, fixed, numbers

CASES = Cases()
X = numbers(2, 8, 6, 6)
IMAGE = numbers(1, 3, 60, 60)
BOXES = np.float32([[0, 2, 3, 30, 40], [1, 5, 5, 50, 20]])


def by_runtime(build: Callable[..., Any], *outputs: int) -> Callable[..., Any]:
    """``build`` takes the inputs as parameters; the outputs with these numbers count."""

    def compute(*inputs: np.ndarray) -> tuple[np.ndarray, ...]:
        parameters = [ops.parameter(x.shape, x.dtype) for x in inputs]
        made = build(*parameters)
        results = [made.output(index) for index in outputs or (0,)]
        model = ov.Model(results, parameters)
        compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        return tuple(compiled(list(inputs)).values())

    return compute


def extent(x: Any) -> Any:
    return ops.gather(ops.shape_of(x), [2, 3], 0)


_prior = {
    "min_size": [16.0],
    "max_size": [30.0],
    "aspect_ratio": [2.0],
    "variance": [0.1, 0.1, 0.2, 0.2],
    "offset": 0.5,
}
CASES.add(
    "extensions.ops.priorbox.PriorBoxOp",
    (numbers(1, 4, 3, 3), IMAGE),
    by_runtime(
        lambda x, image: ops.unsqueeze(
            ops.prior_box(
                extent(x),
                extent(image),
                {**_prior, "flip": True, "clip": False, "step": 8.0, "scale_all_sizes": True},
            ),
            0,
        )
    ),
    **_prior,
    flip=1,
    clip=0,
    step=8,
)
_clustered = {
    "width": [20.0, 30.0],
    "height": [10.0, 25.0],
    "offset": 0.5,
    "variance": [0.1, 0.1, 0.2, 0.2],
}
CASES.add(
    "extensions.ops.priorbox_clustered.PriorBoxClusteredOp",
    (numbers(1, 4, 3, 3), IMAGE),
    by_runtime(
        lambda x, image: ops.unsqueeze(
            ops.prior_box_clustered(
                extent(x), extent(image), {**_clustered, "clip": True, "step": 8.0}
            ),
            0,
        )
    ),
    **_clustered,
    step_w=8.0,
    step_h=8.0,
    step=0,
    img_h=0,
    img_w=0,
)

_proposal = {
    "base_size": 16,
    "pre_nms_topn": 20,
    "post_nms_topn": 5,
    "nms_thresh": 0.7,
    "feat_stride": 16,
    "min_size": 4,
    "ratio": [0.5, 1.0],
    "scale": [2.0, 4.0],
}
for _name in ("proposal.ProposalOp", "proposal_python_example.ProposalPythonExampleOp"):
    CASES.add(
        f"extensions.ops.{_name}",
        (
            numbers(1, 8, 3, 3, low=0.0, high=1),
            numbers(1, 16, 3, 3, low=-0.1, high=0.1),
            fixed([[60.0, 60.0, 1.0]]),
        ),
        by_runtime(
            lambda s, d, i: ops.proposal(
                s,
                d,
                ops.reshape(i, [-1], False),
                {
                    **{
                        key: np.uint64(value) if isinstance(value, int) else value
                        for key, value in _proposal.items()
                    },
                    "clip_before_nms": True,
                    "clip_after_nms": False,
                    "normalize": False,
                },
            ),
            0,
            1,
        ),
        (0, 1),
        opens=False,
        **_proposal,
    )

_detection = {
    "background_label_id": 0,
    "top_k": 10,
    "keep_top_k": [5],
    "nms_threshold": 0.45,
    "confidence_threshold": 0.1,
    "code_type": "caffe.PriorBoxParameter.CENTER_SIZE",
}
_priors = np.sort(numbers(1, 2, 24, low=0.0, high=1).reshape(1, 2, 6, 2, 2), 3).reshape(1, 2, 24)
CASES.add(
    "extensions.ops.DetectionOutput.DetectionOutput",
    (numbers(1, 24), numbers(1, 18, low=0.0, high=1), fixed(_priors)),
    by_runtime(
        lambda loc, conf, prior: ops.detection_output(
            loc, conf, prior, {**_detection, "share_location": True, "normalized": True}
        ),
        0,
    ),
    num_classes=3,
    opens=False,
    **_detection,
)

CASES.add(
    "mo.ops.roipooling.ROIPooling",
    (X, fixed(BOXES)),
    by_runtime(lambda x, b: ops.roi_pooling(x, b, [2, 3], 0.0625, "max")),
    pooled_h=2,
    pooled_w=3,
)
CASES.add(
    "extensions.ops.psroipooling.PSROIPoolingOp",
    (X, fixed(BOXES)),
    by_runtime(lambda x, b: ops.psroi_pooling(x, b, 2, 2, 0.1, 1, 1, "average")),
    output_dim=2,
    group_size=2,
    spatial_scale=0.1,
    opens=False,
)
CASES.add(
    "extensions.ops.psroipooling.DeformablePSROIPoolingOp",
    (X, fixed(BOXES)),
    by_runtime(
        lambda x, b: ops.deformable_psroi_pooling(
            x,
            b,
            output_dim=2,
            spatial_scale=0.1,
            group_size=2,
            spatial_bins_x=2,
            spatial_bins_y=2,
            trans_std=0.0,
            part_size=2,
        )
    ),
    output_dim=2,
    group_size=2,
    spatial_scale=0.1,
    spatial_bins_x=2,
    spatial_bins_y=2,
    part_size=2,
    opens=False,
)
CASES.add(
    "extensions.ops.roialign.ROIAlign",
    (X, fixed(BOXES[:, 1:]), fixed([0, 1])),
    by_runtime(lambda x, b, i: ops.roi_align(x, b, i, 2, 3, 2, 0.1, "avg")),
    pooled_h=2,
    pooled_w=3,
    sampling_ratio=2,
    spatial_scale=0.1,
    mode="avg",
)
CASES.add(
    "extensions.ops.regionyolo.RegionYoloOp",
    numbers(2, 21, 3, 3),
    by_runtime(lambda x: ops.region_yolo(x, 4, 2, 3, True, [0, 1, 2], 1, 3, [1.0] * 6)),
    coords=4,
    classes=2,
    num=3,
    axis=1,
    end_axis=-1,
    do_softmax=1,
    mask=[0, 1, 2],
    anchors=[1.0] * 6,
)
CASES.add(
    "extensions.ops.reorgyolo.ReorgYoloOp",
    X,
    by_runtime(lambda x: ops.reorg_yolo(x, [2])),
    stride=2,
)

_candidates = np.float32([[[0, 0, 10, 10], [1, 1, 10, 10], [20, 20, 30, 30]]])
_chances = np.float32([[[0.9, 0.8, 0.7]]])
CASES.add(
    "extensions.ops.non_max_suppression.NonMaxSuppression",
    (_candidates, _chances, fixed(3), fixed(0.5), fixed(0.1)),
    lambda *_: np.array([[0, 0, 0], [0, 0, 2]]),
    opens=False,
    box_encoding="corner",
    sort_result_descending=1,
)
CASES.add(
    "extensions.ops.box_nms.BoxNms",
    np.float32([[[0, 0.9, 0, 0, 10, 10], [0, 0.8, 1, 1, 10, 10], [1, 0.7, 20, 20, 30, 30]]]),
    lambda x: np.stack([x[0, 0], x[0, 2], -np.ones(6)])[None],
)

# ---- the operations of Detectron
_rois = np.sort(numbers(4, 4, low=0.0, high=50).reshape(4, 2, 2), 1).reshape(4, 4)
CASES.add(
    "extensions.ops.topkrois_onnx.ExperimentalDetectronTopKROIs",
    (_rois, np.float32([0.1, 0.9, 0.5, 0.7])),
    lambda r, s: r[[1, 3]],
    opens=False,
    max_rois=2,
)
CASES.add(
    "extensions.ops.priorgridgenerator_onnx.ExperimentalDetectronPriorGridGenerator",
    (fixed(_rois[:3]), numbers(1, 4, 2, 2), IMAGE),
    lambda p, f, i: np.concatenate([p + np.tile([x, y], 2) for y in (4, 12) for x in (4, 12)]),
    flatten=1,
    h=0,
    w=0,
    stride_x=8.0,
    stride_y=8.0,
)


def by_toolkit(kind: str, outputs: int = 1, **attributes: Any) -> Callable[..., Any]:
    """The operation of the domain org.openvinotoolkit, as OpenVINO reads it from ONNX."""

    def compute(*inputs: np.ndarray) -> tuple[np.ndarray, ...]:
        names = [f"x{index}" for index in range(len(inputs))]
        made = [f"y{index}" for index in range(outputs)]
        graph = helper.make_graph(
            [helper.make_node(kind, names, made, domain="org.openvinotoolkit", **attributes)],
            kind,
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, x.shape)
                for name, x in zip(names, inputs)
            ],
            [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in made],
        )
        opsets = [helper.make_opsetid("", 13), helper.make_opsetid("org.openvinotoolkit", 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        core = ov.Core()
        read = core.read_model(model.SerializeToString())
        compiled = core.compile_model(read, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        return tuple(compiled(list(inputs)).values())

    return compute


for _path, _inputs, _count, _attributes in (
    (
        "proposal_onnx.ExperimentalDetectronGenerateProposalsSingleImage",
        (
            fixed([32.0, 32.0, 1.0]),
            fixed(numbers(12, 2, 2, low=0.0, high=32).cumsum(1).reshape(12, 4)),
            numbers(8, 2, 3),
            numbers(2, 2, 3, low=0.0),
        ),
        2,
        {"min_size": 0.0, "nms_threshold": 0.7, "post_nms_count": 4, "pre_nms_count": 10},
    ),
    (
        "roifeatureextractor_onnx.ExperimentalDetectronROIFeatureExtractor",
        (fixed(_rois), numbers(1, 2, 15, 15), numbers(1, 2, 8, 8)),
        1,
        {"output_size": 3, "sampling_ratio": 2, "pyramid_scales": [4, 8], "aligned": 0},
    ),
    (
        "detectionoutput_onnx.ExperimentalDetectronDetectionOutput",
        (fixed(_rois), numbers(4, 12), numbers(4, 3, low=0.0), fixed([[40.0, 40.0, 1.0]])),
        3,
        {
            "class_agnostic_box_regression": 0,
            "max_detections_per_image": 5,
            "nms_threshold": 0.5,
            "num_classes": 3,
            "post_nms_count": 20,
            "score_threshold": 0.05,
            "max_delta_log_wh": 4.1,
            "deltas_weights": [10.0, 10.0, 5.0, 5.0],
        },
    ),
):
    CASES.add(
        f"extensions.ops.{_path}",
        _inputs,
        by_toolkit(_path.rpartition(".")[2], _count, **_attributes),
        tuple(range(_count)),
        opens=False,
        **_attributes,
    )
