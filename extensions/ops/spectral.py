"""Fourier transforms. Complex numbers are pairs: a last axis of size 2."""

from __future__ import annotations

from extensions.ops.common import (
    FLOATS,
    as_dims,
    constant_ints,
    expect,
    joined,
    length,
    ranked,
    size,
    tied,
    unknown,
)
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, Dimension, Shape, normalize_axes, text


class _Transform(Op):
    """Along the axes of the second input, each of the size that the third one says (-1: as is)."""

    opset = "opset7"

    def _axes(self, data: Output, axes: Output, rank: int) -> tuple[int, ...] | None:
        """The axes, if they are known, of data with ``rank`` axes of numbers."""
        known = constant_ints(axes)
        if known is None:
            return None
        along = normalize_axes(known, rank)
        if len(set(along)) < len(along):
            raise ValueError(f"axes {list(known)} of {text(data.shape)} name one axis twice")
        return along

    def _resized(
        self, dims: list[Dimension], along: tuple[int, ...], sizes: Output | None
    ) -> list[Dimension]:
        if sizes is None:
            return dims
        if length(sizes) not in (len(along), None):
            raise ValueError(f"{length(sizes)} sizes for {len(along)} axes")
        known = as_dims(sizes)
        for i, axis in enumerate(along):
            wanted: Dimension = Dim(-1) if known is None else known[i]
            if isinstance(wanted, Dim) and wanted.min < 0:
                dims[axis] = Dim()
            elif wanted != -1:
                dims[axis] = size(wanted)
        return dims

    def _checked(self, data: Output, least: int) -> Shape:
        expect(data.dtype, FLOATS, "a float")
        if data.shape is not None and len(data.shape) < least:
            raise ValueError(f"data {text(data.shape)} should have at least {least} axes")
        return data.shape


class _Complex(_Transform):
    def infer(self, data: Output, axes: Output, sizes: Output | None = None) -> TensorType:
        shape = self._checked(data, 2)
        if shape is None:
            return TensorType(None, data.dtype)
        joined("the last axis should be 2;", shape[-1], 2)
        along = self._axes(data, axes, len(shape) - 1)
        dims = list(shape[:-1])
        if along is None:
            dims = dims if sizes is None else [Dim() for _ in dims]
        else:
            dims = self._resized(dims, along, sizes)
        return TensorType((*dims, shape[-1]), data.dtype)


class DFT(_Complex):
    """Complex to complex."""


class IDFT(_Complex):
    """The inverse of DFT."""


class RDFT(_Transform):
    """Real to complex: the last of the axes keeps the frequencies up to half its size."""

    opset = "opset9"

    def infer(self, data: Output, axes: Output, sizes: Output | None = None) -> TensorType:
        shape = self._checked(data, 1)
        if shape is None:
            return TensorType(None, data.dtype)
        along = self._axes(data, axes, len(shape))
        if along is None:
            return TensorType((*(unknown(len(shape)) or ()), 2), data.dtype)
        dims = self._resized(list(shape), along, sizes)
        dims[along[-1]] = dims[along[-1]] // 2 + 1
        return TensorType((*dims, 2), data.dtype)


class IRDFT(_Transform):
    """The inverse of RDFT."""

    opset = "opset9"

    def infer(self, data: Output, axes: Output, sizes: Output | None = None) -> TensorType:
        shape = self._checked(data, 2)
        if shape is None:
            return TensorType(None, data.dtype)
        joined("the last axis should be 2;", shape[-1], 2)
        along = self._axes(data, axes, len(shape) - 1)
        dims = list(shape[:-1])
        if along is None:
            return TensorType(unknown(len(dims)), data.dtype)
        last = along[-1]
        full = (dims[last] - 1) * 2
        dims = self._resized(dims, along, sizes)
        given = None if sizes is None else constant_ints(sizes)
        if sizes is None or (given is not None and given[-1] == -1):
            dims[last] = size(full)
        return TensorType(tuple(dims), data.dtype)


class STFT(Op):
    """Spectra of overlapping frames: [N, frames, frequencies, 2], or frequencies first."""

    opset = "opset15"
    transpose_frames: bool

    def infer(
        self, signal: Output, window: Output, frame_size: Output, frame_step: Output
    ) -> TensorType:
        kind = expect(tied(signal, window), FLOATS, "a float")
        ranked(window, 1, "the window")
        if signal.shape is not None and len(signal.shape) not in (1, 2):
            raise ValueError(f"the signal {text(signal.shape)} should have one or two axes")
        extent, step = as_dims(frame_size), as_dims(frame_step)
        if signal.shape is None:
            return TensorType(None, kind)
        frequencies: Dimension = Dim()
        frames: Dimension = Dim()
        if extent:
            frequencies = size(extent[0], 1) // 2 + 1
        if extent and step:
            frames = (signal.shape[-1] - size(extent[0], 1)) // size(step[0], 1) + 1
            frames = size(frames, 1 if isinstance(frames, Dim) else 0)
        pair = (frequencies, frames) if self.transpose_frames else (frames, frequencies)
        return TensorType((*signal.shape[:-1], *pair, 2), kind)


class ISTFT(Op):
    """The signal [N, length] of spectra [N, frequencies, frames, 2]."""

    opset = "opset16"
    center: bool
    normalized: bool

    def infer(
        self,
        data: Output,
        window: Output,
        frame_size: Output,
        frame_step: Output,
        signal_length: Output | None = None,
    ) -> TensorType:
        kind = expect(tied(data, window), FLOATS, "a float")
        ranked(window, 1, "the window")
        if data.shape is None:
            return TensorType(None, kind)
        if len(data.shape) not in (3, 4):
            raise ValueError(f"data {text(data.shape)} should have three or four axes")
        joined("the last axis should be 2;", data.shape[-1], 2)
        outer = data.shape[:-3]
        if signal_length is not None:
            given = as_dims(signal_length)
            return TensorType((*outer, size(given[0]) if given else Dim()), kind)
        extent, step = as_dims(frame_size), as_dims(frame_step)
        if not extent or not step:
            return TensorType((*outer, Dim()), kind)
        frame = size(extent[0], 1)
        covered = (size(data.shape[-2], 1) - 1) * size(step[0], 1)
        covered = covered + (frame - frame // 2 * 2 if self.center else frame)
        return TensorType((*outer, size(covered)), kind)
