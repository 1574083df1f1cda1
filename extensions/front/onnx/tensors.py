"""TensorProto to Tensor: raw bytes, number lists and external files, as views where possible.

Storage rules: onnx.proto, message TensorProto; element types: TensorProto.DataType.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from mo.errors import ModelFileError
from mo.front.files import open_beside
from mo.front.protobuf import Message, varints
from mo.graph.element_type import ElementType
from mo.graph.tensor import Buffer, Tensor

_T = ElementType

ELEMENT_TYPES = {
    1: _T.f32,
    2: _T.u8,
    3: _T.i8,
    4: _T.u16,
    5: _T.i16,
    6: _T.i32,
    7: _T.i64,
    8: _T.string,
    9: _T.boolean,
    10: _T.f16,
    11: _T.f64,
    12: _T.u32,
    13: _T.u64,
    16: _T.bf16,
    17: _T.f8e4m3,
    18: _T.f8e4m3fnuz,
    19: _T.f8e5m2,
    20: _T.f8e5m2fnuz,
    21: _T.u4,
    22: _T.i4,
    23: _T.f4e2m1,
    24: _T.f8e8m0,
    25: _T.u2,
    26: _T.i2,
}
_NUMBERS = {kind: number for number, kind in ELEMENT_TYPES.items()}
NAMES_WITHOUT_IR_TYPE = {
    0: "undefined",
    14: "complex64",
    15: "complex128",
}

# The list that holds each type's values if there are no raw bytes.
_LISTS = {
    _T.f32: "float_data",
    _T.f64: "double_data",
    _T.i64: "int64_data",
    _T.u32: "uint64_data",
    _T.u64: "uint64_data",
}
DIMS_LIMIT = 16
# A tensor claiming more bytes than any file here can hold is damaged or hostile.
BYTES_LIMIT = 1 << 48


class Tensors:
    """Reads the tensors of one model file and opens its external data, each file once."""

    def __init__(self, source: Buffer) -> None:
        self.source = source
        self._external: dict[str, Buffer] = {}

    def read(self, message: Message) -> Tensor:
        """The tensor of one message; ModelFileError if its parts do not fit together."""
        name = message.get("name", "")
        try:
            return self._read(message)
        except ModelFileError as error:
            raise ModelFileError(f"Tensor '{name}': {error.message}", error.hint) from error
        except ValueError as error:
            raise ModelFileError(
                f"Tensor '{name}': {error}", hint="The model file is damaged; fetch it again."
            ) from error

    def _read(self, message: Message) -> Tensor:
        dims = message.get("dims", [])
        if len(dims) > DIMS_LIMIT or any(dim < 0 for dim in dims):
            raise ModelFileError(f"it claims the shape {dims[:DIMS_LIMIT]}")
        if "segment" in message:
            raise ModelFileError("it is stored in segments, which is not supported")
        dtype = element_type(message.get("data_type", 0))
        shape = tuple(dims)
        if dtype.bytes_for(prod(shape)) > BYTES_LIMIT:
            raise ModelFileError(f"it claims the shape {dims}, which no file can hold")
        if dtype is ElementType.string:
            return self._strings(message, shape)
        if message.get("data_location", 0) == 1:
            return self._from_file(message, dtype, shape)
        span = message.get("raw_data")
        if span is not None:
            return self.source.tensor(dtype, shape, span[0], span[1] - span[0])
        return self._from_list(message, dtype, shape)

    def _from_file(self, message: Message, dtype: ElementType, shape: tuple[int, ...]) -> Tensor:
        entries = {e.get("key", ""): e.get("value", "") for e in message.get("external_data", [])}
        location = entries.get("location", "")
        file = self._external.get(location)
        if file is None:
            file = self._external[location] = open_beside(self.source.path, location)
        expected = dtype.bytes_for(prod(shape))
        offset = _number(entries, "offset", 0)
        length = _number(entries, "length", expected)
        if length != expected:
            raise ModelFileError(
                f"its external data has {length} bytes, {dtype.name}{list(shape)} takes {expected}"
            )
        return file.tensor(dtype, shape, offset, length)

    def _from_list(self, message: Message, dtype: ElementType, shape: tuple[int, ...]) -> Tensor:
        field = _LISTS.get(dtype, "int32_data")
        parts = [self.source.view[start:end] for start, end in message.get(field, [])]
        if dtype in (ElementType.f32, ElementType.f64):
            if len(parts) == 1:
                start, end = message[field][0]
                return self.source.tensor(dtype, shape, start, end - start)
            return Tensor.from_bytes(b"".join(parts), dtype, shape)
        numbers = np.concatenate([varints(part) for part in parts] or [np.empty(0, np.uint64)])
        if dtype.bits < 8:
            return Tensor.from_bytes(numbers.astype(np.uint8).tobytes(), dtype, shape)
        # The list holds bit patterns; the low bytes are the element.
        patterns = numbers.astype(f"<u{dtype.bits // 8}")
        return Tensor.from_bytes(patterns.tobytes(), dtype, shape)

    def _strings(self, message: Message, shape: tuple[int, ...]) -> Tensor:
        texts = message.get("string_data", [])
        if len(texts) != prod(shape):
            raise ModelFileError(f"it has {len(texts)} texts for shape {list(shape)}")
        array = np.empty(len(texts), object)
        array[:] = texts
        return Tensor(ElementType.string, shape, array.reshape(shape))

    def read_sparse(self, message: Message) -> Tensor:
        """A sparse tensor as a dense one, which stays computed on demand."""
        values, indices = (self.read(message.get(part, {})) for part in ("values", "indices"))
        shape = tuple(message.get("dims", ()))
        size = prod(shape)
        if any(dim < 0 for dim in shape) or values.dtype.bytes_for(size) > BYTES_LIMIT:
            raise ModelFileError(f"a sparse tensor claims the shape {list(shape)}")
        places = _linear(indices.array, shape)
        if places is None or places.size != values.size:
            raise ModelFileError(
                f"the {indices.shape} indices of {values.size} sparse values do not fit the "
                f"shape {list(shape)}"
            )

        def load() -> np.ndarray:
            dense = np.zeros(size, values.dtype.numpy)
            dense[places] = values.array.reshape(-1)
            return dense.reshape(shape)

        return Tensor.lazy(values.dtype, shape, load)


def _linear(places: np.ndarray, shape: tuple[int, ...]) -> np.ndarray | None:
    """Places in the flat tensor, of rows of indices, too; None if they lie outside of it."""
    try:
        if places.ndim == 2:
            return np.ravel_multi_index(tuple(places.T), shape)
        if places.size:
            np.unravel_index(places, (prod(shape),))
    except (ValueError, TypeError):
        return None
    return places.reshape(-1)


def _number(entries: dict[str, str], key: str, default: int) -> int:
    text = entries.get(key)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ModelFileError(f"its external data has the {key} '{text[:40]}'")
    return int(text)


def element_type(number: Any) -> ElementType:
    """The IR type of a TensorProto.DataType; ModelFileError if there is none."""
    found = ELEMENT_TYPES.get(number)
    if found is None:
        name = NAMES_WITHOUT_IR_TYPE.get(number)
        if name is None:
            raise ModelFileError(
                f"it has the unknown element type {number}",
                hint="The model is not valid; export it again.",
            )
        raise ModelFileError(f"its element type {name} has no counterpart in the IR")
    return found


def onnx_type(kind: ElementType) -> int:
    """The TensorProto.DataType of an IR type that came from one."""
    return _NUMBERS[kind]
