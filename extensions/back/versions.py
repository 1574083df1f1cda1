"""What the chosen IR version and operation set can hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np

from extensions.ops.arithmetic import FloorMod
from extensions.ops.movement import Gather
from extensions.ops.shaping import ShapeOf
from mo.errors import UnsupportedError, listing
from mo.graph.graph import Graph
from mo.graph.node import Node, Output
from mo.middle.pattern import any_value, match
from mo.middle.rewriter import Rule, rewrite

# The newest operation set that OpenVINO 2023.3 reads, and that 2021.4 reads.
DEFAULT_OPSET = {11: 13, 10: 7}


@rewrite(
    match(
        Gather,
        any_value("x"),
        any_value("indices"),
        any_value("axis"),
        where=lambda op: op.negative_indices,
    )
)
def indices_from_the_front(
    g: Graph, node: Node, x: Output, indices: Output, axis: Output
) -> Output | None:
    """Before operation set 8 an index below zero does not count from the end."""
    sizes = g.add(ShapeOf(output_type=indices.dtype), x)
    size = g.add(Gather(), sizes, axis, g.constant(np.int64(0)))
    positive = g.add(FloorMod(), indices, size)
    return g.add(node.op.with_attributes(negative_indices=False), x, positive, axis)


def older_forms(opset: int) -> tuple[Rule, ...]:
    """Rewrites into what an operation set knows."""
    return (indices_from_the_front,) if opset < 8 else ()


def check_opset(opset: int) -> Callable[[Graph], int]:
    """A pass that refuses what the operation set does not have, all of it at once."""

    def check(graph: Graph) -> int:
        late: dict[str, list[str]] = defaultdict(list)
        for node in graph.all_nodes():
            version = node.op.version()
            if int(version.removeprefix("opset")) > opset:
                late[f"{node.op.type} of {version}"].append(node.name)
        if late:
            lines = [f"    {what}: {listing(names, 5)}" for what, names in sorted(late.items())]
            raise UnsupportedError(
                f"Operation set {opset} does not have:\n" + "\n".join(lines),
                hint="Allow a newer one with --opset, if the runtime that reads the IR knows it.",
            )
        return 0

    return check
