"""YOLO v1 and v2 as DarkFlow freezes them, thinner: its names and operations, random weights.

Structure: the .cfg files of Darknet; names: DarkFlow's ``net/ops`` (a scope 'number-kind' for each
layer, TensorFlow's own names for what is in it).
"""

from __future__ import annotations

import numpy as np

from tests.classic.networks.layers import Network


class DarkFlow(Network):
    """Layers of a .cfg file in turn; ``thin`` divides the numbers of channels."""

    def __init__(self, seed: int, thin: int = 8) -> None:
        super().__init__(seed)
        self.thin = thin
        self.number = 0
        self.last = self.image("input", 3)

    def scope(self, kind: str) -> str:
        self.number += 1
        return f"{self.number - 1}-{kind}"

    def convolution(self, channels: int, size: int, stride: int = 1, is_last: bool = False) -> str:
        scope = self.scope("convolutional")
        width = channels if is_last else channels // self.thin
        x = self.pad(self.unique("Pad"), self.last, size // 2)
        x = self.conv(scope, x, f"{scope}/kernel", size, width, stride, "VALID")
        if not is_last:
            x = self.normalized(x, scope, width)
        biases = self.weights(f"{scope}/biases", width)
        self.last = self.op("BiasAdd", self.unique("BiasAdd"), x, biases)
        return self.last if is_last else self.leaky()

    def normalized(self, x: str, scope: str, channels: int) -> str:
        steps = [
            ("Sub", "sub", -0.5, 0.5),
            ("RealDiv", "truediv", 0.5, 1.5),
            ("Mul", "mul", 0.5, 1),
        ]
        for kind, name, low, high in steps:
            values = self.weights(f"{scope}/{name}", channels, low=low, high=high)
            x = self.op(kind, self.unique(name), x, values)
        return x

    def leaky(self) -> str:
        scope = self.scope("leaky")
        name = self.unique("mul")
        factor = self.weights(f"{name}/x", low=0.1, high=0.1)
        smaller = self.node("Mul", name, factor, self.last)
        self.last = self.op("Maximum", scope, self.last, smaller)
        return self.last

    def maxpool(self, stride: int = 2) -> str:
        self.last = self.pool(self.scope("maxpool"), self.last, stride)
        return self.last

    def route(self, *layers: str) -> str:
        self.number += 1
        self.last = layers[0] if len(layers) == 1 else self.concat(self.unique("concat"), *layers)
        return self.last

    def reorg(self) -> str:
        self.number += 1
        self.last = self.op(
            "ExtractImagePatches",
            self.unique("ExtractImagePatches"),
            self.last,
            channels=4 * self.channels[self.last],
            ksizes=[1, 2, 2, 1],
            strides=[1, 2, 2, 1],
            rates=[1, 1, 1, 1],
            padding="VALID",
        )
        return self.last

    def connected(self, inputs: int, outputs: int) -> str:
        scope = self.scope("connected")
        matrix = self.weights(f"{scope}/weights", inputs, outputs)
        product = self.op("MatMul", f"{scope}/MatMul", self.last, matrix, channels=outputs)
        biases = self.weights(f"{scope}/biases", outputs)
        self.last = self.op("BiasAdd", scope, product, biases)
        return self.last

    def finished(self) -> bytes:
        self.op("Identity", "output", self.last)
        return self.data


def yolo_v2_tiny(classes: int = 80) -> bytes:
    net = DarkFlow(2)
    for channels in (16, 32, 64, 128, 256):
        net.convolution(channels, 3)
        net.maxpool()
    net.convolution(512, 3)
    net.maxpool(stride=1)
    net.convolution(1024, 3)
    net.convolution(1024, 3)
    net.convolution(5 * (classes + 5), 1, is_last=True)
    return net.finished()


def yolo_v2(classes: int = 80) -> bytes:
    net = DarkFlow(3, thin=16)
    for channels in (32, 64):
        net.convolution(channels, 3)
        net.maxpool()
    for group in ((128, 64, 128), (256, 128, 256), (512, 256, 512, 256, 512)):
        for number, channels in enumerate(group):
            net.convolution(channels, 1 if number % 2 else 3)
        fine = net.last
        net.maxpool()
    for number, channels in enumerate((1024, 512, 1024, 512, 1024)):
        net.convolution(channels, 1 if number % 2 else 3)
    net.convolution(1024, 3)
    coarse = net.convolution(1024, 3)
    net.route(fine)
    net.convolution(64, 1)
    net.route(net.reorg(), coarse)
    net.convolution(1024, 3)
    net.convolution(5 * (classes + 5), 1, is_last=True)
    return net.finished()


def yolo_v1_tiny(classes: int = 20, side: int = 7, boxes: int = 2) -> bytes:
    net = DarkFlow(4)
    for channels in (16, 32, 64, 128, 256, 512):
        net.convolution(channels, 3)
        net.maxpool()
    net.convolution(1024, 3)
    net.convolution(256, 3)
    scope = net.scope("flatten")
    order = net.constant("transpose/perm", np.int32([0, 3, 1, 2]))
    net.op("Transpose", "transpose", net.last, order)
    net.last = net.reshape(f"{scope}/flatten/Reshape", "transpose", (-1, 32 * side * side))
    net.connected(32 * side * side, side * side * (boxes * 5 + classes))
    return net.finished()
