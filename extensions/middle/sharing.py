"""Equal constants and equal computations become one."""

from __future__ import annotations

from typing import Any

from mo.graph.graph import Graph
from mo.graph.op import Constant

# Larger constants are compared by the .bin writer, which reads them anyway.
_COMPARED_BYTES = 1 << 12


def share_constants(graph: Graph) -> int:
    """Small constants of equal type, shape and bytes become one node."""
    first: dict[Any, Any] = {}
    changes = 0
    for node in graph.nodes_of(Constant):
        value = node.outputs[0]
        tensor = value.constant
        assert tensor is not None
        if tensor.extent is not None and tensor.nbytes > _COMPARED_BYTES:
            content: Any = tensor.extent
        elif tensor.is_lazy or tensor.nbytes > _COMPARED_BYTES:
            continue
        else:
            content = tensor.storage().tobytes()
        keeper = first.setdefault((tensor.dtype, tensor.shape, content), value)
        if keeper is not value:
            graph.replace(value, keeper)
            graph.discard(node)
            changes += 1
    return changes


def share_computations(graph: Graph) -> int:
    """Nodes with equal operation and inputs become one."""
    first: dict[Any, Any] = {}
    changes = 0
    for node in graph.topological():
        if not node.op.is_pure or node.op.is_sink or node.id not in graph:
            continue
        # Values stay alive while their node is in ``first``, so their ids are theirs alone.
        key = (node.op.key(), *map(id, node.inputs), len(node.outputs))
        keeper = first.setdefault(key, node)
        if keeper is node:
            continue
        for old, new in zip(node.outputs, keeper.outputs):
            graph.replace(old, new)
        graph.discard(node)
        changes += 1
    return changes
