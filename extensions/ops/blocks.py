"""Elements moved between channels, space and batch in blocks."""

from __future__ import annotations

from math import prod

import numpy as np

from extensions.ops.common import (
    INTEGERS,
    as_dims,
    constant_ints,
    divided,
    expect,
    joined,
    length,
    size,
    tied,
    unknown,
)
from extensions.ops.convolution import window_count
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import Dim, Dimension, Shape, count, text


class _BlockOp(Op):
    block_size: int
    mode: str = "blocks_first"

    def _moved(self, data: Shape, down: bool) -> Shape:
        if data is None:
            return None
        if len(data) < 3:
            raise ValueError(f"data {text(data)} has no spatial axis")
        block = self.block_size
        area = block ** (len(data) - 2)
        if down:
            spatial = [divided(dim, block) for dim in data[2:]]
            return (data[0], data[1] * area, *spatial)
        return (data[0], divided(data[1], area), *(dim * block for dim in data[2:]))


class DepthToSpace(_BlockOp):
    """Channels [block..., C] or [C, block...] (blocks_first, depth_first) moved into space."""

    def infer(self, data: Output) -> TensorType:
        return TensorType(self._moved(data.shape, down=False), data.dtype)

    def fold(self, x: np.ndarray) -> np.ndarray:
        rank, block = x.ndim - 2, self.block_size
        space = x.shape[2:]
        blocks = (block,) * rank
        if self.mode == "blocks_first":
            x = np.moveaxis(x.reshape(x.shape[0], *blocks, -1, *space), rank + 1, 1)
        else:
            x = x.reshape(x.shape[0], -1, *blocks, *space)
        order = [axis for i in range(rank) for axis in (rank + 2 + i, 2 + i)]
        return x.transpose(0, 1, *order).reshape(*x.shape[:2], *(s * block for s in space))


class SpaceToDepth(_BlockOp):
    """The inverse of DepthToSpace."""

    def infer(self, data: Output) -> TensorType:
        return TensorType(self._moved(data.shape, down=True), data.dtype)

    def fold(self, x: np.ndarray) -> np.ndarray:
        rank, block = x.ndim - 2, self.block_size
        space = [s // block for s in x.shape[2:]]
        x = x.reshape(*x.shape[:2], *(part for s in space for part in (s, block)))
        blocks = [3 + 2 * i for i in range(rank)]
        channels = [*blocks, 1] if self.mode == "blocks_first" else [1, *blocks]
        return x.transpose(0, *channels, *(2 + 2 * i for i in range(rank))).reshape(
            x.shape[0], -1, *space
        )


class _BatchOp(Op):
    """Block sizes, and what is added or cut at both ends, are vectors for all axes from N on."""

    opset = "opset2"

    def _vectors(self, data: Output, *values: Output) -> list[tuple[Dimension, ...]]:
        """The elements of the three vectors; nothing if one of them or the rank is unknown."""
        if data.shape is None:
            return []
        if len(data.shape) < 2:
            raise ValueError(f"data {text(data.shape)} has no axis besides the batch")
        for value in values:
            if length(value) not in (None, len(data.shape)):
                raise ValueError(f"{length(value)} sizes for data {text(data.shape)}")
        known = [as_dims(value) for value in values]
        return [dims for dims in known if dims is not None] if None not in known else []


class SpaceToBatch(_BatchOp):
    """Padded space cut into blocks that become batch items."""

    def infer(self, data: Output, block: Output, begin: Output, end: Output) -> TensorType:
        vectors = self._vectors(data, block, begin, end)
        if data.shape is None or not vectors:
            return TensorType(unknown(data.rank), data.dtype)
        blocks, before, after = vectors
        sizes = [data.shape[0] * count(size(by, 1) for by in blocks[1:])]
        for dim, by, low, high in zip(data.shape[1:], blocks[1:], before[1:], after[1:]):
            sizes.append(divided(size(dim + size(low) + size(high)), size(by, 1)))
        return TensorType(tuple(sizes), data.dtype)


class BatchToSpace(_BatchOp):
    """The inverse of SpaceToBatch, with the padding cut off."""

    def infer(self, data: Output, block: Output, begin: Output, end: Output) -> TensorType:
        vectors = self._vectors(data, block, begin, end)
        if data.shape is None or not vectors:
            return TensorType(unknown(data.rank), data.dtype)
        blocks, before, after = vectors
        sizes = [divided(data.shape[0], count(size(by, 1) for by in blocks[1:]))]
        for dim, by, low, high in zip(data.shape[1:], blocks[1:], before[1:], after[1:]):
            sizes.append(size(dim * size(by, 1) - size(low) - size(high)))
        return TensorType(tuple(sizes), data.dtype)


class Col2Im(Op):
    """Columns [N, C * area, L] (or without N) added up where they lie in an image [N, C, H, W]."""

    opset = "opset15"
    strides: tuple[int, ...] = (1, 1)
    dilations: tuple[int, ...] = (1, 1)
    pads_begin: tuple[int, ...] = (0, 0)
    pads_end: tuple[int, ...] = (0, 0)

    def infer(self, data: Output, output_size: Output, kernel_size: Output) -> TensorType:
        expect(tied(output_size, kernel_size), INTEGERS, "an integer")
        for value in (output_size, kernel_size):
            if length(value) not in (2, None):
                raise ValueError(f"a size {text(value.shape)} should be (height, width)")
        if data.shape is None:
            return TensorType(None, data.dtype)
        if len(data.shape) not in (2, 3):
            raise ValueError(f"data {text(data.shape)} should have two or three axes")
        kernel, sizes = constant_ints(kernel_size), constant_ints(output_size)
        channels: Dimension = Dim()
        if kernel is not None:
            channels = divided(data.shape[-2], prod(kernel))
        if kernel is not None and sizes is not None:
            windows = [
                window_count(size, k, stride, begin + end, dilation)
                for size, k, stride, begin, end, dilation in zip(
                    sizes, kernel, self.strides, self.pads_begin, self.pads_end, self.dilations
                )
            ]
            joined("numbers of columns", data.shape[-1], count(windows))
        spatial = sizes if sizes is not None else (Dim(), Dim())
        return TensorType((*data.shape[:-2], channels, *spatial), data.dtype)
