"""Layers that prepare data: sizes of images, buckets, categories.

Source of semantics: keras.io, "Preprocessing layers".
"""

from __future__ import annotations

import numpy as np

from extensions.front.building import rank_of, sliced, typed
from extensions.front.tf.common import refuse
from extensions.front.tf.keras.common import Layer, layer
from extensions.front.tf.keras.convolution import spatial_axis
from extensions.ops.generating import OneHot
from extensions.ops.movement import Transpose
from extensions.ops.reduction import ReduceMax, ReduceSum
from extensions.ops.selection import Bucketize
from extensions.ops.shaping import Squeeze
from mo.graph.element_type import ElementType
from mo.graph.node import Output

_RESIZES = {"bilinear": "ResizeBilinear", "nearest": "ResizeNearestNeighbor"}
_SPECIAL = ("antialias", "crop_to_aspect_ratio", "pad_to_aspect_ratio")


@layer("Resizing")
def resizing(layer: Layer, x: Output) -> Output:
    g, kind = layer.g, str(layer.get("interpolation", "bilinear"))
    odd = [name for name in _SPECIAL if layer.get(name)]
    if kind not in _RESIZES or odd:
        raise refuse(f"a Resizing by '{kind}'" + "".join(f" with {name}" for name in odd))
    image = x if layer.channels_last else g.add(Transpose(), x, [0, 2, 3, 1])
    sizes = g.constant(np.array([layer.needed("height"), layer.needed("width")], np.int32))
    y: Output = layer.tf(_RESIZES[kind], image, sizes, half_pixel_centers=True)
    return y if layer.channels_last else g.add(Transpose(), y, [0, 3, 1, 2])


@layer("CenterCrop")
def center_crop(layer: Layer, x: Output) -> Output:
    """The middle of an image; the odd row or column stays at its end."""
    first = spatial_axis(layer)
    wanted = [int(layer.needed(name)) for name in ("height", "width")]
    known = [size for size in (x.shape or ())[first : first + 2] if isinstance(size, int)]
    if len(known) < 2 or any(size < want for size, want in zip(known, wanted)):
        raise refuse("a CenterCrop of an image that is smaller than the crop, or of open size")
    starts = [(size - want) // 2 for size, want in zip(known, wanted)]
    ends = [start + want for start, want in zip(starts, wanted)]
    return sliced(layer.g, x, starts, ends, [first, first + 1], [1, 1])


@layer("Discretization")
def discretization(layer: Layer, x: Output) -> Output:
    """The number of the bucket; a boundary belongs to the one above it."""
    g, mode = layer.g, layer.get("output_mode", "int")
    if mode != "int" or layer.get("bin_boundaries") is None:
        raise refuse(f"a Discretization of the mode '{mode}', or whose boundaries were learnt")
    bounds = g.constant(np.asarray(layer.get("bin_boundaries"), np.float32))
    op = Bucketize(output_type=ElementType.i32, with_right_bound=False)
    return g.add(op, typed(g, x, ElementType.f32), bounds)


@layer("CategoryEncoding")
def category_encoding(layer: Layer, x: Output) -> Output:
    """Ones at the categories [batch, names], each by itself, together or counted."""
    g, mode, rank = layer.g, str(layer.get("output_mode", "multi_hot")), rank_of(x)
    if len(layer.data) > 1 or rank != 2 or mode not in ("one_hot", "multi_hot", "count"):
        raise refuse(f"a CategoryEncoding of {x.type} in the mode '{mode}'")
    count = g.constant(np.int64(layer.needed("num_tokens")))
    on, off = (g.constant(np.asarray(number), ElementType.f32) for number in (1.0, 0.0))
    apart = g.add(OneHot(axis=rank), typed(g, x, ElementType.i32), count, on, off)
    if mode == "one_hot":
        last = (x.shape or ())[-1]
        if not isinstance(last, int):
            raise refuse("a CategoryEncoding in the mode 'one_hot' of an open size")
        return g.add(Squeeze(), apart, [rank - 1]) if last == 1 else apart
    return g.add(ReduceMax() if mode == "multi_hot" else ReduceSum(), apart, [rank - 1])
