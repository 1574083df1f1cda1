"""A graph as the XML of an IR, its constants handed to the .bin writer.

Format: OpenVINO IR versions 10 and 11. Nothing is decided here any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mo.back.binary import BinaryWriter
from mo.errors import ConversionError
from mo.graph.body import Body
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.op import Constant, Parameter, Result
from mo.graph.shape import INFINITY, Dim, Dimension

# Characters that XML 1.0 cannot hold.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;"}
_ESCAPED = re.compile('[&<>"\n\r\t]')


def quote(text: str) -> str:
    """Text as an XML attribute value in double quotes."""
    if not text.isprintable():
        text = _FORBIDDEN.sub("_", text).replace("\t", " ")
    if _ESCAPED.search(text):
        text = _ESCAPED.sub(lambda found: _ESCAPES[found.group()], text)
    return f'"{text}"'


def emit(
    graph: Graph, binary: BinaryWriter, version: int, metadata: Mapping[str, Any]
) -> Iterator[str]:
    """The lines of the .xml; the constants are written to ``binary`` on the way."""
    yield '<?xml version="1.0"?>'
    yield f'<net name={quote(graph.graph["name"])} version="{version}">'
    yield from _network(_Numbering(graph), binary, version, "\t")
    # Readers of version 10 refuse sections that they do not know.
    facts = graph.graph.get("facts", {}) if version >= 11 else {}
    section = "rt_info" if version >= 11 else "meta_data"
    yield from _element(section, {**metadata, **facts}, "\t")
    yield "</net>"


def _element(name: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield f"{indent}<{name}>"
        for key, item in value.items():
            yield from _element(key, item, indent + "\t")
        yield f"{indent}</{name}>"
    else:
        yield f"{indent}<{name} value={quote(str(value))}/>"


class _Numbering:
    """The order of a graph's layers and their numbers."""

    def __init__(self, graph: Graph) -> None:
        results = graph.results()
        self.order = [node for node in graph.topological() if not isinstance(node.op, Result)]
        self.order += results
        self.numbers = {node: number for number, node in enumerate(self.order)}
        self.inputs = [self.numbers[node] for node in graph.parameters()]
        self.outputs = [self.numbers[node] for node in results]


def _network(
    numbering: _Numbering, binary: BinaryWriter, version: int, indent: str
) -> Iterator[str]:
    order, numbers = numbering.order, numbering.numbers
    names = _unique_names(order)
    yield f"{indent}<layers>"
    for node in order:
        yield from _layer(node, numbers[node], names[node], binary, version, indent + "\t")
    yield f"{indent}</layers>"
    yield f"{indent}<edges>"
    for node in order:
        for port, value in enumerate(filter(None, node.inputs)):
            source = value.node
            yield (
                f'{indent}\t<edge from-layer="{numbers[source]}" '
                f'from-port="{_input_count(source) + value.index}" '
                f'to-layer="{numbers[node]}" to-port="{port}"/>'
            )
    yield f"{indent}</edges>"


def _input_count(node: Node) -> int:
    return sum(value is not None for value in node.inputs)


def _unique_names(order: Iterable[Node]) -> dict[Node, str]:
    """Layer names; of two equal ones the user's own stays as it is."""
    order = list(order)
    taken = {node.name for node in order if node.is_named}
    kept: set[str] = set()
    names: dict[Node, str] = {}
    for node in order:
        name = node.name
        if name in kept or (name in taken and not node.is_named):
            number = 1
            while f"{name}_{number}" in kept or f"{name}_{number}" in taken:
                number += 1
            name = f"{name}_{number}"
        kept.add(name)
        names[node] = name
    return names


def _layer(
    node: Node, number: int, name: str, binary: BinaryWriter, version: int, indent: str
) -> Iterator[str]:
    op = node.op
    yield (
        f'{indent}<layer id="{number}" name={quote(name)} type="{op.type}" '
        f'version="{op.version()}">'
    )
    attributes = op.ir_attributes()
    if isinstance(op, Constant):
        offset, size = binary.add(op.tensor)
        attributes |= {"offset": str(offset), "size": str(size)}
    if attributes:
        listed = " ".join(f"{key}={quote(value)}" for key, value in attributes.items())
        yield f"{indent}\t<data {listed}/>"
    marks = op.rt_info()
    if marks and version >= 11:
        yield f"{indent}\t<rt_info>"
        for mark in marks:
            yield f'{indent}\t\t<attribute name="{mark}" version="0"/>'
        yield f"{indent}\t</rt_info>"
    inputs = _connected(node)
    bodies = [(body, _Numbering(body.graph)) for body in op.bodies()]
    for body, numbering in bodies:
        yield from _port_map(body, numbering, len(inputs), indent + "\t")
    if inputs:
        yield f"{indent}\t<input>"
        for port, value in enumerate(inputs):
            yield from _port(value, port, version, indent + "\t\t")
        yield f"{indent}\t</input>"
    if node.outputs and not isinstance(op, Result):
        yield f"{indent}\t<output>"
        for value in node.outputs:
            port = len(inputs) + value.index
            layout = _layout(value) if version >= 11 else ""
            yield from _port(value, port, version, indent + "\t\t", True, layout)
        yield f"{indent}\t</output>"
    for body, numbering in bodies:
        yield f"{indent}\t<{body.prefix}body>"
        yield from _network(numbering, binary, version, indent + "\t\t")
        yield f"{indent}\t</{body.prefix}body>"
    yield f"{indent}</layer>"


def _port_map(body: Body, numbering: _Numbering, inputs: int, indent: str) -> Iterator[str]:
    """How the ports of the operation meet the layers of its body."""
    yield f"{indent}<{body.prefix}port_map>"
    for kind, ports, layers, first in (
        ("input", body.inputs, numbering.inputs, 0),
        ("output", body.outputs, numbering.outputs, inputs),
    ):
        for port in ports:
            external = -1 if port.external is None else first + port.external
            more = "".join(f" {key}={quote(value)}" for key, value in port.attributes.items())
            yield (
                f'{indent}\t<{kind} external_port_id="{external}" '
                f'internal_layer_id="{layers[port.internal]}"{more}/>'
            )
    yield f"{indent}</{body.prefix}port_map>"
    if body.back_edges:
        yield f"{indent}<back_edges>"
        for result, parameter in body.back_edges:
            yield (
                f'{indent}\t<edge from-layer="{numbering.outputs[result]}" '
                f'to-layer="{numbering.inputs[parameter]}"/>'
            )
        yield f"{indent}</back_edges>"


def _connected(node: Node) -> list[Output]:
    inputs = list(node.inputs)
    while inputs and inputs[-1] is None:
        inputs.pop()
    if any(value is None for value in inputs):
        raise ConversionError(f"{node.op.type} '{node.name}' lacks an input before its last one")
    return inputs  # type: ignore[return-value]


def _layout(value: Output) -> str:
    """What is said of the axes of an input or output of the model."""
    ends = [node.op for node, _ in value.users if isinstance(node.op, Result)]
    if isinstance(value.node.op, Parameter):
        ends.insert(0, value.node.op)  # type: ignore[arg-type]
    return next((end.layout for end in ends if end.layout), "")


def _port(
    value: Output,
    number: int,
    version: int,
    indent: str,
    with_names: bool = False,
    layout: str = "",
) -> Iterator[str]:
    start = f'{indent}<port id="{number}" precision="{value.dtype.precision}"'
    if with_names and value.names:
        names = ",".join(name.replace(",", "\\,") for name in value.names)
        start += f" names={quote(names)}"
    if not value.shape and not layout:
        yield start + "/>"
        return
    yield start + ">"
    for dim in value.shape or ():
        yield f"{indent}\t<dim>{_size(dim, version)}</dim>"
    if layout:
        yield f"{indent}\t<rt_info>"
        yield f'{indent}\t\t<attribute name="layout" version="0" layout="{layout}"/>'
        yield f"{indent}\t</rt_info>"
    yield f"{indent}</port>"


def _size(dim: Dimension, version: int) -> int:
    """Unknown is -1; the readers of version 10 rather take the greatest size it can have."""
    if not isinstance(dim, Dim):
        return dim
    return dim.max if version < 11 and dim.max < INFINITY else -1
