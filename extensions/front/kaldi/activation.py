"""Functions of single values, of rows, and of groups of columns."""

from __future__ import annotations

import numpy as np

from extensions.front.kaldi.common import (
    component_of,
    converts,
    join,
    last_axis,
    maps,
    reshape_columns,
    reshape_tail,
    split,
    width_of,
)
from extensions.ops.activation import LogSoftmax, ReLU, Sigmoid, Softmax, SoftPlus, Tanh
from extensions.ops.arithmetic import Add, Divide, Maximum, Minimum, Multiply, Power
from extensions.ops.reduction import ReduceMax, ReduceMean, ReduceSum
from extensions.ops.unary import Abs, Log, Sqrt
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output

maps(
    {
        "Sigmoid": Sigmoid,
        "SigmoidComponent": Sigmoid,
        "Tanh": Tanh,
        "TanhComponent": Tanh,
        "RectifiedLinearComponent": ReLU,
        "SoftHingeComponent": SoftPlus,
    }
)


@converts(
    "Identity",
    "Dropout",
    "NoOpComponent",
    "GeneralDropoutComponent",
    "SpecAugmentTimeMaskComponent",
    "AdditiveNoiseComponent",
    "ClipGradientComponent",
)
def identity(g: Graph, node: SourceNode, x: Output) -> Output:
    """These only do something in training."""
    return x


@converts("Softmax", "HiddenSoftmax", "SoftmaxComponent")
def softmax(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Softmax(axis=last_axis(x)), x)


@converts("LogSoftmaxComponent")
def log_softmax(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(LogSoftmax(axis=last_axis(x)), x)


@converts("BlockSoftmax")
def block_softmax(g: Graph, node: SourceNode, x: Output) -> Output:
    c = component_of(node)
    widths = c.integers("Context")
    if min(widths) < 1 or sum(widths) != width_of(x):
        raise c.wrong(f"blocks of {widths} columns of {width_of(x)}")
    return join(g, [softmax(g, node, block) for block in split(g, x, *widths)])


@converts("ParametricRelu")
def parametric_relu(g: Graph, node: SourceNode, x: Output) -> Output:
    """alpha x above zero, beta x below."""
    c = component_of(node)
    above = g.add(Multiply(), g.add(Maximum(), x, 0.0), g.constant(c.tensor("Alpha")))
    below = g.add(Multiply(), g.add(Minimum(), x, 0.0), g.constant(c.tensor("Beta")))
    return g.add(Add(), above, below)


@converts("PowerComponent")
def power(g: Graph, node: SourceNode, x: Output) -> Output:
    """|x|^p"""
    return g.add(Power(), g.add(Abs(), x), float(component_of(node).value("Power")))


# ---- rows

# The squared norm is not taken below this: Kaldi, NormalizeComponent.
_SMALLEST = 2.0**-66


@converts("NormalizeComponent")
def normalize(g: Graph, node: SourceNode, x: Output) -> Output:
    """Each block of columns scaled to the root mean square TargetRms.

    With AddLogStddev, the logarithm of its own root mean square follows each block.
    """
    c, width = component_of(node), width_of(x)
    block = min(c.get("BlockDim", width) or width, width)
    blocks, rms = c.split(width, c.split(width, block)) and width // block, c.get("TargetRms", 1.0)
    apart = reshape_columns(g, x, blocks, block) if blocks > 1 else x
    square = g.add(ReduceMean(keep_dims=True), g.add(Multiply(), apart, apart), [last_axis(apart)])
    relative = g.add(Maximum(), g.add(Multiply(), square, float(rms**-2)), _SMALLEST)
    scaled = g.add(Multiply(), apart, g.add(Power(), relative, -0.5))
    if c.get("AddLogStddev", False):
        half = g.add(Multiply(), g.add(Log(), relative), 0.5)
        scaled = join(g, [scaled, g.add(Add(), half, float(np.log(rms)))])
        block += 1
    return reshape_tail(g, scaled, last_axis(x), [blocks * block]) if blocks > 1 else scaled


@converts("LengthNormComponent")
def length_norm(g: Graph, node: SourceNode, x: Output) -> Output:
    """Rows of length one."""
    square = g.add(ReduceSum(keep_dims=True), g.add(Multiply(), x, x), [last_axis(x)])
    return g.add(Divide(), x, g.add(Sqrt(), g.add(Maximum(), square, _SMALLEST)))


# ---- groups of columns


def _groups(g: Graph, node: SourceNode, x: Output) -> Output:
    """[..., output columns, columns of a group]."""
    c = component_of(node)
    width = c.size("OutputDim")
    return reshape_columns(g, x, width, c.split(width_of(x), width))


@converts("PnormComponent")
def pnorm(g: Graph, node: SourceNode, x: Output) -> Output:
    """(sum |x|^p)^(1/p) of each group."""
    p = component_of(node).get("P", 2.0)
    groups = _groups(g, node, x)
    axis = [last_axis(groups)]
    if p == 2:
        return g.add(Sqrt(), g.add(ReduceSum(), g.add(Multiply(), groups, groups), axis))
    sizes = g.add(Abs(), groups)
    if p == 1:
        return g.add(ReduceSum(), sizes, axis)
    if np.isinf(p):
        return g.add(ReduceMax(), sizes, axis)
    if not p > 0:
        raise component_of(node).wrong(f"a norm with p = {p:g}")
    total = g.add(ReduceSum(), g.add(Power(), sizes, float(p)), axis)
    return g.add(Power(), total, float(1 / p))


@converts("MaxoutComponent")
def maxout(g: Graph, node: SourceNode, x: Output) -> Output:
    groups = _groups(g, node, x)
    return g.add(ReduceMax(), groups, [last_axis(groups)])
