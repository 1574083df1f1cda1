"""ONNX models made in memory, converted, and run beside the original.

``agree("Softmax", image, axis=1)`` builds a model of one node, runs it in onnxruntime, converts
it with its static shapes and with all dimensions unknown, runs both results in OpenVINO, and
compares element types, shapes and numbers. A test module that imports this one starts with
``pytest.importorskip`` for onnxruntime and openvino.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Union

import numpy as np
import onnx
import onnxruntime as ort
import openvino as ov
import pytest
from onnx import helper
from onnx.reference import ReferenceEvaluator

import extensions.pipeline
from extensions.front.onnx import TRANSLATIONS
from extensions.front.onnx.reader import read_onnx
from mo.cli.config import Config
from mo.errors import ConversionError
from mo.front.translate import translate
from mo.graph.graph import Graph
from mo.graph.node import Output
from mo.graph.shape import text
from mo.pipeline.passes import run_passes
from tests.ops import runtime

# The operation set of tests that do not ask for another one.
CURRENT = 22
# Whether to try unknown dimensions too, of which axes, or the words with which they are refused.
Dynamic = Union[bool, Sequence[int], str]
# The newest operation set of the IR that the runtime at hand reads.
IR_OPSET = 15

_directory = tempfile.TemporaryDirectory(prefix="mo-onnx-")
_serial = itertools.count()
_options = ort.SessionOptions()
_options.intra_op_num_threads = 1
_options.log_severity_level = 4
_options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL


class Fixed(NamedTuple):
    """An input that is an initializer."""

    array: np.ndarray


class Sized(NamedTuple):
    """An input that is fed, of a size that stays known: a target shape, a list of axes."""

    array: np.ndarray


def fixed(value: Any, dtype: Any = None) -> Fixed:
    """An initializer; Python integers are int64, floats float32."""
    array = np.asarray(value, dtype)
    if dtype is None and not isinstance(value, np.ndarray) and array.dtype == np.float64:
        array = array.astype(np.float32)
    return Fixed(array)


def numbers(*shape: int, dtype: Any = np.float32, low: float = -2, high: float = 2) -> np.ndarray:
    """Some numbers, always the same for a shape; whole ones for integer types."""
    random = np.random.default_rng([7, *shape])
    kind = np.dtype(dtype).kind
    if kind == "b":
        return random.integers(0, 2, shape).astype(bool)
    if kind == "u":
        low = max(low, 0)
    if kind in "iu":
        return random.integers(int(low), int(high) + 1, shape).astype(dtype)
    return random.uniform(low, high, shape).astype(dtype)


def single(
    op: str,
    inputs: Sequence[Any],
    *,
    opset: int = CURRENT,
    outputs: int | Sequence[str] = 1,
    domain: str = "",
    attributes: dict[str, Any] | None = None,
) -> onnx.ModelProto:
    """A model of one node. An input is an array or Sized (fed), Fixed, or None (omitted)."""
    names = [_input_name(i, value) for i, value in enumerate(inputs)]
    results = [f"out{i}" for i in range(outputs)] if isinstance(outputs, int) else list(outputs)
    node = helper.make_node(op, names, results, "node", domain=domain, **_plain(attributes or {}))
    fed = [pair for pair in zip(names, map(_fed, inputs)) if pair[1] is not None]
    kept = [(name, v.array) for name, v in zip(names, inputs) if isinstance(v, Fixed)]
    return model_of([node], fed, [name for name in results if name], kept, opset, domain)


def _input_name(index: int, value: Any) -> str:
    return "" if value is None else f"{_SIZED}{index}" if isinstance(value, Sized) else f"in{index}"


_SIZED = "sized"


def _fed(value: Any) -> np.ndarray | None:
    """The array of an input that is fed at run time."""
    if isinstance(value, Sized):
        return value.array
    return value if isinstance(value, np.ndarray) else None


def model_of(
    nodes: Sequence[onnx.NodeProto],
    fed: Sequence[tuple[str, np.ndarray]],
    outputs: Sequence[str],
    initializers: Sequence[tuple[str, np.ndarray]] = (),
    opset: int = CURRENT,
    domain: str = "",
) -> onnx.ModelProto:
    """A model of some nodes whose inputs have the types and shapes of arrays."""
    graph = helper.make_graph(
        list(nodes),
        "test",
        [helper.make_tensor_value_info(name, _code(a), a.shape) for name, a in fed],
        [helper.make_empty_tensor_value_info(name) for name in outputs],
        [onnx.numpy_helper.from_array(a, name) for name, a in initializers],
    )
    imports = [helper.make_opsetid("", opset)]
    if domain:
        imports.append(helper.make_opsetid(domain, 1))
    version = max(4, min(10, helper.find_min_ir_version_for(imports, True)))
    return helper.make_model(graph, opset_imports=imports, ir_version=version)


def _code(array: np.ndarray) -> int:
    return helper.np_dtype_to_tensor_dtype(array.dtype)


def opened(model: onnx.ModelProto, axes: Sequence[int] | None = None) -> onnx.ModelProto:
    """The same model with the dimensions of its inputs unknown, all or those of some axes."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    for item in result.graph.input:
        for axis, dim in enumerate(item.type.tensor_type.shape.dim):
            if (axes is None or axis in axes) and not item.name.startswith(_SIZED):
                dim.Clear()
    return result


def reference(model: onnx.ModelProto, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """What onnxruntime computes, or the evaluator of the package onnx where it has no kernel."""
    feeds = {item.name: array for item, array in zip(model.graph.input, arrays)}
    try:
        session = ort.InferenceSession(model.SerializeToString(), _options)
    except ort.capi.onnxruntime_pybind11_state.NotImplemented:
        return [np.asarray(a) for a in ReferenceEvaluator(model).run(None, feeds)]
    return [np.asarray(array) for array in session.run(None, feeds)]


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
    dynamic: Dynamic = True,
    expected: Sequence[np.ndarray] | np.ndarray | None = None,
    tolerance: float = 1e-4,
    **attributes: Any,
) -> Graph:
    """Assert that one node computes after conversion what it computed before.

    ``expected``: results where no runtime has this operation set.
    """
    model = single(op, inputs, opset=opset, outputs=outputs, domain=domain, attributes=attributes)
    arrays = [array for array in map(_fed, inputs) if array is not None]
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
    graph = convert(model)
    _compare(graph, arrays, expected, tolerance, "static shapes")
    if isinstance(dynamic, str):
        with pytest.raises(ConversionError, match=dynamic):
            convert(opened(model))
    elif dynamic and any(array.ndim for array in arrays):
        axes = None if dynamic is True else dynamic
        _compare(convert(opened(model, axes)), arrays, expected, tolerance, "unknown dimensions")
    return graph


def refused(op: str, *inputs: Any, match: str, **options: Any) -> None:
    """Assert that a model of one node is refused in these words."""
    given = {key: options.pop(key) for key in ("opset", "outputs", "domain") if key in options}
    model = single(op, inputs, attributes=options, **given)
    with pytest.raises(ConversionError, match=match):
        convert(model)


def _plain(attributes: dict[str, Any]) -> dict[str, Any]:
    """Attributes without those that are left out; an array is a tensor."""
    return {
        name: onnx.numpy_helper.from_array(value) if isinstance(value, np.ndarray) else value
        for name, value in attributes.items()
        if value is not None
    }


def _compare(
    graph: Graph,
    arrays: Sequence[np.ndarray],
    expected: Sequence[np.ndarray],
    tolerance: float,
    what: str,
) -> None:
    _compare_results(graph, runtime.run(graph, arrays), expected, tolerance, what)


def _compare_results(
    graph: Graph,
    results: Sequence[np.ndarray],
    expected: Sequence[np.ndarray],
    tolerance: float,
    what: str,
) -> None:
    assert len(results) == len(expected)
    inferred = [node.inputs[0] for node in graph.results()]
    for index, (mine, array, wanted) in enumerate(zip(inferred, results, expected)):
        where = f"output {index} with {what}"
        assert isinstance(mine, Output)
        assert array.dtype == wanted.dtype, f"{where}: {array.dtype}, not {wanted.dtype}"
        assert array.shape == wanted.shape, f"{where}: {array.shape}, not {wanted.shape}"
        assert runtime.contains(mine.shape, array.shape), (
            f"{where}: inferred {text(mine.shape)}, computed {array.shape}"
        )
        if array.dtype.kind in "iub":
            np.testing.assert_array_equal(array, wanted, err_msg=where)
        else:
            coarse = max(tolerance, 4e-3) if array.dtype.itemsize < 4 else tolerance
            np.testing.assert_allclose(
                array.astype(np.float64),
                wanted.astype(np.float64),
                rtol=coarse,
                atol=coarse / 10,
                err_msg=where,
            )


def operations(graph: Graph) -> list[str]:
    """The operations of a graph in order, without inputs, constants and results."""
    return [
        node.type
        for node in graph.topological()
        if node.type not in ("Parameter", "Const", "Result")
    ]


def agree_unknown_rank(op: str, *inputs: Any, opset: int = CURRENT, **attributes: Any) -> None:
    """As ``agree``, for a model that does not tell the shapes of its inputs at all.

    The runtime runs it once it is told the shapes.
    """
    model = single(op, inputs, opset=opset, attributes=attributes)
    arrays = [array for array in map(_fed, inputs) if array is not None]
    expected = reference(model, arrays)
    for item in model.graph.input:
        item.type.tensor_type.ClearField("shape")
    graph = convert(model)
    read = runtime.read(graph)
    read.reshape({i: list(array.shape) for i, array in enumerate(arrays)})
    compiled = ov.compile_model(read, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    results = list(compiled(arrays).to_tuple())
    _compare_results(graph, results, expected, 1e-4, "unknown rank")
