"""What the chosen IR version and operation set can hold."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable

import numpy as np

from extensions.ops.state import ReadValue
from mo.errors import UnsupportedError, listing
from mo.graph.graph import Graph
from mo.graph.shape import is_static

log = logging.getLogger("mo.versions")

# The newest operation set that OpenVINO 2023.3 reads, and that 2021.4 reads.
DEFAULT_OPSET = {11: 13, 10: 7}


def warn_of_open_sizes(graph: Graph) -> int:
    """A pass for IR version 10: the runtimes that it is made for know no open sizes."""
    open_inputs = [
        f"'{node.name}'" for node in graph.parameters() if not is_static(node.outputs[0].shape)
    ]
    if open_inputs:
        log.warning(
            "The runtimes of 2021 read no open sizes: give those of %s with --input_shape or -b",
            ", ".join(open_inputs),
        )
    return 0


def warn_of_first_states(graph: Graph) -> int:
    """A pass for IR version 10: measured in 2021.4, a state is zero before the first Assign."""
    names = [
        node.name
        for node in graph.nodes_of(ReadValue)
        if (first := node.inputs[0]) is not None
        and ((known := first.value()) is None or np.any(known))
    ]
    if names:
        log.warning(
            "The runtimes of 2021 begin states with zeros: set %s before the first inference",
            listing(names),
        )
    return 0


def check_opset(asked: int | None, ir_version: int) -> Callable[[Graph], int]:
    """A pass that refuses what the operation set does not have, all of it at once.

    Where the user asked for none, an operation of IR 11 that nothing older expresses is written
    all the same: the newest runtimes read it.
    """
    opset = asked or DEFAULT_OPSET[ir_version]

    def check(graph: Graph) -> int:
        late: dict[str, list[str]] = defaultdict(list)
        for node in graph.all_nodes():
            version = node.op.version()
            if version.startswith("opset") and int(version.removeprefix("opset")) > opset:
                late[f"{node.op.type} of {version}"].append(node.name)
        if not late:
            return 0
        if asked is None and ir_version >= 11:
            log.warning("The IR needs a runtime newer than 2023.3 for %s", ", ".join(sorted(late)))
            return 0
        lines = [f"    {what}: {listing(names, 5)}" for what, names in sorted(late.items())]
        raise UnsupportedError(
            f"Operation set {opset} does not have:\n" + "\n".join(lines),
            hint="Allow a newer one with --opset, if the runtime that reads the IR knows it.",
        )

    return check
