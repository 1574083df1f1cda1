"""ONNX file to Model."""

from __future__ import annotations

from pathlib import Path

from extensions.front.onnx.functions import OnnxFunctions
from extensions.front.onnx.graphs import GraphReader, opset_imports
from extensions.front.onnx.schema import MODEL
from extensions.front.onnx.tensors import Tensors
from mo.errors import ModelFileError
from mo.front.files import open_model
from mo.front.model import Model
from mo.front.protobuf import parse

# The IR version from which on a dimension of 0 is taken for what it says.
_ZERO_IS_ZERO = 8
_DAMAGED = "The file is damaged or no ONNX model; check --framework, or fetch it again."


def read_onnx(path: Path) -> Model:
    """The model in a binary ONNX file."""
    source = open_model(path)
    try:
        message = parse(source.view, 0, source.size, MODEL)
    except ModelFileError as error:
        raise ModelFileError(f"Cannot read '{path}' as ONNX: {error.message}", _DAMAGED) from error
    if "graph" not in message:
        raise ModelFileError(f"Cannot read '{path}' as ONNX: it holds no graph", _DAMAGED)
    tensors = Tensors(source)
    # Files of IR version 1 and 2 may leave the version out.
    opsets = {"": 1, **opset_imports(message)}
    functions = OnnxFunctions(message.get("functions", []), tensors, opsets)
    reader = GraphReader(tensors, opsets, functions)
    if message.get("ir_version", 1) >= _ZERO_IS_ZERO:
        reader.least_size = 0
    model = reader.graph(message["graph"])
    model.outputs = list(dict.fromkeys(model.outputs))
    if not model.nodes and not model.outputs:
        raise ModelFileError(f"Cannot read '{path}' as ONNX: its graph is empty", _DAMAGED)
    return model
