"""Pooling over windows and over everything; enlarging."""

from __future__ import annotations

from typing import Any

import numpy as np

from extensions.front.building import rank_of, typed
from extensions.front.tf.common import refuse
from extensions.front.tf.keras.common import Layer, layer
from extensions.front.tf.keras.convolution import (
    as_image,
    as_sequence,
    data_format,
    per_axis,
    spatial_axis,
)
from extensions.front.tf.keras.masks import mask_of
from extensions.ops.arithmetic import Divide, Multiply
from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat, Transpose
from extensions.ops.reduction import ReduceMax, ReduceMean, ReduceSum
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Unsqueeze
from mo.graph.node import Output

_KINDS = {"Max": "MaxPool", "Average": "AvgPool"}


@layer(*(f"{kind}Pooling{rank}D" for kind in _KINDS for rank in (1, 2, 3)))
def pooling(layer: Layer, x: Output) -> Output:
    kind, rank = layer.node.type.split("Pooling")
    spatial = int(rank[0])
    window = layer.numbers("pool_size", spatial, layer.get("pool_length", 2))
    steps = window if layer.get("strides") is None else layer.numbers("strides", spatial)
    if spatial == 1:
        window, steps = [1, *window], [1, *steps]
    attributes = {
        "ksize": per_axis(layer, window),
        "strides": per_axis(layer, steps),
        "padding": str(layer.get("padding", "valid")).upper(),
        "data_format": data_format(layer, max(spatial, 2)),
    }
    name = _KINDS[kind] + ("3D" if spatial == 3 else "")
    if spatial > 1:
        return layer.tf(name, x, **attributes)
    return as_sequence(layer, layer.tf(name, as_image(layer, x), **attributes))


_GLOBAL = {"Max": ReduceMax, "Average": ReduceMean}


@layer(*(f"Global{kind}Pooling{rank}D" for kind in _GLOBAL for rank in (1, 2, 3)))
def global_pooling(layer: Layer, x: Output) -> Output:
    kind = layer.node.type.removeprefix("Global").split("Pooling")[0]
    first = spatial_axis(layer)
    mask = mask_of(layer) if kind == "Average" and rank_of(x) == 3 else None
    if mask is not None:
        return _mean_of_some(layer, x, mask)
    op = _GLOBAL[kind](keep_dims=bool(layer.get("keepdims", False)))
    return layer.g.add(op, x, list(range(first, first + rank_of(x) - 2)))


def _mean_of_some(layer: Layer, x: Output, mask: Output) -> Output:
    """The mean over the steps that count; of none there is no number."""
    g, axis = layer.g, spatial_axis(layer)
    keeps = bool(layer.get("keepdims", False))
    counts = typed(g, g.add(Unsqueeze(), mask, [2 if layer.channels_last else 1]), x.dtype)
    total = g.add(ReduceSum(keep_dims=keeps), g.add(Multiply(), x, counts), [axis])
    return g.add(Divide(), total, g.add(ReduceSum(keep_dims=keeps), counts, [axis]))


# ---- enlarging


@layer("UpSampling2D")
def up_sampling_2d(layer: Layer, x: Output) -> Output:
    g, factors = layer.g, layer.numbers("size", 2, 2)
    kind = {"nearest": "ResizeNearestNeighbor", "bilinear": "ResizeBilinear"}.get(
        str(layer.get("interpolation", "nearest"))
    )
    if kind is None:
        raise refuse(f"the interpolation '{layer.get('interpolation')}'")
    image = x if layer.channels_last else g.add(Transpose(), x, [0, 2, 3, 1])
    places = g.add(Gather(), g.add(ShapeOf(), image), [1, 2], np.int64(0))
    sizes = g.add(Multiply(), places, factors)
    y: Output = layer.tf(kind, image, sizes, half_pixel_centers=True)
    return y if layer.channels_last else g.add(Transpose(), y, [0, 3, 1, 2])


@layer("UpSampling1D")
def up_sampling_1d(layer: Layer, x: Output) -> Output:
    return _repeated(layer, x, 1, layer.numbers("size", 1, 2)[0])


@layer("UpSampling3D")
def up_sampling_3d(layer: Layer, x: Output) -> Output:
    for place, factor in enumerate(layer.numbers("size", 3, 2)):
        x = _repeated(layer, x, spatial_axis(layer) + place, factor)
    return x


def _repeated(layer: Layer, x: Output, axis: int, times: int) -> Output:
    """Each element along an axis several times in a row."""
    g = layer.g
    shape = g.add(ShapeOf(), x)
    before, behind = list(range(axis + 1)), list(range(axis + 1, rank_of(x)))
    parts: list[Any] = [g.add(Gather(), shape, before, np.int64(0)), [times]]
    parts += [g.add(Gather(), shape, behind, np.int64(0))] if behind else []
    spread = g.add(Broadcast(), g.add(Unsqueeze(), x, [axis + 1]), g.add(Concat(axis=0), *parts))
    size = g.add(Multiply(), g.add(Gather(), shape, [axis], np.int64(0)), [times])
    sizes: list[Any] = [g.add(Gather(), shape, before[:-1], np.int64(0))] if axis else []
    sizes += [size, *parts[2:]]
    return g.add(Reshape(), spread, g.add(Concat(axis=0), *sizes))
