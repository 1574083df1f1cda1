"""ONNX models made in memory, converted, and run beside the original.

``agree("Softmax", image, axis=1)`` builds a model of one node, runs it in onnxruntime, converts
it with its static shapes and with all dimensions unknown, runs both results in OpenVINO, and
compares element types, shapes and numbers. A test module that imports this one starts with
``pytest.importorskip`` for onnxruntime and openvino.
"""

from __future__ import annotations

import hashlib
import itertools
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Union

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx.reference import ReferenceEvaluator

import extensions.pipeline
from extensions.front.onnx import TRANSLATIONS
from extensions.front.onnx.reader import read_onnx
from mo.cli.config import Config
from mo.errors import ConversionError
from mo.front.translate import translate
from mo.graph.graph import Graph
from mo.pipeline.passes import run_passes
from tests.front.comparing import compare_results
from tests.models.nodes import CURRENT, array_of, opened, single
from tests.ops import runtime

# Whether to try unknown dimensions too, of which axes, or the words with which they are refused.
Dynamic = Union[bool, Sequence[int], str]
# The newest operation set of the IR that the runtime at hand reads.
IR_OPSET = 16

_directory = tempfile.TemporaryDirectory(prefix="mo-onnx-")
_serial = itertools.count()
_options = ort.SessionOptions()
_options.intra_op_num_threads = 1
_options.log_severity_level = 4
_options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL


def reference(model: onnx.ModelProto, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """What onnxruntime computes, or the evaluator of the package onnx where it has no kernel."""
    feeds = {item.name: array for item, array in zip(model.graph.input, arrays)}
    try:
        session = ort.InferenceSession(model.SerializeToString(), _options)
    except ort.capi.onnxruntime_pybind11_state.NotImplemented:
        return [np.asarray(a) for a in ReferenceEvaluator(model).run(None, feeds)]
    # Types by name: onnxruntime has an int64 of its own, which openvino does not know.
    results = map(np.asarray, session.run(None, feeds))
    return [np.asarray(array, np.dtype(array.dtype.name)) for array in results]


def convert(model: onnx.ModelProto) -> Graph:
    """The model through all stages of a conversion up to writing."""
    path = Path(_directory.name) / f"m{next(_serial)}.onnx"
    path.write_bytes(model.SerializeToString())
    config = Config(input_model=path, opset=IR_OPSET)
    try:
        graph = translate(read_onnx(path), TRANSLATIONS)
    finally:
        path.unlink()
    run_passes(graph, extensions.pipeline.passes(config))
    return graph


def agree(
    op: str,
    *inputs: Any,
    opset: int = CURRENT,
    outputs: int | Sequence[str] = 1,
    domain: str = "",
    version: int = 1,
    dynamic: Dynamic = True,
    expected: Sequence[np.ndarray] | np.ndarray | None = None,
    tolerance: float = 1e-4,
    **attributes: Any,
) -> Graph:
    """Assert that one node computes after conversion what it computed before.

    ``expected``: results where no runtime has this operation set.
    """
    model = single(
        op,
        inputs,
        opset=opset,
        outputs=outputs,
        domain=domain,
        version=version,
        attributes=attributes,
    )
    arrays = [array for array in map(array_of, inputs) if array is not None]
    return agree_model(model, arrays, dynamic=dynamic, expected=expected, tolerance=tolerance)


def agree_model(
    model: onnx.ModelProto,
    arrays: Sequence[np.ndarray],
    *,
    dynamic: Dynamic = True,
    expected: Sequence[np.ndarray] | np.ndarray | None = None,
    tolerance: float = 1e-4,
) -> Graph:
    """As ``agree``, for a whole model; returns the graph that was made of it."""
    if isinstance(expected, np.ndarray):
        expected = [expected]
    if expected is None:
        expected = reference(model, arrays)
    graphs = {"static shapes": convert(model)}
    if isinstance(dynamic, str):
        with pytest.raises(ConversionError, match=dynamic):
            convert(opened(model))
    elif dynamic and any(array.ndim for array in arrays):
        axes = None if dynamic is True else dynamic
        graphs["unknown dimensions"] = convert(opened(model, axes))
    for (what, graph), results in zip(graphs.items(), _run(list(graphs.values()), arrays)):
        compare_results(graph, results, expected, tolerance, what)
    return graphs["static shapes"]


def refused(op: str, *inputs: Any, match: str, **options: Any) -> None:
    """Assert that a model of one node is refused in these words."""
    keys = "opset", "outputs", "domain", "version"
    given = {key: options.pop(key) for key in keys if key in options}
    model = single(op, inputs, attributes=options, **given)
    with pytest.raises(ConversionError, match=match):
        convert(model)


# Operation sets differ less than their numbers: equal models are run once.
_known: dict[bytes, list[np.ndarray]] = {}


def _run(graphs: Sequence[Graph], arrays: Sequence[np.ndarray]) -> list[list[np.ndarray]]:
    fed = list(map(_bytes, arrays))
    models = [runtime.written(graph) for graph in graphs]
    keys = [hashlib.sha256(b"\0".join([*files, *fed])).digest() for files in models]
    new = {key: files for key, files in zip(keys, models) if key not in _known}
    if new:
        _known.update(zip(new, runtime.run_together(list(new.values()), arrays)))
    return [_known[key] for key in keys]


def _bytes(array: np.ndarray) -> bytes:
    return repr(array.tolist()).encode() if array.dtype == object else array.tobytes()


def agree_unknown_rank(op: str, *inputs: Any, opset: int = CURRENT, **attributes: Any) -> None:
    """As ``agree``, for a model that does not tell the shapes of its inputs at all.

    The runtime runs it once it is told the shapes.
    """
    model = single(op, inputs, opset=opset, attributes=attributes)
    arrays = [array for array in map(array_of, inputs) if array is not None]
    expected = reference(model, arrays)
    for item in model.graph.input:
        item.type.tensor_type.ClearField("shape")
    graph = convert(model)
    read = runtime.read(graph)
    read.reshape({i: list(array.shape) for i, array in enumerate(arrays)})
    results = list(runtime.compiled(read)(arrays).to_tuple())
    compare_results(graph, results, expected, 1e-4, "unknown rank")
