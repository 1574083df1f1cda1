"""Layers of FlowNet's fork (github.com/lmb-freiburg/flownet2): several sizes made one, pictures
made ready for a net."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from extensions.front.building import needed_constant, size_of, typed
from extensions.front.caffe.common import (
    blob,
    converts,
    invalid,
    parameters,
    shape_of,
    size_vector,
    unsupported,
)
from extensions.front.caffe.resizing import resized
from extensions.front.caffe.schema.forks import CHANCES
from extensions.ops.arithmetic import (
    Add,
    Divide,
    Greater,
    Maximum,
    Minimum,
    Multiply,
    Select,
    Subtract,
)
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat
from extensions.ops.reduction import ReduceLogicalAnd, ReduceMean
from extensions.ops.shaping import Broadcast, Unsqueeze
from extensions.ops.unary import Floor
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import compatible

# The numbers by which an augmented picture is told to another layer (AugmentationCoeff).
_COEFFICIENTS = 42


@converts("Accum")
def accum(g: Graph, node: SourceNode, *values: Output) -> Output:
    """The channels of all bottoms in one size: bilinear, corners on corners.

    The size is that of the last bottom, if it is for this only, or the greatest of all.
    """
    p = parameters(node, "accum_param")
    if p["have_reference"]:
        values, reference = values[:-1], values[-1]
        sizes = size_vector(g, reference, 2, 3)
    else:
        sizes = _enlarged(g, p, [size_vector(g, value, 2, 3) for value in values])
    if not values:
        raise invalid("it has no bottoms to put together")
    return g.add(Concat(axis=1), *(_fitted(g, value, sizes) for value in values))


def _enlarged(g: Graph, p: dict[str, Any], sizes: list[Output]) -> Output:
    """The greatest height and width; or the size that is asked for, if both are greater."""
    most = reduce(lambda a, b: g.add(Maximum(), a, b), sizes)
    divisor = p["size_divisible_by"]
    if divisor is None:
        wanted = g.constant(np.array([p["top_height"], p["top_width"]], np.int64))
    elif divisor < 1:
        raise invalid("its 'size_divisible_by' is 0")
    else:
        steps = g.add(Divide(), g.add(Add(), most, [divisor - 1] * 2), [divisor] * 2)
        wanted = g.add(Multiply(), steps, [divisor] * 2)
    larger = g.add(ReduceLogicalAnd(keep_dims=True), g.add(Greater(), wanted, most), [0])
    return g.add(Select(), larger, wanted, most)


def _fitted(g: Graph, x: Output, sizes: Output) -> Output:
    known = sizes.value()
    if known is not None and tuple(known.tolist()) == shape_of(x)[2:]:
        return x
    return resized(g, x, sizes, "linear_onnx", coordinate_transformation_mode="align_corners")


@converts("DataAugmentation")
def data_augmentation(g: Graph, node: SourceNode, *values: Output) -> tuple[Output, ...]:
    """The middle of a picture, without the mean of all pictures.

    What is done by chance is done while the net is trained; the second top, which tells other
    layers what was done, holds zeros for nothing.
    """
    p = parameters(node, "augmentation_param")
    if len(node.attributes["bottom"]) > 1:
        raise unsupported("augmenting as another layer has done")
    x, *blobs = values
    crop = p["crop_height"], p["crop_width"]
    if None not in crop:
        if p["augment_during_test"] and any(p[name] is not None for name in CHANCES):
            raise unsupported("augmenting by chance while the net is run (augment_during_test)")
        for axis, size in zip((2, 3), crop):
            x = _middle(g, x, axis, size)
    x = _without_mean(g, p, x, blobs)
    if not node.has_output(1):
        return (x,)
    shape = size_vector(g, x, 0, [_COEFFICIENTS, 1, 1])
    return x, g.add(Broadcast(), g.constant(np.zeros((), np.float32)), shape)


def _middle(g: Graph, x: Output, axis: int, size: int) -> Output:
    """So many pixels of an axis around its middle, which may lie between pixels of the bottom.

    No place is beyond 1.05 pixels before the end: the last pixel is mixed with the one before.
    """
    there = shape_of(x)[axis]
    if size < 1 or (isinstance(there, int) and size > there):
        raise invalid(f"it cuts {size} pixels out of {there}")
    last = g.add(Subtract(), size_of(g, x, axis), g.constant(np.int64(1)))
    length = g.add(Unsqueeze(), typed(g, size_of(g, x, axis), ElementType.f32), [0])
    start = g.add(Multiply(), g.add(Subtract(), length, float(size)), 0.5)
    places = g.add(Add(), g.constant(np.arange(size, dtype=np.float32)), start)
    places = g.add(Minimum(), places, g.add(Subtract(), length, 1.05))
    places = g.add(Maximum(), places, 0.0)
    low = g.add(Floor(), places)
    share = g.add(Unsqueeze(), g.add(Subtract(), places, low), list(range(1, 4 - axis)))
    index = typed(g, low, ElementType.i64)
    along = g.constant(np.int64(axis))
    first = g.add(Gather(), x, index, along)
    known = share.value()
    if known is not None and not known.any():
        return first
    following = g.add(Minimum(), g.add(Add(), index, [1]), last)
    step = g.add(Subtract(), g.add(Gather(), x, following, along), first)
    return g.add(Add(), first, g.add(Multiply(), step, share))


def _without_mean(g: Graph, p: dict[str, Any], x: Output, blobs: list[Output]) -> Output:
    """The mean is trained (blobs: count of pictures, image, one number per channel) or given."""
    pictures = p["recompute_mean"]
    if pictures:
        seen, image, colours = (*blobs, None, None, None)[:3]
        count = float(needed_constant(blob(g, seen, "count", (1,)), "the count").item())
        if count + 1 <= pictures:
            raise unsupported(f"a mean that is known of {count:g} of {pictures} pictures only")
        if p["mean_per_pixel"]:
            return g.add(Subtract(), x, _mean_image(g, image, x))
        mean = blob(g, colours, "means", (shape_of(x)[1], 1, 1))
    elif len(p["mean"]) == 3 and not p["mean_per_pixel"]:
        mean = g.constant(np.reshape(p["mean"], (3, 1, 1)), x.dtype)
    else:
        return x
    return g.add(Subtract(), x, mean)


def _mean_image(g: Graph, image: Output | None, x: Output) -> Output:
    """The image, or the mean of each of its channels if the picture is of another size."""
    channels, *sizes = shape_of(x)[1:]
    if image is None or image.rank is None or image.rank < 3:
        raise invalid("the .caffemodel has no mean image for it")
    given = shape_of(image)[-2:]
    image = blob(g, image, "mean image", (channels, *given))
    if tuple(sizes) == given:
        return image
    if all(map(compatible, sizes, given)):
        raise unsupported("a mean for each pixel of pictures of unknown size")
    return g.add(ReduceMean(keep_dims=True), image, [1, 2])
