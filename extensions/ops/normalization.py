"""Normalisations."""

from __future__ import annotations

from extensions.ops.common import tied
from mo.graph.node import Output
from mo.graph.op import Op, TensorType


class BatchNormInference(Op):
    """gamma * (data - mean) / sqrt(variance + epsilon) + beta, along axis 1."""

    opset = "opset5"
    epsilon: float

    def infer(
        self, data: Output, gamma: Output, beta: Output, mean: Output, variance: Output
    ) -> TensorType:
        tied(data, gamma, beta, mean, variance)
        return data.type


class MVN(Op):
    """Zero mean, and unit variance if asked for, over the axes of the second input."""

    opset = "opset6"
    eps: float
    normalize_variance: bool = True
    eps_mode: str = "inside_sqrt"

    def infer(self, data: Output, axes: Output) -> TensorType:
        return data.type


class NormalizeL2(Op):
    """Division by the L2 norm over the axes of the second input."""

    eps: float
    eps_mode: str = "add"

    def infer(self, data: Output, axes: Output) -> TensorType:
        return data.type


class LRN(Op):
    """Division by (bias + alpha / size * sum of squares around)^beta."""

    alpha: float
    beta: float
    bias: float
    size: int

    def infer(self, data: Output, axes: Output) -> TensorType:
        return data.type


class GRN(Op):
    """Division by sqrt(sum of squares over channels + bias)."""

    bias: float

    def infer(self, data: Output) -> TensorType:
        return data.type


class GroupNormalization(Op):
    """MVN over each of ``num_groups`` groups of channels, then scale and bias per channel."""

    opset = "opset12"
    num_groups: int
    epsilon: float

    def infer(self, data: Output, scale: Output, bias: Output) -> TensorType:
        return data.type
