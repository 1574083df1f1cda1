"""The outputs of a graph that nobody has named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from extensions.front.tf.parts import Part, reference
from mo.front.protobuf import Message

# Nodes that are there for training, saving or checking, and inputs.
_NEVER = {
    "Assert",
    "Const",
    "NoOp",
    "Placeholder",
    "PlaceholderV2",
    "PlaceholderWithDefault",
    "Print",
    "PrintV2",
    "RestoreV2",
    "SaveV2",
    "VarHandleOp",
    "Variable",
    "VariableV2",
    "ReadVariableOp",
    "VarIsInitializedOp",
    "IsVariableInitialized",
    "MergeV2Checkpoints",
    "HistogramSummary",
    "ImageSummary",
    "MergeSummary",
    "ScalarSummary",
    "HashTable",
    "HashTableV2",
    "InitializeTable",
    "InitializeTableV2",
    "InitializeTableFromTextFile",
    "InitializeTableFromTextFileV2",
    "LookupTableImport",
    "LookupTableImportV2",
}
# Where loops and branches begin and end.
_BEGINS = {"Enter", "RefEnter", "Switch", "RefSwitch"}
_ENDS = {"Exit", "RefExit", "Merge", "RefMerge"}
_CHANGES = ("Assign", "Scatter", "ResourceApply", "Apply", "ResourceScatter", "QueueEnqueue")


def default_outputs(part: Part, messages: Sequence[Message]) -> list[str]:
    """All outputs of the nodes that nobody reads, those of training, saving and in loops apart."""
    ops = {message.get("name", ""): message.get("op", "") for message in messages}
    read = {
        reference(text.lstrip("^")).node
        for message in messages
        if message.get("op") != "NoOp"
        for text in message.get("input", [])
    }
    readers = _readers(messages)
    # The nodes of loops and branches are there several times or not at all.
    read |= _behind(readers, (name for name, op in ops.items() if op in _BEGINS), ops)
    names = [name for name, op in ops.items() if name not in read and not _is_never_output(op)]
    # What only reads a variable is left over, if there is anything else.
    names = [name for name in names if not _is_left_over(name, ops[name])] or names
    # Loops give all their variables; those that nobody reads are wanted if nothing else is.
    names = [name for name in names if ops[name] not in ("Exit", "RefExit")] or names
    # Saving and counting give something, too, but not of the inputs.
    fed = _behind(readers, (reference(item.name).node for item in part.inputs))
    names = [name for name in names if name in fed] or names
    outputs = {node.name: node.outputs for node in part.nodes}
    return [tensor for name in names for tensor in outputs.get(name, [])]


def _is_never_output(op: str) -> bool:
    """Whether it gives nothing, or what only training, saving or the feeding of data is about."""
    feeds = "Dataset" in op or ("Iterator" in op and "GetNext" not in op)
    return feeds or op in _NEVER or op.startswith(_CHANGES)


def _readers(messages: Sequence[Message]) -> dict[str, list[str]]:
    """The nodes that read the outputs of each node."""
    readers: dict[str, list[str]] = {}
    for message in messages:
        for text in message.get("input", []):
            if not text.startswith("^"):
                readers.setdefault(reference(text).node, []).append(message.get("name", ""))
    return readers


def _behind(
    readers: Mapping[str, list[str]], names: Iterable[str], ops: Mapping[str, str] | None = None
) -> set[str]:
    """These nodes and those that depend on them; with ``ops`` up to the ends of loops."""
    stack = list(names)
    found: set[str] = set()
    while stack:
        name = stack.pop()
        if name not in found and (ops is None or ops.get(name) not in _ENDS):
            found.add(name)
            stack += readers.get(name, [])
    return found


def _is_left_over(name: str, op: str) -> bool:
    """Whether a node is named like those that read variables, which freezing may leave behind."""
    return op in ("Identity", "ReadVariableOp") and name.endswith(("/ReadVariableOp", "/read"))
