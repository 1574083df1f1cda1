"""Normalisations."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import invalid, rank_of
from extensions.front.tf.common import refuse
from extensions.front.tf.keras.common import Layer, layer
from extensions.front.tf.keras.masks import mask_of
from extensions.ops.arithmetic import Add, Divide, Maximum, Multiply, Power, Subtract
from extensions.ops.movement import Transpose
from extensions.ops.normalization import MVN
from extensions.ops.reduction import ReduceMean
from extensions.ops.shaping import Reshape, ShapeOf
from extensions.ops.unary import Sqrt
from mo.graph.node import Output


def _axes(layer: Layer, x: Output, default: Any = -1) -> list[int]:
    given = layer.get("axis") if layer.get("axis") is not None else default
    listed = [given] if isinstance(given, int) else list(given)
    rank = rank_of(x)
    if not all(isinstance(axis, int) and -rank <= axis < rank for axis in listed):
        raise invalid(f"its axes {listed} are none of {x.type}")
    return sorted(axis % rank for axis in listed)


def _laid(layer: Layer, vector: Output, x: Output, axes: list[int]) -> Output:
    """Weights along some axes, with ones for all others."""
    rank = rank_of(x)
    if vector.rank == rank or axes == list(range(rank - len(axes), rank)):
        return vector
    shape = [1] * rank
    for axis, size in zip(axes, vector.shape or ()):
        if not isinstance(size, int):
            raise invalid("its weights have no shape")
        shape[axis] = size
    return layer.g.add(Reshape(), vector, shape)


@layer("BatchNormalization", "SyncBatchNormalization")
def batch_normalization(layer: Layer, x: Output) -> Output:
    """One factor and one summand for each channel."""
    g, axes = layer.g, _axes(layer, x)
    shifted = g.add(Add(), layer.weight("moving_variance"), float(layer.get("epsilon", 1e-3)))
    deviation = g.add(Sqrt(), shifted)
    gamma, beta = layer.weights.get("gamma"), layer.weights.get("beta")
    factor = g.add(Divide(), 1.0 if gamma is None else gamma, deviation)
    offset = g.add(Multiply(), layer.weight("moving_mean"), factor)
    summand = g.add(Subtract(), 0.0 if beta is None else beta, offset)
    y = g.add(Multiply(), x, _laid(layer, factor, x, axes))
    return g.add(Add(), y, _laid(layer, summand, x, axes))


@layer("LayerNormalization")
def layer_normalization(layer: Layer, x: Output) -> Output:
    g, axes = layer.g, _axes(layer, x)
    y = g.add(MVN(eps=float(layer.get("epsilon", 1e-3))), x, axes)
    return _scaled(layer, y, axes)


def _scaled(layer: Layer, y: Output, axes: list[int]) -> Output:
    gamma, beta = layer.weights.get("gamma"), layer.weights.get("beta")
    if gamma is not None:
        y = layer.g.add(Multiply(), y, _laid(layer, gamma, y, axes))
    return y if beta is None else layer.g.add(Add(), y, _laid(layer, beta, y, axes))


@layer("RMSNormalization")
def rms_normalization(layer: Layer, x: Output) -> Output:
    """Divided by the root of the mean square."""
    g, axes = layer.g, _axes(layer, x)
    square = g.add(ReduceMean(keep_dims=True), g.add(Multiply(), x, x), axes)
    shifted = g.add(Add(), square, float(layer.get("epsilon", 1e-6)))
    y = g.add(Multiply(), x, g.add(Power(), shifted, -0.5))
    scale = layer.weights.get("scale")
    return y if scale is None else g.add(Multiply(), y, _laid(layer, scale, y, axes))


@layer("GroupNormalization")
def group_normalization(layer: Layer, x: Output) -> Output:
    """Each group of channels by itself; -1 groups are as many as there are channels."""
    g, rank = layer.g, rank_of(x)
    if layer.release < 3 and mask_of(layer) is not None:
        raise refuse("a GroupNormalization of Keras 2 with a mask")
    (axis,) = _axes(layer, x)
    channels = (x.shape or ())[axis]
    groups = layer.get("groups", 32)
    if axis == 0 or not isinstance(channels, int):
        raise refuse("a GroupNormalization of open channels")
    groups = channels if groups == -1 else groups
    order = [0, axis, *(a for a in range(1, rank) if a != axis)]
    moved = g.add(Transpose(), x, order)
    apart = g.add(Reshape(special_zero=True), moved, [0, groups, -1])
    normal = g.add(MVN(eps=float(layer.get("epsilon", 1e-3))), apart, [2])
    y = g.add(Reshape(), normal, g.add(ShapeOf(), moved))
    y = g.add(Transpose(), y, [order.index(a) for a in range(rank)])
    return _scaled(layer, y, [axis])


@layer("Normalization")
def normalization(layer: Layer, x: Output) -> Output:
    """(x - mean) / deviation, by numbers that were learnt or are part of the settings."""
    g = layer.g
    given = [layer.get(name) for name in ("mean", "variance")]
    if given[0] is None:
        mean, variance = layer.weight("mean"), layer.weight("variance")
        axes = _axes(layer, x) if layer.get("axis") is not None else []
        mean, variance = (_laid(layer, vector, x, axes) for vector in (mean, variance))
    else:
        mean, variance = (g.constant(np.asarray(value, np.float32)) for value in given)
    deviation = g.add(Maximum(), g.add(Sqrt(), variance), 1e-7)
    if layer.get("invert", False):
        return g.add(Add(), g.add(Multiply(), x, deviation), mean)
    return g.add(Divide(), g.add(Subtract(), x, mean), deviation)


@layer("LayerScale")
def layer_scale(layer: Layer, x: Output) -> Output:
    return layer.g.add(Multiply(), x, layer.weight("gamma"))
