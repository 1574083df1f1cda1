"""Which nodes write variables, and what functions leave in those that they are given."""

from __future__ import annotations

from collections.abc import Mapping

from mo.errors import UnsupportedError
from mo.front.model import SourceNode

# What a write is of the value before it and what it is given; Identity: only of the latter.
FORMS = {
    "Assign": "Identity",
    "AssignAdd": "AddV2",
    "AssignSub": "Sub",
    **{f"Scatter{kind}": f"TensorScatter{kind}" for kind in ("Update", "Add", "Sub", "Max", "Min")},
    **{f"ScatterNd{kind}": f"TensorScatter{kind}" for kind in ("Add", "Sub", "Max", "Min")},
    "ScatterNdUpdate": "TensorScatterUpdate",
}
# Other operations that write; nothing translates them.
_OTHER_WRITES = ("Apply", "CountUpTo", "ScatterDiv", "ScatterMul", "SparseApply", "StridedSliceAs")
# What takes a copy of a variable that is a resource.
SNAPSHOTS = ("ReadVariableOp", "ResourceGather", "ResourceGatherNd")
# An attribute: what a node with bodies leaves in variables.
WRITTEN = "written"
_CHOICES = ("Case", "If", "StatelessCase", "StatelessIf")
_LOOPS = ("StatelessWhile", "While")
# The last tensors of variables, by the places of these among the inputs.
Left = dict[int, str]

HINT = (
    "Order them with tf.control_dependencies, freeze the model for inference, or name outputs "
    "in front of them with --output."
)


def is_access(node: SourceNode) -> bool:
    """Whether it counts when a node runs."""
    return node.type in SNAPSHOTS or bool(results(node)) or any(True for _ in node.bodies())


def plain(kind: str) -> str:
    """The type of a write, the same for references and resources."""
    return kind.removeprefix("Resource").replace("VariableOp", "")


def is_write(kind: str) -> bool:
    return plain(kind) in FORMS or plain(kind).startswith(_OTHER_WRITES)


def results(node: SourceNode) -> Left:
    """What a node leaves in variables."""
    result = (node.outputs or [""])[0]
    kind = plain(node.type)
    if kind in FORMS:
        # A damaged file may give less.
        return {0: result} if len(node.inputs) == (3 if kind.startswith("Scatter") else 2) else {}
    if is_write(kind):
        return dict.fromkeys(range(len(node.inputs)), result)
    found: Left = node.attributes.get(WRITTEN, {})
    return found


def take_over(node: SourceNode, left: Mapping[str, Left]) -> None:
    """Let a node give what its bodies, by the attributes that hold them, leave in variables.

    The body of a While hands all its inputs on, variables too; branches give what they have left.
    """
    if not any(left.values()):
        return
    if node.type in _LOOPS:
        if left["cond"]:
            raise UnsupportedError(f"{node} changes a variable in its condition", hint=HINT)
        body = node.attributes["body"]
        body.outputs = [left["body"].get(i, name) for i, name in enumerate(body.outputs)]
        node.attributes[WRITTEN] = {place: node.outputs[place] for place in left["body"]}
    elif node.type in _CHOICES:
        # The first input chooses.
        places = sorted({place for found in left.values() for place in found})
        results = [f"{node.name}:{len(node.outputs) + i}" for i in range(len(places))]
        for key, found in left.items():
            branch = node.attributes[key]
            branch.outputs = [
                *branch.outputs,
                *(found.get(place, branch.inputs[place].name) for place in places),
            ]
        node.outputs = [*node.outputs, *results]
        node.attributes[WRITTEN] = {place + 1: name for place, name in zip(places, results)}
    else:
        raise UnsupportedError(f"{node} changes a variable in a function", hint=HINT)
