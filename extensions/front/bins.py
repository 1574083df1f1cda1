"""Position-sensitive pooling of regions, for any sizes (R-FCN paper)."""

from __future__ import annotations

import numpy as np

from extensions.front.building import size_of, sliced, typed, vector
from extensions.ops.arithmetic import Add, Divide, Maximum, Minimum, Multiply, Subtract
from extensions.ops.gathering import GatherND
from extensions.ops.movement import Concat, Pad, Transpose
from extensions.ops.regions import PSROIPooling
from extensions.ops.shaping import Broadcast, Reshape, ShapeOf, Unsqueeze
from extensions.ops.unary import Ceiling, CumSum, Floor
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Op
from mo.graph.shape import is_static

# Edges of bins that lie on whole pixels: the runtime divides by multiplying with the reciprocal.
_TOLERANCE = 1e-4


def means_of_bins(
    g: Graph, x: Output, rois: Output, classes: int, group: int, scale: float
) -> Output:
    """The mean of each bin of regions (image, corners), in the channels that belong to the bin.

    The CPU runtime pools only known sizes; else it is done by sums up to each corner: what a bin
    sums up to is the difference of such sums at its four corners.
    """
    if all(value.shape is not None and is_static(value.shape) for value in (x, rois)):
        op = PSROIPooling(output_dim=classes, group_size=group, spatial_scale=scale)
        return g.add(op, x, rois)
    return _by_sums(g, x, rois, classes, group, scale)


def _by_sums(g: Graph, x: Output, rois: Output, classes: int, group: int, scale: float) -> Output:
    bins = group * group
    sums = g.add(Pad(pad_mode="constant"), x, [0, 0, 1, 1], [0, 0, 0, 0], 0.0)
    for axis in (2, 3):
        sums = g.add(CumSum(), sums, g.constant(np.int64(axis)))
    places = g.add(Reshape(special_zero=True), sums, [0, classes, bins, -1])
    places = g.add(Transpose(), places, [0, 2, 3, 1])
    rows = _limits(g, x, rois, 2, group, scale)
    columns = _limits(g, x, rois, 3, group, scale)
    width = g.add(Add(), size_of(g, x, 3), g.constant(np.int64(1)))

    def corner(row: Output, column: Output) -> Output:
        """The sums [count, bins, classes] up to a corner of each bin."""
        start = g.add(Multiply(), g.add(Unsqueeze(), row, [2]), width)
        place = g.add(Add(), start, g.add(Unsqueeze(), column, [1]))
        place = g.add(Reshape(), place, [-1, bins, 1])
        shape = g.add(ShapeOf(), place)
        image = typed(g, sliced(g, rois, [0], [1], [1], [1]), ElementType.i64)
        image = g.add(Broadcast(), g.add(Unsqueeze(), image, [2]), shape)
        cell = g.add(Broadcast(), g.constant(np.arange(bins).reshape(1, bins, 1)), shape)
        return g.add(GatherND(), places, g.add(Concat(axis=2), image, cell, place))

    (top, bottom), (left, right) = rows, columns
    lower = g.add(Subtract(), corner(bottom, right), corner(bottom, left))
    upper = g.add(Subtract(), corner(top, right), corner(top, left))
    heights, widths = (g.add(Subtract(), high, low) for low, high in (rows, columns))
    area = g.add(Multiply(), g.add(Unsqueeze(), heights, [2]), g.add(Unsqueeze(), widths, [1]))
    area = typed(g, g.add(Reshape(), area, [-1, bins, 1]), x.dtype)
    means = g.add(Divide(), g.add(Subtract(), lower, upper), g.add(Maximum(), area, 1.0))
    return g.add(Reshape(), g.add(Transpose(), means, [0, 2, 1]), [-1, classes, group, group])


def _limits(
    g: Graph, x: Output, rois: Output, axis: int, group: int, scale: float
) -> tuple[Output, Output]:
    """Where the bins of each region begin and end [count, group] along an axis of the image."""
    at = 4 - axis  # of the corners x1, y1, x2, y2 behind the number of the image
    first, last = (sliced(g, rois, [at + i], [at + i + 1], [1], [1]) for i in (0, 2))
    start = g.add(Multiply(), g.add(Floor(), g.add(Add(), first, 0.5)), scale)
    end = g.add(Multiply(), g.add(Floor(), g.add(Add(), last, 1.5)), scale)
    step = g.add(Maximum(), g.add(Subtract(), end, start), 0.1)
    step = g.add(Divide(), step, float(group))
    size = typed(g, vector(g, [size_of(g, x, axis)]), x.dtype)

    def within(op: type[Op], counts: np.ndarray, tolerance: float) -> Output:
        numbers = g.constant(counts.reshape(1, -1), x.dtype)
        edge = g.add(Add(), g.add(Multiply(), numbers, step), start)
        edge = g.add(op(), g.add(Add(), edge, tolerance))
        edge = g.add(Minimum(), g.add(Maximum(), edge, 0.0), size)
        return typed(g, edge, ElementType.i64)

    counts = np.arange(group)
    return within(Floor, counts, _TOLERANCE), within(Ceiling, counts + 1, -_TOLERANCE)
