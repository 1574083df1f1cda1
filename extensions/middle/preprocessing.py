"""Behind the inputs: their types, --reverse_input_channels, --mean_values, --scale_values, --scale.

The order is the data's: input, reversed channels, minus mean, divided by scale, model.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import numpy as np

from extensions.middle.data_layouts import layout_requests, source_axes
from extensions.ops.arithmetic import Add, Multiply
from extensions.ops.conversion import Convert
from extensions.ops.gathering import Gather
from extensions.ops.shaping import ShapeOf
from mo.cli.config import ChannelValues, Config, LayoutRequest
from mo.errors import UsageError, counted, listing, suggestion
from mo.graph.element_type import ElementType
from mo.graph.graph import Graph
from mo.graph.node import Node, Output

log = logging.getLogger("mo.preprocessing")


def set_input_types(graph: Graph) -> int:
    """Inputs of the types asked for with --input name{type}, converted to the model's own."""
    inputs = {node.name: node for node in graph.parameters()}
    wanted: dict[str, ElementType] = graph.graph.get("fed_as", {})
    changes = 0
    for name, kind in wanted.items():
        node = inputs.get(name)
        if node is None or node.outputs[0].dtype is kind:
            continue
        value = node.outputs[0]
        model_kind = value.dtype
        users = _data_users(value)
        graph.set_op(node, node.op.with_attributes(element_type=kind))
        converted = graph.add(
            Convert(destination_type=model_kind), value, name=f"{name}/convert_type"
        )
        for user, index in users:
            graph.set_input(user, index, converted)
        changes += 1
    return changes


def _data_users(value: Output) -> list[tuple[Node, int]]:
    """The uses of an input's elements; shapes are asked of the input itself."""
    return [use for use in value.users if not isinstance(use[0].op, ShapeOf)]


def insert_preprocessing(graph: Graph, config: Config) -> int:
    """Put the operations behind each input that the configuration speaks of."""
    inputs = graph.parameters()
    written = graph.graph.get("written", {})
    means = _by_input(config.mean_values, inputs, written, "--mean_values")
    scales = _by_input(config.scale_values, inputs, written, "--scale_values")
    # Whole images to subtract, if the front end has noted some.
    images: dict[str, np.ndarray] = graph.graph.get("means", {})
    layouts = layout_requests(graph, config)
    changes = 0
    for node in inputs:
        scale: Sequence[float] = scales.get(node, ())
        if config.scale is not None and _is_image(node.outputs[0]):
            scale = (config.scale,)
        mean = images.get(node.name, means.get(node, ()))
        axis = channel_axis(node, layouts.get(node))
        changes += _prepare(graph, node, axis, config.reverse_input_channels, mean, scale)
    return changes


def _by_input(
    values: Sequence[ChannelValues], inputs: list[Node], written: Mapping[str, str], flag: str
) -> dict[Node, tuple[float, ...]]:
    named = {node.name: node for node in inputs}
    if values and values[0].name is None and len(values) != len(inputs):
        raise UsageError(
            f"{flag}: {counted(values, 'list')} of numbers for {counted(inputs, 'input')}: "
            f"{listing(named)}",
            hint=f'Give one for each, or name them: {flag} "{inputs[0].name}[1,2,3]"',
        )
    result = {}
    for position, item in enumerate(values):
        name = item.name or ""
        # The name of a tensor, which TensorFlow's users end in :0, or what --input calls it.
        node = named.get(name) or named.get(written.get(name, name.removesuffix(":0")))
        node = inputs[position] if item.name is None else node
        if node is None:
            raise UsageError(
                f"{flag}: the model has no input '{item.name}'",
                hint=f"{suggestion(item.name or '', named)}Its inputs are {listing(named)}.",
            )
        result[node] = item.values
    return result


def _is_image(value: Output) -> bool:
    return value.rank is not None and value.rank >= 2


def _prepare(
    graph: Graph,
    node: Node,
    axis: int,
    reverse: bool,
    mean: Sequence[float] | np.ndarray,
    scale: Sequence[float],
) -> int:
    source = value = node.outputs[0]
    users = _data_users(source)
    graph.scope = node.name
    numbers = -np.asarray(mean, np.float64)
    if (numbers.size or scale) and not source.dtype.is_float:
        value = graph.add(Convert(destination_type=ElementType.f32), value)
    if reverse:
        value = _reversed(graph, node, value, axis)
    if numbers.any():
        laid = _laid_out(graph, node, value, axis, numbers, "--mean_values")
        value = graph.add(Add(), value, laid, name=f"{node.name}/mean")
    if any(factor != 1 for factor in scale):
        numbers = 1 / np.asarray(scale, np.float64)
        laid = _laid_out(graph, node, value, axis, numbers, "--scale_values")
        value = graph.add(Multiply(), value, laid, name=f"{node.name}/scale")
    graph.scope = ""
    if value is source:
        return 0
    if value.dtype is not source.dtype and source.dtype.is_integer:
        users = _without_casts(graph, users, value)
    for user, index in users:
        graph.set_input(user, index, value)
    return 1


def _without_casts(
    graph: Graph, users: list[tuple[Node, int]], value: Output
) -> list[tuple[Node, int]]:
    """The model's own cast to float is met by the one made here."""
    for user, _ in users:
        if not isinstance(user.op, Convert) or user.outputs[0].dtype is not value.dtype:
            raise UsageError(
                f"Mean and scale make a float of the input, but {user} expects integers",
                hint="Name only the inputs that the model turns into floats.",
            )
    return users


def _laid_out(
    graph: Graph, node: Node, value: Output, axis: int, numbers: np.ndarray, flag: str
) -> Output:
    """Numbers per channel along the channel axis, one for all as a scalar, images as they are."""
    if numbers.ndim > 1:
        return graph.constant(numbers, value.dtype)
    if numbers.size == 1:
        return graph.constant(numbers.reshape([1] * (value.rank or 0)), value.dtype)
    if value.shape is None or not 0 <= axis < len(value.shape):
        raise UsageError(f"{flag}: input '{node.name}' {value.type} has no channel axis")
    if value.shape[axis] != numbers.size and isinstance(value.shape[axis], int):
        raise UsageError(
            f"{flag} gives {numbers.size} numbers for the {value.shape[axis]} channels "
            f"of input '{node.name}' {value.type}",
            hint="Give one number, or one for each channel.",
        )
    shape = [1] * len(value.shape)
    shape[axis] = numbers.size
    return graph.constant(numbers.reshape(shape), value.dtype)


def channel_axis(node: Node, request: LayoutRequest | None) -> int:
    """The axis of an input that its layout calls c; the second one where there is no telling."""
    found = source_axes(node, request)
    return 1 if found is None or "c" not in found else found.index("c")


def _reversed(graph: Graph, node: Node, value: Output, axis: int) -> Output:
    if value.rank != 4 or value.shape is None or value.shape[axis] != 3:
        log.warning(
            "--reverse_input_channels leaves input '%s' %s alone: it is no image of three channels",
            node.name,
            value.type,
        )
        return value
    return graph.add(
        Gather(),
        value,
        [2, 1, 0],
        graph.constant(np.int64(axis)),
        name=f"{node.name}/reverse_input_channels",
    )
