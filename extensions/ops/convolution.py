"""Convolutions in one to three spatial dimensions: plain, grouped, transposed, deformable."""

from __future__ import annotations

from extensions.ops.common import size, tied, unknown
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, Dimension, Shape, broadcast_dim, merge, text


def window_count(
    dim: Dimension, kernel: Dimension, stride: int, pads: int, dilation: int = 1, up: bool = False
) -> Dimension:
    """How many windows fit: the spatial size after a convolution or a pooling."""
    if isinstance(kernel, Dim):
        kernel = size(kernel, 1)
    room = dim + pads - (dilation * (kernel - 1) + 1)
    if not isinstance(room, Dim) and room < 0:
        raise ValueError(f"a window of {kernel} (dilation {dilation}) exceeds the size {dim}")
    return size((room + (stride - 1 if up else 0)) // stride + 1, 1)


def same_size(dim: Dimension, stride: int) -> Dimension:
    """The spatial size with auto_pad same_upper or same_lower."""
    return (dim + (stride - 1)) // stride if stride != 1 else dim


class _Convolution(Op):
    """Spatial attributes shared by all convolutions; axes are N, C, then spatial."""

    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    pads_begin: tuple[int, ...]
    pads_end: tuple[int, ...]
    auto_pad: str = "explicit"

    def _spatial(self, data: Shape, kernel: tuple[Dimension, ...]) -> tuple[Dimension, ...]:
        if data is None:
            return tuple(Dim() for _ in kernel)
        sizes = []
        for i, (dim, k) in enumerate(zip(data[2:], kernel)):
            if self.auto_pad.startswith("same"):
                sizes.append(same_size(dim, self.strides[i]))
                continue
            pads = 0 if self.auto_pad == "valid" else self.pads_begin[i] + self.pads_end[i]
            sizes.append(window_count(dim, k, self.strides[i], pads, self.dilations[i]))
        return tuple(sizes)

    def _check_rank(self, data: Shape, weights: Shape, extra: int) -> None:
        spatial = len(self.strides)
        lengths = {len(self.dilations), len(self.pads_begin), len(self.pads_end)}
        if lengths != {spatial}:
            raise ValueError("strides, dilations and pads differ in length")
        if data is not None and len(data) != spatial + 2:
            raise ValueError(f"data {text(data)} does not have {spatial} spatial dimensions")
        if weights is not None and len(weights) != spatial + extra:
            raise ValueError(f"weights {text(weights)} do not have {spatial} spatial dimensions")


def _check_channels(data: Shape, channels: Dimension) -> None:
    if data is not None and merge(data[1], channels) is None:
        raise ValueError(f"data has {data[1]} channels, the weights expect {channels}")


class Convolution(_Convolution):
    """Weights are [O, I, spatial...]."""

    def infer(self, data: Output, weights: Output) -> TensorType:
        self._check_rank(data.shape, weights.shape, 2)
        kind = tied(data, weights)
        rank = len(self.strides)
        batch = data.shape[0] if data.shape is not None else Dim()
        kernel = weights.shape or unknown(rank + 2) or ()
        _check_channels(data.shape, kernel[1])
        return TensorType((batch, kernel[0], *self._spatial(data.shape, kernel[2:])), kind)


class GroupConvolution(_Convolution):
    """Weights are [G, O/G, I/G, spatial...]."""

    def infer(self, data: Output, weights: Output) -> TensorType:
        self._check_rank(data.shape, weights.shape, 3)
        kind = tied(data, weights)
        rank = len(self.strides)
        batch = data.shape[0] if data.shape is not None else Dim()
        kernel = weights.shape or unknown(rank + 3) or ()
        _check_channels(data.shape, kernel[0] * kernel[2])
        channels = kernel[0] * kernel[1]
        return TensorType((batch, channels, *self._spatial(data.shape, kernel[3:])), kind)


class _Transposed(_Convolution):
    """Convolution run backwards; an optional third input gives the spatial output size."""

    output_padding: tuple[int, ...] = ()

    def ir_attributes(self) -> dict[str, str]:
        attributes = super().ir_attributes()
        if not self.output_padding:
            del attributes["output_padding"]
        return attributes

    def _grown(self, data: Shape, kernel: tuple[Dimension, ...]) -> tuple[Dimension, ...]:
        if data is None:
            return tuple(Dim() for _ in kernel)
        sizes = []
        extra = self.output_padding or (0,) * len(kernel)
        for i, (dim, k) in enumerate(zip(data[2:], kernel)):
            grown = self.strides[i] * (dim - 1) + self.dilations[i] * (k - 1) + 1
            if self.auto_pad == "explicit":
                grown = grown - (self.pads_begin[i] + self.pads_end[i])
            sizes.append(size(grown + extra[i]))
        return tuple(sizes)

    def _output(
        self, data: Output, channels: Dimension, kernel: tuple[Dimension, ...], sizes: Output | None
    ) -> TensorType:
        batch = data.shape[0] if data.shape is not None else Dim()
        if sizes is None:
            spatial = self._grown(data.shape, kernel)
        else:
            known = sizes.partial_value()
            spatial = tuple(Dim() for _ in kernel) if known is None else tuple(known.tolist())
        return TensorType((batch, channels, *spatial), data.dtype)


class ConvolutionBackpropData(_Transposed):
    """Weights are [I, O, spatial...]."""

    def infer(self, data: Output, weights: Output, sizes: Output | None = None) -> TensorType:
        self._check_rank(data.shape, weights.shape, 2)
        tied(data, weights)
        kernel = weights.shape or unknown(len(self.strides) + 2) or ()
        _check_channels(data.shape, kernel[0])
        return self._output(data, kernel[1], kernel[2:], sizes)


class GroupConvolutionBackpropData(_Transposed):
    """Weights are [G, I/G, O/G, spatial...]."""

    def infer(self, data: Output, weights: Output, sizes: Output | None = None) -> TensorType:
        self._check_rank(data.shape, weights.shape, 3)
        tied(data, weights)
        kernel = weights.shape or unknown(len(self.strides) + 3) or ()
        _check_channels(data.shape, kernel[0] * kernel[1])
        return self._output(data, kernel[0] * kernel[2], kernel[3:], sizes)


class DeformableConvolution(_Convolution):
    """Sampling points moved by offsets; weights are [O, I/group, spatial...]."""

    opset = "opset8"
    group: int = 1
    deformable_group: int = 1
    bilinear_interpolation_pad: bool = False

    def infer(
        self, data: Output, offsets: Output, weights: Output, mask: Output | None = None
    ) -> TensorType:
        self._check_rank(data.shape, weights.shape, 2)
        tied(data, offsets, weights, mask)
        kernel = weights.shape or unknown(4) or ()
        _check_channels(data.shape, kernel[1] * self.group)
        batch = data.shape[0] if data.shape is not None else Dim()
        return TensorType((batch, kernel[0], *self._spatial(data.shape, kernel[2:])), data.dtype)


class PSROIPooling(Op):
    """Position-sensitive pooling of regions [R, 5] from [N, C, H, W]."""

    output_dim: int
    spatial_scale: float
    group_size: int = 1
    mode: str = "average"
    spatial_bins_x: int = 1
    spatial_bins_y: int = 1

    def infer(self, data: Output, rois: Output) -> TensorType:
        count = rois.shape[0] if rois.shape is not None else Dim()
        return TensorType((count, self.output_dim, self.group_size, self.group_size), data.dtype)


class ROIPooling(Op):
    """Max or bilinear pooling of regions [R, 5] to [R, C, pooled_h, pooled_w]."""

    opset = "opset2"
    pooled_h: int
    pooled_w: int
    spatial_scale: float
    method: str = "max"

    def infer(self, data: Output, rois: Output) -> TensorType:
        channels = data.shape[1] if data.shape is not None else Dim()
        count = rois.shape[0] if rois.shape is not None else Dim()
        return TensorType((count, channels, self.pooled_h, self.pooled_w), tied(data, rois))


class ROIAlign(Op):
    """Bilinear sampling of regions [R, 4] of the images named by the third input."""

    pooled_h: int
    pooled_w: int
    sampling_ratio: int
    spatial_scale: float
    mode: str = "avg"
    aligned_mode: str = "asymmetric"

    def version(self) -> str:
        return "opset3" if self.aligned_mode == "asymmetric" else "opset9"

    def ir_attributes(self) -> dict[str, str]:
        attributes = super().ir_attributes()
        if self.version() == "opset3":
            del attributes["aligned_mode"]
        return attributes

    def infer(self, data: Output, rois: Output, batch_indices: Output) -> TensorType:
        channels = data.shape[1] if data.shape is not None else Dim()
        count: Dimension = Dim()
        if rois.shape is not None:
            count = rois.shape[0]
        if batch_indices.shape is not None:
            count = broadcast_dim(count, batch_indices.shape[0]) or count
        return TensorType((count, channels, self.pooled_h, self.pooled_w), tied(data, rois))

