"""Framework descriptions of nodes in the shape that extractors of the classic read them.

Our readers keep plain values; these objects show them as the fields of the frameworks' messages,
whose absent fields have the defaults of protobuf.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from mo.front.model import SourceNode
from mo.graph.element_type import ElementType
from mo.graph.shape import Dim
from mo.graph.tensor import Tensor

# ---- ONNX (onnx.proto)

_FIELD_DEFAULTS: dict[str, Any] = {"f": 0.0, "i": 0, "s": b"", "t": None, "g": None}
_LISTS = ("floats", "ints", "strings", "tensors", "graphs")


class OnnxAttribute:
    """An AttributeProto."""

    def __init__(self, name: str, value: Any) -> None:
        self.name = name
        self.field = _field(value)
        self.value = value

    def __getattr__(self, field: str) -> Any:
        if field in _LISTS:
            listed = list(self.value) if self.field == field else []
            return [_bytes(item) for item in listed] if field == "strings" else listed
        if field in _FIELD_DEFAULTS:
            if self.field != field:
                return _FIELD_DEFAULTS[field]
            if isinstance(self.value, Tensor):
                return tensor_proto(self.value)
            return _bytes(self.value) if field == "s" else self.value
        raise AttributeError(field)

    def HasField(self, field: str) -> bool:
        return self.field == field


def tensor_proto(tensor: Tensor) -> Any:
    """A TensorProto."""
    return import_module("onnx.numpy_helper").from_array(tensor.array)


def _bytes(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


def _field(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        first = value[0] if value else 0
        kinds = {str: "strings", bytes: "strings", float: "floats", Tensor: "tensors"}
        return kinds.get(type(first), "ints")
    kinds = {str: "s", bytes: "s", float: "f", Tensor: "t", bool: "i", int: "i"}
    return kinds.get(type(value), "g")


class OnnxNode:
    """A NodeProto."""

    def __init__(self, node: SourceNode) -> None:
        self.op_type, self.name, self.domain = node.type, node.name, node.domain
        self.input, self.output = list(node.inputs), list(node.outputs)
        self.attribute = [OnnxAttribute(name, value) for name, value in node.attributes.items()]


# ---- TensorFlow (node_def.proto, attr_value.proto)

_TYPE_NUMBERS: dict[str, int] = {
    "f32": 1,
    "f64": 2,
    "i32": 3,
    "u8": 4,
    "i16": 5,
    "i8": 6,
    "string": 7,
    "i64": 9,
    "boolean": 10,
    "bf16": 14,
    "u16": 17,
    "f16": 19,
    "u32": 22,
    "u64": 23,
}


class Message:
    """Named fields, and a message without any where there is none."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


class TfAttribute:
    """An AttrValue: the field that is there, defaults for the others."""

    def __init__(self, value: Any = None) -> None:
        self.value = value

    @property
    def i(self) -> int:
        return self.value if isinstance(self.value, int) else 0

    @property
    def f(self) -> float:
        return self.value if isinstance(self.value, float) else 0.0

    @property
    def b(self) -> bool:
        return self.value is True

    @property
    def s(self) -> bytes:
        return self.value.encode() if isinstance(self.value, str) else self.value or b""

    @property
    def type(self) -> int:
        if isinstance(self.value, ElementType):
            return _TYPE_NUMBERS.get(self.value.name, 0)
        return self.i

    @property
    def shape(self) -> Message:
        return tf_shape(self.value if isinstance(self.value, tuple) else ())

    @property
    def tensor(self) -> Any:
        return TfTensor(self.value) if isinstance(self.value, Tensor) else None

    @property
    def list(self) -> Message:
        items = list(self.value) if isinstance(self.value, (list, tuple)) else []

        def of(kind: Any) -> Any:
            return [x for x in items if isinstance(x, kind)]

        strings = [x.encode() for x in of(str)]
        return Message(i=of(int), f=of(float), s=strings, b=of(bool), type=of(int), shape=of(tuple))


def tf_shape(shape: Any) -> Message:
    """A TensorShapeProto; open sizes are -1."""
    if shape is None:
        return Message(dim=[], unknown_rank=True)
    sizes = [-1 if isinstance(size, Dim) else size for size in shape]
    return Message(dim=[Message(size=size) for size in sizes], unknown_rank=False)


class TfTensor:
    """A TensorProto, of which only the elements as raw bytes are filled."""

    def __init__(self, tensor: Tensor) -> None:
        self.source = tensor
        self.dtype = _TYPE_NUMBERS.get(tensor.dtype.name, 0)
        self.tensor_shape = tf_shape(tensor.shape)

    @property
    def tensor_content(self) -> bytes:
        return np.ascontiguousarray(self.source.array).tobytes()


class TfAttributes(Mapping[str, TfAttribute]):
    """``pb.attr``: every name is there, as in a protobuf map."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values_ = values

    def __getitem__(self, name: str) -> TfAttribute:
        return TfAttribute(self.values_.get(name))

    def __contains__(self, name: object) -> bool:
        return name in self.values_

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


class TfNode:
    """A NodeDef."""

    def __init__(self, node: SourceNode) -> None:
        self.op, self.name, self.input = node.type, node.name, list(node.inputs)
        self.attr = TfAttributes(node.attributes)


# ---- Caffe (caffe.proto)


class CaffeMessage:
    """A message of a layer: fields by attribute, messages within as messages."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            value = self._fields[name]
        except KeyError:
            raise AttributeError(f"the layer has no '{name}'") from None
        return _wrapped(value)

    def HasField(self, name: str) -> bool:
        return self._fields.get(name) is not None

    def fields(self) -> Iterator[tuple[str, Any]]:
        """The fields that have a value, by name."""
        for name, value in self._fields.items():
            if value is not None:
                yield name, _wrapped(value)


def _wrapped(value: Any) -> Any:
    if isinstance(value, Mapping):
        return CaffeMessage(value)
    if isinstance(value, list):
        return [_wrapped(item) for item in value]
    return "" if value is None else value


class CaffeBlob(NamedTuple):
    """A BlobProto: its elements, and its sizes in ``shape.dim``."""

    data: np.ndarray
    shape: Message


class CaffeLayer(CaffeMessage):
    """A LayerParameter; ``blobs`` are its weights."""

    def __init__(self, node: SourceNode, constants: Mapping[str, Tensor]) -> None:
        super().__init__(node.attributes)
        self.type, self.name = str(node.attributes.get("type", node.type)), node.name
        own = [name for name in node.inputs if name in constants]
        self.bottom = [name for name in node.inputs if name not in own]
        self.top = list(node.outputs)
        arrays = [constants[name].array for name in own]
        self.blobs = [CaffeBlob(x.reshape(-1), Message(dim=list(x.shape))) for x in arrays]


# ---- MXNet (symbol.json)


def symbol_of(node: SourceNode) -> dict[str, Any]:
    """The node's object in the JSON file."""
    attrs = {name: value for name, value in node.attributes.items() if isinstance(value, str)}
    return {"op": node.type, "name": node.name, "attrs": attrs, "inputs": list(node.inputs)}


# ---- Kaldi


class KaldiParameters(io.BytesIO):
    """The bytes of a component; what was read of them also by name: ``parameters["Dim"]``."""

    def __init__(self, body: bytes, fields: Mapping[str, Any]) -> None:
        super().__init__(body)
        self.fields = fields

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]


def kaldi_parameters(node: SourceNode) -> KaldiParameters | dict[str, Any]:
    """Of the component behind a node; what a descriptor says is a dictionary."""
    attributes = dict(node.attributes)
    component = attributes.pop("component", None)
    if component is None:
        return attributes
    return KaldiParameters(bytes(component.body), {**component.fields, **attributes})
