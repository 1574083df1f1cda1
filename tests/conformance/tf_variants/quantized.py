"""Quantised tensors, and numbers rounded as if they were."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from tests.conformance.tf_variants.building import Each, Fixed, composed, op
from tests.models.nodes import numbers

R = tf.raw_ops
X = numbers(2, 3, 4)
BYTES = np.array([0, 1, 128, 255], np.uint8)
SMALL = np.array([-128, -1, 0, 127], np.int8)

# ---- fake quantisation

for low, high in ((-1.0, 1.0), (0.3, 2.0), (-3.0, -0.5), (-0.013, 6.1), (0.0, 6.0)):
    sizes = {"num_bits": Each(8, 4, 16), "narrow_range": Each(True, False)}
    op("FakeQuantWithMinMaxVars", inputs=X, min=low, max=high, **sizes)
    op("FakeQuantWithMinMaxArgs", inputs=X, min=low, max=high, **sizes)
LIMITS = {"min": Fixed(np.float32([-1, -2, -2, -0.5])), "max": Fixed(np.float32([1, 2, 1, 2]))}
for shape in ((4,), (3, 4), (2, 3, 4), (2, 3, 5, 4)):
    op(
        "FakeQuantWithMinMaxVarsPerChannel",
        f"of {len(shape)} axes",
        inputs=numbers(*shape),
        num_bits=Each(8, 4),
        narrow_range=Each(True, False),
        **LIMITS,
    )
for version in ("V2", "V3", "V4"):
    bits = {"num_bits": 8} if version == "V3" else {"num_bits": Each(8, 5)}
    op(
        f"QuantizeAndDequantize{version}",
        "of known range",
        input=X,
        input_min=Each(-1.5, 0.0),
        input_max=1.2,
        signed_input=Each(True, False),
        range_given=True,
        narrow_range=Each(True, False),
        **bits,
    )
    op(
        f"QuantizeAndDequantize{version}",
        "of its own range",
        input=X,
        input_min=0.0,
        input_max=0.0,
        range_given=False,
        num_bits=8,
    )
op(
    "QuantizeAndDequantizeV2",
    "rounded up",
    input=X,
    input_min=-1.5,
    input_max=1.2,
    range_given=True,
    round_mode="HALF_UP",
)

# ---- dequantisation and quantisation


def _dequantized(kind: Any, mode: str, **more: Any) -> Any:
    return lambda x: R.Dequantize(
        input=tf.bitcast(x, kind), min_range=-1.0, max_range=2.0, mode=mode, **more
    )


for mode in ("MIN_COMBINED", "MIN_FIRST", "SCALED"):
    composed("Dequantize", f"{mode} quint8", _dequantized(tf.quint8, mode), BYTES)
    composed("Dequantize", f"{mode} qint8", _dequantized(tf.qint8, mode), SMALL)
composed(
    "Dequantize",
    "SCALED narrow_range=True",
    _dequantized(tf.qint8, "SCALED", narrow_range=True),
    SMALL,
)
composed(
    "Dequantize",
    "SCALED by channel",
    lambda x: R.Dequantize(
        input=tf.bitcast(x, tf.qint8),
        min_range=[-1.0, -2.0],
        max_range=[2.0, 1.0],
        mode="SCALED",
        axis=0,
    ),
    np.stack([SMALL, SMALL[::-1]]),
)


def _quantized(kind: Any, mode: str, rounding: str) -> Any:
    def function(x: Any) -> Any:
        found = R.QuantizeV2(
            input=x, min_range=-1.5, max_range=2.0, T=kind, mode=mode, round_mode=rounding
        )
        integers = tf.cast(
            tf.bitcast(found[0], tf.uint8 if kind is tf.quint8 else tf.int8), "int32"
        )
        return integers, found[1], found[2]

    return function


for mode in ("MIN_COMBINED", "MIN_FIRST", "SCALED"):
    for kind in (tf.quint8, tf.qint8):
        rounding = "HALF_TO_EVEN" if mode == "SCALED" else "HALF_AWAY_FROM_ZERO"
        composed("QuantizeV2", f"{mode} {kind.name}", _quantized(kind, mode, rounding), X)

# ---- operations on quantised tensors

IMAGE = numbers(1, 5, 6, 3, dtype=np.uint8, high=255)
KERNEL = numbers(3, 3, 3, 4, dtype=np.uint8, low=0, high=255)


def _as_bytes(x: Any) -> Any:
    return tf.bitcast(x, tf.quint8)


def _convolution(x: Any) -> Any:
    found = R.QuantizedConv2D(
        input=_as_bytes(x),
        filter=_as_bytes(tf.constant(KERNEL)),
        min_input=-1.0,
        max_input=2.0,
        min_filter=-0.5,
        max_filter=0.75,
        strides=[1, 2, 2, 1],
        padding="SAME",
    )
    return tf.bitcast(found[0], tf.int32), found[1], found[2]


composed("QuantizedConv2D", "", _convolution, IMAGE)
composed(
    "QuantizedRelu",
    "",
    lambda x: R.Dequantize(
        input=R.QuantizedRelu(features=_as_bytes(x), min_features=-1.0, max_features=2.0)[0],
        min_range=-1.0,
        max_range=2.0,
    ),
    IMAGE,
)
composed(
    "QuantizedMaxPool",
    "",
    lambda x: R.Dequantize(
        input=R.QuantizedMaxPool(
            input=_as_bytes(x),
            min_input=-1.0,
            max_input=2.0,
            ksize=[1, 2, 2, 1],
            strides=[1, 2, 2, 1],
            padding="VALID",
        )[0],
        min_range=-1.0,
        max_range=2.0,
    ),
    IMAGE,
)
composed(
    "QuantizedReshape",
    "",
    lambda x: R.Dequantize(
        input=R.QuantizedReshape(tensor=_as_bytes(x), shape=[-1, 6], input_min=-1.0, input_max=2.0)[
            0
        ],
        min_range=-1.0,
        max_range=2.0,
    ),
    IMAGE,
)


def _dequantized_of(found: Any) -> Any:
    """The numbers that a result stands for, and its limits."""
    quantized, low, high = found
    steps = tf.cast(tf.bitcast(quantized, tf.int32), tf.float32)
    return steps * ((high - low) / (2.0**32 - 1)), low, high


LAST = numbers(2, 5, 4, dtype=np.uint8, high=255)
Q = {"min_x": -1.0, "max_x": 2.0, "min_y": -0.5, "max_y": 0.75}
VECTOR = numbers(4, dtype=np.uint8, high=255)
# TensorFlow adds with hundreds of the 2^32 steps to spare, and resizes with one of the 2^8.
SUM, STEP = 4e-3, 6e-2
composed(
    "QuantizedBiasAdd",
    "",
    lambda x: _dequantized_of(
        R.QuantizedBiasAdd(
            input=_as_bytes(x),
            bias=_as_bytes(tf.constant(VECTOR)),
            min_input=-1.0,
            max_input=2.0,
            min_bias=-3.5,
            max_bias=0.75,
            out_type=tf.qint32,
        )
    ),
    LAST,
    tolerance=SUM,
)


def _product(first: bool, second: bool) -> Any:
    columns = VECTOR.reshape((1, 4) if second else (4, 1))
    return lambda x: _dequantized_of(
        R.QuantizedMatMul(
            a=_as_bytes(x),
            b=_as_bytes(columns),
            min_a=-1.0,
            max_a=2.0,
            min_b=-0.5,
            max_b=0.75,
            transpose_a=first,
            transpose_b=second,
        )
    )


for first, second in ((False, False), (True, False), (False, True)):
    composed(
        "QuantizedMatMul",
        f"transpose_a={first} transpose_b={second}",
        _product(first, second),
        LAST[0].T if first else LAST[0],
    )
for name in ("QuantizedAdd", "QuantizedMul"):
    composed(
        name,
        "",
        lambda x, name=name: _dequantized_of(
            getattr(R, name)(x=_as_bytes(x), y=_as_bytes(tf.constant(VECTOR)), **Q)
        ),
        LAST,
        tolerance=SUM,
    )
SUMS = np.array([[10**5, -(10**6), 7], [5 * 10**8, 3 * 10**7, -(10**8)]], np.int32)


def _summed(operation: Any, **more: Any) -> Any:
    """An operation on 32 bits; integers of 8 bits that it gives as whole numbers."""

    def function(x: Any) -> Any:
        given = {"input": tf.bitcast(x, tf.qint32), "input_min": -9.0, "input_max": 9.0}
        found = list(operation(**given, **more))
        if found[0].dtype == tf.quint8:
            found[0] = tf.cast(tf.bitcast(found[0], tf.uint8), tf.int32)
        return found

    return function


composed("RequantizationRange", "", _summed(R.RequantizationRange), SUMS)
composed("RequantizationRange", "of positive numbers", _summed(R.RequantizationRange), abs(SUMS))
composed(
    "QuantizeDownAndShrinkRange",
    "",
    _summed(R.QuantizeDownAndShrinkRange, out_type=tf.quint8),
    SUMS,
)
WANTED = {"requested_output_min": -0.3, "requested_output_max": 1.5}
composed("Requantize", "", _summed(R.Requantize, out_type=tf.quint8, **WANTED), SUMS)


def _as_numbers(found: Any) -> Any:
    return R.Dequantize(input=found[0], min_range=found[1], max_range=found[2]), found[1], found[2]


def _in_bytes(found: Any) -> Any:
    return tf.cast(tf.bitcast(found[0], tf.uint8), tf.int32), found[1], found[2]


for padding in ("VALID", "SAME"):
    composed(
        "QuantizedAvgPool",
        padding,
        lambda x, padding=padding: _in_bytes(
            R.QuantizedAvgPool(
                input=_as_bytes(x),
                min_input=-1.0,
                max_input=2.0,
                ksize=[1, 2, 2, 1],
                strides=[1, 2, 2, 1],
                padding=padding,
            )
        ),
        IMAGE,
    )
composed(
    "QuantizedRelu6",
    "",
    lambda x: _in_bytes(
        R.QuantizedRelu6(features=_as_bytes(x), min_features=-1.0, max_features=8.0)
    ),
    IMAGE,
)
composed(
    "QuantizedConcat",
    "",
    lambda x, y: _as_numbers(
        R.QuantizedConcat(
            concat_dim=1,
            values=[_as_bytes(x), _as_bytes(y)],
            input_mins=[-1.0, 0.5],
            input_maxes=[2.0, 3.0],
        )
    ),
    LAST,
    LAST[:, :2],
    tolerance=STEP,
)
composed(
    "QuantizedResizeBilinear",
    "",
    lambda x: _as_numbers(
        R.QuantizedResizeBilinear(images=_as_bytes(x), size=[10, 9], min=-1.0, max=2.0)
    ),
    IMAGE,
    tolerance=STEP,
)
