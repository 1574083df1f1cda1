"""Pooling over windows, and adaptive pooling."""

from __future__ import annotations

from typing import ClassVar

from extensions.ops.common import as_dims, length, size, unknown
from extensions.ops.convolution import same_size, window_count
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType, as_text
from mo.graph.shape import INFINITY, Dim, Dimension, Shape, bounds, interval, text


class _Pool(Op):
    """Axes are N, C, then spatial. ``rounding_type``: floor, ceil, or (opset14) ceil_torch."""

    kernel: tuple[int, ...]
    strides: tuple[int, ...]
    pads_begin: tuple[int, ...]
    pads_end: tuple[int, ...]
    rounding_type: str = "floor"
    auto_pad: str = "explicit"

    def _pooled(self, data: Shape, dilations: tuple[int, ...] = ()) -> Shape:
        if data is None:
            return unknown(len(self.kernel) + 2)
        if len(data) != len(self.kernel) + 2:
            raise ValueError(f"data {text(data)} does not have {len(self.kernel)} spatial axes")
        up, torch = self.rounding_type != "floor", self.rounding_type == "ceil_torch"
        sizes: list[Dimension] = []
        for i, dim in enumerate(data[2:]):
            stride = self.strides[i]
            extent = (dilations[i] if dilations else 1) * (self.kernel[i] - 1) + 1
            begin, end = self.pads_begin[i], self.pads_end[i]
            if self.auto_pad != "explicit":
                begin = end = 0
            if not self.auto_pad.startswith("same"):
                count = window_count(dim, extent, stride, begin + end, up=up)
            elif up and extent < stride:
                count = _sparse_size(dim, extent, stride)
            else:
                count = same_size(dim, stride)
            if torch:
                count = _within(count, dim + begin, stride)
            sizes.append(count)
        return (data[0], data[1], *sizes)


def _sparse_size(dim: Dimension, extent: int, stride: int) -> Dimension:
    """The size with auto_pad same_*, rounded up, where windows leave gaps between them.

    The padding is chosen for ceil(dim / stride) windows; if that needs none, a last window that
    begins behind it counts as well.
    """
    if isinstance(dim, Dim):
        low, high = bounds(dim)
        return Dim(-(-low // stride), high if high >= INFINITY else high // stride + 1)
    fitting = -(-dim // stride)
    padded = max(dim, (fitting - 1) * stride + extent)
    return -(-(padded - extent) // stride) + 1


def _within(count: Dimension, room: Dimension, stride: int) -> Dimension:
    """The count without a last window that would start in the padding behind the data."""
    if isinstance(count, int) and isinstance(room, int):
        return count - 1 if (count - 1) * stride >= room else count
    (low, high), (least, most) = bounds(count), bounds(room)
    low = max(low - 1, 1) if (low - 1) * stride >= least else low
    if high < INFINITY and (high - 1) * stride >= most:
        high -= 1
    return interval(low, max(low, high))


class MaxPool(_Pool):
    """The greatest element of each window; with ceil_torch (opset14) also where it is."""

    def version(self) -> str:
        return "opset14" if self.rounding_type == "ceil_torch" else "opset1"

    def ir_attributes(self) -> dict[str, str]:
        attributes = super().ir_attributes()
        if self.rounding_type == "ceil_torch":
            attributes["dilations"] = as_text((1,) * len(self.kernel))
        return attributes

    def infer(self, data: Output) -> TensorType | tuple[TensorType, ...]:
        values = TensorType(self._pooled(data.shape), data.dtype)
        if self.rounding_type != "ceil_torch":
            return values
        return values, TensorType(values.shape, ElementType.i64)


class MaxPoolWithIndices(_Pool):
    """MaxPool that dilates and also tells where the maxima are (counted from ``axis`` on)."""

    type = "MaxPool"
    dilations: tuple[int, ...]
    index_element_type: ElementType = ElementType.i64
    axis: int = 0

    def version(self) -> str:
        return "opset14" if self.rounding_type == "ceil_torch" else "opset8"

    def infer(self, data: Output) -> tuple[TensorType, ...]:
        shape = self._pooled(data.shape, self.dilations)
        return TensorType(shape, data.dtype), TensorType(shape, self.index_element_type)


class AvgPool(_Pool):
    """The mean of each window, with or without the padding in the count."""

    ir_names: ClassVar[dict[str, str]] = {"exclude_pad": "exclude-pad"}
    exclude_pad: bool = True
    # All 1 where it is left out; else opset16.
    dilations: tuple[int, ...] = ()

    def version(self) -> str:
        if self.dilations:
            return "opset16"
        return "opset14" if self.rounding_type == "ceil_torch" else "opset1"

    def ir_attributes(self) -> dict[str, str]:
        attributes = super().ir_attributes()
        if not self.dilations:
            del attributes["dilations"]
        return attributes

    def infer(self, data: Output) -> TensorType:
        return TensorType(self._pooled(data.shape, self.dilations), data.dtype)


class AdaptiveAvgPool(Op):
    """Means over as many windows as the second input says."""

    opset = "opset8"

    def infer(self, data: Output, output_shape: Output) -> TensorType:
        return TensorType(_adapted(data.shape, output_shape), data.dtype)


class AdaptiveMaxPool(Op):
    """Maxima over as many windows as the second input says, and their places."""

    opset = "opset8"
    index_element_type: ElementType = ElementType.i64

    def infer(self, data: Output, output_shape: Output) -> tuple[TensorType, ...]:
        shape = _adapted(data.shape, output_shape)
        return TensorType(shape, data.dtype), TensorType(shape, self.index_element_type)


def _adapted(data: Shape, output_shape: Output) -> Shape:
    if data is None:
        return None
    if not 3 <= len(data) <= 5:
        raise ValueError(f"data {text(data)} does not have one to three spatial axes")
    if length(output_shape) not in (None, len(data) - 2):
        raise ValueError(f"{length(output_shape)} output sizes for data {text(data)}")
    sizes = as_dims(output_shape)
    spatial = unknown(len(data) - 2) or () if sizes is None else map(size, sizes)
    return (data[0], data[1], *spatial)
