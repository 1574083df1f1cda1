"""The way back from a pooling: numbers return to where it found them."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import typed
from extensions.front.caffe.common import (
    converts,
    invalid,
    parameters,
    reshaped,
    shape_of,
    size_vector,
)
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.gathering import ScatterElementsUpdate
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceProd
from extensions.ops.shaping import Broadcast, Reshape
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import compatible, text


@converts("Upsample")
def upsample(g: Graph, node: SourceNode, x: Output, mask: Output) -> Output:
    """Zeros, but for the numbers at the places in the second bottom (SegNet, section 3.1)."""
    if not all(map(compatible, shape_of(x), shape_of(mask))):
        raise invalid(f"its mask is {text(shape_of(mask))} for an input {text(shape_of(x))}")
    size = _size(g, parameters(node, "upsample_param"), x)
    count = g.add(ReduceProd(keep_dims=True), size, [0])
    items = size_vector(g, x, 0, 1)
    zero = g.constant(np.zeros(()), x.dtype)
    image = g.add(Broadcast(), zero, g.add(Concat(axis=0), items, count))
    places = typed(g, reshaped(g, mask, mask, 0, 1, [-1]), ElementType.i64)
    values = reshaped(g, x, x, 0, 1, [-1])
    filled = g.add(ScatterElementsUpdate(), image, places, values, g.constant(np.int64(2)))
    return g.add(Reshape(), filled, g.add(Concat(axis=0), items, size))


def _size(g: Graph, p: dict[str, Any], x: Output) -> Output:
    """Height and width: as given, or as many times the old ones, less one row or column."""
    if p["upsample_h"] and p["upsample_w"]:
        return g.constant(np.array([p["upsample_h"], p["upsample_w"]], np.int64))
    scales = [p["scale_h"] or p["scale"], p["scale_w"] or p["scale"]]
    if min(scales) < 1:
        raise invalid(f"it enlarges by {scales}")
    larger = g.add(Multiply(), size_vector(g, x, 2, 3), scales)
    return g.add(Add(), larger, [-int(p["pad_out_h"]), -int(p["pad_out_w"])])
