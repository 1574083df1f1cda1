"""The TensorFlow front end: readers, and translations by family."""

from __future__ import annotations

from extensions.front.tf import (
    activation,
    colours,
    complexes,
    control_flow,
    convolution,
    diagonals,
    elementwise,
    gathering,
    generating,
    image,
    matrix,
    movement,
    normalization,
    passing,
    pooling,
    quantization,
    quantized,
    quantized_layers,
    ragged,
    recurrent,
    reduction,
    resizing,
    segments,
    selection,
    shaping,
    slicing,
    sparse,
    spectral,
    state,
    suppression,
    tables,
    tensor_arrays,
    tensor_lists,
    transcription,
    transposed,
    untranslated,
    xla,
)
from extensions.front.tf.common import TRANSLATIONS
from extensions.front.tf.keras import is_keras, read_keras
from extensions.front.tf.layouts import channels_last
from extensions.front.tf.reader import read_graph, read_meta_graph, read_saved_model
from extensions.front.tf.sources import without_unread
from mo.cli.config import Config
from mo.errors import UsageError
from mo.front.model import Model


def read(config: Config) -> Model:
    """The model that the flags name."""
    model = _read(config)
    model.channels_last = channels_last(model, config)
    return model


def _read(config: Config) -> Model:
    """By --input_model, --input_meta_graph or --saved_model_dir."""
    sources, options = config.sources, config.options
    folder = sources.get("saved_model_dir")
    path = config.input_model
    if folder is None and path is not None and path.is_dir():
        folder = path
    if folder is None and path is not None and path.name in ("saved_model.pb", "saved_model.pbtxt"):
        folder = path.parent
    if folder is not None:
        tags = options.get("saved_model_tags") or ()
        return read_saved_model(folder, tags, options.get("saved_model_signature"))
    meta_graph = sources.get("input_meta_graph")
    if meta_graph is not None:
        return without_unread(read_meta_graph(meta_graph))
    if path is None:
        raise UsageError(
            "A TensorFlow model is given with --input_model, --saved_model_dir or "
            "--input_meta_graph",
            hint="--input_model frozen.pb",
        )
    if is_keras(path):
        return read_keras(path)
    return without_unread(read_graph(path, sources.get("input_checkpoint")))


__all__ = [
    "TRANSLATIONS",
    "activation",
    "colours",
    "complexes",
    "control_flow",
    "convolution",
    "diagonals",
    "elementwise",
    "gathering",
    "generating",
    "image",
    "matrix",
    "movement",
    "normalization",
    "passing",
    "pooling",
    "quantization",
    "quantized",
    "quantized_layers",
    "ragged",
    "read",
    "recurrent",
    "reduction",
    "resizing",
    "segments",
    "selection",
    "shaping",
    "slicing",
    "sparse",
    "spectral",
    "state",
    "suppression",
    "tables",
    "tensor_arrays",
    "tensor_lists",
    "transcription",
    "transposed",
    "untranslated",
    "xla",
]
