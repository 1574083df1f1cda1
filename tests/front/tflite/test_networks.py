"""Whole networks of Keras by way of TensorFlow's converter, beside the interpreter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.front.comparing import operations
from tests.front.tflite.running import Interpreted, agree, converted, quiet
from tests.ops import runtime

LAYERS, NETWORKS = keras.layers, keras.applications
SIDE = 96


def with_channels(network: Callable[..., Any]) -> Callable[[], Any]:
    return lambda: network(weights=None, input_shape=(SIDE, SIDE, 3), classes=10)


def transformer() -> Any:
    """Two encoder layers over tokens."""
    tokens = LAYERS.Input((12,), dtype="int32")
    x = LAYERS.Embedding(50, 32)(tokens)
    for _ in range(2):
        y = LAYERS.MultiHeadAttention(4, 8)(x, x)
        x = LAYERS.LayerNormalization()(LAYERS.Add()([x, y]))
        y = LAYERS.Dense(32)(LAYERS.Dense(64, activation="gelu")(x))
        x = LAYERS.LayerNormalization()(LAYERS.Add()([x, y]))
    return keras.Model(tokens, LAYERS.Dense(5, activation="softmax")(x[:, 0]))


def classifier() -> Any:
    """An LSTM over tokens. (TF-Lite has lists of known shapes alone.)"""
    tokens = LAYERS.Input((9,), batch_size=1, dtype="int32")
    x = LAYERS.Bidirectional(LAYERS.LSTM(8))(LAYERS.Embedding(50, 16)(tokens))
    return keras.Model(tokens, LAYERS.Dense(3, activation="softmax")(x))


IMAGE_NETWORKS = {
    name: with_channels(getattr(NETWORKS, name))
    for name in ("MobileNet", "MobileNetV2", "MobileNetV3Small", "EfficientNetB0")
}


def lite(model: Any, settle: Callable[[Any], None] = lambda converter: None) -> bytes:
    with quiet():
        converter = tf.lite.TFLiteConverter.from_keras_model(model)
        settle(converter)
        content: bytes = converter.convert()
    return content


def images(batch: int) -> np.ndarray:
    return np.random.default_rng(batch).normal(size=(batch, SIDE, SIDE, 3)).astype(np.float32)


@pytest.mark.heavy
@pytest.mark.parametrize("name", IMAGE_NETWORKS)
def test_image_network(name: str) -> None:
    keras.utils.set_random_seed(1)
    content = lite(IMAGE_NETWORKS[name]())
    for batch in (1, 2):
        graph = agree(content, images(batch))
    assert operations(graph).count("Transpose") <= 1


@pytest.mark.heavy
@pytest.mark.parametrize("make", [transformer, classifier])
def test_text_network(make: Callable[[], Any]) -> None:
    keras.utils.set_random_seed(1)
    model = make()
    tokens = np.random.default_rng(1).integers(0, 50, size=(1, *model.input_shape[1:]))
    graph = agree(lite(model), tokens.astype(np.int32))
    assert "Loop" not in operations(graph)


@pytest.mark.heavy
@pytest.mark.parametrize("kind", [tf.int8, tf.uint8])
@pytest.mark.parametrize("name", ["MobileNet", "MobileNetV2"])
def test_quantised_network(name: str, kind: Any) -> None:
    """Results are a step apart at most, most of them none."""

    def settle(converter: Any) -> None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([images(1 + i)[:1]] for i in range(8))
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = kind

    keras.utils.set_random_seed(1)
    content = lite(IMAGE_NETWORKS[name](), settle)
    reference, graph = Interpreted(content), converted(content)
    scale, zero = reference.inputs[0]["quantization"]
    for seed in range(4):
        limits = np.iinfo(kind.as_numpy_dtype)
        steps = np.round(images(10 + seed)[:1] / scale) + zero
        image = np.clip(steps, limits.min, limits.max).astype(limits.dtype)
        (mine,), (wanted,) = runtime.run(graph, [image]), reference.run(image)
        assert mine.dtype == wanted.dtype
        assert np.abs(mine.astype(int) - wanted.astype(int)).max() <= 1
