"""Operations that move, cut, join and repeat elements."""

from __future__ import annotations

import numpy as np

from tests.classic.operation_cases import Cases, fixed, numbers

CASES = Cases()
X, Y = numbers(2, 3, 4), numbers(2, 3, 4, seed=2)
IMAGE = numbers(2, 4, 6, 6)

# ---- shapes
CASES.add("mo.ops.reshape.Reshape", (X, fixed([0, 2, -1])), lambda x, s: x.reshape(2, 2, 6))
CASES.add("mo.ops.reshape.Reshape", X, lambda x: x.reshape(-1, 12), dim=[-1, 12])
CASES.add("extensions.ops.mxreshape.MXReshape", X, lambda x: x.reshape(2, 12), dim=[0, -1])
CASES.add("mo.ops.flatten.Flatten", IMAGE, lambda x: x.reshape(2, 4, 36), axis=2)
CASES.add("mo.ops.flatten.Flatten", IMAGE, lambda x: x.reshape(2, 24, 6), axis=1, end_axis=2)
CASES.add("mo.ops.flatten.FlattenONNX", IMAGE, lambda x: x.reshape(8, 36), axis=2)
CASES.add("mo.ops.squeeze.Squeeze", (X[:, None], fixed([1])), lambda x, a: x[:, 0])
CASES.add("mo.ops.squeeze.Squeeze", X[:, None], lambda x: x[:, 0], squeeze_dims=[1])
CASES.add("mo.ops.unsqueeze.Unsqueeze", (X, fixed([1, -1])), lambda x, a: x[:, None, :, :, None])
CASES.add("mo.ops.unsqueeze.Unsqueeze", X, lambda x: x[:, None], unsqueeze_dims=[1])
CASES.add("mo.ops.expand_dims.ExpandDims", X, lambda x: x[:, None], expand_axis=1)
CASES.add("mo.ops.shape.Shape", X, lambda x: np.array(x.shape))
CASES.add("extensions.ops.rank.Rank", X, lambda x: np.array(3))
CASES.add("extensions.ops.size.Size", X, lambda x: np.array(24), output_type=np.int32)
CASES.add("extensions.ops.transpose.Transpose", (X, fixed([2, 0, 1])), lambda x, o: x.transpose(o))
CASES.add("mo.ops.permute.Permute", X, lambda x: x.transpose(0, 2, 1), order=[0, 2, 1])
CASES.add("extensions.ops.swapaxis.SwapAxis", X, lambda x: x.transpose(0, 2, 1), order=[0, 2, 1])

# ---- joining and cutting
CASES.add("mo.ops.concat.Concat", (X, Y), lambda x, y: np.concatenate([x, y], 2), axis=2)
CASES.add("mo.ops.concat.Concat", (X, Y), lambda x, y: np.concatenate([x, y], 1))
CASES.add("extensions.ops.pack.PackOp", (X, Y), lambda x, y: np.stack([x, y], 1), axis=1)
_halves = {"outputs": (0, 1)}
CASES.add(
    "extensions.ops.split.Split",
    (X, fixed(2)),
    lambda x, a: (x[..., :2], x[..., 2:]),
    (0, 1),
    num_splits=2,
)
CASES.add(
    "extensions.ops.split.AttributedSplit",
    X,
    lambda x: (x[..., :2], x[..., 2:]),
    (0, 1),
    axis=2,
    num_splits=2,
)
CASES.add(
    "extensions.ops.split.AttributedSplit",
    X,
    lambda x: tuple(x[:, i] for i in range(3)),
    (0, 1, 2),
    num_splits=3,
    squeeze_axis=True,
)
CASES.add(
    "extensions.ops.split.VariadicSplit",
    (X, fixed(2), fixed([1, 3])),
    lambda x, *_: (x[..., :1], x[..., 1:]),
    (0, 1),
    out_ports_count=2,
)
CASES.add(
    "extensions.ops.split.AttributedVariadicSplit",
    X,
    lambda x: (x[..., :1], x[..., 1:]),
    (0, 1),
    axis=2,
    size_splits=[1, 3],
)
CASES.add(
    "mo.ops.slice.Slice",
    (X, fixed([1]), fixed([4]), fixed([2]), fixed([2])),
    lambda x, *_: x[:, :, 1:4:2],
)
CASES.add(
    "mo.ops.slice.AttributedSlice",
    X,
    lambda x: x[:, 1:, :2],
    starts=[1, 0],
    ends=[9, 2],
    axes=[1, 2],
)
CASES.add(
    "mo.ops.slice.TFSlice", (X, fixed([0, 1, 1]), fixed([-1, 2, 2])), lambda x, *_: x[:, 1:3, 1:3]
)
CASES.add(
    "mo.ops.slice.CaffeSlice",
    X,
    lambda x: (x[:, :1], x[:, 1:]),
    (0, 1),
    axis=1,
    slice_point=[1],
    out_ports_count=2,
)
CASES.add(
    "mo.ops.slice.MXSlice",
    X,
    lambda x: x[:, 1:3],
    crop_begin=[0, 1],
    crop_end=[2, 3],
    step=[1, 1],
    opens=False,
)
_masks = {
    "begin_mask": [0, 1, 1],
    "end_mask": [0, 1, 0],
    "new_axis_mask": [0, 0, 0],
    "shrink_axis_mask": [0, 1, 0],
    "ellipsis_mask": [0, 0, 0],
}
CASES.add(
    "mo.ops.strided_slice.StridedSlice",
    (X, fixed([0, 1, 1]), fixed([0, 2, 0]), fixed([1, 1, 2])),
    lambda x, *_: x[:, 1, 1::2],
    **_masks,
)
CASES.add(
    "mo.ops.crop.Crop",
    (IMAGE, numbers(2, 4, 3, 2)),
    lambda x, like: x[:, :, 1:4, 2:4],
    axis=[2, 3],
    offset=[1, 2],
)
CASES.add(
    "mo.ops.crop.Crop", IMAGE, lambda x: x[:, :, 1:4, 2:4], axis=[2, 3], offset=[1, 2], dim=[3, 2]
)
CASES.add(
    "mo.ops.crop.Crop", IMAGE, lambda x: x[:, :, 1:-2], axis=[2], crop_begin=[1], crop_end=[2]
)
CASES.add(
    "extensions.ops.slice_like.SliceLike",
    (IMAGE, numbers(2, 4, 3, 2)),
    lambda x, like: x[:, :, :3, :2],
    axes=[2, 3],
)

# ---- padding and repeating
_padded = [(0, 0), (1, 0), (2, 1)]
CASES.add(
    "mo.ops.pad.AttributedPad",
    X,
    lambda x: np.pad(x, _padded, constant_values=7),
    pads=np.array(_padded),
    fill_value=7.0,
)
CASES.add(
    "mo.ops.pad.Pad",
    (X, fixed([0, 1, 2]), fixed([0, 0, 1])),
    lambda x, *_: np.pad(x, _padded, "reflect"),
    mode="reflect",
)
CASES.add(
    "mo.ops.pad.Pad",
    (X, fixed([0, 1, 2]), fixed([0, 0, 1]), fixed(7.0)),
    lambda x, *_: np.pad(x, _padded, constant_values=7),
)
CASES.add(
    "mo.ops.pad.ONNXPad",
    (X, fixed([0, 1, 2, 0, 0, 1]), fixed(7.0)),
    lambda x, *_: np.pad(x, _padded, constant_values=7),
)
CASES.add(
    "mo.ops.pad.TFPad",
    (X, fixed(_padded)),
    lambda x, _: np.pad(x, _padded, "symmetric"),
    mode="symmetric",
)
CASES.add("mo.ops.tile.Tile", (X, fixed([1, 2, 3])), np.tile)
CASES.add("mo.ops.tile.AttributedTile", X, lambda x: np.tile(x, (1, 1, 3)), axis=2, tiles=3)
CASES.add("extensions.ops.mxrepeat.MXRepeat", X, lambda x: np.repeat(x, 2, 1), axis=1, repeats=2)
CASES.add(
    "mo.ops.broadcast.Broadcast",
    (numbers(2, 1, 4), fixed([2, 3, 4])),
    lambda x, s: np.broadcast_to(x, s),
    opens=False,
)
CASES.add(
    "mo.ops.broadcast.Broadcast",
    (numbers(3), fixed([2, 3, 4]), fixed([1])),
    lambda x, s, _: np.broadcast_to(x[:, None], s),
    opens=False,
    mode="explicit",
)
CASES.add("mo.ops.fill.Fill", (fixed([2, 3]), fixed(1.5)), lambda s, v: np.full(s, v))
CASES.add(
    "mo.ops.constant_of_shape.ConstantOfShape",
    fixed([2, 3]),
    lambda s: np.full(s, 2.0),
    fill_value=2.0,
)
CASES.add(
    "extensions.ops.constant_fill.ConstantFill",
    fixed([2, 3]),
    lambda s: np.full(s, 2.0),
    fill_value=2.0,
    input_as_shape=1,
)
CASES.add(
    "extensions.ops.range.Range", (fixed(1), fixed(7), fixed(2)), np.arange, output_type=np.int64
)


# ---- blocks
def _to_depth(x: np.ndarray) -> np.ndarray:
    n, c, h, w = x.shape
    parts = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 3, 5, 1, 2, 4)
    return parts.reshape(n, 4 * c, h // 2, w // 2)


def _to_space(x: np.ndarray) -> np.ndarray:
    n, c, h, w = x.shape
    parts = x.reshape(n, 2, 2, c // 4, h, w).transpose(0, 3, 4, 1, 5, 2)
    return parts.reshape(n, c // 4, 2 * h, 2 * w)


def _to_batch(x: np.ndarray, *_: np.ndarray) -> np.ndarray:
    n, c, h, w = x.shape
    parts = x.reshape(n, c, h // 2, 2, w).transpose(3, 0, 1, 2, 4)
    return parts.reshape(2 * n, c, h // 2, w)


def _from_batch(x: np.ndarray, *_: np.ndarray) -> np.ndarray:
    n, c, h, w = x.shape
    return x.reshape(2, n // 2, c, h, w).transpose(1, 2, 3, 0, 4).reshape(n // 2, c, 2 * h, w)


CASES.add("extensions.ops.depth_to_space.DepthToSpaceOp", IMAGE, _to_space, block_size=2)
CASES.add("extensions.ops.space_to_depth.SpaceToDepth", IMAGE, _to_depth, block_size=2)
_block = (fixed([1, 1, 2, 1]), fixed([0, 0, 0, 0]), fixed([0, 0, 0, 0]))
CASES.add("mo.ops.space_to_batch.SpaceToBatch", (IMAGE, *_block), _to_batch)
CASES.add("mo.ops.space_to_batch.BatchToSpace", (IMAGE, *_block), _from_batch)
