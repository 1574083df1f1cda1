"""Networks of the documented kinds in small, with random weights, beside TensorFlow.

Their patterns are those of the published code: folded and unfolded normalisation, fake
quantisation of weights and activations, embeddings of sparse words, towers that are joined.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from tests.front.comparing import operations
from tests.front.tf.running import agree, agree_in_session
from tests.models.nodes import numbers

R = tf.raw_ops
v1 = tf.compat.v1
PICTURES = numbers(2, 32, 32, 3, low=-1, high=1)


def weights(*shape: int) -> np.ndarray:
    """Random numbers that keep the size of what they multiply."""
    return numbers(*shape) / np.float32(np.sqrt(np.prod(shape[:-1])))


# ---- quantised MobileNet (Jacob et al. 2018): fake quantisation around every layer


def _rounded(w: np.ndarray) -> Any:
    low, high = float(w.min()), float(w.max())
    return tf.quantization.fake_quant_with_min_max_vars(w, low, high, narrow_range=True)


def _activated(x: Any) -> Any:
    return tf.quantization.fake_quant_with_min_max_vars(tf.nn.relu6(x), 0.0, 6.0)


def _separable(x: Any, channels: int, outputs: int, stride: int) -> Any:
    deep = _rounded(weights(3, 3, channels, 1) * 3)
    x = _activated(tf.nn.depthwise_conv2d(x, deep, [1, stride, stride, 1], "SAME"))
    x = tf.nn.conv2d(x, _rounded(weights(1, 1, channels, outputs) * 2), 1, "SAME")
    return _activated(tf.nn.bias_add(x, numbers(outputs)))


def _quantised_mobilenet(x: Any) -> Any:
    x = tf.quantization.fake_quant_with_min_max_args(x, -1.0, 1.0)
    x = _activated(tf.nn.conv2d(x, _rounded(weights(3, 3, 3, 8) * 3), 2, "SAME"))
    x = _separable(x, 8, 16, 1)
    x = _separable(x, 16, 24, 2)
    x = tf.nn.avg_pool2d(x, 8, 1, "VALID")
    return tf.squeeze(tf.nn.conv2d(x, _rounded(weights(1, 1, 24, 10)), 1, "SAME"), [1, 2])


def test_quantised_mobilenet() -> None:
    """A number amid two levels may fall to either of them: one of 256 is 0.4 percent."""
    graph = agree(_quantised_mobilenet, PICTURES, dynamic=False, tolerance=5e-2)
    assert operations(graph).count("FakeQuantize") >= 6


# ---- graphs of integers, as the tool quantize_graph of TensorFlow 1 made them


def _shrunk(x: Any, low: Any, high: Any) -> Any:
    """Integers of 32 bits in 8, within what occurs."""
    limits = R.RequantizationRange(input=x, input_min=low, input_max=high)
    wanted = {"requested_output_min": limits[0], "requested_output_max": limits[1]}
    return R.Requantize(input=x, input_min=low, input_max=high, out_type=tf.quint8, **wanted)


def _of_bytes(w: np.ndarray) -> Any:
    return tf.quantization.quantize(w, float(w.min()), float(w.max()), tf.quint8, "MIN_FIRST")


def _integer_layer(x: Any, outputs: int) -> Any:
    values, low, high = x
    w, w_low, w_high = _of_bytes(weights(3, 3, 3, outputs) * 2)
    found = R.QuantizedConv2D(
        input=values,
        filter=w,
        min_input=low,
        max_input=high,
        min_filter=w_low,
        max_filter=w_high,
        strides=[1, 2, 2, 1],
        padding="SAME",
    )
    values, low, high = _shrunk(*found)
    bias, b_low, b_high = _of_bytes(numbers(outputs))
    found = R.QuantizedBiasAdd(
        input=values,
        bias=bias,
        min_input=low,
        max_input=high,
        min_bias=b_low,
        max_bias=b_high,
        out_type=tf.qint32,
    )
    values, low, high = _shrunk(*found)
    return R.QuantizedRelu(features=values, min_features=low, max_features=high)


def _integer_network(x: Any) -> Any:
    x = tf.ensure_shape(x, [None, None, None, 3])
    found = R.QuantizeV2(input=x, min_range=-1.0, max_range=1.0, T=tf.quint8, mode="MIN_FIRST")
    values, low, high = _integer_layer(found, 8)
    pool = {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "VALID"}
    values, low, high = R.QuantizedMaxPool(input=values, min_input=low, max_input=high, **pool)
    return R.Dequantize(input=values, min_range=low, max_range=high, mode="MIN_FIRST")


def test_a_graph_of_integers() -> None:
    """Some steps of the 256: a limit that falls by one moves all of them."""
    agree(_integer_network, PICTURES, tolerance=0.2)


# ---- Wide & Deep (Cheng et al. 2016) with the columns of tf.estimator


def _words(places: Any, ids: Any, rows: Any) -> Any:
    return tf.SparseTensor(places, ids, tf.stack([rows, 3]))


def _wide_and_deep(places: Any, ids: Any, dense: Any) -> Any:
    rows = tf.shape(dense, tf.int64)[0]
    words = _words(places, ids, rows)
    wide = tf.nn.safe_embedding_lookup_sparse(numbers(9, 1), words, combiner="sum")
    embedded = tf.nn.safe_embedding_lookup_sparse(numbers(9, 4), words, combiner="mean")
    deep = tf.concat([dense, embedded, tf.one_hot(tf.cast(dense[:, 0] > 0, tf.int32), 2)], 1)
    for before, after in ((9, 8), (8, 4), (4, 1)):
        deep = tf.matmul(deep, weights(before, after) * 2)
        deep = tf.nn.bias_add(deep, numbers(after))
        deep = tf.nn.relu(deep) if after > 1 else deep
    logits = tf.add_n([wide, deep, tf.zeros_like(deep) + 0.1])
    both = tf.concat([tf.zeros_like(logits), logits], 1)
    return tf.sigmoid(logits), tf.nn.softmax(both), tf.argmax(both, 1)


def test_wide_and_deep() -> None:
    """The row without a word gets the embedding of nothing."""
    places = np.array([[0, 0], [0, 2], [2, 0], [3, 1]])
    agree(_wide_and_deep, places, np.array([3, 8, 0, 5]), numbers(4, 3))


# ---- neural collaborative filtering (He et al. 2017)


def _collaborative(user: Any, item: Any) -> Any:
    product = tf.gather(numbers(20, 4), user) * tf.gather(numbers(30, 4), item)
    joined = tf.concat([tf.gather(numbers(20, 8), user), tf.gather(numbers(30, 8), item)], -1)
    for before, after in ((16, 8), (8, 4)):
        joined = tf.nn.relu(tf.matmul(joined, weights(before, after) * 2) + numbers(after))
    logits = tf.matmul(tf.concat([product, joined], -1), weights(8, 1)) + 0.1
    return tf.sigmoid(logits)


def test_neural_collaborative_filtering() -> None:
    users, items = np.array([3, 0, 19, 7], np.int32), np.array([29, 1, 2, 7], np.int32)
    agree(_collaborative, users, items)


# ---- FaceNet (Schroff et al. 2015): Inception-ResNet, normalised by phase, unit vectors


def _normalised(x: Any, phase: Any) -> Any:
    """Statistics of the batch in training, else those of the training before."""
    channels = x.shape[-1]
    mean, variance = v1.cond(
        phase,
        lambda: tuple(tf.nn.moments(x, [0, 1, 2])),
        lambda: (tf.constant(numbers(channels) / 4), tf.constant(numbers(channels, low=0.5))),
    )
    return tf.nn.batch_normalization(x, mean, variance, numbers(channels), None, 1e-3)


def _unit(x: Any, phase: Any, outputs: int, size: int = 3, stride: int = 1) -> Any:
    w = weights(size, size, x.shape[-1], outputs) * 2
    return tf.nn.relu(_normalised(tf.nn.conv2d(x, w, stride, "SAME"), phase))


def _facenet(x: Any) -> Any:
    phase = v1.placeholder_with_default(False, [])
    x = tf.ensure_shape(x, [None, None, None, 3])
    x = tf.nn.max_pool2d(_unit(x, phase, 8, stride=2), 3, 2, "VALID")
    branches = [_unit(x, phase, 4, 1), _unit(_unit(x, phase, 4, 1), phase, 6)]
    mixed = tf.concat(branches, 3)
    x = tf.nn.relu(x + 0.17 * tf.nn.conv2d(mixed, weights(1, 1, 10, 8), 1, "SAME"))
    x = tf.matmul(tf.reduce_mean(x, [1, 2]), weights(8, 16))
    return tf.nn.l2_normalize(x, 1, 1e-10)


def test_facenet() -> None:
    graph = agree_in_session(_facenet, PICTURES)
    assert "If" not in operations(graph)


# ---- nets of TF-Slim: convolution, fused normalisation, dropout, one convolution as classifier


def _slim_layer(x: Any, outputs: int, size: int, stride: int) -> Any:
    x = tf.nn.conv2d(x, weights(size, size, x.shape[-1], outputs) * 2, stride, "SAME")
    parts = {name: numbers(outputs, low=0.5) for name in ("scale", "offset", "mean", "variance")}
    return tf.nn.relu(R.FusedBatchNormV3(x=x, is_training=False, epsilon=1e-3, **parts)[0])


def _slim(x: Any) -> Any:
    x = tf.ensure_shape(x, [None, None, None, 3])
    x = _slim_layer(x, 8, 3, 2)
    shortcut = _slim_layer(x, 8, 1, 1)
    x = tf.pad(_slim_layer(x, 8, 3, 1), [[0, 0], [1, 1], [1, 1], [0, 0]])
    x = tf.nn.max_pool2d(x, 3, 1, "VALID") + shortcut
    x = tf.reduce_mean(x, [1, 2], keepdims=True)
    kept = tf.floor(1.0 + tf.zeros_like(x))  # dropout that keeps everything
    x = tf.squeeze(tf.nn.conv2d(x * kept, weights(1, 1, 8, 10), 1, "SAME"), [1, 2])
    return tf.reshape(tf.nn.softmax(tf.reshape(x, [-1, 10])), tf.shape(x))


def test_slim() -> None:
    agree_in_session(_slim, PICTURES)
