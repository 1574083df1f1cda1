"""Models converted to TF-Lite, converted again by us, and run beside TF-Lite's interpreter."""

from __future__ import annotations

import contextlib
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

import extensions.pipeline
from extensions.front.tflite import TRANSLATIONS
from extensions.front.tflite.reader import read_file
from mo.cli.config import Config
from mo.front.model import Model
from mo.front.translate import translate
from mo.graph.graph import Graph
from mo.pipeline.passes import run_passes
from tests.front.comparing import compare_results
from tests.front.tf.running import IR_OPSET, concrete_of
from tests.ops import runtime

Array = np.ndarray


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without what the converter writes to the error output by itself."""
    saved = os.dup(2)
    with open(os.devnull, "w") as nothing, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.dup2(nothing.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)


def lite(function: Callable[..., Any], specs: Sequence[Any]) -> bytes:
    """A function as a TF-Lite model; what has no operator there is an operation of TensorFlow."""
    with quiet():
        converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete_of(function, specs)])
        converter.target_spec.supported_ops = [
            tf.lite.OpsSet.TFLITE_BUILTINS,
            tf.lite.OpsSet.SELECT_TF_OPS,
        ]
        content: bytes = converter.convert()
    return content


class Interpreted:
    """A model in the interpreter."""

    def __init__(self, content: bytes, is_plain: bool = False) -> None:
        """``is_plain``: in the kernels that the documentation is about."""
        resolver = tf.lite.experimental.OpResolverType.BUILTIN_REF if is_plain else None
        options = {} if resolver is None else {"experimental_op_resolver_type": resolver}
        with quiet():
            self.interpreter = tf.lite.Interpreter(model_content=content, num_threads=1, **options)
        self.inputs = self.interpreter.get_input_details()

    def operators(self) -> list[str]:
        details = self.interpreter._get_ops_details()
        return sorted({entry["op_name"] for entry in details} - {"DELEGATE"})

    def run(self, *arrays: Array) -> list[Array]:
        """Results in order; states live on."""
        with quiet():
            for entry, array in zip(self.inputs, arrays):
                if tuple(entry["shape"]) != array.shape:
                    self.interpreter.resize_tensor_input(entry["index"], array.shape)
            self.interpreter.allocate_tensors()
            for entry, array in zip(self.inputs, arrays):
                self.interpreter.set_tensor(entry["index"], array)
            self.interpreter.invoke()
        outputs = self.interpreter.get_output_details()
        return [self.interpreter.get_tensor(entry["index"]) for entry in outputs]


def model_of(content: bytes) -> Model:
    """A file as our reader sees it."""
    with tempfile.TemporaryDirectory(prefix="mo-tflite-") as folder:
        path = Path(folder) / "model.tflite"
        path.write_bytes(content)
        return read_file(path)  # what is mapped stays there


def converted(content: bytes) -> Graph:
    """A file through all stages of a conversion up to writing."""
    graph = translate(model_of(content), TRANSLATIONS)
    run_passes(graph, extensions.pipeline.passes(Config(opset=IR_OPSET)))
    return graph


def agree(content: bytes, *arrays: Array, tolerance: float = 1e-4, is_plain: bool = False) -> Graph:
    """Assert that a model computes after conversion what the interpreter computes."""
    graph = converted(content)
    expected = Interpreted(content, is_plain).run(*arrays)
    compare_results(
        graph, runtime.run(graph, arrays), expected, tolerance, "TF-Lite", to_scale=True
    )
    return graph
