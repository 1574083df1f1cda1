"""Completes a file of --transformations_config: where its sub-graphs are joined to the rest."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mo.classic.descriptions import Description, read_descriptions, read_objects
from mo.classic.node import Node
from mo.classic.selecting import in_scope
from mo.errors import OutputError

if TYPE_CHECKING:
    from mo.classic.graph import Graph


def complete_file(path: Path, graph: Graph) -> int:
    """Fill 'inputs' and 'outputs' of the objects that name a sub-graph of the model.

    Returns how many were completed; what the model does not have stays as it is.
    """
    items, completed = read_objects(path), 0
    for item, description in zip(items, read_descriptions(path)):
        ends = _ends(graph, description)
        if ends is not None:
            item |= ends
            completed += 1
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_text(json.dumps(items, indent=4) + "\n", encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutputError(
            f"cannot write '{path.name}': {error.strerror}", hint="Make it writable."
        ) from error
    return completed


def _ends(graph: Graph, description: Description) -> dict[str, Any] | None:
    if description.match_kind == "points":
        starts, ends = (description.instances[key] for key in ("start_points", "end_points"))
        return {
            "inputs": [[_end(f"^{re.escape(name)}$", 0)] for name in starts],
            "outputs": [_end(f"^{re.escape(name)}$", 0) for name in ends],
        }
    names = in_scope(graph, description.instances[0]) if description.match_kind == "scope" else {}
    return _borders(graph, names) if names else None


def _borders(graph: Graph, names: Mapping[str, str]) -> dict[str, Any]:
    """The edges into a scope, by the tensor that comes in, and the tensors that leave it."""
    inputs: dict[Any, list[dict[str, Any]]] = {}
    outputs = []
    for id, rest in names.items():
        pattern = f"{re.escape(rest)}$"
        node = Node(graph, id)
        for index, port in node.in_ports().items():
            source = port.get_source()
            if source is not None and source.node.id not in names:
                inputs.setdefault(source, []).append(_end(pattern, index))
        for index, port in node.out_ports().items():
            if any(target.node.id not in names for target in port.get_destinations()):
                outputs.append(_end(pattern, index))
    return {"inputs": list(inputs.values()), "outputs": outputs}


def _end(pattern: str, port: int) -> dict[str, Any]:
    return {"node": pattern, "port": port}
