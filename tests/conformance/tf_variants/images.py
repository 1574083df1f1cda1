"""Convolutions, poolings, normalisations, resizing: all that works on images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import Each, Fixed, by_hand, composed, op, ops
from tests.models.nodes import numbers

R = tf.raw_ops
IMAGE = numbers(2, 7, 9, 4)
FIRST = np.ascontiguousarray(IMAGE.transpose(0, 3, 1, 2))
VOLUME = numbers(1, 5, 6, 7, 2)
VOLUME_FIRST = np.ascontiguousarray(VOLUME.transpose(0, 4, 1, 2, 3))
PADDINGS = Each("SAME", "VALID")
EXPLICIT = [0, 0, 1, 2, 0, 3, 0, 0]


def channels_first(operation: str, x: np.ndarray, input: str = "input", **arguments: Any) -> None:
    """TensorFlow's CPU kernels run channels last: a twin in that layout tells the numbers."""
    rank = x.ndim
    name = "NCHW" if rank == 4 else "NCDHW"
    lists = ("strides", "ksize", "dilations")
    first = dict(arguments)
    for key in lists:
        if key in arguments:
            spatial = arguments[key][1:-1]
            first[key] = [1, 1, *spatial]
    if "explicit_paddings" in arguments:
        pads = arguments["explicit_paddings"]
        first["explicit_paddings"] = [*pads[:2], *pads[-2:], *pads[2:-2]]

    def run(tensor: Any) -> Any:
        return _first(getattr(R, operation)(**{input: tensor, **first, "data_format": name}))

    def twin(tensor: Any) -> Any:
        last = tf.transpose(tensor, [0, *range(2, rank), 1])
        result = _first(getattr(R, operation)(**{input: last, **arguments}))
        return tf.transpose(result, [0, rank - 1, *range(1, rank - 1)])

    told = {k: v for k, v in first.items() if not isinstance(v, np.ndarray)}
    note = " ".join([name, *(f"{key}={value}" for key, value in told.items())])
    composed(operation, note, run, x, formula=twin)


def _first(result: Any) -> Any:
    return result[0] if isinstance(result, tuple) else result


# ---- convolutions

for kernel in ((1, 1), (3, 2), (5, 4)):
    w = Fixed(numbers(*kernel, 4, 5))
    steps = Each([1, 1, 1, 1], [1, 2, 2, 1], [1, 3, 2, 1])
    op("Conv2D", str(kernel), input=IMAGE, filter=w, strides=steps, padding=PADDINGS)
w = Fixed(numbers(3, 2, 4, 5))
op(
    "Conv2D",
    input=IMAGE,
    filter=w,
    strides=[1] * 4,
    padding=PADDINGS,
    dilations=Each([1, 2, 2, 1], [1, 1, 3, 1]),
)
op(
    "Conv2D",
    input=IMAGE,
    filter=w,
    strides=[1, 2, 1, 1],
    padding="EXPLICIT",
    explicit_paddings=EXPLICIT,
)
op(
    "Conv2D",
    input=IMAGE,
    filter=w,
    strides=[1] * 4,
    padding="EXPLICIT",
    explicit_paddings=EXPLICIT,
    dilations=[1, 2, 2, 1],
)
op(
    "Conv2D",
    "in groups",
    closed=(3,),
    input=IMAGE,
    filter=Fixed(numbers(3, 3, 2, 6)),
    strides=[1] * 4,
    padding=PADDINGS,
)
op(
    "Conv2D",
    "computed filter",
    input=IMAGE,
    filter=numbers(3, 3, 4, 5),
    strides=[1, 2, 2, 1],
    padding=PADDINGS,
)
for padding in ("SAME", "VALID"):
    channels_first("Conv2D", FIRST, filter=w.array, strides=[1, 2, 2, 1], padding=padding)
channels_first(
    "Conv2D", FIRST, filter=w.array, strides=[1] * 4, padding="VALID", dilations=[1, 2, 2, 1]
)
channels_first(
    "Conv2D", FIRST, filter=w.array, strides=[1] * 4, padding="EXPLICIT", explicit_paddings=EXPLICIT
)

for multiplier in (1, 3):
    deep = Fixed(numbers(3, 3, 4, multiplier))
    name = f"multiplier {multiplier}"
    op(
        "DepthwiseConv2dNative",
        name,
        input=IMAGE,
        filter=deep,
        strides=Each([1] * 4, [1, 2, 2, 1]),
        padding=PADDINGS,
    )
deep = Fixed(numbers(3, 2, 4, 2))
op(
    "DepthwiseConv2dNative",
    input=IMAGE,
    filter=deep,
    strides=[1] * 4,
    padding=PADDINGS,
    dilations=[1, 2, 2, 1],
)
op(
    "DepthwiseConv2dNative",
    input=IMAGE,
    filter=deep,
    strides=[1, 2, 2, 1],
    padding="EXPLICIT",
    explicit_paddings=EXPLICIT,
)
for padding in ("SAME", "VALID"):
    channels_first(
        "DepthwiseConv2dNative", FIRST, filter=deep.array, strides=[1, 2, 2, 1], padding=padding
    )

solid = Fixed(numbers(2, 3, 2, 2, 3))
op("Conv3D", input=VOLUME, filter=solid, strides=Each([1] * 5, [1, 1, 2, 2, 1]), padding=PADDINGS)
op(
    "Conv3D",
    input=VOLUME,
    filter=solid,
    strides=[1] * 5,
    padding=PADDINGS,
    dilations=[1, 2, 1, 2, 1],
)
for padding in ("SAME", "VALID"):
    channels_first(
        "Conv3D", VOLUME_FIRST, filter=solid.array, strides=[1, 1, 2, 1, 1], padding=padding
    )

# ---- transposed convolutions


def _length(size: int, stride: int, kernel: int, padding: str) -> int:
    return size * stride if padding == "SAME" else (size - 1) * stride + max(kernel, stride)


for padding in ("SAME", "VALID"):
    for stride in (1, 2, 3):
        for kernel_size in (2, 3):
            back = Fixed(numbers(kernel_size, kernel_size, 5, 4))
            height, width = (_length(n, stride, kernel_size, padding) for n in (7, 9))
            op(
                "Conv2DBackpropInput",
                f"kernel {kernel_size}",
                input_sizes=[2, height, width, 5],
                filter=back,
                out_backprop=IMAGE,
                strides=[1, stride, stride, 1],
                padding=padding,
            )
back = Fixed(numbers(3, 3, 5, 4))
op(
    "Conv2DBackpropInput",
    "an odd size",
    input_sizes=[2, 13, 17, 5],
    filter=back,
    out_backprop=IMAGE,
    strides=[1, 2, 2, 1],
    padding="SAME",
)
op(
    "Conv2DBackpropInput",
    "dilated",
    input_sizes=[2, 11, 13, 5],
    filter=back,
    out_backprop=IMAGE,
    strides=[1] * 4,
    padding="VALID",
    dilations=[1, 2, 2, 1],
)
op(
    "Conv2DBackpropInput",
    "explicit",
    input_sizes=[2, 14, 18, 5],
    filter=back,
    out_backprop=IMAGE,
    strides=[1, 2, 2, 1],
    padding="EXPLICIT",
    explicit_paddings=[0, 0, 1, 0, 0, 1, 0, 0],
)


def _as_keras(x: Any) -> Any:
    sizes = tf.shape(x)
    target = tf.stack([sizes[0], sizes[1] * 2, sizes[2] * 2, 5])
    return tf.nn.conv2d_transpose(x, back.array, target, 2, "SAME")


composed("Conv2DBackpropInput", "of a computed size", _as_keras, IMAGE)
composed(
    "Conv2DBackpropInput",
    "NCHW",
    lambda x: R.Conv2DBackpropInput(
        input_sizes=[2, 5, 14, 18],
        filter=back.array,
        out_backprop=x,
        strides=[1, 1, 2, 2],
        padding="SAME",
        data_format="NCHW",
    ),
    FIRST,
    formula=lambda x: tf.transpose(
        tf.nn.conv2d_transpose(tf.transpose(x, [0, 2, 3, 1]), back.array, [2, 14, 18, 5], 2),
        [0, 3, 1, 2],
    ),
)
for padding in ("SAME", "VALID"):
    deeper = [_length(n, 2, 2, padding) for n in (5, 6, 7)]
    op(
        "Conv3DBackpropInputV2",
        input_sizes=[1, *deeper, 3],
        filter=Fixed(numbers(2, 2, 2, 3, 2)),
        out_backprop=VOLUME,
        strides=[1, 2, 2, 2, 1],
        padding=padding,
    )
by_hand(
    "Conv3DBackpropInput",
    "a node",
    lambda y: tf.nn.conv3d_transpose(y, numbers(2, 2, 2, 3, 2), [1, 10, 12, 14, 3], 2),
    Fixed(np.array([1, 10, 12, 14, 3], np.int32)),
    Fixed(numbers(2, 2, 2, 3, 2)),
    VOLUME,
    padding=b"SAME",
    strides=[1, 2, 2, 2, 1],
)
op(
    "DepthwiseConv2dNativeBackpropInput",
    input_sizes=[2, 14, 18, 4],
    filter=Fixed(numbers(3, 3, 4, 1)),
    out_backprop=IMAGE,
    strides=[1, 2, 2, 1],
    padding="SAME",
)

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
