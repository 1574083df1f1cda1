"""Shapes, slices, movement, lookups, scattering, tensors made of numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import Each, Fixed, by_hand, composed, op, ops
from tests.models.nodes import numbers

X = numbers(2, 3, 4)
IMAGE = numbers(2, 6, 4, 3)
COUNT = np.array(4, np.int32)
KINDS = Each(tf.int32, tf.int64)

# ---- shapes

ops("Shape Size", input=Each(X, np.float32(1)), out_type=KINDS)
op("ShapeN", input=[X, X[0]], out_type=KINDS)
op("Rank", input=Each(X, np.float32(1)))
op("Reshape", tensor=X, shape=Each([6, 4], [-1, 2], [24], [2, -1, 2, 2]))
op("Reshape", tensor=X, shape=Fixed(np.array([4, -1], np.int64)))
composed("Reshape", "to computed sizes", lambda x: tf.reshape(x, tf.stack([tf.shape(x)[0], -1])), X)
op("ExpandDims", input=X, axis=Each(0, 1, -1, -4))
op("Squeeze", input=numbers(1, 3, 1), axis=Each([], [0], [-1], [0, 2]))
op("Tile", input=X, multiples=Each([1, 2, 3], [2, 1, 1]))
composed(
    "Tile", "computed", lambda x, n: tf.tile(x, n), X, np.array([1, 2, 1], np.int32), closed=(0,)
)
op("BroadcastTo", input=X, shape=Each([5, 2, 3, 4], [2, 3, 4]))
op("BroadcastArgs", s0=np.array([2, 1, 4], np.int32), s1=np.array([3, 1], np.int32))
op("BroadcastArgs", note="constant", s0=[2, 1, 4], s1=np.array([1, 5, 1], np.int32))
op("Fill", closed=(0,), dims=np.array([2, 3], np.int32), value=Each(2.5, 3))
composed("Fill", "of a computed shape", lambda x: tf.fill(tf.shape(x), 2.5), X)
op("Pack", note="two", values=[X, X + 1], axis=Each(0, 1, -1, 3))
op("Pack", note="numbers", values=[np.float32(1), np.float32(2)], axis=0)
for axis in (0, 1, -1):
    op("Unpack", value=X, num=X.shape[axis], axis=axis)
    op("ConcatV2", note="two", values=[X, X + 1], axis=axis)
for axis in (0, 1, 2):
    op("Concat", note="three", concat_dim=axis, values=[X, X + 1, X])
op("ConcatV2", note="with an empty list", values=[Fixed(np.zeros(0, "f")), X[0, 0]], axis=0)

# ---- slices


def _part(part: Any) -> Callable[[Any], Any]:
    return lambda x: x[part]


PARTS: list[Any] = [
    np.s_[1],
    np.s_[:, 1:, ::2],
    np.s_[..., -1],
    np.s_[:, tf.newaxis, 0],
    np.s_[1:, ..., :-1],
    np.s_[::-1, :, ::-2],
    np.s_[..., tf.newaxis],
    np.s_[0:1, -2:, 5:],
    np.s_[-1, ..., tf.newaxis, 1:3],
    np.s_[tf.newaxis, ..., 0, tf.newaxis],
    np.s_[:, -1:0:-1],
]
for part in PARTS:
    composed("StridedSlice", str(part).replace("slice", ""), _part(part), X)
composed("StridedSlice", "computed", lambda x, n: x[:, n:, : n + 1], X, np.array(1, np.int32))
composed("StridedSlice", "computed place", lambda x, n: x[:, n], X, np.array(1, np.int32))
op("Slice", input=X, begin=Each([0, 1, 0], [1, 0, 2]), size=Each([1, -1, 2], [1, 2, -1]))
op("Slice", input=X, begin=np.array([1, 0, 1], np.int32), size=[1, 2, -1])
op("Slice", input=X, begin=np.array([1, 0, 1], np.int32), size=np.array([1, 2, -1], np.int32))
composed("Slice", "up to sizes", lambda x: tf.slice(x, [0, 1, 0], [tf.shape(x)[0], 1, -1]), X)
composed(
    "Slice",
    "one less",
    lambda x: tf.slice(x, [0, 1, 0], [tf.shape(x)[0], tf.shape(x)[1] - 1, -1]),
    X,
)
composed("Slice", "from a size", lambda x: tf.slice(x, [0, tf.shape(x)[0], 0], [-1, 1, 2]), X)
op("Split", axis=Each(1, -2), value=X, num_split=Each(1, 3))
op("SplitV", value=X, size_splits=Each([1, 3], [2, -1]), axis=2, num_split=2)
op("SplitV", value=X, size_splits=Each([1, 2]), axis=-2, num_split=2)

# ---- movement

op("Transpose", x=X, perm=Each([2, 1, 0], [0, 2, 1], [1, 2, 0]))
op("ConjugateTranspose", x=X, perm=[2, 0, 1])
op("InvertPermutation", x=Each(np.array([2, 0, 3, 1], np.int32), np.array([1, 0], np.int64)))
op("ReverseV2", tensor=X, axis=Each([1], [0, -1], []))
op("Reverse", tensor=X, dims=Each([True, False, True], [False] * 3))
op("ReverseSequence", input=X, seq_lengths=[1, 3], seq_dim=1, batch_dim=0)
op("ReverseSequence", input=X, seq_lengths=np.array([2, 1, 1, 2], np.int64), seq_dim=0, batch_dim=2)
op("Roll", input=X, shift=Each([1, -2], [5, 3]), axis=[0, 2])
op("Roll", input=X, shift=-1, axis=1)
PADS = [[0, 0], [1, 2], [0, 3]]
op("Pad", input=X, paddings=Each(PADS, Fixed(np.array(PADS, np.int64))))
op("Pad", note="computed", input=X, paddings=np.array(PADS, np.int32))
op("PadV2", input=X, paddings=Fixed(PADS), constant_values=1.5)
op(
    "MirrorPad",
    input=X,
    paddings=Fixed([[0, 1], [1, 1], [2, 0]]),
    mode=Each("REFLECT", "SYMMETRIC"),
)
op("SpaceToBatchND", input=IMAGE, block_shape=[2, 3], paddings=Fixed([[1, 1], [0, 2]]))
op("SpaceToBatchND", input=numbers(2, 5, 3), block_shape=[2], paddings=Fixed([[1, 0]]))
op("BatchToSpaceND", input=numbers(12, 4, 5, 3), block_shape=[2, 3], crops=Fixed([[1, 0], [0, 2]]))
op("BatchToSpaceND", input=numbers(4, 5, 3), block_shape=[2], crops=Fixed([[0, 1]]))
op("SpaceToBatch", input=IMAGE, paddings=Fixed([[1, 1], [0, 0]]), block_size=2)
op("BatchToSpace", input=numbers(8, 3, 4, 2), crops=Fixed([[1, 0], [0, 1]]), block_size=2)

# ---- lookups

op("Gather", params=X, indices=Each(np.array([1, 0, 1], np.int32), np.array([[1]], np.int64)))
op("GatherV2", params=X, indices=np.array([[1, 0], [1, 1]], np.int32), axis=Each(0, 1, -1))
op(
    "GatherV2",
    params=X,
    indices=np.array([[1, 0], [2, 1]], np.int32),
    axis=1,
    batch_dims=Each(1, -1),
)
op("GatherV2", params=X, indices=np.array(1, np.int32), axis=1)
op("GatherNd", closed=(1,), params=X, indices=np.array([[1], [0]]))
op("GatherNd", closed=(1,), params=X, indices=np.array([[1, 2, 3], [0, 0, 0]], np.int32))
op("GatherNd", closed=(2,), params=X, indices=np.array([[[1, 2]], [[0, 0]]]))
op("GatherNd", note="no indices", params=X, indices=Fixed(np.zeros((2, 0), np.int32)))

# ---- scattering

PLACES, ROWS = np.array([[4], [1], [4]], np.int32), numbers(3, 2)
op("ScatterNd", indices=PLACES, updates=ROWS, shape=[6, 2])
op("ScatterNd", note="constant", indices=Fixed([[3], [1]]), updates=numbers(2), shape=[5])
op(
    "ScatterNd",
    indices=np.array([[0, 1], [2, 1]]),
    updates=numbers(2),
    shape=Fixed(np.array([3, 2])),
)
ops(
    "TensorScatterAdd TensorScatterSub TensorScatterMax TensorScatterMin",
    tensor=numbers(6, 2),
    indices=PLACES,
    updates=ROWS,
)
op(
    "TensorScatterUpdate",
    tensor=numbers(6, 2),
    indices=np.array([[0], [5], [2]], np.int32),
    updates=ROWS,
)
ops(
    "DynamicStitch ParallelDynamicStitch",
    indices=[[0, 2], [1, 3, 4]],
    data=[numbers(2, 4), numbers(3, 4)],
)
op("DynamicStitch", note="one number", indices=[1, [0, 2]], data=[numbers(4), numbers(2, 4)])
op(
    "DynamicPartition",
    data=numbers(5, 2),
    partitions=np.array([2, 0, 2, 0, 0], np.int32),
    num_partitions=3,
)
op(
    "DynamicPartition",
    data=numbers(2, 3),
    partitions=np.array([[1, 0, 0], [1, 1, 0]], np.int32),
    num_partitions=2,
)
op(
    "UnravelIndex",
    indices=Each(np.array([0, 7, 59], np.int32), np.array(17, np.int32)),
    dims=[3, 4, 5],
)

# ---- made of numbers

op("Range", start=0, limit=COUNT, delta=1)
op("Range", start=1, limit=12, delta=Each(2, 5))
op("Range", start=COUNT, limit=-3, delta=-2)
op("Range", start=0.5, limit=np.array(3.0, np.float32), delta=0.75)
op("LinSpace", start=0.5, stop=np.array(2.5, np.float32), num=Each(5, 1))
op(
    "OneHot",
    indices=np.array([[0, 2], [5, -1]], np.int32),
    depth=3,
    on_value=5.0,
    off_value=-1.0,
    axis=Each(-1, 0, 1),
)
op("OneHot", indices=np.array([0, 2]), depth=3, on_value=1, off_value=0)
op("MatrixBandPart", input=X, num_lower=Each(0, 1, -1), num_upper=Each(0, 1, -1))
op("MatrixDiag", diagonal=Each(X, numbers(3)))
op("MatrixDiagPart", input=Each(numbers(2, 3, 3), X))
op("MatrixSetDiag", input=X, diagonal=numbers(2, 3))
op("Diag", diagonal=numbers(3))
op("DiagPart", input=numbers(3, 3))
for version in ("V2", "V3"):
    op(
        f"MatrixDiag{version}",
        closed=(1,),
        diagonal=X,
        k=0,
        num_rows=-1,
        num_cols=-1,
        padding_value=Each(0.0, 1.5),
    )
    op(
        f"MatrixDiag{version}",
        closed=(1,),
        diagonal=numbers(2, 3),
        k=Each(1, -2),
        num_rows=-1,
        num_cols=-1,
        padding_value=0.0,
    )
    for rows, columns in ((3, 5), (5, 3), (-1, 4)):
        op(
            f"MatrixDiag{version}",
            diagonal=numbers(2, 3),
            k=0,
            num_rows=rows,
            num_cols=columns,
            padding_value=7.0,
        )
    op(
        f"MatrixDiag{version}",
        closed=(1,),
        diagonal=numbers(2, 3, 4),
        k=[-1, 1],
        num_rows=-1,
        num_cols=-1,
        padding_value=0.5,
    )
    op(f"MatrixDiagPart{version}", input=numbers(2, 3, 4), k=Each(0, 1, -1), padding_value=0.0)
    op(f"MatrixDiagPart{version}", input=numbers(2, 3, 4), k=[-1, 2], padding_value=0.5)
    op(f"MatrixSetDiag{version}", input=numbers(2, 3, 4), diagonal=numbers(2, 3), k=Each(0, 1))
_ALIGNS = Each("RIGHT_LEFT", "LEFT_RIGHT", "LEFT_LEFT", "RIGHT_RIGHT")
op(
    "MatrixDiagV3",
    closed=(1,),
    diagonal=numbers(2, 3, 4),
    k=[-1, 1],
    num_rows=-1,
    num_cols=-1,
    padding_value=0.5,
    align=_ALIGNS,
)
op("MatrixDiagPartV3", input=numbers(2, 3, 4), k=[-1, 2], padding_value=0.5, align=_ALIGNS)
op(
    "MatrixSetDiagV3",
    closed=(1,),
    input=numbers(2, 4, 4),
    diagonal=numbers(2, 3, 4),
    k=[-1, 1],
    align=_ALIGNS,
)
op("Bincount", arr=np.array([1, 1, 3], np.int32), size=5, weights=Fixed(np.zeros(0, np.float32)))
op("Bincount", arr=np.array([1, 1, 3], np.int32), size=5, weights=numbers(3))
op("DenseBincount", input=np.array([1, 1, 3], np.int32), size=5, weights=Fixed(np.zeros(0, "f")))

# ---- former names

by_hand(
    "BatchMatrixBandPart",
    "a node",
    lambda x, *_: np.tril(x),
    X,
    Fixed(np.int64(-1)),
    Fixed(np.int64(0)),
)
by_hand("BatchMatrixDiag", "a node", tf.linalg.diag, X, T=tf.float32)
by_hand("BatchMatrixDiagPart", "a node", tf.linalg.diag_part, X, T=tf.float32)
by_hand("BatchMatrixSetDiag", "a node", tf.linalg.set_diag, X, numbers(2, 3), T=tf.float32)
