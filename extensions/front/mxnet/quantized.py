"""Layers that compute with quantised tensors.

Integers are multiplied and added as floats, which hold them exactly up to 2^24. The limits that
come with the results are MXNet's, which reads unsigned data of a convolution as signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import prod

import numpy as np

from extensions.front.building import invalid, to_integers, typed
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, refused
from extensions.front.mxnet.convolution import convolution
from extensions.front.mxnet.gathering import embedding
from extensions.front.mxnet.matrix import fully_connected
from extensions.front.mxnet.normalization import batch_norm
from extensions.front.mxnet.pooling import pooled
from extensions.front.mxnet.quantization import (
    HALF,
    I8,
    I32,
    U8,
    Quantised,
    around_zero,
    calibrated,
    greatest,
    into_range,
)
from extensions.front.mxnet.shaping import flatten
from extensions.ops.activation import ReLU
from extensions.ops.arithmetic import Add, Divide, Maximum, Minimum, Multiply
from extensions.ops.movement import Concat
from extensions.ops.unary import Abs, Floor, Round, Sign
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

_F32 = ElementType.f32


def _rounded(g: Graph, floats: Output, kind: ElementType) -> Output:
    return typed(g, g.add(Round(), floats), kind)


# ---- operations that leave the limits as they are


@converts("_contrib_quantized_flatten")
def quantized_flatten(
    g: Graph, node: SourceNode, x: Output, low: Output, high: Output
) -> Quantised:
    return Quantised(flatten(g, node, x), low, high)


@converts("_contrib_quantized_act")
def quantized_act(g: Graph, node: SourceNode, x: Output, low: Output, high: Output) -> Quantised:
    if at.word(node, "act_type") != "relu" or x.dtype is not I8:
        raise refused(f"a quantised activation {at.word(node, 'act_type')} of {x.dtype.name}")
    return Quantised(typed(g, g.add(ReLU(), typed(g, x, _F32)), I8), low, high)


@converts("_contrib_quantized_pooling")
def quantized_pooling(
    g: Graph, node: SourceNode, x: Output, low: Output, high: Output
) -> Quantised:
    """Means of windows that are cut off count what lies behind the padding, too."""
    kind, floats = at.word(node, "pool_type", "max"), typed(g, x, _F32)
    cut_off = at.word(node, "pooling_convention", "valid") == "full"
    cut_off = cut_off and not at.flag(node, "global_pool")
    if kind == "avg" and cut_off and at.flag(node, "count_include_pad", True):
        sums = pooled(g, node, floats, "sum")
        y = g.add(Divide(), sums, float(prod(at.integers(node, "kernel"))))
    else:
        y = pooled(g, node, floats, kind)
    return Quantised(_rounded(g, y, x.dtype), low, high)


@converts("_contrib_quantized_embedding")
def quantized_embedding(
    g: Graph, node: SourceNode, places: Output, weights: Output, low: Output, high: Output
) -> Quantised:
    return Quantised(embedding(g, node, places, weights), low, high)


# ---- products


def _by_weights(
    g: Graph, node: SourceNode, inputs: Sequence[Output], signed: bool
) -> tuple[Output, Output, Output | None, Output, Output]:
    """Data, weights and bias as floats that are integers; then the step of the product, and that
    of the bias in such steps.

    ``signed``: the data count as signed for the limits, whatever they are.
    """
    count = 2 if at.flag(node, "no_bias") or len(inputs) == 6 else 3
    if len(inputs) != 3 * count:
        raise invalid(f"it has {len(inputs)} inputs")
    tensors = [
        Quantised(value, *inputs[count + 2 * place : count + 2 * place + 2])
        for place, value in enumerate(inputs[:count])
    ]
    data, weights = tensors[:2]
    step = g.add(Divide(), data.magnitude(g), greatest(I8 if signed else data.integers.dtype))
    step = g.add(Multiply(), step, weights.step(g))
    floats = [typed(g, tensor.integers, _F32) for tensor in tensors]
    if count == 2:
        return floats[0], floats[1], None, step, step
    inner = g.add(Multiply(), data.step(g, HALF), weights.step(g, HALF))
    in_steps = g.add(Divide(), tensors[2].step(g, HALF), inner)
    return floats[0], floats[1], floats[2], step, in_steps


def _sums(g: Graph, sums: Output, step: Output) -> Quantised:
    """Sums of products in 32 bits."""
    return around_zero(g, typed(g, sums, I32), g.add(Multiply(), step, greatest(I32)))


@converts("_contrib_quantized_fully_connected")
def quantized_fully_connected(g: Graph, node: SourceNode, *inputs: Output) -> Quantised:
    x, weights, bias, step, factor = _by_weights(g, node, inputs, signed=False)
    if bias is not None:
        bias = g.add(Round(), g.add(Multiply(), bias, factor))
    return _sums(g, fully_connected(g, node, x, weights, bias), step)


@converts("_contrib_quantized_conv")
def quantized_convolution(g: Graph, node: SourceNode, *inputs: Output) -> Quantised:
    """MXNet adds the integers of a bias as they are where it computes unsigned data (on CPUs)."""
    x, weights, bias, step, factor = _by_weights(g, node, inputs, signed=True)
    if bias is not None and inputs[0].dtype is I8:
        bias = g.add(Round(), g.add(Multiply(), bias, factor))
    return _sums(g, convolution(g, node, x, weights, bias), step)


@converts("_contrib_quantized_batch_norm")
def quantized_batch_norm(g: Graph, node: SourceNode, x: Output, *inputs: Output) -> Quantised:
    *parameters, low, high = inputs
    real = Quantised(x, low, high).real(g, HALF)
    limits = calibrated(node)
    if limits is None or len(parameters) != 4:
        raise refused("a quantised BatchNorm without calibration")
    y = batch_norm(g, node, real, *parameters)
    return into_range(g, y[0] if isinstance(y, tuple) else y, limits, I8, HALF)


# ---- element by element


@converts("_contrib_quantized_elemwise_add")
def quantized_add(g: Graph, node: SourceNode, x: Output, y: Output, *limits: Output) -> Quantised:
    sides = Quantised(x, *limits[:2]), Quantised(y, *limits[2:])
    total = g.add(Add(), *(side.real(g, HALF) for side in sides))
    known = calibrated(node)
    if known is not None:
        kind = U8 if x.dtype is U8 and y.dtype is U8 else I8
        return into_range(g, total, known, kind, HALF)
    magnitude = g.add(Add(), *(side.magnitude(g) for side in sides))
    steps = g.add(Divide(), total, g.add(Divide(), magnitude, greatest(I32)))
    return around_zero(g, _rounded(g, steps, I32), magnitude)


@converts("_contrib_quantized_elemwise_mul")
def quantized_multiply(
    g: Graph, node: SourceNode, x: Output, y: Output, *limits: Output
) -> Quantised | Output:
    sides = Quantised(x, *limits[:2]), Quantised(y, *limits[2:])
    if x.dtype is not I8 or y.dtype is not I8:
        raise refused("a quantised product of unsigned integers")
    if at.flag(node, "enable_float_output"):
        return g.add(Multiply(), *(side.real(g, HALF) for side in sides))
    known = calibrated(node)
    if known is None:
        product = g.add(Multiply(), *(typed(g, side.integers, _F32) for side in sides))
        return _sums(g, product, g.add(Multiply(), *(side.step(g) for side in sides)))
    real = g.add(Multiply(), *(side.real(g, HALF) for side in sides))
    steps = g.add(Multiply(), real, greatest(I8, HALF) / max(map(abs, known)))
    # Cut off towards zero.
    cut = g.add(Multiply(), g.add(Sign(), steps), g.add(Floor(), g.add(Abs(), steps)))
    return into_range(g, cut, known, I8)._replace(
        integers=to_integers(g, cut, g.constant(np.float32(1)), I8)
    )


@converts("_contrib_quantized_concat")
def quantized_concat(g: Graph, node: SourceNode, *inputs: Output) -> Quantised:
    """All in the steps of the input with the widest limits; signed if any of them is."""
    count = len(inputs) // 3
    if not count or len(inputs) != 3 * count:
        raise invalid(f"it has {len(inputs)} inputs")
    parts = [
        Quantised(value, *inputs[count + 2 * i : count + 2 * i + 2])
        for i, value in enumerate(inputs[:count])
    ]
    kind = I8 if any(part.integers.dtype is I8 for part in parts) else U8
    widest = reduce(lambda x, y: g.add(Maximum(), x, y), (part.magnitude(g) for part in parts))
    step = g.add(Divide(), widest, greatest(kind))
    same = [to_integers(g, part.real(g), step, kind) for part in parts]
    zero = g.constant(np.zeros(1, np.float32))
    low = reduce(lambda x, y: g.add(Minimum(), x, y), (part.low for part in parts), zero)
    high = reduce(lambda x, y: g.add(Maximum(), x, y), (part.high for part in parts), zero)
    return Quantised(g.add(Concat(axis=at.integer(node, "dim", 1)), *same), low, high)
