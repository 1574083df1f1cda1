"""Caffe nets made in memory, converted, and run beside OpenCV's dnn or a formula in numpy.

A test module that imports this one starts with ``pytest.importorskip`` for cv2 and openvino.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

import extensions.pipeline
from extensions.front.caffe import TRANSLATIONS, read
from mo.cli.config import Config
from mo.front.translate import translate
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import Dim
from mo.pipeline.passes import run_passes
from tests.models.caffe import Net
from tests.ops import runtime

# The newest operation set of the IR that the runtime at hand reads.
IR_OPSET = 15

_directory = tempfile.TemporaryDirectory(prefix="mo-caffe-")
_serial = itertools.count()


def saved(net: Net) -> Path:
    """The weights of the net in a folder of its own."""
    folder = Path(_directory.name) / f"n{next(_serial)}"
    folder.mkdir()
    return net.save(folder)


def convert(
    net: Net,
    opened: Sequence[int] | None = (),
    shapes: Mapping[str, Sequence[int]] | None = None,
    **options: Any,
) -> Graph:
    """The net through all stages of a conversion up to writing.

    ``opened``: axes of all inputs whose size is left open; None for every axis. ``shapes``:
    those of inputs for which the net gives none.
    """
    path = saved(net)
    config = Config(input_model=path, opset=IR_OPSET, **options)
    try:
        model = read(config)
    finally:
        path.unlink()
    for item in model.inputs:
        shape = (shapes or {})[item.name] if item.shape is None else item.shape
        axes = range(len(shape)) if opened is None else opened
        item.shape = tuple(Dim() if i in axes else dim for i, dim in enumerate(shape))
    graph = translate(model, TRANSLATIONS)
    run_passes(graph, extensions.pipeline.passes(config))
    return graph


def by_opencv(net: Net, inputs: dict[str, np.ndarray], layers: Sequence[str]) -> list[np.ndarray]:
    """What OpenCV computes: the first outputs of these layers of the net."""
    path = saved(net)
    network = cv2.dnn.readNetFromCaffe(str(path.with_suffix(".prototxt")), str(path))
    path.unlink()
    network.enableFusion(False)
    for name, array in inputs.items():
        network.setInput(array, name)
    found = network.forwardAndRetrieve(list(layers))
    return [np.array(arrays[0]) for arrays in found]


def run(graph: Graph, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What the runtime computes of the converted net, by the names of the outputs."""
    return run_together([graph], inputs)[0]


def run_together(
    graphs: Sequence[Graph], inputs: dict[str, np.ndarray]
) -> list[dict[str, np.ndarray]]:
    """As ``run``, of a net that was converted in several ways."""
    orders = {tuple(node.name for node in graph.parameters()) for graph in graphs}
    assert len(orders) == 1
    arrays = [inputs[name] for name in orders.pop()]
    results = runtime.run_together([runtime.written(graph) for graph in graphs], arrays)
    return [_by_name(graph, arrays) for graph, arrays in zip(graphs, results)]


def _by_name(graph: Graph, results: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    found = {}
    for node, array in zip(graph.results(), results):
        value = node.inputs[0]
        assert isinstance(value, Output)
        assert runtime.contains(value.shape, array.shape), f"{value.type}, but {array.shape}"
        found.update(dict.fromkeys(value.names, array))
    return found


def assert_close(mine: np.ndarray, wanted: np.ndarray, tolerance: float = 1e-4) -> None:
    """Errors are small beside the greatest number."""
    assert mine.shape == wanted.shape, f"{mine.shape}, not {wanted.shape}"
    scale = max(np.abs(wanted).max(initial=0), 1e-20)
    error = np.abs(mine.astype(np.float64) - wanted).max(initial=0) / scale
    assert error <= tolerance, f"relative error {error:.2g}"
