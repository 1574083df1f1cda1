"""Activations, and other functions of one number."""

from __future__ import annotations

from math import log

from extensions.front.building import rank_of
from extensions.front.caffe.common import (
    converts,
    invalid,
    maps,
    needed,
    parameters,
    shape_of,
)
from extensions.front.caffe.fillers import trained
from extensions.ops import activation as a
from extensions.ops import unary as u
from extensions.ops.arithmetic import Add, Greater, Multiply, Power
from extensions.ops.conversion import Convert
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output

maps({"AbsVal": u.Abs, "BNLL": a.SoftPlus, "Sigmoid": a.Sigmoid, "TanH": a.Tanh})


@converts("ReLU")
def relu(g: Graph, node: SourceNode, x: Output) -> Output:
    slope = parameters(node, "relu_param")["negative_slope"]
    return g.add(a.PReLU(), x, slope) if slope else g.add(a.ReLU(), x)


@converts("ReLU6")
def relu6(g: Graph, node: SourceNode, x: Output) -> Output:
    top = parameters(node, "relu6_param")["n"]
    if top <= 0:
        raise invalid(f"its upper bound is {top}")
    return g.add(a.Clamp(min=0.0, max=float(top)), x)


@converts("PReLU")
def prelu(g: Graph, node: SourceNode, x: Output, slope: Output | None = None) -> Output:
    p = parameters(node, "prelu_param")
    shape = (1,) if p["channel_shared"] else (shape_of(x)[1],)
    slopes = trained(g, slope, "slopes", shape, p["filler"])
    return g.add(a.PReLU(), x, slopes)


@converts("ELU")
def elu(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(a.Elu(alpha=float(parameters(node, "elu_param")["alpha"])), x)


@converts("Clip")
def clip(g: Graph, node: SourceNode, x: Output) -> Output:
    p = parameters(node, "clip_param")
    low, high = float(needed(p, "min")), float(needed(p, "max"))
    if low >= high:
        raise invalid(f"it clips to {low} .. {high}")
    return g.add(a.Clamp(min=low, max=high), x)


@converts("Swish")
def swish(g: Graph, node: SourceNode, x: Output) -> Output:
    """x * sigmoid(beta * x)"""
    beta = float(parameters(node, "swish_param")["beta"])
    return g.add(Multiply(), x, g.add(a.Sigmoid(), linear(g, x, beta, 0.0)))


@converts("Softmax")
def softmax(g: Graph, node: SourceNode, x: Output) -> Output:
    axis = parameters(node, "softmax_param")["axis"]
    return g.add(a.Softmax(axis=axis if axis >= 0 else axis + rank_of(x)), x)


@converts("Power")
def power(g: Graph, node: SourceNode, x: Output) -> Output:
    """(shift + scale * x) ^ power"""
    p = parameters(node, "power_param")
    y = linear(g, x, p["scale"], p["shift"])
    return y if p["power"] == 1 else g.add(Power(), y, float(p["power"]))


@converts("Exp")
def exp(g: Graph, node: SourceNode, x: Output) -> Output:
    """base ^ (shift + scale * x); a base of -1 stands for e."""
    p = parameters(node, "exp_param")
    rate = _log_of_base(p["base"])
    return g.add(u.Exp(), linear(g, x, p["scale"] * rate, p["shift"] * rate))


@converts("Log")
def logarithm(g: Graph, node: SourceNode, x: Output) -> Output:
    """The logarithm to the base of shift + scale * x; a base of -1 stands for e."""
    p = parameters(node, "log_param")
    y = g.add(u.Log(), linear(g, x, p["scale"], p["shift"]))
    return linear(g, y, 1 / _log_of_base(p["base"]), 0.0)


def _log_of_base(base: float) -> float:
    if base == -1:
        return 1.0
    if base <= 0 or base == 1:
        raise invalid(f"its base is {base}")
    return log(base)


def linear(g: Graph, x: Output, scale: float, shift: float) -> Output:
    """scale * x + shift, without steps that change nothing."""
    y = x if scale == 1 else g.add(Multiply(), x, float(scale))
    return y if shift == 0 else g.add(Add(), y, float(shift))


@converts("Threshold")
def threshold(g: Graph, node: SourceNode, x: Output) -> Output:
    """1 above the threshold, else 0."""
    level = float(parameters(node, "threshold_param")["threshold"])
    return g.add(Convert(destination_type=x.dtype), g.add(Greater(), x, level))
