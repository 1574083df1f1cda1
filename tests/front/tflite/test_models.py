"""Small networks that TensorFlow's converter wrote, beside what they gave (make_models.py)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import extensions.pipeline
from extensions.front.tflite import TRANSLATIONS
from extensions.front.tflite.reader import read_file
from extensions.ops.arithmetic import FakeQuantize
from mo.cli.config import Config
from mo.front.translate import translate
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.op import Constant
from mo.pipeline.passes import run_passes
from tests.front.comparing import operations
from tests.ops import runtime

FOLDER = Path(__file__).parent / "models"
RECORDED = np.load(FOLDER / "recorded.npz")
# How far results may be off: of integers by one, of what was rounded inside by a step.
STEPS = {
    "floats": 1e-5,
    "ranges": 5e-3,
    "halves": 1e-5,
    "int8": 1,
    "uint8": 1,
    "int8_inside": 1.01 / 256,
    "int16": 2e-4,
    "sparse": 1e-5,
    "loop": 1e-5,
}


def converted(name: str) -> Graph:
    graph = translate(read_file(FOLDER / f"{name}.tflite"), TRANSLATIONS)
    run_passes(graph, extensions.pipeline.passes(Config()))
    return graph


def recorded(name: str, kind: str) -> list[np.ndarray]:
    return [RECORDED[key] for key in RECORDED.files if key.startswith(f"{name}/{kind}")]


@pytest.mark.parametrize("name", STEPS)
def test_network(name: str) -> None:
    results = runtime.run(converted(name), recorded(name, "in"))
    expected = recorded(name, "out")
    assert len(results) == len(expected)
    for mine, wanted in zip(results, expected):
        assert mine.dtype == wanted.dtype
        assert mine.shape == wanted.shape
        np.testing.assert_allclose(
            mine.astype(np.float64), wanted.astype(np.float64), rtol=1e-5, atol=STEPS[name]
        )


def test_images_are_transposed_once() -> None:
    for name in ("floats", "halves"):
        assert operations(converted(name)).count("Transpose") == 1


def test_batches_stay_open() -> None:
    graph = converted("floats")
    (image,) = recorded("floats", "in")
    (wanted,) = recorded("floats", "out")
    (result,) = runtime.run(graph, [np.concatenate([image, 0 * image, image])])
    np.testing.assert_allclose(result[::2], np.concatenate([wanted, wanted]), atol=1e-5)


def test_weights_stay_bytes() -> None:
    """All but scales and biases; converters leave small weights alone if they know no ranges."""
    sizes = [value.constant.size for value in constants("int8", ElementType.f32) if value.constant]
    assert max(sizes) <= 96
    assert constants("ranges", ElementType.i8)


def test_halves_stay_halves() -> None:
    assert constants("halves", ElementType.f16)


def constants(name: str, kind: ElementType) -> list[Output]:
    values = [node.outputs[0] for node in converted(name).nodes_of(Constant)]
    return [value for value in values if value.dtype is kind]


def test_quantised_tensors_are_rounded_to_their_levels() -> None:
    graph = converted("int8")
    assert {node.op.attributes()["levels"] for node in graph.nodes_of(FakeQuantize)} == {256}
    (image,), (result,) = graph.parameters(), graph.results()
    assert image.outputs[0].dtype is ElementType.i8
    assert result.inputs[0] is not None
    assert result.inputs[0].dtype is ElementType.i8


def test_signatures_name_inputs_and_outputs() -> None:
    model = read_file(FOLDER / "floats.tflite")
    (item,), (output,) = model.inputs, model.outputs
    assert item.name == "serving_default_keras_tensor:0"
    assert item.tensor_name == "keras_tensor"
    assert model.aliases[output] == "output_0"
