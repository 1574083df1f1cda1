"""Colour spaces of camera images [N, H, W, C], as one plane or as two or three."""

from __future__ import annotations

from typing import ClassVar

from extensions.ops.common import divided, joined, ranked, tied
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dimension


class _FromYUV(Op):
    opset = "opset8"
    # Channels of the planes after the first, which has one channel and the full size.
    planes: ClassVar[tuple[int, ...]]

    def infer(self, y: Output, *others: Output) -> TensorType:
        kind = tied(y, *others)
        shape = list(ranked(y, 4, "an image"))
        joined("a plane has one channel;", shape[3], 1)
        if not others:
            # The chroma lies below the luminance: three halves of its height.
            shape[1] = divided(shape[1], 3) * 2
            divided(shape[1], 2)
            divided(shape[2], 2)
        elif len(others) != len(self.planes):
            raise ValueError(f"{len(others) + 1} planes instead of {len(self.planes) + 1}")
        for plane, channels in zip(others, self.planes):
            half = ranked(plane, 4, "a plane")
            joined("a plane has other channels;", half[3], channels)
            shape[0] = joined("numbers of images", shape[0], half[0])
            for axis in (1, 2):
                shape[axis] = joined("sizes of planes", shape[axis], half[axis] * 2)
        return TensorType((*shape[:3], 3), kind)


class NV12toRGB(_FromYUV):
    """From a plane of Y and one of UV pairs."""

    planes = (2,)


class NV12toBGR(_FromYUV):
    """From a plane of Y and one of UV pairs."""

    planes = (2,)


class I420toRGB(_FromYUV):
    """From planes of Y, U and V."""

    planes = (1, 1)


class I420toBGR(_FromYUV):
    """From planes of Y, U and V."""

    planes = (1, 1)


class _ToNV12(Op):
    opset = "opset17"
    single_plane: bool = True

    def infer(self, image: Output) -> TensorType | tuple[TensorType, ...]:
        n, h, w, c = ranked(image, 4, "an image")
        joined("an image has three channels;", c, 3)
        half: tuple[Dimension, ...] = (divided(h, 2), divided(w, 2))
        if self.single_plane:
            return TensorType((n, half[0] * 3, w, 1), image.dtype)
        luminance = TensorType((n, h, w, 1), image.dtype)
        return luminance, TensorType((n, *half, 2), image.dtype)


class RGBtoNV12(_ToNV12):
    """The inverse of NV12toRGB."""


class BGRtoNV12(_ToNV12):
    """The inverse of NV12toBGR."""
