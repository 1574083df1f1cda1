"""Which tensor of a checkpoint each variable of a graph holds.

Three sources, the most exact first: what a SavedModel's functions are bound to, what the graph's
own saver restores, and the variable's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from extensions.front.tf.checkpoint import Bundle, Checkpoint
from extensions.front.tf.filling import fillers
from extensions.front.tf.parts import CALLS, VARIABLES, Values, reference
from extensions.front.tf.tensors import read_tensor
from extensions.front.tf.written import is_write
from mo.errors import ModelFileError
from mo.front.protobuf import Message
from mo.graph.tensor import Buffer, Tensor

_ASSIGNS = ("Assign", "AssignVariableOp")


def by_name(checkpoint: Checkpoint, restored: dict[str, Callable[[], Tensor | None]]) -> Values:
    """Values of variables: as the saver restores them, else by their own or their shared name."""

    def value(node: str, shared: str) -> Tensor | None:
        if node in restored:
            return restored[node]()
        found = checkpoint.read(node)
        return checkpoint.read(shared) if found is None and shared else found

    return value


def bound(meta_graph: Message, checkpoint: Bundle) -> dict[str, Callable[[], Tensor | None]]:
    """TF2: the objects that the functions of a SavedModel are bound to, by variable node."""
    graph = meta_graph.get("object_graph_def", {})
    keys = checkpoint.object_keys()
    functions = {
        item.get("key", ""): item.get("value", {}).get("bound_inputs", [])
        for item in graph.get("concrete_functions", [])
    }
    found: dict[str, Callable[[], Tensor | None]] = {}
    for message in meta_graph.get("graph_def", {}).get("node", []):
        if message.get("op") not in CALLS:
            continue
        objects = functions.get(_called(message), [])
        inputs = [text for text in message.get("input", []) if not text.startswith("^")]
        for text, number in zip(inputs[len(inputs) - len(objects) :], objects):
            if 0 <= number < len(keys) and "VARIABLE_VALUE" in keys[number]:
                found[reference(text).node] = _reading(checkpoint, keys[number]["VARIABLE_VALUE"])
    return found


def _called(message: Message) -> str:
    for item in message.get("attr", []):
        if item.get("key") == "f":
            name: str = item.get("value", {}).get("func", {}).get("name", "")
            return name
    return ""


def _reading(checkpoint: Checkpoint, key: str) -> Callable[[], Tensor | None]:
    return lambda: checkpoint.read(key)


def restored(
    messages: Sequence[Message], source: Buffer, checkpoint: Checkpoint
) -> dict[str, Callable[[], Tensor | None]]:
    """TF1: variables that are assigned what RestoreV2 reads under other names, or parts of it."""
    nodes = {message.get("name", ""): message for message in messages}
    found: dict[str, Callable[[], Tensor | None]] = {}
    for message in messages:
        if message.get("op") not in _ASSIGNS or len(message.get("input", [])) < 2:
            continue
        variable, value = (reference(text) for text in message["input"][:2])
        while nodes.get(value.node, {}).get("op") in ("Identity", "Reshape"):
            value = reference(nodes[value.node]["input"][0])
        restore = nodes.get(value.node, {})
        if restore.get("op") == "RestoreV2" and len(restore.get("input", [])) >= 3:
            name, part = (
                _text(nodes.get(reference(text).node, {}), value.port, source)
                for text in restore["input"][1:3]
            )
            if name is not None and nodes.get(variable.node, {}).get("op") in VARIABLES:
                found[variable.node] = _part_reading(checkpoint, name, part or "")
    return found


def _text(message: Message, index: int, source: Buffer) -> str | None:
    """One text of a constant list."""
    for item in message.get("attr", []):
        if item.get("key") == "value" and "tensor" in item.get("value", {}):
            texts = read_tensor(source, item["value"]["tensor"]).array.reshape(-1)
            if index < texts.size and isinstance(texts[index], bytes):
                return bytes(texts[index]).decode("utf-8", "backslashreplace")
    return None


_SLICES = re.compile(r"(?:\d+ )*((?:-|\d+,\d+)(?::(?:-|\d+,\d+))*)")


def _part_reading(checkpoint: Checkpoint, key: str, part: str) -> Callable[[], Tensor | None]:
    """``part``: empty, or full shape and the range along each axis: ``10 4 0,4:0,4``."""

    def read() -> Tensor | None:
        whole = checkpoint.read(key)
        if whole is None or not part:
            return whole
        ranges = _SLICES.fullmatch(part)
        if ranges is None:
            raise ModelFileError(f"'{key}' is restored in unreadable parts: '{part[:80]}'")
        places = tuple(_range(text) for text in ranges[1].split(":"))
        if len(places) != len(whole.shape):
            raise ModelFileError(f"'{key}' {list(whole.shape)} is restored as '{part[:80]}'")
        return Tensor.of(whole.array[places], whole.dtype)

    return read


def _range(text: str) -> slice:
    if text == "-":
        return slice(None)
    start, length = map(int, text.split(","))
    return slice(start, start + length)


def run(
    messages: Iterable[Message], outputs: Sequence[str], imports: Callable[[Message], bool]
) -> list[Message]:
    """The nodes that are run to get these nodes, if some of them write variables."""
    found = needed(messages, outputs, imports, with_controls=True)
    return found if any(is_write(message.get("op", "")) for message in found) else []


def needed(
    messages: Iterable[Message],
    outputs: Iterable[str],
    imports: Callable[[Message], bool],
    with_controls: bool = False,
) -> list[Message]:
    """The nodes that these nodes depend on, in the order of the file.

    A node without inputs needs what runs before it: that tells its branch; so do all others
    ``with_controls``. A table needs what ``imports`` into it.
    """
    messages = list(messages)
    nodes = {message.get("name", ""): message for message in messages}
    wanted: set[str] = set()
    stack = list(outputs)
    while stack:
        while stack:
            name = stack.pop()
            if name in wanted or name not in nodes:
                continue
            wanted.add(name)
            inputs = nodes[name].get("input", [])
            data = [text for text in inputs if not text.startswith("^")]
            chosen = inputs if with_controls else data or inputs
            stack += [reference(text.lstrip("^")).node for text in chosen]
        stack = [name for name in fillers(messages, wanted, imports) if name not in wanted]
    return [message for message in messages if message.get("name", "") in wanted]
