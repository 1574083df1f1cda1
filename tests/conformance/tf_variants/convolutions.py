"""Convolutions: plain, in groups, depthwise, transposed."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import Each, Fixed, by_hand, composed, op
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
