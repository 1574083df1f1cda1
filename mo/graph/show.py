"""A graph as text, one line per node: for logs, errors and tests."""

from __future__ import annotations

from collections.abc import Iterator

from mo.graph.graph import Graph
from mo.graph.node import Node
from mo.graph.op import Constant, Parameter, Result


def show(graph: Graph, types: bool = False) -> str:
    """``name: Op(inputs) attribute=value``, and with ``types`` the output types behind it.

    Small constants stand where they are read; Results are left out unless renamed.
    """
    return "\n".join(_lines(graph, types, ""))


def _lines(graph: Graph, types: bool, indent: str) -> Iterator[str]:
    for node in graph.topological():
        if isinstance(node.op, (Constant, Result)):
            continue
        yield indent + _line(node, types)
        for body in node.op.bodies():
            yield f"{indent}    {body.prefix}body:"
            yield from _lines(body.graph, types, indent + "        ")


def _line(node: Node, types: bool) -> str:
    attributes = repr(node.op).partition(" ")[2]
    if isinstance(node.op, Parameter):
        arguments, attributes = "", str(node.outputs[0].type)
    else:
        arguments = "(" + ", ".join(map(_argument, node.inputs)) + ")"
    text = f"{node.name}: {node.op.type}{arguments}"
    if attributes:
        text += f" {attributes}"
    if types and not isinstance(node.op, Parameter):
        text += " -> " + ", ".join(str(value.type) for value in node.outputs)
    return text


def _argument(value: object) -> str:
    constant = getattr(value, "constant", None)
    if constant is None:
        return "-" if value is None else str(value)
    if constant.size <= 8 and not constant.is_lazy:
        return str(constant.tolist())
    return f"<{constant.dtype.name}{list(constant.shape)}>"
