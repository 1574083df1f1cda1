"""Pooling over windows, and adaptive pooling."""

from __future__ import annotations

from extensions.ops.common import constant_ints, unknown
from extensions.ops.convolution import same_size, window_count
from mo.graph.element_type import ElementType
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dimension, Shape, text


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
        sizes: list[Dimension] = []
        for i, dim in enumerate(data[2:]):
            if self.auto_pad.startswith("same"):
                sizes.append(same_size(dim, self.strides[i]))
                continue
            pads = 0 if self.auto_pad == "valid" else self.pads_begin[i] + self.pads_end[i]
            dilation = dilations[i] if dilations else 1
            up = self.rounding_type != "floor"
            count = window_count(dim, self.kernel[i], self.strides[i], pads, dilation, up)
            if self.rounding_type == "ceil_torch" and isinstance(count, int):
                # A window may not start in the padding behind the data.
                assert isinstance(dim, int)
                if (count - 1) * self.strides[i] >= dim + self.pads_begin[i]:
                    count -= 1
            sizes.append(count)
        return (data[0], data[1], *sizes)


class MaxPool(_Pool):
    """The greatest element of each window."""

    def version(self) -> str:
        return "opset14" if self.rounding_type == "ceil_torch" else "opset1"

    def infer(self, data: Output) -> TensorType:
        return TensorType(self._pooled(data.shape), data.dtype)


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

    ir_names = {"exclude_pad": "exclude-pad"}
    exclude_pad: bool = True

    def version(self) -> str:
        return "opset14" if self.rounding_type == "ceil_torch" else "opset1"

    def infer(self, data: Output) -> TensorType:
        return TensorType(self._pooled(data.shape), data.dtype)


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
    sizes = constant_ints(output_shape)
    spatial = sizes if sizes is not None else unknown(len(data) - 2) or ()
    return (data[0], data[1], *spatial)
