"""Normalisations."""

from __future__ import annotations

from extensions.ops.common import FLOATS, constant_axes, divided, expect, joined, ranked, tied
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import text


class BatchNormInference(Op):
    """gamma * (data - mean) / sqrt(variance + epsilon) + beta, along axis 1."""

    opset = "opset5"
    epsilon: float

    def infer(
        self, data: Output, gamma: Output, beta: Output, mean: Output, variance: Output
    ) -> TensorType:
        kind = expect(tied(data, gamma, beta, mean, variance), FLOATS, "a float")
        vectors = [ranked(value, 1, "a vector") for value in (gamma, beta, mean, variance)]
        channels = joined("channels", *(vector[0] for vector in vectors))
        if data.shape is None:
            return TensorType(None, kind)
        if len(data.shape) < 2:
            raise ValueError(f"data {text(data.shape)} has no channels")
        channels = joined("channels", data.shape[1], channels)
        return TensorType((data.shape[0], channels, *data.shape[2:]), kind)


class MVN(Op):
    """Zero mean, and unit variance if asked for, over the axes of the second input."""

    opset = "opset6"
    eps: float
    normalize_variance: bool = True
    eps_mode: str = "inside_sqrt"

    def infer(self, data: Output, axes: Output) -> TensorType:
        constant_axes(axes, data.rank)  # They must be axes of the data.
        return TensorType(data.shape, data.dtype)


class NormalizeL2(Op):
    """Division by the L2 norm over the axes of the second input."""

    eps: float
    eps_mode: str = "add"

    def infer(self, data: Output, axes: Output) -> TensorType:
        return TensorType(data.shape, data.dtype)


class LRN(Op):
    """Division by (bias + alpha / size * sum of squares around)^beta."""

    alpha: float
    beta: float
    bias: float
    size: int

    def infer(self, data: Output, axes: Output) -> TensorType:
        return TensorType(data.shape, data.dtype)


class GRN(Op):
    """Division by sqrt(sum of squares over channels + bias)."""

    bias: float

    def infer(self, data: Output) -> TensorType:
        return TensorType(data.shape, data.dtype)


class GroupNormalization(Op):
    """MVN over each of ``num_groups`` groups of channels, then scale and bias per channel."""

    opset = "opset12"
    num_groups: int
    epsilon: float

    def infer(self, data: Output, scale: Output, bias: Output) -> TensorType:
        kind = tied(data, scale, bias)
        vectors = [ranked(value, 1, "a vector") for value in (scale, bias)]
        channels = joined("channels", *(vector[0] for vector in vectors))
        if data.shape is not None:
            if len(data.shape) < 2:
                raise ValueError(f"data {text(data.shape)} has no channels")
            channels = joined("channels", data.shape[1], channels)
            divided(channels, self.num_groups)
        return TensorType(data.shape, kind)
