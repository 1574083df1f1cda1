"""Activation functions."""

from __future__ import annotations

import numpy as np

from extensions.ops.common import tied
from extensions.ops.unary import Unary
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import normalize_axis


class ReLU(Unary):
    def fold(self, x: np.ndarray) -> np.ndarray:
        return np.maximum(x, np.zeros((), x.dtype))


class Sigmoid(Unary):
    def fold(self, x: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-x))


class Tanh(Unary):
    def fold(self, x: np.ndarray) -> np.ndarray:
        return np.tanh(x)


class SoftPlus(Unary):
    """log(1 + exp(x))"""

    opset = "opset4"


class SoftSign(Unary):
    """x / (1 + |x|)"""

    opset = "opset9"


class HSwish(Unary):
    """x * min(max(x + 3, 0), 6) / 6"""

    opset = "opset4"


class HSigmoid(Unary):
    """min(max(x + 3, 0), 6) / 6"""

    opset = "opset5"


class Mish(Unary):
    """x * tanh(softplus(x))"""

    opset = "opset4"


class Elu(Unary):
    """x above zero, alpha * (exp(x) - 1) below."""

    alpha: float = 1.0


class Clamp(Unary):
    """Values limited to ``min`` and ``max``."""

    min: float
    max: float

    def fold(self, x: np.ndarray) -> np.ndarray:
        return np.clip(x, self.min, self.max)


class Gelu(Unary):
    """x * Phi(x), by the error function or its tanh approximation ("ERF", "TANH")."""

    approximation_mode: str = "ERF"
    opset = "opset7"

    def version(self) -> str:
        return "opset2" if self.approximation_mode == "ERF" else "opset7"

    def ir_attributes(self) -> dict[str, str]:
        return {} if self.version() == "opset2" else super().ir_attributes()


class Swish(Op):
    """x * sigmoid(beta * x); beta is a scalar input, 1 if omitted."""

    opset = "opset4"

    def infer(self, data: Output, beta: Output | None = None) -> TensorType:
        tied(data, beta)
        return data.type


class PReLU(Op):
    """x above zero, slope * x below; the slope broadcasts, a vector along the channels."""

    def infer(self, data: Output, slope: Output) -> TensorType:
        tied(data, slope)
        return data.type


class HardSigmoid(Op):
    """min(max(alpha * x + beta, 0), 1); alpha and beta are scalar inputs."""

    def infer(self, data: Output, alpha: Output, beta: Output) -> TensorType:
        return TensorType(data.shape, tied(data, alpha, beta))


class Selu(Op):
    """gamma * x above zero, gamma * alpha * (exp(x) - 1) below."""

    def infer(self, data: Output, alpha: Output, gamma: Output) -> TensorType:
        return TensorType(data.shape, tied(data, alpha, gamma))


class Softmax(Op):
    """Along one axis, counted from the front wherever the rank is known."""

    type = "SoftMax"
    axis: int = 1

    def infer(self, data: Output) -> TensorType:
        if data.shape is not None:
            normalize_axis(self.axis, len(data.shape))
        return data.type

    def version(self) -> str:
        return "opset1" if self.axis >= 0 else "opset8"

    def fold(self, x: np.ndarray) -> np.ndarray:
        shifted = np.exp(x - x.max(self.axis, keepdims=True))
        return shifted / shifted.sum(self.axis, keepdims=True)


class LogSoftmax(Op):
    """Logarithm of Softmax along one axis."""

    opset = "opset5"
    axis: int = 1

    def infer(self, data: Output) -> TensorType:
        if data.shape is not None:
            normalize_axis(self.axis, len(data.shape))
        return data.type


class Convert(Op):
    """Another element type; floats are cut off towards zero, booleans are ``!= 0``."""

    destination_type: ElementType
    partial_values = True

    def infer(self, data: Output) -> TensorType:
        return TensorType(data.shape, self.destination_type)

    def fold(self, x: np.ndarray) -> np.ndarray:
        if x.dtype.kind == "O":
            if not self.destination_type.is_integer:
                raise ValueError("unknown integers have no float form")
            return x
        if self.destination_type is ElementType.boolean:
            return x != 0
        return x.astype(self.destination_type.numpy)


class ConvertLike(Op):
    """The element type of the second input."""

    def infer(self, data: Output, like: Output) -> TensorType:
        return TensorType(data.shape, like.dtype)
