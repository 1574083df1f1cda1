"""Comparisons with infinity that the CPU runtime gets wrong, in a form that it gets right.

Its ReduceMax starts at the least finite number and its ReduceMin at the greatest: of nothing but
infinities they give that number, and a comparison of it with infinity fails.
"""

from __future__ import annotations

import numpy as np

from extensions.ops.arithmetic import Equal
from extensions.ops.reduction import ReduceLogicalAnd, ReduceMax, ReduceMin, Reduction
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.middle.pattern import any_value, exactly, match
from mo.middle.rewriter import rewrite

x, axes = any_value("x", where=lambda value: value.dtype.is_float), any_value("axes")


@rewrite(match(Equal, match(ReduceMax, x, axes, name="extreme", shared=True), exactly(-np.inf)))
def greatest_is_minus_infinity(
    g: Graph, node: Node, x: Output, axes: Output, extreme: Output
) -> Output | None:
    return _all_are(g, node, x, axes, extreme, -np.inf)


@rewrite(match(Equal, match(ReduceMin, x, axes, name="extreme", shared=True), exactly(np.inf)))
def least_is_infinity(
    g: Graph, node: Node, x: Output, axes: Output, extreme: Output
) -> Output | None:
    return _all_are(g, node, x, axes, extreme, np.inf)


def _all_are(
    g: Graph, node: Node, x: Output, axes: Output, extreme: Output, infinity: float
) -> Output | None:
    """The extreme is infinite if every element is."""
    op = extreme.node.op
    if not isinstance(op, Reduction) or node.outputs[0].rank != extreme.rank:
        return None
    equal = g.add(Equal(), x, infinity)
    return g.add(ReduceLogicalAnd(keep_dims=op.keep_dims), equal, axes)


RULES = (greatest_is_minus_infinity, least_is_infinity)
