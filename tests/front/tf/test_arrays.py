"""Shapes, slices, movement, lookups, scattering, reductions, products, selection."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("tensorflow")
pytest.importorskip("openvino")

import tensorflow as tf

from tests.front.tf.running import agree
from tests.models.nodes import numbers

R = tf.raw_ops
X = numbers(2, 3, 4)
WHOLE = numbers(3, 4, dtype=np.int32, low=0, high=9)


def test_shapes() -> None:
    agree(
        lambda x: [
            tf.shape(x),
            tf.shape(x, tf.int64),
            tf.size(x),
            tf.rank(x),
            *R.ShapeN(input=[x, x[0]]),
        ],
        X,
    )


def test_new_shapes() -> None:
    agree(
        lambda x: [
            tf.reshape(x, [6, 4]),
            tf.reshape(x, [-1, 2]),
            tf.reshape(x, tf.stack([tf.shape(x)[0], -1])),
            tf.expand_dims(x, 1),
            tf.expand_dims(x, -1),
            tf.squeeze(x[:1], 0),
            tf.tile(x, [1, 2, 3]),
            tf.broadcast_to(x, [5, 2, 3, 4]),
            tf.fill(tf.shape(x), 2.5),
            tf.zeros_like(x),
        ],
        X,
    )
    agree(lambda x: tf.squeeze(x), numbers(1, 3, 1), dynamic=False)


def test_shapes_broadcast_together() -> None:
    a, b = np.array([2, 1, 4], np.int32), np.array([3, 1], np.int32)
    agree(lambda a, b: R.BroadcastArgs(s0=a, s1=b), a, b, dynamic=False)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_packing(axis: int) -> None:
    agree(lambda x, y: tf.stack([x, y], axis), X, X + 1)
    agree(lambda x: tf.unstack(x, axis=axis, num=X.shape[axis]), X)
    agree(lambda x, y: tf.concat([x, y, x], axis), X, X + 1)
    agree(lambda x, y: R.Concat(concat_dim=axis % 3, values=[x, y]), X, X + 1)


@pytest.mark.parametrize(
    "part",
    [
        np.s_[1],
        np.s_[:, 1:, ::2],
        np.s_[..., -1],
        np.s_[:, tf.newaxis, 0],
        np.s_[1:, ..., :-1],
        np.s_[::-1, :, ::-2],
        np.s_[..., tf.newaxis],
        np.s_[0:1, -2:, 5:],
        np.s_[-1, ..., tf.newaxis, 1:3],
    ],
    ids=str,
)
def test_slices_with_masks(part: Any) -> None:
    agree(lambda x: x[part], X)


def test_slices_with_computed_limits() -> None:
    agree(lambda x, n: x[:, n:, : n + 1], X, np.array(1, np.int32))
    agree(lambda x, b: tf.slice(x, b, [1, 2, -1]), X, np.array([1, 0, 1], np.int32))


def test_slices_by_begin_and_size() -> None:
    agree(lambda x: [tf.slice(x, [0, 1, 0], [2, -1, 3]), tf.slice(x, [1, 0, 2], [1, 3, -1])], X)


def test_splits() -> None:
    agree(
        lambda x: [
            *tf.split(x, 2, 0),
            *tf.split(x, [1, 2], 1),
            *tf.split(x, [1, -1, 2], 2),
        ],
        X,
    )


def test_movement() -> None:
    agree(
        lambda x: [
            tf.transpose(x),
            tf.transpose(x, [0, 2, 1]),
            tf.reverse(x, [1]),
            tf.reverse(x, [0, -1]),
            R.Reverse(tensor=x, dims=[True, False, True]),
            tf.roll(x, [1, -2], [0, 2]),
            tf.reverse_sequence(x, [1, 3], seq_axis=1, batch_axis=0),
        ],
        X,
    )
    agree(lambda p: tf.math.invert_permutation(p), np.array([2, 0, 3, 1], np.int32))


def test_padding() -> None:
    pads = [[1, 0], [0, 2], [1, 1]]
    agree(
        lambda x: [
            tf.pad(x, pads),
            tf.pad(x, pads, constant_values=1.5),
            tf.pad(x, pads, "REFLECT"),
            tf.pad(x, pads, "SYMMETRIC"),
        ],
        X,
    )


def test_lookups() -> None:
    indices = np.array([[0, 2], [1, 1]], np.int32)
    agree(
        lambda x, i: [
            tf.gather(x, i, axis=1),
            tf.gather(x, i, axis=1, batch_dims=1),
            tf.gather(x, i[0], axis=-1),
            R.Gather(params=x[0], indices=i),
            tf.gather_nd(x, [[0, 1], [1, 2]]),
            tf.gather_nd(x, [[0, 1, 3], [1, 2, 0]]),
        ],
        X,
        indices,
    )


def test_scattering() -> None:
    places = np.array([[4], [1], [4]], np.int32)
    agree(
        lambda p, u: [
            tf.scatter_nd(p, u, [6, 2]),
            tf.tensor_scatter_nd_update(tf.ones([6, 2]), [[0], [5], [2]], u),
            tf.tensor_scatter_nd_add(tf.ones([6, 2]), p, u),
            tf.tensor_scatter_nd_sub(tf.ones([6, 2]), p, u),
            tf.tensor_scatter_nd_max(tf.zeros([6, 2]), p, u),
            tf.tensor_scatter_nd_min(tf.zeros([6, 2]), p, u),
        ],
        places,
        numbers(3, 2),
        dynamic=False,
    )
    agree(lambda u: tf.scatter_nd([[3], [1]], u, [5]), numbers(2))


def test_sparse_to_dense() -> None:
    agree(
        lambda i, v: R.SparseToDense(
            sparse_indices=i, output_shape=[3, 4], sparse_values=v, default_value=0.5
        ),
        np.array([[0, 1], [2, 3]], np.int64),
        numbers(2),
    )


@pytest.mark.parametrize("op", ["Sum", "Prod", "Max", "Min"])
def test_segments(op: str) -> None:
    ids = np.array([0, 0, 2, 3], np.int32)
    scattered = np.array([2, 0, 2, -1], np.int32)
    unsorted = getattr(R, f"UnsortedSegment{op}")
    agree(
        lambda x, i, j: [
            unsorted(data=x, segment_ids=i, num_segments=4),
            unsorted(data=x, segment_ids=j, num_segments=4),
        ],
        numbers(4, 3),
        ids,
        scattered,
    )
    if op in ("Sum", "Prod"):
        agree(lambda x, i: getattr(R, f"Segment{op}")(data=x, segment_ids=i), numbers(4, 3), ids)


def test_segment_means() -> None:
    agree(lambda x, i: tf.math.segment_mean(x, i), numbers(4, 3), np.array([0, 0, 2, 3], np.int32))


def test_stitching_and_partition() -> None:
    agree(lambda x, y: tf.dynamic_stitch([[0, 2], [1, 3, 4]], [x, y]), numbers(2, 4), numbers(3, 4))
    agree(
        lambda x, p: tf.dynamic_partition(x, p, 3),
        numbers(5, 2),
        np.array([2, 0, 2, 0, 0], np.int32),
    )


def test_flat_indices() -> None:
    agree(lambda i: tf.unravel_index(i, [3, 4, 5]), np.array([0, 7, 59], np.int32))


@pytest.mark.parametrize("op", ["sum", "mean", "max", "min", "prod", "euclidean_norm"])
@pytest.mark.parametrize("keep", [True, False])
def test_reductions(op: str, keep: bool) -> None:
    function = getattr(tf, f"reduce_{op}", None) or getattr(tf.math, f"reduce_{op}")
    agree(
        lambda x: [function(x, axis, keepdims=keep) for axis in (0, [1, 2], -1, [], None)],
        X,
    )


def test_logical_reductions() -> None:
    agree(lambda x: [tf.reduce_all(x > 0, 1), tf.reduce_any(x > 1, [0, 2], keepdims=True)], X)


def test_sums() -> None:
    agree(
        lambda x: [
            tf.nn.l2_loss(x),
            tf.cumsum(x, 1),
            tf.cumsum(x, -1, exclusive=True),
            tf.cumsum(x, 0, reverse=True),
            tf.reduce_logsumexp(x, 1),
        ],
        X,
    )


def test_products() -> None:
    a, b = numbers(2, 3, 4), numbers(2, 4, 5)
    agree(
        lambda a, b: [
            tf.matmul(a[0], b[0]),
            tf.matmul(a[0], b[0], transpose_a=False, transpose_b=False),
            tf.matmul(a[0], a[1], transpose_b=True),
            tf.matmul(a[0], a[1], transpose_a=True),
            tf.matmul(a, b),
            R.BatchMatMul(x=a, y=a, adj_y=True),
            R.BatchMatMulV2(x=a, y=b[:1]),
            R.BatchMatMulV3(x=a, y=b, Tout=tf.float32),
            tf.einsum("bij,bjk->bik", a, b),
            tf.einsum("bij,bkj->bik", a, a),
            tf.tensordot(a, b[0], 1),
        ],
        a,
        b,
    )


def test_inverses() -> None:
    agree(lambda x: tf.linalg.inv(x), numbers(2, 3, 3) + 3 * np.eye(3, dtype=np.float32))


def test_extremes() -> None:
    x = np.array([[1, 5, 5, 2], [7, 0, -1, 7]], np.float32)
    agree(
        lambda x: [
            tf.argmax(x, 1),
            tf.argmin(x, 1),
            tf.argmax(x, 0, tf.int32),
            *tf.math.top_k(x, 3),
        ],
        x,
    )


def test_sets() -> None:
    x = np.array([3, 1, 3, 2, 1], np.int32)
    agree(
        lambda x, y: [
            *tf.unique(x),
            *tf.unique_with_counts(x),
            *R.ListDiff(x=x, y=y),
            tf.where(x > 1),
        ],
        x,
        np.array([1, 9], np.int32),
    )


def test_buckets() -> None:
    agree(
        lambda x: R.Bucketize(input=x, boundaries=[0.0, 1.0, 2.5]),
        np.array([-1, 0, 0.5, 1, 2.5, 3], np.float32),
    )


def test_made_of_numbers() -> None:
    agree(
        lambda n: [
            tf.range(n),
            tf.range(1, 3 * n, 2),
            tf.one_hot([0, 2, 5], 3),
            tf.one_hot([1, 0], 3, 5.0, -1.0, axis=0),
            tf.linspace(0.5, 2.5, 5),
        ],
        np.array(4, np.int32),
    )


def test_bands_and_diagonals() -> None:
    agree(
        lambda x: [
            tf.linalg.band_part(x, 0, -1),
            tf.linalg.band_part(x, -1, 0),
            tf.linalg.band_part(x, 1, 1),
            tf.linalg.diag(x[0]),
            R.MatrixDiag(diagonal=x[0]),
        ],
        X,
        dynamic=False,
    )
    agree(lambda x: tf.linalg.band_part(x, 1, 0), X)


def test_counts() -> None:
    agree(
        lambda x: tf.raw_ops.Bincount(arr=x, size=5, weights=tf.constant([], tf.float32)),
        np.array([1, 1, 3], np.int32),
    )


BOXES = np.array(
    [[0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, -0.1, 1, 0.9], [0, 10, 1, 11], [0, 10.1, 1, 11.1]],
    np.float32,
)
SCORES = np.array([0.9, 0.75, 0.6, 0.95, 0.5], np.float32)


def test_suppression() -> None:
    common = {"max_output_size": 4, "iou_threshold": 0.5}
    agree(
        lambda b, s: [
            R.NonMaxSuppression(boxes=b, scores=s, max_output_size=3, iou_threshold=0.5),
            R.NonMaxSuppressionV2(boxes=b, scores=s, **common),
            R.NonMaxSuppressionV3(boxes=b, scores=s, score_threshold=0.55, **common),
        ],
        BOXES,
        SCORES,
    )


@pytest.mark.parametrize("pad", [True, False])
def test_suppression_with_counts(pad: bool) -> None:
    common = {
        "max_output_size": 4,
        "iou_threshold": 0.5,
        "score_threshold": 0.1,
        "pad_to_max_output_size": pad,
    }
    agree(lambda b, s: R.NonMaxSuppressionV4(boxes=b, scores=s, **common), BOXES, SCORES)
    agree(
        lambda b, s: R.NonMaxSuppressionV5(boxes=b, scores=s, soft_nms_sigma=0.0, **common),
        BOXES,
        SCORES,
    )


@pytest.mark.parametrize("narrow", [True, False])
@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (0.3, 2.0), (-3.0, -0.5), (-0.013, 6.1)])
def test_fake_quantization(low: float, high: float, narrow: bool) -> None:
    agree(
        lambda x: [
            tf.quantization.fake_quant_with_min_max_vars(x, low, high, 8, narrow),
            tf.quantization.fake_quant_with_min_max_args(x, low, high, 4, narrow),
            tf.quantization.fake_quant_with_min_max_vars_per_channel(
                x, [low, low * 2, low - 1, low], [high, high * 2, high, high + 1], 8, narrow
            ),
        ],
        X,
    )


def test_fake_quantization_of_images_by_channel() -> None:
    """In the layout of the convolutions around, where channels come second."""
    low, high = [-1.0, -2.0, -2.0, -0.5], [1.0, 2.0, 1.0, 2.0]
    function = tf.quantization.fake_quant_with_min_max_vars_per_channel
    for x in (numbers(2, 3, 5, 4), numbers(3, 4)):
        agree(lambda x: [function(x, low, high), function(x, low, high, 8, True)], x)


def test_dequantization() -> None:
    x = np.array([0, 1, 128, 255], np.uint8)
    agree(
        lambda x: [
            tf.quantization.dequantize(tf.bitcast(x, tf.quint8), -1.0, 2.0, mode)
            for mode in ("MIN_COMBINED", "MIN_FIRST", "SCALED")
        ],
        x,
        dynamic=False,
    )
