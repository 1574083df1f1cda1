"""Activation functions."""

from __future__ import annotations

import numpy as np

from extensions.front.building import channelwise, lift, rank_of, size_of, typed
from extensions.front.onnx.common import converts, maps
from extensions.ops import activation as act
from extensions.ops.arithmetic import Add, Divide, Equal, Greater, Less, Multiply, Select, Subtract
from extensions.ops.generating import Range
from extensions.ops.selection import TopK
from extensions.ops.shaping import Reshape, ShapeOf
from extensions.ops.unary import Abs
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis

maps(
    {
        "HardSwish": act.HSwish,
        "Mish": act.Mish,
        "Relu": act.ReLU,
        "Sigmoid": act.Sigmoid,
        "Softplus": act.SoftPlus,
        "Tanh": act.Tanh,
    }
)


@converts("Elu")
def elu(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(act.Elu(alpha=node.get("alpha", 1.0)), x)


@converts("Celu")
def celu(g: Graph, node: SourceNode, x: Output) -> Output:
    alpha = float(node.get("alpha", 1.0))
    inner = g.add(act.Elu(alpha=1.0), g.add(Divide(), x, alpha))
    return g.add(Multiply(), inner, alpha)


@converts("Selu")
def selu(g: Graph, node: SourceNode, x: Output) -> Output:
    alpha = float(node.get("alpha", 1.6732632423543772))
    gamma = float(node.get("gamma", 1.0507009873554805))
    return g.add(act.Selu(), x, alpha, gamma)


@converts("LeakyRelu")
def leaky_relu(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(act.PReLU(), x, float(node.get("alpha", 0.01)))


@converts("ThresholdedRelu")
def thresholded_relu(g: Graph, node: SourceNode, x: Output) -> Output:
    above = g.add(Greater(), x, float(node.get("alpha", 1.0)))
    return g.add(Select(), above, x, g.constant(np.asarray(0.0), x.dtype))


@converts("Shrink")
def shrink(g: Graph, node: SourceNode, x: Output) -> Output:
    """Towards zero by ``bias``, and zero within ``lambd`` of it."""
    if not x.dtype.is_float:
        real = shrink(g, node, typed(g, x, ElementType.f32))
        return typed(g, real, x.dtype)
    bias, limit = float(node.get("bias", 0.0)), float(node.get("lambd", 0.5))
    raised, lowered = g.add(Add(), x, bias), g.add(Subtract(), x, bias)
    zero = g.constant(np.asarray(0.0), x.dtype)
    above = g.add(Select(), g.add(Greater(), x, limit), lowered, zero)
    return g.add(Select(), g.add(Less(), x, -limit), raised, above)


@converts("PRelu")
def prelu_1(g: Graph, node: SourceNode, x: Output, slope: Output) -> Output:
    return g.add(act.PReLU(), x, channelwise(g, slope, x.rank) if slope.rank == 1 else slope)


@converts("PRelu", since=7)
def prelu_7(g: Graph, node: SourceNode, x: Output, slope: Output) -> Output:
    if slope.rank == 1 and x.rank is not None and x.rank > 1:
        # The IR lays a vector along the channels; here it broadcasts from the last axis.
        slope = g.add(Reshape(), slope, [1] * (x.rank - 1) + [-1])
    return g.add(act.PReLU(), x, slope)


@converts("HardSigmoid")
def hard_sigmoid(g: Graph, node: SourceNode, x: Output) -> Output:
    alpha, beta = float(node.get("alpha", 0.2)), float(node.get("beta", 0.5))
    if np.float32(alpha) == np.float32(1 / 6) and beta == 0.5:
        return g.add(act.HSigmoid(), x)
    return g.add(act.HardSigmoid(), x, alpha, beta)


@converts("Gelu")
def gelu(g: Graph, node: SourceNode, x: Output) -> Output:
    mode = "TANH" if node.get("approximate") == "tanh" else "ERF"
    return g.add(act.Gelu(approximation_mode=mode), x)


@converts("Swish")
def swish(g: Graph, node: SourceNode, x: Output) -> Output:
    alpha = float(node.get("alpha", 1.0))
    return g.add(act.Swish(), x) if alpha == 1 else g.add(act.Swish(), x, alpha)


@converts("Softsign")
def softsign(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Divide(), x, g.add(Add(), g.add(Abs(), x), 1.0))


@converts("Softmax", "LogSoftmax", "Hardmax")
def softmax_1(g: Graph, node: SourceNode, x: Output) -> Output:
    return along_axis(g, node.type, x, node.get("axis", 1), flat=True)


@converts("Softmax", "LogSoftmax", "Hardmax", since=13)
def softmax_13(g: Graph, node: SourceNode, x: Output) -> Output:
    return along_axis(g, node.type, x, node.get("axis", -1), flat=False)


def along_axis(g: Graph, kind: str, x: Output, axis: int, flat: bool) -> Output:
    """Along one axis; before operation set 13 (``flat``) all axes from it on are one."""
    if x.shape is not None:
        axis = normalize_axis(axis, len(x.shape)) if x.shape else 0
        flat = flat and any(dim != 1 for dim in x.shape[axis + 1 :])
    if not flat:
        return _ALONG[kind](g, x, axis)
    if axis < 0:
        axis += rank_of(x)
    matrix = g.add(Reshape(special_zero=True), x, [0] * axis + [-1])
    return g.add(Reshape(), _ALONG[kind](g, matrix, axis), g.add(ShapeOf(), x))


def _softmax(g: Graph, x: Output, axis: int) -> Output:
    return g.add(act.Softmax(axis=axis), x)


def _log_softmax(g: Graph, x: Output, axis: int) -> Output:
    return g.add(act.LogSoftmax(axis=axis), x)


def _hardmax(g: Graph, x: Output, axis: int) -> Output:
    """One at the (first) greatest element, else zero."""
    op = TopK(axis=axis, index_element_type=ElementType.i64)
    place = g.add_multi(op, x, g.constant(np.int64(1)))[1]
    first, step = g.constant(np.int64(0)), g.constant(np.int64(1))
    places = g.add(Range(output_type=ElementType.i64), first, size_of(g, x, axis), step)
    behind = normalize_axis(-1, rank_of(x)) - normalize_axis(axis, rank_of(x))
    chosen = g.add(Equal(), place, lift(g, places, range(1, behind + 1)))
    return typed(g, chosen, x.dtype)


_ALONG = {"Softmax": _softmax, "LogSoftmax": _log_softmax, "Hardmax": _hardmax}
