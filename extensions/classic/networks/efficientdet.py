"""EfficientDet of google/automl: the network alone, its heads decoded by DetectionOutput.

Resizing and padding of the image, and the choice of boxes, are no longer part of the model. Facts:
the anchors and box coding of the paper (arXiv:1911.09070) as that repository has them; OpenVINO
2021.4, "Converting EfficientDet Models from TensorFlow".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from extensions.classic.fields import attribute, converts
from extensions.classic.networks.common import (
    as_output,
    node_named,
    operation,
    parameter,
    without_output_flag,
)
from mo.classic.graph import Graph
from mo.classic.node import Node
from mo.classic.op import Op
from mo.classic.port import Port
from mo.classic.replacement import FrontReplacementFromConfigFileGeneral
from mo.classic.reporting import ExtensionError
from mo.classic.walks import breadth_first
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph as NativeGraph
from mo.graph.node import Output
from mo.graph.shape import text

ID = "AutomlEfficientDet"
NAME = "detections"


class AutomlDetections(FrontReplacementFromConfigFileGeneral):
    """Images of the network's own size, mean and scale kept, to rows of DetectionOutput."""

    replacement_id = ID

    def transform_graph(self, graph: Graph, replacement_descriptions: Any) -> None:
        given: Mapping[str, Any] = replacement_descriptions
        without_output_flag(graph, ID)
        image = _without_resizing(graph, given)
        classes, boxes = (_heads(graph, kind) for kind in ("class", "box"))
        for result in graph.get_op_nodes(op="Result"):
            graph.remove_node(result.id)
        graph.remove_nodes_from([NAME])  # the name is the new operation's
        found = operation(
            graph,
            "DetectionOutput",
            NAME,
            _locations(graph, boxes),
            _scores(graph, classes),
            _priors(graph, image, classes, given),
            num_classes=int(parameter(given, "num_classes", ID)),
            background_label_id=-1,
            code_type="caffe.PriorBoxParameter.CENTER_SIZE",
            share_location=True,
            normalized=True,
            clip_after_nms=True,
            top_k=_MOST_CANDIDATES,
            keep_top_k=[_MOST_DETECTIONS],
            nms_threshold=float(parameter(given, "nms_threshold", ID)),
            confidence_threshold=float(parameter(given, "confidence_threshold", ID)),
        )
        as_output(graph, found)


# How many boxes the network itself looks at, and how many of an image it gives.
_MOST_CANDIDATES, _MOST_DETECTIONS = 5000, 100


def _without_resizing(graph: Graph, given: Mapping[str, Any]) -> Port:
    """Join the image to its mean and scale, and these to the first convolution."""
    inputs = graph.get_op_nodes(op="Parameter")
    if len(inputs) != 1:
        raise ExtensionError(
            f"--transformations_config, '{ID}': the model has {len(inputs)} inputs, not one image",
            hint="Freeze the model with model_inspect.py --runmode=saved_model.",
        )
    image = inputs[0]
    image["data_type"] = np.float32
    start, end = (
        node_named(graph, parameter(given, f"preprocessing_{part}_node", ID), ID)
        for part in ("input", "output")
    )
    start.out_port(0).get_connection().set_source(image.out_port(0))
    normalized = end.out_port(0)
    _first_convolution(graph, end).in_port(0).connect(normalized)
    return normalized


def _first_convolution(graph: Graph, start: Node) -> Node:
    for id in breadth_first([start.id], graph.successors):
        node = graph.node_of(graph.find(id))
        if node.soft_get("framework_op") == "Conv2D":
            return node
    raise ExtensionError(
        f"--transformations_config, '{ID}': no convolution follows '{start.id}'",
        hint="Name the node that ends mean and scale in 'preprocessing_output_node'.",
    )


def _heads(graph: Graph, kind: str) -> list[Port]:
    """What a sub-network predicts, from the finest map to the coarsest."""
    pattern = re.compile(rf"(?:.*/)?{kind}_net/{kind}-predict(?:_(\d+))?/BiasAdd")
    found = {}
    for node in graph.get_op_nodes():
        match = pattern.fullmatch(node.id)
        if match is not None:
            found[int(match[1] or 0)] = node.out_port(0)
    if not found:
        raise ExtensionError(
            f"--transformations_config, '{ID}': the model has no nodes "
            f"'{kind}_net/{kind}-predict/BiasAdd', '..._1/BiasAdd' ...",
            hint="This configuration is for EfficientDet of google/automl.",
        )
    return [found[level] for level in sorted(found)]


def _joined(graph: Graph, heads: list[Port], name: str, *shape: int) -> Port:
    """Maps [N, H, W, C] one behind the other, each reshaped."""
    flat = [
        operation(graph, "Reshape", f"{name}/level_{level}", head, np.array(shape))
        for level, head in enumerate(heads)
    ]
    return operation(graph, "Concat", f"{name}/concat", *flat, axis=1, in_ports_count=len(flat))


def _scores(graph: Graph, heads: list[Port]) -> Port:
    name = f"{NAME}/scores"
    return operation(graph, "Sigmoid", name, _joined(graph, heads, name, 0, -1))


def _locations(graph: Graph, heads: list[Port]) -> Port:
    """The network tells y before x."""
    name = f"{NAME}/boxes"
    boxes = _joined(graph, heads, name, 0, -1, 4)
    order = (np.array([1, 0, 3, 2]), np.array(2))
    swapped = operation(graph, "Gather", f"{name}/x_before_y", boxes, *order)
    return operation(graph, "Reshape", name, swapped, np.array([0, -1]))


def _priors(graph: Graph, image: Port, heads: list[Port], given: Mapping[str, Any]) -> Port:
    numbers = {key: parameter(given, key, ID) for key in AutomlAnchors.numbers}
    return operation(graph, AutomlAnchors, f"{NAME}/priors", image, *heads, **numbers)


class AutomlAnchors(Op):
    """Prior boxes and variances [1, 2, count] of images [N, H, W, C] and maps [N, h, w, c].

    A cell of a map has a box for each octave and each pair (width, height) of ``aspect_ratios``,
    ``anchor_scale`` times as large as the cell.
    """

    op = "AutomlAnchors"
    numbers = ("aspect_ratios", "num_scales", "anchor_scale", "variance")

    def __init__(self, graph: Graph, attrs: Mapping[str, Any]) -> None:
        super().__init__(graph, {"op": self.op, "type": self.op}, attrs)


@converts(AutomlAnchors.op)
def anchors(g: NativeGraph, node: SourceNode, image: Output, *maps: Output) -> Output:
    """A constant, so sizes have to be known."""
    size, cells = _extent(image), [_extent(each) for each in maps]
    numbers = {key: np.array(attribute(node, key), np.float64) for key in AutomlAnchors.numbers}
    boxes = np.concatenate([_boxes(size, count, numbers) for count in cells])
    boxes /= [size[1], size[0], size[1], size[0]]
    variances = np.broadcast_to(numbers["variance"], boxes.shape)
    return g.constant(np.stack([boxes, variances]).reshape(1, 2, -1).astype(np.float32))


def _extent(value: Output) -> tuple[int, int]:
    shape = value.shape
    height, width = shape[1:3] if shape is not None and len(shape) == 4 else (None, None)
    if not isinstance(height, int) or not isinstance(width, int):
        raise UnsupportedError(
            f"the boxes depend on the size of the image, and that is {text(shape)}",
            hint="Give it with --input_shape, for example [1,512,512,3].",
        )
    return height, width


def _boxes(
    size: tuple[int, int], cells: tuple[int, int], numbers: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Corners [count, 4] in pixels, x before y; cells row by row."""
    step = np.array(size) / cells
    count = int(numbers["num_scales"])
    octaves = 2 ** (np.arange(count) / count)
    shapes = numbers["aspect_ratios"].reshape(1, -1, 2)
    half = (octaves[:, None, None] * shapes * numbers["anchor_scale"] * step[::-1] / 2).reshape(
        -1, 2
    )
    down, across = ((np.arange(number) + 0.5) * each for number, each in zip(cells, step))
    centres = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 1, 2)
    return np.concatenate([centres - half, centres + half], axis=-1).reshape(-1, 4)
