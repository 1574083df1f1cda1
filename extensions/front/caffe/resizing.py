"""Images of another size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from extensions.front.building import size_of, sliced, typed
from extensions.front.caffe.common import (
    converts,
    invalid,
    parameters,
    shape_of,
    size_vector,
    unsupported,
    word,
)
from extensions.ops.activation import Clamp
from extensions.ops.arithmetic import Add, Divide, Maximum, Multiply, Subtract
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.matrix import MatMul
from extensions.ops.reduction import ReduceSum
from extensions.ops.sampling import Interpolate
from extensions.ops.shaping import Unsqueeze
from extensions.ops.slicing import FAR
from extensions.ops.unary import Abs
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

# No image is larger, and each new pixel needs a row of weights.
_SIZE_LIMIT = 1 << 14


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
def resample(g: Graph, node: SourceNode, x: Output, reference: Output | None = None) -> Output:
    """Pixel centres on pixel centres (FlowNet).

    The size is given, or that of a second bottom, or follows by a factor.
    """
    p = parameters(node, "resample_param")
    method = word(p, "type", ("", "NEAREST", "LINEAR", "CUBIC", "AREA"))
    if method not in ("NEAREST", "LINEAR", "CUBIC"):
        raise unsupported(f"resampling of type {method}")
    sizes, ratios = _resampled_sizes(g, p, x, reference)
    known = [ratio for ratio in ratios if ratio is not None]
    if min(known, default=1) < 1 < max(known, default=1):
        raise unsupported("resampling that shrinks one side and stretches the other")
    if method == "NEAREST":
        return _resized(g, x, sizes, "nearest", nearest_mode="round_prefer_ceil")
    smooth = p["antialias"] and (len(known) < 2 or min(known) < 1)
    if method == "LINEAR" and not smooth:
        return _resized(g, x, sizes, "linear_onnx")
    kernel = _triangle if method == "LINEAR" else _cubic
    rows, columns = (_weights(g, x, sizes, axis, kernel, smooth) for axis in (2, 3))
    return g.add(MatMul(), rows, g.add(MatMul(transpose_b=True), x, columns))


def _resampled_sizes(
    g: Graph, p: dict[str, Any], x: Output, reference: Output | None
) -> tuple[Output, list[float | None]]:
    """The new height and width, and their ratios to the old ones where these are known."""
    if reference is not None:
        wanted, sizes = shape_of(reference)[2:], size_vector(g, reference, 2, 3)
    elif p["height"] and p["width"]:
        wanted = p["height"], p["width"]
        sizes = size_vector(g, x, [p["height"]], [p["width"]])
    else:
        factor = float(p["factor"])
        scaled = g.add(Multiply(), typed(g, size_vector(g, x, 2, 3), x.dtype), factor)
        return typed(g, scaled, ElementType.i64), [factor, factor]
    pairs = zip(shape_of(x)[2:], wanted)
    return sizes, [
        new / old if isinstance(old, int) and isinstance(new, int) else None for old, new in pairs
    ]


def _weights(
    g: Graph, x: Output, sizes: Output, axis: int, kernel: Callable[..., Output], smooth: bool
) -> Output:
    """A row of weights for each new pixel, which sum up to 1 within the image.

    The kernel lies around the pixel's centre, and is as wide as its step where that is smoothed.
    """
    old = size_of(g, x, axis)
    known = sizes.value()
    if known is not None and not 0 < known[axis - 2] < _SIZE_LIMIT:
        raise invalid(f"it resizes to {known.tolist()}")
    new = g.add(Gather(), sizes, g.constant(np.int64(axis - 2)), g.constant(np.int64(0)))
    step = g.add(Divide(), typed(g, old, x.dtype), typed(g, new, x.dtype))
    there, wanted = (_counted(g, size, x.dtype) for size in (old, new))
    centres = g.add(Add(), g.add(Multiply(), g.add(Add(), wanted, 0.5), step), -0.5)
    away = g.add(Abs(), g.add(Subtract(), there, g.add(Unsqueeze(), centres, [1])))
    if smooth:
        away = g.add(Divide(), away, g.add(Maximum(), step, 1.0))
    weights = kernel(g, away)
    return g.add(Divide(), weights, g.add(ReduceSum(keep_dims=True), weights, [1]))


def _counted(g: Graph, size: Output, kind: ElementType) -> Output:
    """0, 1, ... below a size."""
    first, step = g.constant(np.int64(0)), g.constant(np.int64(1))
    return g.add(Range(output_type=kind), first, size, step)


def _triangle(g: Graph, away: Output) -> Output:
    return g.add(Maximum(), g.add(Subtract(), g.constant(np.ones(()), away.dtype), away), 0.0)


def _cubic(g: Graph, away: Output) -> Output:
    """Keys' kernel with a = -1/2: a piece up to 1 and one up to 2, both 0 where they meet."""
    near = _polynomial(g, g.add(Clamp(min=0.0, max=1.0), away), (1.5, -2.5, 0.0, 1.0))
    far = _polynomial(g, g.add(Clamp(min=1.0, max=2.0), away), (-0.5, 2.5, -4.0, 2.0))
    return g.add(Add(), near, far)


def _polynomial(g: Graph, x: Output, factors: Sequence[float]) -> Output:
    """Factors from the highest power down."""
    y = g.add(Add(), g.add(Multiply(), x, factors[0]), factors[1])
    for factor in factors[2:]:
        y = g.add(Add(), g.add(Multiply(), y, x), factor)
    return y
