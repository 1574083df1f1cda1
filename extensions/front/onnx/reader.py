"""ONNX file to Model."""

from __future__ import annotations

import logging
from pathlib import Path

from extensions.front.onnx.functions import OnnxFunctions
from extensions.front.onnx.graphs import GraphReader, domain_of, opset_imports
from extensions.front.onnx.schema import MODEL
from extensions.front.onnx.tensors import Tensors
from extensions.front.onnx.texts import as_binary
from mo.errors import ModelFileError
from mo.front.files import open_model
from mo.front.model import Model
from mo.front.protobuf import Message, parse

log = logging.getLogger("mo.onnx")

# The IR version from which on a dimension of 0 is taken for what it says.
_ZERO_IS_ZERO = 8
_FIRST_WITH_IMPORTS = 3
# The newest operation set of each IR version, from 3 on; before, there was only one.
_NEWEST = (8, 9, 10, 11, 14, 18, 20, 22, 23, 24, 25)
_DAMAGED = "The file is damaged or no ONNX model; check --framework, or fetch it again."


def read_onnx(path: Path) -> Model:
    """The model in an ONNX file, binary or text."""
    mapped = open_model(path)
    try:
        source = as_binary(mapped)
        message = parse(source.view, 0, source.size, MODEL)
    except ModelFileError as error:
        raise ModelFileError(f"Cannot read '{path}' as ONNX: {error.message}", _DAMAGED) from error
    if "graph" not in message:
        raise ModelFileError(f"Cannot read '{path}' as ONNX: it holds no graph", _DAMAGED)
    tensors = Tensors(source)
    opsets = {"": _default_opset(message), **opset_imports(message)}
    functions = OnnxFunctions(message.get("functions", []), tensors, opsets)
    reader = GraphReader(tensors, opsets, functions)
    if message.get("ir_version", 1) >= _ZERO_IS_ZERO:
        reader.least_size = 0
    model = reader.graph(message["graph"])
    model.outputs = list(dict.fromkeys(model.outputs))
    if not model.nodes and not model.outputs:
        raise ModelFileError(f"Cannot read '{path}' as ONNX: its graph is empty", _DAMAGED)
    return model


def _default_opset(message: Message) -> int:
    """The operation set of a file that names none, which only the oldest may do."""
    version = message.get("ir_version", 1)
    if "" in opset_imports(message) or version < _FIRST_WITH_IMPORTS:
        return 1
    newest = _NEWEST[min(version - _FIRST_WITH_IMPORTS, len(_NEWEST) - 1)]
    uses = any(not domain_of(n.get("domain", "")) for n in message["graph"].get("node", []))
    if uses:
        log.warning(
            "The model names no operation set; %d is assumed, the newest of its IR version", newest
        )
    return newest
