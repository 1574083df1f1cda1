"""Normalisations."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import channelwise, local_response, rank_of, typed
from extensions.front.tf.common import Layout, converts, layout_of, number
from extensions.ops.arithmetic import Add, Divide, Maximum, Multiply, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.reduction import ReduceMean, ReduceProd, ReduceSum
from extensions.ops.shaping import ShapeOf
from extensions.ops.unary import Sqrt
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")
def fused_batch_norm(
    g: Graph,
    node: SourceNode,
    x: Output,
    scale: Output,
    offset: Output,
    mean: Output | None = None,
    variance: Output | None = None,
) -> Any:
    """A multiplication and an addition per channel: what follows can be folded into it.

    In training mode the statistics are those of the batch.
    """
    layout = layout_of(node, rank_of(x) - 2)
    epsilon = float(node.get("epsilon", 1e-4))
    if node.get("is_training", True):
        normal, mean, variance = _normalized(g, x, [0, *layout.spatial_axes], epsilon)
        scaled = g.add(
            Multiply(), normal, _laid(g, typed(g, scale, x.dtype), x, layout.channels_last)
        )
        return (
            g.add(Add(), scaled, _laid(g, typed(g, offset, x.dtype), x, layout.channels_last)),
            mean,
            variance,
        )
    assert mean is not None
    assert variance is not None
    factor = g.add(Divide(), scale, g.add(Sqrt(), g.add(Add(), variance, epsilon)))
    summand = g.add(Subtract(), offset, g.add(Multiply(), mean, factor))
    factor, summand = typed(g, factor, x.dtype), typed(g, summand, x.dtype)
    scaled = g.add(Multiply(), x, _laid(g, factor, x, layout.channels_last))
    return g.add(Add(), scaled, _laid(g, summand, x, layout.channels_last)), mean, variance


def _laid(g: Graph, vector: Output, x: Output, channels_last: bool) -> Output:
    return vector if channels_last else channelwise(g, vector, x.rank)


def _normalized(
    g: Graph, x: Output, axes: list[int], epsilon: float
) -> tuple[Output, Output, Output]:
    """x with mean 0 and variance 1 along axes, and both per channel."""
    mean = g.add(ReduceMean(keep_dims=True), x, axes)
    centred = g.add(Subtract(), x, mean)
    variance = g.add(ReduceMean(keep_dims=True), g.add(Multiply(), centred, centred), axes)
    deviation = g.add(Sqrt(), g.add(Add(), variance, number(g, epsilon, x.dtype)))
    normal = g.add(Divide(), centred, deviation)
    flat = [g.add(ReduceSum(keep_dims=False), value, axes) for value in (mean, variance)]
    return normal, flat[0], g.add(Multiply(), flat[1], _unbiased(g, x, axes))


def _unbiased(g: Graph, x: Output, axes: list[int]) -> Output:
    """What makes a variance of n numbers one of their population: n / (n - 1)."""
    sizes = g.add(Gather(), g.add(ShapeOf(), x), axes, g.constant(np.int64(0)))
    count = typed(g, g.add(ReduceProd(keep_dims=False), sizes, [0]), x.dtype)
    others = g.add(
        Maximum(), g.add(Subtract(), count, number(g, 1, x.dtype)), number(g, 1, x.dtype)
    )
    return g.add(Divide(), count, others)


_IMAGES = Layout(channels_last=True, spatial=2)


@converts("LRN")
def lrn(g: Graph, node: SourceNode, x: Output) -> Output:
    """Along the last axis; the IR divides alpha by the size of the window, TensorFlow does not."""
    size = 2 * node.get("depth_radius", 5) + 1
    alpha = float(node.get("alpha", 1.0)) * size
    beta, bias = float(node.get("beta", 0.5)), float(node.get("bias", 1.0))
    image = local_response(g, _IMAGES.inside(g, x), alpha, beta, bias, size)
    return _IMAGES.outside(g, image)
