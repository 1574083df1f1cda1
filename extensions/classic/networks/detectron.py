"""Faster and Mask R-CNN of maskrcnn-benchmark (ONNX): regions and boxes by Detectron's operations.

The model spells out which level of the pyramid a region is taken from, and which boxes are left.
Facts: the operations ExperimentalDetectron* of operation set 6; OpenVINO 2021.4, "Convert ONNX
Mask R-CNN Model to the Intermediate Representation".
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from extensions.classic.networks.common import node_named, operation, parameter
from mo.classic.graph import Graph
from mo.classic.port import Port
from mo.classic.replacement import FrontReplacementFromConfigFileGeneral

log = logging.getLogger("mo.extensions")

ID = "ONNXMaskRCNNReplacement"
# Of COCO, with the background as class 0.
_CLASSES = 81


class DetectronRegions(FrontReplacementFromConfigFileGeneral):
    """Features of the proposals, detections, and (of Mask R-CNN) features of the detections."""

    replacement_id = ID

    def transform_graph(self, graph: Graph, replacement_descriptions: Any) -> None:
        given: Mapping[str, Any] = replacement_descriptions
        if "input_fpn_heads" not in given:
            _leave_as_it_is(ID, "input_fpn_heads")
            return
        proposals = _output(graph, given, "ROIFeatureExtractor2_input")
        heads = parameter(given, "input_fpn_heads", ID)
        features = _features(graph, heads, "ROIFeatureExtractor_2", proposals, 7)
        _replace(_output(graph, given, "ROIFeatureExtractor2_output"), features)
        boxes = _detections(graph, given, proposals)
        if "ROIFeatureExtractor1_output" in given:
            features = _features(graph, heads, "ROIFeatureExtractor_1", boxes, 14)
            _replace(_output(graph, given, "ROIFeatureExtractor1_output"), features)


class CrossroadRegions(FrontReplacementFromConfigFileGeneral):
    """person-detection-crossroad: features alone; what is made of them stays as it is."""

    replacement_id = "ONNXPersonDetectionCrossroadReplacement"

    def transform_graph(self, graph: Graph, replacement_descriptions: Any) -> None:
        if "fpn_heads" not in replacement_descriptions:
            _leave_as_it_is(self.replacement_id, "fpn_heads")
            return
        heads, inputs, outputs = (
            parameter(replacement_descriptions, key, self.replacement_id)
            for key in (
                "fpn_heads",
                "ROI_feature_extractor_inputs",
                "ROI_feature_extractor_outputs",
            )
        )
        for number, (boxes, features) in enumerate(zip(inputs, outputs)):
            start, end = (
                node_named(graph, name, self.replacement_id) for name in (boxes, features)
            )
            name = f"ROIFeatureExtractor_{number}"
            _replace(end.out_port(0), _features(graph, heads, name, start.out_port(0), 7))


def _leave_as_it_is(id: str, key: str) -> None:
    """Node names differ from export to export: the files that come with the tool have none."""
    log.warning(
        "--transformations_config, '%s': it names no nodes, so the model is converted operation by "
        "operation and keeps its outputs; for Detectron's operations give '%s' and the others in a "
        "copy of the file",
        id,
        key,
    )


def _output(graph: Graph, given: Mapping[str, Any], key: str) -> Port:
    """The first output of the node that an attribute names."""
    return node_named(graph, str(parameter(given, key, ID)), ID).out_port(0)


def _replace(old: Port, new: Port) -> None:
    old.get_connection().set_source(new)


def _features(graph: Graph, heads: Sequence[str], name: str, boxes: Port, size: int) -> Port:
    """``size`` x ``size`` features of each box, from the level of the pyramid that suits it."""
    levels = [node_named(graph, head, ID) for head in heads]
    return operation(
        graph,
        "ExperimentalDetectronROIFeatureExtractor",
        name,
        boxes,
        *(level.out_port(0) for level in levels),
        output_size=size,
        sampling_ratio=2,
        pyramid_scales=[4, 8, 16, 32, 64],
        aligned=False,
    )


def _detections(graph: Graph, given: Mapping[str, Any], proposals: Port) -> Port:
    """The boxes, beside labels and scores in place of the model's."""
    classes = int(given.get("num_classes", _CLASSES))
    size = graph.add_node(
        graph.unique_id("im_info"), op="Parameter", shape=np.array([1, 3]), out_ports_count=1
    )
    # The configurations in use have this spelling.
    deltas = _rows(graph, _output(graph, given, "box_regressions_input_node"), 4 * classes)
    scores = _rows(graph, _output(graph, given, "class_predicitons_node"), classes)
    numbers = {key: parameter(given, key, ID) for key in _NUMBERS}
    boxes = operation(
        graph,
        "ExperimentalDetectronDetectionOutput",
        "DetectionOutput",
        *(proposals, deltas, scores, size.out_port(0)),
        num_classes=classes,
        deltas_weights=[10.0, 10.0, 5.0, 5.0],
        class_agnostic_box_regression=False,
        **numbers,
    )
    found = [boxes]
    for index in (1, 2):
        boxes.node.add_output_port(index, skip_if_exist=True)
        found.append(boxes.node.out_port(index))
    found[1] = operation(graph, "Cast", "DetectionOutput/labels", found[1], dst_type=np.int64)
    for name, value in zip(parameter(given, "do_outputs", ID), found):
        _replace(node_named(graph, name, ID).out_port(0), value)
    return boxes


_NUMBERS = (
    "max_detections_per_image",
    "max_delta_log_wh",
    "score_threshold",
    "nms_threshold",
    "post_nms_count",
)


def _rows(graph: Graph, value: Port, width: int) -> Port:
    name = f"{value.node.soft_get('name')}/rows"
    return operation(graph, "Reshape", name, value, np.array([-1, width]))
