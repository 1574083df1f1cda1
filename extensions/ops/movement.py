"""Operations that move elements: transposing, joining, splitting, slicing, padding, gathering."""

from __future__ import annotations

import numpy as np

from extensions.ops.common import (
    as_dims,
    constant_axes,
    constant_ints,
    divided,
    length,
    size,
    tied,
    unknown,
)
from extensions.ops.gathering import Gather as Gather
from extensions.ops.gathering import GatherElements as GatherElements
from extensions.ops.gathering import GatherND as GatherND
from extensions.ops.gathering import ScatterElementsUpdate as ScatterElementsUpdate
from extensions.ops.gathering import ScatterNDUpdate as ScatterNDUpdate
from extensions.ops.gathering import ScatterUpdate as ScatterUpdate
from extensions.ops.slicing import Slice as Slice
from extensions.ops.slicing import StridedSlice as StridedSlice
from mo.graph.node import Output
from mo.graph.op import Op, TensorType
from mo.graph.shape import (
    Dim,
    Dimension,
    Shape,
    bounds,
    merge,
    normalize_axis,
    text,
)


class Transpose(Op):
    """Axes in the order of the second input (an empty order reverses them)."""

    def infer(self, data: Output, order: Output) -> TensorType:
        axes = constant_ints(order)
        if data.shape is None:
            return TensorType(unknown(len(axes)) if axes else None, data.dtype)
        if axes is None:
            return TensorType(unknown(len(data.shape)), data.dtype)
        axes = axes or tuple(reversed(range(len(data.shape))))
        if sorted(axes) != list(range(len(data.shape))):
            raise ValueError(f"{list(axes)} is no order of {len(data.shape)} axes")
        return TensorType(tuple(data.shape[axis] for axis in axes), data.dtype)

    def fold(self, x: np.ndarray, order: np.ndarray) -> np.ndarray:
        return np.transpose(x, [int(axis) for axis in order] if order.size else None)


class Concat(Op):
    """Inputs joined along one axis."""

    axis: int
    partial_values = True

    def infer(self, *inputs: Output) -> TensorType:
        kind = tied(*inputs)
        shapes = [value.shape for value in inputs if value.shape is not None]
        if not shapes:
            return TensorType(None, kind)
        rank = len(shapes[0])
        axis = normalize_axis(self.axis, rank)
        merged = list(shapes[0])
        for shape in shapes[1:]:
            if len(shape) != rank:
                raise ValueError("inputs differ in rank")
            for i, dim in enumerate(shape):
                both = merged[i] + dim if i == axis else merge(merged[i], dim)
                if both is None:
                    raise ValueError(f"{text(shape)} does not fit {text(shapes[0])} at axis {i}")
                merged[i] = both
        if len(shapes) < len(inputs):
            merged[axis] = Dim(bounds(merged[axis])[0])
        return TensorType(tuple(merged), kind)

    def fold(self, *arrays: np.ndarray) -> np.ndarray:
        return np.concatenate(arrays, self.axis)

    def ir_attributes(self) -> dict[str, str]:
        return {"axis": str(self.axis)}


class Split(Op):
    """Equal parts along the axis given by the second input."""

    num_splits: int

    def infer(self, data: Output, axis: Output) -> tuple[TensorType, ...]:
        known = constant_axes(axis, data.rank)
        if data.shape is None or known is None:
            return (TensorType(unknown(data.rank), data.dtype),) * self.num_splits
        dim = data.shape[known[0]]
        shape = list(data.shape)
        shape[known[0]] = divided(dim, self.num_splits)
        return (TensorType(tuple(shape), data.dtype),) * self.num_splits

    def fold(self, x: np.ndarray, axis: np.ndarray) -> tuple[np.ndarray, ...]:
        return tuple(np.split(x, self.num_splits, int(axis.item())))


class VariadicSplit(Op):
    """Parts of given lengths along an axis; one length may be -1."""

    parts: int

    def infer(self, data: Output, axis: Output, lengths: Output) -> tuple[TensorType, ...]:
        known = constant_axes(axis, data.rank)
        sizes = constant_ints(lengths)
        if data.shape is None or known is None:
            return (TensorType(unknown(data.rank), data.dtype),) * self.parts
        dim = data.shape[known[0]]
        result = []
        for i in range(self.parts):
            part: Dimension = Dim() if sizes is None else sizes[i]
            if sizes is not None and part == -1:
                part = size(dim - sum(s for s in sizes if s != -1))
            shape = list(data.shape)
            shape[known[0]] = part
            result.append(TensorType(tuple(shape), data.dtype))
        if sizes is not None and isinstance(dim, int) and -1 not in sizes and sum(sizes) != dim:
            raise ValueError(f"parts {list(sizes)} do not add up to {dim}")
        return tuple(result)

    def ir_attributes(self) -> dict[str, str]:
        return {}

    def fold(self, x: np.ndarray, axis: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, ...]:
        along = int(axis.item())
        sizes = [int(item) for item in lengths]
        sizes = [x.shape[along] - sum(sizes) - 1 if s == -1 else s for s in sizes]
        return tuple(np.split(x, np.cumsum(sizes)[:-1], along))


class Pad(Op):
    """Elements added around each axis; negative counts (opset12) cut them off."""

    pad_mode: str = "constant"
    negative: bool = False

    def version(self) -> str:
        return "opset12" if self.negative else "opset1"

    def ir_attributes(self) -> dict[str, str]:
        return {"pad_mode": self.pad_mode}

    def infer(
        self, data: Output, begin: Output, end: Output, value: Output | None = None
    ) -> TensorType:
        tied(data, value)
        if value is not None and value.shape:
            raise ValueError(f"the pad value {text(value.shape)} is not a scalar")
        if data.shape is None:
            return TensorType(None, data.dtype)
        rank = len(data.shape)
        for pads in (begin, end):
            if length(pads) not in (rank, None):
                raise ValueError(f"{length(pads)} pads for data {text(data.shape)}")
        begins, ends = as_dims(begin), as_dims(end)
        if begins is None or ends is None:
            return TensorType(unknown(rank), data.dtype)
        sizes = [
            size(dim + before + after) for dim, before, after in zip(data.shape, begins, ends)
        ]
        return TensorType(tuple(sizes), data.dtype)

    def fold(
        self,
        x: np.ndarray,
        begin: np.ndarray,
        end: np.ndarray,
        value: np.ndarray | None = None,
    ) -> np.ndarray:
        pads = [(int(b), int(e)) for b, e in zip(begin, end)]
        cut = tuple(
            slice(max(-before, 0), dim - max(-after, 0))
            for dim, (before, after) in zip(x.shape, pads)
        )
        added = [(max(before, 0), max(after, 0)) for before, after in pads]
        if self.pad_mode != "constant":
            return np.pad(x[cut], added, self.pad_mode)  # type: ignore[call-overload, no-any-return]
        fill = 0 if value is None else value.reshape(()).item()
        return np.pad(x[cut], added, constant_values=fill)


class _BlockOp(Op):
    block_size: int
    mode: str = "blocks_first"

    def _moved(self, data: Shape, down: bool) -> Shape:
        if data is None:
            return None
        block = self.block_size
        area = block ** (len(data) - 2)
        if down:
            spatial = [divided(dim, block) for dim in data[2:]]
            return (data[0], data[1] * area, *spatial)
        return (data[0], divided(data[1], area), *(dim * block for dim in data[2:]))


class DepthToSpace(_BlockOp):
    """Channels moved into blocks of space."""

    def infer(self, data: Output) -> TensorType:
        return TensorType(self._moved(data.shape, down=False), data.dtype)


class SpaceToDepth(_BlockOp):
    """Blocks of space moved into channels."""

    def infer(self, data: Output) -> TensorType:
        return TensorType(self._moved(data.shape, down=True), data.dtype)


class ShuffleChannels(Op):
    """[group, size/group] transposed along one axis."""

    axis: int = 1
    group: int = 1

    def infer(self, data: Output) -> TensorType:
        return data.type


class ReverseSequence(Op):
    """The first ``seq_lengths`` elements of each batch item reversed."""

    batch_axis: int = 0
    seq_axis: int = 1

    def infer(self, data: Output, seq_lengths: Output) -> TensorType:
        return data.type


class Roll(Op):
    """Elements shifted along axes, those pushed out coming back in front."""

    opset = "opset7"

    def infer(self, data: Output, shift: Output, axes: Output) -> TensorType:
        return data.type


class SpaceToBatch(Op):
    """Padded space cut into blocks that become batch items."""

    opset = "opset2"

    def infer(self, data: Output, block: Output, begin: Output, end: Output) -> TensorType:
        blocks, before, after = (constant_ints(v) for v in (block, begin, end))
        if data.shape is None or blocks is None or before is None or after is None:
            return TensorType(unknown(data.rank), data.dtype)
        sizes: list[Dimension] = [data.shape[0]]
        for dim, by, low, high in zip(data.shape[1:], blocks[1:], before[1:], after[1:]):
            sizes.append(divided(dim + low + high, by))
            sizes[0] = sizes[0] * by
        return TensorType(tuple(sizes), data.dtype)


class BatchToSpace(Op):
    """The inverse of SpaceToBatch, with the padding cut off."""

    opset = "opset2"

    def infer(self, data: Output, block: Output, begin: Output, end: Output) -> TensorType:
        blocks, before, after = (constant_ints(v) for v in (block, begin, end))
        if data.shape is None or blocks is None or before is None or after is None:
            return TensorType(unknown(data.rank), data.dtype)
        total = 1
        for by in blocks[1:]:
            total *= by
        sizes: list[Dimension] = [divided(data.shape[0], total)]
        for dim, by, low, high in zip(data.shape[1:], blocks[1:], before[1:], after[1:]):
            sizes.append(size(dim * by - low - high))
        return TensorType(tuple(sizes), data.dtype)
