"""TensorProto to Tensor: raw bytes and lists of numbers, as views of the file where possible.

Rules: tensorflow/core/framework/tensor.proto. A list shorter than the tensor is filled up with
its last number, an empty one stands for zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from mo.errors import ModelFileError, UnsupportedError
from mo.front.protobuf import Message, varints
from mo.graph.element_type import ElementType
from mo.graph.shape import Dim, Dimension, Shape
from mo.graph.tensor import Buffer, Tensor

_T = ElementType

# DataType of tensorflow/core/framework/types.proto. Quantised types are their integers.
ELEMENT_TYPES = {
    1: _T.f32,
    2: _T.f64,
    3: _T.i32,
    4: _T.u8,
    5: _T.i16,
    6: _T.i8,
    7: _T.string,
    9: _T.i64,
    10: _T.boolean,
    11: _T.i8,
    12: _T.u8,
    13: _T.i32,
    14: _T.bf16,
    15: _T.i16,
    16: _T.u16,
    17: _T.u16,
    19: _T.f16,
    22: _T.u32,
    23: _T.u64,
}
COMPLEX64, COMPLEX128, RESOURCE, VARIANT = 8, 18, 20, 21
# Complex numbers are pairs of these along a last axis.
COMPLEX_PARTS = {COMPLEX64: _T.f32, COMPLEX128: _T.f64}
WITHOUT_IR_TYPE = {
    0: "no type",
    COMPLEX64: "complex64",
    COMPLEX128: "complex128",
    RESOURCE: "resource",
    VARIANT: "variant",
}
_REFERENCE = 100

_LISTS = {
    _T.f32: "float_val",
    _T.f64: "double_val",
    _T.i64: "int64_val",
    _T.boolean: "bool_val",
    _T.f16: "half_val",
    _T.bf16: "half_val",
    _T.u32: "uint32_val",
    _T.u64: "uint64_val",
}
_DIMS_LIMIT = 254
# No file of TensorFlow holds more, and nothing that is filled up should become larger.
_BYTES_LIMIT = 1 << 31


def element_type(number: Any) -> ElementType:
    """The IR type of a DataType, references included; UnsupportedError if there is none."""
    if isinstance(number, int) and number > _REFERENCE:
        number -= _REFERENCE
    found = ELEMENT_TYPES.get(number)
    if found is None:
        name = WITHOUT_IR_TYPE.get(number, f"the unknown type {number}")
        raise UnsupportedError(f"its element type {name} has no counterpart in the IR")
    return found


def shape_of(message: Message | None) -> Shape:
    """A TensorShapeProto, -1 standing for an unknown size."""
    if message is None or message.get("unknown_rank"):
        return None
    dims: list[Dimension] = []
    for item in message.get("dim", []):
        size = item.get("size", 0)
        dims.append(size if size >= 0 else Dim())
    return tuple(dims)


def static_shape(message: Message | None) -> tuple[int, ...]:
    """The shape of a tensor that exists; ModelFileError if a size is left open."""
    dims = [item.get("size", 0) for item in (message or {}).get("dim", [])]
    if len(dims) > _DIMS_LIMIT or any(dim < 0 for dim in dims):
        raise ModelFileError(f"a constant claims the shape {dims[:8]}")
    return tuple(dims)


def read_tensor(source: Buffer, message: Message) -> Tensor:
    """The value of a TensorProto; ModelFileError if its parts do not fit together."""
    number = message.get("dtype", 0)
    shape = static_shape(message.get("tensor_shape"))
    if number in COMPLEX_PARTS:
        part = COMPLEX_PARTS[number]
        field = "scomplex_val" if number == COMPLEX64 else "dcomplex_val"
        return _read(source, message, part, (*shape, 2), field, 2)
    kind = element_type(number)
    if kind is ElementType.string:
        return _strings(message, shape)
    return _read(source, message, kind, shape, _LISTS.get(kind, "int_val"), 1)


def _read(
    source: Buffer,
    message: Message,
    kind: ElementType,
    shape: tuple[int, ...],
    field: str,
    width: int,
) -> Tensor:
    if kind.bytes_for(prod(shape)) > _BYTES_LIMIT:
        raise ModelFileError(f"a constant claims the shape {list(shape)}, which no file can hold")
    content = message.get("tensor_content")
    if content and content != (content[0], content[0]):
        try:
            if isinstance(content, bytes):  # of a text
                return Tensor.from_bytes(content, kind, shape)
            return source.tensor(kind, shape, content[0], content[1] - content[0])
        except ValueError as error:
            raise ModelFileError(f"a constant is damaged: {error}") from error
    return _from_list(source, message.get(field, []), kind, shape, width)


def from_typed_list(
    source: Buffer, message: Message, kind: ElementType, shape: tuple[int, ...]
) -> Tensor:
    """A tensor whose type and shape are told elsewhere."""
    if kind is ElementType.string:
        return _strings(message, shape)
    return _from_list(source, message.get(_LISTS.get(kind, "int_val"), []), kind, shape)


def _from_list(
    source: Buffer, items: Sequence[Any], kind: ElementType, shape: tuple[int, ...], width: int = 1
) -> Tensor:
    """A tensor of the numbers of a list, ``width`` of which are one element."""
    if kind.is_float and len(items) == 1 and isinstance(items[0], tuple) and kind.bits >= 32:
        start, end = items[0]
        if end - start == kind.bytes_for(prod(shape)):
            return source.tensor(kind, shape, start, end - start)
    flat = _numbers(source, items, kind)
    count = prod(shape)
    if flat.size > count or flat.size % width:
        raise ModelFileError(f"a constant of {count} elements holds {flat.size} numbers")
    if flat.size == count:
        return Tensor.of(flat.reshape(shape), kind)
    last = flat[-width:] if flat.size else np.zeros(width, kind.numpy)

    def load() -> np.ndarray:
        rest = np.tile(last, (count - flat.size) // width)
        return np.concatenate([flat, rest]).reshape(shape)

    return Tensor.of(load(), kind) if count <= _SMALL else Tensor.lazy(kind, shape, load)


_SMALL = 1 << 12


def _numbers(source: Buffer, items: Sequence[Any], kind: ElementType) -> np.ndarray:
    """The numbers of a list, of which packed parts are ranges of the file."""
    by_bits = kind.is_float and kind.bits < 32
    stored = np.dtype(f"<u{kind.bits // 8}") if by_bits else np.dtype(kind.numpy)
    parts = []
    for item in items:
        if not isinstance(item, tuple):
            wrapped = int(item) & (1 << 64) - 1 if not kind.is_float or by_bits else item
            parts.append(np.asarray([wrapped]).astype(stored))
            continue
        view = source.view[item[0] : item[1]]
        if kind.is_float and not by_bits:
            if len(view) % stored.itemsize:
                raise ModelFileError("a list of numbers is cut off")
            parts.append(np.frombuffer(view, stored))
        else:
            parts.append(varints(view).astype(stored))
    flat = np.concatenate(parts) if parts else np.empty(0, stored)
    return flat.view(kind.numpy) if by_bits else flat


def _strings(message: Message, shape: tuple[int, ...]) -> Tensor:
    texts = message.get("string_val", [])
    count = prod(shape)
    if len(texts) > count or count > _BYTES_LIMIT >> 8:
        raise ModelFileError(f"a constant of shape {list(shape)} holds {len(texts)} texts")
    array = np.empty(count, object)
    array[:] = [*texts, *([texts[-1] if texts else b""] * (count - len(texts)))]
    return Tensor(ElementType.string, shape, array.reshape(shape))
