"""Nodes that bring data from outside: placeholders, queues and iterators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any

from extensions.front.tf.signatures import COUNTS
from extensions.front.tf.tensors import ELEMENT_TYPES, WITHOUT_IR_TYPE, element_type
from mo.front.model import Model, ModelInput, SourceNode, reads
from mo.graph.shape import Dim, Shape

_PLACEHOLDERS = ("Placeholder", "PlaceholderV2")
# What takes elements out of a queue, and whether it puts several of them into a batch.
_DEQUEUES = {
    f"QueueDequeue{kind}{version}": bool(kind)
    for kind in ("", "Many", "UpTo")
    for version in ("", "V2")
}
_ITERATORS = ("IteratorGetNext", "IteratorGetNextSync")

# The attributes of the node that makes an input.
Made = Callable[[], Mapping[str, Any]]


def inputs_of(
    op: str, name: str, attributes: Mapping[str, Any], queue: Made, read: Set[str]
) -> list[ModelInput] | None:
    """The inputs of the model that a node stands for; None if it is no such node.

    Of a queue these are the tensors that are ``read``; ``queue`` tells of what it is made.
    """
    if op in _PLACEHOLDERS:
        number = attributes.get("dtype", 1)
        if number in WITHOUT_IR_TYPE:
            return None
        return [ModelInput(name, attributes.get("shape"), element_type(number))]
    if op not in _DEQUEUES and op not in _ITERATORS:
        return None
    types = attributes.get(COUNTS.get(op, "output_types")) or []
    shapes = attributes.get("output_shapes") or _of_queue(queue(), _DEQUEUES.get(op, False))
    found = []
    for port, number in enumerate(types):
        tensor = f"{name}:{port}" if port else name
        if tensor in read:
            shape = shapes[port] if port < len(shapes) else None
            found.append(ModelInput(tensor, shape, element_type(number)))
    return found


def optional_inputs(nodes: Iterable[SourceNode]) -> dict[str, ModelInput]:
    """Placeholders that hold a value unless another one is fed, by their tensors."""
    found = {}
    for node in nodes:
        if node.type == "PlaceholderWithDefault" and node.has_output(0):
            kind = ELEMENT_TYPES.get(node.get("dtype", 1))
            if kind is not None:
                found[node.outputs[0]] = ModelInput(node.outputs[0], node.get("shape"), kind)
    return found


def _of_queue(attributes: Mapping[str, Any], is_batch: bool) -> list[Shape]:
    """The shapes of a queue's elements, behind a batch where several are taken."""
    shapes = attributes.get("shapes") or []
    return [(Dim(), *shape) if is_batch and shape is not None else shape for shape in shapes]


def without_unread(model: Model) -> Model:
    """Placeholders that nothing reads are no inputs (of training, or left over)."""
    used = {name for node in model.nodes for name in (*reads(node), *node.feedback)}
    used.update(model.outputs)
    if any(item.name in used for item in model.inputs):
        model.inputs = [item for item in model.inputs if item.name in used]
    return model
