"""Layers of convolutional networks as frozen graphs of TensorFlow hold them, of random weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.models.tf import GraphDef


class Network(GraphDef):
    """A graph that remembers how many channels a tensor has, and numbers names as TensorFlow."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.random = np.random.default_rng(seed)
        self.channels: dict[str, int] = {}
        self._taken: dict[str, int] = {}

    def unique(self, name: str) -> str:
        """The name, or the next of name_1, name_2 ..."""
        number = self._taken.get(name, -1) + 1
        self._taken[name] = number
        return f"{name}_{number}" if number else name

    def weights(self, name: str, *shape: int, low: float = -1, high: float = 1) -> str:
        """Random numbers; those of a kernel are small enough to keep values near one."""
        scale = np.sqrt(3 / max(1, np.prod(shape[:-1]))) if len(shape) > 1 else 1
        values = self.random.uniform(low, high, shape) * (scale if low == -high else 1)
        return self.constant(name, np.asarray(values, np.float32))

    def image(self, name: str, channels: int, batch: int = -1, *size: int) -> str:
        self.channels[name] = channels
        height, width = size or (-1, -1)
        return self.placeholder(name, (batch, height, width, channels))

    def op(
        self, kind: str, name: str, *inputs: str, channels: int = 0, **attributes: object
    ) -> str:
        """A node that has the channels of its first input unless told otherwise."""
        self.channels[name] = channels or self.channels.get(inputs[0], 0)
        return self.node(kind, name, *inputs, **attributes)

    def conv(
        self,
        name: str,
        x: str,
        kernel: str,
        size: int,
        channels: int,
        stride: int = 1,
        padding: str = "SAME",
    ) -> str:
        weights = self.weights(kernel, size, size, self.channels[x], channels)
        strides = [1, stride, stride, 1]
        return self.op(
            "Conv2D", name, x, weights, channels=channels, strides=strides, padding=padding
        )

    def pool(self, name: str, x: str, stride: int = 2, size: int = 2) -> str:
        return self.op(
            "MaxPool",
            name,
            x,
            ksize=[1, size, size, 1],
            strides=[1, stride, stride, 1],
            padding="SAME",
        )

    def pad(self, name: str, x: str, amount: int) -> str:
        paddings = np.int32([[0, 0], [amount, amount], [amount, amount], [0, 0]])
        return self.op("Pad", name, x, self.constant(f"{name}/paddings", paddings))

    def concat(self, name: str, *inputs: str, axis: int = 3) -> str:
        total = sum(self.channels.get(x, 0) for x in inputs)
        axes = self.constant(f"{name}/axis", np.array(axis, np.int32))
        return self.op("ConcatV2", name, *inputs, axes, channels=total, N=len(inputs))

    def reshape(self, name: str, x: str, shape: Sequence[int]) -> str:
        return self.op("Reshape", name, x, self.constant(f"{name}/shape", np.int32(shape)))
