"""Poolings, normalisations, blocks of images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import Each, Fixed, by_hand, composed, op, ops
from tests.conformance.tf_variants.convolutions import (
    FIRST,
    IMAGE,
    PADDINGS,
    VOLUME,
    VOLUME_FIRST,
    channels_first,
)
from tests.models.nodes import numbers

R = tf.raw_ops

# ---- pooling

for size, step in ((2, 2), (3, 2), (3, 1)):
    window = {"ksize": [1, size, size, 1], "strides": [1, step, step, 1]}
    op("MaxPool", input=IMAGE, padding=PADDINGS, **window)
    op("AvgPool", value=IMAGE, padding=PADDINGS, **window)
    op("MaxPoolV2", input=IMAGE, padding=PADDINGS, **window)
op(
    "MaxPool",
    input=IMAGE,
    ksize=[1, 3, 2, 1],
    strides=[1, 1, 2, 1],
    padding="EXPLICIT",
    explicit_paddings=[0, 0, 1, 1, 0, 1, 0, 0],
)
op(
    "MaxPool",
    "over channels",
    input=IMAGE,
    ksize=[1, 1, 1, 2],
    strides=[1, 1, 1, 2],
    padding="VALID",
)
for padding in ("SAME", "VALID"):
    window = {"ksize": [1, 3, 2, 1], "strides": [1, 2, 2, 1], "padding": padding}
    channels_first("MaxPool", FIRST, **window)
    channels_first("AvgPool", FIRST, "value", **window)
    channels_first("MaxPoolV2", FIRST, **window)
solid_window = {"ksize": [1, 2, 3, 2, 1], "strides": Each([1, 2, 2, 2, 1], [1] * 5)}
ops("MaxPool3D AvgPool3D", input=VOLUME, padding=PADDINGS, **solid_window)
for name in ("MaxPool3D", "AvgPool3D"):
    channels_first(
        name, VOLUME_FIRST, ksize=[1, 2, 2, 2, 1], strides=[1, 2, 2, 2, 1], padding="SAME"
    )
POOLED = {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1]}
op("MaxPoolWithArgmax", "one channel", input=numbers(2, 6, 8, 1), padding=PADDINGS, **POOLED)
op(
    "MaxPoolWithArgmax",
    "channels",
    input=numbers(2, 6, 8, 3),
    padding=PADDINGS,
    include_batch_in_index=Each(False, True),
    Targmax=Each(tf.int32, tf.int64),
    **POOLED,
)
op("MaxPoolWithArgmax", "maxima only", take=[0], input=IMAGE, padding=PADDINGS, **POOLED)

by_hand(
    "AvgPoolV2",
    "a node",
    lambda x: tf.nn.avg_pool2d(x, 2, 2, "SAME"),
    IMAGE,
    Fixed(np.array([1, 2, 2, 1], np.int32)),
    Fixed(np.array([1, 2, 2, 1], np.int32)),
    padding=b"SAME",
)

# ---- normalisation


def _normalization(op_name: str, is_training: bool) -> Callable[[Any], Any]:
    parts = {name: numbers(4, low=0.5) + i for i, name in enumerate(["scale", "offset", "mean"])}
    parts["variance"] = numbers(4, low=0.1)
    if is_training:
        parts["mean"] = parts["variance"] = np.zeros(0, np.float32)
    return lambda x: getattr(R, op_name)(x=x, is_training=is_training, epsilon=1e-3, **parts)[0]


for version in ("", "V2", "V3"):
    for training in (False, True):
        note = f"is_training={training}"
        composed(
            f"FusedBatchNorm{version}",
            note,
            _normalization(f"FusedBatchNorm{version}", training),
            IMAGE,
        )
channels_first(
    "FusedBatchNormV3",
    FIRST,
    "x",
    is_training=False,
    **{name: numbers(4, low=0.5) for name in ("scale", "offset", "mean", "variance")},
)
composed(
    "FusedBatchNormV3",
    "is_training=True, with its statistics",
    lambda x: R.FusedBatchNormV3(
        x=x,
        scale=np.ones(4, "f"),
        offset=np.ones(4, "f"),
        mean=np.zeros(0, "f"),
        variance=np.zeros(0, "f"),
        is_training=True,
    )[:3],
    IMAGE,
)
composed(
    "FusedBatchNormV3",
    "volumes",
    lambda x: R.FusedBatchNormV3(
        x=x,
        is_training=False,
        data_format="NDHWC",
        **{name: numbers(2, low=0.5) for name in ("scale", "offset", "mean", "variance")},
    )[0],
    VOLUME,
)
op("LRN", input=IMAGE, depth_radius=Each(1, 2, 5), bias=1.5, alpha=0.3, beta=0.75)
op("LRN", "as it is by default", input=IMAGE)

# ---- blocks

for block in (2, 3):
    op("DepthToSpace", input=numbers(2, 3, 4, 2 * block * block), block_size=block)
    op("SpaceToDepth", input=numbers(2, 6, 12, 3), block_size=block)
composed(
    "DepthToSpace",
    "NCHW",
    lambda x: R.DepthToSpace(input=x, block_size=2, data_format="NCHW"),
    numbers(2, 8, 3, 4),
    formula=lambda x: tf.transpose(
        tf.nn.depth_to_space(tf.transpose(x, [0, 2, 3, 1]), 2), [0, 3, 1, 2]
    ),
)
composed(
    "SpaceToDepth",
    "NCHW",
    lambda x: R.SpaceToDepth(input=x, block_size=2, data_format="NCHW"),
    numbers(2, 3, 4, 6),
    formula=lambda x: tf.transpose(
        tf.nn.space_to_depth(tf.transpose(x, [0, 2, 3, 1]), 2), [0, 3, 1, 2]
    ),
)
