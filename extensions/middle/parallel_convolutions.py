"""Convolutions side by side on the parts of one value, recognised as a group convolution."""

from __future__ import annotations

from typing import NamedTuple

from extensions.middle.linear import channel_factor
from extensions.ops.arithmetic import Add
from extensions.ops.convolution import Convolution, GroupConvolution
from extensions.ops.movement import Concat, Split, VariadicSplit
from extensions.ops.shaping import Reshape
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import same_shape, static
from mo.middle.pattern import match
from mo.middle.rewriter import Keep, Rule, rewrite


class _Branch(NamedTuple):
    node: Node
    part: Output
    convolution: Convolution
    weights: Output
    bias: Output | None


def rules(keep: Keep = None) -> tuple[Rule, ...]:
    """The rule that sees such convolutions, but not those that ``keep`` names."""

    @rewrite(match(Concat, where=lambda op: op.axis == 1))
    def group_convolution(g: Graph, node: Node) -> Output | None:
        branches = [_branch(value) for value in node.inputs]
        if keep is not None and any(keep(b.node) for b in branches if b is not None):
            return None
        return _grouped(g, node, branches)

    return (group_convolution,)


def _grouped(g: Graph, node: Node, branches: list[_Branch | None]) -> Output | None:
    """concat(conv(part 0), conv(part 1), ...) of all parts of a split along the channels."""
    first = branches[0]
    if first is None or len(branches) < 2 or not _is_even_split(first.part.node, len(branches)):
        return None
    shape = static(first.weights.shape)
    for index, branch in enumerate(branches):
        if branch is None or branch.part is not first.part.node.outputs[index]:
            return None
        if branch.convolution.key() != first.convolution.key() or shape is None:
            return None
        if not same_shape(branch.weights.shape, shape) or bool(branch.bias) != bool(first.bias):
            return None
    assert shape is not None
    every = [branch for branch in branches if branch is not None]
    kernels = g.add(Concat(axis=0), *(branch.weights for branch in every))
    grouped = g.add(Reshape(), kernels, [len(every), *shape])
    data = first.part.node.inputs[0]
    result = g.add(GroupConvolution(**first.convolution.attributes()), data, grouped)
    if first.bias is None:
        return result
    layout = [1, shape[0], *[1] * (len(shape) - 2)]
    biases = [g.add(Reshape(), branch.bias, layout) for branch in every]
    return g.add(Add(), result, g.add(Concat(axis=1), *biases))


def _branch(value: Output | None) -> _Branch | None:
    """A convolution by constant kernels, with a bias for each channel or without."""
    if value is None or value.only_user() is None:
        return None
    bias = None
    if isinstance(value.node.op, Add):
        bias = next((v for v in value.node.inputs if v is not None and v.is_constant), None)
        value = next((v for v in value.node.inputs if v is not None and v is not bias), None)
        if bias is None or value is None or value.only_user() is None:
            return None
    op, inputs = value.node.op, value.node.inputs
    if not isinstance(op, Convolution) or inputs[0] is None or inputs[1] is None:
        return None
    if not inputs[1].is_constant or not inputs[1].shape:
        return None
    if bias is not None and channel_factor(bias, value.rank or 0, 1) != inputs[1].shape[0]:
        return None
    return _Branch(value.node, inputs[0], op, inputs[1], bias)


def _is_even_split(node: Node, count: int) -> bool:
    """Whether a node cuts the channels into so many equal parts."""
    if not isinstance(node.op, (Split, VariadicSplit)) or len(node.outputs) != count:
        return False
    axis, shapes = node.inputs[1], [output.shape for output in node.outputs]
    along = None if axis is None or axis.constant is None else axis.constant.item()
    return along == 1 and all(same_shape(shape, shapes[0]) for shape in shapes)
