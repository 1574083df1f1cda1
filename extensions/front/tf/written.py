"""Variables that the function of a SavedModel writes, and so are states between inferences.

A function runs all its operations, in an order that control inputs tell: what reads a variable
behind the operation that writes it reads the new value.
"""

from __future__ import annotations

from collections import defaultdict

from extensions.front.tf.aliases import aliases, origin
from extensions.front.tf.parts import Part
from mo.front.model import SourceNode

# What each adds to the value so far; None: it comes in its place.
ASSIGNS: dict[str, str | None] = {
    "AssignVariableOp": None,
    "AssignAddVariableOp": "AddV2",
    "AssignSubVariableOp": "Sub",
}
# Operations whose order counts; the reader keeps what they come after in this attribute.
ORDERED = ("ReadVariableOp", *ASSIGNS)
AFTER = "after"


def keep_states(part: Part) -> list[str]:
    """Let what reads such a variable read a state, which the model renews.

    Variables that are written more than once stay as they are in the file: returned are the nodes
    that write them.
    """
    known = aliases(part.nodes)
    written: dict[str, list[SourceNode]] = defaultdict(list)
    for node in part.nodes:
        if node.type in ASSIGNS and len(node.inputs) == 2:
            written[origin(node.inputs[0], known)].append(node)
    lost: list[str] = []
    for name, writers in written.items():
        if len(writers) > 1:
            lost += [writer.name for writer in writers]
        elif name in part.constants:
            readers = [
                node
                for node in part.nodes
                if node.type == "ReadVariableOp" and origin(node.inputs[0], known) == name
            ]
            _keep(part, name, writers[0], readers)
    return lost


def _keep(part: Part, name: str, writer: SourceNode, readers: list[SourceNode]) -> None:
    initial, new = f"{name}/initial", writer.inputs[1]
    part.constants[initial] = part.constants.pop(name)
    added = ASSIGNS[writer.type]
    if added is not None:
        new = f"{writer.name}/sum"
        part.nodes.append(SourceNode(added, new, [name, writer.inputs[1]], [new], {}))
    for reader in readers:
        if writer.name in reader.get(AFTER, []):
            reader.inputs = [new]
    state = SourceNode("VariableState", name, [initial], [name], {})
    state.feedback = [new]
    part.nodes.append(state)
