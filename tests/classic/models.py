"""ONNX models for extensions: chains of nodes, those of the domain com.example known to nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CUSTOM = "com.example"


def chain(
    *nodes: onnx.NodeProto,
    shape: Sequence[int | str] = ("n", 3),
    outputs: Sequence[str] = ("y",),
    weights: Mapping[str, np.ndarray] | None = None,
    opset: int = 13,
) -> onnx.ModelProto:
    """A model from x to its outputs, all of f32."""
    graph = helper.make_graph(
        list(nodes),
        "chain",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, list(shape))],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in (weights or {}).items()],
    )
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid(CUSTOM, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def node(
    kind: str, *inputs: str, to: str = "y", name: str = "", **attributes: Any
) -> onnx.NodeProto:
    return helper.make_node(kind, list(inputs), to.split(), name=name, **attributes)


def custom(
    kind: str, *inputs: str, to: str = "y", name: str = "", **attributes: Any
) -> onnx.NodeProto:
    return helper.make_node(kind, list(inputs), to.split(), name=name, domain=CUSTOM, **attributes)
