"""Resizing as matrix products, for what the IR's Interpolate does not do.

Each result pixel of an axis is a weighted sum of its source pixels. The weights are computed from
the sizes by operations: into a constant where the sizes are known, else at run time. Formulas:
ONNX operators, Resize-19.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from extensions.front.building import lift, rank_of, size_of, typed
from extensions.ops.arithmetic import (
    Add,
    Divide,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    LogicalAnd,
    Maximum,
    Minimum,
    Multiply,
    Select,
    Subtract,
)
from extensions.ops.gathering import Gather
from extensions.ops.generating import Range
from extensions.ops.matrix import MatMul
from extensions.ops.movement import Concat, Pad, Transpose
from extensions.ops.reduction import ReduceSum
from extensions.ops.shaping import Reshape, Unsqueeze
from extensions.ops.unary import Abs, Ceiling, Floor, Round
from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output

# Larger matrices are computed at run time.
_LIMIT = 1 << 22


class Axis(NamedTuple):
    """An axis and what is to become of it: scalars, the sizes i64, all others floats.

    ``start`` and ``end`` are those of a region, from 0 to 1.
    """

    number: int
    result: Output
    scale: Output
    start: Output | None = None
    end: Output | None = None


class _Scratch(Graph):
    """Computes all that it is given, large or not."""

    folds_at_once = True


def resampled(
    g: Graph, node: SourceNode, x: Output, axis: Axis, outside: Output | None = None
) -> Output:
    """``x`` with one axis resized; ``outside``: what lies outside of the image (a scalar)."""
    size = size_of(g, x, axis.number)
    sampler = _Sampler(_Scratch() if _is_known(size, axis) else g, node, size, axis)
    if node.get("mode", "nearest") == "nearest":
        places = _moved(g, sampler.nearest())
        y = g.add(Gather(), x, places, g.constant(np.int64(axis.number)))
    else:
        weights, margin = sampler.weights()
        known, width = weights.value(), margin.value()
        if known is not None and width is not None:
            weights = g.constant(_with_edges(known, int(width)))
        else:
            x = _padded(g, x, axis.number, margin)
        y = _multiplied(g, x, axis.number, typed(g, weights, x.dtype))
    if outside is None:
        return y
    behind = rank_of(x) - axis.number - 1
    inside = lift(g, _moved(g, sampler.inside()), range(1, behind + 1))
    return g.add(Select(), inside, y, outside)


def _is_known(size: Output, axis: Axis) -> bool:
    """Whether the weights can be a constant, and a small one."""
    region = [value for value in (axis.start, axis.end) if value is not None]
    if not all(value.is_constant for value in (size, axis.result, axis.scale, *region)):
        return False
    counts = [value.constant.item() for value in (size, axis.result) if value.constant is not None]
    return bool(np.prod(counts, dtype=float) <= _LIMIT)


def _moved(g: Graph, value: Output) -> Output:
    """A value of the scratch graph as a constant of this one."""
    return value if value.node.graph is g or value.constant is None else g.constant(value.constant)


def _with_edges(weights: np.ndarray, margin: int) -> np.ndarray:
    """Weights without margins: what these take is taken from the edges."""
    inner = weights[:, margin : weights.shape[1] - margin].copy()
    if margin:
        inner[:, 0] += weights[:, :margin].sum(1)
        inner[:, -1] += weights[:, -margin:].sum(1)
    return inner


def _padded(g: Graph, x: Output, axis: int, margin: Output) -> Output:
    """The edges of one axis repeated."""
    around = [[0] * axis, g.add(Reshape(), margin, [1]), [0] * (rank_of(x) - 1 - axis)]
    pads = g.add(Concat(axis=0), *(part for part in around if isinstance(part, Output) or part))
    return g.add(Pad(pad_mode="edge"), x, pads, pads)


def _multiplied(g: Graph, x: Output, axis: int, weights: Output) -> Output:
    """``x`` with one axis multiplied by a matrix [result, source]."""
    rank = rank_of(x)
    if axis == rank - 1:
        return g.add(MatMul(transpose_b=True), x, weights)
    if axis == rank - 2:
        return g.add(MatMul(), weights, x)
    order = [i for i in range(rank) if i != axis]
    order.insert(rank - 2, axis)
    product = g.add(MatMul(), weights, g.add(Transpose(), x, order))
    return g.add(Transpose(), product, np.argsort(order))


class _Sampler:
    """Where the pixels of one axis lie in the source, and what they take from there."""

    def __init__(self, g: Graph, node: SourceNode, size: Output, axis: Axis) -> None:
        self.g = g
        self.node = node
        self.kind = ElementType.f64 if isinstance(g, _Scratch) else ElementType.f32
        self.size, self.result, self.scale = map(self._taken, (size, axis.result, axis.scale))
        self.region: tuple[Output, Output] | None = None
        if axis.start is not None and axis.end is not None:
            self.region = self._taken(axis.start), self._taken(axis.end)
        self.places = self._places()

    def _taken(self, value: Output) -> Output:
        """A scalar of the model, as a float of the graph in which this is computed."""
        return typed(self.g, _moved(self.g, value), self.kind)

    def _number(self, value: float) -> Output:
        return self.g.constant(np.asarray(value), self.kind)

    def _counted(self, start: Output, stop: Output) -> Output:
        """Whole numbers from start to before stop, as floats."""
        numbers = self.g.add(
            Range(output_type=ElementType.i64), start, stop, self.g.constant(np.int64(1))
        )
        return typed(self.g, numbers, self.kind)

    def _last(self, count: Output) -> Output:
        return self.g.add(Subtract(), count, 1.0)

    def _places(self) -> Output:
        """Where in the source each result pixel lies."""
        g = self.g
        whole = typed(g, self.result, ElementType.i64)
        pixels = self._counted(g.constant(np.int64(0)), whole)
        mode = self.node.get("coordinate_transformation_mode", "half_pixel")
        if self.region is not None:
            return self._in_region(pixels, *self.region)
        if mode == "asymmetric":
            return g.add(Divide(), pixels, self.scale)
        if mode == "align_corners":
            gaps = g.add(Maximum(), self._last(self.result), 1.0)
            return g.add(Multiply(), pixels, g.add(Divide(), self._last(self.size), gaps))
        places = self._shifted(g.add(Divide(), g.add(Add(), pixels, 0.5), self.scale), -0.5)
        if mode == "pytorch_half_pixel":
            several = g.add(Greater(), self.result, self._number(1.0))
            return g.add(Select(), several, places, self._number(0.0))
        if mode == "half_pixel_symmetric":
            exact = g.add(Multiply(), self.scale, self.size)
            share = g.add(Subtract(), self._number(1.0), g.add(Divide(), self.result, exact))
            middle = g.add(Multiply(), self.size, 0.5)
            return g.add(Add(), places, g.add(Multiply(), middle, share))
        return places

    def _shifted(self, value: Output, by: float) -> Output:
        return self.g.add(Add(), value, by)

    def _in_region(self, pixels: Output, start: Output, end: Output) -> Output:
        """Evenly from the start to the end of the region, or its middle."""
        g, last = self.g, self._last(self.size)
        gaps = g.add(Maximum(), self._last(self.result), 1.0)
        step = g.add(Divide(), g.add(Multiply(), g.add(Subtract(), end, start), last), gaps)
        begin = g.add(Multiply(), start, last)
        middle = g.add(Multiply(), g.add(Multiply(), g.add(Add(), start, end), last), 0.5)
        several = g.add(Greater(), self.result, self._number(1.0))
        spread = g.add(Add(), g.add(Multiply(), pixels, step), begin)
        return g.add(Select(), several, spread, middle)

    def inside(self) -> Output:
        """Which result pixels lie in the image, but for rounding."""
        g, grain = self.g, 1e-5
        behind = g.add(GreaterEqual(), self.places, self._number(-grain))
        before = g.add(LessEqual(), self.places, self._shifted(self._last(self.size), grain))
        return g.add(LogicalAnd(), behind, before)

    def _clamped(self, places: Output) -> Output:
        within = self.g.add(Maximum(), places, self._number(0.0))
        return self.g.add(Minimum(), within, self._last(self.size))

    def nearest(self) -> Output:
        """The source pixel of each result pixel."""
        g = self.g
        # What is whole or a half but for rounding counts as such.
        grain = 2.0**20 if self.kind is ElementType.f64 else 2.0**12
        places = g.add(Divide(), g.add(Round(), g.add(Multiply(), self.places, grain)), grain)
        mode = self.node.get("nearest_mode", "round_prefer_floor")
        if mode == "round_prefer_floor":
            places = self._shifted(places, -0.5)
        if mode == "round_prefer_ceil":
            places = self._shifted(places, 0.5)
        op = Floor() if mode in ("floor", "round_prefer_ceil") else Ceiling()
        return typed(g, self._clamped(g.add(op, places)), ElementType.i64)

    def weights(self) -> tuple[Output, Output]:
        """The matrix [result, source with margins], and the width of a margin (i64)."""
        g = self.g
        smooths, leaves_out = (self.node.get(name, 0) for name in ("antialias", "exclude_outside"))
        # Smoothing widens the curve by as much as the image shrinks.
        narrow = g.add(Minimum(), self.scale, 1.0) if smooths else self._number(1.0)
        reach = self._number(2.0 if self.node.get("mode") == "cubic" else 1.0)
        wide = self._shifted(g.add(Ceiling(), g.add(Divide(), reach, narrow)), 1.0)
        margin = typed(g, self._number(0.0) if leaves_out else wide, ElementType.i64)
        size = typed(g, self.size, ElementType.i64)
        first = g.add(Subtract(), g.constant(np.int64(0)), margin)
        sources = self._counted(first, g.add(Add(), size, margin))
        places = self.places if self.region is None else self._clamped(self.places)
        apart = g.add(Subtract(), sources, g.add(Unsqueeze(), places, [1]))
        distances = g.add(Abs(), g.add(Multiply(), apart, narrow))
        shares = g.add(
            Select(), g.add(Less(), distances, reach), self._curve(distances), self._number(0.0)
        )
        total = g.add(ReduceSum(keep_dims=True), shares, [1])
        return g.add(Divide(), shares, total), margin

    def _curve(self, distances: Output) -> Output:
        """What a source pixel counts at a distance."""
        if self.node.get("mode") != "cubic":
            return self.g.add(Subtract(), self._number(1.0), distances)
        a = float(self.node.get("cubic_coeff_a", -0.75))
        is_near = self.g.add(LessEqual(), distances, self._number(1.0))
        near, far = (cubic(self.g, distances, a, side) for side in (True, False))
        return self.g.add(Select(), is_near, near, far)


def cubic(g: Graph, distances: Output, a: float, is_near: bool) -> Output:
    """What a pixel counts by the curve with the coefficient ``a``, nearer than 1 or up to 2."""
    highest, *others = (a + 2, -(a + 3), 0.0, 1.0) if is_near else (a, -5 * a, 8 * a, -4 * a)
    total = g.add(Multiply(), distances, highest)
    for coefficient in others[:-1]:
        total = g.add(Multiply(), g.add(Add(), total, coefficient), distances)
    return g.add(Add(), total, others[-1])
