"""Activations, and softmax in its variants."""

from __future__ import annotations

import numpy as np

from extensions.front.building import channelwise, rank_of
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import alike, converts, refused
from extensions.front.mxnet.masking import positions_below
from extensions.ops import activation as act
from extensions.ops.arithmetic import Divide, Select
from extensions.ops.shaping import Reshape, ShapeOf
from extensions.ops.unary import Negative
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op
from mo.graph.shape import normalize_axis

_SIMPLE: dict[str, type[Op]] = {
    "log_sigmoid": act.SoftPlus,
    "mish": act.Mish,
    "relu": act.ReLU,
    "sigmoid": act.Sigmoid,
    "softrelu": act.SoftPlus,
    "softsign": act.SoftSign,
    "tanh": act.Tanh,
}


@converts("Activation")
def activation(g: Graph, node: SourceNode, x: Output) -> Output:
    kind = at.chosen(node, "act_type", _SIMPLE)
    if kind is act.SoftPlus and at.word(node, "act_type") == "log_sigmoid":
        return g.add(Negative(), g.add(kind(), g.add(Negative(), x)))
    return g.add(kind(), x)


# The constants of "Self-Normalizing Neural Networks".
_SELU = (1.6732632423543772, 1.0507009873554805)


@converts("LeakyReLU")
def leaky_relu(g: Graph, node: SourceNode, x: Output, slopes: Output | None = None) -> Output:
    kind = at.word(node, "act_type", "leaky")
    slope = at.number(node, "slope", 0.25)
    if kind == "prelu":
        assert slopes is not None
        if slopes.rank == 1 and slopes.shape != (1,):
            slopes = channelwise(g, slopes, rank_of(x))
        return g.add(act.PReLU(), *alike(g, x, slopes))
    if kind == "elu":
        return g.add(act.Elu(alpha=slope), x)
    if kind == "selu":
        return g.add(act.Selu(), x, *_SELU)
    if kind == "gelu":
        return g.add(act.Gelu(), x)
    if kind == "rrelu":
        # Random in training; in inference the middle of the range.
        low, high = at.number(node, "lower_bound", 0.125), at.number(node, "upper_bound", 0.334)
        slope = (low + high) / 2
    elif kind != "leaky":
        raise refused(f"act_type '{kind}'")
    return g.add(act.PReLU(), x, slope)


@converts("SoftmaxOutput", "WarpCTC")
def softmax_output(g: Graph, node: SourceNode, x: Output) -> Output:
    """Over the channels with multi_output, else over all that is not the batch."""
    if at.flag(node, "preserve_shape"):
        return g.add(act.Softmax(axis=rank_of(x) - 1), x)
    if at.flag(node, "multi_output") or rank_of(x) <= 2:
        return g.add(act.Softmax(axis=min(rank_of(x) - 1, 1)), x)
    flat = g.add(Reshape(special_zero=True), x, [0, -1])
    return g.add(Reshape(), g.add(act.Softmax(axis=1), flat), g.add(ShapeOf(), x))


@converts("SoftmaxActivation")
def softmax_activation(g: Graph, node: SourceNode, x: Output) -> Output:
    """Over the channels, or (mode 'instance') over the last axis."""
    is_channel = at.word(node, "mode", "instance") == "channel"
    return g.add(act.Softmax(axis=1 if is_channel else rank_of(x) - 1), x)


@converts("softmax", "log_softmax", "softmin")
def softmax(g: Graph, node: SourceNode, x: Output, lengths: Output | None = None) -> Output:
    """With lengths, what lies behind them along the axis gets no share."""
    axis = normalize_axis(at.integer(node, "axis", -1), rank_of(x))
    if node.type == "softmin":
        x = g.add(Negative(), x)
    temperature = at.number(node, "temperature", 1.0)
    if temperature != 1:
        x = g.add(Divide(), x, temperature)
    op = act.LogSoftmax(axis=axis) if node.type == "log_softmax" else act.Softmax(axis=axis)
    if lengths is None or not at.flag(node, "use_length"):
        return g.add(op, x)
    if rank_of(x) < 2:
        raise refused("a softmax over parts of a vector")
    within = positions_below(g, x, axis, lengths)
    shares = g.add(op, g.add(Select(), within, x, g.constant(np.float32(-1e30))))
    return g.add(Select(), within, shares, g.constant(np.float32(0)))
