"""Helpers of extractors of MXNet nodes, and texts as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from extensions.front.mxnet.attributes import parsed
from mo.classic.errors import Error
from mo.classic.node import Node
from mo.classic.op import Op

# Numbers of mshadow for types of elements.
MXNET_DATA_TYPES = {
    0: np.float32,
    1: np.float64,
    2: np.float16,
    3: np.uint8,
    4: np.int32,
    5: np.int8,
    6: np.int64,
}


def mxnet_str_dtype_to_np(dtype: str) -> Any:
    return np.dtype(dtype).type


# In classes whose methods are called like types.
Text = str


class StrTo:
    """Texts as values."""

    @staticmethod
    def tuple(type_of_elements: Callable[[Any], Any], string: str) -> tuple[Any, ...]:
        """Of '(1, 2)', '[1, 2]' or '1'; an L behind whole numbers is left out."""
        found = parsed(string)
        return tuple(type_of_elements(x) for x in (found if isinstance(found, tuple) else (found,)))

    @staticmethod
    def list(string: str, type_of_elements: Callable[[Any], Any], sep: str) -> list[Any]:
        return [type_of_elements(part) for part in string.split(sep)]

    @staticmethod
    def bool(val: str) -> bool:
        word = val.strip().lower()
        if word not in ("true", "false"):
            raise Error("'{}' is neither true nor false", val)
        return word == "true"


class AttrDictionary:
    """Attributes of a node, which MXNet stores as texts, as values."""

    def __init__(self, attrs: Mapping[str, Any]) -> None:
        self._attrs = dict(attrs)

    def is_valid(self) -> bool:
        return bool(self._attrs)

    def dict(self) -> dict[str, Any]:
        return self._attrs

    def add_dict(self, attrs: Mapping[str, Any]) -> None:
        self._attrs.update(attrs)

    def has(self, key: Text) -> bool:
        return key in self._attrs

    def set(self, key: Text, value: Any) -> None:
        self._attrs[key] = value

    def remove(self, key: Text) -> None:
        self._attrs.pop(key, None)

    def _text(self, key: Text, default: Any, read: Callable[[str], Any]) -> Any:
        if key not in self._attrs or self._attrs[key] in ("None", None):
            return default
        return read(str(self._attrs[key]))

    def str(self, key: Text, default: Any = None) -> Any:
        return self._text(key, default, lambda text: text)

    def int(self, key: Text, default: Any = None) -> Any:
        return self._text(key, default, lambda text: int(text.rstrip("lL")))

    def float(self, key: Text, default: Any = None) -> Any:
        return self._text(key, default, float)

    def bool(self, key: Text, default: Any = None) -> Any:
        def read(text: str) -> bool:
            return bool(int(text)) if text.isdigit() else StrTo.bool(text)

        return self._text(key, default, read)

    def dtype(self, key: Text, default: Any = None) -> Any:
        return self._text(key, default, mxnet_str_dtype_to_np)

    def tuple(self, key: Text, valtype: Any = Text, default: Any = None) -> Any:
        return self._text(key, default, lambda text: StrTo.tuple(valtype, text))

    def list(self, key: Text, valtype: Any, default: Any = None, sep: Text = ",") -> Any:
        return self._text(key, default, lambda text: StrTo.list(text.strip("()[]"), valtype, sep))

    def val(self, key: Text, valtype: Any, default: Any = None) -> Any:
        return self._text(key, default, valtype)


def get_json_layer_attrs(json_dic: Mapping[str, Any]) -> Mapping[str, Any]:
    """The section of a node that holds its attributes: its name changed over the years."""
    found: Mapping[str, Any] = next(
        (json_dic[name] for name in ("attr", "attrs", "param") if name in json_dic), {}
    )
    return found


def get_mxnet_layer_attrs(json_dic: Mapping[str, Any]) -> AttrDictionary:
    return AttrDictionary(get_json_layer_attrs(json_dic))


def scalar_ops_replacer(graph: Any, node: Node, elementwise_op_type: type[Op]) -> Node:
    """An operation with a number (attribute ``scalar``) as one of two tensors."""
    value = np.array(node.soft_get("scalar", 0), np.float32)
    number = graph.constant(value, f"{node.id}/scalar")
    new = elementwise_op_type(graph, {"name": f"{node.id}/replaced"}).create_node()
    node.in_port(0).get_connection().set_destination(new.in_port(0))
    new.in_port(1).connect(number.out_port(0))
    node.out_port(0).get_connection().set_source(new.out_port(0))
    return new
