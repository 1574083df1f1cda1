"""Graphs made by TensorFlow, converted, and run beside the original.

``agree(tf.nn.relu, array)`` traces the function, converts its graph with the shapes of the arrays
and with all dimensions unknown, runs both results in OpenVINO, and compares element types, shapes
and numbers with TensorFlow's.
"""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

import extensions.pipeline
from extensions.front.tf import TRANSLATIONS
from extensions.front.tf.parts import reference
from extensions.front.tf.reader import read_graph
from mo.cli.config import Config
from mo.front.model import Model
from mo.front.translate import translate
from mo.graph.graph import Graph
from mo.pipeline.passes import run_passes
from tests.front.comparing import compare_results
from tests.ops import runtime

tf.get_logger().setLevel("ERROR")
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)

# The newest operation set of the IR that the runtime at hand reads.
IR_OPSET = 16

_directory = tempfile.TemporaryDirectory(prefix="mo-tf-")
_serial = itertools.count()


def traced(function: Callable[..., Any], arrays: Sequence[np.ndarray], is_open: bool) -> Any:
    """The graph of a function, its inputs of the shapes of the arrays or of unknown sizes."""
    specs = [
        tf.TensorSpec([None] * array.ndim if is_open else array.shape, array.dtype)
        for array in arrays
    ]
    return concrete_of(function, specs)


def concrete_of(function: Callable[..., Any], specs: Sequence[Any]) -> Any:
    return tf.function(function, autograph=False).get_concrete_function(*specs)


def model_of(concrete: Any) -> Model:
    """A traced function as our reader sees its graph."""
    inputs = [tensor.op.name for tensor in concrete.inputs]
    return model_of_graph(concrete.graph.as_graph_def(), inputs, names_of(concrete.outputs))


def names_of(tensors: Sequence[Any]) -> list[str]:
    """Tensors as our reader names them."""
    return [reference(tensor.name).tensor for tensor in tensors]


def model_of_graph(message: Any, inputs: Sequence[str], outputs: Sequence[str]) -> Model:
    """A GraphDef as our reader sees it, with these inputs and outputs."""
    model = read_message(message)
    found = {item.name: item for item in model.inputs}
    model.inputs = [found[name] for name in inputs]
    model.outputs = list(outputs)
    return model


def agree_in_session(
    function: Callable[..., Any],
    *arrays: Any,
    dynamic: bool = True,
    tolerance: float = 1e-4,
) -> Graph:
    """As ``agree``, of a graph of TensorFlow 1 with its own loops and branches."""
    given = [np.asarray(array) for array in arrays]
    model, session = in_session(function, given, is_open=False)
    graphs = [converted(model)]
    if dynamic:
        graphs.append(converted(in_session(function, given, is_open=True)[0]))
    compare_all(graphs, given, session(), tolerance)
    return graphs[0]


def in_session(
    function: Callable[..., Any], arrays: Sequence[np.ndarray], is_open: bool
) -> tuple[Model, Callable[[], list[np.ndarray]]]:
    """``of_shapes`` with the shapes of the arrays, or unknown sizes."""
    shapes = [[None] * array.ndim if is_open else array.shape for array in arrays]
    return of_shapes(function, arrays, shapes)


def of_shapes(
    function: Callable[..., Any], arrays: Sequence[np.ndarray], shapes: Sequence[Any]
) -> tuple[Model, Callable[[], list[np.ndarray]]]:
    """The model of a graph of TensorFlow 1, and what computes its results for the arrays."""
    v1 = tf.compat.v1
    v1.disable_control_flow_v2()
    with v1.Graph().as_default() as graph:
        inputs = [
            v1.placeholder(array.dtype, shape, f"in{i}")
            for i, (array, shape) in enumerate(zip(arrays, shapes))
        ]
        outputs = tf.nest.flatten(function(*inputs))
    model = model_of_graph(graph.as_graph_def(), names_of(inputs), names_of(outputs))

    def results() -> list[np.ndarray]:
        with v1.Session(graph=graph) as session:
            return session.run(outputs, dict(zip(inputs, arrays)))

    return model, results


def read_message(message: Any) -> Model:
    """A GraphDef as our reader sees it."""
    path = Path(_directory.name) / f"m{next(_serial)}.pb"
    path.write_bytes(message.SerializeToString())
    model = read_graph(path)
    path.unlink()
    return model


def converted(model: Model, opset: int = IR_OPSET) -> Graph:
    """The model through all stages of a conversion up to writing."""
    graph = translate(model, TRANSLATIONS)
    run_passes(graph, extensions.pipeline.passes(Config(opset=opset)))
    return graph


def agree(
    function: Callable[..., Any],
    *arrays: Any,
    dynamic: bool = True,
    tolerance: float = 1e-4,
) -> Graph:
    """Assert that a function computes after conversion what it computed before."""
    given = [np.asarray(array) for array in arrays]
    concrete = traced(function, given, is_open=False)
    expected = [np.asarray(value) for value in tf.nest.flatten(concrete(*map(tf.constant, given)))]
    graphs = [converted(model_of(concrete))]
    if dynamic and any(array.ndim for array in given):
        graphs.append(converted(model_of(traced(function, given, is_open=True))))
    compare_all(graphs, given, expected, tolerance)
    return graphs[0]


def compare_all(
    graphs: Sequence[Graph],
    arrays: Sequence[np.ndarray],
    expected: Sequence[np.ndarray],
    tolerance: float,
) -> None:
    """As ``compare``, of a graph with the shapes of the arrays and perhaps one of unknown sizes."""
    results = runtime.run_together([runtime.written(graph) for graph in graphs], arrays)
    for graph, found, what in zip(graphs, results, ("static shapes", "unknown dimensions")):
        compare_results(graph, found, expected, tolerance, what, to_scale=True)


def compare(
    graph: Graph,
    arrays: Sequence[np.ndarray],
    expected: Sequence[np.ndarray],
    tolerance: float,
    what: str,
) -> None:
    """Assert that the runtime computes what is expected, of the types that we inferred."""
    compare_results(graph, runtime.run(graph, arrays), expected, tolerance, what, to_scale=True)
