"""What a framework's node is called and how it is described to extensions, by framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from extensions.classic import messages, shown
from mo.classic.attributes import Later
from mo.classic.source import Description
from mo.front.model import SourceNode


def _onnx(node: SourceNode) -> dict[str, Any]:
    return {"pb": Later(lambda: messages.OnnxNode(node)), "fw_opset": node.opset}


def _tf(node: SourceNode) -> dict[str, Any]:
    return {"pb": Later(lambda: messages.TfNode(node))}


def _caffe(node: SourceNode) -> dict[str, Any]:
    found: dict[str, Any] = {"pb": Later(lambda: messages.CaffeLayer(node)), "model_pb": None}
    if node.attributes.get("blobs"):
        found["model_pb"] = Later(lambda: messages.CaffeLayer(node))
    if node.domain == "Python":
        found["python_layer"] = node.type
    return found


def _mxnet(node: SourceNode) -> dict[str, Any]:
    return {"symbol_dict": Later(lambda: messages.symbol_of(node))}


def _kaldi(node: SourceNode) -> dict[str, Any]:
    return {"parameters": dict(node.attributes)}


_DESCRIPTIONS: Mapping[str, Callable[[SourceNode], dict[str, Any]]] = {
    "onnx": _onnx,
    "tf": _tf,
    "caffe": _caffe,
    "mxnet": _mxnet,
    "kaldi": _kaldi,
}


def describe(framework: str) -> Callable[[SourceNode], Description]:
    """The function that gives the classic's attributes of the framework's nodes."""
    describe_node = _DESCRIPTIONS[framework]

    def described(node: SourceNode) -> Description:
        attributes = {**shown.attributes_of(framework, node), **describe_node(node)}
        return Description(attributes, partial(shown.changed, framework, node))

    return described
