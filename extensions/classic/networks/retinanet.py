"""RetinaNet of keras-retinanet: its decoding and suppression of boxes as DetectionOutput.

Facts: the layers RegressBoxes, ClipBoxes and FilterDetections of that package; OpenVINO 2021.4,
"Converting RetinaNet Model from TensorFlow to the Intermediate Representation".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.classic.networks.common import (
    as_output,
    operation,
    parameter,
    without_output_flag,
)
from mo.classic.graph import Graph
from mo.classic.port import Port
from mo.classic.replacement import FrontReplacementFromConfigFileSubGraph
from mo.classic.selecting import SubgraphMatch

NAME = "DetectionOutput"


class FilteredDetections(FrontReplacementFromConfigFileSubGraph):
    """Regression, scores and anchors (the first start points) to boxes of images (the fourth).

    There is no background class. A corner is that of its anchor plus the regression times a
    variance and the anchor's size; the sizes of images are those of [N, H, W, C].
    """

    replacement_id = "RetinaNetFilteredDetectionsReplacement"

    def replace_sub_graph(self, graph: Graph, match: SubgraphMatch) -> None:
        without_output_flag(graph, self.replacement_id)
        given = match.custom_replacement_desc.custom_attributes
        starts = [match.single_input_node(index)[0] for index in range(4)]
        regression, scores, anchors = (start.out_port(0) for start in starts[:3])
        image = starts[3].in_port(0).get_source()
        assert image is not None
        variance = np.array(parameter(given, "variance", self.replacement_id), np.float32)
        priors = operation(graph, "Div", f"{NAME}/priors", anchors, _scale(graph, image))
        deltas = operation(
            graph, "Mul", f"{NAME}/deltas", regression, _sizes(graph, priors, variance)
        )
        for result in graph.get_op_nodes(op="Result"):
            graph.remove_node(result.id)
        found = operation(
            graph,
            "DetectionOutput",
            NAME,
            _reshaped(graph, deltas, 0, -1),
            _reshaped(graph, scores, 0, -1),
            _reshaped(graph, priors, 0, 1, -1),
            code_type=given.get("code_type", "caffe.PriorBoxParameter.CORNER"),
            variance_encoded_in_target=True,
            normalized=True,
            share_location=True,
            clip_before_nms=True,
            background_label_id=-1,
            top_k=int(given.get("top_k", 6000)),
            keep_top_k=[int(given.get("keep_top_k", 300))],
            confidence_threshold=float(given.get("confidence_threshold", 0.05)),
            nms_threshold=float(given.get("nms_threshold", _overlap(graph, match))),
        )
        as_output(graph, found)


def _scale(graph: Graph, image: Port) -> Port:
    """Width and height of images [N, H, W, C], each twice."""
    shape = operation(graph, "ShapeOf", f"{NAME}/image_shape", image)
    places, axis = np.array([2, 1, 2, 1]), np.array(0)
    sizes = operation(graph, "Gather", f"{NAME}/image_size", shape, places, axis)
    return operation(graph, "Cast", f"{NAME}/image_scale", sizes, dst_type=np.float32)


def _sizes(graph: Graph, priors: Port, variance: np.ndarray) -> Port:
    """Width and height of each prior, each twice, times the variances."""
    far, near = (
        operation(graph, "Gather", f"{NAME}/{name}", priors, np.array(places), np.array(2))
        for name, places in (("far", [2, 3, 2, 3]), ("near", [0, 1, 0, 1]))
    )
    sizes = operation(graph, "Sub", f"{NAME}/sizes", far, near)
    return operation(graph, "Mul", f"{NAME}/variances", sizes, variance)


def _reshaped(graph: Graph, value: Port, *shape: int) -> Port:
    name = f"{NAME}/{value.node.soft_get('name')}/flat"
    return operation(graph, "Reshape", name, value, np.array(shape))


def _overlap(graph: Graph, match: Any) -> float:
    """The threshold of the suppression that is replaced."""
    for name in match.matched_nodes_names():
        node = graph.node_of(graph.find(name))
        if str(node.soft_get("framework_op")).startswith("NonMaxSuppression"):
            threshold = node.in_port(3).get_source()
            value = threshold.node.soft_get("value", None) if threshold is not None else None
            if value is not None:
                return float(value)
    return 0.5
