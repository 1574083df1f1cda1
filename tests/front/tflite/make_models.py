"""Makes the models of tests/front/tflite/models and what TF-Lite computes with them.

    python -m tests.front.tflite.make_models

Made with TensorFlow 2.21.0. Each model is beside inputs and outputs in recorded.npz, as
``name/in0``, ``name/out0``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.front.tflite.running import Interpreted, quiet

FOLDER = Path(__file__).parent / "models"
RANDOM = np.random.default_rng(3)
LAYERS = keras.layers
SIZE = (16, 16, 3)


def image_network() -> Any:
    """What quantised networks have: convolutions, sums, joins, averages, a softmax."""
    image = LAYERS.Input(SIZE)
    x = LAYERS.Conv2D(8, 3, strides=2, padding="same")(image)
    x = LAYERS.ReLU(6.0)(x)
    y = LAYERS.DepthwiseConv2D(3, padding="same", activation="relu")(x)
    x = LAYERS.Add()([x, LAYERS.Conv2D(8, 1)(y)])
    x = LAYERS.Conv2DTranspose(16, 3, strides=2, padding="same")(x)
    x = LAYERS.Concatenate()([x, LAYERS.Conv2D(3, 1, activation="sigmoid")(image)])
    x = LAYERS.GlobalAveragePooling2D()(LAYERS.MaxPooling2D(2)(x))
    x = LAYERS.Dense(96, activation="tanh")(x)
    return keras.Model(image, LAYERS.Dense(10, activation="softmax")(x))


def samples() -> Any:
    dice = np.random.default_rng(4)
    for _ in range(16):
        yield [dice.normal(size=(1, *SIZE)).astype(np.float32)]


def of_floats(converter: Any) -> None:
    pass


def by_range(converter: Any) -> None:
    converter.optimizations = [tf.lite.Optimize.DEFAULT]


def of_halves(converter: Any) -> None:
    by_range(converter)
    converter.target_spec.supported_types = [tf.float16]


def of_bytes(kind: Any) -> Callable[[Any], None]:
    def settle(converter: Any) -> None:
        by_range(converter)
        converter.representative_dataset = samples
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = kind

    return settle


def of_words(converter: Any) -> None:
    by_range(converter)
    converter.representative_dataset = samples
    name = "EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8"
    converter.target_spec.supported_ops = [getattr(tf.lite.OpsSet, name)]


def sparse(converter: Any) -> None:
    converter.optimizations = [tf.lite.Optimize.EXPERIMENTAL_SPARSITY]


def pruned() -> Any:
    """A layer of which most weights are zero."""
    model = keras.Sequential([LAYERS.Input((32,)), LAYERS.Dense(48), LAYERS.Dense(4)])
    weights, *rest = model.layers[0].get_weights()
    kept = RANDOM.uniform(size=(weights.shape[0] // 4, weights.shape[1])) < 0.15
    model.layers[0].set_weights([weights * np.repeat(kept, 4, 0), *rest])
    return model


def loop() -> Any:
    return keras.Sequential(
        [LAYERS.Input((5, 3), batch_size=1), LAYERS.LSTM(4, return_sequences=True), LAYERS.GRU(2)]
    )


MODELS: dict[str, tuple[Callable[[], Any], Callable[[Any], None]]] = {
    "floats": (image_network, of_floats),
    "ranges": (image_network, by_range),
    "halves": (image_network, of_halves),
    "int8": (image_network, of_bytes(tf.int8)),
    "uint8": (image_network, of_bytes(tf.uint8)),
    "int8_inside": (image_network, of_bytes(tf.float32)),
    "int16": (image_network, of_words),
    "sparse": (pruned, sparse),
    "loop": (loop, of_floats),
}


def main() -> None:
    recorded = {}
    for name, (make, settle) in MODELS.items():
        keras.utils.set_random_seed(1)
        with quiet():
            converter = tf.lite.TFLiteConverter.from_keras_model(make())
            settle(converter)
            content = converter.convert()
        (FOLDER / f"{name}.tflite").write_bytes(content)
        reference = Interpreted(content)
        arrays = [_fed(entry) for entry in reference.inputs]
        for kind, values in (("in", arrays), ("out", reference.run(*arrays))):
            recorded.update({f"{name}/{kind}{i}": array for i, array in enumerate(values)})
        print(name, len(content), reference.operators())
    np.savez_compressed(FOLDER / "recorded.npz", **recorded)


def _fed(entry: Any) -> np.ndarray:
    """Random numbers, as integers where the input is quantised."""
    array = RANDOM.normal(size=entry["shape"]).astype(np.float32)
    if entry["dtype"] is np.float32:
        return array
    scale, zero = entry["quantization"]
    limits = np.iinfo(entry["dtype"])
    return np.clip(np.round(array / scale) + zero, limits.min, limits.max).astype(entry["dtype"])


if __name__ == "__main__":
    main()
