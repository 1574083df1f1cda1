"""The outputs of a graph that nobody has named."""

from __future__ import annotations

from collections.abc import Iterable

from extensions.front.tf.graphs import Part, reference
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
_FLOW = ("Exit", "RefExit", "Switch", "RefSwitch")
_CHANGES = ("Assign", "Scatter", "ResourceApply", "Apply", "ResourceScatter", "QueueEnqueue")


def default_outputs(part: Part, messages: Iterable[Message]) -> list[str]:
    """All outputs of the nodes that nobody reads, nodes of training and saving apart."""
    ops = {message.get("name", ""): message.get("op", "") for message in messages}
    read = {
        reference(text.lstrip("^")).node
        for message in messages
        if message.get("op") != "NoOp"
        for text in message.get("input", [])
    }
    names = [
        name
        for name, op in ops.items()
        if name not in read and op not in _NEVER and not op.startswith(_CHANGES)
    ]
    # Loops give all their variables; those that nobody reads are wanted if nothing else is.
    names = [name for name in names if ops[name] not in _FLOW] or names
    outputs = {node.name: node.outputs for node in part.nodes}
    return [tensor for name in names for tensor in outputs.get(name, [])]
