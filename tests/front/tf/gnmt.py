"""GNMT (Wu et al. 2016) as in tensorflow/nmt, small and with random weights.

The names are those that the recipe for its conversion uses.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tests.front.tf.cells import BasicLSTM, dense, weights
from tests.front.tf.sessions import Session

v1 = tf.compat.v1
UNITS, VOCABULARY, BEAMS, START, END = 8, 11, 3, 1, 2


def attention(memory: Any, keys: Any, query: Any) -> Any:
    """Normalised Bahdanau attention."""
    v = weights(UNITS)
    processed = tf.matmul(query, weights(UNITS, UNITS, seed=7))
    score = tf.reduce_sum(v * tf.tanh(keys + processed[:, None]), 2)
    return tf.reduce_sum(tf.nn.softmax(score)[:, :, None] * memory, 1)


def encoder(words: Any, lengths: Any) -> tuple[Any, Any]:
    """A layer in both directions, then one with a residual connection."""
    vectors = tf.gather(weights(VOCABULARY, UNITS), words)
    (forwards, backwards), _ = v1.nn.bidirectional_dynamic_rnn(
        BasicLSTM(UNITS, UNITS // 2),
        BasicLSTM(UNITS, UNITS // 2, 1),
        vectors,
        lengths,
        dtype=tf.float32,
    )
    both = tf.concat([forwards, backwards], 2)
    upper, state = v1.nn.dynamic_rnn(BasicLSTM(UNITS, UNITS, 2), both, lengths, dtype=tf.float32)
    return upper + both, state


def looked_up(word: str) -> Any:
    """The number of a word, from a table of texts."""
    known = tf.lookup.KeyValueTensorInitializer(
        ["<s>", "</s>"], tf.constant([START, END], tf.int64)
    )
    table = tf.lookup.StaticHashTable(known, 0)
    number = tf.raw_ops.LookupTableFindV2(
        table_handle=table.resource_handle,
        keys=tf.constant(word),
        default_value=tf.constant(0, tf.int64),
        name="hash_table_Lookup",
    )
    number.set_shape([])
    return tf.cast(number, tf.int32)


def gnmt() -> list[Any]:
    """Beam search over a decoder with attention: words, parents and lengths of the beams, the end.

    At most twice as many steps as there are words, fewer if all beams have ended.
    """
    texts = v1.data.Iterator.from_structure(
        (tf.int32, tf.int32), (tf.TensorShape([None, None]), tf.TensorShape([None]))
    )
    words, lengths = texts.get_next()
    with v1.name_scope("dynamic_seq2seq"):
        start, end = looked_up("<s>"), looked_up("</s>")
        memory, state = encoder(words, lengths)
        with v1.name_scope("decoder/decoder"):
            return beam_search(memory, state, lengths, start, end)


def beam_search(memory: Any, state: Any, lengths: Any, start: Any, end: Any) -> list[Any]:
    batch = tf.shape(memory)[0]
    memory, c, h = (tf.repeat(value, BEAMS, 0) for value in (memory, *state))
    keys = tf.matmul(memory, tf.tile(weights(1, UNITS, UNITS), [tf.shape(memory)[0], 1, 1]))
    embedding, cell = weights(VOCABULARY, UNITS, seed=4), BasicLSTM(2 * UNITS, UNITS, 3)
    limit = tf.cast(tf.round(tf.cast(tf.reduce_max(lengths), tf.float32) * 2.0), tf.int32)
    first = tf.tile([[0.0] + [-1e9] * (BEAMS - 1)], [batch, 1])

    def goes_on(time: Any, symbols: Any, scores: Any, done: Any, *rest: Any) -> Any:
        return tf.logical_not(tf.logical_or(tf.reduce_all(done), time >= limit))

    def step(
        time: Any, symbols: Any, scores: Any, done: Any, sizes: Any, c: Any, h: Any, *lists: Any
    ) -> Any:
        seen = attention(memory, keys, h)
        x = tf.concat([tf.gather(embedding, tf.reshape(symbols, [-1])), seen], 1)
        y, (c, h) = cell(x, (c, h))
        # Nothing has taught this one to come to an end.
        logits = dense(y * 4, UNITS, VOCABULARY, 6) + 0.3 * tf.one_hot(END, VOCABULARY)
        logits = tf.nn.log_softmax(logits)
        logits = tf.reshape(logits, [batch, BEAMS, VOCABULARY])
        # A beam that is done only goes on with the end.
        ended = tf.where(tf.equal(tf.range(VOCABULARY), end), 0.0, -1e9) * tf.ones_like(logits)
        logits = tf.where(tf.tile(done[:, :, None], [1, 1, VOCABULARY]), ended, logits)
        total = tf.reshape(scores[:, :, None] + logits, [batch, BEAMS * VOCABULARY])
        scores, places = tf.math.top_k(total, BEAMS)
        parents, symbols = places // VOCABULARY, places % VOCABULARY
        rows = tf.reshape(parents + tf.range(batch)[:, None] * BEAMS, [-1])
        c, h = tf.gather(c, rows), tf.gather(h, rows)
        done, sizes = (tf.gather(value, parents, batch_dims=1) for value in (done, sizes))
        sizes += tf.cast(tf.logical_not(done), tf.int32)
        done = tf.logical_or(done, tf.equal(symbols, end))
        lists = [kept.write(time, new) for kept, new in zip(lists, (symbols, parents))]
        return (time + 1, symbols, scores, done, sizes, c, h, *lists)

    beams = [batch, BEAMS]
    begin = [0, tf.fill(beams, start), first, tf.fill(beams, False), tf.fill(beams, 0), c, h]
    begin += [tf.TensorArray(tf.int32, 0, dynamic_size=True) for _ in range(2)]
    _, _, _, _, sizes, _, _, symbols, parents = v1.while_loop(goes_on, step, begin)
    longest = tf.reduce_max(sizes, 1)
    results = {"symbols": symbols.stack(), "parents": parents.stack(), "longest": longest}
    return [*(tf.identity(value, name) for name, value in results.items()), end]


def with_gather_tree(original: Session) -> Path:
    """The graph as a file, with the operation at its end that came with TensorFlow 1 only."""
    path = original.plain()
    message = v1.GraphDef.FromString(path.read_bytes())
    name = "dynamic_seq2seq/decoder/decoder/GatherTree"
    node = message.node.add(name=name, op="GatherTree")
    node.input.extend(tensor.name.removesuffix(":0") for tensor in original.outputs)
    node.attr["T"].type = tf.int32.as_datatype_enum
    path.write_bytes(message.SerializeToString())
    return path


def gathered(symbols: np.ndarray, parents: np.ndarray, longest: np.ndarray, end: int) -> np.ndarray:
    """GatherTree: the words of each beam from its last one back to the first."""
    result = np.full_like(symbols, end)
    for batch, beam in np.ndindex(symbols.shape[1:]):
        place = beam
        for time in reversed(range(min(len(symbols), longest[batch]))):
            result[time, batch, beam] = symbols[time, batch, place]
            place = parents[time, batch, place]
        ends = np.flatnonzero(result[:, batch, beam] == end)
        result[ends[0] if len(ends) else len(symbols) :, batch, beam] = end
    return result
