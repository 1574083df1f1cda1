"""Reductions as runtimes compute them rightly."""

from __future__ import annotations

from extensions.ops.arithmetic import Multiply
from extensions.ops.common import constant_axes
from extensions.ops.conversion import Convert
from extensions.ops.movement import Transpose
from extensions.ops.reduction import (
    ReduceL1,
    ReduceL2,
    ReduceLogicalAnd,
    ReduceLogicalOr,
    ReduceMax,
    ReduceMean,
    ReduceMin,
    ReduceProd,
    ReduceSum,
)
from extensions.ops.shaping import Reshape, Squeeze, Unsqueeze
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import Shape, same_shape
from mo.middle.pattern import any_value, const, match
from mo.middle.rewriter import rewrite

_KINDS = (ReduceMax, ReduceMean, ReduceMin, ReduceProd, ReduceSum)
_ALL = (*_KINDS, ReduceL1, ReduceL2, ReduceLogicalAnd, ReduceLogicalOr)


@rewrite(match(_KINDS, any_value("x"), const("axes"), where=lambda op: not op.keep_dims))
def kept_axis(g: Graph, node: Node, x: Output, axes: Output) -> Output | None:
    """Over the last of three axes: the axis is kept first, then taken out.

    Else the 2026.4 CPU runtime fuses a vector that is added or multiplied behind it, and reads
    that vector along the wrong axis and beyond its end.
    """
    if not x.dtype.is_float or x.rank != 3 or constant_axes(axes, 3) != (2,):
        return None
    return g.add(Squeeze(), g.add(node.op.with_attributes(keep_dims=True), x, axes), axes)


# What the runtime takes the factor of integers past.
_PASSED = (Multiply, Reshape, Squeeze, Transpose, Unsqueeze)


@rewrite(match(Convert, any_value("x")))
def wide_integers(g: Graph, node: Node, x: Output) -> Output | None:
    """Integers of 8 bits that are summed over the middle of three axes pass through 32 bits.

    Else the 2026.4 CPU runtime sums the integers as such in quantised models, with wrong results
    for all elements of a batch but the first.
    """
    kinds = (ElementType.i8, ElementType.u8)
    if x.dtype not in kinds or x.is_constant or not node.outputs[0].dtype.is_float:
        return None
    if not _is_summed_in_the_middle(node):
        return None
    return g.add(node.op, g.add(Convert(destination_type=ElementType.i32), x))


def _is_summed_in_the_middle(node: Node) -> bool:
    """Whether a sum or mean of three axes reads the node, perhaps past a factor or a new shape."""
    waiting, seen = [node], {node}
    while waiting:
        for user in waiting.pop().consumers():
            if isinstance(user.op, (ReduceMean, ReduceSum)):
                x, axes = user.inputs
                if x is not None and axes is not None and x.rank == 3:
                    found = constant_axes(axes, 3)
                    if found is None or (1 in found and 0 not in found):
                        return True
            elif isinstance(user.op, _PASSED) and user not in seen:
                seen.add(user)
                waiting.append(user)
    return False


@rewrite(
    match(_ALL, any_value("x"), const("axes"), where=lambda op: not op.keep_dims),
)
def kept_before_reshape(g: Graph, node: Node, x: Output, axes: Output) -> Output | None:
    """In front of a Reshape to as many axes: the axes are kept first, then taken out.

    If that Reshape moves axes of size one, the 2026.4 CPU runtime leaves it out.
    """
    shape = node.outputs[0].shape
    reshapes = (user for user in node.consumers() if isinstance(user.op, Reshape))
    if shape is None or not any(_moves(shape, reshape.outputs[0].shape) for reshape in reshapes):
        return None
    return g.add(Squeeze(), g.add(node.op.with_attributes(keep_dims=True), x, axes), axes)


def _moves(before: Shape, after: Shape) -> bool:
    if before is None or after is None:
        return True
    return len(before) == len(after) and not same_shape(before, after)


RULES = (kept_axis, kept_before_reshape, wide_integers)
