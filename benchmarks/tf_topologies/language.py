"""Networks of texts, small, from their published architectures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from benchmarks.tf_topologies.exporting import Builder, Exported, Feed, Weights, frozen

WIDTH, HEADS, LAYERS, WORDS = 64, 4, 2, 100
SIZES = ((1, 16), (2, 9), (3, 25))


class Text:
    """Parts that transformers share."""

    def __init__(self) -> None:
        self.weights = Weights()

    def dense(self, name: str, x: Any, width: int) -> Any:
        kernel = self.weights(f"{name}/kernel", x.shape[-1], width)
        return tf.nn.bias_add(tf.matmul(x, kernel), self.weights(f"{name}/bias", width))

    def norm(self, name: str, x: Any) -> Any:
        mean, variance = tf.nn.moments(x, [-1], keepdims=True)
        gamma = self.weights(f"{name}/gamma", x.shape[-1], around=1.0)
        beta = self.weights(f"{name}/beta", x.shape[-1])
        return tf.nn.batch_normalization(x, mean, variance, beta, gamma, 1e-12)


def gelu(x: Any) -> Any:
    return x * 0.5 * (1.0 + tf.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * tf.pow(x, 3))))


def bert(folder: Path) -> Exported:
    """Rows of all texts in one matrix, split up again for the attention."""
    text = Text()
    random = np.random.default_rng(2)

    def attention(name: str, x: Any, mask: Any, batch: Any, length: Any) -> Any:
        def heads(part: str) -> Any:
            y = tf.reshape(
                text.dense(name + part, x, WIDTH), [batch, length, HEADS, WIDTH // HEADS]
            )
            return tf.transpose(y, [0, 2, 1, 3])

        scores = tf.matmul(heads("q"), heads("k"), transpose_b=True) / np.sqrt(WIDTH // HEADS)
        scores += (1.0 - tf.cast(mask[:, None, None, :], tf.float32)) * -10000.0
        context = tf.transpose(tf.matmul(tf.nn.softmax(scores), heads("v")), [0, 2, 1, 3])
        return tf.reshape(context, [batch * length, WIDTH])

    def run(input_ids: Any, input_mask: Any, segment_ids: Any) -> Any:
        batch, length = tf.shape(input_ids)[0], tf.shape(input_ids)[1]
        words = tf.gather(text.weights("words", WORDS, WIDTH), input_ids)
        kinds = tf.one_hot(tf.reshape(segment_ids, [-1]), 2) @ text.weights("kinds", 2, WIDTH)
        places = tf.slice(text.weights("places", 64, WIDTH), [0, 0], [length, -1])
        x = words + tf.reshape(kinds, [batch, length, WIDTH]) + places
        x = tf.reshape(text.norm("embeddings", x), [-1, WIDTH])
        for number in range(LAYERS):
            name = f"layer_{number}/"
            y = text.dense(f"{name}o", attention(name, x, input_mask, batch, length), WIDTH)
            x = text.norm(f"{name}n1", x + y)
            inner = gelu(text.dense(f"{name}i", x, 4 * WIDTH))
            x = text.norm(f"{name}n2", x + text.dense(f"{name}f", inner, WIDTH))
        sequence = tf.reshape(x, [batch, length, WIDTH])
        pooled = tf.tanh(text.dense("pooler", tf.squeeze(sequence[:, 0:1, :], 1), WIDTH))
        return sequence, pooled

    feeds: list[Feed] = []
    for size in SIZES:
        mask = (np.arange(size[1]) < size[1] - 2).astype(np.int32) * np.ones((size[0], 1), np.int32)
        feeds.append(
            {
                "input_ids": random.integers(0, WORDS, size).astype(np.int32),
                "input_mask": mask,
                "segment_ids": random.integers(0, 2, size).astype(np.int32),
            }
        )
    return frozen(run, folder, feeds, dict.fromkeys(feeds[0], (None, None)))


def xlnet(folder: Path) -> Exported:
    """Attention to words and to distances, whose rows are shifted; time first."""
    text = Text()
    size = WIDTH // HEADS
    random = np.random.default_rng(3)

    def shifted(x: Any, length: Any) -> Any:
        shape = tf.shape(x)
        x = tf.reshape(x, [shape[1], shape[0], shape[2], shape[3]])
        x = tf.reshape(x[1:], [shape[0], shape[1] - 1, shape[2], shape[3]])
        return x[:, :length]

    def layer(name: str, h: Any, distances: Any, mask: Any, length: Any) -> Any:
        def projected(part: str, x: Any) -> Any:
            return tf.einsum("ibh,hnd->ibnd", x, text.weights(name + part, WIDTH, HEADS, size))

        query, key, value = (projected(part, h) for part in "qkv")
        of_words = tf.einsum("ibnd,jbnd->ijbn", query + text.weights(f"{name}w", HEADS, size), key)
        position = query + text.weights(f"{name}r", HEADS, size)
        of_places = tf.einsum("ibnd,jbnd->ijbn", position, projected("p", distances))
        scores = (of_words + shifted(of_places, length)) / np.sqrt(size)
        scores -= 1e30 * mask[None, :, :, None]
        context = tf.einsum("ijbn,jbnd->ibnd", tf.nn.softmax(scores, axis=1), value)
        out = tf.einsum("ibnd,hnd->ibh", context, text.weights(f"{name}o", WIDTH, HEADS, size))
        h = text.norm(f"{name}n1", out + h)
        inner = gelu(_dense3(text, f"{name}i", h, 2 * WIDTH))
        return text.norm(f"{name}n2", h + _dense3(text, f"{name}f", inner, WIDTH))

    def run(input_ids: Any, input_mask: Any) -> Any:
        length, batch = tf.shape(input_ids)[0], tf.shape(input_ids)[1]
        h = tf.nn.embedding_lookup(text.weights("words", WORDS, WIDTH), input_ids)
        steps = tf.cast(tf.range(length, -length, -1), tf.float32)
        waves = 1 / (10000 ** (tf.range(0, WIDTH, 2.0) / WIDTH))
        angles = tf.einsum("i,d->id", steps, waves)
        distances = tf.concat([tf.sin(angles), tf.cos(angles)], -1)[:, None, :]
        distances = tf.tile(distances, [1, batch, 1])
        for number in range(LAYERS):
            h = layer(f"layer_{number}/", h, distances, input_mask, length)
        return h

    feeds: list[Feed] = []
    for batch, length in SIZES:
        mask = np.zeros((length, batch), np.float32)
        mask[:2] = 1
        ids = random.integers(0, WORDS, (length, batch)).astype(np.int32)
        feeds.append({"input_ids": ids, "input_mask": mask})
    return frozen(run, folder, feeds, dict.fromkeys(feeds[0], (None, None)))


def _dense3(text: Text, name: str, x: Any, width: int) -> Any:
    kernel = text.weights(f"{name}/kernel", x.shape[-1], width)
    return tf.einsum("ibh,hd->ibd", x, kernel) + text.weights(f"{name}/bias", width)


def lstm_classifier(folder: Path) -> Exported:
    """An embedding and an LSTM of Keras."""
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(WORDS, 16),
            layers.LSTM(24, return_sequences=True),
            layers.Bidirectional(layers.LSTM(12)),
            layers.Dense(5, activation="softmax"),
        ]
    )
    random = np.random.default_rng(4)
    for weight in model.weights:
        # As Keras makes them, all texts would give nearly the same.
        weight.assign(random.normal(0, 0.5, weight.shape))
    feeds: list[Feed] = [
        {"tokens": random.integers(0, WORDS, size).astype(np.int32)} for size in SIZES
    ]
    return frozen(lambda tokens: model(tokens), folder, feeds, {"tokens": (None, None)})


NETWORKS: dict[str, Builder] = {"bert": bert, "xlnet": xlnet, "lstm_classifier": lstm_classifier}
