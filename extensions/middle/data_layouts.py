"""What the axes of inputs and outputs are, and the order of axes that they are to have.

--layout, --source_layout and --target_layout; and IR version 10, where images of frameworks with
channels last have their channels first, as its readers of 2021 are used to. A Transpose is put
behind an input and in front of an output; where it goes from there is the layout pass's affair.
"""

from __future__ import annotations

from itertools import chain

import numpy as np

from extensions.ops.gathering import Gather
from extensions.ops.movement import Concat, Transpose
from extensions.ops.reduction import ReduceProd
from extensions.ops.shaping import Reshape, ShapeOf
from mo.cli.config import Config, LayoutRequest
from mo.cli.layouts import axes, dimensions
from mo.errors import UnsupportedError, UsageError, listing
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.op import Parameter
from mo.graph.shape import Dim, Dimension, count

# The axes of an image, with its channels first and last, by rank.
_FIRST = {4: "nchw", 5: "ncdhw"}
_LAST = {4: "nhwc", 5: "ndhwc"}


# ---- whose layouts


def layout_requests(graph: Graph, config: Config) -> dict[Node, LayoutRequest]:
    """The request for each Parameter and Result that has one; UsageError for names of others."""
    inputs, results = graph.parameters(), graph.results()
    ends = {name: node for node in [*results, *inputs] for name in _names(node)}
    written = graph.graph.get("written", {})
    found = {}
    for request in config.layouts:
        name = request.name or ""
        node = ends.get(name.removesuffix(":0")) or ends.get(written.get(name, ""))
        if request.name is None and len(inputs) == 1:
            node = inputs[0]
        if node is None:
            problem = f"has no input or output '{request.name}'"
            if request.name is None:
                problem = f"has {len(inputs)} inputs, the layout does not say of which it is"
            raise UsageError(
                f"--layout: the model {problem}",
                hint=f"Inputs are {listing(n.name for n in inputs)}; outputs are "
                f"{listing(_names(n)[0] for n in results)}.",
            )
        found[node] = request
    return found


def _value(node: Node) -> Output:
    """The tensor of an end of the model."""
    value = node.outputs[0] if isinstance(node.op, Parameter) else node.inputs[0]
    assert value is not None
    return value


def _names(node: Node) -> list[str]:
    value = _value(node)
    own = node.name if isinstance(node.op, Parameter) else value.node.name
    return [own, *(name.removesuffix(":0") for name in value.names)]


# ---- which axis is which


def source_axes(node: Node, request: LayoutRequest | None) -> list[str] | None:
    """What the axes of an input or output are: as the user says, or as can be told; else None."""
    value = _value(node)
    if value.rank is None:
        return None
    if request is None or request.source is None:
        guessed = _guessed(value, node.graph.graph.get("channels_last"))
        return None if guessed is None else axes(guessed, value.rank)
    return _fitting(request.source, node)


def _fitting(layout: str, node: Node) -> list[str]:
    value = _value(node)
    found = None if value.rank is None else axes(layout, value.rank)
    if found is None:
        raise UsageError(
            f"Layout '{layout}' does not fit '{_names(node)[0]}' {value.type}",
            hint="A layout has one letter, ? or a*b for each axis; ... stands for any number.",
        )
    return found


def _guessed(value: Output, channels_last: bool | None) -> str | None:
    """Three channels are told by their number, others by what the framework does."""
    shape = value.shape or ()
    if len(shape) not in _FIRST:
        return None
    if (shape[1] == 3) != (shape[-1] == 3):
        channels_last = shape[-1] == 3
    if channels_last is None:
        return None
    return (_LAST if channels_last else _FIRST)[len(shape)]


# ---- changing them


def change_layouts(graph: Graph, config: Config) -> int:
    """Give inputs and outputs the order of axes that is asked for."""
    requests = layout_requests(graph, config)
    changes = 0
    for node in [*graph.parameters(), *graph.results()]:
        request = requests.get(node)
        target = _target(node, request, config.ir_version)
        if target is not None:
            changes += _changed(graph, node, target, source_axes(node, request))
        elif request is not None and request.source:
            _mark(graph, node, _fitting(request.source, node))
    return changes


def _target(node: Node, request: LayoutRequest | None, version: int) -> str | None:
    if request is not None and request.target:
        return request.target
    value = _value(node)
    layout = _FIRST.get(value.rank or 0)
    if version > 10 or not node.graph.graph.get("channels_last"):
        return None
    # What has its channels first already stays as it is.
    return None if _guessed(value, None) == layout else layout


def _changed(graph: Graph, node: Node, target: str, source: list[str] | None) -> int:
    if source is None:
        raise UsageError(
            f"--target_layout: what the axes of '{_names(node)[0]}' {_value(node).type} are "
            "cannot be told",
            hint="Say it with --source_layout.",
        )
    groups = _groups(target, source, node)
    if groups == [[axis] for axis in range(len(source))]:
        _mark(graph, node, source)
        return 0
    graph.scope = node.name
    if isinstance(node.op, Parameter):
        _change_input(graph, node, groups)
    else:
        _change_output(graph, node, groups)
    graph.scope = ""
    _mark(graph, node, ["*".join(source[axis] for axis in group) for group in groups])
    return 1


def _groups(target: str, source: list[str], node: Node) -> list[list[int]]:
    """For each axis of the target the axes of the source that it is made of."""
    wanted: list[list[str]] = []
    for axis in dimensions(target):
        if axis == "...":
            wanted += [[name] for name in source if name.startswith(axis)]
        else:
            wanted.append([axis] if axis in source else axis.split("*"))
    if sorted(chain(*wanted)) != sorted(source) or source.count("?") > 1:
        raise UsageError(
            f"The layouts '{''.join(source)}' and '{target}' of '{_names(node)[0]}' do not name "
            "the same axes",
            hint="Each letter of one must be in the other; only one axis may be ?.",
        )
    places = {axis: number for number, axis in enumerate(source)}
    return [[places[name] for name in group] for group in wanted]


def _mark(graph: Graph, node: Node, found: list[str]) -> None:
    """Note the layout in the IR, which runtimes then know it by."""
    listed: list[str] = []
    for axis in found:
        name = "..." if axis.startswith("...") else "?" if "*" in axis else axis.upper()
        if name != "..." or "..." not in listed:
            listed.append(name)
    layout = f"[{','.join(listed)}]"
    graph.set_op(node, node.op.with_attributes(layout=layout))


def _change_input(graph: Graph, node: Node, groups: list[list[int]]) -> None:
    """The Parameter gets the new shape; behind it stands the value that the model expects."""
    value = node.outputs[0]
    shape, users = value.shape or (), list(value.users)
    order = list(chain(*groups))
    new = tuple(count(shape[axis] for axis in group) for group in groups)
    graph.set_op(node, node.op.with_attributes(shape=new))
    split = value
    if len(order) > len(groups):
        sizes = _split_sizes(graph, node, shape, groups)
        split = graph.add(Reshape(), value, graph.add(Concat(axis=0), *sizes))
    inverse = [order.index(axis) for axis in range(len(order))]
    laid = split if inverse == sorted(inverse) else graph.add(Transpose(), split, inverse)
    for user, index in users:
        graph.set_input(user, index, laid)
    graph.changed_type(laid)


def _split_sizes(
    graph: Graph, node: Node, shape: tuple[Dimension, ...], groups: list[list[int]]
) -> list[Output]:
    """The sizes of all axes, in the order in which groups list them."""
    fused = [axis for group in groups if len(group) > 1 for axis in group]
    if sum(isinstance(shape[axis], Dim) for axis in fused) > 1:
        raise UnsupportedError(
            f"Input '{node.name}' cannot be split: of the axes that are fused, the sizes of "
            "several are open",
            hint="Give them with --input_shape.",
        )
    given = graph.add(ShapeOf(), node.outputs[0])
    sizes = []
    for place, group in enumerate(groups):
        for axis in group:
            size = shape[axis]
            if isinstance(size, int):
                sizes.append(graph.constant(np.array([size])))
            elif len(group) > 1:
                sizes.append(graph.constant(np.array([-1])))
            else:
                sizes.append(graph.add(Gather(), given, [place], graph.constant(np.int64(0))))
    return sizes


def _change_output(graph: Graph, node: Node, groups: list[list[int]]) -> None:
    """The result in the new order takes over the names of the old one."""
    value = _value(node)
    source, names = value.node, value.names
    order = list(chain(*groups))
    laid = value if order == sorted(order) else graph.add(Transpose(), value, order)
    if len(order) > len(groups):
        sizes = graph.add(ShapeOf(), laid)
        laid = graph.add(Reshape(), laid, _fused_sizes(graph, sizes, groups))
    value.names, laid.names = {}, names
    graph.set_input(node, 0, laid)
    if source.is_named and not isinstance(source.op, Parameter) and len(source.outputs) == 1:
        source.is_named = False
        graph.rename(laid.node, source.name)


def _fused_sizes(graph: Graph, sizes: Output, groups: list[list[int]]) -> Output:
    """One size for each group of neighbours, their product."""
    parts, place = [], 0
    for group in groups:
        members = list(range(place, place + len(group)))
        picked = graph.add(Gather(), sizes, members, graph.constant(np.int64(0)))
        parts.append(graph.add(ReduceProd(keep_dims=True), picked, [0]))
        place += len(group)
    return graph.add(Concat(axis=0), *parts)
