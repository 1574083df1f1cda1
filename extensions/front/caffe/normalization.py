"""Normalisations, and scaling by trained numbers."""

from __future__ import annotations

import numpy as np

from extensions.front.building import local_response, rank_of
from extensions.front.caffe.common import (
    axis_of,
    blob,
    channelwise,
    converts,
    invalid,
    parameters,
    shape_of,
    unsupported,
    word,
)
from extensions.front.caffe.fillers import trained
from extensions.ops import normalization as n
from extensions.ops.arithmetic import Add, Multiply, Power
from extensions.ops.pooling import AvgPool
from mo.errors import ModelFileError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dimension


@converts("LRN")
def lrn(g: Graph, node: SourceNode, x: Output) -> Output:
    """Division by (k + alpha / size * sum of squares around) ^ beta, across channels.

    Within a channel the mean of the squares around is taken, with a k of 1.
    """
    p = parameters(node, "lrn_param")
    size = p["local_size"]
    if not 0 < size < 1 << 16 or size % 2 == 0:
        raise invalid(f"local_size is {size}, not an odd number")
    alpha, beta = float(p["alpha"]), float(p["beta"])
    if word(p, "norm_region", ("ACROSS", "WITHIN")) == "ACROSS":
        return local_response(g, x, alpha, beta, float(p["k"]), size)
    square = g.add(Multiply(), x, x)
    pads = (size // 2,) * 2
    window = AvgPool(
        kernel=(size, size), strides=(1, 1), pads_begin=pads, pads_end=pads, exclude_pad=False
    )
    mean = g.add(Multiply(), g.add(window, square), alpha)
    return g.add(Multiply(), x, g.add(Power(), g.add(Add(), mean, 1.0), -beta))


@converts("BatchNorm")
def batch_norm(
    g: Graph,
    node: SourceNode,
    x: Output,
    mean: Output | None = None,
    variance: Output | None = None,
    factor: Output | None = None,
    *more: Output,
) -> Output:
    """(x - mean) / sqrt(variance + eps), where the blobs are multiples of both by a factor."""
    p = parameters(node, "batch_norm_param")
    if more:
        raise unsupported(f"a BatchNorm with {3 + len(more)} blobs, as NVCaffe has it,")
    if p["use_global_stats"] == 0:
        axes = [axis for axis in range(rank_of(x)) if axis != 1]
        return g.add(n.MVN(eps=float(p["eps"])), x, axes)
    shape = (shape_of(x)[1] if rank_of(x) > 1 else 1,)
    total = _numbers(g, factor, "scale factor", (1,)).item()
    weight = 1 / total if total else 0.0
    means = _numbers(g, mean, "means", shape) * weight
    inverse = (_numbers(g, variance, "variances", shape) * weight + p["eps"]) ** -0.5
    return _scaled(g, x, inverse, -means * inverse)


@converts("BN")
def bn(g: Graph, node: SourceNode, x: Output, *blobs: Output) -> Output:
    """scale * x + shift with two blobs; with four, x is normalised by mean and variance first.

    What the blobs are: SegNet; PSPNet (github.com/hufu6371/DORN, issue 25).
    """
    p = parameters(node, "bn_param")
    if len(blobs) not in (2, 4):
        raise ModelFileError(f"it has {len(blobs)} blobs in the .caffemodel, not 2 or 4")
    shape = (shape_of(x)[1],)
    scale, shift = (_numbers(g, value, "scales", shape) for value in blobs[:2])
    if len(blobs) == 4:
        mean, variance = (_numbers(g, value, "statistics", shape) for value in blobs[2:])
        scale = scale * (variance + p["eps"]) ** -0.5
        shift = shift - mean * scale
    return _scaled(g, x, scale, shift)


def _numbers(g: Graph, value: Output | None, what: str, shape: tuple[Dimension, ...]) -> np.ndarray:
    """Trained numbers in double precision."""
    array = blob(g, value, what, shape).value()
    if array is None:
        raise ModelFileError(f"its {what} are not constant")
    return array.astype(np.float64)


def _scaled(g: Graph, x: Output, scale: np.ndarray, shift: np.ndarray) -> Output:
    """scale * x + shift with numbers per channel."""
    parts = [
        channelwise(g, g.constant(values, x.dtype), max(rank_of(x), 2)) for values in (scale, shift)
    ]
    return g.add(Add(), g.add(Multiply(), x, parts[0]), parts[1])


@converts("Scale")
def scale(
    g: Graph, node: SourceNode, x: Output, factor: Output | None = None, bias: Output | None = None
) -> Output:
    """Multiplication by a second bottom or trained numbers, and addition of trained numbers."""
    p = parameters(node, "scale_param")
    axis, is_saved = axis_of(x, p["axis"]), factor is not None
    if factor is None or factor.is_constant:
        shape = _covered(x, axis, p["num_axes"])
        factor = trained(g, factor, "factors", shape, p["filler"] or {"value": 1.0})
    y = g.add(Multiply(), x, _laid(g, x, factor, axis))
    if not p["bias_term"]:
        return y
    filler = None if is_saved else p["bias_filler"] or {}
    return g.add(Add(), y, _laid(g, x, trained(g, bias, "biases", shape_of(factor), filler), axis))


@converts("Bias")
def bias(g: Graph, node: SourceNode, x: Output, summand: Output | None = None) -> Output:
    """Addition of a second bottom or of trained numbers."""
    p = parameters(node, "bias_param")
    axis = axis_of(x, p["axis"])
    if summand is None or summand.is_constant:
        summand = trained(g, summand, "biases", _covered(x, axis, p["num_axes"]), p["filler"])
    return g.add(Add(), x, _laid(g, x, summand, axis))


def _covered(x: Output, axis: int, count: int) -> tuple[Dimension, ...]:
    """The axes that trained numbers cover: ``count`` from ``axis`` on, all with -1."""
    shape = shape_of(x)
    if count < -1 or axis + count > len(shape):
        raise invalid(f"it covers {count} axes from {axis} on, its input is {x.type}")
    return shape[axis:] if count == -1 else shape[axis : axis + count]


def _laid(g: Graph, x: Output, value: Output, axis: int) -> Output:
    """A value laid out to meet the axes of ``x`` from ``axis`` on."""
    return value if rank_of(value) == 0 else channelwise(g, value, rank_of(x), axis)


@converts("MVN")
def mvn(g: Graph, node: SourceNode, x: Output) -> Output:
    """(x - mean) / (deviation + eps) of each channel, or of all of them together."""
    p = parameters(node, "mvn_param")
    op = n.MVN(
        eps=float(p["eps"]),
        normalize_variance=bool(p["normalize_variance"]),
        eps_mode="outside_sqrt",
    )
    return g.add(op, x, list(range(1 if p["across_channels"] else 2, rank_of(x))))


@converts("Normalize")
def normalize(g: Graph, node: SourceNode, x: Output, factor: Output | None = None) -> Output:
    """Division by the L2 norm, times trained numbers (SSD paper, section 3.1)."""
    p = parameters(node, "norm_param")
    axes = range(1, rank_of(x)) if p["across_spatial"] else [1]
    y = g.add(n.NormalizeL2(eps=float(p["eps"])), x, list(axes))
    shape: tuple[Dimension, ...] = (1,) if p["channel_shared"] else (shape_of(x)[1],)
    factors = trained(g, factor, "factors", shape, p["scale_filler"])
    return g.add(Multiply(), y, channelwise(g, factors, rank_of(x)))


@converts("GRN")
def grn(g: Graph, node: SourceNode, x: Output) -> Output:
    """x / sqrt(bias + sum of squares over the channels)"""
    return g.add(n.GRN(bias=float(parameters(node, "grn_param")["bias"])), x)
