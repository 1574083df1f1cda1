"""Sparse tensors, segments, transcription of sequences."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import Each, Fixed, by_hand, composed, op, ops
from tests.models.nodes import numbers

R = tf.raw_ops
PLACES = np.array([[0, 1], [2, 3]], np.int64)
TABLE = numbers(6, 3)
BAGS = np.array([0, 5, 3, 3, 1], np.int32)

op(
    "SparseToDense",
    sparse_indices=PLACES,
    output_shape=[3, 4],
    sparse_values=Each(numbers(2), 2.0),
    default_value=0.5,
)
op(
    "SparseToDense",
    sparse_indices=np.array([1, 4], np.int32),
    output_shape=[6],
    sparse_values=numbers(2),
    default_value=0.0,
)
op(
    "SparseToDense",
    sparse_indices=np.array(3, np.int32),
    output_shape=[6],
    sparse_values=1.0,
    default_value=0.0,
)
composed(
    "SparseToDense",
    "of a sparse tensor",
    lambda i, v: tf.sparse.to_dense(tf.SparseTensor(i, v, [3, 4]), -1.0),
    PLACES,
    numbers(2),
)
op(
    "SparseTensorDenseAdd",
    a_indices=PLACES,
    a_values=numbers(2),
    a_shape=Fixed(np.array([3, 4])),
    b=numbers(3, 4),
)
for adjoint_a in (False, True):
    for adjoint_b in (False, True):
        rows, inner = (4, 3) if adjoint_a else (3, 4)
        dense = numbers(5, inner) if adjoint_b else numbers(inner, 5)
        op(
            "SparseTensorDenseMatMul",
            a_indices=PLACES,
            a_values=numbers(2),
            a_shape=Fixed(np.array([3, 4])),
            b=dense,
            adjoint_a=adjoint_a,
            adjoint_b=adjoint_b,
        )
for before, after in (
    ([3, 4], [2, 6]),
    ([3, 4], [-1]),
    ([3, 4], [4, -1]),
    ([3, 4], [3, 4]),
    ([3, 4], [2, 3, -1]),
):
    op(
        "SparseReshape",
        input_indices=PLACES,
        input_shape=Fixed(np.array(before)),
        new_shape=Fixed(np.array(after)),
    )
op(
    "SparseReshape",
    "computed shapes",
    input_indices=PLACES,
    input_shape=np.array([3, 4]),
    new_shape=np.array([-1, 2]),
)
UNSORTED = np.array([[3, 0], [1, 1], [1, 0], [4, 2]])
for places in (
    np.array([[1, 0], [1, 2], [3, 1]]),
    UNSORTED[:1],
    np.array([[0, 0], [1, 0], [2, 0], [3, 0], [4, 0]]),
):
    op(
        "SparseFillEmptyRows",
        f"places {places.tolist()}",
        indices=places,
        values=numbers(len(places)),
        dense_shape=Fixed(np.array([5, 3])),
        default_value=-1.0,
    )
op(
    "SparseFillEmptyRows",
    "of whole numbers",
    indices=np.array([[1, 0], [1, 2]]),
    values=np.array([7, 8]),
    dense_shape=Fixed(np.array([4, 3])),
    default_value=0,
)

# ---- segments

IDS = np.array([0, 0, 2, 3], np.int32)
SCATTERED = np.array([2, 0, 2, -1], np.int32)
ops(
    "SegmentSum SegmentProd SegmentMax SegmentMin SegmentMean",
    data=Each(numbers(4, 3), numbers(4)),
    segment_ids=IDS,
)
ops("SegmentSum SegmentMax", data=numbers(4, 2, 3), segment_ids=IDS)
ops(
    "UnsortedSegmentSum UnsortedSegmentProd UnsortedSegmentMax UnsortedSegmentMin",
    data=Each(numbers(4, 3), numbers(4, 3, dtype=np.int32, high=9)),
    segment_ids=Each(IDS, SCATTERED, Fixed(SCATTERED)),
    num_segments=4,
)
op(
    "UnsortedSegmentSum",
    "ids of two axes",
    data=numbers(2, 2, 3),
    segment_ids=IDS.reshape(2, 2),
    num_segments=5,
)
ops(
    "SparseSegmentSum SparseSegmentMean SparseSegmentSqrtN",
    data=Each(TABLE, numbers(6), numbers(6, 2, 3)),
    indices=BAGS,
    segment_ids=np.array([0, 0, 0, 2, 2], np.int32),
)
ops(
    "SparseSegmentSum SparseSegmentMean SparseSegmentSqrtN",
    note="wide indices",
    data=Fixed(TABLE),
    indices=BAGS.astype(np.int64),
    segment_ids=np.array([0, 1, 1, 1, 3]),
)
ops(
    "SparseSegmentSumWithNumSegments SparseSegmentMeanWithNumSegments "
    "SparseSegmentSqrtNWithNumSegments",
    data=TABLE,
    indices=BAGS,
    segment_ids=np.array([0, 0, 0, 2, 2], np.int32),
    num_segments=5,
)


def _looked_up(combiner: str, weighted: bool) -> Any:
    def lookup(places: Any, ids: Any, weights: Any) -> Any:
        words = tf.SparseTensor(places, ids, [4, 3])
        shares = tf.SparseTensor(places, weights, [4, 3]) if weighted else None
        return tf.nn.safe_embedding_lookup_sparse(TABLE, words, shares, combiner)

    return lookup


for combiner in ("mean", "sum", "sqrtn"):
    for weighted in (False, True):
        composed(
            "SparseFillEmptyRows",
            f"embedding of words, {combiner}, {'weighted' if weighted else 'not weighted'}",
            _looked_up(combiner, weighted),
            np.array([[0, 0], [0, 1], [1, 0], [3, 0], [3, 1], [3, 2]]),
            np.array([1, 5, 0, 2, 2, 3]),
            numbers(6, low=0.5, high=2),
        )

# ---- transcription

LOGITS = numbers(7, 2, 5)
LENGTHS = np.array([7, 5], np.int32)
op(
    "CTCGreedyDecoder",
    inputs=LOGITS,
    sequence_length=LENGTHS,
    merge_repeated=Each(False, True),
    blank_index=Each(-1, 0, 2),
)
composed(
    "CTCGreedyDecoder",
    "to a dense tensor",
    lambda x, n: tf.sparse.to_dense(tf.nn.ctc_greedy_decoder(x, n)[0][0], -1),
    LOGITS,
    LENGTHS,
)
LABELS = {
    "labels_indices": np.array([[0, 0], [0, 1], [0, 2], [1, 0]]),
    "labels_values": np.array([1, 1, 3, 2], np.int32),
}
op(
    "CTCLoss",
    take=[0],
    inputs=LOGITS,
    **LABELS,
    sequence_length=LENGTHS,
    ctc_merge_repeated=Each(True, False),
    preprocess_collapse_repeated=Each(False, True),
)
composed(
    "CTCLossV2",
    "blank in front",
    lambda x, n: R.CTCLossV2(inputs=x, **LABELS, sequence_length=n)[0],
    LOGITS,
    LENGTHS,
    formula=lambda x, n: R.CTCLoss(
        inputs=tf.roll(x, -1, 2),
        labels_indices=LABELS["labels_indices"],
        labels_values=LABELS["labels_values"] - 1,
        sequence_length=n,
    )[0],
)
op(
    "CTCLoss",
    "longer labels",
    take=[0],
    inputs=LOGITS,
    **LABELS,
    sequence_length=LENGTHS,
    ignore_longer_outputs_than_inputs=True,
)


def _beams(
    steps: np.ndarray, parents: np.ndarray, lengths: np.ndarray, end: np.ndarray
) -> np.ndarray:
    """Each beam followed back from its last step; behind the first end token only such tokens."""
    times, batch, width = steps.shape
    beams = np.full_like(steps, end)
    for b in range(batch):
        for w in range(width):
            parent = w
            for t in reversed(range(min(times, int(lengths[b])))):
                beams[t, b, w] = steps[t, b, parent]
                parent = parents[t, b, parent]
            found = np.flatnonzero(beams[:, b, w] == end)
            if len(found):
                beams[found[0] :, b, w] = end
    return beams


for name in ("GatherTree", "Addons>GatherTree"):
    by_hand(
        name,
        "a node",
        _beams,
        np.array([[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]]], np.int32),
        np.array([[[0, 0, 0]], [[0, 1, 1]], [[2, 1, 2]]], np.int32),
        np.array([3], np.int32),
        np.array(10, np.int32),
        T=tf.int32,
    )

# ---- with dense tensors, and in order

MIXED = np.array([[2, 1], [0, 3], [2, 0], [1, 2]])
op("SparseReorder", input_indices=MIXED, input_values=numbers(4), input_shape=[3, 4])
composed(
    "SparseReorder",
    "transposed",
    lambda i, v: tf.sparse.to_dense(tf.sparse.transpose(tf.SparseTensor(i, v, [3, 4]))),
    np.array([[0, 3], [1, 2], [2, 0], [2, 1]]),
    numbers(4),
)
op(
    "SparseReduceSum",
    input_indices=MIXED,
    input_values=numbers(4),
    input_shape=[3, 4],
    reduction_axes=Each([0], [-1], [0, 1], Fixed(np.zeros(0, np.int32))),
    keep_dims=Each(True, False),
)
for name in ("SparseDenseCwiseAdd", "SparseDenseCwiseDiv", "SparseDenseCwiseMul"):
    for dense in (numbers(3, 4) + 2, numbers(4) + 2, numbers(3, 1) + 2):
        op(name, sp_indices=MIXED, sp_values=numbers(4), sp_shape=[3, 4], dense=dense)
