"""What the operations of com.microsoft share."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import Any

from extensions.front.building import rank_of
from extensions.front.onnx.common import converts
from extensions.ops.movement import Transpose
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output

microsoft = partial(converts, domain="com.microsoft")


def standard(node: SourceNode, type: str, **attributes: Any) -> SourceNode:
    """A standard node with the same attributes and more."""
    other = copy.copy(node)
    other.type = type
    other.attributes = {**node.attributes, **attributes}
    return other


def images(g: Graph, node: SourceNode, x: Output, function: Callable[[Output], Output]) -> Output:
    """A function of [N, C, ...], also where ``channels_last`` puts C behind."""
    if not node.get("channels_last", 0):
        return function(x)
    rank = rank_of(x)
    y = function(g.add(Transpose(), x, [0, rank - 1, *range(1, rank - 1)]))
    return g.add(Transpose(), y, [0, *range(2, rank), 1])
