"""Element types in the words of extensions: ``mo.middle.passes.convert_data_type``."""

from __future__ import annotations

from typing import Any

import numpy as np

from mo.classic.errors import Error


class packed_U1(np.generic):
    """Bits, eight in a byte."""


class packed_U4(np.generic):
    """Numbers of four bits without sign, two in a byte."""


class packed_I4(np.generic):
    """Numbers of four bits with sign, two in a byte."""


# Word of a user: (numpy type, precision and element type of the IR).
SUPPORTED_DATA_TYPES: dict[str, tuple[Any, str, str]] = {
    "float": (np.float32, "FP32", "f32"),
    "half": (np.float16, "FP16", "f16"),
    "FP32": (np.float32, "FP32", "f32"),
    "FP64": (np.float64, "FP64", "f64"),
    "FP16": (np.float16, "FP16", "f16"),
    "I32": (np.int32, "I32", "i32"),
    "I64": (np.int64, "I64", "i64"),
    "int8": (np.int8, "I8", "i8"),
    "int32": (np.int32, "I32", "i32"),
    "int64": (np.int64, "I64", "i64"),
    "bool": (np.bool_, "BOOL", "boolean"),
    "uint8": (np.uint8, "U8", "u8"),
    "uint32": (np.uint32, "U32", "u32"),
    "uint64": (np.uint64, "U64", "u64"),
    "U1": (packed_U1, "U1", "u1"),
    "int4": (packed_I4, "I4", "i4"),
    "uint4": (packed_U4, "U4", "u4"),
    "I4": (packed_I4, "I4", "i4"),
    "U4": (packed_U4, "U4", "u4"),
}


def data_type_str_to_np(data_type_str: str) -> Any:
    found = SUPPORTED_DATA_TYPES.get(data_type_str)
    return None if found is None else found[0]


def data_type_str_to_precision(data_type_str: str) -> str | None:
    found = SUPPORTED_DATA_TYPES.get(data_type_str)
    return None if found is None else found[1]


def data_type_str_to_destination_type(data_type_str: str) -> str | None:
    found = SUPPORTED_DATA_TYPES.get(data_type_str)
    return None if found is None else found[2]


def _found(np_data_type: Any, column: int) -> str:
    for row in SUPPORTED_DATA_TYPES.values():
        if np_data_type in (row[0], np.dtype(row[0]) if row[0] in _PLAIN else row[0]):
            return str(row[column])
    raise Error("element type {} is not supported", np_data_type)


_PLAIN = [row[0] for row in SUPPORTED_DATA_TYPES.values() if not row[0].__name__.startswith("pack")]


def np_data_type_to_precision(np_data_type: Any) -> str:
    return _found(np_data_type, 1)


def np_data_type_to_destination_type(np_data_type: Any) -> str:
    return _found(np_data_type, 2)


def destination_type_to_np_data_type(dst_type: str) -> Any:
    for row in SUPPORTED_DATA_TYPES.values():
        if row[2] == dst_type:
            return row[0]
    raise Error("element type '{}' is not supported", dst_type)
