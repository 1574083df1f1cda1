"""Models in the forms in which people have them, through the command line, beside TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openvino
import pytest

from mo.main import main
from tests.models.nodes import numbers

pytestmark = pytest.mark.heavy
tf = pytest.importorskip("tensorflow")


def converted(folder: Path, *flags: str) -> Any:
    """The compiled IR that the command line makes."""
    assert main([*flags, "--model_name", "ir", "--output_dir", str(folder)]) == 0
    precise = {"INFERENCE_PRECISION_HINT": "f32"}
    return openvino.Core().compile_model(folder / "ir.xml", "CPU", precise)


def saved(folder: Path, function: Callable[..., Any], **inputs: Any) -> Callable[..., Any]:
    """A function with these inputs as a SavedModel; returns its signature."""
    module = tf.Module()
    specs = {
        key: tf.TensorSpec(*shape_and_type, name=key) for key, shape_and_type in inputs.items()
    }
    module.call = tf.function(function, autograph=False)
    concrete = module.call.get_concrete_function(**specs)
    tf.saved_model.save(module, folder, signatures=concrete)
    return concrete


def agree(folder: Path, function: Callable[..., Any], *feeds: dict[str, Any], **inputs: Any) -> Any:
    """Assert that one IR gives the outputs of the SavedModel, in order and under their keys."""
    original = saved(folder / "saved", function, **inputs)
    compiled = converted(folder, "--saved_model_dir", str(folder / "saved"))
    for feed in feeds:
        wanted = original(**{key: tf.constant(array) for key, array in feed.items()})
        found = compiled(feed)
        for output, key in zip(compiled.outputs, sorted(wanted), strict=True):
            assert any(key in name for name in output.get_names())
            array = wanted[key].numpy()
            assert found[output].dtype == array.dtype
            np.testing.assert_allclose(found[output], array, rtol=1e-4, atol=1e-5)
    return compiled


def test_an_output_may_be_called_as_an_input(tmp_path: Path) -> None:
    """So caches are: what comes out is not what went in."""
    compiled = agree(
        tmp_path,
        lambda cache: {"cache": cache + 1.0},
        {"cache": numbers(2, 3)},
        cache=([None, 3], tf.float32),
    )
    assert "cache_1" in compiled.output().get_names()


def test_axes_cut_behind_a_transposition_that_moves(tmp_path: Path) -> None:
    agree(
        tmp_path,
        lambda image: {"part": tf.nn.relu(tf.transpose(image, [0, 3, 1, 2])[:, 1:, ::2])},
        {"image": numbers(2, 8, 6, 3)},
        image=([None, 8, 6, 3], tf.float32),
    )
