"""Writes a ResNet-18 (He et al. 2015, arXiv:1512.03385) with seeded random weights as ONNX.

python examples/make_resnet.py build/resnet18.onnx
"""

from __future__ import annotations

import sys

import numpy as np
from onnx_writer import Network

STAGES = ((64, 1), (128, 2), (256, 2), (512, 2))
BLOCKS = 2


class ResNet:
    """Convolutions are followed by batch normalisation, as in the paper."""

    def __init__(self, batch: int | str = 1) -> None:
        self.net = Network([batch, 3, 224, 224])
        self.random = np.random.default_rng(0)

    def _normal(self, *shape: int, scale: float) -> str:
        values = self.random.standard_normal(shape, np.float32) * np.float32(scale)
        return self.net.weight(values)

    def conv(self, x: str, inputs: int, outputs: int, kernel: int, stride: int = 1) -> str:
        scale = (2 / (inputs * kernel * kernel)) ** 0.5
        weights = self._normal(outputs, inputs, kernel, kernel, scale=scale)
        pad = kernel // 2
        y = self.net.node(
            "Conv",
            x,
            weights,
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            pads=[pad, pad, pad, pad],
        )
        uniform = self.random.uniform(0.5, 1.5, (4, outputs)).astype(np.float32)
        uniform[1] -= 1  # shifts and means around zero
        uniform[2] -= 1
        return self.net.node("BatchNormalization", y, *map(self.net.weight, uniform))

    def block(self, x: str, inputs: int, outputs: int, stride: int) -> str:
        y = self.net.node("Relu", self.conv(x, inputs, outputs, 3, stride))
        y = self.conv(y, outputs, outputs, 3)
        if stride != 1 or inputs != outputs:
            x = self.conv(x, inputs, outputs, 1, stride)
        return self.net.node("Relu", self.net.node("Add", y, x))

    def save(self, path: str) -> None:
        x = self.net.node("Relu", self.conv("input", 3, 64, 7, 2))
        x = self.net.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
        channels = 64
        for width, stride in STAGES:
            for index in range(BLOCKS):
                x = self.block(x, channels, width, stride if index == 0 else 1)
                channels = width
        x = self.net.node("Flatten", self.net.node("GlobalAveragePool", x))
        weights = self._normal(1000, channels, scale=channels**-0.5)
        bias = self.net.weight(np.zeros(1000, np.float32))
        self.net.save(path, self.net.node("Gemm", x, weights, bias, transB=1), 2)


if __name__ == "__main__":
    ResNet().save(sys.argv[1] if len(sys.argv) > 1 else "resnet18.onnx")
