"""Operations of the classic that are those of a framework: translated as its own are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from extensions.classic.fields import attribute, converts
from mo.errors import UnsupportedError
from mo.front.model import SourceNode
from mo.graph.graph import Graph
from mo.graph.node import Output


def _as_they_are(node: SourceNode) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name in node.attributes
        if isinstance(value := attribute(node, name), (bool, int, float, str, tuple))
    }


def _texts(**names: str) -> Callable[[SourceNode], dict[str, str]]:
    """Attributes as MXNet writes them, by their names here."""

    def read(node: SourceNode) -> dict[str, str]:
        found = {other: attribute(node, own) for own, other in names.items()}
        return {name: str(value) for name, value in found.items() if value is not None}

    return read


def _recurrent(node: SourceNode) -> dict[str, Any]:
    """Attributes of RNN, GRU, LSTM as ONNX has them: weights, recurrence, biases apart."""
    if not attribute(node, "blobs_wrb", default=False):
        raise UnsupportedError(
            "its weights are not those of W, R and B of ONNX",
            hint="Give it inputs x, W, R, B, lengths and states, and blobs_wrb=True.",
        )
    if attribute(node, "multilayers", default=False):
        raise UnsupportedError("it has several layers", hint="Make one operation of each.")
    batch_axis = attribute(node, "batch_dim", default=1)
    return {**_as_they_are(node), "layout": 1 if batch_axis == 0 else 0}


_CORNERS = {
    name: name
    for name in (
        *("coord_start", "force_suppress", "id_index", "overlap_thresh", "score_index"),
        *("topk", "valid_thresh"),
    )
}
# By operation: framework, type there, first operation set that has it so, attributes.
_ROWS: Mapping[str, tuple[str, str, int, Callable[[SourceNode], dict[str, Any]]]] = {
    "Axpy": ("caffe", "Axpy", 1, _as_they_are),
    "DequantizeLinear": ("onnx", "DequantizeLinear", 13, _as_they_are),
    "GRU": ("onnx", "GRU", 14, _recurrent),
    "LSTM": ("onnx", "LSTM", 14, _recurrent),
    "MXRepeat": ("mxnet", "repeat", 1, _texts(axis="axis", repeats="repeats")),
    "MXReshape": ("mxnet", "Reshape", 1, _texts(dim="shape", reverse="reverse")),
    "ONNXResize10": ("onnx", "Resize", 10, _as_they_are),
    "ONNXResize11": ("onnx", "Resize", 11, _as_they_are),
    "QuantizeLinear": ("onnx", "QuantizeLinear", 13, _as_they_are),
    "RNN": ("onnx", "RNN", 14, _recurrent),
    "SparseFillEmptyRows": ("tf", "SparseFillEmptyRows", 1, _as_they_are),
    "SparseReshape": ("tf", "SparseReshape", 1, _as_they_are),
    "_contrib_box_nms": ("mxnet", "_contrib_box_nms", 1, _texts(**_CORNERS)),
    "slice_like": ("mxnet", "slice_like", 1, _texts(axes="axes")),
}


@converts(*_ROWS)
def as_its_framework(g: Graph, node: SourceNode, *inputs: Output | None) -> Any:
    return translated(g, node, inputs, *_ROWS[node.type])


@converts("MXFFT")
def fourier(g: Graph, node: SourceNode, x: Output) -> Any:
    """Of real numbers, or back to them, without a division by their count."""
    kind = "_contrib_ifft" if attribute(node, "is_inverse") else "_contrib_fft"
    return translated(g, node, (x,), "mxnet", kind, 1, _as_they_are)


def translated(
    g: Graph,
    node: SourceNode,
    inputs: Sequence[Output | None],
    framework: str,
    kind: str,
    opset: int,
    read: Callable[[SourceNode], dict[str, Any]],
) -> Any:
    """What a framework's own translation makes of it."""
    translations = import_module(f"extensions.front.{framework}").TRANSLATIONS
    function = translations.find("", kind, opset)
    values = list(inputs)
    while values and values[-1] is None:
        values.pop()
    own = SourceNode(kind, node.name, node.inputs, node.outputs, read(node), opset=opset)
    own.walk = node.walk
    assert function is not None
    return function(g, own, *values)
