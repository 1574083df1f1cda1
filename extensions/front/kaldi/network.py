"""A network being put together: nodes on the values of frames, and the width of each value.

Time is not laid out here. A node computes a frame from frames of the same time, except for the
nodes of ``extensions.front.kaldi.span``, which say which other frames they mean; what that is in
the IR is decided when it is known which part of the network is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import networkx as nx

from extensions.front.kaldi.component import WIDEST
from mo.errors import ModelFileError, UnsupportedError
from mo.front.model import Model, ModelInput, SourceNode
from mo.graph.element_type import ElementType

# Frames further apart than this are damage.
FARTHEST = 1 << 20
# Types of nodes that no component has: what networks are put together with, and time laid out.
_OWN = """Append AtX Clock Columns Const Delay Dense Distribute Edges Failover Identity IfDefined
    Interleaved Joined Latch LstmCell LstmOutput Masked Max Offset Part Phase Recall Recurrence
    Repeated ReplaceIndex Round Rows RowSum RowWindows Scale Shifted Statistics SubtractPriors Sum
    Switch UtteranceSum WeightedSum WindowSum"""
OWN_TYPES = frozenset(_OWN.split())


class Network:
    """Nodes by the name of their only output, in order of arrival."""

    def __init__(self) -> None:
        self.nodes: dict[str, SourceNode] = {}
        self.inputs: dict[str, int] = {}
        self.widths: dict[str, int] = {}
        self.outputs: list[str] = []
        self._numbers: dict[str, int] = {}

    def input(self, name: str, width: int) -> str:
        self._define(name, width)
        self.inputs[name] = width
        return name

    def node(
        self, type: str, name: str, inputs: Iterable[str], width: int, **attributes: Any
    ) -> str:
        """Add a node; its name is that of its output."""
        self._define(name, width)
        attributes["columns"] = width
        self.nodes[name] = SourceNode(type, name, list(inputs), [name], attributes)
        return name

    def _define(self, name: str, width: int) -> None:
        if self.is_defined(name):
            raise ModelFileError(f"two nodes are called '{name}'")
        self.declare(name, width)

    def declare(self, name: str, width: int) -> None:
        """Tell the width of a node that may be read before it is added."""
        if not 1 <= width <= WIDEST:
            raise ModelFileError(f"node '{name}' has {width} columns")
        self.widths[name] = width

    def is_defined(self, name: str) -> bool:
        return name in self.nodes or name in self.inputs

    def unique(self, name: str) -> str:
        """The name, with a number if it is taken."""
        wanted, number = name, self._numbers.get(name, 0)
        while self.is_defined(name):
            number += 1
            name = f"{wanted}_{number}"
        self._numbers[wanted] = number
        return name

    def shared(
        self, type: str, name: str, inputs: Iterable[str], width: int, **attributes: Any
    ) -> str:
        """As ``node``; but equal expressions, which have equal names, are one node."""
        if name not in self.nodes:
            self.node(type, name, inputs, width, **attributes)
        return name

    # ---- what many components are made of

    def offset(self, x: str, frames: int) -> str:
        """x some frames later (or, below zero, before)."""
        node = self.nodes.get(x)
        if node is not None and node.type == "Offset":
            return self.offset(node.inputs[0], frames + node.attributes["frames"])
        if node is not None and node.type == "IfDefined":
            return self.if_defined(self.offset(node.inputs[0], frames))
        if frames == 0:
            return x
        if abs(frames) > FARTHEST:
            raise UnsupportedError(f"'{x}' is wanted {frames} frames away")
        return self.shared("Offset", f"Offset({x},{frames})", [x], self.widths[x], frames=frames)

    def if_defined(self, x: str) -> str:
        """x, or zeros where it cannot be computed."""
        return self.shared("IfDefined", f"IfDefined({x})", [x], self.widths[x])

    def append(self, parts: list[str]) -> str:
        """The columns of all parts, one after another."""
        if len(parts) == 1:
            return parts[0]
        width = sum(self.widths[part] for part in parts)
        return self.shared("Append", f"Append({','.join(parts)})", parts, width)

    def columns(self, x: str, start: int, width: int) -> str:
        """Some columns of x."""
        if start == 0 and width == self.widths[x]:
            return x
        self.check_columns(x, start, width)
        name = f"Columns({x},{start},{width})"
        return self.shared("Columns", name, [x], width, start=start)

    def check_columns(self, x: str, start: int, width: int) -> None:
        if not 0 <= start <= start + width <= self.widths[x]:
            raise ModelFileError(
                f"columns {start} to {start + width} of '{x}', which has {self.widths[x]}"
            )

    # ---- the end

    def model(self, framework: str = "kaldi") -> Model:
        """The nodes as a model; what reads itself at an earlier time does so as feedback."""
        cyclic = self._cycles()
        for node in self.nodes.values():
            if (
                node.type == "Offset"
                and node.inputs
                and node.inputs[0] in cyclic.get(node.name, ())
            ):
                node.feedback, node.inputs = node.inputs, []
        inputs = [ModelInput(n, (1, w), ElementType.f32) for n, w in self.inputs.items()]
        return Model("model", framework, list(self.nodes.values()), inputs, self.outputs)

    def _cycles(self) -> dict[str, set[str]]:
        """For each node that needs itself, all nodes that it goes round with."""
        return cycles(self.nodes.values())


def cycles(nodes: Iterable[SourceNode]) -> dict[str, set[str]]:
    """For each node that needs itself at another time, by name, those on the way round."""
    graph = nx.DiGraph()
    for node in nodes:
        graph.add_edges_from((x, node.outputs[0]) for x in (*node.inputs, *node.feedback) if x)
    found = {}
    for group in nx.strongly_connected_components(graph):
        if len(group) > 1 or any(graph.has_edge(name, name) for name in group):
            found.update(dict.fromkeys(group, group))
    return found
