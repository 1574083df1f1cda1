"""Boxes around the cells of a feature map, moved and resized as a network says.

Rules: the paper "Faster R-CNN" and the anchors of its Python implementation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extensions.front.building import size_of, sliced, vector
from extensions.ops.arithmetic import Add, Multiply, Subtract
from extensions.ops.generating import Range
from extensions.ops.movement import Concat, Transpose
from extensions.ops.shaping import Broadcast, Reshape, Unsqueeze
from extensions.ops.unary import Exp
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output


def base_anchors(stride: int, ratios: Sequence[float], scales: Sequence[float]) -> np.ndarray:
    """Boxes (x, y, width, height) around a cell, all scales of the first ratio first."""
    centre = (stride - 1) / 2
    rows = []
    for ratio in ratios:
        width = np.floor(np.sqrt(stride * stride / ratio) + 0.5)
        height = np.floor(width * ratio + 0.5)
        rows += [(centre, centre, width * scale, height * scale) for scale in scales]
    return np.asarray(rows, np.float32)


class Anchors:
    """The boxes of ``base`` around each cell of maps [N, C, H, W], ``stride`` pixels apart."""

    def __init__(self, g: Graph, base: np.ndarray, stride: int, maps: Output) -> None:
        self.g, self.base, self.stride = g, base, stride
        self.height, self.width = size_of(g, maps, 2), size_of(g, maps, 3)

    def laid(self, maps: Output, numbers: int) -> Output:
        """Maps [N, A * numbers, H, W] as rows of numbers for each box [N, H * W * A, numbers]."""
        cells_first = self.g.add(Transpose(), maps, [0, 2, 3, 1])
        return self.g.add(Reshape(special_zero=True), cells_first, [0, -1, numbers])

    def places(self) -> Output:
        """Where the cell of each box is: (x, y) [1, H * W * A, 2]."""
        g = self.g
        sizes = [self.height, self.width, g.constant(np.int64(len(self.base)))]
        axes = []
        for size, others in ((self.width, [0, 2]), (self.height, [1, 2])):
            zero, one = g.constant(np.int64(0)), g.constant(np.int64(1))
            places = g.add(Range(output_type=ElementType.f32), zero, size, one)
            laid = g.add(Broadcast(), g.add(Unsqueeze(), places, others), vector(g, sizes))
            axes.append(g.add(Reshape(), laid, [1, -1, 1]))
        return g.add(Concat(axis=2), *axes)

    def moved(self, maps: Output) -> tuple[Output, Output]:
        """The first pixel and the size [N, H * W * A, 2] of each box, by maps [N, A * 4, H, W]."""
        g = self.g
        moves = self.laid(maps, 4)
        cells = g.add(Multiply(), self.height, self.width)
        shape = vector(g, [cells, *(g.constant(np.int64(n)) for n in self.base.shape)])
        tiled = g.add(Broadcast(), g.constant(self.base[None]), shape)
        anchors = g.add(Reshape(), tiled, [1, -1, 4])
        shift = g.add(Multiply(), self.places(), float(self.stride))
        centre = g.add(Add(), _columns(g, anchors, 0), shift)
        size = _columns(g, anchors, 2)
        middle = g.add(Add(), g.add(Multiply(), _columns(g, moves, 0), size), centre)
        grown = g.add(Multiply(), g.add(Exp(), _columns(g, moves, 2)), size)
        half = g.add(Multiply(), g.add(Subtract(), grown, 1.0), 0.5)
        return g.add(Subtract(), middle, half), grown


def _columns(g: Graph, rows: Output, first: int) -> Output:
    return sliced(g, rows, [first], [first + 2], [2], [1])
