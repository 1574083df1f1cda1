"""Operations that ONNX had for trial in its first versions, and some exporters still write.

ATen names a function of PyTorch that had no form in ONNX.
"""

from __future__ import annotations

import numpy as np

from extensions.front.building import channelwise, invalid, lift, rank_of, size_of, sliced, typed
from extensions.front.onnx.common import converts, maps, needed, refuse
from extensions.front.onnx.movement import slice_10
from extensions.front.onnx.tensors import element_type
from extensions.ops.activation import SoftPlus, Tanh
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.embedding import (
    EmbeddingBagOffsets,
    EmbeddingBagOffsetsSum,
    EmbeddingBagPacked,
    EmbeddingBagPackedSum,
)
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf
from extensions.ops.slicing import StridedSlice
from extensions.ops.unary import IsFinite
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output

maps({"IsFinite": IsFinite})
converts("DynamicSlice")(slice_10)


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


@converts("GivenTensorFill")
def given_tensor_fill(g: Graph, node: SourceNode, x: Output | None = None) -> Output:
    """Listed numbers in a shape, which is an attribute, the input, or that of the input."""
    values = g.constant(np.array(needed(node, "values"), np.float32))
    if x is None:
        return g.add(Reshape(), values, list(needed(node, "shape")))
    if node.get("extra_shape"):
        raise refuse(node, "extra_shape")
    return g.add(Reshape(), values, x if node.get("input_as_shape") else g.add(ShapeOf(), x))


@converts("ATen", domain="org.pytorch.aten")
@converts("ATen")
def aten(g: Graph, node: SourceNode, *inputs: Output) -> Output:
    if node.get("operator") != "embedding_bag":
        raise refuse(node, f"the function {node.get('operator')} of PyTorch")
    return _embedding_bag(g, node, *inputs)


def _embedding_bag(
    g: Graph,
    node: SourceNode,
    table: Output,
    indices: Output,
    offsets: Output | None = None,
    weights: Output | None = None,
) -> Output:
    """Sums (mode 0) or means (1) of the rows of bags, which start at offsets or are rows [N, K]."""
    mode = node.get("mode", 0)
    if mode not in (0, 1):
        raise refuse(node, f"embedding_bag with mode {mode}")
    if weights is not None:
        # The CPU runtime takes weights of known number only.
        rows = g.add(Gather(), table, indices, _FIRST)
        table = g.add(Multiply(), rows, lift(g, weights, [rank_of(indices)]))
        if offsets is None:
            return g.add(ReduceSum(), table, [1])
        first, step = g.constant(_FIRST), g.constant(np.int64(1))
        count = Range(output_type=indices.dtype)
        indices = g.add(count, first, size_of(g, indices, 0), step)
    if offsets is None:
        packed = EmbeddingBagPacked(reduction="mean") if mode else EmbeddingBagPackedSum()
        return g.add(packed, table, indices)
    if node.get("include_last_offset"):
        # The last one is where the last bag ends.
        offsets = sliced(g, offsets, [0], [-1], [0], [1])
    op = EmbeddingBagOffsets(reduction="mean") if mode else EmbeddingBagOffsetsSum()
    return g.add(op, table, indices, typed(g, offsets, indices.dtype))


_FIRST = np.int64(0)
