"""Helpers of extractors of ONNX nodes: ``mo.front.onnx.extractors.utils``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mo.classic.node import Node


def onnx_attr(
    node: Node,
    name: str,
    field: str,
    default: Any = None,
    dst_type: Callable[[Any], Any] | None = None,
) -> Any:
    """The ``field`` (f, i, s, t, floats, ints ...) of an attribute, or the default."""
    found = next((item for item in node.pb.attribute if item.name == name), None)
    if found is None:
        return default
    value = getattr(found, field)
    return value if dst_type is None else dst_type(value)


def onnx_node_has_attr(node: Node, name: str) -> bool:
    return any(item.name == name for item in node.pb.attribute)


def onnx_get_num_outputs(node: Node) -> int:
    return len(node.pb.output)


def get_backend_pad(pads: Any, spatial_dims: Any, axis: int) -> list[int]:
    return [int(pads[dim][axis]) for dim in spatial_dims]


def get_onnx_autopad(auto_pad: bytes) -> str | None:
    word = auto_pad.decode().lower()
    return None if word == "notset" else word


def get_onnx_opset_version(node: Node) -> int:
    return int(node.soft_get("fw_opset", 1))


# TensorProto.DataType of onnx.proto.
_NUMPY_TYPES = {
    1: np.float32,
    2: np.uint8,
    3: np.int8,
    4: np.uint16,
    5: np.int16,
    6: np.int32,
    7: np.int64,
    9: np.bool_,
    10: np.float16,
    11: np.float64,
    12: np.uint32,
    13: np.uint64,
}


def get_onnx_datatype_as_numpy(value: int) -> Any:
    return _NUMPY_TYPES[value]
