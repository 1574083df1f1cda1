"""What the flags name to a Model: GraphDef, with a checkpoint, meta graph, SavedModel."""

from __future__ import annotations

from pathlib import Path

from extensions.front.tf import freezing
from extensions.front.tf.checkpoint import Checkpoint, open_checkpoint
from extensions.front.tf.files import parsed
from extensions.front.tf.graphs import GraphReader
from extensions.front.tf.outputs import default_outputs
from extensions.front.tf.parts import Values
from extensions.front.tf.saved_model import read_saved_model
from extensions.front.tf.schema import GRAPH, META_GRAPH
from mo.errors import ModelFileError, UsageError
from mo.front.model import Model
from mo.front.protobuf import Message
from mo.graph.tensor import Buffer


def read_graph(path: Path, checkpoint: Path | None = None) -> Model:
    """A GraphDef, frozen or with the checkpoint that holds its variables."""
    source, message = parsed(path, GRAPH, "a TensorFlow graph")
    weights = None if checkpoint is None else open_checkpoint(checkpoint)
    return _model(path, source, message, message, weights)


def read_meta_graph(path: Path) -> Model:
    """A MetaGraphDef with its checkpoint beside it; the path may be one of the checkpoint's."""
    prefix = path
    for suffix in (".meta", ".index"):
        if path.name.endswith(suffix):
            prefix = path.with_name(path.name[: -len(suffix)])
    stem, is_data, _ = path.name.rpartition(".data-")
    if is_data:
        prefix = path.with_name(stem)
    meta = prefix.with_name(prefix.name + ".meta") if prefix != path or not path.is_file() else path
    source, message = parsed(meta, META_GRAPH, "a TensorFlow meta graph")
    graph = message.get("graph_def")
    if graph is None:
        raise ModelFileError(f"'{meta}' holds no graph", hint="Is it a meta graph at all?")
    try:
        weights = open_checkpoint(prefix)
    except UsageError as error:
        raise UsageError(
            f"The checkpoint of '{meta.name}' is not beside it",
            hint=f"Copy '{prefix.name}.index' and '{prefix.name}.data-...' into its directory.",
        ) from error
    return _model(meta, source, message, graph, weights)


def _model(
    path: Path, source: Buffer, message: Message, graph: Message, weights: Checkpoint | None
) -> Model:
    messages = graph.get("node", [])
    if not messages:
        raise ModelFileError(
            f"'{path}' holds no nodes",
            hint="The file is damaged or no TensorFlow graph; check --framework.",
        )
    values: Values = lambda node, shared: None  # noqa: E731
    if weights is not None:
        values = freezing.by_name(weights, freezing.restored(messages, source, weights))
    definitions = message.get("meta_info_def", {}).get("stripped_op_list", {}).get("op", [])
    reader = GraphReader(source, graph.get("library"), definitions, values)
    part = reader.graph(messages)
    outputs = default_outputs(part, messages)
    return part.model(path.stem, part.inputs, outputs)


__all__ = ["read_graph", "read_meta_graph", "read_saved_model"]
