"""Recurrent loops of TensorFlow 1: dynamic_rnn and its relatives, with every cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from mo.graph.graph import Graph
from tests.front.comparing import operations
from tests.front.tf.cells import GRU, LSTM, BasicLSTM, BasicRNN, Cell, Stacked
from tests.front.tf.running import agree_in_session, converted, in_session
from tests.models.nodes import numbers

pytestmark = pytest.mark.heavy

v1 = tf.compat.v1
# Two sequences of six steps of three features.
X = numbers(2, 6, 3)
LENGTHS = np.array([4, 6], np.int32)

CELLS = {
    "rnn": BasicRNN(3, 5),
    "gru": GRU(3, 5),
    "lstm": BasicLSTM(3, 5),
    "stacked": Stacked(BasicLSTM(3, 5), GRU(5, 4)),
    "peepholes": LSTM(3, 5, peepholes=True),
    "projection": LSTM(3, 5, projection=4),
    "clip": LSTM(3, 5, clip=0.3),
}


def run(cell: Cell, x: Any, **options: Any) -> Any:
    x.set_shape([None, None, 3])
    return v1.nn.dynamic_rnn(cell, x, dtype=tf.float32, **options)


# The layers of the IR that they become; those that it has no operation for stay loops.
SEQUENCES = {
    "rnn": ["RNNSequence"],
    "gru": ["GRUSequence"],
    "lstm": ["LSTMSequence"],
    "stacked": ["LSTMSequence", "GRUSequence"],
}


@pytest.mark.parametrize("name", CELLS)
def test_cells(name: str) -> None:
    graph = agree_in_session(lambda x: run(CELLS[name], x), X)
    assert recurrent(graph) == SEQUENCES.get(name, ["Loop"])
    opened, _ = in_session(lambda x: run(CELLS[name], x), [X], is_open=True)
    assert recurrent(converted(opened)) == recurrent(graph)


def recurrent(graph: Graph) -> list[str]:
    return [name for name in operations(graph) if name == "Loop" or name.endswith("Sequence")]


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("lengths", [LENGTHS, np.array([2, 0], np.int32)])
def test_sequences_of_several_lengths(name: str, lengths: np.ndarray) -> None:
    def go(x: Any, n: Any) -> Any:
        return run(CELLS[name], x, sequence_length=n)

    assert recurrent(agree_in_session(go, X, lengths)) == SEQUENCES.get(name, ["Loop"])
    opened, _ = in_session(go, [X, lengths], is_open=True)
    assert recurrent(converted(opened)) == SEQUENCES.get(name, ["Loop"])


def test_lengths_that_are_the_whole_time() -> None:
    """As A3C asks for its layer: nothing is skipped then."""

    def go(x: Any) -> Any:
        x.set_shape([1, None, 3])
        return run(CELLS["lstm"], x, sequence_length=tf.shape(x)[1:2])

    graph = agree_in_session(go, X[:1])
    assert "Select" not in operations(graph)


def test_time_first() -> None:
    graph = agree_in_session(lambda x: run(CELLS["gru"], x, time_major=True), X)
    assert recurrent(graph) == ["GRUSequence"]


def test_an_initial_state() -> None:
    def go(x: Any, h: Any) -> Any:
        h.set_shape([None, 5])
        return run(CELLS["gru"], x, initial_state=h)

    agree_in_session(go, X, numbers(2, 5))


def test_both_directions() -> None:
    def go(x: Any) -> Any:
        x.set_shape([None, None, 3])
        forwards, backwards = BasicLSTM(3, 5), BasicLSTM(3, 4, seed=1)
        return v1.nn.bidirectional_dynamic_rnn(forwards, backwards, x, dtype=tf.float32)

    assert recurrent(agree_in_session(go, X)) == ["LSTMSequence", "LSTMSequence"]


def test_both_directions_of_sequences_of_several_lengths() -> None:
    def go(x: Any, n: Any) -> Any:
        x.set_shape([None, None, 3])
        forwards, backwards = GRU(3, 5), GRU(3, 4, seed=1)
        return v1.nn.bidirectional_dynamic_rnn(
            forwards, backwards, x, sequence_length=n, dtype=tf.float32
        )

    assert operations(agree_in_session(go, X, LENGTHS)).count("GRUSequence") == 2


def test_unrolled_steps() -> None:
    def go(x: Any) -> Any:
        x.set_shape([None, 6, 3])
        steps = tf.unstack(x, axis=1)
        return v1.nn.static_rnn(CELLS["lstm"], steps, dtype=tf.float32)[0][-1]

    agree_in_session(go, X)
