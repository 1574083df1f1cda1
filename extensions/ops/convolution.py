"""Convolutions in one to three spatial dimensions: plain, grouped, transposed, deformable."""

from __future__ import annotations

from collections.abc import Iterable

from extensions.ops.common import as_dims, divided, merge_shapes, size, tied, unknown
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, Dimension, bounds, merge, text


def window_count(
    dim: Dimension, kernel: Dimension, stride: int, pads: int, dilation: int = 1, up: bool = False
) -> Dimension:
    """How many windows fit: the spatial size after a convolution or a pooling.

    Of an unknown size it is taken that one does.
    """
    spare = stride - 1 if up else 0
    if not isinstance(kernel, int):
        room = dim + pads - (dilation * (size(kernel, 1) - 1) + 1)
        return size((room + spare) // stride + 1, 1)
    # How much more room there is than for one window, but for the size itself.
    more = pads - dilation * (kernel - 1) - 1
    if isinstance(dim, Dim):
        if (stride, more) == (1, -1) and dim.min > 0:
            return dim
        how = "windows", more + spare, stride
        return dim.once(how, lambda: size((dim + (more + spare)) // stride + 1, 1))
    if dim + more < 0:
        raise ValueError(f"a window of {kernel} (dilation {dilation}) exceeds the size {dim}")
    return (dim + more + spare) // stride + 1


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

    def _shapes(
        self, data: Output, weights: Output, extra: int
    ) -> tuple[tuple[Dimension, ...], tuple[Dimension, ...]]:
        """The shapes of both inputs; weights have ``extra`` axes before the spatial ones."""
        spatial = len(self.strides)
        if not len(self.dilations) == len(self.pads_begin) == len(self.pads_end) == spatial:
            raise ValueError("strides, dilations and pads differ in length")
        image = data.shape or unknown(spatial + 2) or ()
        kernel = weights.shape or unknown(spatial + extra) or ()
        if len(image) != spatial + 2 or data.shape == ():
            raise ValueError(f"data {text(data.shape)} does not have {spatial} spatial dimensions")
        if len(kernel) != spatial + extra or weights.shape == ():
            raise ValueError(
                f"weights {text(weights.shape)} do not have {spatial} spatial dimensions"
            )
        return image, kernel

    def _spatial(
        self, image: tuple[Dimension, ...], kernel: tuple[Dimension, ...]
    ) -> list[Dimension]:
        """Sizes after convolving the axes behind N and C with a kernel."""
        if self.auto_pad.startswith("same"):
            return [same_size(dim, stride) for dim, stride in zip(image[2:], self.strides)]
        valid = self.auto_pad == "valid"
        return [
            window_count(dim, k, stride, 0 if valid else begin + end, dilation)
            for dim, k, stride, begin, end, dilation in zip(
                image[2:], kernel, self.strides, self.pads_begin, self.pads_end, self.dilations
            )
        ]


def _check_channels(image: tuple[Dimension, ...], channels: Dimension) -> None:
    if merge(image[1], channels) is None:
        raise ValueError(f"data has {image[1]} channels, the weights expect {channels}")


def _groups(groups: Dimension, channels: Dimension, in_group: Dimension) -> Dimension:
    """The number of groups, as far as the channels of data and weights tell it."""
    if isinstance(groups, int):
        return groups
    if isinstance(channels, int) and channels == 0:
        return groups
    return merge(groups, divided(channels, in_group)) or groups


class Convolution(_Convolution):
    """Weights are [O, I, spatial...]."""

    def infer(self, data: Output, weights: Output) -> TensorType:
        kind = tied(data, weights)
        image, kernel = self._shapes(data, weights, 2)
        _check_channels(image, kernel[1])
        return TensorType((image[0], kernel[0], *self._spatial(image, kernel[2:])), kind)


class GroupConvolution(_Convolution):
    """Weights are [G, O/G, I/G, spatial...]."""

    def infer(self, data: Output, weights: Output) -> TensorType:
        kind = tied(data, weights)
        image, kernel = self._shapes(data, weights, 3)
        _check_channels(image, kernel[0] * kernel[2])
        channels = _groups(kernel[0], image[1], kernel[2]) * kernel[1]
        return TensorType((image[0], channels, *self._spatial(image, kernel[3:])), kind)


class _Transposed(_Convolution):
    """Convolution run backwards; an optional third input gives the spatial output size."""

    output_padding: tuple[int, ...] = ()

    def ir_attributes(self) -> dict[str, str]:
        attributes = super().ir_attributes()
        if not self.output_padding:
            del attributes["output_padding"]
        return attributes

    def _grown(
        self, image: tuple[Dimension, ...], kernel: tuple[Dimension, ...], sizes: Output | None
    ) -> Iterable[Dimension]:
        """Spatial sizes of the output: given, or those whose convolution has the input's size."""
        if sizes is not None:
            known = as_dims(sizes)
            if known is None:
                return unknown(len(kernel)) or ()
            if len(known) != len(kernel):
                raise ValueError(f"{len(known)} output sizes for {len(kernel)} spatial dimensions")
            return [Dim() if bounds(dim)[0] < 0 else dim for dim in known]
        result = []
        extra = self.output_padding or (0,) * len(kernel)
        for i, (dim, k) in enumerate(zip(image[2:], kernel)):
            grown = self.strides[i] * (size(dim, 1) - 1) + self.dilations[i] * (size(k, 1) - 1) + 1
            if self.auto_pad == "explicit":
                grown = grown - (self.pads_begin[i] + self.pads_end[i])
            grown = grown + extra[i]
            result.append(size(grown, 1 if isinstance(grown, Dim) else 0))
        return result


class ConvolutionBackpropData(_Transposed):
    """Weights are [I, O, spatial...]."""

    def infer(self, data: Output, weights: Output, sizes: Output | None = None) -> TensorType:
        kind = tied(data, weights)
        image, kernel = self._shapes(data, weights, 2)
        _check_channels(image, kernel[0])
        return TensorType((image[0], kernel[1], *self._grown(image, kernel[2:], sizes)), kind)


class GroupConvolutionBackpropData(_Transposed):
    """Weights are [G, I/G, O/G, spatial...]."""

    def infer(self, data: Output, weights: Output, sizes: Output | None = None) -> TensorType:
        kind = tied(data, weights)
        image, kernel = self._shapes(data, weights, 3)
        _check_channels(image, kernel[0] * kernel[1])
        channels = _groups(kernel[0], image[1], kernel[1]) * kernel[2]
        return TensorType((image[0], channels, *self._grown(image, kernel[3:], sizes)), kind)


class DeformableConvolution(_Convolution):
    """Sampling points moved by offsets; weights are [O, I/group, spatial...].

    ``has_mask`` (opset8): a fourth input scales the samples.
    """

    group: int = 1
    deformable_group: int = 1
    bilinear_interpolation_pad: bool = False
    has_mask: bool = False

    def version(self) -> str:
        return "opset8" if self.has_mask or self.bilinear_interpolation_pad else "opset1"

    def ir_attributes(self) -> dict[str, str]:
        attributes = super().ir_attributes()
        del attributes["has_mask"]
        if self.version() == "opset1":
            del attributes["bilinear_interpolation_pad"]
        return attributes

    def infer(
        self, data: Output, offsets: Output, weights: Output, mask: Output | None = None
    ) -> TensorType:
        if (mask is not None) != self.has_mask:
            raise ValueError("has_mask should say whether there is a fourth input")
        kind = tied(data, offsets, weights, mask)
        image, kernel = self._shapes(data, weights, 2)
        _check_channels(image, kernel[1] * self.group)
        sizes = [image[0], kernel[0], *self._spatial(image, kernel[2:])]
        area = kernel[2] * kernel[3] * self.deformable_group
        for value, channels in ((offsets, area * 2), (mask, area)):
            if value is None or value.shape is None:
                continue
            wanted = (sizes[0], channels, *sizes[2:])
            merged = merge_shapes(value.shape, wanted)
            if merged is None:
                raise ValueError(f"offsets or mask {text(value.shape)} should be {text(wanted)}")
            sizes[0], sizes[2:] = merged[0], merged[2:]
        return TensorType(tuple(sizes), kind)


class BinaryConvolution(_Convolution):
    """Convolution of the signs of data with bits: weights are u1 [O, I, H, W]."""

    mode: str = "xnor-popcount"
    pad_value: float = 0.0

    def infer(self, data: Output, weights: Output) -> TensorType:
        image, kernel = self._shapes(data, weights, 2)
        _check_channels(image, kernel[1])
        return TensorType((image[0], kernel[0], *self._spatial(image, kernel[2:])), data.dtype)
