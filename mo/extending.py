"""The short way to write extensions: a function for a framework's operation, a rewrite rule.

A file of a folder of --extensions (or a module of an installed package, under the entry point
group ``mo.extensions``) defines them at its top level::

    from extensions.ops.arithmetic import Multiply
    from mo.extending import converts

    @converts("Halve", framework="onnx", domain="com.example")
    def halve(g, node, x):
        return g.add(Multiply(), x, 0.5)

``docs/extending.md`` tells the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mo.front.model import SourceNode
from mo.front.registry import Translation
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.graph.op import Op, TensorType
from mo.middle.pattern import any_value, const, match, number
from mo.middle.rewriter import rewrite

ENTRY_POINT = "mo.extensions"

__all__ = [
    "ENTRY_POINT",
    "Conversion",
    "Graph",
    "Node",
    "Op",
    "Output",
    "SourceNode",
    "TensorType",
    "any_value",
    "const",
    "converts",
    "match",
    "number",
    "rewrite",
]


@dataclass(frozen=True)
class Conversion:
    """A translation of framework operations; it counts before the built-in one."""

    types: tuple[str, ...]
    framework: str
    domain: str
    since: int
    function: Translation


def converts(
    *types: str, framework: str, domain: str = "", since: int = 1
) -> Callable[[Translation], Conversion]:
    """Decorator: the function translates these operations of a framework.

    ``framework``: tf, tflite, onnx, caffe, mxnet or kaldi; ``domain`` and ``since`` are those of
    ONNX (the domain of TF-Lite's custom operators is "custom"). The function gets the graph, the
    framework's node and its input values, and returns the value (or a tuple of them) that the
    node computes.
    """
    return lambda function: Conversion(types, framework, domain, since, function)
