"""Resizing and sampling of images."""

from __future__ import annotations

import numpy as np

from extensions.ops.common import (
    as_dims,
    constant_axes,
    joined,
    length,
    ranked,
    size,
    unknown,
)
from extensions.ops.convolution import same_size, window_count
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import INFINITY, Dim, Dimension, bounds, interval, text


class Interpolate(Op):
    """Resizing of the axes in the last input to sizes, or by scales, as the mode says."""

    opset = "opset4"
    mode: str
    shape_calculation_mode: str
    coordinate_transformation_mode: str = "half_pixel"
    nearest_mode: str = "round_prefer_floor"
    antialias: bool = False
    pads_begin: tuple[int, ...] = (0,)
    pads_end: tuple[int, ...] = (0,)
    cube_coeff: float = -0.75

    def infer(
        self, data: Output, sizes: Output, scales: Output, axes: Output | None = None
    ) -> TensorType:
        by_size = self.shape_calculation_mode == "sizes"
        if data.shape is None:
            return TensorType(None, data.dtype)
        rank = len(data.shape)
        along = tuple(range(rank)) if axes is None else constant_axes(axes, rank)
        wanted = length(sizes if by_size else scales)
        if wanted is not None and wanted != (rank if axes is None else length(axes) or wanted):
            raise ValueError(f"{wanted} sizes or scales for data {text(data.shape)}")
        if along is None:
            return TensorType(unknown(rank), data.dtype)
        shape = self._padded(data.shape)
        if by_size:
            targets = as_dims(sizes)
            for i, axis in enumerate(along):
                shape[axis] = Dim() if targets is None else size(targets[i])
        else:
            factors = scales.value()
            for i, axis in enumerate(along):
                shape[axis] = Dim() if factors is None else scaled(shape[axis], factors[i].item())
        return TensorType(tuple(shape), data.dtype)

    def _padded(self, data: tuple[Dimension, ...]) -> list[Dimension]:
        shape = list(data)
        for pads in (self.pads_begin, self.pads_end):
            for i, count in enumerate(pads[: len(shape)]):
                shape[i] = shape[i] + count
        return shape


def scaled(dim: Dimension, factor: float) -> Dimension:
    """A size times a scale, rounded down; exact scales keep the same unknown."""
    if factor == 1:
        return dim
    # So the runtime does it, in single precision: a scale of 2/3 gives two thirds of the size.
    scale = np.float32(factor) + np.float32(1e-6)
    if isinstance(dim, int):
        return int(np.float32(dim) * scale)
    low, high = bounds(dim)
    most = high if high == INFINITY else int(np.float32(high) * scale)
    return interval(int(np.float32(low) * scale), most)


class GridSample(Op):
    """Samples of [N, C, H, W] at the places of a grid [N, OH, OW, 2]."""

    opset = "opset9"
    align_corners: bool
    mode: str
    padding_mode: str

    def infer(self, data: Output, grid: Output) -> TensorType:
        image, places = ranked(data, 4, "data"), ranked(grid, 4, "the grid")
        joined("the last axis of the grid should be 2;", places[3], 2)
        batch = joined("batch sizes", image[0], places[0])
        return TensorType((batch, image[1], places[1], places[2]), data.dtype)


class ExtractImagePatches(Op):
    """Windows of [N, C, H, W] laid out along the channels."""

    opset = "opset3"
    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    rates: tuple[int, ...]
    auto_pad: str

    def infer(self, data: Output) -> TensorType:
        if not len(self.sizes) == len(self.strides) == len(self.rates) == 2:
            raise ValueError("sizes, strides and rates are pairs")
        image = ranked(data, 4, "data")
        spatial = []
        for i, dim in enumerate(image[2:]):
            if self.auto_pad == "valid":
                spatial.append(window_count(dim, self.sizes[i], self.strides[i], 0, self.rates[i]))
            else:
                spatial.append(same_size(dim, self.strides[i]))
        channels = image[1] * (self.sizes[0] * self.sizes[1])
        return TensorType((image[0], channels, *spatial), data.dtype)
