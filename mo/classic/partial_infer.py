"""Helpers of shape inference that extensions call: ``mo.front.common.partial_infer``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mo.classic.errors import Error
from mo.classic.node import Node


def int64_array(values: Any) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def float_array(values: Any) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def float32_array(values: Any) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def mark_input_bins(
    node: Node, names: Sequence[str] = ("weights", "biases"), start_port: int = 1
) -> None:
    """Name constant inputs: of no effect, constants are inputs of the IR."""
    for port, name in enumerate(names, start_port):
        if node.is_in_port_connected(port):
            node.graph.marks_of_edge(node.op_node, port)["bin"] = name


def assign_dims_to_weights(
    node: Any, spatial: Any, input_channel: Any, output_channel: Any = None, dims_number: Any = None
) -> None:
    """Say which axes of weights are what."""
    node["spatial_dims"] = int64_array(spatial)
    node["input_channel_dim"] = input_channel
    if output_channel is not None:
        node["output_channel_dim"] = output_channel
    if dims_number is not None:
        node["dims_number"] = dims_number


def copy_or_none(x: Any) -> Any:
    return None if x is None else x.copy()


def convert_tf_padding_to_str(padding: Any) -> str:
    word = padding.decode() if isinstance(padding, bytes) else str(padding)
    return {"SAME": "same_upper", "VALID": "valid"}[word]


def convert_deconv_tf_padding_to_str(padding: Any) -> str:
    word = padding.decode() if isinstance(padding, bytes) else str(padding)
    return {"SAME": "same_lower", "VALID": "valid"}[word]


def tf_window_op_pad_infer(
    input: Any, window: Any, stride: Any, auto_pad: str | None, is_deconv: bool = False
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """(pads of each axis before and behind, output sizes) of a window that slides."""
    if input is None or window is None or stride is None or auto_pad is None:
        return None, None
    sizes, steps = np.asarray(input), np.asarray(stride)
    if auto_pad == "valid":
        pads = np.zeros((len(sizes), 2), np.int64)
        return pads, -(-(sizes - np.asarray(window) + 1) // steps)
    output = -(-sizes // steps)
    total = np.maximum(0, (output - 1) * steps + np.asarray(window) - sizes)
    first, second = total // 2, total - total // 2
    pair = (first, second) if auto_pad == "same_upper" else (second, first)
    return np.stack(pair, axis=1), output


def broadcast_shape(first_shape: Any, second_shape: Any) -> np.ndarray:
    """The shape of an operation element by element; sizes must agree or be 1."""
    rank = max(len(first_shape), len(second_shape))
    first, second = (
        [1] * (rank - len(shape)) + [int(size) for size in shape]
        for shape in (first_shape, second_shape)
    )
    if any(a != b and 1 not in (a, b) for a, b in zip(first, second)):
        raise Error("shapes {} and {} do not fit together", list(first_shape), list(second_shape))
    return int64_array([b if a == 1 else a for a, b in zip(first, second)])


def get_shape_from_slice(input_shape: Any, slices: Sequence[Any]) -> np.ndarray:
    """The shape of ``array[slices]``; newaxis, integers and an ellipsis count as in numpy."""
    return int64_array(np.broadcast_to(np.int8(0), tuple(input_shape))[tuple(slices)].shape)


# ---- elemental, eltwise


def single_output_infer(
    node: Node, shape_infer: Callable[[Node], Any], value_infer: Callable[[Node], Any] | None = None
) -> None:
    node.out_port(0).data.set_shape(shape_infer(node))
    if value_infer is not None and not node.has_and_set("stop_value_propagation"):
        value = value_infer(node)
        if value is not None:
            node.out_port(0).data.set_value(value)


def copy_shape_infer(node: Node, value_infer: Callable[[Node], Any] | None = None) -> None:
    """The output has the shape of the first input."""
    single_output_infer(node, lambda n: n.in_port(0).data.get_shape(), value_infer)


def copy_value(node: Node) -> Any:
    return copy_or_none(node.in_port(0).data.get_value())


def eltwise_infer(node: Node, op: Callable[..., Any] | None = None, **kwargs: Any) -> None:
    """The broadcast shape of all inputs, and the value if all are constant."""
    ports = [port for port in node.in_ports().values() if not port.disconnected()]
    shape = ports[0].data.get_shape()
    for port in ports[1:]:
        shape = broadcast_shape(shape, port.data.get_shape())
    node.out_port(0).data.set_shape(shape)
    values = [port.data.get_value() for port in ports]
    if op is not None and all(value is not None for value in values):
        node.out_port(0).data.set_value(np.asarray(op(*values, **kwargs)))


def bias_add_infer(node: Node, op: Callable[..., Any]) -> None:
    copy_shape_infer(node)


def concat_infer(node: Node) -> None:
    """The sum of sizes on the attribute ``axis``."""
    shapes = [p.data.get_shape() for p in node.in_ports().values() if not p.disconnected()]
    axis = get_canonical_axis_index(shapes[0], node.axis)
    shape = shapes[0].copy()
    shape[axis] = sum(int(found[axis]) for found in shapes)
    node.out_port(0).data.set_shape(shape)
    values = [p.data.get_value() for p in node.in_ports().values() if not p.disconnected()]
    if all(value is not None for value in values):
        node.out_port(0).data.set_value(np.concatenate(values, axis=axis))


def get_canonical_axis_index(shape: Any, axis: int) -> int:
    """An axis counted from the front."""
    return len(shape) + axis if axis < 0 else axis
