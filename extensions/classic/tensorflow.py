"""Helpers of extractors of TensorFlow nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from mo.classic.errors import Error

# DataType of types.proto -> numpy type.
_TYPES: Mapping[int, Any] = {
    1: np.float32,
    2: np.float64,
    3: np.int32,
    4: np.uint8,
    5: np.int16,
    6: np.int8,
    7: str,
    9: np.int64,
    10: np.bool_,
    17: np.uint16,
    19: np.float16,
    22: np.uint32,
    23: np.uint64,
}


def _elements(kind: Any) -> Callable[[Any], np.ndarray]:
    return lambda tensor: np.frombuffer(tensor.tensor_content, kind)


# DataType -> (numpy type, what reads the elements of a TensorProto).
tf_data_type_decode = {number: (kind, _elements(kind)) for number, kind in _TYPES.items()}
tf_data_type_cast = {kind: kind for kind in _TYPES.values()}


def tf_dtype_extractor(pb_dtype: int, default: Any = None) -> Any:
    return _TYPES.get(pb_dtype, default)


def tf_tensor_shape(pb: Any) -> np.ndarray:
    """The sizes of a TensorShapeProto, -1 for open ones."""
    return np.array([dim.size for dim in pb.dim], np.int64)


def tf_int_list(pb: Any) -> np.ndarray:
    return np.array(pb.i, np.int64)


_LAYOUTS = {b"NHWC": 4, b"NDHWC": 5, b"NCHW": 4, b"NCDHW": 5}


def _layout(pb: Any) -> tuple[bytes, int]:
    if pb.s not in _LAYOUTS:
        raise Error("data_format '{}' is not known", pb.s.decode())
    return pb.s, _LAYOUTS[pb.s]


def tf_data_format_spatial(pb: Any) -> list[int]:
    word, rank = _layout(pb)
    return list(range(2, rank)) if word[1:2] == b"C" else list(range(1, rank - 1))


def tf_data_format_channel(pb: Any) -> list[int]:
    word, rank = _layout(pb)
    return [1] if word[1:2] == b"C" else [rank - 1]


def tf_data_format_batch(pb: Any) -> list[int]:
    _layout(pb)
    return [0]


def get_tf_node_port(tensor: str) -> tuple[str, int]:
    """'name:1' is output 1 of the node."""
    name, _, port = tensor.partition(":")
    return name, int(port or 0)


def tf_tensor_content(tf_dtype: int, shape: Any, pb_tensor: Any) -> np.ndarray:
    """The elements of a TensorProto; one element may stand for all."""
    flat = tf_data_type_decode[tf_dtype][1](pb_tensor)
    sizes = [int(size) for size in shape]
    return np.broadcast_to(flat, sizes) if flat.size == 1 else flat.reshape(sizes)


def check_attr_type(a: Any) -> Any:
    """The field of an AttrValue that is filled."""
    return a.value


def collect_tf_attrs(attrs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: check_attr_type(attribute) for name, attribute in attrs.items()}
