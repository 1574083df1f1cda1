"""Activation functions."""

from __future__ import annotations

from math import ceil, floor, pi, sqrt

import numpy as np

from extensions.ops.common import FLOATS, expect, tied
from extensions.ops.unary import ANYTHING, Unary, erf, real
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Shape, broadcast_dim, normalize_axis, text


class ReLU(Unary):
    def fold(self, x: np.ndarray) -> np.ndarray:
        return np.maximum(x, np.zeros((), x.dtype))


class Sigmoid(Unary):
    @real
    def fold(self, x: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-x))


class Tanh(Unary):
    @real
    def fold(self, x: np.ndarray) -> np.ndarray:
        return np.tanh(x)


class SoftPlus(Unary):
    """log(1 + exp(x))"""

    opset = "opset4"
    accepted = FLOATS

    @real
    def fold(self, x: np.ndarray) -> np.ndarray:
        return np.logaddexp(x, 0)


class SoftSign(Unary):
    """x / (1 + |x|)"""

    opset = "opset9"
    accepted = FLOATS

    @real
    def fold(self, x: np.ndarray) -> np.ndarray:
        return x / (1 + np.abs(x))


class HSwish(Unary):
    """x * min(max(x + 3, 0), 6) / 6"""

    opset = "opset4"

    @real
    def fold(self, x: np.ndarray) -> np.ndarray:
        return x * np.clip(x + 3, 0, 6) / 6


class HSigmoid(Unary):
    """min(max(x + 3, 0), 6) / 6"""

    opset = "opset5"

    @real
    def fold(self, x: np.ndarray) -> np.ndarray:
        return np.clip(x + 3, 0, 6) / 6


class Mish(Unary):
    """x * tanh(softplus(x))"""

    opset = "opset4"
    accepted = FLOATS

    @real
    def fold(self, x: np.ndarray) -> np.ndarray:
        return x * np.tanh(np.logaddexp(x, 0))


class Elu(Unary):
    """x above zero, alpha * (exp(x) - 1) below."""

    accepted = ANYTHING
    alpha: float = 1.0

    @real
    def fold(self, x: np.ndarray) -> np.ndarray:
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))


class Clamp(Unary):
    """Values limited to ``min`` and ``max``."""

    min: float
    max: float

    def infer(self, data: Output) -> TensorType:
        if self.min > self.max:
            raise ValueError(f"the limits {self.min} and {self.max} are in the wrong order")
        return super().infer(data)

    def fold(self, x: np.ndarray) -> np.ndarray:
        if x.dtype.kind not in "iu":
            return np.clip(x, self.min, self.max)
        limits = np.iinfo(x.dtype)
        low = limits.min if self.min <= limits.min else ceil(self.min)
        high = limits.max if self.max >= limits.max else floor(self.max)
        return np.clip(x, low, high)


class Gelu(Unary):
    """x * Phi(x), by the error function or its tanh approximation ("ERF", "TANH")."""

    accepted = FLOATS
    approximation_mode: str = "ERF"

    def version(self) -> str:
        return "opset2" if self.approximation_mode == "ERF" else "opset7"

    def ir_attributes(self) -> dict[str, str]:
        return {} if self.approximation_mode == "ERF" else super().ir_attributes()

    @real
    def fold(self, x: np.ndarray) -> np.ndarray:
        if self.approximation_mode == "ERF":
            return x * (1 + erf(x / sqrt(2))) / 2
        return x * (1 + np.tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2


class Swish(Op):
    """x * sigmoid(beta * x); beta is a scalar input, 1 if omitted."""

    opset = "opset4"

    def infer(self, data: Output, beta: Output | None = None) -> TensorType:
        kind = expect(tied(data, beta), FLOATS, "a float")
        if beta is not None and beta.shape:
            raise ValueError(f"beta {text(beta.shape)} is not a scalar")
        return TensorType(data.shape, kind)

    def fold(self, x: np.ndarray, beta: np.ndarray | None = None) -> np.ndarray:
        return x / (1 + np.exp(-x if beta is None else -x * beta))


class PReLU(Op):
    """x above zero, slope * x below; the slope broadcasts, a vector along the channels."""

    def infer(self, data: Output, slope: Output) -> TensorType:
        kind = tied(data, slope)
        if not _slope_fits(data.shape, slope.shape):
            raise ValueError(f"slope {text(slope.shape)} does not fit {text(data.shape)}")
        return TensorType(data.shape, kind)


def _slope_fits(data: Shape, slope: Shape) -> bool:
    if data is None or slope is None or not slope:
        return True
    if len(slope) == 1:
        channels = data[1 if len(data) > 1 else 0] if data else 1
        return broadcast_dim(channels, slope[0]) is not None
    pairs = zip(reversed(data), reversed(slope))
    return len(slope) <= len(data) and all(broadcast_dim(d, s) is not None for d, s in pairs)


class HardSigmoid(Op):
    """min(max(alpha * x + beta, 0), 1); alpha and beta are scalar inputs."""

    def infer(self, data: Output, alpha: Output, beta: Output) -> TensorType:
        for value in (alpha, beta):
            if value.shape:
                raise ValueError(f"alpha or beta {text(value.shape)} is not a scalar")
        return TensorType(data.shape, tied(data, alpha, beta))


class Selu(Op):
    """gamma * x above zero, gamma * alpha * (exp(x) - 1) below."""

    def infer(self, data: Output, alpha: Output, gamma: Output) -> TensorType:
        return TensorType(data.shape, expect(tied(data, alpha, gamma), FLOATS, "a float"))


class Softmax(Op):
    """Along one axis, counted from the front wherever the rank is known."""

    type = "SoftMax"
    axis: int = 1

    def infer(self, data: Output) -> TensorType:
        if data.shape is not None:
            normalize_axis(self.axis, len(data.shape))
        return TensorType(data.shape, data.dtype)

    def version(self) -> str:
        return "opset1" if self.axis >= 0 else "opset8"

    @real
    def fold(self, x: np.ndarray) -> np.ndarray:
        shifted = np.exp(x - x.max(self.axis, keepdims=True, initial=-np.inf))
        return shifted / shifted.sum(self.axis, keepdims=True)


class LogSoftmax(Op):
    """Logarithm of Softmax along one axis."""

    opset = "opset5"
    axis: int = 1

    def infer(self, data: Output) -> TensorType:
        if data.shape is not None:
            normalize_axis(self.axis, len(data.shape))
        return TensorType(data.shape, data.dtype)

    @real
    def fold(self, x: np.ndarray) -> np.ndarray:
        shifted = x - x.max(self.axis, keepdims=True, initial=-np.inf)
        return shifted - np.log(np.exp(shifted).sum(self.axis, keepdims=True))
