"""Images of another size, and correlation of two images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from extensions.front.building import sliced
from extensions.front.caffe.common import (
    converts,
    invalid,
    needed,
    parameters,
    reshaped,
    shape_of,
    size_vector,
    unsupported,
    word,
)
from extensions.ops.arithmetic import Add, Divide, Multiply
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Pad
from extensions.ops.reduction import ReduceMean
from extensions.ops.sampling import ExtractImagePatches, Interpolate
from extensions.ops.slicing import FAR
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dimension, is_static


@converts("Interp")
def interp(g: Graph, node: SourceNode, x: Output, reference: Output | None = None) -> Output:
    """Bilinear, corners on corners, after cutting off edges (DeepLab, PSPNet).

    The size is given, or that of a second bottom, or follows by shrinking and zooming.
    """
    p = parameters(node, "interp_param")
    begin, end = p["pad_beg"], p["pad_end"]
    if begin > 0 or end > 0:
        raise unsupported("padding before a resize")
    if begin or end:
        x = sliced(g, x, [-begin] * 2, [end or FAR] * 2, [2, 3], [1, 1])
    if reference is not None:
        sizes = size_vector(g, reference, 2, 3)
    elif p["height"] and p["width"]:
        sizes = size_vector(g, x, [p["height"]], [p["width"]])
    else:
        sizes = _zoomed(g, size_vector(g, x, 2, 3), p["zoom_factor"], p["shrink_factor"])
    return _resized(g, x, sizes, "linear_onnx", coordinate_transformation_mode="align_corners")


def _zoomed(g: Graph, sizes: Output, zoom: int, shrink: int) -> Output:
    """The number of points if every ``shrink``-th is kept and ``zoom`` - 1 are put between."""
    if zoom < 1 or shrink < 1:
        raise invalid(f"it zooms by {zoom} and shrinks by {shrink}")
    for factor, op in ((shrink, Divide()), (zoom, Multiply())):
        if factor > 1:
            gaps = g.add(op, g.add(Add(), sizes, [-1, -1]), [factor, factor])
            sizes = g.add(Add(), gaps, [1, 1])
    return sizes


def _resized(g: Graph, x: Output, sizes: Output, mode: str, **attributes: Any) -> Output:
    op = Interpolate(mode=mode, shape_calculation_mode="sizes", **attributes)
    known = sizes.value()
    if known is not None and known.min() < 1:
        raise invalid(f"it resizes to {known.tolist()}")
    return g.add(op, x, sizes, np.ones(2, np.float32), [2, 3])


@converts("Resample")
def resample(g: Graph, node: SourceNode, x: Output) -> Output:
    """Pixel centres on pixel centres; linear shrinking averages if it is to (FlowNet)."""
    p = parameters(node, "resample_param")
    method = word(p, "type", ("", "NEAREST", "LINEAR", "CUBIC", "AREA"))
    if method not in ("NEAREST", "LINEAR"):
        raise unsupported(f"resampling of type {method}")
    height, width = p["height"] or 0, p["width"] or 0
    if not (height and width):
        spatial = shape_of(x)[2:]
        if not all(isinstance(size, int) for size in spatial):
            raise unsupported("resampling of unknown sizes by a factor")
        height, width = (int(size * p["factor"]) for size in spatial)
    sizes = size_vector(g, x, [height], [width])
    if method == "NEAREST":
        return _resized(g, x, sizes, "nearest", nearest_mode="round_prefer_ceil")
    if not p["antialias"] or not _shrinks(shape_of(x)[2:], (height, width)):
        return _resized(g, x, sizes, "linear_onnx")
    y = g.add(MatMul(transpose_b=True), x, _triangles(g, x, 3, width))
    return g.add(MatMul(), _triangles(g, x, 2, height), y)


def _shrinks(before: Sequence[Dimension], after: Sequence[int]) -> bool:
    if not is_static(tuple(before)):
        raise unsupported("resampling of unknown sizes with antialiasing")
    return any(isinstance(old, int) and old > new for old, new in zip(before, after))


def _triangles(g: Graph, x: Output, axis: int, size: int) -> Output:
    """A row of weights for each new pixel: a triangle around its centre, as wide as its step."""
    old = shape_of(x)[axis]
    assert isinstance(old, int)
    centres = (np.arange(size) + 0.5) * (old / size) - 0.5
    reach = max(old / size, 1.0)
    weights = np.maximum(0, 1 - np.abs(np.arange(old) - centres[:, None]) / reach)
    return g.constant(weights / weights.sum(1, keepdims=True), x.dtype)


@converts("Correlation")
def correlation(g: Graph, node: SourceNode, a: Output, b: Output) -> Output:
    """The mean product over the channels of a with b moved by each displacement (FlowNet)."""
    p = parameters(node, "correlation_param")
    reach, step = needed(p, "max_displacement"), p["stride_2"]
    if needed(p, "kernel_size") != 1 or p["stride_1"] != 1 or p["single_direction"]:
        raise unsupported("a correlation of patches, with a stride or in one direction")
    if p["correlation_type"] or p["do_abs"]:
        raise unsupported("a correlation by differences")
    if p["pad"] != reach or reach % step:
        raise unsupported("a correlation whose padding is not its greatest displacement")
    moves = 2 * (reach // step) + 1
    around = [0, 0, reach, reach]
    padded = g.add(Pad(pad_mode="constant"), b, around, around, 0.0)
    patches = ExtractImagePatches(
        sizes=(moves, moves), strides=(1, 1), rates=(step, step), auto_pad="valid"
    )
    channels = shape_of(a)[1]
    if not isinstance(channels, int):
        raise unsupported("a correlation of unknown channels")
    moved = g.add(patches, padded)
    moved = reshaped(g, moved, a, 0, [moves * moves], [channels], 2, 3)
    single = reshaped(g, a, a, 0, [1], [channels], 2, 3)
    return g.add(ReduceMean(keep_dims=False), g.add(Multiply(), single, moved), [2])
