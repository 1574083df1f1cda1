"""Keras models in .h5 and .keras files, read without Keras."""

from __future__ import annotations

import json
import random
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("openvino")

import h5py

from extensions.front.tf.keras import read_keras
from extensions.front.tf.keras.listing import _in_child
from mo.cli.config import Config
from mo.cli.parser import parse_arguments
from mo.errors import ConversionError, ModelFileError, UnsupportedError, UsageError
from mo.graph.graph import Graph
from mo.pipeline.convert import convert
from tests.front.comparing import compare_results
from tests.front.tf.test_fuzz import convert_file, damaged
from tests.fuzzing import Mutants
from tests.ops import runtime

MODELS = Path(__file__).parent / "models" / "keras"
FILES = sorted(path.name for path in MODELS.iterdir() if path.suffix != ".npz")


def read(path: Path, *flags: str) -> Graph:
    return convert(parse_arguments([f"--input_model={path}", *flags], "tf", "mo"))


@pytest.mark.parametrize("is_open", [False, True], ids=["static", "open"])
@pytest.mark.parametrize("name", FILES)
def test_every_layer_computes_what_keras_computes(name: str, is_open: bool) -> None:
    arrays = np.load((MODELS / name).with_suffix(".npz"))
    feeds = [arrays[key] for key in arrays if key.startswith("in")]
    expected = [arrays[key] for key in arrays if key.startswith("out")]
    graph = read(MODELS / name, *([] if is_open else ["--batch=2"]))
    results = runtime.run(graph, feeds)
    compare_results(graph, results, expected, 1e-4, name, to_scale=True)


def test_inputs_have_the_names_of_the_model() -> None:
    graph = read(MODELS / "joined_3.keras")
    assert [node.name for node in graph.parameters()] == ["im", "vec"]


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    shutil.copy(MODELS / "joined_3.h5", path)
    assert read(path).results()


@pytest.mark.parametrize("name", ["images_3.h5", "images_3.keras"])
def test_weights_are_views_of_the_file(name: str) -> None:
    weights = read_keras(MODELS / name).constants.values()
    assert weights
    assert not any(tensor.array.flags.owndata for tensor in weights)


def test_weights_without_names_stand_in_order(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    source = {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 3]}}
    scale = {"class_name": "Custom>LayerScale", "config": {"name": "scale"}}
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": [source, scale]}}
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(model)
        group = file.create_group("model_weights/scale")
        group.attrs["weight_names"] = ["scale/variable_3"]
        group["scale/variable_3"] = np.float32([1, 2, 3])
    (result,) = runtime.run(read(path), [np.ones((2, 3), np.float32)])
    np.testing.assert_array_equal(result, [[1, 2, 3]] * 2)


def test_inputs_stand_in_the_order_of_the_model(tmp_path: Path) -> None:
    """Not in that in which their layers were made."""

    def turned(config: dict) -> None:
        config["config"]["input_layers"].reverse()

    graph = read(changed(tmp_path / "model.keras", turned))
    assert [node.name for node in graph.parameters()] == ["vec", "im"]


# ---- what is refused


def test_without_h5py_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(UsageError, match=r"h5py is needed") as caught:
        read(MODELS / "joined_3.h5")
    assert "pip install 'mo-ir[keras]'" in str(caught.value)


def changed(path: Path, change: Callable[[dict], None]) -> Path:
    """An archive whose architecture is changed."""
    source = zipfile.ZipFile(MODELS / "joined_3.keras")
    with zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "config.json":
                config = json.loads(content)
                change(config)
                content = json.dumps(config).encode()
            target.writestr(name, content)
    return path


def layer_of(config: dict, name: str) -> dict:
    return next(entry for entry in config["config"]["layers"] if entry["name"] == name)


def rename(name: str, kind: str) -> Callable[[dict], None]:
    return lambda config: layer_of(config, name).update(class_name=kind)


def in_half(config: dict) -> None:
    layer_of(config, "alpha")["config"]["dtype"] = "mixed_float16"


def of_own_class(config: dict) -> None:
    config.update(class_name="MyModel", config={})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (rename("alpha", "Lambda"), "Python code, which is not run"),
        (rename("alpha", "Unheard"), "Unheard"),
        (in_half, "computes in mixed_float16"),
        (of_own_class, "class MyModel, which is defined in Python"),
    ],
)
def test_what_cannot_be_known_is_refused(
    change: Callable[[dict], None], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ConversionError, match=words):
        read(changed(tmp_path / "model.keras", change))


def test_weights_without_a_model_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        file["kernel"] = np.ones(3)
    with pytest.raises(UsageError, match="weights without a model"):
        read(path)


@pytest.mark.parametrize("kind", ["link", "storage"])
def test_weights_in_other_files_are_not_read(kind: str, tmp_path: Path) -> None:
    path, secret = tmp_path / "model.h5", tmp_path / "secret"
    shutil.copy(MODELS / "joined_3.h5", path)
    secret.write_bytes(bytes(4096))
    with h5py.File(path, "a") as file:
        group = file["model_weights/alpha/alpha"]
        shape = group["kernel"].shape
        del group["kernel"]
        if kind == "link":
            group["kernel"] = h5py.ExternalLink("other.h5", "/kernel")
        else:
            group.create_dataset("kernel", shape, "f4", external=[(str(secret), 0, 4096)])
    with pytest.raises(ConversionError, match=r"alpha|another file"):
        read(path)


def test_compressed_weights_are_refused(tmp_path: Path) -> None:
    source, path = zipfile.ZipFile(MODELS / "joined_3.keras"), tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    with pytest.raises(UnsupportedError, match="compressed"):
        read(path)


# ---- damage


def test_a_library_that_never_ends_is_stopped() -> None:
    def endless() -> dict:
        while True:
            pass

    with pytest.raises(ModelFileError, match="does not come to an end"):
        _in_child(endless, 1)


class TestFiles(Mutants):
    few = 40

    def prepare(self, number: int, folder: Path) -> Callable[[], object]:
        name = ("joined_3.h5", "joined_2.h5", "joined_3.keras")[number % 3]
        path = folder / name
        path.write_bytes(damaged((MODELS / name).read_bytes(), random.Random(number)))
        return lambda: convert_file(Config(framework="tf", input_model=path), folder)
