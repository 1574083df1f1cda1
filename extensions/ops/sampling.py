"""Resizing and sampling of images."""

from __future__ import annotations

from extensions.ops.common import as_dims, constant_ints, unknown
from extensions.ops.convolution import same_size, window_count
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, Dimension, normalize_axes


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
        if data.shape is None:
            return TensorType(None, data.dtype)
        if axes is None:
            along: tuple[int, ...] | None = tuple(range(len(data.shape)))
        else:
            known = constant_ints(axes)
            along = None if known is None else normalize_axes(known, len(data.shape))
        if along is None:
            return TensorType(unknown(len(data.shape)), data.dtype)
        shape = list(data.shape)
        if self.shape_calculation_mode == "sizes":
            wanted = as_dims(sizes)
            for i, axis in enumerate(along):
                item: Dimension = Dim() if wanted is None else wanted[i]
                shape[axis] = Dim() if isinstance(item, Dim) and item.min < 0 else item
        else:
            factors = scales.value()
            for i, axis in enumerate(along):
                shape[axis] = Dim() if factors is None else scaled(shape[axis], factors[i].item())
        return TensorType(tuple(shape), data.dtype)


def scaled(dim: Dimension, factor: float) -> Dimension:
    """A size times a scale, rounded down; exact scales keep the same unknown."""
    if factor == 1:
        return dim
    # The runtime multiplies in f32 and lifts results just below an integer.
    if isinstance(dim, int):
        return int(dim * factor + 1e-5)
    high = dim.max if dim.max == Dim().max else int(dim.max * factor + 1e-5)
    return Dim(int(dim.min * factor + 1e-5), high)


class GridSample(Op):
    """Samples of [N, C, H, W] at the places of a grid [N, OH, OW, 2]."""

    opset = "opset9"
    align_corners: bool
    mode: str
    padding_mode: str

    def infer(self, data: Output, grid: Output) -> TensorType:
        if data.shape is None or grid.shape is None:
            return TensorType(unknown(4), data.dtype)
        return TensorType((data.shape[0], data.shape[1], *grid.shape[1:3]), data.dtype)


class ExtractImagePatches(Op):
    """Windows of [N, C, H, W] laid out along the channels."""

    opset = "opset3"
    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    rates: tuple[int, ...]
    auto_pad: str

    def infer(self, data: Output) -> TensorType:
        if data.shape is None:
            return TensorType(unknown(4), data.dtype)
        spatial = []
        for i, dim in enumerate(data.shape[2:]):
            if self.auto_pad == "valid":
                spatial.append(window_count(dim, self.sizes[i], self.strides[i], 0, self.rates[i]))
            else:
                spatial.append(same_size(dim, self.strides[i]))
        area = self.sizes[0] * self.sizes[1]
        return TensorType((data.shape[0], data.shape[1] * area, *spatial), data.dtype)
