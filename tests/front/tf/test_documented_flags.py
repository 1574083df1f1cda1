"""Networks of the documentation in small, converted with the flags that it gives for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tests.front.tf.sessions import Session, converted, same
from tests.front.tf.xlnet import xlnet
from tests.models.nodes import numbers

v1 = tf.compat.v1
WIDTH, HEADS, WORDS = 16, 2, 30
BATCH, LENGTH = 2, 12


def variable(name: str, *shape: int) -> Any:
    start = v1.constant_initializer(numbers(*shape) / np.float32(np.sqrt(shape[0])))
    return v1.get_variable(name, shape, initializer=start, use_resource=False)


# ---- BERT (google-research/bert, modeling.py)


def normalized(x: Any, name: str) -> Any:
    mean, spread = tf.nn.moments(x, [-1], keepdims=True)
    beta, gamma = variable(f"{name}/beta", WIDTH), variable(f"{name}/gamma", WIDTH)
    return tf.nn.batch_normalization(x, mean, spread, beta, gamma, 1e-12)


def dense(x: Any, width: int, name: str) -> Any:
    kernel = variable(f"{name}/kernel", int(x.shape[-1]), width)
    return tf.nn.bias_add(tf.matmul(x, kernel), variable(f"{name}/bias", width))


def attended(x: Any, mask: Any, batch: Any, length: Any, name: str) -> Any:
    def heads(part: str) -> Any:
        split = tf.reshape(dense(x, WIDTH, f"{name}/{part}"), [batch, length, HEADS, -1])
        return tf.transpose(split, [0, 2, 1, 3])

    scores = tf.matmul(heads("query"), heads("key"), transpose_b=True)
    scores = scores * (WIDTH / HEADS) ** -0.5 + (1.0 - mask) * -10000.0
    context = tf.matmul(v1.nn.dropout(tf.nn.softmax(scores), rate=0.0), heads("value"))
    return tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [-1, WIDTH])


def bert(ids: Any, mask: Any, kinds: Any) -> Any:
    """Its last operation is bert/pooler/dense/Tanh."""
    with v1.variable_scope("bert"):
        batch, length = tf.shape(ids)[0], tf.shape(ids)[1]
        words = tf.gather(variable("embeddings/words", WORDS, WIDTH), tf.reshape(ids, [-1]))
        hot = tf.one_hot(tf.reshape(kinds, [-1]), 2)
        words += tf.matmul(hot, variable("embeddings/kinds", 2, WIDTH))
        x = tf.reshape(words, [batch, length, WIDTH])
        places = variable("embeddings/places", 40, WIDTH)
        with tf.control_dependencies([v1.assert_less_equal(length, 40)]):
            x += tf.slice(places, [0, 0], [length, -1])
        x = tf.reshape(normalized(x, "embeddings/LayerNorm"), [-1, WIDTH])
        seen = tf.cast(tf.reshape(mask, [batch, 1, 1, length]), tf.float32)
        for number in range(2):
            name = f"encoder/layer_{number}"
            context = attended(x, seen, batch, length, f"{name}/self")
            x = normalized(dense(context, WIDTH, f"{name}/output") + x, f"{name}/norm_1")
            inner = dense(x, 2 * WIDTH, f"{name}/intermediate")
            inner = 0.5 * inner * (1.0 + tf.math.erf(inner / np.float32(np.sqrt(2.0))))
            x = normalized(dense(inner, WIDTH, f"{name}/dense") + x, f"{name}/norm_2")
        first = tf.reshape(x, [batch, length, WIDTH])[:, 0:1, :]
        pooled = dense(tf.squeeze(first, 1), WIDTH, "pooler/dense")
    return tf.tanh(pooled, name="bert/pooler/dense/Tanh")


def tokens() -> list[np.ndarray]:
    random = np.random.default_rng(0)
    ids = random.integers(0, WORDS, (BATCH, LENGTH))
    mask = np.ones((BATCH, LENGTH), np.int64)
    mask[:, -3:] = 0
    return [array.astype(np.int32) for array in (ids, mask, random.integers(0, 2, ids.shape))]


def test_bert_with_its_checkpoint(tmp_path: Path) -> None:
    shape = [BATCH, LENGTH]
    session = Session(tmp_path, lambda: [bert(*(v1.placeholder(tf.int32, shape) for _ in "abc"))])
    names = ("Placeholder", "Placeholder_1", "Placeholder_2")
    model = converted(
        tmp_path,
        *("--input_meta_graph", session.meta_graph("bert_model.ckpt")),
        *("--output", "bert/pooler/dense/Tanh", "--disable_nhwc_to_nchw"),
        *("--input", ",".join(f"{name}{{i32}}" for name in names)),
    )
    arrays = tokens()
    same(model, session.results(dict(zip(names, arrays))), arrays)


def test_bert_behind_an_iterator(tmp_path: Path) -> None:
    def build() -> list[Any]:
        texts, ends = [None, None], [None]
        shapes = tuple(map(tf.TensorShape, (texts, texts, ends, ends, texts)))
        ids, mask, _, _, kinds = v1.data.Iterator.from_structure((tf.int32,) * 5, shapes).get_next()
        return [bert(ids, mask, kinds)]

    session = Session(tmp_path, build)
    ports = [f"IteratorGetNext:{port}" for port in (0, 1, 4)]
    model = converted(
        tmp_path,
        *("--input_model", session.frozen(), "--disable_nhwc_to_nchw"),
        *("--input", ",".join(f"{port}{{i32}}[{BATCH} {LENGTH}]" for port in ports)),
    )
    arrays = tokens()
    same(model, session.results(dict(zip(ports, arrays))), arrays)


# ---- XLNet (zihangdai/xlnet)


@pytest.mark.parametrize("shapes", ["[50 1]", ""])
def test_xlnet(shapes: str, tmp_path: Path) -> None:
    """With the documented shapes, and open for texts of any number and length."""
    session = Session(tmp_path, xlnet)
    names = ("input_mask", "input_ids", "seg_ids")
    model = converted(
        *(tmp_path, "--input_model", session.frozen()),
        *("--input", ",".join(f"{name}{shapes}" for name in names)),
        *("--log_level", "DEBUG", "--disable_nhwc_to_nchw"),
    )
    for size in [(50, 1)] if shapes else [(50, 1), (7, 3)]:
        random = np.random.default_rng(size)
        mask = np.float32(np.arange(size[0])[:, None] < [[2]] * np.ones(size[1]))
        ids, parts = (np.int32(random.integers(0, most, size)) for most in (40, 2))
        arrays = [mask, ids, parts]
        same(model, session.results(dict(zip(names, arrays))), arrays)


# ---- NCF (tensorflow/models official/recommendation): cut at the second input of its lookups


def recommended() -> list[Any]:
    user, item = (v1.placeholder(tf.int32, [None], name=name) for name in ("user", "item"))
    found = []
    for number, ids in enumerate((user, item, user, item)):
        name = f"embedding_{number}" if number else "embedding"
        table = variable(name, 50, 8)
        found.append(tf.nn.embedding_lookup(table, ids, name=f"{name}/embedding_lookup"))
    factors = found[0] * found[1]
    deep = tf.nn.relu(dense(tf.concat(found[2:], 1), 8, "mlp"))
    rating = variable("rating/kernel", 16, 1)
    score = tf.matmul(tf.concat([factors, deep], 1), rating)
    return [tf.nn.bias_add(score, variable("rating/bias", 1), name="rating/BiasAdd")]


def test_ncf(tmp_path: Path) -> None:
    session = Session(tmp_path, recommended)
    lookups = ["embedding", "embedding_1", "embedding_2", "embedding_3"]
    ids = [np.arange(256, dtype=np.int32) % 50, np.arange(256, dtype=np.int32)[::-1] % 47]
    arrays = [ids[0], ids[1], ids[0], ids[1]]
    wanted = session.results({"user": ids[0], "item": ids[1]})
    model = converted(
        tmp_path,
        *("--input_model", session.frozen(), "--input_shape", ",".join(["[256]"] * 4)),
        *("--input", ",".join(f"1:{name}/embedding_lookup" for name in lookups)),
    )
    same(model, wanted, arrays)
    whole = converted(
        tmp_path,
        *("--input_meta_graph", session.meta_graph("model"), "--output", "rating/BiasAdd"),
    )
    same(whole, wanted, ids)


# ---- Wide & Deep (tensorflow/models r2.2.0 official/r1/wide_deep)

_WIDE = "linear/linear_model/linear_model/linear_model/education"
_DEEP = "dnn/input_from_feature_columns/input_layer/education_indicator"


def census() -> list[Any]:
    """A column of texts that a table turns into numbers, wide and as an indicator."""
    age = v1.placeholder(tf.float32, [None], name="IteratorGetNext")
    texts = v1.placeholder(tf.string, [None, 1], name="education")
    known = v1.constant(["Bachelors", "HS-grad", "Masters", "Doctorate"])

    def sparse(name: str) -> Any:
        with v1.name_scope(f"{name}/to_sparse_input/"):
            places = tf.where(tf.not_equal(texts, ""), name="indices")
            values = tf.gather_nd(texts, places, name="values")
            size = tf.shape(texts, tf.int64, name="dense_shape")
        with v1.name_scope(f"{name}/hash_table_Lookup/"):
            start = tf.lookup.KeyValueTensorInitializer(known, tf.range(4, dtype=tf.int64))
            numbers_of = tf.lookup.StaticHashTable(start, -1).lookup(values)
        return tf.SparseTensor(places, numbers_of, size)

    wide = tf.nn.safe_embedding_lookup_sparse(
        variable("weights", 4, 1), sparse(_WIDE), combiner="sum"
    )
    hot = tf.one_hot(tf.sparse.to_dense(sparse(_DEEP), -1), 4)
    features = tf.concat([age[:, None], tf.reduce_sum(hot, 1)], 1)
    logits = dense(tf.nn.relu(dense(features, 8, "hidden")), 1, "logits") + wide
    both = tf.concat([tf.zeros_like(logits), logits], 1)
    return [tf.nn.softmax(both, name="head/predictions/probabilities")]


def test_wide_and_deep(tmp_path: Path) -> None:
    session = Session(tmp_path, census)
    texts = np.array([["Masters"], ["HS-grad"]], object)
    age = np.float32([0.3, -1.2])
    wanted = session.results({"IteratorGetNext": age, "education": texts})
    cuts = ["IteratorGetNext:0[2]"]
    for name in (_WIDE, _DEEP):
        find = f"{name}/hash_table_Lookup/hash_table_Lookup/LookupTableFindV2"
        cuts += [f"{name}/to_sparse_input/indices:0[2 2]{{i32}}", f"{find}:0[2]{{i32}}"]
        cuts.append(f"{name}/to_sparse_input/dense_shape:0[2]{{i32}}->[2 1]")
    meta = session.meta_graph("model.ckpt")
    model = converted(
        tmp_path,
        *("--input_checkpoint", tmp_path / "model.ckpt", "--input_meta_graph", meta),
        *("--input", ",".join(cuts), "--output", "head/predictions/probabilities"),
    )
    places = np.array([[0, 0], [1, 0]], np.int32)
    ids = np.array([2, 1], np.int32)
    same(model, wanted, [age, places, ids, places, ids])
