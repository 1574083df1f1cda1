"""Work on pictures: preprocessing that Gluon puts into models, and the matching of two images."""

from __future__ import annotations

import numpy as np

from extensions.front.building import invalid, rank_of, sliced, typed
from extensions.front.mxnet import attributes as at
from extensions.front.mxnet.common import converts, refused
from extensions.front.mxnet.movement import turned
from extensions.ops.arithmetic import Divide, Multiply, Subtract
from extensions.ops.movement import Concat, Pad, Transpose
from extensions.ops.pooling import AvgPool
from extensions.ops.reduction import ReduceMean
from extensions.ops.slicing import FAR
from extensions.ops.unary import Abs
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

# More shifts than any flow network tries.
_SHIFTS_LIMIT = 4096


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
    """A channel for each shift of the second image: the mean product, or mean difference."""
    kernel, most = at.integer(node, "kernel_size", 1), at.integer(node, "max_displacement", 1)
    step, stride = at.integer(node, "stride2", 1), at.integer(node, "stride1", 1)
    pad = at.integer(node, "pad_size", 0)
    if min(kernel, step, stride) < 1 or min(most, pad) < 0 or kernel % 2 == 0:
        raise invalid("its sizes and strides make no windows")
    reach = most // step
    if (2 * reach + 1) ** 2 > _SHIFTS_LIMIT:
        raise refused(f"a Correlation over {2 * reach + 1} shifts in each direction")
    widths = [0, 0, pad, pad]
    x, y = (g.add(Pad(), image, widths, widths, 0.0) for image in (x, y))
    shifts = [step * i for i in range(-reach, reach + 1)]
    product = at.flag(node, "is_multiply", True)
    centre = _shifted(g, x, 0, 0, most)
    means = []
    for down in shifts:
        for right in shifts:
            other = _shifted(g, y, down, right, most)
            both = g.add(Multiply() if product else Subtract(), centre, other)
            both = both if product else g.add(Abs(), both)
            means.append(g.add(ReduceMean(keep_dims=True), both, [1]))
    channels = g.add(Concat(axis=1), *means) if len(means) > 1 else means[0]
    if kernel == stride == 1:
        return channels
    pool = AvgPool(kernel=(kernel,) * 2, strides=(stride,) * 2, pads_begin=(0, 0), pads_end=(0, 0))
    return g.add(pool, channels)


def _shifted(g: Graph, image: Output, down: int, right: int, most: int) -> Output:
    """The part of a padded image that a shift by as much as ``most`` still reaches."""
    starts = [most + down, most + right]
    ends = [(shift - most) or FAR for shift in (down, right)]
    return sliced(g, image, starts, ends, [2, 3], [1, 1])
