"""Work on pictures: preprocessing that Gluon puts into models, and the matching of two images."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, rank_of, sliced, typed
from extensions.front.correlation import Correlation
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts
from extensions.front.mxnet.movement import turned
from extensions.ops.arithmetic import Divide, Subtract
from extensions.ops.movement import Transpose
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


@converts("_image_to_tensor", "_npx__image_to_tensor")
def to_tensor(g: Graph, node: SourceNode, x: Output) -> Output:
    """Bytes [..., height, width, channels] as numbers below 1 [..., channels, height, width]."""
    rank = rank_of(x)
    numbers = g.add(Divide(), typed(g, x, ElementType.f32), 255.0)
    return g.add(Transpose(), numbers, [*range(rank - 3), rank - 1, rank - 3, rank - 2])


@converts("_image_normalize", "_npx__image_normalize")
def normalize(g: Graph, node: SourceNode, x: Output) -> Output:
    """Less the mean, divided by the deviation: of each channel [..., channels, h, w] or of all."""
    mean, deviation = (
        np.asarray(at.numbers(node, name, (default,)), np.float32).reshape(-1, 1, 1)
        for name, default in (("mean", 0.0), ("std", 1.0))
    )
    return g.add(Divide(), g.add(Subtract(), x, mean), deviation)


@converts("_image_flip_left_right", "_image_flip_top_bottom")
def flip(g: Graph, node: SourceNode, x: Output) -> Output:
    """Channels come last."""
    return turned(g, x, [-2 if node.type.endswith("right") else -3])


@converts("_image_crop")
def crop(g: Graph, node: SourceNode, x: Output) -> Output:
    left, top, width, height = (at.integer(node, name) for name in ("x", "y", "width", "height"))
    return sliced(g, x, [top, left], [top + height, left + width], [-3, -2], [1, 1])


@converts("Correlation")
def correlation(g: Graph, node: SourceNode, x: Output, y: Output) -> Output:
    windows = Correlation(
        kernel=at.integer(node, "kernel_size", 1),
        most=at.integer(node, "max_displacement", 1),
        stride=at.integer(node, "stride1", 1),
        step=at.integer(node, "stride2", 1),
        pad=at.integer(node, "pad_size", 0),
        by_product=at.flag(node, "is_multiply", True),
    )
    if not windows.valid():
        raise invalid("its sizes and strides make no windows")
    return windows.channels(g, x, y)
