"""Operations that ONNX had for trial in its first versions, and some exporters still write."""

from __future__ import annotations

import numpy as np

from extensions.front.building import channelwise, invalid, rank_of
from extensions.front.onnx.common import converts, needed
from extensions.front.onnx.tensors import element_type
from extensions.ops.activation import SoftPlus, Tanh
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.shaping import Broadcast, ShapeOf
from extensions.ops.slicing import StridedSlice
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("Affine")
def affine(g: Graph, node: SourceNode, x: Output) -> Output:
    scaled = g.add(Multiply(), x, float(node.get("alpha", 1.0)))
    return g.add(Add(), scaled, float(node.get("beta", 0.0)))


@converts("Scale")
def scale(g: Graph, node: SourceNode, x: Output) -> Output:
    return g.add(Multiply(), x, float(node.get("scale", 1.0)))


@converts("ImageScaler")
def image_scaler(g: Graph, node: SourceNode, x: Output) -> Output:
    """One factor, and a summand per channel."""
    scaled = g.add(Multiply(), x, float(node.get("scale", 1.0)))
    bias = node.get("bias") or [0.0]
    return g.add(Add(), scaled, channelwise(g, g.constant(np.array(bias), x.dtype), x.rank))


@converts("ParametricSoftplus")
def parametric_softplus(g: Graph, node: SourceNode, x: Output) -> Output:
    inner = g.add(SoftPlus(), g.add(Multiply(), x, float(node.get("beta", 1.0))))
    return g.add(Multiply(), inner, float(node.get("alpha", 1.0)))


@converts("ScaledTanh")
def scaled_tanh(g: Graph, node: SourceNode, x: Output) -> Output:
    inner = g.add(Tanh(), g.add(Multiply(), x, float(node.get("beta", 1.0))))
    return g.add(Multiply(), inner, float(node.get("alpha", 1.0)))


@converts("Crop")
def crop(g: Graph, node: SourceNode, x: Output) -> Output:
    """``border`` is cut off: left, top, right, bottom; or ``scale`` says what is kept."""
    border, kept = list(needed(node, "border")), node.get("scale")
    if len(border) != 4 or min(border) < 0 or rank_of(x) != 4:
        raise invalid(f"border {border} is none of an image")
    left, top, right, bottom = border
    if kept:
        ends, open_ends = [0, 0, top + kept[0], left + kept[1]], (1, 1, 0, 0)
    else:
        ends, open_ends = [0, 0, -bottom, -right], (1, 1, int(not bottom), int(not right))
    op = StridedSlice(begin_mask=(1, 1, 0, 0), end_mask=open_ends)
    return g.add(op, x, [0, 0, top, left], ends, [1, 1, 1, 1])


@converts("ConstantFill")
def constant_fill(g: Graph, node: SourceNode, x: Output | None = None) -> Output:
    """The shape is an attribute, the input, or that of the input."""
    kind = element_type(node.get("dtype", 1))
    value = g.constant(np.asarray(node.get("value", 0.0)), kind)
    if x is None:
        return g.add(Broadcast(), value, list(needed(node, "shape")))
    return g.add(Broadcast(), value, x if node.get("input_as_shape") else g.add(ShapeOf(), x))
