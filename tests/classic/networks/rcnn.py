"""Mask R-CNN in the manner of maskrcnn-benchmark's ONNX: a small pyramid, few proposals.

Nodes have numbers for names, as in that export. Which level a region is taken from is settled by
its size: it stands in the model as lists of indices, or is computed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CLASSES, WIDTH, IMAGE = 81, 4, 256
HEADS = ["486", "454", "422", "390"]
CONFIGURATION = {
    "id": "ONNXMaskRCNNReplacement",
    "match_kind": "general",
    "custom_attributes": {
        "max_detections_per_image": 100,
        "max_delta_log_wh": 4.135166645050049,
        "score_threshold": 0.05,
        "nms_threshold": 0.5,
        "post_nms_count": 2000,
        "input_fpn_heads": HEADS,
        "do_outputs": ["900", "901", "902"],
        "box_regressions_input_node": "703",
        "class_predicitons_node": "702",
        "ROIFeatureExtractor1_output": "950",
        "ROIFeatureExtractor2_input": "500",
        "ROIFeatureExtractor2_output": "600",
    },
}


def proposals() -> np.ndarray:
    """Regions (x, y, x, y) of sizes that belong to all levels."""
    random = np.random.default_rng(4)
    corner, size = random.uniform(0, 60, (12, 2)), random.uniform(20, 190, (12, 2))
    return np.concatenate([corner, corner + size], 1).astype(np.float32)


def levels(boxes: np.ndarray) -> np.ndarray:
    """Feature Pyramid Networks, formula 1, counted from the finest."""
    size = np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))
    return np.clip(np.floor(2 + np.log2(size / 224 + 1e-6)), 0, 3).astype(np.int64)


class Network:
    """Nodes and weights under construction; tensors are called like their nodes."""

    def __init__(self) -> None:
        self.random = np.random.default_rng(11)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def constant(self, name: str, array: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def op(self, kind: str, name: str, *inputs: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name, **attributes))
        return name

    def layer(self, kind: str, name: str, x: str, *shape: int, **attributes: Any) -> str:
        values = self.random.uniform(-1, 1, shape) / np.sqrt(np.prod(shape[1:]))
        matrix = self.constant(f"{name}.weight", values.astype(np.float32))
        bias = self.random.uniform(-0.3, 0.3, shape[0]).astype(np.float32)
        return self.op(kind, name, x, matrix, self.constant(f"{name}.bias", bias), **attributes)

    def pyramid(self, x: str) -> None:
        for name in HEADS:
            stride = 4 if name == HEADS[0] else 2
            channels = 3 if name == HEADS[0] else WIDTH
            window = {"strides": [stride] * 2, "pads": [1] * 4}
            x = self.layer("Conv", name, x, WIDTH, channels, 3, 3, **window)

    def roi_align(self, name: str, level: int, regions: str, images: str, size: int) -> str:
        window = {"output_height": size, "output_width": size, "sampling_ratio": 2}
        scale = 1 / (4 << level)
        return self.op(
            "RoiAlign", name, HEADS[level], regions, images, spatial_scale=scale, **window
        )

    def features(self, name: str, boxes: str, chosen: np.ndarray, size: int) -> str:
        """RoiAlign of each region on its level, put back in order."""
        parts = []
        for level in range(len(HEADS)):
            (places,) = np.nonzero(chosen == level)
            index = self.constant(f"{name}.places_{level}", places)
            rows = self.op("Gather", f"{name}.rows_{level}", boxes, index)
            batch = self.constant(f"{name}.batch_{level}", np.zeros(len(places), np.int64))
            parts.append(self.roi_align(f"{name}.level_{level}", level, rows, batch, size))
        joined = self.op("Concat", f"{name}.concat", *parts, axis=0)
        order = self.constant(f"{name}.order", np.argsort(np.argsort(chosen, kind="stable")))
        return self.op("Gather", name, joined, order)

    def computed_features(self, name: str, boxes: str, size: int) -> str:
        """The same as PyTorch's exporter writes it: levels computed, features scattered."""

        def op(kind: str, part: str, *inputs: str, **attributes: Any) -> str:
            return self.op(kind, f"{name}.{part}", *inputs, **attributes)

        def number(part: str, value: Any) -> str:
            return self.constant(f"{name}.{part}", np.array(value))

        corners = [
            op("Gather", f"x{i}", boxes, number(f"column{i}", [i]), axis=1) for i in range(4)
        ]
        zeros = op("Sub", "image", corners[0], corners[0])
        table = op("Concat", "table", zeros, op("Concat", "boxes", boxes, axis=0), axis=1)
        width, height = (op("Sub", f"size{i}", corners[i + 2], corners[i]) for i in (0, 1))
        root = op("Sqrt", "root", op("Mul", "area", width, height))
        share = op("Div", "share", root, number("224", np.float32(224)))
        share = op("Add", "share+", share, number("small", np.float32(1e-6)))
        two = op("Div", "log2", op("Log", "log", share), number("ln2", np.log(np.float32(2))))
        levels = op("Floor", "floor", op("Add", "level", two, number("2", np.float32(2))))
        levels = op("Clip", "clip", levels, min=0.0, max=3.0)
        levels = op("Squeeze", "levels", op("Cast", "cast", levels, to=TensorProto.INT64), axes=[1])
        result = ""
        for level in range(len(HEADS)):
            equal = op("Equal", f"equal{level}", levels, number(f"number{level}", level))
            places = op("Squeeze", f"places{level}", op("NonZero", f"non{level}", equal), axes=[0])
            rows = op("Gather", f"rows{level}", table, places)
            images = op("Gather", f"im{level}", rows, number(f"first{level}", [0]), axis=1)
            images = op("Squeeze", f"images{level}", images, axes=[1])
            images = op("Cast", f"number{level}i", images, to=TensorProto.INT64)
            regions = op("Gather", f"r{level}", rows, number(f"rest{level}", [1, 2, 3, 4]), axis=1)
            part = self.roi_align(f"{name}.level{level}", level, regions, images, size)
            shape = op("Shape", f"shape{level}", part)
            if not result:
                count = op("Shape", "count", levels)
                rest = op("Slice", "one", shape, number("from", [1]), number("to", [4]))
                result = op("ConstantOfShape", "empty", op("Concat", "whole", count, rest, axis=0))
            column = op("Unsqueeze", f"column{level}u", places, axes=[1, 2, 3])
            index = op("Expand", f"index{level}", column, shape)
            # The last one has the name that configurations know.
            last = name if level == len(HEADS) - 1 else f"{name}.scattered{level}"
            result = self.op("Scatter", last, result, index, part, axis=0)
        return result

    def model(self, outputs: dict[str, int], **inputs: tuple[int, ...]) -> onnx.ModelProto:
        given = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in inputs.items()
        ]
        made = [helper.make_tensor_value_info(n, kind, None) for n, kind in outputs.items()]
        graph = helper.make_graph(self.nodes, "rcnn", given, made, self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 10)], ir_version=5)


def mask_rcnn(
    *inner: str, detections: np.ndarray | None = None, computed: bool = False
) -> onnx.ModelProto:
    """The network; ``inner``: its tensors to give in place of the outputs.

    Masks are those of the proposals, or of other ``detections``. Levels are listed or ``computed``.
    """
    net = Network()

    def features(name: str, boxes: str, values: np.ndarray, size: int) -> str:
        if computed:
            return net.computed_features(name, boxes, size)
        return net.features(name, boxes, levels(values), size)

    net.op("Sub", "2", "0", net.constant("mean", np.float32([[[1]], [[2]], [[3]]])))
    net.pyramid("2")
    boxes = proposals()
    net.op("Identity", "500", net.constant("regions", boxes))
    features("600", "500", boxes, 7)
    flat = net.op("Flatten", "700", "600", axis=1)
    hidden = net.layer("Gemm", "701", flat, 32, WIDTH * 49, transB=1)
    scores = net.layer("Gemm", "701.scores", hidden, CLASSES, 32, transB=1)
    net.op(
        "Softmax", "702", net.op("Mul", "sharp", scores, net.constant("8", np.float32(8))), axis=1
    )
    net.layer("Gemm", "703", hidden, 4 * CLASSES, 32, transB=1)
    # Stands for decoding and suppression, which are replaced as a whole.
    found = boxes if detections is None else detections
    net.op("Identity", "900", net.constant("detections", found))
    net.op("ArgMax", "901", "702", axis=1, keepdims=0)
    net.op("ReduceMax", "902", "702", axes=[1], keepdims=0)
    if not inner or "6849" in inner:
        features("950", "900", found, 14)
        net.op("Sigmoid", "6849", net.layer("Conv", "960", "950", 2, WIDTH, 1, 1))
    kinds = dict.fromkeys(inner, TensorProto.FLOAT)
    usual = {"900": 1, "901": TensorProto.INT64, "902": 1, "6849": 1}
    return net.model(kinds or usual, **{"0": (1, 3, IMAGE, IMAGE)})
