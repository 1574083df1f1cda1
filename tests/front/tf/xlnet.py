"""XLNet (Yang et al. 2019) as in zihangdai/xlnet, small and with random weights; time first."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import tensorflow as tf

from tests.front.tf.cells import weights

v1 = tf.compat.v1
WORDS, WIDTH, HEADS, INNER, LAYERS = 40, 16, 2, 24, 2
SIZE = WIDTH // HEADS


def drawn(name: str, *shape: int) -> Any:
    scope = v1.get_variable_scope()
    seed = zlib.crc32(f"{scope.name}/{name}".encode())
    with v1.variable_scope(scope, reuse=v1.AUTO_REUSE):
        start = v1.constant_initializer(weights(*shape, seed=seed))
        return v1.get_variable(name, shape, initializer=start, use_resource=False)


def distances(length: Any, batch: Any) -> Any:
    """Waves of the distances from length to -length, [2 * length, batch, WIDTH]."""
    steps = tf.cast(tf.range(length, -length, -1.0), tf.float32)
    waves = 1 / (10000 ** (tf.range(0, WIDTH, 2.0) / WIDTH))
    angles = tf.einsum("i,d->id", steps, waves)
    encoded = tf.concat([tf.sin(angles), tf.cos(angles)], -1)[:, None, :]
    return tf.tile(encoded, [1, batch, 1])


def shifted(x: Any, length: Any) -> Any:
    """Row i of [queries, distances, batch, heads] moved by i, by shapes alone."""
    shape = tf.shape(x)
    x = tf.reshape(x, [shape[1], shape[0], shape[2], shape[3]])
    x = tf.slice(x, [1, 0, 0, 0], [-1, -1, -1, -1])
    x = tf.reshape(x, [shape[0], shape[1] - 1, shape[2], shape[3]])
    return tf.slice(x, [0, 0, 0, 0], [-1, length, -1, -1])


def normalized(x: Any, name: str) -> Any:
    mean, spread = tf.nn.moments(x, [-1], keepdims=True)
    beta, gamma = drawn(f"{name}/beta", WIDTH), drawn(f"{name}/gamma", WIDTH)
    return tf.nn.batch_normalization(x, mean, spread, beta, gamma, 1e-12)


def gelu(x: Any) -> Any:
    return x * 0.5 * (1.0 + tf.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * tf.pow(x, 3))))


def attended(h: Any, places: Any, segments: Any, mask: Any) -> Any:
    """Attention to words, to distances, and to what is in the same segment."""

    def projected(x: Any, part: str) -> Any:
        return tf.einsum("ibh,hnd->ibnd", x, drawn(f"{part}/kernel", WIDTH, HEADS, SIZE))

    query, key, value, far = (
        projected(x, part) for x, part in ((h, "q"), (h, "k"), (h, "v"), (places, "r"))
    )
    biased = [query + drawn(f"r_{part}_bias", HEADS, SIZE) for part in "wrs"]
    scores = tf.einsum("ibnd,jbnd->ijbn", biased[0], key)
    scores += shifted(tf.einsum("ibnd,jbnd->ijbn", biased[1], far), tf.shape(scores)[1])
    kinds = tf.einsum("ibnd,snd->ibns", biased[2], drawn("seg_embed", 2, HEADS, SIZE))
    scores += tf.einsum("ijbs,ibns->ijbn", segments, kinds)
    shares = tf.nn.softmax(scores * SIZE**-0.5 - 1e30 * mask, 1)
    context = tf.einsum("ijbn,jbnd->ibnd", v1.nn.dropout(shares, rate=0.0), value)
    return tf.einsum("ibnd,hnd->ibh", context, drawn("o/kernel", WIDTH, HEADS, SIZE))


def fed_forward(h: Any) -> Any:
    inner = tf.einsum("ibh,hd->ibd", h, drawn("layer_1/kernel", WIDTH, INNER))
    inner = gelu(inner + drawn("layer_1/bias", INNER))
    outer = tf.einsum("ibd,dh->ibh", inner, drawn("layer_2/kernel", INNER, WIDTH))
    return normalized(outer + drawn("layer_2/bias", WIDTH) + h, "LayerNorm")


def xlnet() -> Any:
    ids = v1.placeholder(tf.int32, [None, None], "input_ids")
    pads = v1.placeholder(tf.float32, [None, None], "input_mask")
    parts = v1.placeholder(tf.int32, [None, None], "seg_ids")
    length, batch = tf.shape(ids)[0], tf.shape(ids)[1]
    # Padding is hidden from all others, not from itself.
    hidden = tf.cast(pads[None] > 0, tf.float32)[:, :, :, None]
    mask = tf.cast(hidden - tf.eye(length)[:, :, None, None] > 0, tf.float32)
    apart = tf.cast(tf.logical_not(tf.equal(parts[:, None], parts[None, :])), tf.int32)
    segments = tf.one_hot(apart, 2)
    with v1.variable_scope("model/transformer"):
        h = tf.nn.embedding_lookup(drawn("word_embedding/lookup_table", WORDS, WIDTH), ids)
        places = distances(length, batch)
        for number in range(LAYERS):
            with v1.variable_scope(f"layer_{number}"):
                h = normalized(h + attended(h, places, segments, mask), "rel_attn/LayerNorm")
                h = fed_forward(h)
    return tf.identity(h, "model/transformer/dropout")
