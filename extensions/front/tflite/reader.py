"""A TF-Lite file to a Model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from extensions.front.tflite.flatbuffers import File, Record
from extensions.front.tflite.graphs import GraphReader
from extensions.front.tflite.schema import MODEL
from mo.errors import ModelFileError, listing
from mo.front.files import open_model
from mo.front.model import Model, ModelInput

IDENTIFIER = b"TFL3"
_VERSION = 3


def read_file(path: Path) -> Model:
    """The first subgraph of the file, with the names of its signature as further names."""
    source = open_model(path)
    if bytes(source.view[4:8]) != IDENTIFIER:
        raise ModelFileError(
            f"'{path}' is no TF-Lite model: it lacks the mark TFL3",
            hint="Check --framework; models older than version 3 must be converted again.",
        )
    file = File(source)
    try:
        record = file.table(MODEL, file.followed(0))
        if record["version"] != _VERSION:
            raise ModelFileError(f"it is of version {record['version']}, not {_VERSION}")
        if not record["subgraphs"]:
            raise ModelFileError("it holds no graph")
        model = GraphReader(file, record).main()
        _name_by_signature(model, record)
        model.notes += _notes(model, record)
    except ModelFileError as error:
        raise ModelFileError(f"Cannot read '{path}': {error.message}", error.hint) from error
    model.channels_last = True
    return model


def _notes(model: Model, record: Record) -> list[str]:
    """What whoever runs the model should know."""
    notes = []
    others = [item["key"] for item in record["signatures"] if item["subgraph"] != 0]
    if others:
        notes.append(f"This is the first graph of the file; it has others: {listing(others)}.")
    if any(node.type == "VariableState" for node in model.nodes):
        notes.append(
            "The model remembers from one inference to the next: reset its states (reset_state) "
            "before what has nothing to do with what came before."
        )
    return notes


def _name_by_signature(model: Model, record: Record) -> None:
    """What the signature of the first subgraph calls inputs and outputs are names, too."""
    found = [item for item in record["signatures"] if item["subgraph"] == 0]
    if len(found) != 1:
        return
    graph, taken = record["subgraphs"][0], set(model.tensor_names())
    inputs: dict[int, Any] = dict(zip(graph["inputs"] or (), model.inputs))
    outputs: dict[int, Any] = dict(zip(graph["outputs"] or (), model.outputs))
    for kind, places in (("inputs", inputs), ("outputs", outputs)):
        for entry in found[0][kind]:
            place = places.get(entry["tensor"])
            if place is None or entry["name"] in taken:
                continue
            taken.add(entry["name"])
            if isinstance(place, ModelInput):
                place.tensor_name = entry["name"]
            else:
                model.aliases[place] = entry["name"]
