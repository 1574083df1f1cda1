"""Graphs of TensorFlow 1 in a session, in files, and as the command line converts them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openvino
import tensorflow as tf

from mo.main import main

v1 = tf.compat.v1


class Session:
    """A graph that a function fills, with initialised variables, and the files made of it."""

    def __init__(self, folder: Path, build: Callable[[], Any]) -> None:
        v1.disable_control_flow_v2()
        self.folder = folder
        with v1.Graph().as_default() as self.graph:
            self.outputs = tf.nest.flatten(build())
            self.session = v1.Session(graph=self.graph)
            self.session.run([v1.global_variables_initializer(), v1.tables_initializer()])

    def checkpoint(self, name: str, variables: Any = None, version: int = 2) -> Path:
        """A checkpoint of the variables (of all); beside that of version 2 lies the meta graph."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        with self.graph.as_default():
            saver = v1.train.Saver(variables, write_version=version)
            saver.save(self.session, str(path), write_state=False, write_meta_graph=version == 2)
        return path

    def meta_graph(self, name: str) -> Path:
        return self.checkpoint(name).with_name(f"{name}.meta")

    def plain(self) -> Path:
        """The graph that the outputs need, without values of its variables."""
        return self._written(v1.graph_util.extract_sub_graph(*self._needed()))

    def frozen(self) -> Path:
        convert = v1.graph_util.convert_variables_to_constants
        return self._written(convert(self.session, *self._needed()))

    def _needed(self) -> tuple[Any, list[str]]:
        return self.graph.as_graph_def(), [output.op.name for output in self.outputs]

    def _written(self, graph: Any) -> Path:
        path = self.folder / "graph.pb"
        path.write_bytes(graph.SerializeToString())
        return path

    def results(self, arrays: Mapping[str, Any]) -> list[np.ndarray]:
        """What the outputs are for these inputs, named by node or tensor."""
        feeds = {name if ":" in name else f"{name}:0": array for name, array in arrays.items()}
        found: list[np.ndarray] = self.session.run(self.outputs, feeds)
        return found


def converted(folder: Path, *flags: Any) -> Any:
    """The compiled IR that the command line makes."""
    given = [str(flag) for flag in flags]
    if "--model_name" not in given:
        given += ["--model_name", "ir"]
    assert main([*given, "--output_dir", str(folder)]) == 0
    name = given[given.index("--model_name") + 1]
    precise = {"INFERENCE_PRECISION_HINT": "f32"}
    return openvino.Core().compile_model(folder / f"{name}.xml", "CPU", precise)


def same(model: Any, wanted: Sequence[np.ndarray], arrays: Sequence[np.ndarray]) -> None:
    """Assert that the model computes these results of the arrays."""
    found = list(model(list(arrays)).values())
    assert len(found) == len(wanted)
    for result, array in zip(found, wanted):
        assert result.shape == array.shape
        if array.dtype.kind == "i":
            np.testing.assert_array_equal(result, array)
        else:
            np.testing.assert_allclose(result, array, rtol=1e-4, atol=1e-5 * np.abs(array).max())
