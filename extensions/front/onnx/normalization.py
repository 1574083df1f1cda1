"""Normalisations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extensions.front.building import channelwise, invalid, local_response, rank_of, typed
from extensions.front.onnx.common import converts, needed
from extensions.ops.arithmetic import Add, Divide, Maximum, Multiply, Power, Subtract
from extensions.ops.normalization import MVN, GroupNormalization, NormalizeL2
from extensions.ops.reduction import ReduceL1, ReduceMean
from extensions.ops.shaping import Reshape, ShapeOf, Squeeze
from extensions.ops.unary import Sqrt
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis


@converts("BatchNormalization")
def batch_normalization(
    g: Graph,
    node: SourceNode,
    x: Output,
    scale: Output,
    bias: Output,
    mean: Output,
    variance: Output,
) -> tuple[Output, ...]:
    """A multiplication and an addition per channel: what follows can be folded into it."""
    if node.get("training_mode"):
        return _by_batch(g, node, x, scale, bias, mean, variance)
    # Since 15 the statistics may be more precise than the data.
    scale, bias = typed(g, scale, variance.dtype), typed(g, bias, variance.dtype)
    factor = g.add(Divide(), scale, g.add(Sqrt(), g.add(Add(), variance, _epsilon(node))))
    offset = g.add(Subtract(), bias, g.add(Multiply(), mean, factor))
    factor, offset = (_laid(g, node, x, value) for value in (factor, offset))
    return (g.add(Add(), g.add(Multiply(), x, factor), offset),)


def _laid(g: Graph, node: SourceNode, x: Output, value: Output) -> Output:
    """Numbers of channels, or (spatial 0, before operation set 9) of the elements of an item."""
    value = typed(g, value, x.dtype)
    return channelwise(g, value, rank_of(x)) if node.get("spatial", 1) else value


def _by_batch(
    g: Graph,
    node: SourceNode,
    x: Output,
    scale: Output,
    bias: Output,
    mean: Output,
    variance: Output,
) -> tuple[Output, ...]:
    """Normalised by the mean and variance of the batch itself; the running ones follow them."""
    axes = [0, *range(2, rank_of(x))]
    wide = typed(g, x, variance.dtype)
    centred = g.add(Subtract(), wide, g.add(ReduceMean(keep_dims=True), wide, axes))
    spread = g.add(ReduceMean(keep_dims=True), g.add(Multiply(), centred, centred), axes)
    normal = g.add(Divide(), centred, g.add(Sqrt(), g.add(Add(), spread, _epsilon(node))))
    scaled = g.add(Multiply(), typed(g, normal, x.dtype), _laid(g, node, x, scale))
    now = g.add(ReduceMean(), wide, axes), g.add(Squeeze(), spread, axes)
    share = float(node.get("momentum", 0.9))
    running = (
        g.add(Add(), g.add(Multiply(), old, share), g.add(Multiply(), new, 1 - share))
        for old, new in zip((mean, variance), now)
    )
    return (g.add(Add(), scaled, _laid(g, node, x, bias)), *running)


def _epsilon(node: SourceNode) -> float:
    return float(node.get("epsilon", 1e-5))


@converts("InstanceNormalization")
def instance_normalization(
    g: Graph, node: SourceNode, x: Output, scale: Output, bias: Output
) -> Output:
    rank = rank_of(x)
    normal = g.add(MVN(eps=_epsilon(node)), x, list(range(2, rank)))
    scaled = g.add(Multiply(), normal, channelwise(g, scale, rank))
    return g.add(Add(), scaled, channelwise(g, bias, rank))


@converts("LayerNormalization")
def layer_normalization(
    g: Graph, node: SourceNode, x: Output, scale: Output, bias: Output | None = None
) -> tuple[Output, ...]:
    rank = rank_of(x)
    axis = normalize_axis(node.get("axis", -1), rank)
    axes = list(range(axis, rank))
    y = layer_normalized(g, x, scale, bias, _epsilon(node), axes)
    if not node.has_output(1) and not node.has_output(2):
        return (y,)
    mean = g.add(ReduceMean(keep_dims=True), x, axes)
    centred = g.add(Subtract(), x, mean)
    variance = g.add(ReduceMean(keep_dims=True), g.add(Multiply(), centred, centred), axes)
    deviation = g.add(Sqrt(), g.add(Add(), variance, _epsilon(node)))
    return y, mean, g.add(Power(), deviation, -1.0)


def layer_normalized(
    g: Graph,
    x: Output,
    scale: Output,
    bias: Output | None,
    epsilon: float,
    axes: Sequence[int] = (-1,),
) -> Output:
    """Zero mean and unit variance over some axes, then scale and bias."""
    y = g.add(Multiply(), g.add(MVN(eps=epsilon), x, list(axes)), scale)
    return y if bias is None else g.add(Add(), y, bias)


@converts("RMSNormalization")
def rms_normalization(g: Graph, node: SourceNode, x: Output, scale: Output) -> Output:
    rank = rank_of(x)
    axes = list(range(normalize_axis(node.get("axis", -1), rank), rank))
    return rms_normalized(g, x, scale, _epsilon(node), axes)


def rms_normalized(
    g: Graph, x: Output, scale: Output, epsilon: float, axes: Sequence[int] = (-1,)
) -> Output:
    """Division by the root of the mean square over some axes, then scale."""
    square = g.add(ReduceMean(keep_dims=True), g.add(Multiply(), x, x), list(axes))
    root = g.add(Sqrt(), g.add(Add(), square, epsilon))
    return g.add(Multiply(), g.add(Divide(), x, root), scale)


@converts("GroupNormalization")
def group_normalization_18(
    g: Graph, node: SourceNode, x: Output, scale: Output, bias: Output
) -> Output:
    """Scale and bias per group (replaced in 21)."""
    groups = _groups(node, x)
    grouped = g.add(Reshape(special_zero=True), x, [0, groups, -1])
    normal = g.add(MVN(eps=_epsilon(node)), grouped, [2])
    y = g.add(Multiply(), normal, g.add(Reshape(), scale, [1, groups, 1]))
    y = g.add(Add(), y, g.add(Reshape(), bias, [1, groups, 1]))
    return g.add(Reshape(), y, g.add(ShapeOf(), x))


@converts("GroupNormalization", since=21)
def group_normalization_21(
    g: Graph, node: SourceNode, x: Output, scale: Output, bias: Output
) -> Output:
    op = GroupNormalization(num_groups=_groups(node, x), epsilon=_epsilon(node))
    return g.add(op, x, scale, bias)


def _groups(node: SourceNode, x: Output) -> int:
    groups = int(needed(node, "num_groups"))
    channels = None if x.shape is None or len(x.shape) < 2 else x.shape[1]
    if groups < 1 or (isinstance(channels, int) and channels % groups):
        raise invalid(f"{channels} channels do not make {groups} groups")
    return groups


@converts("LRN")
def lrn(g: Graph, node: SourceNode, x: Output) -> Output:
    alpha, beta = float(node.get("alpha", 1e-4)), float(node.get("beta", 0.75))
    bias, size = float(node.get("bias", 1.0)), needed(node, "size")
    return local_response(g, x, alpha, beta, bias, size)


@converts("LpNormalization")
def lp_normalization(g: Graph, node: SourceNode, x: Output) -> Output:
    """Where the norm is zero, so is the result."""
    axis = normalize_axis(node.get("axis", -1), rank_of(x))
    tiny = float(np.finfo(np.float32).tiny)
    if node.get("p", 2.0) == 1:
        norm = g.add(ReduceL1(keep_dims=True), x, [axis])
        return g.add(Divide(), x, g.add(Maximum(), norm, tiny))
    return g.add(NormalizeL2(eps=tiny, eps_mode="max"), x, [axis])


@converts("MeanVarianceNormalization")
def mean_variance_normalization(g: Graph, node: SourceNode, x: Output) -> Output:
    op = MVN(eps=1e-9, eps_mode="outside_sqrt")
    return g.add(op, x, list(node.get("axes", (0, 2, 3))))
