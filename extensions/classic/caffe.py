"""Helpers of extractors of Caffe layers: ``mo.front.caffe``'s modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import numpy as np


def dim_to_shape(dim: Any) -> np.ndarray:
    return np.array(list(dim), np.int64)


def embed_input(
    attrs: MutableMapping[str, Any], port: int, name: str, value: Any, bin_name: str | None = None
) -> None:
    """Let ``value`` be a constant input of the node at ``port``, an attribute till then."""
    entry = (port, name, {"bin": bin_name or name})
    attrs["embedded_inputs"] = [*attrs.get("embedded_inputs", []), entry]
    attrs[name] = value


def input_as_const(node: Any, attrs: Mapping[str, Any], port: int, bin: str, value: Any) -> None:
    """The same for a node that exists."""
    graph = node.graph
    constant = graph.constant(np.asarray(value), f"{node.id}/{attrs.get('name', bin)}")
    node.add_input_port(port, skip_if_exist=True)
    constant.out_port(0).connect(node.in_port(port))


def weights_biases(
    bias_term: bool, layer: Any, start_index: int = 1, proto: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Weights and biases of a trained layer as inputs from ``start_index`` on."""
    attrs: dict[str, Any] = {}
    if layer is None or not layer.blobs:
        return attrs
    names = ("weights", "biases")[: 2 if bias_term else 1]
    for index, (name, blob) in enumerate(zip(names, layer.blobs)):
        embed_input(attrs, start_index + index, name, np.asarray(blob.data, np.float32))
    return attrs


def get_list_from_container(param: Any, prop: str, t: Callable[[Any], Any]) -> list[Any]:
    """A field that may be one value or several, as a list; empty if it is not there."""
    value = getattr(param, prop, None) if param is not None else None
    if value is None or value == "":
        return []
    return [t(item) for item in value] if isinstance(value, (list, tuple)) else [t(value)]


def get_spatial_attr(default: Any, single_name: str, name: str, param: Any) -> tuple[int, int]:
    """(width, height) of ``name``, its forms with _w and _h before the one for both."""
    height, width = (getattr(param, f"{name}_{side}", 0) or 0 for side in "hw")
    if height or width:
        return int(width), int(height)
    listed = get_list_from_container(param, single_name, int) or list(np.atleast_1d(default))
    return int(listed[-1]), int(listed[0])


def merge_attrs(param: Any, update_attrs: Mapping[str, Any]) -> dict[str, Any]:
    """The entries whose names are fields of the message."""
    return {name: value for name, value in update_attrs.items() if hasattr(param, name)}


def collect_attributes(
    param: Any,
    prefix: str = "",
    enable_flattening_nested_params: bool = False,
    disable_omitting_optional: bool = False,
) -> dict[str, str]:
    """All fields of a message as texts: lists with commas, truths as 0 and 1."""
    found: dict[str, str] = {}
    for name, value in param.fields():
        if hasattr(value, "fields"):
            if enable_flattening_nested_params:
                found |= collect_attributes(value, f"{prefix}{name}__", True)
        elif isinstance(value, (list, tuple)):
            found[prefix + name] = ",".join(str(item) for item in value)
        else:
            found[prefix + name] = str(int(value) if isinstance(value, bool) else value)
    return found
