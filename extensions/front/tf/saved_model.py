"""SavedModel folders of TensorFlow 1 and 2: meta graph by tags, inputs and outputs by signature.

Rules: tensorflow/core/protobuf/{saved_model,meta_graph,saved_object_graph}.proto.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

from extensions.front.tf import freezing
from extensions.front.tf.checkpoint import Bundle
from extensions.front.tf.files import parsed
from extensions.front.tf.graphs import GraphReader
from extensions.front.tf.outputs import default_outputs
from extensions.front.tf.parts import CALLS, Function, Part, Values, reference
from extensions.front.tf.schema import SAVED_MODEL
from extensions.front.tf.tensors import element_type, shape_of
from mo.errors import ModelFileError, UsageError, listing
from mo.front.model import Model, ModelInput, SourceNode
from mo.front.protobuf import Message
from mo.graph.tensor import Buffer

_USUAL = "serving_default"
_INTERNAL = ("__saved_model_init_op", "__saved_model_train_op")


class Signature(NamedTuple):
    """TensorInfo messages by key, in alphabetical order as TensorFlow sorts them."""

    inputs: dict[str, Message]
    outputs: dict[str, Message]


def read_saved_model(folder: Path, tags: Sequence[str], signature: str | None) -> Model:
    """The model in a folder, without variables."""
    path = folder / "saved_model.pb"
    if not path.is_file() and (folder / "saved_model.pbtxt").is_file():
        path = folder / "saved_model.pbtxt"
    if not path.is_file():
        raise ModelFileError(
            f"'{folder}' has no saved_model.pb, so it is no SavedModel",
            hint="Give the folder that holds saved_model.pb and variables.",
        )
    source, message = parsed(path, SAVED_MODEL, "a SavedModel")
    meta_graph = _by_tags(message.get("meta_graphs", []), tags)
    graph = meta_graph.get("graph_def", {})
    definitions = meta_graph.get("meta_info_def", {}).get("stripped_op_list", {}).get("op", [])
    values = _values(folder, meta_graph, source)
    reader = GraphReader(source, graph.get("library"), definitions, values)
    messages = graph.get("node", [])
    chosen = _signature(meta_graph, signature)
    if chosen is None:
        part = reader.graph(messages)
        return part.model("saved_model", part.inputs, default_outputs(part, messages))
    call = _single_call(messages, chosen)
    if call is None:
        return _plain(reader, messages, chosen)
    return _called(reader, messages, call, chosen)


def _by_tags(meta_graphs: Sequence[Message], tags: Sequence[str]) -> Message:
    by_tags = [frozenset(m.get("meta_info_def", {}).get("tags", [])) for m in meta_graphs]
    known = ", ".join("'" + ",".join(sorted(found)) + "'" for found in by_tags)
    if tags:
        wanted = frozenset(tags)
        if wanted not in by_tags:
            raise UsageError(
                f"The SavedModel has no graph with exactly the tags {listing(tags)}",
                hint=f"It has graphs with the tags {known}.",
            )
        return meta_graphs[by_tags.index(wanted)]
    if len(meta_graphs) == 1:
        return meta_graphs[0]
    if frozenset(["serve"]) in by_tags:
        return meta_graphs[by_tags.index(frozenset(["serve"]))]
    if not meta_graphs:
        raise ModelFileError("The SavedModel holds no graph")
    raise UsageError(
        f"The SavedModel has {len(meta_graphs)} graphs, with the tags {known}",
        hint="Choose one with --saved_model_tags.",
    )


def _values(folder: Path, meta_graph: Message, source: Buffer) -> Values:
    index = folder / "variables" / "variables.index"
    if not index.is_file():
        return lambda node, shared: None
    checkpoint = Bundle(index)
    if "object_graph_def" in meta_graph:
        return freezing.by_name(checkpoint, freezing.bound(meta_graph, checkpoint))
    messages = meta_graph.get("graph_def", {}).get("node", [])
    return freezing.by_name(checkpoint, freezing.restored(messages, source, checkpoint))


def _signature(meta_graph: Message, wanted: str | None) -> Signature | None:
    """The signature asked for, the usual one, or the only one; None if there is none at all."""
    signatures = {
        item.get("key", ""): item.get("value", {}) for item in meta_graph.get("signature_def", [])
    }
    known = [name for name in signatures if name not in _INTERNAL]
    if wanted is None and not known:
        return None
    usual = _USUAL if _USUAL in known else known[0] if len(known) == 1 else None
    name = wanted if wanted is not None else usual
    if name not in signatures:
        problem = f"has no signature '{wanted}'" if wanted else "has several signatures"
        raise UsageError(
            f"The SavedModel {problem}; it has {listing(known) or 'none'}",
            hint="Choose one with --saved_model_signature."
            if known
            else "Leave --saved_model_signature out.",
        )
    message = signatures[name]
    return Signature(_infos(message.get("inputs", [])), _infos(message.get("outputs", [])))


def _infos(entries: Sequence[Message]) -> dict[str, Message]:
    found = {item.get("key", ""): item.get("value", {}) for item in entries}
    for key, info in found.items():
        if not info.get("name"):
            raise ModelFileError(
                f"'{key}' of the signature is no plain tensor, but a sparse or ragged one"
            )
    return dict(sorted(found.items()))


def _single_call(messages: Sequence[Message], signature: Signature) -> Message | None:
    """TF2: the node that calls the function behind all outputs of a signature."""
    names = {reference(info["name"]).node for info in signature.outputs.values()}
    if len(names) != 1:
        return None
    name = next(iter(names))
    for message in messages:
        if message.get("name") == name and message.get("op") in CALLS:
            return message
    return None


def _input(name: str, info: Message, alias: str = "") -> ModelInput:
    kind = element_type(info.get("dtype", 0))
    return ModelInput(name, shape_of(info.get("tensor_shape")), kind, alias)


def _plain(reader: GraphReader, messages: Sequence[Message], signature: Signature) -> Model:
    """TF1: inputs and outputs are nodes of the graph."""
    roots = [reference(info["name"]).node for info in signature.outputs.values()]
    needed = freezing.needed(messages, roots, reader.imports)
    part = reader.graph(freezing.run(messages, roots, reader.imports) or needed)
    names = {message.get("name", "") for message in needed}
    made = {item.name for item in part.inputs}
    listed = [(reference(info["name"]).tensor, info) for info in signature.inputs.values()]
    inputs = [_input(name, info) for name, info in listed if name in made]
    # Placeholders that the signature does not name are inputs all the same.
    given = {item.name for item in inputs}
    others = (item for item in part.inputs if item.name not in given)
    inputs += [item for item in others if reference(item.name).node in names]
    outputs = [reference(info["name"]).tensor for info in signature.outputs.values()]
    return part.model("saved_model", inputs, outputs)


def _called(
    reader: GraphReader, messages: Sequence[Message], call: Message, signature: Signature
) -> Model:
    """TF2: the function of the signature is the model; its arguments are named as in there."""
    function = reader.attribute_of(call, "f")
    if not isinstance(function, Function):
        raise ModelFileError("the signature does not say which function it calls")
    aliases = {reference(info["name"]).tensor: info for info in signature.inputs.values()}
    given = [reference(t).tensor for t in call.get("input", []) if not t.startswith("^")]
    names = reader.arguments(function)
    if len(names) != len(given):
        raise ModelFileError(f"'{function.name}' takes {len(names)} arguments, not {len(given)}")
    captured = [name for name in given if name not in aliases]
    roots = (reference(name).node for name in captured)
    part = reader.graph(freezing.needed(messages, roots, reader.imports))
    inputs, tensors = {}, []
    for name, tensor in zip(names, given):
        if tensor in aliases:
            inputs[tensor] = _input(name, aliases[tensor], f"{tensor}:0")
            tensor = name
        tensors.append(tensor)
    results = reader.call(function, tensors, "", part, 0)
    order = [inputs[tensor] for tensor in aliases if tensor in inputs]
    outputs = _named_outputs(part, results, [item.name for item in order], signature)
    return part.model("saved_model", order, outputs, runs_all=True)


def _named_outputs(
    part: Part, results: Sequence[str], inputs: Iterable[str], signature: Signature
) -> list[str]:
    """The outputs under their keys in the signature, which the function's own names join.

    A key that something else is called already, say an input, is numbered.
    """
    taken = {name for node in part.nodes for name in (node.name, *node.outputs)}
    taken |= {*part.constants, *inputs}
    outputs = []
    for key, info in signature.outputs.items():
        port = reference(info["name"]).port
        if port >= len(results):
            raise ModelFileError(f"output '{key}' is port {port} of {len(results)}")
        names = chain([key], (f"{key}_{number}" for number in count(1)))
        name = next(name for name in names if name not in taken)
        taken.add(name)
        part.nodes.append(SourceNode("Identity", name, [results[port]], [name], {}))
        outputs.append(name)
    return outputs
