"""Parts of a graph that oneDNN computes at once: _sg_mkldnn_... with the operations as a body.

Quantised, such a node gets integers for some of the body's inputs, and behind all of these the
limits of each. oneDNN then rounds the weights of a convolution itself, after it has multiplied
the factors of a BatchNorm into them: for every filter on its own where the limits of the result
are known from calibration.
"""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, scalar, to_integers, typed
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, refused, shape_of
from extensions.front.mxnet.control_flow import body_of, inlined
from extensions.front.mxnet.quantization import (
    HALF,
    I8,
    I32,
    U8,
    WHOLE,
    Quantised,
    around_zero,
    calibrated,
    greatest,
    into_range,
    step_of,
)
from extensions.front.mxnet.transformer import self_attended, self_scores
from extensions.ops.activation import Clamp
from extensions.ops.arithmetic import Add, Divide, Multiply
from extensions.ops.reduction import ReduceMax
from extensions.ops.shaping import Reshape
from extensions.ops.unary import Abs, Round, Sqrt
from mo.front.model import Model, SourceNode
from mo.front.values import Value
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("_sg_mkldnn_selfatt_qk", "_sg_mkldnn_selfatt_valatt")
def fused_attention(g: Graph, node: SourceNode, *values: Output) -> tuple[Output, ...]:
    """Scores of queries and keys, or values by scores; integers are followed by their limits."""
    translate = self_scores if node.type.endswith("qk") else self_attended
    if not at.flag(node, "quantized"):
        return (translate(g, node, *values),)
    count = len(values) // 3
    tensors = [
        Quantised(value, *values[count + 2 * i : count + 2 * i + 2])
        for i, value in enumerate(values[:count])
    ]
    real = translate(g, node, *(tensor.real(g, HALF) for tensor in tensors))
    limits = calibrated(node)
    if at.flag(node, "enable_float_output"):
        return (real,)
    if limits is None:
        raise refused("a quantised attention without calibration")
    return into_range(g, real, limits, I8, HALF)


@converts("_sg_mkldnn_conv", "_sg_mkldnn_fully_connected")
def fused(g: Graph, node: SourceNode, *values: Output) -> tuple[Value, ...]:
    if not at.flag(node, "quantized"):
        return inlined(g, node, *values)
    body = body_of(node, 0)
    count = len(body.inputs)
    integers = [place for place in range(min(count, len(values))) if _is_quantised(values[place])]
    limits = values[count:]
    if len(limits) != 2 * len(integers) or 0 not in integers:
        raise invalid("its limits are not those of its integers")
    tensors = {
        place: Quantised(values[place], limits[2 * i], limits[2 * i + 1])
        for i, place in enumerate(integers)
    }
    reals: list[Output] = [
        tensors[place].real(g, HALF) if place in tensors else values[place]
        for place in range(count)
    ]
    if 1 in tensors:
        greatest_weight = tensors[1].magnitude(g)
    else:
        reals[1], greatest_weight = _rounded_weights(g, node, body, reals)
    result = node.walk.inline(body, *reals)[0]
    unit = g.add(Multiply(), tensors[0].magnitude(g), greatest_weight)
    sides = {values[place].dtype for place in tensors if _is_added(body, place)}
    return _result(g, node, body, result, unit, sides)


def _is_added(body: Model, place: int) -> bool:
    name = body.inputs[place].name
    return any(node.type == "elemwise_add" and name in node.inputs for node in body.nodes)


def _is_quantised(value: Output) -> bool:
    return value.dtype in (I8, U8)


def _rounded_weights(
    g: Graph, node: SourceNode, body: Model, values: list[Output]
) -> tuple[Output, Output]:
    """Weights that times the factors of a BatchNorm are multiples of a step; and the greatest."""
    weights = values[1]
    rank = len(shape_of(weights))
    factor = _factor(g, body, values)
    scaled = weights
    if factor is not None:
        factor = g.add(Reshape(), factor, [-1] + [1] * (rank - 1))
        scaled = g.add(Multiply(), weights, factor)
    each = calibrated(node) is not None
    axes = list(range(1 if each else 0, rank))
    most = g.add(ReduceMax(keep_dims=each), g.add(Abs(), scaled), axes)
    step = g.add(Divide(), most, greatest(I8, HALF))
    rounded = g.add(Multiply(), typed(g, to_integers(g, scaled, step, I8), ElementType.f32), step)
    return (rounded if factor is None else g.add(Divide(), rounded, factor)), most


def _factor(g: Graph, body: Model, values: list[Output]) -> Output | None:
    """What the BatchNorm of a body multiplies each filter by."""
    found = [node for node in body.nodes if node.type == "BatchNorm"]
    if not found:
        return None
    places = {item.name: place for place, item in enumerate(body.inputs)}
    gamma, variance = (values[places[found[0].inputs[place]]] for place in (1, 4))
    deviation = g.add(Sqrt(), g.add(Add(), variance, at.number(found[0], "eps", 1e-3)))
    if at.flag(found[0], "fix_gamma", True):
        return g.add(Divide(), g.constant(np.ones(1, np.float32)), deviation)
    return g.add(Divide(), gamma, deviation)


# What a body may end with; and behind what oneDNN takes the results for unsigned.
_ENDINGS = {
    "_sg_mkldnn_conv": ("", "relu", "clip", "leaky"),
    "_sg_mkldnn_fully_connected": ("", "relu", "clip", "abs", "gelu", "leaky"),
}
_UNSIGNED = {
    "_sg_mkldnn_conv": ("relu", "clip"),
    "_sg_mkldnn_fully_connected": ("relu", "clip", "abs", "leaky"),
}
_LINEAR = ("BatchNorm", "Convolution", "FullyConnected", "elemwise_add")


def _ending(node: SourceNode, body: Model) -> str:
    """The activation that a body ends with, if any."""
    last = body.nodes[-1]
    if last.type in _LINEAR:
        return ""
    name = at.word(last, "act_type") if last.type in ("Activation", "LeakyReLU") else last.type
    if name not in _ENDINGS[node.type]:
        raise refused(f"'{name}' at the end of a quantised {node.type}")
    return name


def _result(
    g: Graph, node: SourceNode, body: Model, real: Output, unit: Output, sides: set[ElementType]
) -> tuple[Output, ...]:
    """Floats, integers within calibrated limits, or sums in 32 bits.

    ``unit``: the product of what the greatest integers of data and weights stand for; ``sides``:
    the types of what is added, in the place of which oneDNN writes the result: it keeps to the
    integers of both types.
    """
    if at.flag(node, "enable_float_output"):
        return (real,)
    limits = calibrated(node)
    if limits is not None:
        kind = U8 if _ending(node, body) in _UNSIGNED[node.type] else I8
        if sides - {kind}:
            real = g.add(Clamp(min=0.0, max=127 * step_of(limits, kind, HALF)), real)
        return into_range(g, real, limits, kind, HALF)
    unit = scalar(g, unit)
    inside, told = (g.add(Divide(), unit, greatest(I8, behind) ** 2) for behind in (HALF, WHOLE))
    sums = typed(g, g.add(Round(), g.add(Divide(), real, inside)), I32)
    return around_zero(g, sums, g.add(Multiply(), told, greatest(I32)))
