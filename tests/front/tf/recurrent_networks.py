"""Recurrent networks as published, small and with random weights, in graphs of TensorFlow 1.

Each function fills the graph around it. The names are those that the recipes for converting these
networks use: https://docs.openvino.ai/2021.4/openvino_docs_MO_DG_prepare_model_convert_model.html
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tests.front.tf.cells import BasicLSTM, Stacked, dense, weights

v1 = tf.compat.v1


def conv(x: Any, size: int, inputs: int, outputs: int, stride: int = 1) -> Any:
    kernel = weights(size, size, inputs, outputs)
    return tf.nn.bias_add(tf.nn.conv2d(x, kernel / size, stride, "SAME"), weights(outputs))


# ---- text classifier


def text_classifier() -> Any:
    """Words, both directions of an LSTM, the mean over time, classes."""
    words = v1.placeholder(tf.int32, [None, None], "words")
    lengths = v1.placeholder(tf.int32, [None], "lengths")
    vectors = tf.gather(weights(50, 8), words)
    (forwards, backwards), _ = v1.nn.bidirectional_dynamic_rnn(
        BasicLSTM(8, 6), BasicLSTM(8, 6, 1), vectors, lengths, dtype=tf.float32
    )
    both = tf.concat([forwards, backwards], 2)
    total = tf.reduce_sum(both, 1) / tf.cast(lengths, tf.float32)[:, None]
    return tf.nn.softmax(dense(total, 12, 3), name="classes")


# ---- lm_1b: Jozefowicz et al. 2016

CHARS, CELLS, PROJECTION = 50, 16, 8


def lm_1b() -> list[Any]:
    """Characters of a word, convolutions over them, two LSTMs with projection, words.

    The states are variables, as in a graph that is run word by word.
    """
    chars = v1.placeholder(tf.int32, [1, CHARS], "inputs/chars")
    with v1.name_scope("char_embedding"):
        with v1.name_scope("EmbeddingLookupUnique"):
            unique, places = tf.unique(tf.reshape(chars, [-1]), name="Unique")
            vectors = tf.gather(tf.gather(variable("table", 256, 6), unique), places)
        vectors = tf.reshape(vectors, [1, CHARS, 1, 6])
        found = []
        for width, count in ((1, 4), (2, 4), (3, 8)):
            kernel = variable(f"conv_{width}", width, 1, 6, count)
            y = tf.nn.conv2d(vectors, kernel, 1, "VALID")
            found.append(tf.reduce_max(tf.nn.relu(y), [1, 2]))
        x = tf.concat(found, 1)
        gate = tf.sigmoid(tf.matmul(x, variable("gate", 16, 16)))
        x = gate * tf.nn.relu(tf.matmul(x, variable("transform", 16, 16))) + (1 - gate) * x
        x = tf.matmul(x, variable("proj", 16, PROJECTION))
    outputs = []
    for number, name in enumerate(("Variable", "Variable_1")):
        state = v1.get_variable(
            name, initializer=tf.zeros([1, CELLS + PROJECTION]), use_resource=False
        )
        with v1.name_scope(f"lstm/lstm_{number}/"):
            x, state = projected_step(x, tf.identity(state), number)
        outputs.append(state)
    logits = tf.matmul(x, variable("softmax", PROJECTION, 20))
    return [tf.nn.softmax(logits, name="softmax_out"), *outputs]


def projected_step(x: Any, state: Any, number: int) -> tuple[Any, Any]:
    """One step of LSTMCell with its weights in two shards and a projection."""
    rows = 2 * PROJECTION
    shards = [variable(f"W_{number}_{k}", rows, 2 * CELLS) for k in range(2)]
    kernel = tf.concat(shards, 1, name="concat")
    c, m = tf.slice(state, [0, 0], [-1, CELLS]), tf.slice(state, [0, CELLS], [-1, PROJECTION])
    sums = tf.matmul(tf.concat([x, m], 1, name="concat_1"), kernel)
    i, j, f, o = tf.split(sums + variable(f"B_{number}", 4 * CELLS), 4, 1)
    c = tf.sigmoid(f + 1.0) * c + tf.sigmoid(i) * tf.tanh(j)
    m = tf.matmul(tf.sigmoid(o) * tf.tanh(c), variable(f"P_{number}", CELLS, PROJECTION))
    return m, tf.concat([c, m], 1, name="concat_2")


def variable(name: str, *shape: int) -> Any:
    return v1.get_variable(name, initializer=weights(*shape), use_resource=False)


# ---- DeepSpeech: Hannun et al. 2014, as in mozilla/DeepSpeech 0.8

STEPS, CONTEXT, COEFFICIENTS, HIDDEN = 16, 19, 26, 24
CELL = "cudnn_lstm/rnn/multi_rnn_cell/cell_0/cudnn_compatible_lstm_cell"


def deep_speech() -> list[Any]:
    """Dense layers over windows of sound, an LSTM whose state comes and goes, letters."""
    sound = v1.placeholder(tf.float32, [1, STEPS, CONTEXT, COEFFICIENTS], "input_node")
    lengths = v1.placeholder(tf.int32, [1], "input_lengths")
    c = v1.placeholder(tf.float32, [1, HIDDEN], "previous_state_c")
    h = v1.placeholder(tf.float32, [1, HIDDEN], "previous_state_h")
    size = CONTEXT * COEFFICIENTS
    x = tf.reshape(tf.transpose(sound, [1, 0, 2, 3]), [-1, size])
    for number, inputs in enumerate((size, HIDDEN, HIDDEN)):
        x = tf.minimum(tf.nn.relu(dense(x, inputs, HIDDEN, number)), 20.0)
    x = tf.reshape(x, [-1, 1, HIDDEN])
    with v1.name_scope(f"{CELL}/"):
        y, *last = fused_lstm(x, c, h, lengths)
    x = tf.minimum(tf.nn.relu(dense(tf.reshape(y, [-1, HIDDEN]), HIDDEN, HIDDEN, 5)), 20.0)
    logits = tf.reshape(dense(x, HIDDEN, 29), [-1, 1, 29])
    return [tf.nn.softmax(logits, name="logits"), *last]


def fused_lstm(x: Any, c: Any, h: Any, lengths: Any) -> list[Any]:
    """LSTMBlockFusedCell: its output, and the states at the end of each sequence."""
    zeros = weights(HIDDEN) * 0
    found = tf.raw_ops.BlockLSTM(
        seq_len_max=tf.cast(tf.reduce_max(lengths), tf.int64),
        x=x,
        cs_prev=c,
        h_prev=h,
        w=weights(2 * HIDDEN, 4 * HIDDEN),
        wci=zeros,
        wcf=zeros,
        wco=zeros,
        b=weights(4 * HIDDEN),
        forget_bias=0.0,
        cell_clip=-1.0,
    )
    mask = tf.transpose(tf.sequence_mask(lengths, STEPS, tf.float32))[:, :, None]
    y = found.h * tf.tile(mask, [1, 1, HIDDEN])
    places = tf.stack([lengths, tf.range(1)], 1)
    states = [
        tf.gather_nd(tf.concat([before[None], after], 0), places, name="GatherNd")
        for before, after in ((c, found.cs), (h, y))
    ]
    return [y, *states]


# ---- CRNN: Shi et al. 2015, as in MaybeShewill-CV/CRNN_Tensorflow


def crnn() -> Any:
    """Convolutions down to one row, two layers of LSTM in both directions, letters over time."""
    x = v1.placeholder(tf.float32, [None, 32, None, 3], "shadow/input")
    channels = 3
    for outputs, height, width in ((8, 2, 2), (8, 2, 2), (12, 2, 1), (12, 2, 1), (16, 2, 1)):
        x = tf.nn.relu(conv(x, 3, channels, outputs))
        x = tf.nn.max_pool2d(x, [height, width], [height, width], "VALID")
        channels = outputs
    x = tf.squeeze(x, 1)
    for layer in range(2):
        cells = BasicLSTM(channels, 6, 2 * layer), BasicLSTM(channels, 6, 2 * layer + 1)
        both, _ = v1.nn.bidirectional_dynamic_rnn(
            *cells, x, dtype=tf.float32, scope=f"stack_{layer}"
        )
        x, channels = tf.concat(both, 2), 12
    batch = tf.shape(x)[0]
    logits = dense(tf.reshape(x, [-1, channels]), channels, 10)
    logits = tf.reshape(logits, [batch, -1, 10])
    return tf.transpose(logits, [1, 0, 2], name="shadow/LSTMLayers/transpose_time_major")


# ---- Attention OCR: Wojna et al. 2017, as in emedvedev/attention-ocr

UNITS, VOCABULARY, START = 8, 11, 1


def attention_ocr(steps: int = 5) -> list[Any]:
    """Images decoded in a loop, convolutions, an LSTM over columns, an unrolled decoder."""
    files = v1.placeholder(tf.string, [None], "input_image_as_bytes")

    def decoded(file: Any) -> Any:
        image = tf.image.decode_png(file, 1)
        return v1.image.resize_images(image, [32, 86])

    x = v1.map_fn(decoded, files, tf.float32, name="map")
    x.set_shape([None, 32, 86, 1])
    x = x / 127.5 - 1
    for inputs, outputs in ((1, 6), (6, 8), (8, 8)):
        x = tf.nn.max_pool2d(tf.nn.relu(conv(x, 3, inputs, outputs)), 2, 2, "SAME")
    x = tf.reduce_max(x, 1)
    memory, (c, h) = v1.nn.dynamic_rnn(BasicLSTM(8, UNITS), x, dtype=tf.float32)
    hidden = tf.reshape(memory, [-1, 11, 1, UNITS])
    keys = tf.nn.conv2d(hidden, weights(1, 1, UNITS, UNITS), 1, "SAME")
    cell, symbols, found = BasicLSTM(2 * UNITS, UNITS, 1), tf.fill([tf.shape(x)[0]], START), []
    for _ in range(steps):
        query = tf.reshape(dense(h, UNITS, UNITS, 2), [-1, 1, 1, UNITS])
        score = tf.nn.softmax(tf.reduce_sum(weights(UNITS) * tf.tanh(keys + query), [2, 3]))
        seen = tf.reduce_sum(tf.reshape(score, [-1, 11, 1, 1]) * hidden, [1, 2])
        word = tf.nn.embedding_lookup(weights(VOCABULARY, UNITS), symbols)
        y, (c, h) = cell(tf.concat([word, seen], 1), (c, h))
        logits = dense(tf.concat([y, seen], 1), 2 * UNITS, VOCABULARY, 3)
        symbols = tf.argmax(logits * 3, 1, tf.int32)
        found.append((symbols, tf.reduce_max(tf.nn.softmax(logits), 1)))
    return [
        tf.transpose(tf.stack(part), name=f"transpose_{k}") for k, part in enumerate(zip(*found), 1)
    ]


# ---- A3C: Mnih et al. 2016, with the LSTM of openai/universe-starter-agent


def a3c(actions: int = 6) -> list[Any]:
    """Frames of a game one after the other: what to do, what it is worth, the state after them."""
    x = v1.placeholder(tf.float32, [None, 42, 42, 1], "frames")
    c = v1.placeholder(tf.float32, [1, 16], "c_in")
    h = v1.placeholder(tf.float32, [1, 16], "h_in")
    for number in range(4):
        x = tf.nn.elu(conv(x, 3, 8 if number else 1, 8, 2))
    x = tf.reshape(x, [1, -1, 72])
    y, state = v1.nn.dynamic_rnn(
        BasicLSTM(72, 16), x, initial_state=(c, h), sequence_length=tf.shape(x)[1:2]
    )
    y = tf.reshape(y, [-1, 16])
    policy, value = dense(y, 16, actions), dense(y, 16, 1, 1)
    return [tf.nn.softmax(policy, name="policy"), tf.identity(value[:, 0], "value"), *state]


def deep_recognizer() -> Any:
    """Three LSTMs on top of each other in one loop."""
    x = v1.placeholder(tf.float32, [None, None, 8], "features")
    cells = Stacked(BasicLSTM(8, 12), BasicLSTM(12, 12, 1), BasicLSTM(12, 8, 2))
    return tf.identity(v1.nn.dynamic_rnn(cells, x, dtype=tf.float32)[0], "outputs")
