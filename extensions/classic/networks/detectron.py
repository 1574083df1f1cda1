"""Faster and Mask R-CNN of maskrcnn-benchmark (ONNX): regions and boxes by Detectron's operations.

The model spells out which level of the pyramid a region is taken from, and which boxes are left.
Configurations may name the nodes, as the classic's do; the files that come along name none, and the
nodes are found by what they do.
Facts: the operations ExperimentalDetectron* of operation set 6; OpenVINO 2021.4, "Convert ONNX
Mask R-CNN Model to the Intermediate Representation".
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from extensions.classic.networks.common import (
    as_output,
    node_named,
    operation,
    parameter,
    without_output_flag,
)
from extensions.classic.networks.pyramid import BoxHead, Pooler, box_head, nearest, poolers
from mo.classic.graph import Graph
from mo.classic.port import Port
from mo.classic.replacement import FrontReplacementFromConfigFileGeneral

log = logging.getLogger("mo.extensions")

ID = "ONNXMaskRCNNReplacement"
# Of COCO, with the background as class 0.
_CLASSES = 81
# Sides of the features of proposals, and of those that masks are made of.
_OF_BOXES, _OF_MASKS = 7, 14


class DetectronRegions(FrontReplacementFromConfigFileGeneral):
    """Features of the proposals, detections, and (of Mask R-CNN) features of the detections."""

    replacement_id = ID
    run_not_recursively = True

    def transform_graph(self, graph: Graph, replacement_descriptions: Any) -> None:
        given: Mapping[str, Any] = replacement_descriptions
        parts = _named(graph, given) if "input_fpn_heads" in given else _found(graph, given)
        if parts is None:
            return
        parts.proposals.replace(graph, "ROIFeatureExtractor_2")
        found = _detections(graph, given, parts)
        if parts.detections is not None:
            parts.detections.replace(graph, "ROIFeatureExtractor_1", found[0])
        if parts.outputs:
            for output, value in zip(parts.outputs, found):
                output.get_connection().set_source(value)
        else:
            for result in graph.get_op_nodes(op="Result"):
                graph.remove_node(result.id)
            for value in (*found, *parts.masks):
                as_output(graph, value)


class CrossroadRegions(FrontReplacementFromConfigFileGeneral):
    """person-detection-crossroad: features alone; what is made of them stays as it is."""

    replacement_id = "ONNXPersonDetectionCrossroadReplacement"
    run_not_recursively = True

    def transform_graph(self, graph: Graph, replacement_descriptions: Any) -> None:
        given: Mapping[str, Any] = replacement_descriptions
        id = self.replacement_id
        if "fpn_heads" in given:
            levels = _outputs(graph, parameter(given, "fpn_heads", id), id)
            regions, features = (
                _outputs(graph, parameter(given, f"ROI_feature_extractor_{key}", id), id)
                for key in ("inputs", "outputs")
            )
            found = [Pooler(levels, *ends, _OF_BOXES) for ends in zip(regions, features)]
        else:
            found = poolers(graph)
            if not found:
                _leave_as_it_is(id)
        for number, pooler in enumerate(found):
            pooler.replace(graph, f"ROIFeatureExtractor_{number}")


class Parts(NamedTuple):
    """What of a network is replaced. Without ``outputs`` to replace it is given new ones."""

    proposals: Pooler
    head: BoxHead
    detections: Pooler | None
    outputs: Sequence[Port] = ()  # boxes, labels, scores
    masks: Sequence[Port] = ()


def _named(graph: Graph, given: Mapping[str, Any]) -> Parts:
    """By the names that the configuration gives, in the spelling of those in use."""

    def output(key: str) -> Port:
        return _outputs(graph, [str(parameter(given, key, ID))], ID)[0]

    levels = _outputs(graph, parameter(given, "input_fpn_heads", ID), ID)
    ends = output("ROIFeatureExtractor2_input"), output("ROIFeatureExtractor2_output")
    outputs = _outputs(graph, parameter(given, "do_outputs", ID), ID)
    detections = None
    if "ROIFeatureExtractor1_output" in given:
        features = output("ROIFeatureExtractor1_output")
        detections = Pooler(levels, outputs[0], features, _OF_MASKS)
    classes = int(given.get("num_classes", _CLASSES))
    head = BoxHead(output("class_predicitons_node"), output("box_regressions_input_node"), classes)
    return Parts(Pooler(levels, *ends, _OF_BOXES), head, detections, outputs)


def _found(graph: Graph, given: Mapping[str, Any]) -> Parts | None:
    """By what the nodes do: names differ from export to export."""
    found = poolers(graph)
    if not found:
        _leave_as_it_is(ID)
        return None
    without_output_flag(graph, ID)
    proposals, *rest = found
    head = box_head(graph, proposals.features)
    if not rest:
        return Parts(proposals, head, None)
    (detections,) = rest
    masks = nearest(graph, detections.features, "Sigmoid")
    return Parts(proposals, head, detections, masks=[masks.out_port(0)] if masks else [])


def _leave_as_it_is(id: str) -> None:
    log.warning(
        "--transformations_config, '%s': the model takes no regions from the levels of a pyramid "
        "(no RoiAlign), so it is converted as it is",
        id,
    )


def _outputs(graph: Graph, names: Iterable[str], id: str) -> list[Port]:
    """The first outputs of the nodes that an attribute names."""
    return [node_named(graph, name, id).out_port(0) for name in names]


def _detections(graph: Graph, given: Mapping[str, Any], parts: Parts) -> list[Port]:
    """Boxes, labels and scores."""
    scores, moves, classes = parts.head
    size = graph.add_node(
        graph.unique_id("im_info"), op="Parameter", shape=np.array([1, 3]), out_ports_count=1
    )
    boxes = operation(
        graph,
        "ExperimentalDetectronDetectionOutput",
        "DetectionOutput",
        parts.proposals.regions,
        _rows(graph, moves, 4 * classes),
        _rows(graph, scores, classes),
        size.out_port(0),
        num_classes=classes,
        deltas_weights=[10.0, 10.0, 5.0, 5.0],
        class_agnostic_box_regression=False,
        **{key: parameter(given, key, ID) for key in _NUMBERS},
    )
    for index in (1, 2):
        boxes.node.add_output_port(index, skip_if_exist=True)
    labels, best = boxes.node.out_port(1), boxes.node.out_port(2)
    labels = operation(graph, "Cast", "DetectionOutput/labels", labels, dst_type=np.int64)
    return [boxes, labels, best]


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
