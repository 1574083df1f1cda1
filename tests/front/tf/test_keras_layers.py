"""Layers and functions of Keras 3, saved as .keras and .h5 and read without Keras."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest

pytest.importorskip("openvino")

import keras

from mo.cli.parser import parse_arguments
from mo.errors import ConversionError
from mo.graph.graph import Graph
from mo.pipeline.convert import convert
from tests.front.comparing import compare_results
from tests.ops import runtime

pytestmark = pytest.mark.heavy

L, ops = keras.layers, keras.ops
random = np.random.default_rng(0)
# Three sequences of words, of which 0 is none.
WORDS = np.array([[3, 1, 4, 0, 0], [2, 0, 5, 6, 1], [7, 8, 0, 0, 0]], np.int32)


def read(path: Path, *flags: str) -> Graph:
    return convert(parse_arguments([f"--input_model={path}", *flags], "tf", "mo"))


def agrees(model: Any, feeds: Sequence[np.ndarray], folder: Path, kinds: str = "keras h5") -> Graph:
    """Assert that the model computes the same from each file, its batch known and open."""
    given = [keras.ops.convert_to_tensor(feed) for feed in feeds]
    expected = keras.tree.flatten(model(given if len(given) > 1 else given[0]))
    expected = [np.asarray(value) for value in expected]
    for kind in kinds.split():
        path = folder / f"model.{kind}"
        model.save(path)
        for flags in ([f"--batch={len(feeds[0])}"], []):
            graph = read(path, *flags)
            results = runtime.run(graph, list(feeds))
            compare_results(graph, results, expected, 1e-4, f"{kind} {flags}", to_scale=True)
    return graph


def unusual(model: Any) -> Any:
    """The model with weights of which none is zero or one."""
    for weight in model.weights:
        if "float" in weight.dtype:
            weight.assign(random.uniform(0.2, 1, weight.shape) * random.choice([-1, 1]))
    return model


def numbers(*shape: int) -> np.ndarray:
    return random.uniform(-1, 1, shape).astype(np.float32)


def sequence() -> Any:
    return keras.Input((5, 6), name="x")


# ---- functions

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "a row": lambda x: x[:, 0],
    "rows": lambda x: x[:, -1, 1:3],
    "backwards": lambda x: x[:, ::-1, -2:],
    "a new axis": lambda x: x[..., None] + x[:, None, 0, :, None],
    "mean": lambda x: ops.mean(x, axis=1, keepdims=True),
    "sum": lambda x: ops.sum(x, axis=(1, 2)),
    "max": lambda x: ops.max(x, axis=-1),
    "var": lambda x: ops.var(x, axis=1),
    "std": lambda x: ops.std(x, axis=-1, keepdims=True),
    "matmul": lambda x: ops.matmul(x, ops.transpose(x, (0, 2, 1))),
    "einsum": lambda x: ops.einsum("btd,bsd->bts", x, x),
    "reshape": lambda x: ops.reshape(x, (-1, 30)),
    "concatenate": lambda x: ops.concatenate([x, x * 2], axis=1),
    "stack": lambda x: ops.stack([x, -x], 1),
    "split": lambda x: ops.split(x, 2, axis=2)[1],
    "split at": lambda x: ops.split(x, [1, 3], axis=2)[2],
    "unstack": lambda x: ops.unstack(x, axis=1)[2],
    "squeeze": lambda x: ops.squeeze(x[:, :1], 1),
    "expand": lambda x: ops.expand_dims(x, 1),
    "swapaxes": lambda x: ops.swapaxes(x, 1, 2),
    "moveaxis": lambda x: ops.moveaxis(x, 1, -1),
    "flip": lambda x: ops.flip(x, axis=1),
    "tile": lambda x: ops.tile(x, (1, 2, 1)),
    "pad": lambda x: ops.pad(x, ((0, 0), (1, 2), (0, 0))),
    "cumsum": lambda x: ops.cumsum(x, axis=1),
    "take": lambda x: ops.take(x, [0, -1], axis=1),
    "clip": lambda x: ops.clip(x, 0, 0.5),
    "numbers": lambda x: 2 - (x * 2 + 1) / 3,
    "powers": lambda x: ops.square(x) ** 2 + ops.sqrt(ops.abs(x)) + ops.rsqrt(ops.exp(x)),
    "an array": lambda x: x * np.arange(6, dtype=np.float32),
    "where": lambda x: ops.where(x > 0, x, 0.0),
    "argmax": lambda x: ops.argmax(x, axis=-1),
    "top_k": lambda x: ops.top_k(x, 2),
    "cast": lambda x: ops.cast(x > 0, "float32"),
    "any": lambda x: ops.logical_and(ops.any(x > 0.5, axis=1), ops.logical_not(ops.all(x < 1, 1))),
    "full": lambda x: ops.full_like(x, 2) + ops.ones_like(x) + ops.zeros_like(x),
    "one_hot": lambda x: ops.one_hot(ops.argmax(x, axis=-1), 6),
    "integers": lambda x: ops.argmax(x, axis=-1) // 2 + ops.argmax(x, axis=1)[:, :5] % 3,
    "mixed": lambda x: ops.argmax(x, axis=-1) * 0.5 + ops.mean(ops.argmax(x, axis=-1)),
    "resize": lambda x: ops.image.resize(x[..., None], (3, 9)),
    "relu": lambda x: ops.relu(x) + ops.relu6(x * 9) + ops.leaky_relu(x) + ops.elu(x),
    "gelu": lambda x: ops.gelu(x) + ops.gelu(x, approximate=False) + ops.silu(x),
    "sigmoid": lambda x: ops.sigmoid(x) + ops.tanh(x) + ops.softplus(x) + ops.hard_sigmoid(x),
    "softmax": lambda x: ops.softmax(x, axis=1) + ops.log_softmax(x),
    "norm": lambda x: x / ops.sqrt(ops.maximum(ops.sum(x * x, axis=-1, keepdims=True), 1e-6)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name: str, tmp_path: Path) -> None:
    x = sequence()
    agrees(keras.Model(x, FUNCTIONS[name](x)), [numbers(2, 5, 6)], tmp_path, "keras")


def test_outputs_in_a_dictionary_keep_their_names(tmp_path: Path) -> None:
    x = sequence()
    model = keras.Model(x, {"last": x[:, -1], "mean": ops.mean(x, axis=1)})
    graph = agrees(model, [numbers(2, 5, 6)], tmp_path)
    assert [node.name.split("/")[0] for node in graph.results()] == ["last", "mean"]


# ---- attention

HEADS: dict[str, Callable[[Any, Any], Any]] = {
    "plain": lambda x, y: L.MultiHeadAttention(2, 3)(x, x),
    "of other sizes": lambda x, y: L.MultiHeadAttention(2, 3, value_dim=4, output_shape=5)(x, y),
    "without bias": lambda x, y: L.MultiHeadAttention(3, 2, use_bias=False)(x, y, key=y * 2),
    "causal": lambda x, y: L.MultiHeadAttention(2, 3)(x, x, use_causal_mask=True),
    "weights": lambda x, y: L.MultiHeadAttention(2, 3)(x, y, return_attention_scores=True),
    "masked": lambda x, y: L.MultiHeadAttention(2, 3)(
        x, y, attention_mask=ops.matmul(x, ops.transpose(y, (0, 2, 1))) > 0
    ),
    "in groups": lambda x, y: L.GroupQueryAttention(3, 4, 2)(x, y),
    "in groups, causal": lambda x, y: L.GroupQueryAttention(3, 4, 2)(x, x, use_causal_mask=True),
    "one head": lambda x, y: L.Attention(use_scale=True)([x, y]),
    "one head, causal": lambda x, y: L.Attention()([x, x], use_causal_mask=True),
    "one head, weights": lambda x, y: L.Attention()([x, y, y * 2], return_attention_scores=True),
    "concat": lambda x, y: L.Attention(use_scale=True, score_mode="concat")([x, y]),
    "additive": lambda x, y: L.AdditiveAttention()([x, y]),
    "additive without scale": lambda x, y: L.AdditiveAttention(use_scale=False)([x, y]),
}


@pytest.mark.parametrize("name", HEADS)
def test_attention(name: str, tmp_path: Path) -> None:
    x, y = sequence(), keras.Input((4, 6), name="y")
    model = unusual(keras.Model([x, y], HEADS[name](x, y)))
    agrees(model, [numbers(2, 5, 6), numbers(2, 4, 6)], tmp_path)


def test_attention_over_images(tmp_path: Path) -> None:
    image, other = keras.Input((3, 4, 6)), keras.Input((2, 5, 6))
    model = keras.Model([image, other], L.MultiHeadAttention(2, 3, output_shape=4)(image, other))
    agrees(unusual(model), [numbers(2, 3, 4, 6), numbers(2, 2, 5, 6)], tmp_path)


def test_a_block_of_a_transformer(tmp_path: Path) -> None:
    """Words and their places, attention, a network for each step, normalisations."""
    words = keras.Input((5,), dtype="int32")
    x = L.Embedding(9, 6)(words) + L.Embedding(5, 6)(ops.zeros_like(words))
    x = L.LayerNormalization()(x + L.MultiHeadAttention(2, 3)(x, x))
    x = L.LayerNormalization()(L.Add()([x, L.Dense(6)(L.Dense(8, activation="gelu")(x))]))
    model = unusual(keras.Model(words, L.Dense(2)(L.GlobalAveragePooling1D()(x))))
    agrees(model, [WORDS], tmp_path)


# ---- normalisations and others

LAYERS: dict[str, Callable[[], Any]] = {
    "RMSNormalization": lambda: L.RMSNormalization(),
    "GroupNormalization": lambda: L.GroupNormalization(3),
    "GroupNormalization along time": lambda: L.GroupNormalization(-1, axis=1),
    "SpectralNormalization": lambda: L.SpectralNormalization(L.Dense(3)),
    "EinsumDense": lambda: L.EinsumDense(
        "abc,cd->abd", (None, 4), bias_axes="d", activation="relu"
    ),
    "EinsumDense without bias": lambda: L.EinsumDense("abc,cde->abde", (None, 2, 3)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layers(name: str, tmp_path: Path) -> None:
    x = sequence()
    agrees(unusual(keras.Model(x, LAYERS[name]()(x))), [numbers(2, 5, 6)], tmp_path)


IMAGES: dict[str, Callable[[], Any]] = {
    "Resizing": lambda: L.Resizing(4, 9),
    "Resizing to the nearest": lambda: L.Resizing(4, 5, interpolation="nearest"),
    "CenterCrop": lambda: L.CenterCrop(3, 4),
    "Discretization": lambda: L.Discretization(bin_boundaries=[-0.5, 0.0, 0.5]),
    "Rescaling": lambda: L.Rescaling(1 / 127.5, -1),
    "Normalization": lambda: L.Normalization(mean=[0.1, 0.2, 0.3], variance=[1, 4, 9]),
}


@pytest.mark.parametrize("name", IMAGES)
def test_layers_that_prepare_images(name: str, tmp_path: Path) -> None:
    image, values = keras.Input((6, 7, 3)), numbers(2, 6, 7, 3)
    values[0, 0, 0] = [-0.5, 0, 0.5]
    agrees(keras.Model(image, IMAGES[name]()(image)), [values], tmp_path)


@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count"])
@pytest.mark.parametrize("length", [1, 5])
def test_categories(mode: str, length: int, tmp_path: Path) -> None:
    source = keras.Input((length,), dtype="int32")
    model = keras.Model(source, L.CategoryEncoding(9, output_mode=mode)(source))
    agrees(model, [WORDS[:, :length]], tmp_path)


# ---- masks


def words(length: int | None = 5) -> tuple[Any, Any]:
    source = keras.Input((length,), dtype="int32", name="words")
    return source, L.Embedding(9, 6, mask_zero=True)(source)


RNN: dict[str, Callable[[], Any]] = {
    "LSTM": lambda: L.LSTM(3),
    "GRU of all steps": lambda: L.GRU(3, return_sequences=True),
    "SimpleRNN": lambda: L.SimpleRNN(3),
    "backwards": lambda: L.LSTM(3, go_backwards=True, return_sequences=True),
    "zeros": lambda: L.GRU(3, return_sequences=True, zero_output_for_mask=True),
    "the last of zeros": lambda: L.GRU(3, zero_output_for_mask=True),
    "with states": lambda: L.LSTM(3, return_sequences=True, return_state=True),
    "both": lambda: L.Bidirectional(L.LSTM(3, return_sequences=True)),
    "both at the end": lambda: L.Bidirectional(L.GRU(3), merge_mode="sum"),
    "both with states": lambda: L.Bidirectional(L.LSTM(3, return_state=True)),
}


@pytest.mark.parametrize("name", RNN)
def test_masks_of_words(name: str, tmp_path: Path) -> None:
    """Through a Dense layer and a Dropout, in a functional model and in a sequence."""
    source, x = words()
    model = unusual(keras.Model(source, RNN[name]()(L.Dropout(0.5)(L.Dense(4)(x)))))
    agrees(model, [WORDS], tmp_path)


@pytest.mark.parametrize("name", ["LSTM", "zeros", "both"])
def test_masks_in_a_sequence(name: str, tmp_path: Path) -> None:
    layers = [L.Embedding(9, 6, mask_zero=True), L.Dense(4), RNN[name](), L.Dense(2)]
    model = keras.Sequential([keras.Input((5,), dtype="int32"), *layers])
    agrees(unusual(model), [WORDS], tmp_path)


READERS: dict[str, Callable[[Any, Any], Any]] = {
    "pooling": lambda x, y: L.GlobalAveragePooling1D()(x),
    "of two": lambda x, y: L.LSTM(3)(L.Add()([x, y])),
    "of one": lambda x, y: L.LSTM(3)(L.Add()([x, L.Conv1D(6, 1)(y)])),
    "joined": lambda x, y: L.LSTM(3)(L.Concatenate()([x, y])),
    "joined in time": lambda x, y: L.LSTM(3)(L.Concatenate(axis=1)([x, y])),
    "heads": lambda x, y: L.MultiHeadAttention(2, 3)(x, y),
    "heads over themselves": lambda x, y: L.MultiHeadAttention(2, 3)(x, x, use_causal_mask=True),
    "groups": lambda x, y: L.GroupQueryAttention(3, 4, 2)(x, y),
    "heads, then pooling": lambda x, y: L.GlobalAveragePooling1D()(
        L.MultiHeadAttention(2, 3)(x, x)
    ),
    "attention": lambda x, y: L.Attention()([x, y]),
    "additive": lambda x, y: L.GlobalAveragePooling1D()(L.AdditiveAttention()([x, y])),
    "per step": lambda x, y: L.GRU(3)(L.TimeDistributed(L.Dense(4))(x)),
}


@pytest.mark.parametrize("name", READERS)
def test_masks_are_heeded(name: str, tmp_path: Path) -> None:
    source, x = words()
    other = keras.Input((5, 6), name="other")
    result = READERS[name](x, L.Masking()(other))
    values = numbers(3, 5, 6)
    values[0, 3:], values[1, 0], values[2, 4] = 0, 0, 0
    agrees(unusual(keras.Model([source, other], result)), [WORDS, values], tmp_path)


def test_a_mask_that_is_an_argument(tmp_path: Path) -> None:
    source, x = words()
    y = L.LSTM(3)(L.Conv1D(4, 1)(x), mask=ops.not_equal(source, 1))
    agrees(unusual(keras.Model(source, y)), [WORDS], tmp_path)


def test_a_state_from_another_layer(tmp_path: Path) -> None:
    source, x = words()
    _, *states = L.LSTM(4, return_state=True)(x)
    other = keras.Input((5, 6), name="other")
    y = L.LSTM(4, return_sequences=True)(other, initial_state=states)
    agrees(unusual(keras.Model([source, other], y)), [WORDS, numbers(3, 5, 6)], tmp_path)


def test_a_mask_that_is_not_known_is_refused(tmp_path: Path) -> None:
    source, x = words()
    inner = keras.Sequential([keras.Input((5, 6)), L.Dense(6)])
    model = keras.Model(source, L.Attention()([L.Softmax()(x), inner(x)]))
    model.save(tmp_path / "model.keras")
    with pytest.raises(ConversionError, match="mask"):
        read(tmp_path / "model.keras")
