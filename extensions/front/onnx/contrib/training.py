"""What graphs for training hold: dropouts with their bias, softmax with its bias, checks."""

from __future__ import annotations

from extensions.front.building import all_axes, typed
from extensions.front.onnx.activation import along_axis
from extensions.front.onnx.common import refuse
from extensions.front.onnx.contrib.common import microsoft
from extensions.front.onnx.randomness import dropout_12
from extensions.ops.arithmetic import Add, LogicalAnd
from extensions.ops.reduction import ReduceLogicalAnd
from extensions.ops.unary import IsFinite, IsInf, IsNaN, LogicalNot
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@microsoft("BitmaskDropout")
def bitmask_dropout(
    g: Graph,
    node: SourceNode,
    x: Output,
    ratio: Output | None = None,
    training: Output | None = None,
) -> Output:
    """The mask, packed into bits, is for training only."""
    return dropout_12(g, node, x, ratio, training)[0]


@microsoft("BiasDropout")
def bias_dropout(
    g: Graph,
    node: SourceNode,
    x: Output,
    bias: Output,
    residual: Output | None = None,
    ratio: Output | None = None,
    training: Output | None = None,
) -> tuple[Output, ...]:
    """dropout(x + bias) + residual"""
    y, *mask = dropout_12(g, node, g.add(Add(), x, bias), ratio, training)
    return (y if residual is None else g.add(Add(), y, residual), *mask)


@microsoft("BitmaskBiasDropout")
def bitmask_bias_dropout(g: Graph, node: SourceNode, *inputs: Output) -> Output:
    return bias_dropout(g, node, *inputs)[0]


@microsoft("BiasSoftmax")
def bias_softmax(g: Graph, node: SourceNode, x: Output, bias: Output) -> Output:
    """Over all axes from one on; the bias is broadcast."""
    if bias.rank is None or x.rank is None or (bias.rank < x.rank and _is_inner(node)):
        raise refuse(node, "a bias with fewer axes than the scores")
    return along_axis(g, "Softmax", g.add(Add(), x, bias), node.get("axis", 1), flat=True)


def _is_inner(node: SourceNode) -> bool:
    return bool(node.get("is_inner_broadcast"))


@microsoft("IsAllFinite")
def is_all_finite(g: Graph, node: SourceNode, *xs: Output) -> Output:
    """One boolean for all tensors."""
    found = [_all_fine(g, node, typed(g, x, ElementType.f32)) for x in xs]
    total = found[0]
    for one in found[1:]:
        total = g.add(LogicalAnd(), total, one)
    return total


def _all_fine(g: Graph, node: SourceNode, x: Output) -> Output:
    if node.get("isnan_only"):
        fine = g.add(LogicalNot(), g.add(IsNaN(), x))
    elif node.get("isinf_only"):
        fine = g.add(LogicalNot(), g.add(IsInf(), x))
    else:
        fine = g.add(IsFinite(), x)
    return g.add(ReduceLogicalAnd(), fine, all_axes(g, x))
