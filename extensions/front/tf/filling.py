"""Tables and what is put into them before a model runs.

A graph makes a table empty; an operation that is no part of the model itself, often in a function
of its own, imports keys and values. Here these become the inputs of the node that makes the table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from extensions.front.tf.aliases import aliases, origin
from mo.front.model import SourceNode
from mo.front.protobuf import Message
from mo.graph.tensor import Tensor

TABLES = ("HashTable", "HashTableV2", "MutableHashTable", "MutableHashTableV2")
_IMPORTS = (
    "InitializeTable",
    "InitializeTableV2",
    "LookupTableImport",
    "LookupTableImportV2",
)
_CHANGES = ("LookupTableInsert", "LookupTableInsertV2", "LookupTableRemoveV2")


def imports(messages: Iterable[Message]) -> bool:
    """Whether one of the nodes of a function puts something into a table."""
    return any(message.get("op") in _IMPORTS for message in messages)


def fillers(
    messages: Sequence[Message], wanted: Collection[str], imports: Callable[[Message], bool]
) -> list[str]:
    """The nodes that put something into those of the ``wanted`` nodes that are tables."""
    tables = {
        message.get("name", "")
        for message in messages
        if message.get("op") in TABLES and message.get("name", "") in wanted
    }
    return [
        message.get("name", "")
        for message in messages
        if tables and imports(message) and not tables.isdisjoint(message.get("input", []))
    ]


def fill(nodes: Sequence[SourceNode], constants: Mapping[str, Tensor]) -> None:
    """Let the nodes that make tables read the constants that are imported into these."""
    known = aliases(nodes)
    found: dict[str, list[list[str]]] = {}
    for node in nodes:
        if node.type in (*_IMPORTS, *_CHANGES) and node.inputs:
            handle, *contents = (origin(name, known) for name in node.inputs)
            found.setdefault(handle, []).append(contents if node.type in _IMPORTS else [])
    for node in nodes:
        given = found.get(node.outputs[0], []) if node.type in TABLES and node.outputs else []
        # What is imported twice, computed, or changed by the model, is not known.
        if len(given) == 1 and len(given[0]) == 2 and all(name in constants for name in given[0]):
            node.inputs = given[0]
