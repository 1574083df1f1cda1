"""Activation functions by name, and the layers that are nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extensions.front.building import rank_of
from extensions.front.tf.common import refuse
from extensions.front.tf.keras.common import Layer, layer
from extensions.ops import activation as act
from extensions.ops.arithmetic import Add, Greater, Maximum, Minimum, Multiply, Select
from extensions.ops.normalization import NormalizeL2
from extensions.ops.unary import Exp
from mo.graph.node import Output
from mo.graph.op import Op

_SELU = (1.6732632423543772, 1.0507009873554805)
_DIRECT: dict[str, Op] = {
    "exponential": Exp(),
    "hard_silu": act.HSwish(),
    "hard_swish": act.HSwish(),
    "mish": act.Mish(),
    "relu": act.ReLU(),
    "relu6": act.Clamp(min=0.0, max=6.0),
    "sigmoid": act.Sigmoid(),
    "silu": act.Swish(),
    "softplus": act.SoftPlus(),
    "softsign": act.SoftSign(),
    "swish": act.Swish(),
    "tanh": act.Tanh(),
}


def name_of(setting: Any) -> str:
    """The name of an activation function, however it is written."""
    if isinstance(setting, Mapping):
        setting = setting.get("config") if setting.get("class_name") == "function" else setting
    if isinstance(setting, Mapping):
        inner = setting.get("config")
        name = setting.get("name") or (inner.get("name") if isinstance(inner, Mapping) else None)
        setting = name or setting.get("class_name")
    return str(setting or "linear").split(">")[-1].split(".")[-1]


def activated(layer: Layer, x: Output, setting: Any) -> Output:
    """An activation function with its default settings."""
    g, name = layer.g, name_of(setting)
    if name == "linear":
        return x
    if name in _DIRECT:
        return g.add(_DIRECT[name], x)
    if name in ("softmax", "log_softmax"):
        op = act.Softmax if name == "softmax" else act.LogSoftmax
        return g.add(op(axis=rank_of(x) - 1), x)
    if name == "hard_sigmoid":
        return _hard_sigmoid(layer, x)
    if name in ("elu", "selu", "leaky_relu", "gelu"):
        return _with_slope(layer, name, x)
    raise refuse(f"the activation '{name}'")


def _hard_sigmoid(layer: Layer, x: Output) -> Output:
    """From Keras 3 on relu6(x + 3) / 6, before 0.2 * x + 0.5 within 0 and 1."""
    if layer.release >= 3:
        return layer.g.add(act.HSigmoid(), x)
    return layer.g.add(act.HardSigmoid(), x, 0.2, 0.5)


def _with_slope(layer: Layer, name: str, x: Output) -> Output:
    g = layer.g
    if name == "elu":
        return g.add(act.Elu(alpha=1.0), x)
    if name == "selu":
        return g.add(act.Selu(), x, *_SELU)
    if name == "gelu":
        return g.add(act.Gelu(approximation_mode="ERF"), x)
    return g.add(act.PReLU(), x, 0.2)


@layer("Activation")
def activation(layer: Layer, x: Output) -> Output:
    return activated(layer, x, layer.get("activation"))


@layer("Softmax")
def softmax(layer: Layer, x: Output) -> Output:
    axis = layer.get("axis", -1)
    if layer.argument(None, "mask") is not None or "mask0" in layer.weights:
        raise refuse("a Softmax with a mask")
    if not isinstance(axis, int):
        raise refuse(f"a softmax over the axes {axis}")
    return layer.g.add(act.Softmax(axis=axis % rank_of(x)), x)


@layer("ELU")
def elu(layer: Layer, x: Output) -> Output:
    return layer.g.add(act.Elu(alpha=float(layer.get("alpha", 1.0))), x)


@layer("LeakyReLU")
def leaky_relu(layer: Layer, x: Output) -> Output:
    slope = layer.get("negative_slope", layer.get("alpha", 0.3))
    return layer.g.add(act.PReLU(), x, float(slope))


@layer("ReLU")
def relu(layer: Layer, x: Output) -> Output:
    """x from the threshold up to the greatest value, below it slope * (x - threshold)."""
    g = layer.g
    slope, threshold = (float(layer.get(n) or 0) for n in ("negative_slope", "threshold"))
    greatest = layer.get("max_value")
    if not slope and not threshold:
        return g.add(act.ReLU() if greatest is None else act.Clamp(min=0.0, max=float(greatest)), x)
    limited = x if greatest is None else g.add(Minimum(), x, float(greatest))
    below = g.add(Multiply(), g.add(Add(), x, -threshold), slope)
    return g.add(Select(), g.add(Greater(), x, threshold), limited, below)


@layer("ThresholdedReLU")
def thresholded_relu(layer: Layer, x: Output) -> Output:
    g, theta = layer.g, float(layer.get("theta", 1.0))
    return g.add(Select(), g.add(Greater(), x, theta), x, g.constant(0.0, x.dtype))


@layer("PReLU")
def prelu(layer: Layer, x: Output) -> Output:
    """The slopes are laid out as the data without its batch, shared axes of size 1."""
    g = layer.g
    positive = g.add(Maximum(), x, 0.0)
    negative = g.add(Multiply(), g.add(Minimum(), x, 0.0), layer.weight("alpha"))
    return g.add(Add(), positive, negative)


@layer("Rescaling")
def rescaling(layer: Layer, x: Output) -> Output:
    g = layer.g
    scaled = g.add(Multiply(), x, g.constant(layer.get("scale", 1.0), x.dtype))
    return g.add(Add(), scaled, g.constant(layer.get("offset", 0.0), x.dtype))


@layer("UnitNormalization")
def unit_normalization(layer: Layer, x: Output) -> Output:
    axis = layer.get("axis", -1)
    axes = [axis] if isinstance(axis, int) else list(axis)
    op = NormalizeL2(eps=1e-12, eps_mode="max")
    return layer.g.add(op, x, [entry % rank_of(x) for entry in axes])
