"""Layouts with the channels behind, for operations that want them second."""

from __future__ import annotations

from dataclasses import dataclass

from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import refused
from extensions.ops.movement import Transpose
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output

_SECOND = {"NCW", "NCHW", "NCDHW"}
_LAST = {"NWC", "NHWC", "NDHWC"}


@dataclass(frozen=True)
class Layout:
    """How a tensor of ``rank`` axes has its channels."""

    rank: int
    channels_last: bool

    def enter(self, g: Graph, x: Output) -> Output:
        """The tensor with its last axis second."""
        order = [0, self.rank - 1, *range(1, self.rank - 1)]
        return g.add(Transpose(), x, order) if self.channels_last else x

    def leave(self, g: Graph, x: Output) -> Output:
        """The tensor with its second axis last."""
        order = [0, *range(2, self.rank), 1]
        return g.add(Transpose(), x, order) if self.channels_last else x


def channels_first(node: SourceNode, spatial: int) -> Layout:
    """The layout of a node that works on ``spatial`` axes."""
    name = at.value_of(node, "layout")
    if name is not None and name not in _SECOND | _LAST:
        raise refused(f"layout '{name}'")
    return Layout(spatial + 2, name in _LAST)
