"""Normalisations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from extensions.front.building import local_response, rank_of
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, shape_of
from extensions.front.mxnet.reduction import without_scalars
from extensions.ops.activation import ReLU
from extensions.ops.arithmetic import Add, Divide, Multiply, Subtract
from extensions.ops.normalization import MVN
from extensions.ops.reduction import ReduceMean, ReduceSum
from extensions.ops.shaping import Reshape, ShapeOf
from extensions.ops.unary import Sqrt
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis


def along(g: Graph, vector: Output, axis: int, rank: int) -> Output:
    """A vector laid along one axis of a tensor."""
    return g.add(Reshape(), vector, [-1] + [1] * (rank - axis - 1))


@converts("BatchNorm", "_contrib_SyncBatchNorm", "_contrib_BatchNormWithReLU")
def batch_norm(
    g: Graph,
    node: SourceNode,
    x: Output,
    gamma: Output,
    beta: Output,
    mean: Output,
    variance: Output,
) -> tuple[Output, ...]:
    """A multiplication and an addition per channel; gamma is 1 unless fix_gamma is off."""
    rank = rank_of(x)
    axis = normalize_axis(at.integer(node, "axis", 1), rank)
    deviation = g.add(Sqrt(), g.add(Add(), variance, at.number(node, "eps", 1e-3)))
    if at.flag(node, "fix_gamma", True):
        gamma = g.constant(np.ones(1), deviation.dtype)
    factor = g.add(Divide(), gamma, deviation)
    offset = g.add(Subtract(), beta, g.add(Multiply(), mean, factor))
    y = g.add(Multiply(), x, along(g, factor, axis, rank))
    y = g.add(Add(), y, along(g, offset, axis, rank))
    if node.type == "_contrib_BatchNormWithReLU":
        y = g.add(ReLU(), y)
    # What comes third is no variance, whatever it is called.
    return y, mean, g.add(Divide(), g.constant(np.ones(1), deviation.dtype), deviation)


@converts("ScaleShift")
def scale_shift(g: Graph, node: SourceNode, x: Output, gamma: Output, beta: Output) -> Output:
    """A BatchNorm whose statistics are folded into it, of forks; gamma is 1 as there."""
    rank = rank_of(x)
    if not at.flag(node, "fix_gamma", True):
        x = g.add(Multiply(), x, along(g, gamma, 1, rank))
    return g.add(Add(), x, along(g, beta, 1, rank))


@converts("LayerNorm")
def layer_norm(
    g: Graph, node: SourceNode, x: Output, gamma: Output, beta: Output
) -> tuple[Output, ...]:
    rank = rank_of(x)
    axis = normalize_axis(at.integer(node, "axis", -1), rank)
    epsilon = at.number(node, "eps", 1e-5)
    y = g.add(Multiply(), g.add(MVN(eps=epsilon), x, [axis]), along(g, gamma, axis, rank))
    y = g.add(Add(), y, along(g, beta, axis, rank))
    return (y, *_statistics(g, node, x, [axis], epsilon))


def _statistics(
    g: Graph, node: SourceNode, x: Output, axes: Sequence[int], epsilon: float
) -> tuple[Output, ...]:
    """Mean and deviation, if anyone asks for them."""
    if not node.has_output(1):
        return ()
    mean = g.add(ReduceMean(keep_dims=True), x, list(axes))
    centred = g.add(Subtract(), x, mean)
    variance = g.add(ReduceMean(keep_dims=True), g.add(Multiply(), centred, centred), list(axes))
    return mean, g.add(Sqrt(), g.add(Add(), variance, epsilon))


@converts("InstanceNorm")
def instance_norm(g: Graph, node: SourceNode, x: Output, gamma: Output, beta: Output) -> Output:
    rank = rank_of(x)
    normal = g.add(MVN(eps=at.number(node, "eps", 1e-3)), x, list(range(2, rank)))
    scaled = g.add(Multiply(), normal, along(g, gamma, 1, rank))
    return g.add(Add(), scaled, along(g, beta, 1, rank))


@converts("GroupNorm")
def group_norm(g: Graph, node: SourceNode, x: Output, gamma: Output, beta: Output) -> Output:
    """Scale and shift are per group before MXNet 1.7, per channel since: their size tells."""
    rank, groups = rank_of(x), at.integer(node, "num_groups", 1)
    parts = g.add(Reshape(special_zero=True), x, [0, groups, -1])
    normal = g.add(MVN(eps=at.number(node, "eps", 1e-5)), parts, [2])
    per_group = shape_of(gamma)[0] == groups != shape_of(x)[1]
    if per_group:
        normal = _affine(g, normal, gamma, beta, 3)
    y = g.add(Reshape(), normal, g.add(ShapeOf(), x))
    return y if per_group else _affine(g, y, gamma, beta, rank)


def _affine(g: Graph, x: Output, gamma: Output, beta: Output, rank: int) -> Output:
    return g.add(Add(), g.add(Multiply(), x, along(g, gamma, 1, rank)), along(g, beta, 1, rank))


@converts("L2Normalization")
def l2_normalization(g: Graph, node: SourceNode, x: Output) -> Output:
    """Divided by the norm of a whole instance, of a pixel's channels, or of a channel's pixels."""
    rank = rank_of(x)
    axes = {
        "instance": list(range(1, rank)),
        "channel": [1],
        "spatial": list(range(2, rank)),
    }
    chosen = at.chosen(node, "mode", axes, "instance")
    total = g.add(ReduceSum(keep_dims=True), g.add(Multiply(), x, x), chosen)
    return g.add(Divide(), x, g.add(Sqrt(), g.add(Add(), total, at.number(node, "eps", 1e-10))))


@converts("LRN")
def lrn(g: Graph, node: SourceNode, x: Output) -> Output:
    return local_response(
        g,
        x,
        at.number(node, "alpha", 1e-4),
        at.number(node, "beta", 0.75),
        at.number(node, "knorm", 2.0),
        at.integer(node, "nsize"),
    )


@converts("moments")
def moments(g: Graph, node: SourceNode, x: Output) -> tuple[Output, Output]:
    axes: Any = at.integers(node, "axes") or range(rank_of(x))
    centred = g.add(Subtract(), x, g.add(ReduceMean(keep_dims=True), x, list(axes)))
    squares = g.add(Multiply(), centred, centred)
    mean, variance = (without_scalars(g, node, ReduceMean, y, axes) for y in (x, squares))
    return mean, variance
