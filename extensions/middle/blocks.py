"""Reshape, Transpose, Reshape sequences that move whole blocks, recognised as one operation."""

from __future__ import annotations

from extensions.ops.common import constant_ints
from extensions.ops.movement import ShuffleChannels, Transpose
from extensions.ops.shaping import Reshape
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.shape import same, same_shape
from mo.middle.pattern import any_value, const, match
from mo.middle.rewriter import rewrite

_split = match(Reshape, any_value("x"), any_value("shape"), name="split")
_moved = match(Transpose, _split, const("order"))


@rewrite(match(Reshape, _moved, any_value("target")))
def shuffle_channels(
    g: Graph, node: Node, x: Output, split: Output, order: Output
) -> Output | None:
    """[N, G*C, ...] seen as [N, G, C, ...], G and C exchanged, joined again."""
    axes = constant_ints(order)
    if x.shape is None or split.shape is None or axes is None or len(x.shape) < 3:
        return None
    if not same_shape(node.outputs[0].shape, x.shape) or axes[:3] != (0, 2, 1):
        return None
    groups = split.shape[1]
    if not isinstance(groups, int) or axes[3:] != tuple(range(3, len(axes))):
        return None
    rest = _same_tail(x, split)
    return g.add(ShuffleChannels(axis=1, group=groups), x) if rest else None


def _same_tail(x: Output, split: Output) -> bool:
    """Whether the split left the batch and the axes behind the channels alone."""
    assert x.shape is not None
    assert split.shape is not None
    if not same(x.shape[0], split.shape[0]):
        return False
    tail, split_tail = x.shape[2:], split.shape[3:]
    if len(tail) == len(split_tail):
        return all(map(same, tail, split_tail))
    # The spatial axes may be joined into one meanwhile.
    return len(split_tail) == 1


RULES = (shuffle_channels,)
