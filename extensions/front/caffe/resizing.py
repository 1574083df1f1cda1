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
    size_vector,
    unsupported,
    word,
)
from extensions.ops.activation import Clamp
from extensions.ops.arithmetic import (
    Add,
    Divide,
    Equal,
    Greater,
    Maximum,
    Minimum,
    Multiply,
    Select,
    Subtract,
)
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.matrix import MatMul
from extensions.ops.reduction import ReduceMax, ReduceSum
from extensions.ops.sampling import Interpolate
from extensions.ops.shaping import Unsqueeze
from extensions.ops.slicing import FAR
from extensions.ops.unary import Abs, Floor
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
    return resized(g, x, sizes, "linear_onnx", coordinate_transformation_mode="align_corners")


def _zoomed(g: Graph, sizes: Output, zoom: int, shrink: int) -> Output:
    """The number of points if every ``shrink``-th is kept and ``zoom`` - 1 are put between."""
    if zoom < 1 or shrink < 1:
        raise invalid(f"it zooms by {zoom} and shrinks by {shrink}")
    for factor, op in ((shrink, Divide()), (zoom, Multiply())):
        if factor > 1:
            gaps = g.add(op, g.add(Add(), sizes, [-1, -1]), [factor, factor])
            sizes = g.add(Add(), gaps, [1, 1])
    return sizes


def resized(g: Graph, x: Output, sizes: Output, mode: str, **attributes: Any) -> Output:
    """Another height and width; ``attributes`` are those of Interpolate."""
    op = Interpolate(mode=mode, shape_calculation_mode="sizes", **attributes)
    known = sizes.value()
    if known is not None and known.min() < 1:
        raise invalid(f"it resizes to {known.tolist()}")
    return g.add(op, x, sizes, np.ones(2, np.float32), [2, 3])


@converts("Resample")
def resample(g: Graph, node: SourceNode, x: Output, reference: Output | None = None) -> Output:
    """Weighted sums around the place of each new pixel (github.com/lmb-freiburg/flownet2).

    The size is given, or that of a second bottom, or follows by a factor.
    """
    p = parameters(node, "resample_param")
    method = word(p, "type", ("", "NEAREST", "LINEAR", "CUBIC", "AREA"))
    if method not in ("NEAREST", "LINEAR", "CUBIC"):
        raise unsupported(f"resampling of type {method}")
    sizes = _resampled_sizes(g, p, x, reference)
    there = typed(g, size_vector(g, x, 2, 3), x.dtype)
    steps = g.add(Divide(), there, typed(g, sizes, x.dtype))
    known = steps.value()
    if known is not None and known[0] == known[1]:
        if method == "NEAREST":
            return resized(g, x, sizes, "nearest", nearest_mode="round_prefer_ceil")
        if method == "LINEAR" and (known[0] <= 1 or not p["antialias"]):
            return resized(g, x, sizes, "linear_onnx")
    places = [_places(g, sizes, steps, i) for i in (0, 1)]
    if method == "NEAREST":
        return _nearest(g, _nearest(g, x, places[0], 2), places[1], 3)
    kernel = _triangle if method == "LINEAR" else _cubic
    widths = _widths(g, steps) if p["antialias"] else None
    rows, columns = (_weights(g, x, places[i], i, kernel, widths) for i in (0, 1))
    return g.add(MatMul(), rows, g.add(MatMul(transpose_b=True), x, columns))


def _resampled_sizes(g: Graph, p: dict[str, Any], x: Output, reference: Output | None) -> Output:
    """The new height and width."""
    if reference is not None:
        sizes = size_vector(g, reference, 2, 3)
    elif p["height"] and p["width"]:
        sizes = size_vector(g, x, [p["height"]], [p["width"]])
    else:
        there = typed(g, size_vector(g, x, 2, 3), x.dtype)
        sizes = typed(g, g.add(Multiply(), there, float(p["factor"])), ElementType.i64)
    known = sizes.value()
    if known is not None and not all(0 < size < _SIZE_LIMIT for size in known):
        raise invalid(f"it resizes to {known.tolist()}")
    return sizes


def _places(g: Graph, sizes: Output, steps: Output, i: int) -> Output:
    """Where the new rows (0) or columns (1) lie among the old ones.

    The first lies half a step of the other axis in, which is off if the steps differ; so has
    FlowNet computed since it was trained.
    """
    count, step, other = (
        g.add(Gather(), vector, g.constant(np.int64(k)), g.constant(np.int64(0)))
        for vector, k in ((sizes, i), (steps, i), (steps, 1 - i))
    )
    start = g.add(Add(), g.add(Multiply(), other, 0.5), -0.5)
    return g.add(Add(), g.add(Multiply(), _counted(g, count, steps.dtype), step), start)


def _nearest(g: Graph, x: Output, places: Output, axis: int) -> Output:
    last = g.add(Subtract(), size_of(g, x, axis), g.constant(np.int64(1)))
    near = typed(g, g.add(Floor(), g.add(Add(), places, 0.5)), ElementType.i64)
    near = g.add(Minimum(), g.add(Maximum(), near, [0]), last)
    return g.add(Gather(), x, near, g.constant(np.int64(axis)))


def _widths(g: Graph, steps: Output) -> Output:
    """How many old pixels a new one takes up, if the image becomes smaller in some direction."""
    most = g.add(ReduceMax(keep_dims=True), steps, [0])
    ones = g.constant(np.ones(1), steps.dtype)
    return g.add(Select(), g.add(Greater(), most, 1.0), steps, ones)


def _weights(
    g: Graph,
    x: Output,
    places: Output,
    i: int,
    kernel: Callable[..., Output],
    widths: Output | None,
) -> Output:
    """A row of weights for each new pixel, whose sum within the image is 1, or 0 if it is far."""
    there = _counted(g, size_of(g, x, 2 + i), x.dtype)
    away = g.add(Abs(), g.add(Subtract(), there, g.add(Unsqueeze(), places, [1])))
    if widths is not None:
        away = g.add(Divide(), away, sliced(g, widths, [i], [i + 1], [0], [1]))
    weights = kernel(g, away)
    total = g.add(ReduceSum(keep_dims=True), weights, [1])
    none = g.add(Equal(), total, 0.0)
    return g.add(Divide(), weights, g.add(Select(), none, g.constant(np.ones(()), x.dtype), total))


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
