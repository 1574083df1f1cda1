"""Writes the small models of ``models/keras`` with Keras 3 and Keras 2, each in both forms.

Run with TensorFlow 2.21, keras 3.15 and tf_keras 2.21: ``python -m tests.front.tf.make_keras``.
Each model has an output for each of its layers.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tf_keras

FOLDER = Path(__file__).parent / "models" / "keras"
random = np.random.default_rng(0)


def images(library: Any) -> Any:
    L = library.layers
    names = ["hard_sigmoid", "gelu", "swish", "selu", "softsign", "exponential", "softplus"]
    layers = [
        L.Conv2D(2, 3, strides=2, padding="same", activation="relu"),
        L.Conv2D(2, 3, dilation_rate=2, use_bias=False),
        L.DepthwiseConv2D(3, depth_multiplier=2, padding="same"),
        L.SeparableConv2D(2, 3, strides=2, padding="same"),
        L.Conv2DTranspose(2, 3, strides=2, padding="same"),
        L.Conv2DTranspose(2, 3, strides=2),
        L.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1),
        L.MaxPooling2D(2),
        L.AveragePooling2D(3, strides=2, padding="same"),
        L.GlobalAveragePooling2D(keepdims=True),
        L.GlobalMaxPooling2D(),
        L.UpSampling2D((2, 3)),
        L.UpSampling2D(2, interpolation="bilinear"),
        L.ZeroPadding2D(((1, 2), (0, 3))),
        L.Cropping2D(((1, 2), (0, 3))),
        L.Flatten(),
        L.Permute((3, 1, 2)),
        L.Reshape((-1, 6)),
        L.LayerNormalization(),
        L.BatchNormalization(scale=False),
        L.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 9.0]),
        L.Rescaling(1 / 127.5, -1),
        L.PReLU(shared_axes=[1, 2]),
        L.ReLU(max_value=6, negative_slope=0.1, threshold=0.2),
        L.LeakyReLU(),
        L.ELU(0.7),
        L.Softmax(axis=1),
        *(L.Activation(name) for name in names),
    ]
    source = library.Input((6, 6, 3), name="image")
    return library.Model(source, [layer(source) for layer in layers])


def sequences(library: Any) -> Any:
    L = library.layers
    layers = [
        L.Dense(2, activation="tanh"),
        L.Conv1D(2, 3, padding="causal", dilation_rate=2),
        L.Conv1D(2, 3, padding="same", strides=2),
        L.Conv1DTranspose(2, 3, strides=2),
        L.DepthwiseConv1D(3),
        L.SeparableConv1D(2, 3),
        L.MaxPooling1D(2),
        L.GlobalAveragePooling1D(),
        L.UpSampling1D(2),
        L.ZeroPadding1D((1, 2)),
        L.Cropping1D(1),
        L.LSTM(3),
        L.LSTM(3, return_sequences=True, go_backwards=True),
        L.GRU(3, return_sequences=True),
        L.GRU(3, reset_after=False),
        L.SimpleRNN(3),
        L.Bidirectional(L.GRU(2, return_sequences=True), merge_mode="sum"),
        L.Bidirectional(L.LSTM(2)),
        L.TimeDistributed(L.Dense(3, activation="tanh")),
    ]
    source = library.Input((7, 4), name="sequence")
    return library.Model(source, [layer(source) for layer in layers])


def joined(library: Any) -> Any:
    """Several inputs, a model inside, operators, a layer that is used twice."""
    L = library.layers
    inner = library.Sequential(
        [library.Input((4, 4, 4)), L.Conv2D(3, 1, name="inside"), L.BatchNormalization()],
        name="inner",
    )
    image, vector = library.Input((6, 6, 3), name="im"), library.Input((4,), name="vec")
    x = L.Add()([L.Conv2D(4, 3, name="alpha")(image), L.Conv2D(4, 3, name="beta")(image)])
    y = L.Concatenate()([L.Flatten()(inner(x)), vector])
    shared = L.Dense(4, name="twice")
    z = shared(shared(vector)) * 2.0
    more = [L.Average()([z, vector]), L.Maximum()([z, vector]), L.Dot(axes=1)([z, vector])]
    return library.Model([image, vector], [1.5 - L.Dense(2)(y), L.Subtract()([z, vector]), *more])


def masked(library: Any) -> Any:
    """About every other step is nothing."""
    L = library.layers
    source = library.Input((7, 1), name="steps")
    x = L.Masking()(L.ReLU()(source))
    results = [
        L.LSTM(3)(L.Dense(2)(x)),
        L.GRU(3, return_sequences=True)(x),
        L.Bidirectional(L.GRU(2, return_sequences=True))(x),
        L.LSTM(3)(L.Add()([x, x])),
        L.MultiHeadAttention(2, 3)(x, x),
        L.GlobalAveragePooling1D()(L.Attention(use_scale=True)([x, x])),
    ]
    return library.Model(source, results)


MODELS: dict[str, Callable[[Any], Any]] = {
    "images": images,
    "sequences": sequences,
    "joined": joined,
    "masked": masked,
}


def unusual_weights(model: Any) -> None:
    for weight in model.weights:
        value = np.asarray(weight)
        if value.dtype.kind == "f":
            is_scale = any(word in weight.name for word in ("variance", "gamma"))
            noise = random.uniform(0.5, 1.5, value.shape) if is_scale else value
            weight.assign(noise + (0 if is_scale else random.normal(0, 0.1, value.shape)))


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name, build in MODELS.items():
        for library, release in ((keras, 3), (tf_keras, 2)):
            library.utils.set_random_seed(0)
            model = build(library)
            unusual_weights(model)
            feeds = [random.uniform(-1, 1, (2, *x.shape[1:])) for x in model.inputs]
            feeds = [array.astype(np.float32) for array in feeds]
            results = model(feeds if len(feeds) > 1 else feeds[0])
            stem = FOLDER / f"{name}_{release}"
            model.save(stem.with_suffix(".h5"), include_optimizer=False)
            model.save(stem.with_suffix(".keras"))
            arrays = {f"in{i}": array for i, array in enumerate(feeds)}
            arrays |= {f"out{i}": np.asarray(value) for i, value in enumerate(results)}
            np.savez_compressed(stem.with_suffix(".npz"), **arrays)


if __name__ == "__main__":
    main()
