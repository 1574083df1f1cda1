"""Pieces of graphs that the translations of several frameworks put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from extensions.ops.activation import Clamp
from extensions.ops.arithmetic import (
    Add,
    Divide,
    FakeQuantize,
    Maximum,
    Multiply,
    Power,
    Subtract,
)
from extensions.ops.common import length
from extensions.ops.conversion import Convert, Widen, signed
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.movement import Concat
from extensions.ops.normalization import LRN
from extensions.ops.pooling import AvgPool
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Squeeze, Tile, Unsqueeze
from extensions.ops.slicing import FAR, StridedSlice
from extensions.ops.unary import Round
from mo.errors import ModelFileError, UnsupportedError
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import normalize_axis, same


def channelwise(g: Graph, vector: Output, rank: int | None) -> Output:
    """A vector [C] laid along axis 1 of a tensor of ``rank``: [1, C, 1, ...]."""
    if _known(rank) <= 1:
        return vector
    return g.add(Reshape(), vector, [1, -1] + [1] * (_known(rank) - 2))


def rank_of(value: Output) -> int:
    """The rank; UnsupportedError where a translation cannot do without it."""
    return _known(value.rank)


def _known(rank: int | None) -> int:
    if rank is None:
        raise UnsupportedError(
            "the rank of its input is not known", hint="Give the shape with --input_shape."
        )
    return rank


def needed_constant(value: Output, what: str) -> np.ndarray:
    """The value of an input that must be constant."""
    array = value.value()
    if array is None:
        raise UnsupportedError(
            f"its {what} must be constant",
            hint=f"'{value}' computes it; make the model's input shapes static "
            "with --input_shape, or cut with --input.",
        )
    return array


def typed(g: Graph, value: Output, kind: ElementType) -> Output:
    """A value in an element type, which it may have already."""
    return value if value.dtype is kind else g.add(Convert(destination_type=kind), value)


def divide(g: Graph, x: Output, y: Output) -> Output:
    """Integer division is cut off towards zero, unlike Python's."""
    if x.dtype.is_integer and x.dtype.bits < 32:
        # The CPU runtime divides narrow integers as floats and rounds the quotient.
        quotient = divide(g, typed(g, x, ElementType.i32), typed(g, y, ElementType.i32))
        return typed(g, quotient, x.dtype)
    never_negative = not x.dtype.is_signed or is_shape(x)
    return g.add(Divide(m_pythondiv=x.dtype.is_float or never_negative), x, y)


def is_shape(value: Output) -> bool:
    """Whether integers are known not to be negative, as sizes are."""
    known = value.partial_value()
    return known is not None and all(
        getattr(item, "min", item) >= 0 for item in known.reshape(-1).tolist()
    )


def scalar(g: Graph, value: Output) -> Output:
    """A one-element tensor as a scalar."""
    if value.shape == ():
        return value
    return g.add(Reshape(), value, np.empty(0, np.int64))


def size_of(g: Graph, value: Output, axis: int) -> Output:
    """The size of one axis as a scalar."""
    return g.add(Gather(), g.add(ShapeOf(), value), g.constant(np.int64(axis)), _FIRST)


_FIRST = np.int64(0)


def vector(g: Graph, sizes: Sequence[Output]) -> Output:
    """Scalars joined to a vector."""
    return g.add(Concat(axis=0), *(g.add(Reshape(), size, [1]) for size in sizes))


def to_integers(g: Graph, x: Output, step: Output, kind: ElementType) -> Output:
    """x / step, rounded, limited to the integers of 8 bits or fewer.

    With a constant step it is a FakeQuantize, which the middle phase joins with what follows.
    """
    low, high = map(float, kind.limits)
    if not step.is_constant or x.is_constant:
        steps = g.add(Round(), g.add(Divide(), x, step))
        return typed(g, g.add(Clamp(min=low, max=high), steps), kind)
    bounds = [g.add(Multiply(), step, edge) for edge in (low, high)]
    return typed(g, g.add(FakeQuantize(levels=2**kind.bits), x, *bounds, low, high), kind)


def from_integers(g: Graph, x: Output, factor: Output, shift: Output | None) -> Output:
    """(x - shift) * factor."""
    kind = factor.dtype
    if shift is None and x.constant is not None and x.dtype is ElementType.u8:
        # The CPU runtime takes unsigned weights only with a zero point.
        x, shift = g.constant(signed(x.constant)), g.constant(np.asarray(-128), kind)
    y = widened(g, x, kind)
    return g.add(Multiply(), y if shift is None else g.add(Subtract(), y, shift), factor)


def widened(g: Graph, x: Output, kind: ElementType) -> Output:
    """As floats; constant bytes stay what they are, with their widening beside them.

    A bias in 32 bits gains nothing from staying what it is.
    """
    if x.is_constant and x.dtype.bits <= 8:
        return g.add(Widen(destination_type=kind), x)
    return typed(g, x, kind)


def all_axes(g: Graph, value: Output) -> Output:
    """The axes of a tensor, also of one with unknown rank."""
    if value.rank is not None:
        return g.constant(np.arange(value.rank, dtype=np.int64))
    rank = g.add(Squeeze(), g.add(ShapeOf(), g.add(ShapeOf(), value)), 0)
    kind = rank.dtype
    return g.add(Range(output_type=kind), g.constant(np.int64(0)), rank, g.constant(np.int64(1)))


def lift(g: Graph, value: Output, axes: Sequence[int]) -> Output:
    """Axes of size 1 inserted, none if there are none to insert."""
    return g.add(Unsqueeze(), value, list(axes)) if axes else value


def sliced(
    g: Graph,
    x: Output,
    starts: Sequence[int],
    ends: Sequence[int],
    axes: Sequence[int],
    steps: Sequence[int],
) -> Output:
    """A slice with constant limits, as StridedSlice: that is read by every runtime."""
    rank = rank_of(x)
    if not len(starts) == len(ends) == len(axes) == len(steps):
        raise invalid("its starts, ends, axes and steps differ in number")
    if 0 in steps:
        raise invalid("a step is 0")
    placed = {normalize_axis(axis, rank): i for i, axis in enumerate(axes)}
    if len(placed) < len(axes):
        raise invalid(f"its axes {list(axes)} name one twice")
    length = max(placed, default=-1) + 1
    if not length:
        return x
    begin, end, stride = [0] * length, [0] * length, [1] * length
    begin_mask, end_mask = [1] * length, [1] * length
    assert x.shape is not None
    for axis, i in placed.items():
        forwards = steps[i] > 0
        dim = x.shape[axis]
        # Limits at or beyond the edge are masked out: that holds for any size.
        edge = dim if isinstance(dim, int) else FAR
        first, last = (-edge, edge) if forwards else (edge - 1, -edge - 1)
        if not forwards and starts[i] < -edge:
            # Backwards from before the first element there is nothing: runtimes would take that.
            begin[axis], end[axis], begin_mask[axis], end_mask[axis] = edge, edge, 0, 0
            continue
        stride[axis] = steps[i]
        if (starts[i] > first) if forwards else (starts[i] < first):
            begin[axis], begin_mask[axis] = _limited(starts[i]), int(forwards and starts[i] == 0)
        if (ends[i] < last) if forwards else (ends[i] > last):
            end[axis], end_mask[axis] = _limited(ends[i]), 0
    op = StridedSlice(begin_mask=tuple(begin_mask), end_mask=tuple(end_mask))
    return g.add(op, x, begin, end, stride)


def _limited(value: int) -> int:
    return max(-FAR, min(value, FAR))


def invalid(what: str) -> ModelFileError:
    """The error for a node that no definition of its operation allows."""
    return ModelFileError(what, hint="The model is not valid; export it again.")


def same_pads(
    sizes: Sequence[Any],
    kernel: Sequence[Any],
    strides: Sequence[int],
    dilations: Sequence[int],
    upper: bool,
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Pads with which there is a window for every ``stride`` elements, whatever their number."""
    begins, ends = [], []
    for dim, k, stride, dilation in zip(sizes, kernel, strides, dilations):
        windows = -(-dim // stride)
        begin, end = shared_out(
            max(0, (windows - 1) * stride + dilation * (k - 1) + 1 - dim), upper
        )
        begins.append(begin)
        ends.append(end)
    return tuple(begins), tuple(ends)


def shared_out(total: int, upper: bool) -> tuple[int, int]:
    """Padding on both sides of an axis, the odd one at the end if ``upper``."""
    less, more = total // 2, total - total // 2
    return (less, more) if upper else (more, less)


def just_above(g: Graph, threshold: Output) -> Output:
    """The IR suppresses boxes that overlap by the threshold itself, too."""
    # Three quarters of the last bit, which are rounded to one; and the smallest numbers of all
    # count as zero at run time.
    step = g.add(Multiply(), threshold, 0.75 * 2.0**-23)
    above = g.add(Add(), threshold, step)
    return g.add(Maximum(), above, float(np.finfo(np.float32).tiny))


def local_response(
    g: Graph, x: Output, alpha: float, beta: float, bias: float, size: int
) -> Output:
    """x / (bias + alpha / size * sum of squares)^beta over ``size`` channels (axis 1) around.

    The CPU runtime takes the bias for 1, so any other one is taken out of the brackets. The IR
    knows only windows with a middle, the CPU runtime only known channels: else they are pooled.
    """
    if bias <= 0 or size < 1:
        raise UnsupportedError(
            f"a local response normalisation over {size} channels with bias {bias}"
        )
    if size % 2 and x.shape is not None and isinstance(x.shape[1], int):
        normal = g.add(LRN(alpha=alpha / bias, beta=beta, bias=1.0, size=size), x, [1])
        return normal if bias == 1 else g.add(Multiply(), normal, float(bias**-beta))
    square = g.add(Unsqueeze(), g.add(Multiply(), x, x), [1])
    laid = g.add(Reshape(special_zero=True), square, [0, 0, 0, -1])
    pooling = AvgPool(
        kernel=(size, 1),
        strides=(1, 1),
        pads_begin=((size - 1) // 2, 0),
        pads_end=(size // 2, 0),
        exclude_pad=False,
    )
    mean = g.add(Reshape(), g.add(pooling, laid), g.add(ShapeOf(), x))
    scale = g.add(Power(), g.add(Add(), g.add(Multiply(), mean, alpha), bias), beta)
    return g.add(Divide(), x, scale)


def tiled(g: Graph, x: Output, repeats: Output) -> Output:
    """x repeated along its axes.

    With computed repeats the 2026.4 CPU runtime tiles data of 4 and more axes wrongly.
    """
    known = repeats.partial_value()
    if repeats.is_constant or x.shape is None or length(repeats) != len(x.shape):
        return g.add(Tile(), x, repeats)
    repeats = typed(g, repeats, ElementType.i64)
    axes = [i for i in range(len(x.shape)) if known is None or not same(known[i], 1)]
    if all(x.shape[axis] == 1 for axis in axes):
        return g.add(Broadcast(mode="bidirectional"), x, repeats)
    # Each of these axes gets one in front of it, along which it is repeated.
    once = len(x.shape)
    places = [p for i in range(once) for p in ((i, once) if i in axes else (once,))]
    counts = g.add(Concat(axis=0), repeats, [1])
    wide = g.add(Gather(), counts, places, g.constant(np.int64(0)))
    apart = g.add(Unsqueeze(), x, [axis + i for i, axis in enumerate(axes)])
    repeated = g.add(Broadcast(mode="bidirectional"), apart, wide)
    return g.add(Reshape(), repeated, g.add(Multiply(), g.add(ShapeOf(), x), repeats))
