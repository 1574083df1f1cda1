"""Images in other sizes, each axis as a matrix product.

The matrix holds the share of each source pixel in each result pixel.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from extensions.front.building import size_of, typed
from extensions.front.tf.common import IMAGES, number, refuse
from extensions.ops import arithmetic as a
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.matrix import MatMul
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Unsqueeze
from extensions.ops.unary import Abs, Exp, Round, Sin
from mo.errors import UnsupportedError
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

# Axis (0 or 1), its number of pixels n and that of the result t, both scalars: [t, n].
Shares = Callable[[Graph, int, Output, Output], Output]
# Distances in pixels, none below 0, to weights.
Kernel = Callable[[Graph, Output], Output]


def by_shares(g: Graph, x: Output, size: Output, shares: Shares) -> Output:
    """The images x [N, H, W, C] in the size [2]."""
    image, size = IMAGES.inside(g, x), typed(g, size, ElementType.i64)
    _check_limit(image, size)
    first = np.int64(0)
    rows, columns = (
        shares(g, i, size_of(g, image, 2 + i), g.add(Gather(), size, np.int64(i), first))
        for i in range(2)
    )
    wide = g.add(MatMul(transpose_b=True), image, columns)
    return IMAGES.outside(g, g.add(MatMul(), rows, wide))


# Larger matrices are not worth their place in the model.
_LIMIT = 1 << 22


def _check_limit(image: Output, size: Output) -> None:
    known = size.value()
    for source, target in zip((image.shape or ())[2:], () if known is None else known):
        if isinstance(source, int) and source * int(target) > _LIMIT:
            raise refuse(f"resizing of {source} pixels to {target} in this way")


def area_shares(g: Graph, axis: int, size: Output, target: Output) -> Output:
    """The part of each source pixel that a result pixel covers."""
    scale = _scale(g, size, target)
    places = g.add(Unsqueeze(), _counted(g, target), [1])
    begin = g.add(a.Multiply(), places, scale)
    end = g.add(a.Multiply(), g.add(a.Add(), places, 1.0), scale)
    pixels = g.add(Unsqueeze(), _counted(g, size), [0])
    last = g.add(a.Minimum(), g.add(a.Add(), pixels, 1.0), end)
    covered = g.add(a.Subtract(), last, g.add(a.Maximum(), pixels, begin))
    return g.add(a.Divide(), g.add(a.Maximum(), covered, 0.0), scale)


# TensorFlow takes its cubic weights from a table with so many places to a pixel.
_PLACES = 1024.0


def cubic_shares(g: Graph, axis: int, size: Output, target: Output) -> Output:
    """Keys' cubic (a = -0.5); outside of the image there is nothing, shares add up to 1.

    The IR's Interpolate repeats the edge instead.
    """
    steps = g.add(a.Add(), _counted(g, target), 0.5)
    centres = g.add(a.Subtract(), g.add(a.Multiply(), steps, _scale(g, size, target)), 0.5)
    places = g.add(Round(mode="half_to_even"), g.add(a.Multiply(), centres, _PLACES))
    centres = g.add(a.Multiply(), places, 1 / _PLACES)
    pixels = g.add(Unsqueeze(), _counted(g, size), [0])
    far = g.add(Abs(), g.add(a.Subtract(), pixels, g.add(Unsqueeze(), centres, [1])))
    shares = _keys(g, far)
    return g.add(a.Divide(), shares, g.add(ReduceSum(keep_dims=True), shares, [1]))


def kernel_shares(kind: str, is_wide: bool, scale: Output, translation: Output) -> Shares:
    """The weights of a kernel, which is stretched where the image shrinks if ``is_wide``.

    ``scale``, ``translation``: [2], f32. Result pixels from outside of the image are 0.
    """
    found = _KERNELS.get(kind)
    if found is None:
        raise refuse(f"resampling with the kernel '{kind}'")
    radius, kernel = found

    def shares(g: Graph, axis: int, size: Output, target: Output) -> Output:
        along, moved = (
            g.add(Gather(), value, np.int64(axis), np.int64(0)) for value in (scale, translation)
        )
        steps = g.add(a.Add(), _counted(g, target), 0.5)
        inverse = g.add(a.Divide(), number(g, 1.0, along.dtype), along)
        begun = g.add(a.Multiply(), inverse, moved)
        centres = g.add(a.Subtract(), g.add(a.Multiply(), steps, inverse), begun)
        if kind in _JUMPING and centres.value() is None:
            raise _unsure(kind)
        centres = g.add(Unsqueeze(), centres, [1])
        pixels = g.add(a.Add(), g.add(Unsqueeze(), _counted(g, size), [0]), 0.5)
        far = g.add(Abs(), g.add(a.Subtract(), pixels, centres))
        if is_wide:
            one = number(g, 1.0, along.dtype)
            far = g.add(a.Multiply(), far, g.add(a.Minimum(), along, one))
        zero = number(g, 0.0, far.dtype)
        reached = g.add(a.Less(), far, number(g, radius, far.dtype))
        weights = g.add(a.Select(), reached, kernel(g, far), zero)
        total = g.add(ReduceSum(keep_dims=True), weights, [1])
        inside = _is_inside(g, centres, size, total)
        total = g.add(a.Select(), inside, total, number(g, 1.0, far.dtype))
        return g.add(a.Select(), inside, g.add(a.Divide(), weights, total), zero)

    return shares


def _is_inside(g: Graph, centres: Output, size: Output, total: Output) -> Output:
    """Whether a centre lies within the image and any pixel within the kernel's reach."""
    zero, end = number(g, 0.0, centres.dtype), typed(g, size, centres.dtype)
    behind_begin = g.add(a.GreaterEqual(), centres, zero)
    before_end = g.add(a.LessEqual(), centres, end)
    reached = g.add(a.NotEqual(), total, zero)
    return g.add(a.LogicalAnd(), g.add(a.LogicalAnd(), behind_begin, before_end), reached)


# ---- kernels


def _keys(g: Graph, far: Output) -> Output:
    inner = _polynomial(g, far, 1.5, -2.5, 0.0, 1.0)
    outer = _polynomial(g, far, -0.5, 2.5, -4.0, 2.0)
    return _piecewise(g, far, inner, outer)


def _mitchell(g: Graph, far: Output) -> Output:
    """Mitchell and Netravali's cubic, B = C = 1/3."""
    inner = _polynomial(g, far, 7 / 6, -2.0, 0.0, 8 / 9)
    outer = _polynomial(g, far, -7 / 18, 2.0, -10 / 3, 16 / 9)
    return _piecewise(g, far, inner, outer)


def _piecewise(g: Graph, far: Output, inner: Output, outer: Output) -> Output:
    """One polynomial up to a distance of 1, another one up to 2."""
    beside = g.add(a.Select(), _is_within(g, far, 2.0), outer, number(g, 0.0, far.dtype))
    return g.add(a.Select(), _is_within(g, far, 1.0), inner, beside)


def _box(g: Graph, far: Output) -> Output:
    """Half a pixel to each side; a pixel at that very distance counts half."""
    whole = g.add(a.Less(), far, number(g, 0.5, far.dtype))
    edge = g.add(a.LessEqual(), far, number(g, 0.5, far.dtype))
    both = g.add(a.Add(), typed(g, whole, far.dtype), typed(g, edge, far.dtype))
    return g.add(a.Multiply(), both, 0.5)


def _triangle(g: Graph, far: Output) -> Output:
    return g.add(a.Subtract(), g.constant(np.float32(1)), far)


def _gaussian(g: Graph, far: Output) -> Output:
    """The standard deviation is a third of the radius, 1.5."""
    return g.add(Exp(), g.add(a.Multiply(), g.add(a.Multiply(), far, far), -2.0))


def _lanczos(radius: float) -> Kernel:
    def kernel(g: Graph, far: Output) -> Output:
        is_centre = g.add(a.LessEqual(), far, number(g, 1e-3, far.dtype))
        one = number(g, 1.0, far.dtype)
        angle = g.add(a.Multiply(), g.add(a.Select(), is_centre, one, far), math.pi)
        slow = g.add(Sin(), g.add(a.Multiply(), angle, 1 / radius))
        waves = g.add(a.Multiply(), g.add(a.Multiply(), g.add(Sin(), angle), slow), radius)
        value = g.add(a.Divide(), waves, g.add(a.Multiply(), angle, angle))
        return g.add(a.Select(), is_centre, one, value)

    return kernel


# By name: the distance from which on weights are 0, and those nearer than it.
_KERNELS: dict[str, tuple[float, Kernel]] = {
    "box": (1.0, _box),
    "gaussian": (1.5, _gaussian),
    "keyscubic": (2.0, _keys),
    "lanczos1": (1.0, _lanczos(1.0)),
    "lanczos3": (3.0, _lanczos(3.0)),
    "lanczos5": (5.0, _lanczos(5.0)),
    "mitchellcubic": (2.0, _mitchell),
    "triangle": (1.0, _triangle),
}


# Those whose weight jumps at some distance, so that the last bit of a place decides.
_JUMPING = ("box", "gaussian")


def _unsure(kind: str) -> UnsupportedError:
    """Places that a runtime computes differ in the last bit."""
    return UnsupportedError(
        f"resampling with the kernel '{kind}' to sizes that are not known is not exact",
        hint="Give the sizes of the images with --input_shape.",
    )


# ---- numbers


def _scale(g: Graph, size: Output, target: Output) -> Output:
    """How many source pixels there are for one result pixel."""
    return g.add(a.Divide(), typed(g, size, ElementType.f32), typed(g, target, ElementType.f32))


def _counted(g: Graph, size: Output) -> Output:
    zero, one = number(g, 0, size.dtype), number(g, 1, size.dtype)
    return typed(g, g.add(Range(output_type=size.dtype), zero, size, one), ElementType.f32)


def _polynomial(g: Graph, x: Output, first: float, *rest: float) -> Output:
    """The polynomial with these coefficients, that of the highest power first."""
    value = g.add(a.Multiply(), x, first)
    for coefficient in rest[:-1]:
        value = g.add(a.Multiply(), g.add(a.Add(), value, coefficient), x)
    return g.add(a.Add(), value, rest[-1])


def _is_within(g: Graph, x: Output, limit: float) -> Output:
    return g.add(a.LessEqual(), x, number(g, limit, x.dtype))
