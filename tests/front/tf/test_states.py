"""Models that remember: what one inference leaves, the next one finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import openvino
import pytest
import tensorflow as tf

import mo
from tests.models.nodes import numbers


class Running(tf.Module):
    """A sum of all data so far, and a mean that fades."""

    def __init__(self) -> None:
        self.total = tf.Variable(1.0)
        self.mean = tf.Variable(tf.zeros([3]))

    def call(self, x: Any) -> dict[str, Any]:
        before = self.total.read_value() + 0 * tf.reduce_sum(x)
        self.total.assign_add(tf.reduce_sum(x))
        self.mean.assign(self.mean * 0.5 + tf.reduce_mean(x, 0))
        return {"after": self.total.read_value(), "before": before, "rest": x - self.mean}


def agree(model: Any, folder: Path, compute: Callable[[np.ndarray], Any], *shape: int) -> None:
    """Three inferences one after another, and again from the beginning."""
    xml, _ = model.save(folder / "net.xml")
    compiled = openvino.Core().compile_model(xml, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    request = compiled.create_infer_request()
    data = numbers(3, *shape)
    expected = [[np.asarray(value) for value in compute(x)] for x in data]
    for _ in range(2):
        for x, wanted in zip(data, expected):
            found = request.infer([x])
            for port, value in zip(compiled.outputs, wanted):
                np.testing.assert_allclose(found[port], value, atol=1e-6)
        request.reset_state()


def saved_model_agrees(module: Any, sizes: list[Any], folder: Path, *shape: int) -> None:
    """``sizes`` are those of the signature, ``shape`` that of the data."""
    saved = folder / "saved"
    signature = tf.function(module.call, autograph=False).get_concrete_function(
        tf.TensorSpec(sizes, name="x")
    )
    tf.saved_model.save(module, str(saved), signature)
    model = mo.convert_model(saved_model_dir=saved)

    def compute(x: np.ndarray) -> list[Any]:
        found = signature(tf.constant(x))
        return [found[key] for key in sorted(found)]

    agree(model, folder, compute, *shape)


def test_variables_that_a_saved_model_writes(tmp_path: Path) -> None:
    saved_model_agrees(Running(), [None, 3], tmp_path, 2, 3)


class Branching(tf.Module):
    """It counts what is positive, and what is not in another way."""

    def __init__(self) -> None:
        self.count = tf.Variable(1.0)
        self.number = tf.Variable(tf.constant(5, tf.int64))

    def call(self, x: Any) -> dict[str, Any]:
        def positive() -> Any:
            self.number.assign_sub(2)
            return self.count.assign_add(1.5) * 2

        def negative() -> Any:
            self.count.assign(self.count * 0.5)
            self.count.assign_add(3.0)
            return self.count - 1

        inside = tf.cond(tf.reduce_sum(x) > 0, positive, negative)
        return {"a": inside, "b": self.count + 0.0, "c": self.number.assign_add(1)}


class Repeating(tf.Module):
    """What iterations add up, read in between, around and by what a function calls."""

    def __init__(self) -> None:
        self.total = tf.Variable([1.0, 2.0])
        self.adding = tf.function(self.add)

    def add(self, x: Any) -> Any:
        return self.total.assign_add(x[0, :2])

    def call(self, x: Any) -> dict[str, Any]:
        before = self.total * 1.0

        def step(i: Any, seen: Any) -> Any:
            self.total.assign_add(x[i, :2])
            seen += self.total
            self.total.assign(self.total * 0.5)
            return i + 1, seen

        _, seen = tf.while_loop(lambda i, seen: i < 3, step, (0, tf.zeros(2)))
        after = self.total + 0.0
        self.adding(x)
        return {"a": before, "b": seen, "c": after, "d": self.total - 1.0}


class Chosen(tf.Module):
    """Each of several branches leaves something else, one of them nothing."""

    def __init__(self) -> None:
        self.held = tf.Variable([1.0, 2.0, 3.0])

    def call(self, x: Any) -> dict[str, Any]:
        places = [
            lambda: self.held.assign_add(x[0]) * 1.0,
            lambda: self.held * 2.0,
            lambda: self.held.assign(x[1] - self.held) + 1.0,
        ]
        index = tf.cast(x[0, 0] > 0, tf.int32) + tf.cast(x[0, 1] > 0, tf.int32)
        return {"a": tf.switch_case(index, places), "b": self.held + x[0]}


@pytest.mark.parametrize(
    "kind", [Branching, Repeating, pytest.param(Chosen, marks=pytest.mark.heavy)]
)
def test_variables_that_branches_and_loops_write(kind: type, tmp_path: Path) -> None:
    saved_model_agrees(kind(), [3, 3], tmp_path, 3, 3)


@pytest.mark.parametrize("kind", ["h5", "keras", "saved model"])
def test_recurrent_layers_of_keras(kind: str, tmp_path: Path) -> None:
    layers = keras.layers
    network = keras.Sequential(
        [
            keras.Input((5, 4), batch_size=2),
            layers.Bidirectional(layers.GRU(3, stateful=True, return_sequences=True)),
            layers.LSTM(6, stateful=True),
        ]
    )
    if kind == "saved model":
        network.export(str(tmp_path / "saved"), verbose=False)
        model = mo.convert_model(saved_model_dir=tmp_path / "saved")
    else:
        network.save(tmp_path / f"net.{kind}")
        model = mo.convert_model(tmp_path / f"net.{kind}")
    agree(model, tmp_path, lambda x: [network(x)], 2, 5, 4)
