"""Recurrent layers of Keras: loops that become sequence operations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from mo.graph.graph import Graph
from tests.front.comparing import operations
from tests.front.tf.running import agree
from tests.models.nodes import numbers

pytestmark = pytest.mark.heavy

RECURRENT = {"LSTM": "LSTMSequence", "GRU": "GRUSequence", "SimpleRNN": "RNNSequence"}
OPTIONS: list[dict[str, Any]] = [
    {},
    {"return_sequences": True, "return_state": True},
    {"go_backwards": True},
    {"activation": "relu", "use_bias": False},
]


@pytest.mark.parametrize("layer", RECURRENT)
@pytest.mark.parametrize("options", OPTIONS)
def test_recurrent_layers_of_keras(layer: str, options: dict[str, Any]) -> None:
    graph = layer_agrees(getattr(tf.keras.layers, layer)(5, **options))
    assert RECURRENT[layer] in operations(graph)
    assert "Loop" not in operations(graph)


@pytest.mark.parametrize(
    "options", [{"implementation": 1}, {"reset_after": False}, {"recurrent_activation": "tanh"}]
)
def test_gru_variants_of_keras(options: dict[str, Any]) -> None:
    assert "GRUSequence" in operations(layer_agrees(tf.keras.layers.GRU(5, **options)))


def test_lstm_of_keras_gate_by_gate() -> None:
    made = tf.keras.layers.LSTM(5, implementation=1, unit_forget_bias=False)
    assert "LSTMSequence" in operations(layer_agrees(made))


def test_functions_that_the_sequence_operations_do_not_know() -> None:
    assert "Loop" in operations(layer_agrees(tf.keras.layers.LSTM(5, activation="softsign")))


@pytest.mark.parametrize("layer", RECURRENT)
def test_recurrent_layers_in_both_directions(layer: str) -> None:
    inner = getattr(tf.keras.layers, layer)(5, return_sequences=True)
    graph = layer_agrees(tf.keras.layers.Bidirectional(inner))
    assert operations(graph).count(RECURRENT[layer]) == 2


@pytest.mark.parametrize("layer", RECURRENT)
@pytest.mark.parametrize(
    "options",
    [
        {"return_sequences": True, "return_state": True},
        {"return_sequences": True, "zero_output_for_mask": True},
        {"zero_output_for_mask": True, "go_backwards": True},
    ],
)
def test_recurrent_layers_with_steps_left_out(layer: str, options: dict[str, Any]) -> None:
    made = getattr(tf.keras.layers, layer)(5, **options)
    mask = np.array([[1, 1, 0, 1, 1, 0, 0], [0, 1, 1, 1, 0, 0, 0]], bool)
    made.build((None, 7, 3))
    values = [variable.numpy() for variable in made.weights]
    graph = agree(lambda x, m: frozen(made, values, x, mask=m), numbers(2, 7, 3), mask)
    assert RECURRENT[layer] in operations(graph)
    assert "Loop" not in operations(graph)


def test_a_mask_between_layers() -> None:
    """Words of which 0 is none, through two layers in both directions."""
    layers = tf.keras.layers
    words = layers.Input((None,), dtype="int32")
    x = layers.Embedding(20, 6, mask_zero=True)(words)
    x = layers.Bidirectional(layers.LSTM(5, return_sequences=True))(x)
    x = layers.Bidirectional(layers.GRU(4))(x)
    tf.keras.utils.set_random_seed(1)
    model = tf.keras.Model(words, layers.Dense(2)(x))
    values = [variable.numpy() for variable in model.weights]
    given = np.array([[3, 7, 1, 0, 0], [5, 2, 9, 4, 0]], np.int32)
    graph = agree(lambda x: frozen(model, values, x), given)
    assert operations(graph).count("LSTMSequence") == 2
    assert operations(graph).count("GRUSequence") == 2
    assert "Loop" not in operations(graph)


def test_a_recurrent_layer_with_a_given_state() -> None:
    made = tf.keras.layers.GRU(5, return_state=True)
    made.build((None, 7, 3))
    values = [variable.numpy() for variable in made.weights]
    agree(lambda x, h: frozen(made, values, x, initial_state=h), numbers(2, 7, 3), numbers(2, 5))


def test_stacked_cells_in_one_loop() -> None:
    cells = [tf.keras.layers.LSTMCell(5), tf.keras.layers.GRUCell(4)]
    graph = layer_agrees(tf.keras.layers.RNN(cells, return_sequences=True))
    assert {"LSTMSequence", "GRUSequence"} <= set(operations(graph))


def layer_agrees(made: Any) -> Graph:
    tf.keras.utils.set_random_seed(1)
    made.build((None, 7, 3))
    values = [variable.numpy() for variable in made.weights]
    return agree(lambda x: frozen(made, values, x), numbers(2, 7, 3))


def frozen(layer: Any, values: list[np.ndarray], x: Any, **options: Any) -> Any:
    """A layer as a function of its input, its variables constants."""
    from keras.src.backend.common.stateless_scope import StatelessScope

    pairs = [(v, tf.constant(a)) for v, a in zip(layer.weights, values)]
    with StatelessScope(state_mapping=pairs):
        return layer(x, **options)
