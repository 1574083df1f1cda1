"""Ragged tensors made dense."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import composed
from tests.models.nodes import numbers

R = tf.RaggedTensor
SPLITS = np.array([0, 2, 2, 6])
for note, made, places in (
    ("splits", lambda v, p: R.from_row_splits(v, p, False), SPLITS),
    ("lengths", lambda v, p: R.from_row_lengths(v, p, False), np.array([2, 0, 4])),
    ("numbers", lambda v, p: R.from_value_rowids(v, p, 4, False), np.array([0, 0, 1, 1, 1, 3])),
):
    for inner in ((), (2,), (2, 3)):
        composed(
            "RaggedTensorToTensor",
            f"by {note}, values of {list(inner)}",
            lambda v, p, made=made: made(v, p).to_tensor(),
            numbers(6, *inner),
            places,
        )
for width in (3, 5):
    composed(
        "RaggedTensorToTensor",
        f"to {width} columns, default 7",
        lambda v, p, width=width: R.from_row_splits(v, p, False).to_tensor(
            7.0, shape=[None, width]
        ),
        numbers(6),
        SPLITS,
    )
composed(
    "RaggedTensorToTensor",
    "to 4 rows",
    lambda v, p: R.from_row_splits(v, p, False).to_tensor(shape=[4, None]),
    numbers(6),
    SPLITS,
)
composed(
    "RaggedTensorToTensor",
    "two ragged dimensions",
    lambda v, p: R.from_nested_row_splits(v, [tf.constant([0, 1, 3]), p], False).to_tensor(),
    numbers(6),
    SPLITS.astype(np.int32),
)
