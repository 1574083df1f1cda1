"""Networks as TensorFlow 1 freezes them, built and run by it: true names, random weights."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


class Original:
    """A graph under construction; scopes are those of the layers that made it."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.graph = tf.Graph()

    @contextmanager
    def building(self) -> Iterator[None]:
        """Loops as frames of Enter and Exit, as frozen graphs have them."""
        v1.disable_control_flow_v2()
        try:
            with self.graph.as_default():
                yield
        finally:
            v1.enable_control_flow_v2()

    @property
    def data(self) -> bytes:
        return self.graph.as_graph_def().SerializeToString()

    def run(self, feeds: dict[str, np.ndarray], outputs: Sequence[str]) -> list[np.ndarray]:
        with v1.Session(graph=self.graph) as session:
            values = {f"{name}:0": value for name, value in feeds.items()}
            return session.run([f"{name}:0" for name in outputs], values)

    # ---- layers

    def weights(self, *shape: int, low: float = -1, high: float = 1, name: str = "Const") -> Any:
        scale = np.sqrt(3 / np.prod(shape[:-1])) if len(shape) > 1 else 1
        values = self.random.uniform(low, high, shape) * scale
        return tf.constant(values.astype(np.float32), name=name)

    def conv(
        self, x: Any, channels: int, size: int, stride: int = 1, kernel: Any = None
    ) -> tuple[Any, Any]:
        """The convolution, and its kernel for those that share it."""
        kernel = self.weights(size, size, x.shape[-1], channels) if kernel is None else kernel
        return tf.nn.conv2d(x, kernel, stride, "SAME", name="Conv2D"), kernel

    def normalized(self, x: Any, name: str = "FusedBatchNormV3") -> Any:
        channels = x.shape[-1]
        scale, offset, mean, variance = (
            self.weights(channels, low=low, high=high)
            for low, high in ((0.8, 1.2), (-0.2, 0.2), (-0.1, 0.1), (0.8, 1.2))
        )
        return v1.nn.fused_batch_norm(
            x, scale, offset, mean, variance, epsilon=1e-3, is_training=False, name=name
        )[0]
