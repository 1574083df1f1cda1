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
from mo.main import main
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


def test_variables_that_a_saved_model_writes(tmp_path: Path) -> None:
    module, folder = Running(), tmp_path / "saved"
    signature = tf.function(module.call, autograph=False).get_concrete_function(
        tf.TensorSpec([None, 3], name="x")
    )
    tf.saved_model.save(module, str(folder), signature)
    model = mo.convert_model(saved_model_dir=folder)

    def compute(x: np.ndarray) -> list[Any]:
        found = signature(tf.constant(x))
        return [found[key] for key in sorted(found)]

    agree(model, tmp_path, compute, 2, 3)


class Branching(tf.Module):
    """It counts what is positive."""

    def __init__(self) -> None:
        self.count = tf.Variable(0.0)

    def call(self, x: Any) -> dict[str, Any]:
        def positive() -> Any:
            return self.count.assign_add(1.0)

        return {"count": tf.cond(tf.reduce_sum(x) > 0, positive, lambda: self.count + 0.0)}


def test_what_a_branch_writes_is_forgotten_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = Branching()
    signature = tf.function(module.call, autograph=False).get_concrete_function(
        tf.TensorSpec([3], name="x")
    )
    tf.saved_model.save(module, str(tmp_path / "saved"), signature)
    assert main(["--saved_model_dir", str(tmp_path / "saved"), "--output_dir", str(tmp_path)]) == 0
    assert "is forgotten behind each inference" in capsys.readouterr().out


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
