"""What a framework's node is called and how it is described to extensions, by framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from extensions.classic import messages, shown
from mo.classic.attributes import Later
from mo.classic.source import Describe, Description
from mo.front.model import SourceNode
from mo.graph.tensor import Tensor

# The weights of a model by the names of their tensors.
Constants = Mapping[str, Tensor]


def _onnx(node: SourceNode, constants: Constants) -> dict[str, Any]:
    return {"pb": Later(lambda: messages.OnnxNode(node)), "fw_opset": node.opset}


def _tf(node: SourceNode, constants: Constants) -> dict[str, Any]:
    return {"pb": Later(lambda: messages.TfNode(node))}


def _tflite(node: SourceNode, constants: Constants) -> dict[str, Any]:
    return {}


def _caffe(node: SourceNode, constants: Constants) -> dict[str, Any]:
    layer = Later(lambda: messages.CaffeLayer(node, constants))
    found: dict[str, Any] = {"pb": layer, "model_pb": None}
    if any(name in constants for name in node.inputs):
        found["model_pb"] = layer
    if node.domain == "Python":
        found["python_layer"] = node.type
    return found


def _mxnet(node: SourceNode, constants: Constants) -> dict[str, Any]:
    return {"symbol_dict": Later(lambda: messages.symbol_of(node))}


def _kaldi(node: SourceNode, constants: Constants) -> dict[str, Any]:
    return {"parameters": Later(lambda: messages.kaldi_parameters(node))}


_DESCRIPTIONS: Mapping[str, Callable[[SourceNode, Constants], dict[str, Any]]] = {
    "onnx": _onnx,
    "tf": _tf,
    "tflite": _tflite,
    "caffe": _caffe,
    "mxnet": _mxnet,
    "kaldi": _kaldi,
}


def describe(framework: str) -> Describe:
    """The function that gives the classic's attributes of the framework's nodes."""
    describe_node = _DESCRIPTIONS[framework]

    def described(node: SourceNode, constants: Constants) -> Description:
        attributes = {**shown.attributes_of(framework, node), **describe_node(node, constants)}
        visible = len(node.inputs)
        if framework == "caffe":  # an extractor says itself which weights it wants
            visible = sum(name not in constants for name in node.inputs)
        return Description(attributes, partial(shown.changed, framework, node), visible)

    return described
