"""Zeros put around an image become the padding of the convolution that reads it."""

from __future__ import annotations

from extensions.ops.common import constant_ints
from extensions.ops.convolution import Convolution, GroupConvolution
from extensions.ops.movement import Pad
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.middle.pattern import any_value, const, match, number
from mo.middle.rewriter import rewrite

_padded = match(
    Pad,
    any_value("x"),
    const("begin"),
    const("end"),
    number(0),
    where=lambda op: op.pad_mode == "constant",
)


@rewrite(
    match(
        (Convolution, GroupConvolution),
        _padded,
        any_value("w"),
        where=lambda op: op.auto_pad in ("explicit", "valid"),
    )
)
def pad_of_convolution(
    g: Graph, node: Node, x: Output, w: Output, begin: Output, end: Output
) -> Output | None:
    """conv(pad(x)) -> conv(x) with more padding, if only spatial axes are padded."""
    begins, ends = constant_ints(begin) or (), constant_ints(end) or ()
    if any(begins[:2] + ends[:2]) or min(begins + ends, default=0) < 0:
        return None
    op = node.op
    more = {
        name: tuple(own + added for own, added in zip(op.attributes()[name], pads[2:]))
        for name, pads in (("pads_begin", begins), ("pads_end", ends))
    }
    return g.add(op.with_attributes(auto_pad="explicit", **more), x, w)


RULES = (pad_of_convolution,)
