"""YOLO v3 and its tiny form as github.com/mystic123/tensorflow-yolo-v3 freezes them, thinner.

Its names and operations (TensorFlow's slim below scopes 'detector/darknet-53' and
'detector/yolo-v3'), random weights; the images have a static size, as there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.classic.networks.layers import Network

ANCHORS = np.float32(
    [10, 13, 16, 30, 33, 23, 30, 61, 62, 45, 59, 119, 116, 90, 156, 198, 373, 326]
).reshape(-1, 2)
TINY_ANCHORS = np.float32([10, 14, 23, 27, 37, 58, 81, 82, 135, 169, 344, 319]).reshape(-1, 2)


class Detector(Network):
    """``image``: height and width; ``thin`` divides the numbers of channels."""

    def __init__(self, seed: int, image: int, classes: int, thin: int = 16) -> None:
        super().__init__(seed)
        self.size, self.classes, self.thin = image, classes, thin
        images = self.image("inputs", 3, -1, image, image)
        scale = self.constant("detector/truediv/y", np.array(255, np.float32))
        self.last = self.op("RealDiv", "detector/truediv", images, scale)
        self.edges = {self.last: image}

    def convolution(self, scope: str, channels: int, size: int, stride: int = 1) -> str:
        """A convolution with its normalization and LeakyRelu, as slim makes it."""
        name = self.unique(f"detector/{scope}/Conv")
        width, x, edge = channels // self.thin, self.last, self.edges[self.last]
        if stride > 1:
            x = self.pad(self.unique(f"detector/{scope}/Pad"), x, 1)
        padding = "VALID" if stride > 1 else "SAME"
        x = self.conv(f"{name}/Conv2D", x, f"{name}/weights", size, width, stride, padding)
        statistics = [
            self.weights(f"{name}/BatchNorm/{part}", width, low=low, high=high)
            for part, low, high in [
                ("gamma", 0.5, 1.5),
                ("beta", -0.5, 0.5),
                ("moving_mean", -0.3, 0.3),
                ("moving_variance", 0.5, 1.5),
            ]
        ]
        x = self.op(
            "FusedBatchNorm", f"{name}/BatchNorm/FusedBatchNorm", x, *statistics,
            is_training=False, epsilon=1e-5,
        )  # fmt: skip
        self.last = self.op("LeakyRelu", f"{name}/LeakyRelu", x, alpha=0.1)
        self.edges[self.last] = -(-edge // stride)
        return self.last

    def residual(self, channels: int) -> None:
        shortcut = self.last
        self.convolution("darknet-53", channels, 1)
        self.convolution("darknet-53", 2 * channels, 3)
        name = self.unique("detector/darknet-53/add")
        self.edges[name] = self.edges[self.last]
        self.last = self.op("Add", name, self.last, shortcut)

    def maxpool(self, scope: str, stride: int) -> str:
        name = self.unique(f"detector/{scope}/max_pooling2d/MaxPool")
        self.edges[name] = self.edges[self.last] // stride
        self.last = self.pool(name, self.last, stride)
        return self.last

    def head(self, scope: str, anchors: np.ndarray) -> str:
        """The convolution whose result a region takes, and the boxes that the port makes of it."""
        scope, edge, attributes = f"detector/{scope}", self.edges[self.last], self.classes + 5
        width = len(anchors) * attributes
        name = self.unique(f"{scope}/Conv")
        x = self.conv(f"{name}/Conv2D", self.last, f"{name}/weights", 1, width)
        biases = self.weights(f"{name}/biases", width)
        predictions = self.op("BiasAdd", f"{name}/BiasAdd", x, biases)
        return self.boxes(scope, predictions, anchors, edge)

    def boxes(self, scope: str, predictions: str, anchors: np.ndarray, edge: int) -> str:
        def named(kind: str) -> str:
            return self.unique(f"{scope}/{kind}")

        cells, stride = edge * edge, float(self.size // edge)
        rows = self.reshape(
            named("Reshape"), predictions, (-1, len(anchors) * cells, self.classes + 5)
        )
        split = named("split")
        sizes = self.constant(f"{split}/sizes", np.int32([2, 2, 1, self.classes]))
        axis = self.constant(f"{split}/axis", np.array(-1, np.int32))
        self.node("SplitV", split, rows, sizes, axis, num_split=4)
        centers = self.node("Sigmoid", named("Sigmoid"), split)
        confidence = self.node("Sigmoid", named("Sigmoid"), f"{split}:2")
        across, down = np.meshgrid(np.arange(edge, dtype=np.float32), np.arange(edge))
        columns = [
            self.reshape(named("Reshape"), self.constant(f"{split}/grid_{n}", grid), (-1, 1))
            for n, grid in enumerate((across, down.astype(np.float32)))
        ]
        grid = self.concat(named("concat"), *columns, axis=1)
        times = self.constant(f"{grid}/multiples", np.int32([1, len(anchors)]))
        grid = self.node("Tile", named("Tile"), grid, times)
        offsets = self.reshape(named("Reshape"), grid, (1, -1, 2))
        factor = self.constant(f"{split}/stride", np.array(stride, np.float32))
        centers = self.node("Add", named("add"), centers, offsets)
        centers = self.node("Mul", named("mul"), centers, factor)
        sizes = self.node("Exp", named("Exp"), f"{split}:1")
        tiled = self.constant(f"{split}/anchors", np.tile(anchors / stride, (cells, 1)))
        sizes = self.node("Mul", named("mul"), sizes, tiled)
        sizes = self.node("Mul", named("mul"), sizes, factor)
        found = self.concat(named("concat"), centers, sizes, confidence, axis=-1)
        classes = self.node("Sigmoid", named("Sigmoid"), f"{split}:3")
        return self.concat(named("concat"), found, classes, axis=-1)

    def upsampled(self, scope: str) -> None:
        scope, edge = f"detector/{scope}", 2 * self.edges[self.last]
        size = self.constant(self.unique(f"{scope}/size"), np.int32([edge, edge]))
        name = self.unique(f"{scope}/ResizeNearestNeighbor")
        larger = self.op("ResizeNearestNeighbor", name, self.last, size)
        self.last = self.op("Identity", self.unique(f"{scope}/upsampled"), larger)
        self.edges[self.last] = edge

    def joined(self, scope: str, other: str) -> None:
        name = self.concat(self.unique(f"detector/{scope}/concat"), self.last, other)
        self.edges[name] = self.edges[self.last]
        self.last = name

    def finished(self, scope: str, heads: Sequence[str]) -> bytes:
        name = self.unique(f"detector/{scope}/concat")
        detections = self.concat(name, *heads, axis=1)
        identity = self.node("Identity", f"detector/{scope}/detections", detections)
        self.node("Identity", "output_boxes", identity)
        return self.data


def yolo_v3(image: int = 64, classes: int = 80) -> bytes:
    net = Detector(5, image, classes)
    net.convolution("darknet-53", 32, 3)
    stages = []
    for channels, repeats in ((64, 1), (128, 2), (256, 8), (512, 8), (1024, 4)):
        net.convolution("darknet-53", channels, 3, stride=2)
        for _ in range(repeats):
            net.residual(channels // 2)
        stages.append(net.last)
    heads = []
    for number, channels in enumerate((512, 256, 128)):
        if number:
            net.convolution("yolo-v3", channels, 1)
            net.upsampled("yolo-v3")
            net.joined("yolo-v3", stages[-1 - number])
        for index in range(5):
            net.convolution("yolo-v3", channels * (1 + index % 2), 3 if index % 2 else 1)
        route = net.last
        net.convolution("yolo-v3", 2 * channels, 3)
        heads.append(net.head("yolo-v3", ANCHORS[6 - 3 * number : 9 - 3 * number]))
        net.last = route
    return net.finished("yolo-v3", heads)


def yolo_v3_tiny(image: int = 64, classes: int = 80) -> bytes:
    net, scope = Detector(6, image, classes), "yolo-v3-tiny"
    for channels in (16, 32, 64, 128):
        net.convolution(scope, channels, 3)
        net.maxpool(scope, 2)
    fine = net.convolution(scope, 256, 3)
    net.maxpool(scope, 2)
    net.convolution(scope, 512, 3)
    net.maxpool(scope, 1)
    net.convolution(scope, 1024, 3)
    route = net.convolution(scope, 256, 1)
    net.convolution(scope, 512, 3)
    heads = [net.head(scope, TINY_ANCHORS[3:6])]
    net.last = route
    net.convolution(scope, 128, 1)
    net.upsampled(scope)
    net.joined(scope, fine)
    net.convolution(scope, 256, 3)
    heads.append(net.head(scope, TINY_ANCHORS[1:4]))
    return net.finished(scope, heads)
