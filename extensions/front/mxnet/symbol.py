"""Symbol JSON of every age to nodes and variables.

Parameters of an operation were kept under ``param`` before MXNet 0.9, under ``attr`` up to 0.11
and are under ``attrs`` since; attributes of the user stood under ``attr`` all along.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extensions.front.mxnet.names import operation
from mo.errors import ModelFileError
from mo.front.files import open_model

_DEPTH_LIMIT = 20
# Before 0.9 no version was written, before 0.9.5 an axis of -1 stood for none.
_UNVERSIONED = 800
_AXIS_NONE_SINCE = 905
_DAMAGED = "The file is damaged or no MXNet symbol; export or fetch it again."
# Auxiliary states were no inputs before 0.9: the arguments of operations that have some.
_WITH_STATES = {
    "BatchNorm": ("data", "gamma", "beta", "moving_mean", "moving_var"),
    "IdentityAttachKLSparseReg": ("data", "moving_avg"),
}

# A node and the number of one of its outputs.
Entry = tuple[int, int]


@dataclass
class SymbolNode:
    """A node as the file tells it; ``operation`` is empty for variables."""

    operation: str
    name: str
    inputs: list[Entry]
    attributes: dict[str, str]
    subgraphs: list[Symbol] = field(default_factory=list)

    @property
    def is_variable(self) -> bool:
        return not self.operation


@dataclass
class Symbol:
    nodes: list[SymbolNode]
    heads: list[Entry]

    def variables(self) -> Iterator[SymbolNode]:
        return (node for node in self.nodes if node.is_variable)


def read_symbol(path: Path) -> Symbol:
    """The graph in a JSON file, upgraded to the form that MXNet 1.x writes."""
    try:
        return symbol_of(json.loads(bytes(open_model(path).view)))
    except ModelFileError as error:
        raise ModelFileError(
            f"Cannot read '{path}' as an MXNet symbol: {error.message}", error.hint or _DAMAGED
        ) from error
    except (ValueError, RecursionError) as error:
        raise ModelFileError(
            f"Cannot read '{path}' as an MXNet symbol: it is no sound JSON: {error}", _DAMAGED
        ) from error


def symbol_of(message: Any) -> Symbol:
    """The graph that parsed JSON tells."""
    return _symbol(message, _version(message), 0)


def _version(message: Any) -> int:
    """major * 10000 + minor * 100 + patch of the MXNet that wrote the file."""
    attributes = message.get("attrs") if isinstance(message, dict) else None
    written = attributes.get("mxnet_version") if isinstance(attributes, dict) else None
    if isinstance(written, list) and len(written) == 2 and isinstance(written[1], int):
        return written[1]
    return _UNVERSIONED


def _symbol(message: Any, version: int, depth: int) -> Symbol:
    if not isinstance(message, dict) or depth > _DEPTH_LIMIT:
        raise ModelFileError("it holds no graph, or too many within each other")
    nodes = [_node(item, version, depth) for item in _list(message, "nodes")]
    if not nodes:
        raise ModelFileError("its graph is empty")
    heads = [_entry(item) for item in _list(message, "heads")] or [(len(nodes) - 1, 0)]
    symbol = Symbol(nodes, heads)
    _check_entries(symbol)
    _add_states(symbol)
    return symbol


def _list(message: dict[str, Any], name: str) -> list[Any]:
    value = message.get(name, [])
    if not isinstance(value, list):
        raise ModelFileError(f"'{name}' is no list")
    return value


def _node(message: Any, version: int, depth: int) -> SymbolNode:
    if not isinstance(message, dict):
        raise ModelFileError("a node is no object")
    kind, name = message.get("op"), message.get("name")
    if not isinstance(kind, str) or not isinstance(name, str):
        raise ModelFileError("a node has no name or no operation")
    kind = "" if kind == "null" else operation(kind)
    attributes: dict[str, str] = {}
    for section in ("attr", "attrs", "param"):
        values = message.get(section) or {}
        if not isinstance(values, dict):
            raise ModelFileError(f"the attributes of '{name}' are no object")
        attributes.update((key, str(value)) for key, value in values.items())
    if version < _AXIS_NONE_SINCE and kind in ("argmax", "argmin"):
        attributes = {k: v for k, v in attributes.items() if (k, v) != ("axis", "-1")}
    bodies = [_symbol(item, version, depth + 1) for item in _list(message, "subgraphs")]
    inputs = [_entry(item) for item in _list(message, "inputs")]
    return SymbolNode(kind, name, inputs, attributes, bodies)


def _entry(item: Any) -> Entry:
    """Node, output, and in newer files the version of a mutable variable."""
    if not isinstance(item, list) or not 2 <= len(item) <= 3:
        raise ModelFileError(f"{str(item)[:40]} does not say which output of which node it means")
    node, output = item[:2]
    if type(node) is not int or type(output) is not int:
        raise ModelFileError(f"{str(item)[:40]} does not say which output of which node it means")
    return node, output


# More outputs than any operation has.
_OUTPUTS_LIMIT = 10_000


def _check_entries(symbol: Symbol) -> None:
    """Nodes come after what they read."""
    total = len(symbol.nodes)
    places = [(place, entry) for place, node in enumerate(symbol.nodes) for entry in node.inputs]
    places += [(total, head) for head in symbol.heads]
    for place, (node, output) in places:
        if not 0 <= node < place or not 0 <= output < _OUTPUTS_LIMIT:
            reader = symbol.nodes[place].name if place < total else "the list of outputs"
            raise ModelFileError(f"'{reader}' reads output {output} of node {node}")


def _add_states(symbol: Symbol) -> None:
    """Let old nodes read their auxiliary states, as variables called after them."""
    states: list[SymbolNode] = []
    for node in symbol.nodes:
        arguments = _WITH_STATES.get(node.operation, ())
        for argument in arguments[len(node.inputs) :] if node.inputs else ():
            node.inputs.append((len(symbol.nodes) + len(states), 0))
            states.append(SymbolNode("", f"{node.name}_{argument}", [], {}))
    symbol.nodes += states
