"""Sorting, extremes, sets, and the choice among boxes."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import Each, Fixed, by_hand, op, ops
from tests.models.nodes import numbers

X = np.array([[1, 5, 5, 2], [7, 0, -1, 7]], np.float32)
WHOLE = np.array([3, 1, 3, 2, 1], np.int32)
KINDS = Each(tf.int32, tf.int64)

for count in (1, 3):
    by_hand("TopK", f"k={count}", lambda x, k=count: tf.math.top_k(x, k), X, outputs=2, k=count)
op("TopKV2", input=Each(X, X[0], X.astype(np.int32)), k=Each(1, 3))
op("TopKV2", input=X, k=np.array(2, np.int32), index_type=KINDS)
op("TopKV2", "unsorted", take=[0], input=X[:1], k=4, sorted=True)
ops("ArgMax ArgMin", input=X, dimension=Each(0, 1, -1), output_type=KINDS)
ops("ArgMax ArgMin", input=X.astype(np.int32), dimension=1)
op("Where", condition=Each(X > 1, X, X.astype(np.int32), X[0] > 1))
op(
    "Bucketize",
    input=Each(np.array([-1, 0, 0.5, 1, 2.5, 3], np.float32), WHOLE, X),
    boundaries=[0.0, 1.0, 2.5],
)
op("Bucketize", input=WHOLE, boundaries=[])
op("Unique", x=Each(WHOLE, X[0], WHOLE.astype(np.int64)), out_idx=KINDS)
op("UniqueV2", x=WHOLE, axis=Each([0], Fixed(np.zeros(0, np.int32))))
op("UniqueV2", x=np.array([[1, 2], [1, 2], [0, 1]], np.int32), axis=[0])
op("UniqueWithCounts", x=Each(WHOLE, X[0]), out_idx=KINDS)
op("UniqueWithCountsV2", x=WHOLE, axis=[0])
op("ListDiff", x=WHOLE, y=np.array([1, 9], np.int32), out_idx=KINDS)
op("ListDiff", x=WHOLE.astype(np.float32), y=np.array([3], np.float32))

BOXES = np.array(
    [[0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, -0.1, 1, 0.9], [0, 10, 1, 11], [0, 10.1, 1, 11.1]],
    np.float32,
)
SCORES = np.array([0.9, 0.75, 0.6, 0.95, 0.5], np.float32)
SEEN = {"boxes": BOXES, "scores": SCORES}
op("NonMaxSuppression", **SEEN, max_output_size=Each(1, 3, 9), iou_threshold=Each(0.5, 0.9))
op("NonMaxSuppressionV2", **SEEN, max_output_size=4, iou_threshold=Each(0.5, 0.0, 1.0))
op(
    "NonMaxSuppressionV3",
    **SEEN,
    max_output_size=4,
    iou_threshold=0.5,
    score_threshold=Each(0.55, 2.0, -np.inf),
)
for name in ("NonMaxSuppressionV4", "NonMaxSuppressionV5"):
    soft = {"soft_nms_sigma": Each(0.0, 0.5)} if name.endswith("5") else {}
    op(
        name,
        **SEEN,
        max_output_size=4,
        iou_threshold=0.5,
        score_threshold=Each(0.1, 0.8),
        pad_to_max_output_size=Each(False, True),
        **soft,
    )
_MANY = np.stack([BOXES, BOXES[::-1]])[:, :, None]
_EACH = np.stack([numbers(5, 3, low=0, high=1), numbers(5, 3, low=0, high=1)[::-1]])
_BY_CLASS = np.concatenate([_MANY, _MANY + np.float32([0, 0, 0.5, 0]), _MANY * 0.5], 2)
op(
    "CombinedNonMaxSuppression",
    closed=(2,),
    boxes=Each(_MANY / 12, _BY_CLASS / 12),
    scores=_EACH,
    max_output_size_per_class=Each(2, 5),
    max_total_size=Each(4, 20),
    iou_threshold=0.5,
    score_threshold=0.2,
    pad_per_class=Each(False, True),
    clip_boxes=True,
)
op(
    "CombinedNonMaxSuppression",
    "not clipped",
    closed=(2,),
    boxes=_MANY,
    scores=_EACH,
    max_output_size_per_class=3,
    max_total_size=6,
    iou_threshold=0.5,
    score_threshold=0.3,
    clip_boxes=False,
)

# ---- search in order

ORDERED = np.float32([[-1, 0, 0, 2, 2, 5], [1, 1, 1, 1, 1, 1]])
SOUGHT = np.float32([[0, 2, 6, -3], [1, 0.5, 2, 1]])
for name in ("LowerBound", "UpperBound"):
    op(name, sorted_inputs=ORDERED, values=SOUGHT, out_type=Each(tf.int32, tf.int64))
    op(name, sorted_inputs=ORDERED.astype(np.int32), values=SOUGHT.astype(np.int32))
